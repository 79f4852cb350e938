//! What an address asks for. Pure: the browser's side is [`crate::platform::address`].

use std::borrow::Cow;

use tornister_protocol::{
    id::{EmailId, EventId, MailboxId, TaskId},
    time::LocalDate,
};

/// The part of `/aufgaben/…` that asks for the list of what is done.
const DONE: &str = "erledigt";
/// The parameter of a timetable's address that asks for the whole week of its day.
const WEEK_QUERY: &str = "ansicht";
/// The parameter of an event's address that names one of its days.
const DAY_QUERY: &str = "am";

/// A place in the app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Route {
    /// `/`
    Today,
    /// `/post`, `/post/{mailbox}`, `/post/{mailbox}/{email}`
    Mail {
        /// The folder; the inbox where none is named.
        mailbox: Option<MailboxId>,
        /// The mail that is open.
        email: Option<EmailId>,
    },
    /// `/aufgaben`, `/aufgaben/{task}`
    Tasks {
        /// The homework that is open.
        task: Option<TaskId>,
    },
    /// `/aufgaben/erledigt`
    DoneTasks,
    /// `/kalender`, `/kalender/{event}?am=2026-09-16`
    Calendar {
        /// The event that is open.
        event: Option<EventId>,
        /// On which of its days.
        day: Option<LocalDate>,
    },
    /// `/stundenplan`, `/stundenplan/2026-09-16`, `/stundenplan/2026-09-16?ansicht=woche`
    Timetable {
        /// The day asked for.
        day: Option<LocalDate>,
        /// Whether its week is asked for.
        week: bool,
    },
    /// `/einstellungen`
    Settings,
    /// `/abgemeldet`
    LoggedOut,
    /// Everything else.
    NotFound,
}

/// What shows a [`Route`]; one screen shows many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Screen {
    /// Heute.
    Today,
    /// Post.
    Mail,
    /// Aufgaben.
    Tasks,
    /// Kalender.
    Calendar,
    /// Stundenplan.
    Timetable,
    /// Einstellungen.
    Settings,
    /// Abgemeldet.
    LoggedOut,
    /// An address that leads nowhere.
    NotFound,
}

impl Route {
    /// Reads path and query of an address, such as `/kalender/e1?am=2026-09-16`.
    #[must_use]
    pub fn of(address: &str) -> Self {
        let (path, query) = address.split_once('?').unwrap_or((address, ""));
        let mut parts = path.split('/').filter(|part| !part.is_empty());
        let (screen, one, two) = (parts.next(), parts.next(), parts.next());
        if parts.next().is_some() {
            return Self::NotFound;
        }
        let text = |part: &str| decoded(part).into_owned();
        match (screen.map(decoded).as_deref(), one, two) {
            (None, ..) => Self::Today,
            (Some("post"), mailbox, email) => {
                Self::Mail { mailbox: mailbox.map(text).map(MailboxId), email: email.map(text).map(EmailId) }
            }
            (Some("aufgaben"), Some(DONE), None) => Self::DoneTasks,
            (Some("aufgaben"), task, None) => Self::Tasks { task: task.map(text).map(TaskId) },
            (Some("kalender"), event, None) => Self::Calendar {
                event: event.map(text).map(EventId),
                day: parameter(query, DAY_QUERY).and_then(day),
            },
            (Some("stundenplan"), asked, None) => {
                Self::Timetable { day: asked.and_then(day), week: parameter(query, WEEK_QUERY).is_some() }
            }
            (Some("einstellungen"), None, None) => Self::Settings,
            (Some("abgemeldet"), None, None) => Self::LoggedOut,
            _ => Self::NotFound,
        }
    }

