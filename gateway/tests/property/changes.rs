//! From any old state, `/changes` and `/get` lead to what a fresh `/get` answers; likewise
//! `/queryChanges` to a fresh `/query`.

use proptest::{collection::vec, prelude::*};
use serde_json::json;

use super::{
    check::{Subject, check},
    device::{Device, Watch},
    entries::{self, Entries},
    mails::{self, Account},
};

/// Queries whose results change with mailboxes, keywords and new mail.
fn mail(account: &Account) -> Watch {
    let newest = json!([{ "property": "receivedAt", "isAscending": false }]);
    let queries = [
        json!({ "filter": { "inMailbox": account.mailboxes[0] }, "sort": newest }),
        json!({ "filter": { "hasKeyword": "$seen" }, "sort": [{ "property": "subject" }] }),
        json!({ "filter": null, "sort": [{ "property": "hasKeyword", "keyword": "$flagged" }] }),
    ];
    Watch {
        kinds: &["Email", "Mailbox", "Thread"],
        queries: queries.into_iter().map(|query| ("Email", query)).collect(),
    }
}

/// Queries whose results change with titles, times and what has been done.
fn entries(account: &Entries) -> Watch {
    let start = json!([{ "property": "start" }, { "property": "uid" }]);
    let open = json!({ "progress": ["needs-action"] });
    Watch {
        kinds: &["Calendar", "CalendarEvent", "TaskList", "Task"],
        queries: vec![
            ("CalendarEvent", json!({ "filter": { "inCalendars": [account.calendars[0]] }, "sort": start })),
            ("CalendarEvent", json!({ "filter": { "text": "apfel" }, "sort": [{ "property": "uid" }] })),
            ("Task", json!({ "filter": open, "sort": [{ "property": "due", "isAscending": false }] })),
            ("Task", json!({ "filter": null, "sort": [{ "property": "title" }] })),
        ],
    }
}

/// Carries out a plan; a device that stays away is left behind at each of its notes.
async fn lead_to_what_is_there<S: Subject, P>(
    subject: &S,
    watch: &Watch,
    plan: &[P],
    page: u64,
    perform: impl AsyncFn(&P) -> bool,
) -> Result<(), TestCaseError> {
    let mut devices = vec![Device::fresh(subject.client(), watch).await];
    for step in plan {
        if !perform(step).await {
            devices.push(Device::fresh(subject.client(), watch).await);
        }
    }
    let now = Device::fresh(subject.client(), watch).await;
    for device in devices {
        device.catches_up(subject.client(), watch, page, &now).await?;
    }
    Ok(())
}

#[test]
fn changes_of_mail_from_any_old_state_lead_to_what_is_there() {
    check(40, (vec(mails::step(), 1..24), 1..6_u64), &async |account: &Account, (plan, page)| {
        let perform = async |step: &_| account.perform(step).await;
        lead_to_what_is_there(account, &mail(account), &plan, page, perform).await
    });
}

#[test]
fn changes_of_events_and_tasks_from_any_old_state_lead_to_what_is_there() {
    check(30, (vec(entries::step(), 1..24), 1..6_u64), &async |account: &Entries, (plan, page)| {
        let perform = async |step: &_| account.perform(step).await;
        lead_to_what_is_there(account, &entries(account), &plan, page, perform).await
    });
}
