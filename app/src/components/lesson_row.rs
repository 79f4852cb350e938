//! A lesson in a day's list.

use leptos::prelude::*;

use super::change::{ChangeBadge, ChangeDetails};
use crate::{
    i18n::{language, texts},
    model::{school_day::Block, subject},
};

/// Where a lesson lies, seen from now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// It is over.
    Past,
    /// It is on.
    Now,
    /// It is to come, or the day is not today.
    Future,
}

impl Moment {
    /// Seen from `now`.
    #[must_use]
    pub fn of(block: &Block, now: tornister_protocol::time::LocalDateTime) -> Self {
        if block.end <= now {
            Self::Past
        } else if block.start() <= now {
            Self::Now
        } else {
            Self::Future
        }
    }
}

/// The periods of a lesson: `3` or `3–4`.
#[must_use]
pub fn periods(block: &Block) -> String {
    let first = block.lesson.period;
    if block.last_period == first { first.to_string() } else { format!("{first}–{}", block.last_period) }
}

/// One lesson; `detailed` with teacher and what is different in full.
#[component]
pub fn LessonRow(block: Block, moment: Moment, #[prop(default = false)] detailed: bool) -> impl IntoView {
    let t = texts();
    let happens = block.takes_place();
    let kind = block.lesson.change.as_ref().map(|change| change.kind);
    let where_and_who = {
        let mut words = block.rooms().to_vec();
        if detailed {
            words.extend(block.teachers().iter().cloned());
        }
        words.join(" · ")
    };
    // What is struck out stays the plan's own subject.
    let name = if happens { block.subject_name().to_owned() } else { block.lesson.subject_name.clone() };
    let class = format!(
        "lesson {}{}{}",
        subject::class(&block.lesson.subject),
        if happens { "" } else { " lesson--off" },
        match moment {
            Moment::Past => " lesson--past",
            Moment::Now => " lesson--now",
            Moment::Future => "",
        }
    );
    view! {
        <li class=class>
            <span class="lesson-period">
                <span class="visually-hidden">{t.period} " "</span>
                {periods(&block)}
            </span>
            <div class="lesson-what">
                <p class="lesson-line">
                    <span class="lesson-name">{name}</span>
                    {(moment == Moment::Now && happens).then(|| view! { <span class="lesson-on">{t.now}</span> }.into_any())}
                </p>
                <p class="lesson-meta">
                    <span class="lesson-time">{language().times(block.start(), block.end)}</span>
                    {(!where_and_who.is_empty() && happens).then(|| view! { <span>{where_and_who}</span> }.into_any())}
                </p>
                {kind.map(|kind| view! { <ChangeBadge kind=kind/> })}
                {detailed.then(|| view! { <ChangeDetails block=block.clone()/> })}
            </div>
        </li>
    }
}
