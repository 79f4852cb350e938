//! A piece of homework with its tick.

use leptos::prelude::*;
use tornister_protocol::{
    id::TaskId,
    tasks::{Progress, Task},
    time::LocalDate,
};

use crate::{
    data::School,
    i18n::{language, texts},
    model::{subject, tasks},
};

/// What was ticked off on this screen and stays in its place until the reader leaves.
#[derive(Clone, Copy)]
pub struct JustTicked(RwSignal<Vec<Task>>);

impl JustTicked {
    /// Nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self(RwSignal::default())
    }

    /// Open homework together with it.
    #[must_use]
    pub fn with_open(self, open: &[Task]) -> Vec<Task> {
        self.0.with(|ticked| tasks::with_just_ticked(open, ticked))
    }

    fn tick(self, task: &Task, done: bool) {
        // The reader may have left.
        let _ = self.0.try_update(|ticked| {
            ticked.retain(|it| it.id != task.id);
            if done {
                ticked.push(task.clone());
            }
        });
    }
}

/// The tick of a homework. It stands there once the device has kept it: who sees it may leave.
#[component]
pub fn Tick(task: Task, #[prop(default = None)] just_ticked: Option<JustTicked>) -> impl IntoView {
    let school = School::expect();
    let done = task.progress.is_settled();
    let label = (texts().tick_done)(&task.title);
    let toggle = move |event: leptos::ev::MouseEvent| {
        event.prevent_default();
        let (task, progress) = (task.clone(), if done { Progress::NeedsAction } else { Progress::Completed });
        leptos::task::spawn_local(async move {
            let kept = school.set_progress(&task.id, progress).await;
            if let Some(just_ticked) = just_ticked.filter(|_| kept) {
                just_ticked.tick(&task, !done);
            }
        });
    };
    view! {
        <label class="tick">
            <input type="checkbox" prop:checked=done aria-label=label on:click=toggle/>
        </label>
    }
}

/// One homework in a list.
#[component]
pub fn TaskRow(
    task: Task,
    today: LocalDate,
    /// Whether the due day stands in the row; where it is the heading it does not.
    #[prop(default = false)]
    with_due: bool,
    #[prop(optional)] just_ticked: Option<JustTicked>,
    /// Which one is open beside the list.
    #[prop(optional)]
    open: Option<Memo<Option<TaskId>>>,
) -> impl IntoView {
    let t = texts();
    let done = task.progress.is_settled();
    let subject = task.subject().map(str::to_owned);
    let class = subject.as_deref().map(subject::class).unwrap_or_default();
    let due = tasks::due_day(&task).filter(|_| with_due);
    let late = due.is_some_and(|day| day < today) && !done;
    let href = format!("/aufgaben/{}", task.id);
    let id = task.id.clone();
    let current = open.map(|open| move || (open.get().as_ref() == Some(&id)).then_some("true"));
    view! {
        <li class=format!("task {class}{}", if done { " task--done" } else { "" })>
            <Tick task=task.clone() just_ticked=just_ticked/>
            <a class="task-link" href=href aria-current=current>
                <span class="task-title">{task.title}</span>
                <span class="task-meta">
                    {subject.map(|name| view! { <span class="subject-name">{name}</span> }.into_any())}
                    {due.map(|day| {
                        let words = (t.due_on)(&language().day(day, today));
                        view! { <span class=late.then_some("task-late")>{words}</span> }
                    })}
                    {done.then(|| view! { <span>{t.done}</span> }.into_any())}
                </span>
            </a>
        </li>
    }
}
