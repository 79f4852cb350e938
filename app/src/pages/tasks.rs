//! Aufgaben: homework to do by due day, what is done, and one piece in full.

use leptos::prelude::*;
use tornister_protocol::{
    id::TaskId,
    tasks::Task,
    time::{LocalDate, LocalDateTime},
};
use tornister_sync::kind::Kind;

use crate::{
    components::{
        empty::{Empty, loaded},
        heading::DetailTitle,
        icon::{Icon, IconName},
        split::{Back, Split},
        task_row::{JustTicked, TaskRow, Tick},
    },
    data::School,
    i18n::{DateStyle, language, texts},
    model::{subject, tasks},
    navigation::Navigation,
    route::Route,
};

/// So much of what is done is listed.
const MOST_DONE: usize = 100;

/// Aufgaben.
#[component]
pub fn TasksPage() -> impl IntoView {
    let t = texts();
    let navigation = Navigation::expect();
    let done_list = navigation.part(|route| match route {
        Route::Tasks { .. } => Some(false),
        Route::DoneTasks => Some(true),
        _ => None,
    });
    let open_id = navigation.part(|route| match route {
        Route::Tasks { task } => Some(task.clone()),
        Route::DoneTasks => Some(None),
        _ => None,
    });
    let detail = move || match open_id.get() {
        Some(id) => view! { <TaskDetail id/> }.into_any(),
        None => ().into_any(),
    };
    view! {
        <Split title=t.tab_tasks open=Memo::new(move |_| open_id.get().is_some()) hint=t.choose_task detail>
            <nav class="segments" aria-label=t.tab_tasks>
                <a href="/aufgaben" aria-current=move || (!done_list.get()).then_some("page")>{t.to_do}</a>
                <a href="/aufgaben/erledigt" aria-current=move || done_list.get().then_some("page")>{t.done}</a>
            </nav>
            {move || {
                if done_list.get() {
                    view! { <DoneTasks/> }.into_any()
                } else {
                    view! { <OpenTasks open_id/> }.into_any()
                }
            }}
        </Split>
    }
}

fn today() -> Memo<LocalDate> {
    let school = School::expect();
    Memo::new(move |_| school.now().date())
}

#[component]
fn OpenTasks(open_id: Memo<Option<TaskId>>) -> impl IntoView {
    let t = texts();
    let today = today();
    let just_ticked = JustTicked::new();
    let open = School::expect().live(&[Kind::Task], |reader| async move { reader.open_tasks().await });
    loaded(open, move |open: Vec<Task>| {
        let groups = tasks::by_due_day(just_ticked.with_open(&open));
        if groups.is_empty() {
            return view! { <Empty icon=IconName::Party title=t.no_tasks text=t.no_tasks_help/> }.into_any();
        }
        let today = today.get();
        let groups = groups.into_iter().map(|group| {
            let late = group.day.is_some_and(|day| day < today);
            let heading = match group.day {
                Some(day) if late => (t.late_since)(&language().day_and_date(day, today)),
                Some(day) => language().day_and_date(day, today),
                None => t.without_day.to_owned(),
            };
            let rows = group.tasks.into_iter().map(|task| {
                view! { <TaskRow task today just_ticked open=open_id/> }
            });
            view! {
                <section class="group">
                    <h2 class=if late { "group-title group-title--late" } else { "group-title" }>
                        {late.then(|| view! { <Icon name=IconName::Warning/> })}
                        {heading}
                    </h2>
                    <ul class="tasks card">{rows.collect_view()}</ul>
                </section>
            }
            .into_any()
        });
        view! {
            {groups.collect_view()}
            <p class="footnote">{t.homework_note}</p>
        }
        .into_any()
    })
}

#[component]
fn DoneTasks() -> impl IntoView {
    let t = texts();
    let today = today();
    let done =
        School::expect().live(&[Kind::Task], |reader| async move { reader.done_tasks(MOST_DONE).await });
    loaded(done, move |done: Vec<Task>| {
        if done.is_empty() {
            return view! { <Empty icon=IconName::Tasks title=t.nothing_done/> }.into_any();
        }
        let rows = done.into_iter().map(|task| view! { <TaskRow task today=today.get() with_due=true/> });
        view! { <ul class="tasks card">{rows.collect_view()}</ul> }.into_any()
    })
}

#[component]
fn TaskDetail(id: TaskId) -> impl IntoView {
    let t = texts();
    let today = today();
    let found = School::expect().live(&[Kind::Task], move |reader| {
        let id = id.clone();
        async move { reader.task(&id).await }
    });
    let task = Memo::new(move |_| found.get().flatten());
    let shown = loaded(found, move |found| match found {
        None => view! { <Empty icon=IconName::Tasks title=t.task_gone/> }.into_any(),
        Some(task) => view! { <TaskText task today=today.get()/> }.into_any(),
    });
    // The heading takes the focus, so it must not be made anew when the tick changes.
    let title = Memo::new(move |_| task.get().map(|task| task.title));
    view! {
        <Back href="/aufgaben" label=t.tab_tasks/>
        <article class="detail">
            {move || title.get().map(|title| view! { <DetailTitle title/> })}
            {shown}
        </article>
    }
}

fn day_and_time(moment: LocalDateTime, without_time: bool, today: LocalDate) -> String {
    let day = language().day_and_date(moment.date(), today);
    let midnight = moment.0.time() == chrono::NaiveTime::MIN;
    if without_time || midnight { day } else { format!("{day}, {}", moment.hour_minute()) }
}

#[component]
fn TaskText(task: Task, today: LocalDate) -> impl IntoView {
    let t = texts();
    let done = task.progress.is_settled();
    let late = tasks::due_day(&task).is_some_and(|day| day < today) && !done;
    let subject = task.subject().map(str::to_owned);
    let class = subject.as_deref().map(subject::class).unwrap_or_default();
    view! {
        <div class=format!("task-detail {class}")>
            <dl class="facts">
                {subject.map(|name| view! { <div><dt>{t.subject}</dt><dd>{name}</dd></div> }.into_any())}
                {task.due.map(|due| view! {
                    <div>
                        <dt>{t.due}</dt>
                        <dd class=late.then_some("task-late")>{day_and_time(due, task.show_without_time, today)}</dd>
                    </div>
                }.into_any())}
                {task.start.map(|start| view! {
                    <div><dt>{t.set_on}</dt><dd>{language().date(DateStyle::Full, start.date())}</dd></div>
                }.into_any())}
            </dl>
            {(!task.description.is_empty()).then(|| view! { <p class="prose">{task.description.clone()}</p> }.into_any())}
            <div class=if done { "task-done-line task-done-line--done" } else { "task-done-line" }>
                <Tick task/>
                <span aria-hidden="true">{if done { t.is_done } else { t.mark_done }}</span>
            </div>
            <p class="footnote">{t.homework_note}</p>
        </div>
    }
}
