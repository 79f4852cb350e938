//! What the reader has to know wherever they are: the session has ended, a change was refused, the
//! device is full, the first sync is under way, a newer app waits.

use leptos::prelude::*;
use tornister_protocol::core::SetErrorKind;
use tornister_sync::{outbox::Change, read::RefusedChange, store::room::GivenUp};

use super::{
    dynamic::{dynamic, dynamic_option},
    icon::{Icon, IconName},
    login_form::LoginForm,
};
use crate::{
    data::{School, SyncStatus},
    i18n::texts,
};

/// So many mails or pieces of homework are named in one notice.
const MOST_NAMES: usize = 5;
/// After so many days without a sync the screens say that they are old.
const STALE_DAYS: i64 = 2;

/// All notices, the most urgent first.
#[component]
pub fn Notices() -> impl IntoView {
    view! {
        <div class="notices">
            <SessionEnded/>
            <Refused/>
            <Full/>
            <FirstSync/>
            <Stale/>
            <Update/>
        </div>
    }
}

#[component]
fn Notice(
    icon: IconName,
    #[prop(into)] title: String,
    #[prop(default = "")] tone: &'static str,
    children: Children,
) -> impl IntoView {
    view! {
        <section class=format!("notice {tone}")>
            <Icon name=icon/>
            <div class="notice-body">
                <p class="notice-title">{title}</p>
                {children()}
            </div>
        </section>
    }
}

#[component]
fn SessionEnded() -> impl IntoView {
    let school = School::expect();
    let t = texts();
    let asking = RwSignal::new(false);
    // A try to sync in between must not take the half-typed password away.
    let ended = Memo::new(move |last: Option<&bool>| match school.sync() {
        SyncStatus::LoggedOut => true,
        SyncStatus::Idle => false,
        _ => last.copied().unwrap_or_default(),
    });
    dynamic_option(move || {
        ended.get().then(|| {
            view! {
                <Notice icon=IconName::Warning title=t.session_ended tone="notice--warning">
                    <p>{t.session_ended_help}</p>
                    {move || {
                        if asking.get() {
                            let username = untrack(|| school.username());
                            view! {
                                <p class="notice-user">{username.clone()}</p>
                                <LoginForm username/>
                            }
                            .into_any()
                        } else {
                            view! {
                                <button type="button" class="button" on:click=move |_| asking.set(true)>
                                    {t.log_in}
                                </button>
                            }
                            .into_any()
                        }
                    }}
                </Notice>
            }
            .into_any()
        })
    })
}

fn refusal(refused: &RefusedChange) -> (&'static str, &'static str) {
    let t = texts();
    let what = match &refused.change {
        Change::Progress { .. } => t.refused_progress,
        Change::Keyword { .. } => t.refused_keyword,
        Change::Unknown => t.refused_other,
    };
    let why = match refused.reason {
        Some(SetErrorKind::Forbidden) => t.refused_forbidden,
        Some(SetErrorKind::NotFound) => t.refused_gone,
        Some(_) => t.refused_reason_other,
        None => t.refused_lost,
    };
    (what, why)
}

#[component]
fn Refused() -> impl IntoView {
    let school = School::expect();
    let t = texts();
    // The region stands there before its words, or screen readers miss them.
    view! {
        <div role="alert">
            {dynamic_option(move || {
                let mut refused = school.refused();
                let (what, why) = refusal(refused.first()?);
                // One notice for all that have the same words; the others come after it.
                refused.retain(|it| refusal(it) == (what, why));
                let names = refused.iter_mut().filter_map(|it| it.name.take()).take(MOST_NAMES);
                let words = names.chain([why.to_owned()]).collect::<Vec<_>>().join(" – ");
                let rows: Vec<u64> = refused.iter().map(|it| it.number).collect();
                Some(view! {
                    <Notice icon=IconName::Warning title=what tone="notice--warning">
                        <p>{words}</p>
                        <button
                            type="button"
                            class="button"
                            on:click=move |_| school.dismiss_refused(rows.clone())
                        >
                            {t.understood}
                        </button>
                    </Notice>
                }.into_any())
            })}
        </div>
    }
}

