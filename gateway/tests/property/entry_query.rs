//! `CalendarEvent/query` and `Task/query` answer what a look at every one would, in the order that was asked
//! for.

use std::cmp::Ordering;

use proptest::{collection::vec, prelude::*, sample::select};
use serde_json::{Value, json};

use super::{
    check::{Subject as _, check},
    entries::{COLLECTIONS, Entries, Event, PROGRESS, Task, event, hour, task},
    mails::{WORDS, strings},
    tree::{Tree, tree},
};

#[derive(Clone, Debug)]
enum OfEvent {
    In(Vec<usize>),
    After(u32),
    Before(u32),
    Between(u32, u32),
    Title(&'static str),
    Description(&'static str),
    Text(&'static str),
    Uid(u32),
}

#[derive(Clone, Debug)]
enum OfTask {
    In(Vec<usize>),
    DueAfter(u32),
    DueBefore(u32),
    Progress(Vec<&'static str>),
    Title(&'static str),
    Description(&'static str),
    Text(&'static str),
    Uid(u32),
}

/// Hours of September, see [`hour`].
const HOURS: std::ops::Range<u32> = 24..29 * 24;

fn of_event() -> impl Strategy<Value = OfEvent> {
    let word = || select(&WORDS[..]);
    prop_oneof![
        vec(0..COLLECTIONS, 0..3).prop_map(OfEvent::In),
        HOURS.prop_map(OfEvent::After),
        HOURS.prop_map(OfEvent::Before),
        (HOURS, 1..100_u32)
            .prop_map(|(after, hours)| OfEvent::Between(after, (after + hours).min(HOURS.end))),
        word().prop_map(OfEvent::Title),
        word().prop_map(OfEvent::Description),
        word().prop_map(OfEvent::Text),
        (0..12_u32).prop_map(OfEvent::Uid),
    ]
}

fn of_task() -> impl Strategy<Value = OfTask> {
    let word = || select(&WORDS[..]);
    prop_oneof![
        vec(0..COLLECTIONS, 0..3).prop_map(OfTask::In),
        (1..28_u32).prop_map(OfTask::DueAfter),
        (1..28_u32).prop_map(OfTask::DueBefore),
        vec(select(&PROGRESS[..]), 0..3).prop_map(OfTask::Progress),
        word().prop_map(OfTask::Title),
        word().prop_map(OfTask::Description),
        word().prop_map(OfTask::Text),
        (0..12_u32).prop_map(OfTask::Uid),
    ]
}

fn some(ids: &[String], numbers: &[usize]) -> Value {
    numbers.iter().map(|number| json!(ids[*number])).collect()
}

impl OfEvent {
    fn to_json(&self, account: &Entries) -> Value {
        match self {
            Self::In(numbers) => json!({ "inCalendars": some(&account.calendars, numbers) }),
            Self::After(time) => json!({ "after": hour(*time) }),
            Self::Before(time) => json!({ "before": hour(*time) }),
            Self::Between(after, before) => json!({ "after": hour(*after), "before": hour(*before) }),
            Self::Title(word) => json!({ "title": word }),
            Self::Description(word) => json!({ "description": word }),
            Self::Text(word) => json!({ "text": word }),
            Self::Uid(uid) => json!({ "uid": format!("event-{uid:010}") }),
        }
    }

    fn holds(&self, event: &Event) -> bool {
        match self {
            Self::In(numbers) => numbers.contains(&event.calendar),
            Self::After(time) => event.occurrences().any(|(_, end)| end > *time),
            Self::Before(time) => event.occurrences().any(|(start, _)| start < *time),
            // JMAP Calendars §5.10: of a series any occurrence may fulfil either.
            Self::Between(after, before) => {
                Self::After(*after).holds(event) && Self::Before(*before).holds(event)
            }
            Self::Title(word) => event.title.contains(word),
            Self::Description(word) => event.description.contains(word),
            Self::Text(word) => event.title.contains(word) || event.description.contains(word),
            Self::Uid(uid) => event.uid == *uid,
        }
    }
}

impl OfTask {
    fn to_json(&self, account: &Entries) -> Value {
        let day = |day: &u32| format!("2026-09-{day:02}T08:00:00");
        match self {
            Self::In(numbers) => json!({ "inTaskLists": some(&account.lists, numbers) }),
            Self::DueAfter(due) => json!({ "dueAfter": day(due) }),
            Self::DueBefore(due) => json!({ "dueBefore": day(due) }),
            Self::Progress(all) => json!({ "progress": all }),
            Self::Title(word) => json!({ "title": word }),
            Self::Description(word) => json!({ "description": word }),
            Self::Text(word) => json!({ "text": word }),
            Self::Uid(uid) => json!({ "uid": format!("task-{uid:010}") }),
        }
    }

    fn holds(&self, task: &Task) -> bool {
        match self {
            Self::In(numbers) => numbers.contains(&task.list),
            Self::DueAfter(day) => task.due.is_some_and(|due| due >= *day),
            Self::DueBefore(day) => task.due.is_some_and(|due| due < *day),
            Self::Progress(all) => all.contains(&task.progress),
            Self::Title(word) => task.title.contains(word),
            Self::Description(word) => task.description.contains(word),
            Self::Text(word) => task.title.contains(word) || task.description.contains(word),
            Self::Uid(uid) => task.uid == *uid,
        }
    }
}

fn compare_events(property: &str, a: &Event, b: &Event) -> Ordering {
    match property {
        "start" => (a.day, a.hour).cmp(&(b.day, b.hour)),
        _ => a.uid().cmp(&b.uid()),
    }
}

fn compare_tasks(property: &str, a: &Task, b: &Task) -> Ordering {
    let step = |task: &Task| PROGRESS.iter().position(|one| *one == task.progress);
    match property {
        // What has no time stands last.
        "due" => (a.due.is_none(), a.due).cmp(&(b.due.is_none(), b.due)),
        "progress" => step(a).cmp(&step(b)),
        "priority" => a.priority.cmp(&b.priority),
        _ => a.uid().cmp(&b.uid()),
    }
}

/// Asks, and looks at every one. What is equal otherwise is in the order of its uid.
async fn agrees<C: std::fmt::Debug, O>(
    account: &Entries,
    (kind, own): (&str, Value),
    known: &[(String, O)],
    filter: &Tree<C>,
    (wire, holds): (Value, impl Fn(&C, &O) -> bool),
    ((property, is_ascending), compare): ((&str, bool), impl Fn(&str, &O, &O) -> Ordering),
) -> Result<(), TestCaseError> {
    let sort = json!([{ "property": property, "isAscending": is_ascending }, { "property": "uid" }]);
    let mut arguments = json!({
        "filter": { "operator": "AND", "conditions": [own, wire] }, "sort": sort, "calculateTotal": true,
    });
    if kind == "CalendarEvent" {
        arguments["timeZone"] = json!("Europe/Berlin");
    }
    let answer = account.client().call(&format!("{kind}/query"), arguments).await;
    let mut expected: Vec<&(String, O)> =
        known.iter().filter(|(_, object)| filter.holds(&|condition| holds(condition, object))).collect();
    expected.sort_by(|(_, a), (_, b)| {
        let order = compare(property, a, b);
        (if is_ascending { order } else { order.reverse() }).then_with(|| compare("uid", a, b))
    });
    let expected: Vec<String> = expected.into_iter().map(|(id, _)| id.clone()).collect();
    prop_assert_eq!(&answer["total"], &json!(expected.len()));
    prop_assert_eq!(strings(&answer["ids"]), expected, "{:?} {}", filter, property);
    Ok(())
}

#[test]
fn a_query_finds_what_a_look_at_every_event_finds() {
    let queries = (tree(of_event()), (select(&["start", "uid"][..]), any::<bool>()));
    check(30, (vec(event(), 1..12), vec(queries, 8)), &async |account: &Entries, (events, queries)| {
        let mut known = Vec::new();
        for (uid, event) in (0..).zip(events) {
            let event = Event { uid, ..event };
            known.push((account.add_event(&event).await, event));
        }
        for (filter, sort) in queries {
            let wire = filter.to_json(&|condition: &OfEvent| condition.to_json(account));
            let own = ("CalendarEvent", json!({ "inCalendars": account.calendars }));
            let (wire, sort) = ((wire, OfEvent::holds), (sort, compare_events));
            agrees(account, own, &known, &filter, wire, sort).await?;
        }
        Ok(())
    });
}

#[test]
fn a_query_finds_what_a_look_at_every_task_finds() {
    let sorts = select(&["due", "progress", "priority", "uid"][..]);
    let queries = (tree(of_task()), (sorts, any::<bool>()));
    check(30, (vec(task(), 1..12), vec(queries, 8)), &async |account: &Entries, (tasks, queries)| {
        let mut known = Vec::new();
        for (uid, task) in (0..).zip(tasks) {
            let task = Task { uid, ..task };
            known.push((account.add_task(&task).await, task));
        }
        for (filter, sort) in queries {
            let wire = filter.to_json(&|condition: &OfTask| condition.to_json(account));
            let own = ("Task", json!({ "inTaskLists": account.lists }));
            let (wire, sort) = ((wire, OfTask::holds), (sort, compare_tasks));
            agrees(account, own, &known, &filter, wire, sort).await?;
        }
        Ok(())
    });
}
