//! Today's events.

use leptos::prelude::*;
use tornister_sync::kind::Kind;

use super::{Day, section::Section};
use crate::{
    components::{
        empty::{Empty, loaded},
        event_row::EventRow,
        icon::IconName,
    },
    data::School,
    i18n::{language, texts},
};

/// What takes place today, and up to the day shown.
#[component]
pub fn WhatsOn(day: Day) -> impl IntoView {
    let school = School::expect();
    let t = texts();
    let found = school.live(&[Kind::CalendarEvent, Kind::Calendar], move |reader| {
        let (today, shown) = (day.today.get(), day.shown(school));
        async move {
            let calendars = reader.calendars().await?;
            Ok((reader.events(today, shown.plus_days(1)).await?, calendars))
        }
    });
    let list = loaded(found, move |(events, calendars)| {
        let today = day.today.get();
        let now = school.now();
        let shown = events.into_iter().filter(|on| on.occurrence.end > now || on.event.show_without_time);
        let rows: Vec<_> = shown
            .map(|on| {
                let date = on.occurrence.start.date();
                let label = if date > today { language().day(date, today) } else { String::new() };
                view! { <EventRow on calendars=calendars.clone() day=label/> }
            })
            .collect();
        if rows.is_empty() {
            return view! { <Empty icon=IconName::Calendar title=t.no_events_today/> }.into_any();
        }
        view! { <ul class="events">{rows}</ul> }.into_any()
    });
    view! {
        <Section id="events-title" title=t.events href="/kalender" link=t.all>
            {list}
        </Section>
    }
}
