//! Homework: what is due when.

use tornister_protocol::{
    tasks::{Progress, Task},
    time::LocalDate,
};

/// The day a homework is due.
#[must_use]
pub fn due_day(task: &Task) -> Option<LocalDate> {
    task.due.map(|due| due.date())
}

/// Homework under one heading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DueGroup {
    /// The day; `None` for what has no day.
    pub day: Option<LocalDate>,
    /// Due on it.
    pub tasks: Vec<Task>,
}

/// Groups homework by due day, earliest first, without a day last.
#[must_use]
pub fn by_due_day(mut tasks: Vec<Task>) -> Vec<DueGroup> {
    tasks.sort_by(|one, other| {
        let key = |task: &Task| (task.due.is_none(), due_day(task));
        key(one)
            .cmp(&key(other))
            .then_with(|| one.title.cmp(&other.title))
            .then_with(|| one.id.cmp(&other.id))
    });
    let mut groups: Vec<DueGroup> = Vec::new();
    for task in tasks {
        let day = due_day(&task);
        match groups.last_mut() {
            Some(group) if group.day == day => group.tasks.push(task),
            _ => groups.push(DueGroup { day, tasks: vec![task] }),
        }
    }
    groups
}

/// Open homework together with what was ticked off on this very screen: it stays in its place, so
/// that a slip of the thumb can be taken back.
#[must_use]
pub fn with_just_ticked(open: &[Task], ticked: &[Task]) -> Vec<Task> {
    let still_open = open.iter().filter(|task| !ticked.iter().any(|it| it.id == task.id));
    let just_done = ticked.iter().map(|task| Task { progress: Progress::Completed, ..task.clone() });
    still_open.cloned().chain(just_done).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn task(id: &str, due: Option<&str>) -> Task {
        Task {
            id: id.into(),
            task_list_id: "list".into(),
            title: format!("Aufgabe {id}"),
            description: String::new(),
            start: None,
            due: due.map(|due| format!("{due}T00:00:00").parse().unwrap()),
            show_without_time: true,
            progress: Progress::NeedsAction,
            categories: BTreeMap::new(),
        }
    }

    #[test]
    fn the_most_urgent_day_comes_first_and_no_day_last() {
        let tasks = vec![task("c", None), task("b", Some("2026-09-18")), task("a", Some("2026-09-16"))];
        let groups = by_due_day(tasks);
        let days: Vec<_> = groups.iter().map(|group| group.day.map(|day| day.to_string())).collect();
        assert_eq!(days, [Some("2026-09-16".to_owned()), Some("2026-09-18".to_owned()), None]);
    }

    #[test]
    fn a_ticked_homework_stays_once_and_shows_as_done() {
        let open = [task("a", None), task("b", None)];
        // The device may still list it as open when the screen draws.
        let shown = with_just_ticked(&open, &open[..1]);
        assert_eq!(shown.len(), 2);
        assert!(shown.iter().any(|task| task.id.as_str() == "a" && task.progress == Progress::Completed));
    }
}
