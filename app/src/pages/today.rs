//! Heute: what a pupil has to know now. After the last lesson, and on days without school, the next
//! school day takes today's place.

mod lessons;
mod notes;
mod section;
mod tasks;
mod unread;
mod whats_on;

use chrono::Timelike as _;
use leptos::prelude::*;
use tornister_protocol::{school::Lesson, time::LocalDate};
use tornister_sync::{kind::Kind, read, store::Question};

use crate::{
    components::heading::PageTitle,
    data::{Live, Reader, School, live::Found},
    i18n::{DateStyle, language, texts},
    model::school_day,
    platform::document,
};

/// What the parts of this screen share.
#[derive(Clone, Copy)]
struct Day {
    /// Today's date.
    today: Memo<LocalDate>,
    /// Today's lessons and those of the next school day after it.
    lessons: Live<Lessons>,
}

/// The lessons that this screen may show.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Lessons {
    today: Vec<Lesson>,
    /// The next school day after today, where there is one.
    next_day: Option<LocalDate>,
    next: Vec<Lesson>,
}

/// So many days from today on hold the next school day too, unless there are holidays: then it is
/// looked for. One question instead of three, each of which would be a wait.
const DAYS_AT_ONCE: i64 = 4;

/// What this screen asks first.
#[must_use]
pub fn asked_first(today: LocalDate) -> Vec<Question> {
    let soon = today.plus_days(DAYS_AT_ONCE);
    vec![read::lessons(today, soon), read::day_notes(today, soon)]
}

async fn find(reader: Reader, today: LocalDate) -> Result<Lessons, tornister_sync::store::StoreError> {
    let soon = today.plus_days(DAYS_AT_ONCE);
    let mut lessons = reader.lessons(today, soon).await?;
    let mut later = lessons.split_off(lessons.partition_point(|lesson| lesson.date == today));
    let next_day = match later.first() {
        Some(lesson) => Some(lesson.date),
        None => reader.next_school_day(soon).await?,
    };
    if let Some(day) = next_day {
        if later.is_empty() {
            later = reader.lessons(day, day.plus_days(1)).await?;
        } else {
            later.retain(|lesson| lesson.date == day);
        }
    }
    Ok(Lessons { today: lessons, next_day, next: later })
}

impl Day {
    fn new(school: School) -> Self {
        let today = Memo::new(move |_| school.now().date());
        let lessons = school.live(&[Kind::Lesson], move |reader| find(reader, today.get()));
        Self { today, lessons }
    }

    /// The last day that this screen looks at: today, or the next school day once today is over.
    fn shown(self, school: School) -> LocalDate {
        let (today, now) = (self.today.get(), school.now());
        match self.lessons.get() {
            Some(lessons) if school_day::is_over(&lessons.today, now) => lessons.next_day.unwrap_or(today),
            _ => today,
        }
    }

    /// The day for which homework is to be done by now: the next school day.
    fn homework_until(self) -> LocalDate {
        let tomorrow = self.today.get().plus_days(1);
        self.lessons.get().and_then(|lessons| lessons.next_day).unwrap_or(tomorrow)
    }
}

/// Heute.
#[component]
pub fn Today() -> impl IntoView {
    let school = School::expect();
    let day = Day::new(school);
    // The lessons come first; what stands below them is built when they are on the screen.
    let rest = RwSignal::new(false);
    Effect::new(move || {
        if !matches!(day.lessons.found(), Found::Reading) {
            document::after_frame(move || {
                // The reader may have left meanwhile.
                let _ = rest.try_set(true);
            });
        }
    });
    view! {
        <div class="page today">
            <Greeting day/>
            <div class="today-columns">
                <div class="today-column">
                    <notes::Notes day/>
                    <lessons::Lessons day/>
                </div>
                {move || rest.get().then(|| view! {
                    <div class="today-column">
                        <tasks::DueTasks day/>
                        <unread::Unread day/>
                        <whats_on::WhatsOn day/>
                    </div>
                })}
            </div>
        </div>
    }
}

/// The hour up to which the morning lasts, and from which it is evening.
const MORNING_UNTIL: u32 = 11;
const EVENING_FROM: u32 = 18;

#[component]
fn Greeting(day: Day) -> impl IntoView {
    let school = School::expect();
    let t = texts();
    let words = move || {
        let hour = school.now().0.hour();
        let greeting = match hour {
            ..MORNING_UNTIL => t.good_morning,
            MORNING_UNTIL..EVENING_FROM => t.hello,
            _ => t.good_evening,
        };
        let name = school.account_name();
        match name.split_whitespace().next() {
            Some(first) => format!("{greeting}, {first}"),
            None => greeting.to_owned(),
        }
    };
    view! {
        <div class="greeting">
            <p class="greeting-date">{move || language().date(DateStyle::Full, day.today.get())}</p>
            <PageTitle title=t.tab_today class="visually-hidden"/>
            <p class="greeting-words">{words}</p>
        </div>
    }
}
