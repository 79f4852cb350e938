//! The next lesson large, and the day's lessons in a compact list.

use leptos::prelude::*;
use tornister_protocol::{
    school::Lesson,
    time::{LocalDate, LocalDateTime},
};

use super::{Day, section::Section};
use crate::{
    components::{
        change::{ChangeBadge, ChangeDetails},
        empty::loaded,
        icon::{Icon, IconName},
        lesson_row::{LessonRow, Moment, periods},
    },
    data::School,
    i18n::{language, texts},
    model::{
        school_day::{self, Block},
        subject,
    },
};

/// Today's lessons, or the next school day's.
#[component]
pub fn Lessons(day: Day) -> impl IntoView {
    let school = School::expect();
    loaded(day.lessons, move |lessons| {
        let now = school.now();
        let today = day.today.get();
        if !school_day::is_over(&lessons.today, now) {
            return view! { <DayPlan date=today today lessons=lessons.today now/> }.into_any();
        }
        let why = if lessons.today.is_empty() { texts().no_school_today } else { texts().school_is_over };
        view! {
            <p class="day-over">
                <Icon name=IconName::CircleCheck/>
                {why}
            </p>
            {lessons
                .next_day
                .map(|date| view! { <DayPlan date today lessons=lessons.next now/> })}
        }
        .into_any()
    })
}

#[component]
fn DayPlan(date: LocalDate, today: LocalDate, lessons: Vec<Lesson>, now: LocalDateTime) -> impl IntoView {
    let t = texts();
    let blocks = school_day::blocks(&lessons);
    let next = school_day::next(&blocks, now).cloned();
    let heading = language().day(date, today);
    let changes = blocks.iter().filter(|block| block.lesson.change.is_some()).count();
    let rows = blocks.into_iter().map(move |block| {
        let moment = Moment::of(&block, now);
        view! { <LessonRow block moment/> }
    });
    view! {
        <Section
            id="day-plan-title"
            title=(t.lessons_on)(&heading)
            href=format!("/stundenplan/{date}")
            link=t.details
            class="day-plan"
        >
            {(changes > 0).then(|| view! {
                <p class="day-changes">
                    <Icon name=IconName::Warning/>
                    {(t.changes_in_timetable)(changes)}
                </p>
            }.into_any())}
            {next.map(|block| view! { <NextLesson block date today now/> })}
            <ol class="lessons lessons--compact">{rows.collect_view()}</ol>
        </Section>
    }
}

#[component]
fn NextLesson(block: Block, date: LocalDate, today: LocalDate, now: LocalDateTime) -> impl IntoView {
    let t = texts();
    let label = if date != today {
        t.begins_with.to_owned()
    } else if block.start() <= now {
        (t.now_until)(&block.end.hour_minute())
    } else {
        let minutes = block.start().0.signed_duration_since(now.0).num_minutes();
        if minutes < 60 { (t.next_in_minutes)(minutes.max(1)) } else { t.next.to_owned() }
    };
    let rooms = block.rooms().join(", ");
    let teachers = block.teachers().join(", ");
    let kind = block.lesson.change.as_ref().map(|change| change.kind);
    let class = format!("next-lesson {}", subject::class(&block.lesson.subject));
    view! {
        <div class=class>
            <p class="next-label">{label}</p>
            <p class="next-subject">{block.subject_name().to_owned()}</p>
            <p class="next-facts">
                <span>
                    <Icon name=IconName::Clock/>
                    {language().times(block.start(), block.end)}
                </span>
                {(!rooms.is_empty()).then(|| view! {
                    <span>
                        <Icon name=IconName::Room/>
                        <span class="visually-hidden">{t.room} " "</span>
                        {rooms}
                    </span>
                }.into_any())}
                {(!teachers.is_empty()).then(|| view! {
                    <span>
                        <Icon name=IconName::User/>
                        <span class="visually-hidden">{t.teacher} " "</span>
                        {teachers}
                    </span>
                }.into_any())}
                <span class="next-period">{(t.nth_period)(&periods(&block))}</span>
            </p>
            {kind.map(|kind| view! { <ChangeBadge kind/> })}
            <ChangeDetails block/>
        </div>
    }
}
