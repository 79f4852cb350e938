//! What is different about a lesson, as icon and words: colour alone says nothing.

use leptos::prelude::*;
use tornister_protocol::{
    school::{LessonChange, LessonChangeKind},
    time::LocalDate,
};

use super::icon::{Icon, IconName};
use crate::{
    i18n::{DateStyle, Texts, language, texts},
    model::school_day::Block,
};

/// The icon and the word for a kind of change.
#[must_use]
pub fn kind_words(kind: LessonChangeKind) -> (IconName, &'static str) {
    let t = texts();
    match kind {
        LessonChangeKind::Cancelled => (IconName::CircleX, t.change_cancelled),
        LessonChangeKind::Substitution => (IconName::Swap, t.change_substitution),
        LessonChangeKind::Supervision => (IconName::Eye, t.change_supervision),
        LessonChangeKind::Room => (IconName::Room, t.change_room),
        LessonChangeKind::MovedAway => (IconName::Moved, t.change_moved_away),
        LessonChangeKind::MovedHere => (IconName::Moved, t.change_moved_here),
        LessonChangeKind::Exam => (IconName::Exam, t.change_exam),
        LessonChangeKind::Other => (IconName::Info, t.change_other),
    }
}

fn tone(kind: LessonChangeKind) -> &'static str {
    match kind {
        LessonChangeKind::Cancelled | LessonChangeKind::MovedAway => "change change--off",
        LessonChangeKind::Exam => "change change--exam",
        _ => "change",
    }
}

/// The change in a word.
#[component]
pub fn ChangeBadge(kind: LessonChangeKind) -> impl IntoView {
    let (icon, word) = kind_words(kind);
    view! {
        <span class=tone(kind)>
            <Icon name=icon/>
            {word}
        </span>
    }
}

/// The change in full: new and old values, and what the school adds.
#[component]
pub fn ChangeDetails(block: Block) -> impl IntoView {
    let t = texts();
    let lesson = &block.lesson;
    let Some(change) = &lesson.change else { return ().into_any() };
    let subject = change.subject_name.as_ref().or(change.subject.as_ref());
    let rows = [
        subject.map(|new| (t.subject, new.clone(), lesson.subject_name.clone())),
        change.teachers.as_ref().map(|new| (t.teacher, new.join(", "), lesson.teachers.join(", "))),
        change.rooms.as_ref().map(|new| (t.room, new.join(", "), lesson.rooms.join(", "))),
    ];
    let rows: Vec<_> =
        rows.into_iter().flatten().map(|(label, new, old)| replaced(t, label, new, old)).collect();
    view! {
        <div class="change-details">
            {rows}
            {other_place(t, lesson.date, change).map(|words| view! { <p>{words}</p> }.into_any())}
            {(!change.text.is_empty()).then(|| view! { <p class="change-text">{change.text.clone()}</p> }.into_any())}
        </div>
    }
    .into_any()
}

fn replaced(t: &'static Texts, label: &'static str, new: String, old: String) -> AnyView {
    let new = if new.is_empty() { t.none.to_owned() } else { new };
    view! {
        <p>
            <span class="change-label">{label}</span>
            " "
            <ins>{new}</ins>
            {(!old.is_empty()).then(|| view! { " " {t.instead_of} " " <del>{old}</del> }.into_any())}
        </p>
    }
    .into_any()
}

/// Where a lesson has moved to, or where it comes from.
fn other_place(t: &'static Texts, date: LocalDate, change: &LessonChange) -> Option<String> {
    let label = match change.kind {
        LessonChangeKind::MovedAway => t.moved_to,
        LessonChangeKind::MovedHere => t.moved_from,
        _ => return None,
    };
    let day = change.other_date.filter(|other| *other != date);
    let day = day.map(|day| language().date(DateStyle::Full, day));
    let period = change.other_period.map(|period| (t.nth_period)(&period.to_string()));
    let place: Vec<String> = [day, period].into_iter().flatten().collect();
    (!place.is_empty()).then(|| format!("{label} {}", place.join(", ")))
}
