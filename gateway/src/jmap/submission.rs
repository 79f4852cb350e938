//! EmailSubmission (RFC 8621 §7).

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value, json};
use tornister_protocol::{core::MethodError, id::AccountId};

use super::{
    limits::MAX_OBJECTS_IN_GET,
    method::{Answer, Call, backend_error},
    standard::{Changed, Creating, Found, Served, both, each, no_such_path, response, set_objects, typed},
};
use crate::backend::{
    Kind as _, Object, Refusal, Wanted,
    select::text,
    submission::{EmailSubmission, NewSubmission, SubmissionUpdate},
};

impl Served for EmailSubmission {
    const PROPERTIES: Option<&'static [&'static str]> = Some(&[
        "id",
        "identityId",
        "emailId",
        "threadId",
        "envelope",
        "sendAt",
        "undoStatus",
        "deliveryStatus",
        "dsnBlobIds",
        "mdnBlobIds",
    ]);
}

impl Found for EmailSubmission {
    const CONDITIONS: &'static [&'static str] =
        &["identityIds", "emailIds", "threadIds", "undoStatus", "before", "after"];
}

impl Changed for EmailSubmission {
    const SERVER_SET: &'static [&'static str] =
        &["id", "threadId", "sendAt", "deliveryStatus", "dsnBlobIds", "mdnBlobIds"];
    const IMMUTABLE: &'static [&'static str] = &["identityId", "emailId", "envelope"];
    const REFERENCES: &'static [&'static str] = &["identityId", "emailId"];

    async fn create(
        _: &Creating<'_>,
        mut object: Object,
    ) -> Result<Result<NewSubmission, Refusal>, MethodError> {
        let mut take = |name: &str| object.remove(name).unwrap_or_default();
        let (identity_id, email_id, envelope) = (take("identityId"), take("emailId"), take("envelope"));
        let ids = both(typed("identityId", &identity_id), typed("emailId", &email_id));
        let known = both(ids, typed("envelope", &envelope));
        let unknown = each(&object, |path, _| Err(no_such_path(path)));
        Ok(both(known, unknown).map(|(((identity_id, email_id), envelope), ())| NewSubmission {
            identity_id,
            email_id,
            envelope,
        }))
    }

    fn update(patch: &Map<String, Value>) -> Result<SubmissionUpdate, Refusal> {
        let mut update = SubmissionUpdate::default();
        for (path, value) in patch {
            match path.as_str() {
                "undoStatus" => update.undo_status = Some(typed(path, value)?),
                _ => return Err(no_such_path(path)),
            }
        }
        Ok(update)
    }
}

/// What happens to a mail when it was sent, or taken back.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OnSuccess {
    account_id: AccountId,
    on_success_update_email: Option<BTreeMap<String, Object>>,
    on_success_destroy_email: Option<Vec<String>>,
}

/// EmailSubmission/set (RFC 8621 §7.5), with the implicit `Email/set` after it.
pub async fn set(mut call: Call<'_>) -> Answer {
    let then: OnSuccess = call.parse()?;
    let update = then.on_success_update_email.unwrap_or_default();
    let destroy = then.on_success_destroy_email.unwrap_or_default();
    // A submission that this call destroys cannot be asked afterwards.
    let asked = update.keys().chain(&destroy).filter(|id| !id.starts_with('#')).cloned();
    let mut emails = email_ids(&call, &then.account_id, asked.collect()).await?;
    let (account_id, outcome) = set_objects::<EmailSubmission>(&mut call).await?;
    emails.retain(|id, _| outcome.updated.contains_key(id) || outcome.destroyed.contains(id));
    for (key, created) in &outcome.created {
        emails.insert(format!("#{key}"), text(created, "emailId").to_owned());
    }
    let update: Map<String, Value> = update
        .into_iter()
        .filter_map(|(id, patch)| Some((emails.get(&id)?.clone(), Value::Object(patch))))
        .collect();
    let destroy: Vec<String> = destroy.iter().filter_map(|id| emails.get(id).cloned()).collect();
    if !update.is_empty() || !destroy.is_empty() {
        let mut arguments = Map::new();
        arguments.insert("accountId".to_owned(), json!(account_id));
        arguments.insert("update".to_owned(), Value::Object(update));
        arguments.insert("destroy".to_owned(), json!(destroy));
        call.run.follow_ups.push(("Email/set", arguments));
    }
    Ok(response(&account_id, &outcome))
}

/// The mails of submissions.
async fn email_ids(
    call: &Call<'_>,
    account_id: &AccountId,
    ids: Vec<String>,
) -> Result<BTreeMap<String, String>, MethodError> {
    let account = call.account(account_id)?;
    let source = EmailSubmission::source(account.access.sources()).filter(|_| !ids.is_empty());
    let Some(source) = source else { return Ok(BTreeMap::new()) };
    let wanted = Wanted { ids: Some(ids), properties: None, options: (), at_most: MAX_OBJECTS_IN_GET };
    let found = source.get(&wanted).await.map_err(backend_error)?;
    let pair = |object: &Object| (text(object, "id").to_owned(), text(object, "emailId").to_owned());
    Ok(found.list.iter().map(pair).collect())
}
