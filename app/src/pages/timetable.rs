//! Stundenplan: a week as a grid, or one of its days in full.

mod day;
mod grid;

use chrono::Datelike as _;
use leptos::prelude::*;
use tornister_protocol::{school::Lesson, time::LocalDate};
use tornister_sync::kind::Kind;

use crate::{
    components::{
        empty::loaded,
        heading::PageTitle,
        icon::{Icon, IconName},
    },
    data::School,
    i18n::{DateStyle, language, texts},
    model::{school_day, week::Week},
    navigation::Navigation,
    route::Route,
};

/// What is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum View {
    Week,
    Day,
}

/// Where the reader is in the timetable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Place {
    day: LocalDate,
    view: View,
}

fn week_href(day: LocalDate) -> String {
    format!("/stundenplan/{day}?ansicht=woche")
}

fn day_href(day: LocalDate) -> String {
    format!("/stundenplan/{day}")
}

/// Stundenplan.
#[component]
pub fn TimetablePage() -> impl IntoView {
    let school = School::expect();
    let t = texts();
    let today = Memo::new(move |_| school.now().date());
    let asked = Navigation::expect().part(|route| match route {
        Route::Timetable { day, week } => Some((*day, *week)),
        _ => None,
    });
    // Without a day in the address: today, or the next school day once today is over.
    let current = school.live(&[Kind::Lesson], move |reader| {
        let (today, now) = (today.get(), school.now());
        async move {
            let lessons = reader.lessons(today, today.plus_days(1)).await?;
            if !school_day::is_over(&lessons, now) {
                return Ok(today);
            }
            Ok(reader.next_school_day(today.plus_days(1)).await?.unwrap_or(today))
        }
    });
    let place = Memo::new(move |_| match asked.get() {
        (Some(day), false) => Place { day, view: View::Day },
        (Some(day), true) => Place { day, view: View::Week },
        (None, _) => Place { day: current.get().unwrap_or(today.get()), view: View::Week },
    });
    let monday = Memo::new(move |_| place.get().day.monday());
    let lessons = school.live(&[Kind::Lesson], move |reader| {
        let monday = monday.get();
        async move { Ok((monday, reader.lessons(monday, monday.plus_days(7)).await?)) }
    });
    let plan = loaded(lessons, move |(monday, lessons): (LocalDate, Vec<Lesson>)| {
        let week = Week::new(monday, &lessons);
        let place = place.get();
        let class = if place.view == View::Day { "timetable timetable--day" } else { "timetable" };
        view! {
            <div class=class>
                <grid::Grid week=week.clone() today=today.get() chosen=place.day/>
                <day::Day week lessons day=place.day/>
            </div>
        }
        .into_any()
    });
    view! {
        <div class="page">
            <div class="page-head">
                <PageTitle title=t.tab_timetable/>
                <nav class="segments segments--small" aria-label=t.view>
                    <a
                        href=move || week_href(place.get().day)
                        aria-current=move || (place.get().view == View::Week).then_some("page")
                    >
                        {t.week}
                    </a>
                    <a
                        href=move || day_href(place.get().day)
                        aria-current=move || (place.get().view == View::Day).then_some("page")
                    >
                        {t.day}
                    </a>
                </nav>
            </div>
            <WeekBar monday today place/>
            {plan}
        </div>
    }
}

/// Which week this is, and the way to the others.
#[component]
fn WeekBar(monday: Memo<LocalDate>, today: Memo<LocalDate>, place: Memo<Place>) -> impl IntoView {
    let t = texts();
    let beside = move |weeks: i64| {
        let Place { day, view } = place.get();
        let day = day.plus_days(7 * weeks);
        if view == View::Week { week_href(day) } else { day_href(day) }
    };
    let name = move || {
        let monday = monday.get();
        match monday.days_since(today.get().monday()) {
            0 => t.this_week.to_owned(),
            7 => t.next_week.to_owned(),
            -7 => t.last_week.to_owned(),
            _ => (t.nth_week)(monday.0.iso_week().week()),
        }
    };
    let dates = move || {
        let (first, last) = (monday.get(), monday.get().plus_days(4));
        let short = |day| language().date(DateStyle::DayMonth, day);
        format!("{} – {}", short(first), short(last))
    };
    view! {
        <div class="week-bar">
            <a class="icon-button" href=move || beside(-1) aria-label=t.week_before>
                <Icon name=IconName::ChevronLeft/>
            </a>
            <p class="week-name" role="status">
                <strong>{name}</strong>
                <span>{dates}</span>
            </p>
            <a class="icon-button" href=move || beside(1) aria-label=t.week_after>
                <Icon name=IconName::ChevronRight/>
            </a>
        </div>
    }
}
