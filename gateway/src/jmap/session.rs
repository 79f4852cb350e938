//! The Session object (RFC 8620 §2).

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tornister_protocol::{
    capability::{CALENDARS, CORE, MAIL, SCHOOL, TASKS},
    core::{Account, CoreCapability, Session},
    id::{AccountId, State},
};

use super::{
    blob::{DIGESTS, MAX_DATA_SOURCES, TYPES},
    capability::{ALL, BLOB, QUOTA, SUBMISSION, VACATION},
    email::SORTS,
    limits::{
        COLLATIONS, MAX_CALLS_IN_REQUEST, MAX_CONCURRENT_REQUESTS, MAX_CONCURRENT_UPLOAD, MAX_OBJECTS_IN_GET,
        MAX_OBJECTS_IN_SET, MAX_SIZE_ATTACHMENTS, MAX_SIZE_MAILBOX_NAME, MAX_SIZE_REQUEST, MAX_SIZE_UPLOAD,
    },
};
use crate::{
    backend::{
        AccountAccess,
        event_filter::MAX_EXPANDED_DAYS,
        jscalendar::{MAX_DATE_TIME, MAX_PARTICIPANTS, MIN_DATE_TIME},
    },
    digest::sha256,
};

/// What the app is told after login. `base` is the address before `/jmap/api`, such as
/// `https://tornister.example.org`.
#[must_use]
pub fn session(base: &str, username: &str, accounts: &[AccountAccess]) -> Session {
    Session {
        capabilities: capabilities(),
        accounts: accounts.iter().map(account).collect(),
        primary_accounts: primary(accounts),
        username: username.to_owned(),
        api_url: format!("{base}/jmap/api"),
        download_url: format!("{base}/jmap/download/{{accountId}}/{{blobId}}/{{name}}?type={{type}}"),
        upload_url: format!("{base}/jmap/upload/{{accountId}}"),
        event_source_url: format!(
            "{base}/jmap/events?types={{types}}&closeafter={{closeafter}}&ping={{ping}}"
        ),
        state: state(username, accounts),
    }
}

/// Changes whenever accounts, their rights or the server's limits change.
#[must_use]
pub fn state(username: &str, accounts: &[AccountAccess]) -> State {
    let accounts: BTreeMap<AccountId, Account> = accounts.iter().map(account).collect();
    let seen = json!([env!("CARGO_PKG_VERSION"), username, accounts, capabilities()]).to_string();
    let digest = sha256(seen);
    State(digest[..8].iter().map(|byte| format!("{byte:02x}")).collect())
}

fn capabilities() -> BTreeMap<String, Value> {
    let core = CoreCapability {
        max_size_upload: MAX_SIZE_UPLOAD as u64,
        max_concurrent_upload: MAX_CONCURRENT_UPLOAD as u64,
        max_size_request: MAX_SIZE_REQUEST as u64,
        max_concurrent_requests: MAX_CONCURRENT_REQUESTS as u64,
        max_calls_in_request: MAX_CALLS_IN_REQUEST,
        max_objects_in_get: MAX_OBJECTS_IN_GET,
        max_objects_in_set: MAX_OBJECTS_IN_SET,
        collation_algorithms: COLLATIONS.into_iter().map(str::to_owned).collect(),
    };
    ALL.into_iter()
        .map(|name| (name.to_owned(), if name == CORE { json!(core) } else { json!({}) }))
        .collect()
}

/// The capabilities of the modules that an account has.
fn modules(account: &AccountAccess) -> impl Iterator<Item = (&'static str, Value)> {
    let sources = account.access.sources();
    let mail = json!({
        "maxMailboxesPerEmail": null,
        "maxMailboxDepth": null,
        "maxSizeMailboxName": MAX_SIZE_MAILBOX_NAME,
        "maxSizeAttachmentsPerEmail": MAX_SIZE_ATTACHMENTS,
        "emailQuerySortOptions": SORTS,
        "mayCreateTopLevelMailbox": account.access.writers().is_some(),
    });
    let submission = json!({ "maxDelayedSend": 0, "submissionExtensions": {} });
    let calendars = json!({
        "maxCalendarsPerEvent": null,
        "minDateTime": MIN_DATE_TIME,
        "maxDateTime": MAX_DATE_TIME,
        "maxExpandedQueryDuration": format!("P{MAX_EXPANDED_DAYS}D"),
        "maxParticipantsPerEvent": MAX_PARTICIPANTS,
        "mayCreateCalendar": account.access.writers().is_some(),
    });
    let tasks = json!({
        "minDateTime": MIN_DATE_TIME,
        "maxDateTime": MAX_DATE_TIME,
        "mayCreateTaskList": account.access.writers().is_some(),
    });
    let blob = json!({
        "maxSizeBlobSet": MAX_SIZE_UPLOAD,
        "maxDataSources": MAX_DATA_SOURCES,
        "supportedTypeNames": TYPES,
        "supportedDigestAlgorithms": DIGESTS,
    });
    let modules = [
        (MAIL, sources.mail.is_some(), mail),
        (SUBMISSION, sources.submission.is_some(), submission),
        (VACATION, sources.submission.is_some(), json!({})),
        (CALENDARS, sources.calendars.is_some(), calendars),
        (TASKS, sources.tasks.is_some(), tasks),
        (BLOB, sources.mail.is_some(), blob),
        (QUOTA, sources.quota.is_some(), json!({})),
        (SCHOOL, sources.school.is_some(), json!({})),
    ];
    modules.into_iter().filter_map(|(name, exists, value)| exists.then_some((name, value)))
}

fn account(account: &AccountAccess) -> (AccountId, Account) {
    let capabilities = modules(account).map(|(name, value)| (name.to_owned(), value)).collect();
    let wire = Account {
        name: account.name.clone(),
        is_personal: account.is_personal,
        is_read_only: account.access.writers().is_none(),
        account_capabilities: capabilities,
        login: account.login.clone(),
    };
    (account.id.clone(), wire)
}

fn primary(accounts: &[AccountAccess]) -> BTreeMap<String, AccountId> {
    let mut primary = BTreeMap::new();
    for account in accounts {
        for (name, _) in modules(account) {
            primary.entry(name.to_owned()).or_insert_with(|| account.id.clone());
        }
    }
    primary
}
