//! What the school says about the day.

use leptos::prelude::*;
use tornister_protocol::school::DayNote;
use tornister_sync::kind::Kind;

use super::Day;
use crate::{
    components::{
        dynamic::dynamic,
        icon::{Icon, IconName},
    },
    data::School,
    i18n::language,
};

/// The notes for today and up to the day shown.
#[component]
pub fn Notes(day: Day) -> impl IntoView {
    let school = School::expect();
    let notes = school.live(&[Kind::DayNote], move |reader| {
        let (today, shown) = (day.today.get(), day.shown(school));
        async move { reader.day_notes(today, shown.plus_days(1)).await }
    });
    dynamic(move || {
        let notes = notes.get().unwrap_or_default();
        let today = day.today.get();
        notes.into_iter().map(|note| view! { <Note note today/> }).collect_view().into_any()
    })
}

#[component]
fn Note(note: DayNote, today: tornister_protocol::time::LocalDate) -> impl IntoView {
    view! {
        <section class="day-note">
            <Icon name=IconName::Megaphone/>
            <div>
                <h2 class="day-note-title">
                    {(note.date != today).then(|| format!("{}: ", language().day(note.date, today)))}
                    {note.title}
                </h2>
                {(!note.text.is_empty()).then(|| view! { <p class="day-note-text">{note.text}</p> }.into_any())}
            </div>
        </section>
    }
}
