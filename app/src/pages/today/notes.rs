//! What the school says about the day.

use leptos::prelude::*;
use tornister_protocol::school::DayNote;
use tornister_sync::kind::Kind;

use super::{DAYS_AT_ONCE, Day};
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
    // After holidays the day shown may be far away.
    let until =
        Memo::new(move |_| day.today.get().plus_days(DAYS_AT_ONCE).max(day.shown(school).plus_days(1)));
    let notes = school.live(&[Kind::DayNote], move |reader| {
        let (today, until) = (day.today.get(), until.get());
        async move { reader.day_notes(today, until).await }
    });
    dynamic(move || {
        let (today, shown) = (day.today.get(), day.shown(school));
        let notes = notes.get().unwrap_or_default().into_iter().filter(|note| note.date <= shown);
        notes.map(|note| view! { <Note note today/> }).collect_view().into_any()
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
