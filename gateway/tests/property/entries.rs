//! A random school day of events and tasks, in calendars and lists of one's own.

use std::cell::Cell;

use proptest::{collection::vec, option, prelude::*, sample::select};
use serde_json::{Value, json};

use super::{check::Subject, mails::WORDS};
use crate::common::{Client, LENA, World};

/// Of calendars, and of lists.
pub const COLLECTIONS: usize = 2;
pub const PROGRESS: [&str; 3] = ["needs-action", "in-process", "completed"];

/// What is known of an event before the server has it. It takes place on so many days in a row.
#[derive(Clone, Debug)]
pub struct Event {
    pub title: Vec<&'static str>,
    pub description: Vec<&'static str>,
    pub day: u32,
    pub hour: u32,
    pub hours: u32,
    pub days: u32,
    pub calendar: usize,
    /// To be set by whoever adds it.
    pub uid: u32,
}

#[derive(Clone, Debug)]
pub struct Task {
    pub title: Vec<&'static str>,
    pub description: Vec<&'static str>,
    pub due: Option<u32>,
    pub progress: &'static str,
    pub priority: u32,
    pub list: usize,
    /// To be set by whoever adds it.
    pub uid: u32,
}

/// One step. Numbers choose among what is there at the time, whatever their size.
#[derive(Clone, Debug)]
pub enum Step {
    Event(Event),
    Task(Task),
    Title(usize, &'static str),
    Move(usize, usize),
    Tick(usize, &'static str),
    Destroy(usize),
    Rename(usize, &'static str),
    Note,
}

fn words(count: std::ops::Range<usize>) -> impl Strategy<Value = Vec<&'static str>> {
    vec(select(&WORDS[..]), count)
}

pub fn event() -> impl Strategy<Value = Event> {
    let time = (1..20_u32, 6..20_u32, 1..4_u32, 1..5_u32);
    (words(0..3), words(0..4), time, 0..COLLECTIONS).prop_map(
        |(title, description, (day, hour, hours, days), calendar)| Event {
            title,
            description,
            day,
            hour,
            hours,
            days,
            calendar,
            uid: 0,
        },
    )
}

pub fn task() -> impl Strategy<Value = Task> {
    let rest = (option::of(1..28_u32), select(&PROGRESS[..]), 0..3_u32);
    (words(0..3), words(0..4), rest, 0..COLLECTIONS).prop_map(
        |(title, description, (due, progress, priority), list)| Task {
            title,
            description,
            due,
            progress,
            priority,
            list,
            uid: 0,
        },
    )
}

pub fn step() -> impl Strategy<Value = Step> {
    let which = any::<usize>;
    prop_oneof![
        3 => event().prop_map(Step::Event),
        3 => task().prop_map(Step::Task),
        2 => (which(), select(&WORDS[..])).prop_map(|(which, title)| Step::Title(which, title)),
        2 => (which(), 0..COLLECTIONS).prop_map(|(which, into)| Step::Move(which, into)),
        2 => (which(), select(&PROGRESS[..])).prop_map(|(which, progress)| Step::Tick(which, progress)),
        2 => which().prop_map(Step::Destroy),
        1 => (which(), select(&WORDS[..])).prop_map(|(which, name)| Step::Rename(which, name)),
        2 => Just(Step::Note),
    ]
}

/// A pupil's account with calendars and lists of the plan's own.
pub struct Entries {
    client: Client,
    pub calendars: Vec<String>,
    pub lists: Vec<String>,
    /// How many were added step by step.
    added: Cell<u32>,
    _world: World,
}

impl Subject for Entries {
    async fn new() -> Self {
        let world = World::new().await;
        let client = world.login(LENA).await;
        let (mut calendars, mut lists) = (Vec::new(), Vec::new());
        for number in 0..COLLECTIONS {
            calendars.push(client.create("Calendar", json!({ "name": format!("Kalender {number}") })).await);
            lists.push(client.create("TaskList", json!({ "name": format!("Liste {number}") })).await);
        }
        Self { client, calendars, lists, added: Cell::new(0), _world: world }
    }

    async fn clear(&self) {
        for (kind, id) in self.all().await {
            assert_eq!(self.client.destroy(kind, &id).await, None);
        }
    }

    fn client(&self) -> &Client {
        &self.client
    }
}

impl Entries {
    /// Types and ids of all that is in the own calendars and lists.
    async fn all(&self) -> Vec<(&'static str, String)> {
        let by_uid = json!([{ "property": "uid" }]);
        let mut all = Vec::new();
        for (kind, filter) in [
            ("CalendarEvent", json!({ "inCalendars": self.calendars })),
            ("Task", json!({ "inTaskLists": self.lists })),
        ] {
            let ids = self.client.query(kind, json!({ "filter": filter, "sort": by_uid })).await;
            all.extend(ids.into_iter().map(|id| (kind, id)));
        }
        all
    }

    fn next(&self) -> u32 {
        self.added.update(|added| added + 1);
        self.added.get()
    }

    pub async fn add_event(&self, event: &Event) -> String {
        let object = json!({
            "uid": event.uid(),
            "calendarIds": { &self.calendars[event.calendar]: true },
            "title": event.title.join(" "),
            "description": event.description.join(" "),
            "start": format!("2026-09-{:02}T{:02}:00:00", event.day, event.hour),
            "duration": format!("PT{}H", event.hours),
            "timeZone": "Europe/Berlin",
            "recurrenceRules": [{ "@type": "RecurrenceRule", "frequency": "daily", "count": event.days }],
        });
        self.client.create("CalendarEvent", object).await
    }

    pub async fn add_task(&self, task: &Task) -> String {
        let object = json!({
            "uid": task.uid(),
            "taskListId": self.lists[task.list],
            "title": task.title.join(" "),
            "description": task.description.join(" "),
            "due": task.due.map(|day| format!("2026-09-{day:02}T08:00:00")),
            "progress": task.progress,
            "priority": task.priority,
        });
        self.client.create("Task", object).await
    }

    /// Carries out a step; one that has nothing to work on does nothing. False for a note.
    pub async fn perform(&self, step: &Step) -> bool {
        let all = self.all().await;
        let chosen = |which: usize| all.get(which % all.len().max(1)).cloned();
        let (found, patch) = match step {
            Step::Note => return false,
            Step::Event(event) => {
                self.add_event(&Event { uid: self.next(), ..event.clone() }).await;
                return true;
            }
            Step::Task(task) => {
                self.add_task(&Task { uid: self.next(), ..task.clone() }).await;
                return true;
            }
            Step::Destroy(which) => {
                if let Some((kind, id)) = chosen(*which) {
                    assert_eq!(self.client.destroy(kind, &id).await, None);
                }
                return true;
            }
            Step::Rename(which, name) => {
                let (kind, id) = if which % 2 == 0 {
                    ("Calendar", &self.calendars[0])
                } else {
                    ("TaskList", &self.lists[0])
                };
                (Some((kind, id.clone())), json!({ "name": format!("{name} {which}") }))
            }
            Step::Title(which, title) => (chosen(*which), json!({ "title": title })),
            Step::Move(which, into) => {
                let found = chosen(*which);
                let patch = match found {
                    Some(("Task", _)) => json!({ "taskListId": self.lists[*into] }),
                    _ => json!({ "calendarIds": { &self.calendars[*into]: true } }),
                };
                (found, patch)
            }
            Step::Tick(which, progress) => {
                let task = chosen(*which).filter(|(kind, _)| *kind == "Task");
                (task, json!({ "progress": progress }))
            }
        };
        if let Some((kind, id)) = found {
            assert_eq!(self.client.update(kind, &id, patch).await, None, "{step:?}");
        }
        true
    }
}

impl Event {
    pub fn uid(&self) -> String {
        format!("event-{:010}", self.uid)
    }

    /// First and last hour of each day, counted from the month's beginning.
    pub fn occurrences(&self) -> impl Iterator<Item = (u32, u32)> {
        (0..self.days).map(|later| {
            let start = (self.day + later) * 24 + self.hour;
            (start, start + self.hours)
        })
    }
}

impl Task {
    pub fn uid(&self) -> String {
        format!("task-{:010}", self.uid)
    }
}

/// An hour that is counted as [`Event::occurrences`] counts.
pub fn hour(hour: u32) -> Value {
    json!(format!("2026-09-{:02}T{:02}:00:00", hour / 24, hour % 24))
}
