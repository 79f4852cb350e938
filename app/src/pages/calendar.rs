//! Kalender: what takes place, day by day, and one event in full.

mod detail;

use leptos::prelude::*;
use tornister_protocol::{calendars::Calendar, id::EventId, time::LocalDate};
use tornister_sync::{kind::Kind, read::EventOn};

use crate::{
    components::{
        empty::{Empty, loaded},
        event_row::EventRow,
        icon::IconName,
        split::Split,
    },
    data::School,
    i18n::{language, texts},
    navigation::Navigation,
    route::Route,
};

/// So many days are listed at first, and with each wish for more.
const STEP_DAYS: i64 = 60;

/// Kalender.
#[component]
pub fn CalendarPage() -> impl IntoView {
    let t = texts();
    let open = Navigation::expect().part(|route| match route {
        Route::Calendar { event, .. } => Some(event.clone()),
        _ => None,
    });
    let shown = move || match open.get() {
        Some(id) => view! { <detail::EventDetail id/> }.into_any(),
        None => ().into_any(),
    };
    view! {
        <Split
            title=t.tab_calendar
            open=Memo::new(move |_| open.get().is_some())
            hint=t.choose_event
            detail=shown
        >
            <Agenda open/>
        </Split>
    }
}

/// Events by the day on which they are listed: what began earlier stands on the first day.
fn by_day(events: Vec<EventOn>, from: LocalDate) -> Vec<(LocalDate, Vec<EventOn>)> {
    let mut days: Vec<(LocalDate, Vec<EventOn>)> = Vec::new();
    for on in events {
        let day = on.occurrence.start.date().max(from);
        match days.last_mut() {
            Some((last, events)) if *last == day => events.push(on),
            _ => days.push((day, vec![on])),
        }
    }
    days
}

#[component]
fn Agenda(open: Memo<Option<EventId>>) -> impl IntoView {
    let school = School::expect();
    let t = texts();
    let today = Memo::new(move |_| school.now().date());
    let before = RwSignal::new(0);
    let after = RwSignal::new(STEP_DAYS);
    let found = school.live(&[Kind::CalendarEvent, Kind::Calendar], move |reader| {
        let from = today.get().plus_days(-before.get());
        let to = today.get().plus_days(after.get());
        async move { Ok((reader.events(from, to).await?, reader.calendars().await?, from)) }
    });
    let list = loaded(found, move |(events, calendars, from): (Vec<EventOn>, Vec<Calendar>, LocalDate)| {
        if events.is_empty() {
            return view! { <Empty icon=IconName::Calendar title=t.no_events text=t.no_events_help/> }
                .into_any();
        }
        let today = today.get();
        let days = by_day(events, from).into_iter().map(|(day, events)| {
            let rows = events.into_iter().map(|on| {
                view! { <EventRow on calendars=calendars.clone() open/> }
            });
            let rows = rows.collect_view();
            view! {
                <section class="group">
                    <h2 class=if day == today { "group-title group-title--today" } else { "group-title" }>
                        {language().day_and_date(day, today)}
                    </h2>
                    <ul class="events card">{rows}</ul>
                </section>
            }
            .into_any()
        });
        view! { {days.collect_view()} }.into_any()
    });
    view! {
        <button type="button" class="button button--quiet" on:click=move |_| before.update(|days| *days += STEP_DAYS)>
            {t.earlier_events}
        </button>
        {list}
        <button type="button" class="button button--wide" on:click=move |_| after.update(|days| *days += STEP_DAYS)>
            {t.later_events}
        </button>
    }
}
