//! An event in a list.

use leptos::prelude::*;
use tornister_protocol::{
    calendars::{Calendar, CalendarEvent, Occurrence},
    id::EventId,
    time::LocalDate,
};
use tornister_sync::read::EventOn;

use super::icon::{Icon, IconName};
use crate::i18n::{DateStyle, language, texts};

/// What this occurrence is called.
#[must_use]
pub fn title(event: &CalendarEvent, occurrence: &Occurrence) -> String {
    let title = occurrence.title.as_deref().unwrap_or(&event.title);
    if title.is_empty() { texts().no_title.to_owned() } else { title.to_owned() }
}

/// The last day of an occurrence.
#[must_use]
pub fn last_day(occurrence: &Occurrence) -> LocalDate {
    // An end at midnight belongs to the day before it.
    let end = occurrence.end;
    let ends_at_midnight = end.0.time() == chrono::NaiveTime::MIN && end > occurrence.start;
    if ends_at_midnight { end.date().plus_days(-1) } else { end.date() }
}

/// When on its first day: `Ganztägig`, `bis 18. September`, `19:00–21:00`.
#[must_use]
pub fn when(event: &CalendarEvent, occurrence: &Occurrence) -> String {
    let (t, language) = (texts(), language());
    let last = last_day(occurrence);
    if last > occurrence.start.date() {
        return (t.until_day)(&language.date(DateStyle::DayMonth, last));
    }
    if event.show_without_time {
        t.whole_day.to_owned()
    } else {
        language.times(occurrence.start, occurrence.end)
    }
}

/// Where, in words.
#[must_use]
pub fn place(event: &CalendarEvent) -> String {
    let names = event.locations.values().map(|place| place.name.trim()).filter(|name| !name.is_empty());
    names.collect::<Vec<_>>().join(", ")
}

/// The calendar that an event is in.
#[must_use]
pub fn calendar_of<'a>(event: &CalendarEvent, calendars: &'a [Calendar]) -> Option<&'a Calendar> {
    calendars.iter().find(|calendar| event.calendar_ids.contains_key(&calendar.id))
}

/// One time that an event takes place.
#[component]
pub fn EventRow(
    on: EventOn,
    calendars: Vec<Calendar>,
    /// The day in front of the time, where the list is not grouped by days.
    #[prop(optional)]
    day: String,
    /// Which one is open beside the list.
    #[prop(optional)]
    open: Option<Memo<Option<EventId>>>,
) -> impl IntoView {
    let EventOn { event, occurrence } = on;
    let calendar = calendar_of(&event, &calendars).cloned();
    let color = calendar.as_ref().and_then(|calendar| calendar.color.clone());
    let cancelled = event.status == "cancelled";
    let place = place(&event);
    let href = format!("/kalender/{}?am={}", event.id, occurrence.start.date());
    let id = event.id.clone();
    let current = open.map(|open| move || (open.get().as_ref() == Some(&id)).then_some("true"));
    view! {
        <li class=if cancelled { "event event--off" } else { "event" }>
            <a class="event-link" href=href aria-current=current>
                <span class="event-mark" aria-hidden="true" style:background-color=color></span>
                <span class="event-what">
                    <span class="event-title">{title(&event, &occurrence)}</span>
                    <span class="event-meta">
                        {(!day.is_empty()).then(|| view! { <span>{day}</span> }.into_any())}
                        <span>{when(&event, &occurrence)}</span>
                        {(!place.is_empty()).then(|| view! {
                            <span>
                                <Icon name=IconName::MapPin/>
                                {place}
                            </span>
                        }.into_any())}
                    </span>
                    {cancelled.then(|| view! {
                        <span class="change change--off">
                            <Icon name=IconName::CircleX/>
                            {texts().event_cancelled}
                        </span>
                    }.into_any())}
                </span>
            </a>
        </li>
    }
}
