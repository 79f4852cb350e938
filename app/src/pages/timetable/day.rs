//! One day in full.

use leptos::prelude::*;
use tornister_protocol::{school::Lesson, time::LocalDate};

use super::day_href;
use crate::{
    components::{
        empty::Empty,
        icon::IconName,
        lesson_row::{LessonRow, Moment},
    },
    data::School,
    i18n::{DateStyle, language, texts},
    model::{school_day, week::Week},
};

/// The day's lessons, and the way to the week's other days.
#[component]
pub fn Day(week: Week, lessons: Vec<Lesson>, day: LocalDate) -> impl IntoView {
    let t = texts();
    let language = language();
    let now = School::expect().now();
    let days = week.days.iter().map(|&other| {
        let current = (other == day).then_some("date");
        let full = language.date(DateStyle::Full, other);
        view! {
            <li>
                <a href=day_href(other) aria-current=current aria-label=full>
                    <span>{language.date(DateStyle::WeekdayShort, other)}</span>
                    <span class="day-date">{language.date(DateStyle::DayMonthShort, other)}</span>
                </a>
            </li>
        }
        .into_any()
    });
    let of_day: Vec<Lesson> = lessons.into_iter().filter(|lesson| lesson.date == day).collect();
    let blocks = school_day::blocks(&of_day);
    let list = if blocks.is_empty() {
        view! { <Empty icon=IconName::Sun title=t.no_lessons/> }.into_any()
    } else {
        let rows = blocks.into_iter().map(|block| {
            let moment = Moment::of(&block, now);
            // What is over stays legible here: somebody looks a day up.
            let moment = if moment == Moment::Past { Moment::Future } else { moment };
            view! { <LessonRow block moment detailed=true/> }
        });
        view! { <ol class="lessons card">{rows.collect_view()}</ol> }.into_any()
    };
    view! {
        <section class="day" aria-labelledby="day-title">
            <nav class="days" aria-label=t.day>
                <ul>{days.collect_view()}</ul>
            </nav>
            <h2 id="day-title" class="group-title">{language.day_and_date(day, now.date())}</h2>
            {list}
        </section>
    }
}