/// The device is full: something old is no longer on it, or nothing new fits.
#[component]
fn Full() -> impl IntoView {
    let school = School::expect();
    let t = texts();
    let given_up = school.given_up();
    dynamic_option(move || {
        if school.sync() == SyncStatus::Full {
            return Some(
                view! {
                    <Notice icon=IconName::Warning title=t.device_full tone="notice--warning">
                        <p>{t.full_news}</p>
                        <button type="button" class="button" on:click=move |_| school.sync_now()>{t.try_again}</button>
                    </Notice>
                }
                .into_any(),
            );
        }
        let GivenUp { attachments, bodies } = given_up.get()?;
        (attachments + bodies > 0).then(|| {
            view! {
                <Notice icon=IconName::Device title=t.device_full>
                    <p>{(t.given_up)(attachments, bodies)}</p>
                    <button type="button" class="button" on:click=move |_| school.forget_given_up()>
                        {t.understood}
                    </button>
                </Notice>
            }
            .into_any()
        })
    })
}

#[component]
fn FirstSync() -> impl IntoView {
    let school = School::expect();
    let t = texts();
    let retry = move || {
        view! {
            <button type="button" class="button" on:click=move |_| school.sync_now()>{t.try_again}</button>
        }
    };
    dynamic(move || {
        if school.last_synced().is_some() {
            return ().into_any();
        }
        match school.sync() {
            SyncStatus::Offline => view! {
                <Notice icon=IconName::Offline title=t.offline>
                    <p>{t.first_sync_offline}</p>
                    {retry()}
                </Notice>
            }
            .into_any(),
            SyncStatus::Failed => view! {
                <Notice icon=IconName::Warning title=t.failed>
                    <p>{t.first_sync_failed}</p>
                    {retry()}
                </Notice>
            }
            .into_any(),
            SyncStatus::Idle | SyncStatus::LoggedOut | SyncStatus::Full => ().into_any(),
            SyncStatus::Syncing { done, total } if total > 0 => view! {
                <Notice icon=IconName::Download title=t.first_sync>
                    <progress max=total prop:value=f64::from(done) aria-label=t.first_sync></progress>
                    <p>{(t.done_of_total)(done.min(total), total)}</p>
                </Notice>
            }
            .into_any(),
            SyncStatus::Syncing { .. } => view! {
                <Notice icon=IconName::Download title=t.first_sync tone="notice--late">
                    <progress aria-label=t.first_sync></progress>
                    <p>{t.first_sync_help}</p>
                </Notice>
            }
            .into_any(),
        }
    })
}

#[component]
fn Stale() -> impl IntoView {
    let school = School::expect();
    let t = texts();
    let days = Memo::new(move |_| {
        let today = school.now().date();
        let last = crate::platform::clock::local_of(school.last_synced()?).date();
        Some(today.days_since(last)).filter(|days| *days >= STALE_DAYS)
    });
    let fresh_soon = move || matches!(school.sync(), SyncStatus::Syncing { .. } | SyncStatus::LoggedOut);
    dynamic_option(move || {
        let days = days.get().filter(|_| !fresh_soon())?;
        Some(
            view! {
                <Notice icon=IconName::Clock title=(t.stale)(days) tone="notice--warning">
                    <p>{t.stale_help}</p>
                </Notice>
            }
            .into_any(),
        )
    })
}

#[component]
fn Update() -> impl IntoView {
    let school = School::expect();
    let t = texts();
    dynamic_option(move || {
        school.update_ready().then(|| {
            view! {
                <Notice icon=IconName::Party title=t.update_ready>
                    <button type="button" class="button" on:click=move |_| school.apply_update()>{t.update_now}</button>
                </Notice>
            }
            .into_any()
        })
    })
}
