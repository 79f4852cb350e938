//! Homework for the next school day, and what is late.

use leptos::prelude::*;
use tornister_protocol::tasks::Task;
use tornister_sync::kind::Kind;

use super::{Day, section::Section};
use crate::{
    components::{
        empty::{Empty, loaded},
        icon::IconName,
        task_row::{JustTicked, TaskRow},
    },
    data::School,
    i18n::texts,
    model::tasks,
};

/// The homework to do now; each can be ticked off in place.
#[component]
pub fn DueTasks(day: Day) -> impl IntoView {
    let school = School::expect();
    let t = texts();
    let just_ticked = JustTicked::new();
    let open = school.live(&[Kind::Task], |reader| async move { reader.open_tasks().await });
    let list = loaded(open, move |open: Vec<Task>| {
        let (today, until) = (day.today.get(), day.homework_until());
        let all = just_ticked.with_open(&open).len();
        let is_due = |task: &Task| tasks::due_day(task).is_some_and(|day| day <= until);
        let due: Vec<Task> = just_ticked.with_open(&open).into_iter().filter(is_due).collect();
        let later = all - due.len();
        let rows: Vec<_> = tasks::by_due_day(due).into_iter().flat_map(|group| group.tasks).collect();
        let rest =
            (later > 0).then(|| view! { <p class="section-rest">{(t.later_tasks)(later)}</p> }.into_any());
        if rows.is_empty() {
            let (title, text) =
                if later > 0 { (t.no_tasks_until, "") } else { (t.no_tasks, t.no_tasks_help) };
            return view! {
                <Empty icon=IconName::CircleCheck title text/>
                {rest}
            }
            .into_any();
        }
        let rows = rows.into_iter().map(|task| view! { <TaskRow task today with_due=true just_ticked/> });
        view! {
            <ul class="tasks">{rows.collect_view()}</ul>
            {rest}
        }
        .into_any()
    });
    view! {
        <Section id="due-title" title=t.homework href="/aufgaben" link=t.all>
            {list}
        </Section>
    }
}
