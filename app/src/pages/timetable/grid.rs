//! The week as a table of periods and days.

use leptos::prelude::*;
use tornister_protocol::{school::LessonChangeKind, time::LocalDate};

use super::day_href;
use crate::{
    components::{change, icon::Icon},
    i18n::{DateStyle, language, texts},
    model::{
        school_day::Block,
        subject,
        week::{Cell, PeriodTimes, Week},
    },
};

/// The table. Each lesson leads to its day.
#[component]
pub fn Grid(week: Week, today: LocalDate, chosen: LocalDate) -> impl IntoView {
    let t = texts();
    let language = language();
    let heads = week.days.iter().map(|&day| {
        let current = (day == chosen).then_some("date");
        view! {
            <th scope="col" class=(day == today).then_some("grid-today")>
                <a href=day_href(day) aria-current=current>
                    <span aria-hidden="true">{language.date(DateStyle::WeekdayShort, day)}</span>
                    <span aria-hidden="true" class="grid-date">
                        {language.date(DateStyle::DayMonthShort, day)}
                    </span>
                    <span class="visually-hidden">{language.date(DateStyle::Full, day)}</span>
                </a>
            </th>
        }
        .into_any()
    });
    let rows = week.periods.iter().zip(&week.rows).map(|(period, cells)| {
        let cells = cells.iter().zip(&week.days).filter_map(|(cell, &day)| table_cell(cell, day, today));
        view! {
            <tr>
                <PeriodHead period=*period/>
                {cells.collect_view()}
            </tr>
        }
        .into_any()
    });
    if week.periods.is_empty() {
        return ().into_any();
    }
    view! {
        <div class="grid-frame"><table class="grid">
            <caption class="visually-hidden">{t.tab_timetable}</caption>
            <thead>
                <tr>
                    <th scope="col"><span class="visually-hidden">{t.period}</span></th>
                    {heads.collect_view()}
                </tr>
            </thead>
            <tbody>{rows.collect_view()}</tbody>
        </table></div>
    }
    .into_any()
}

#[component]
fn PeriodHead(period: PeriodTimes) -> impl IntoView {
    view! {
        <th scope="row" class="grid-period">
            <span>{period.number}</span>
            <span class="grid-time">{period.start.hour_minute()}</span>
        </th>
    }
}

fn table_cell(cell: &Cell, day: LocalDate, today: LocalDate) -> Option<AnyView> {
    match cell {
        Cell::Covered => None,
        Cell::Free => Some(view! { <td class=(day == today).then_some("grid-today")></td> }.into_any()),
        Cell::Lessons { blocks, span } => {
            let lessons = blocks.iter().map(|block| lesson(block, day)).collect_view();
            Some(
                view! { <td rowspan=span.to_string() class=(day == today).then_some("grid-today")>
                    <div class="cells">{lessons}</div>
                </td> }
                .into_any(),
            )
        }
    }
}

/// Short enough for a column of a phone: subject, room, and what is different as icon and word. A
/// new value stands before the old one, which is struck out.
fn lesson(block: &Block, day: LocalDate) -> AnyView {
    let t = texts();
    let lesson = &block.lesson;
    let off = !block.takes_place();
    let subject_changed = !off && block.subject() != lesson.subject;
    let room_changed = !off && block.rooms() != lesson.rooms.as_slice();
    let kind = lesson.change.as_ref().map(|change| change.kind);
    let name = if off { lesson.subject_name.as_str() } else { block.subject_name() };
    let shown = if off { lesson.subject.as_str() } else { block.subject() };
    let rooms = block.rooms().join(", ");
    let old_rooms = lesson.rooms.join(", ");
    let class = format!(
        "cell {}{}{}",
        subject::class(&lesson.subject),
        if off { " cell--off" } else { "" },
        if kind.is_some() { " cell--changed" } else { "" },
    );
    view! {
        <a class=class href=day_href(day)>
            <span class="cell-subject" aria-hidden="true">{shown.to_owned()}</span>
            <span class="visually-hidden">{name.to_owned()} ", "</span>
            {subject_changed.then(|| view! { <del class="cell-old">{lesson.subject.clone()}</del> }.into_any())}
            {(!off).then(|| view! { <span class="cell-room">{rooms}</span> }.into_any())}
            {room_changed.then(|| view! {
                <span class="visually-hidden">" " {t.instead_of} " "</span>
                <del class="cell-old">{old_rooms}</del>
            }.into_any())}
            {kind.map(cell_change)}
        </a>
    }
    .into_any()
}

fn cell_change(kind: LessonChangeKind) -> AnyView {
    let (icon, word) = change::kind_words(kind);
    view! {
        <span class="cell-change">
            <Icon name=icon/>
            <span class="cell-word">{word}</span>
        </span>
    }
    .into_any()
}
