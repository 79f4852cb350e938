//! One event, on one of its days.

use leptos::prelude::*;
use tornister_protocol::{
    calendars::{Calendar, CalendarEvent, Occurrence},
    id::EventId,
    time::LocalDate,
};
use tornister_sync::kind::Kind;

use crate::{
    components::{
        empty::{Empty, loaded},
        event_row::{calendar_of, last_day, place, title},
        heading::DetailTitle,
        icon::{Icon, IconName},
        split::Back,
    },
    data::School,
    i18n::{DateStyle, language, texts},
    navigation::Navigation,
    route::Route,
};

/// So many further days of a series are listed.
const FURTHER: usize = 8;

/// The occurrence on the day asked for, else the next one, else the last one.
fn chosen(event: &CalendarEvent, asked: Option<LocalDate>, today: LocalDate) -> Option<&Occurrence> {
    let on_day = |day: LocalDate| event.occurrences.iter().find(move |it| it.start.date() == day);
    let coming = event.occurrences.iter().find(|it| last_day(it) >= today);
    asked.and_then(on_day).or(coming).or(event.occurrences.last())
}

/// When in full: `Mittwoch, 16. September 2026, 19:00–21:00`.
fn when(event: &CalendarEvent, occurrence: &Occurrence, style: DateStyle) -> String {
    let in_full = |day| language().date(style, day);
    let (first, last) = (occurrence.start.date(), last_day(occurrence));
    match (event.show_without_time, first == last) {
        (true, true) => in_full(first),
        (true, false) => format!("{} – {}", in_full(first), in_full(last)),
        (false, true) => {
            format!("{}, {}", in_full(first), language().times(occurrence.start, occurrence.end))
        }
        (false, false) => format!(
            "{}, {} – {}, {}",
            in_full(first),
            occurrence.start.hour_minute(),
            in_full(last),
            occurrence.end.hour_minute()
        ),
    }
}

/// An event.
#[component]
pub fn EventDetail(id: EventId) -> impl IntoView {
    let school = School::expect();
    let t = texts();
    let asked = Navigation::expect().part(|route| match route {
        Route::Calendar { day, .. } => Some(*day),
        _ => None,
    });
    let found = school.live(&[Kind::CalendarEvent, Kind::Calendar], move |reader| {
        let id = id.clone();
        async move { Ok((reader.event(&id).await?, reader.calendars().await?)) }
    });
    let shown = loaded(found, move |(event, calendars): (Option<CalendarEvent>, Vec<Calendar>)| {
        let today = untrack(|| school.now()).date();
        let Some(event) = event else {
            return view! { <Empty icon=IconName::Calendar title=t.event_gone/> }.into_any();
        };
        let Some(occurrence) = chosen(&event, asked.get(), today).cloned() else {
            return view! { <Empty icon=IconName::Calendar title=t.event_gone/> }.into_any();
        };
        view! { <Event event occurrence calendars today/> }.into_any()
    });
    view! {
        <Back href="/kalender" label=t.tab_calendar/>
        <article class="detail">{shown}</article>
    }
}

#[component]
fn Event(
    event: CalendarEvent,
    occurrence: Occurrence,
    calendars: Vec<Calendar>,
    today: LocalDate,
) -> impl IntoView {
    let t = texts();
    let place = place(&event);
    let calendar = calendar_of(&event, &calendars).cloned();
    let cancelled = event.status == "cancelled";
    let further: Vec<_> = event
        .occurrences
        .iter()
        .filter(|it| it.start > occurrence.start && it.start.date() >= today)
        .take(FURTHER)
        .map(|it| view! { <li>{when(&event, it, DateStyle::Full)}</li> }.into_any())
        .collect();
    view! {
        <DetailTitle title=title(&event, &occurrence)/>
        {cancelled.then(|| view! {
            <p class="change change--off">
                <Icon name=IconName::CircleX/>
                {t.event_cancelled}
            </p>
        }.into_any())}
        <dl class="facts">
            <div><dt>{t.when}</dt><dd>{when(&event, &occurrence, DateStyle::FullYear)}</dd></div>
            {(!place.is_empty()).then(|| view! { <div><dt>{t.place}</dt><dd>{place}</dd></div> }.into_any())}
            {calendar.map(|calendar| view! {
                <div>
                    <dt>{t.calendar}</dt>
                    <dd>
                        <span class="event-dot" aria-hidden="true" style:background-color=calendar.color.clone()></span>
                        {calendar.name}
                    </dd>
                </div>
            }.into_any())}
        </dl>
        {(!event.description.is_empty()).then(|| view! { <p class="prose">{event.description.clone()}</p> }.into_any())}
        {(!further.is_empty()).then(|| view! {
            <section class="further">
                <h3>
                    <Icon name=IconName::Repeat/>
                    {t.also_on}
                </h3>
                <ul>{further}</ul>
            </section>
        }.into_any())}
    }
}