    /// What shows it.
    #[must_use]
    pub fn screen(&self) -> Screen {
        match self {
            Self::Today => Screen::Today,
            Self::Mail { .. } => Screen::Mail,
            Self::Tasks { .. } | Self::DoneTasks => Screen::Tasks,
            Self::Calendar { .. } => Screen::Calendar,
            Self::Timetable { .. } => Screen::Timetable,
            Self::Settings => Screen::Settings,
            Self::LoggedOut => Screen::LoggedOut,
            Self::NotFound => Screen::NotFound,
        }
    }
}

fn day(text: &str) -> Option<LocalDate> {
    decoded(text).parse().ok()
}

/// A parameter's value as it stands in the query; empty where it has none.
fn parameter<'q>(query: &'q str, name: &str) -> Option<&'q str> {
    let pairs = query.split('&').map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    pairs.into_iter().find(|(key, _)| *key == name).map(|(_, value)| value)
}

/// Takes the percent-encoding off. What is not UTF-8 in such an encoding stays as it is.
fn decoded(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return Cow::Borrowed(text);
    }
    let digit = |byte: Option<&u8>| -> Option<u8> { char::from(*byte?).to_digit(16)?.try_into().ok() };
    let (mut bytes, mut rest) = (Vec::with_capacity(text.len()), text.as_bytes());
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let (Some(high), Some(low)) = (digit(rest.first()), digit(rest.get(1))) else {
            return Cow::Borrowed(text);
        };
        bytes.push(high << 4 | low);
        rest = &rest[2..];
    }
    String::from_utf8(bytes).map_or(Cow::Borrowed(text), Cow::Owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mail(mailbox: &str, email: &str) -> Route {
        Route::Mail { mailbox: Some(mailbox.into()), email: Some(email.into()) }
    }

    #[test]
    fn a_deep_link_opens_its_mail() {
        assert_eq!(Route::of("/post/inbox/e1"), mail("inbox", "e1"));
        assert_eq!(Route::of("/post/inbox/").screen(), Screen::Mail);
        assert_eq!(Route::of("/post"), Route::Mail { mailbox: None, email: None });
    }

    #[test]
    fn what_is_percent_encoded_is_read_and_what_is_broken_stays() {
        assert_eq!(Route::of("/post/a%2Fb/%C3%BC"), mail("a/b", "ü"));
        assert_eq!(Route::of("/%70ost/a/b"), mail("a", "b"));
        assert_eq!(Route::of("/post/100%/%zz"), mail("100%", "%zz"));
        assert_eq!(Route::of("/post/%FF/%4"), mail("%FF", "%4"));
        assert_eq!(Route::of("/post/%€/a"), mail("%€", "a"));
    }

    #[test]
    fn the_list_of_what_is_done_is_no_homework() {
        assert_eq!(Route::of("/aufgaben/erledigt"), Route::DoneTasks);
        assert_eq!(Route::of("/aufgaben/t1"), Route::Tasks { task: Some("t1".into()) });
    }

    #[test]
    fn a_day_in_an_address_may_be_nonsense() {
        let day = LocalDate::from_ymd(2026, 9, 16);
        assert_eq!(Route::of("/stundenplan/2026-09-16"), Route::Timetable { day, week: false });
        let week = Route::of("/stundenplan/2026-09-16?x=1&ansicht=woche");
        assert_eq!(week, Route::Timetable { day, week: true });
        assert_eq!(Route::of("/stundenplan/heute"), Route::Timetable { day: None, week: false });
        let event = Some("e1".into());
        assert_eq!(Route::of("/kalender/e1?am=2026-09-16"), Route::Calendar { event: event.clone(), day });
        assert_eq!(Route::of("/kalender/e1?am=bald"), Route::Calendar { event, day: None });
    }

    #[test]
    fn an_address_that_leads_nowhere_is_not_found() {
        for address in ["/schule", "/post/a/b/c", "/aufgaben/a/b", "/einstellungen/x", "/abgemeldet/x"] {
            assert_eq!(Route::of(address), Route::NotFound, "{address}");
        }
        for address in ["", "/", "/?x", "//"] {
            assert_eq!(Route::of(address), Route::Today, "{address}");
        }
    }
}
