//! The accounts on this device: whose is shown, going to another, and one more.

use leptos::prelude::*;
use tornister_sync::account::AccountCard;

use crate::{
    components::{
        icon::{Icon, IconName},
        login_form::LoginForm,
    },
    data::School,
    i18n::texts,
    navigation::Navigation,
};

/// All accounts, the shown one first.
#[component]
pub fn Accounts() -> impl IntoView {
    let school = School::expect();
    let t = texts();
    // Asked again whenever another account is shown.
    let others = school.live(&[], move |_| school.others());
    let adding = RwSignal::new(false);
    view! {
        <section class="card setting">
            <h2>{t.account}</h2>
            <p class="account">
                <Icon name=IconName::CircleCheck/>
                <span>
                    <strong>{move || school.account_name()}</strong>
                    <span class="account-login">{move || school.username()}</span>
                </span>
            </p>
            {move || others.get().unwrap_or_default().into_iter().map(other).collect_view()}
            {move || if adding.get() {
                view! { <LoginForm then="/"/> }.into_any()
            } else {
                view! {
                    <button type="button" class="button" on:click=move |_| adding.set(true)>
                        <Icon name=IconName::Users/>
                        {t.add_account}
                    </button>
                }
                .into_any()
            }}
        </section>
    }
}

/// Somebody else at this device.
fn other((store, card): (String, AccountCard)) -> AnyView {
    let school = School::expect();
    let navigation = Navigation::expect();
    let show = move |_| {
        school.show(Some(&store));
        navigation.go("/");
    };
    view! {
        <button type="button" class="account account--other" on:click=show>
            <Icon name=IconName::User/>
            <span>
                <strong>{card.name}</strong>
                <span class="account-login">{card.username}</span>
            </span>
            <Icon name=IconName::ChevronRight/>
        </button>
    }
    .into_any()
}
