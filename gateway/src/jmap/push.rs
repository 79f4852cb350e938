//! What is pushed: the states of all types in all accounts (RFC 8620 §7.1).

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use tornister_protocol::{
    calendars::{Calendar, CalendarEvent},
    id::{AccountId, State},
    mail::{Email, Mailbox, Thread},
    school::{DayNote, Lesson},
    tasks::{Task, TaskList},
};

use crate::{
    backend::{
        AccountAccess, BackendError, Kind, ReadOnly,
        calendar::ParticipantIdentity,
        quota::Quota,
        submission::{EmailSubmission, Identity, VacationResponse},
    },
    digest::sha256,
};

/// By account and type.
pub type States = BTreeMap<AccountId, BTreeMap<&'static str, State>>;

/// The types that a client wants to hear of.
pub enum Types {
    /// All, also those of later versions.
    All,
    /// These.
    Some(BTreeSet<String>),
}

impl Types {
    /// A comma-separated list, or `*`.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        if text == "*" {
            return Self::All;
        }
        Self::Some(text.split(',').map(|name| name.trim().to_owned()).collect())
    }

    fn wants(&self, name: &str) -> bool {
        match self {
            Self::All => true,
            Self::Some(names) => names.contains(name),
        }
    }
}

/// RFC 8621 §1.5: moves only when new mail arrives.
const EMAIL_DELIVERY: &str = "EmailDelivery";

/// The states of everything that these accounts have.
///
/// # Errors
/// See [`BackendError`].
pub async fn states(accounts: &[AccountAccess]) -> Result<States, BackendError> {
    let mut all = States::new();
    for account in accounts {
        let sources = account.access.sources();
        let mut states = BTreeMap::new();
        macro_rules! add {
            ($($kind:ident),*) => {$(
                add::<$kind>(sources, &mut states).await?;
            )*};
        }
        add!(
            Mailbox,
            Thread,
            Email,
            Identity,
            EmailSubmission,
            VacationResponse,
            Quota,
            Calendar,
            ParticipantIdentity,
            CalendarEvent,
            TaskList,
            Task,
            Lesson,
            DayNote
        );
        if let Some(mail) = &sources.mail {
            states.insert(EMAIL_DELIVERY, mail.deliveries.delivery_state().await?);
        }
        all.insert(account.id.clone(), states);
    }
    Ok(all)
}

async fn add<K: Kind>(
    sources: &ReadOnly,
    states: &mut BTreeMap<&'static str, State>,
) -> Result<(), BackendError> {
    if let Some(source) = K::source(sources) {
        states.insert(K::NAME, source.state().await?);
    }
    Ok(())
}

/// A StateChange with what differs and is wanted.
#[must_use]
pub fn state_change(known: &States, now: &States, types: &Types) -> Option<Value> {
    let mut changed: BTreeMap<&AccountId, BTreeMap<&str, &State>> = BTreeMap::new();
    for (account, states) in now {
        let before = known.get(account);
        for (name, state) in states {
            let is_news = before.and_then(|before| before.get(name)) != Some(state);
            if is_news && types.wants(name) {
                changed.entry(account).or_default().insert(name, state);
            }
        }
    }
    (!changed.is_empty()).then(|| json!({ "@type": "StateChange", "changed": changed }))
}

/// Names the whole state that a client has seen, as an event's id.
#[must_use]
pub fn fingerprint(states: &States) -> String {
    let digest = sha256(json!(states).to_string());
    digest[..12].iter().map(|byte| format!("{byte:02x}")).collect()
}
