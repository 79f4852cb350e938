//! Single files, each for somebody, a class or the school.

use tornister_formats::{
    report::Report,
    school::{CalendarFile, Owner},
    shift::Shift,
    untis::{self, Exports},
};

use super::{
    Imported, homework,
    mail::{self, Incoming},
    plans, timetable,
};
use crate::backend::{
    BackendError,
    embedded::{EmbeddedSchool, people::PeopleError},
};

impl EmbeddedSchool {
    /// The logins of those whom an owner means.
    ///
    /// # Errors
    /// [`PeopleError::Unknown`], [`PeopleError::EmptyClass`].
    pub async fn members(&self, owner: &Owner) -> Result<Vec<String>, PeopleError> {
        let people = self.people().await?;
        let logins = |class: Option<&str>| -> Vec<String> {
            let members = people.iter().filter(|person| class.is_none() || person.class.as_deref() == class);
            members.map(|person| person.login.clone()).collect()
        };
        match owner {
            Owner::School => Ok(logins(None)),
            Owner::Class(class) => {
                let members = logins(Some(class));
                if members.is_empty() { Err(PeopleError::EmptyClass(class.clone())) } else { Ok(members) }
            }
            Owner::User(login) => {
                self.known(login).await?;
                Ok(vec![login.clone()])
            }
        }
    }

    /// Makes the database hold this calendar file, in place of what came from a file of this name before.
    ///
    /// # Errors
    /// See [`BackendError`]; nothing has changed then.
    pub async fn import_calendar(&self, file: &CalendarFile) -> Result<i64, BackendError> {
        let source = format!("file:{}", file.key);
        let mut change = self.change().await?;
        let calendars: Vec<_> = file.calendar.iter().collect();
        plans::put_calendars(&mut change, &source, &file.owner, &calendars).await?;
        let tasks: Vec<_> = file.tasks.iter().collect();
        match &file.owner {
            Owner::User(login) => homework::put_own(&mut change, &source, login, &tasks).await?,
            Owner::Class(class) => {
                homework::keep(&mut change, &source, class, &tasks).await?;
                homework::distribute_to(&mut change, class).await?;
            }
            Owner::School => {}
        }
        plans::put_notes(&mut change, &source, &file.day_notes).await?;
        change.commit().await
    }

    /// Takes these files of the timetable in place of older ones, and makes the lessons anew from all that
    /// are there.
    ///
    /// # Errors
    /// See [`PeopleError`]; nothing has changed then.
    pub async fn import_timetable(&self, exports: &Exports) -> Result<Imported, PeopleError> {
        let profile = self.profile().await?;
        let shift: Shift = profile.shift(self.environment.clock.today());
        let profile = profile.shifted(shift);
        let mut report = Report::default();
        let mut change = self.change().await?;
        let all = timetable::with_kept(&mut change, exports).await?;
        let lessons = untis::timetable(&profile, shift, &all, &mut report);
        timetable::keep(&mut change, &all).await?;
        timetable::put(&mut change, &lessons, &mut report).await?;
        Ok(Imported { changed: change.commit().await?, report })
    }

    /// Adds these mails to the mailboxes of these people, in one transaction; those that are there already,
    /// or were destroyed by their owner, are left out.
    ///
    /// # Errors
    /// See [`BackendError`]; nothing has changed then.
    pub async fn import_mails(
        &self,
        logins: &[String],
        mails: &[Incoming],
        parents_information: &[String],
    ) -> Result<i64, BackendError> {
        let mut change = self.change().await?;
        for login in logins {
            mail::add(&mut change, login, mails, parents_information).await?;
        }
        change.commit().await
    }
}
