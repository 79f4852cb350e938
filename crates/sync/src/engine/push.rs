//! What the server says of itself (RFC 8620 §7): which types have a new state, and whether that is
//! news to this device.

use serde_json::Value;
use tornister_protocol::id::{AccountId, State};

use super::{Engine, plan::View, point::SyncPoint};
use crate::{
    json,
    kind::DataType,
    store::{Store, StoreError},
};

/// The account's types that a `StateChange` names, with their new states (RFC 8620 §7.1). Types
/// that this device does not follow are left out; `None` where the text is no `StateChange`.
#[must_use]
pub fn changed_types(text: &str, account: &AccountId) -> Option<Vec<(DataType, State)>> {
    let event: Value = json::read_text(text).ok()?;
    let changed = event.get("changed").filter(|_| event["@type"] == "StateChange")?.as_object()?;
    let Some(states) = changed.get(account.as_str()) else { return Some(Vec::new()) };
    let state =
        |data_type: DataType| Some((data_type, State(states.get(data_type.name())?.as_str()?.to_owned())));
    Some(DataType::ALL.into_iter().filter_map(state).collect())
}

/// Whether a device that has come to these points lacks something of it.
fn is_news(changed: &[(DataType, State)], points: &[SyncPoint]) -> bool {
    changed.iter().any(|(data_type, state)| {
        points.iter().all(|point| point.id != *data_type || point.state.as_ref() != Some(state))
    })
}

impl<S: Store, T> Engine<S, T> {
    /// Whether a `state` event of the server's stream (RFC 8620 §7.3) calls for a sync. One that
    /// cannot be read does: a sync too many costs one request.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn is_news(&self, state_event: &str) -> Result<bool, StoreError> {
        let Some(changed) = changed_types(state_event, &self.link.account_id) else { return Ok(true) };
        let view = View::load(&self.store).await?;
        Ok(is_news(&changed, &view.points))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVENT: &str = r#"{"@type":"StateChange","changed":{
        "a1":{"Email":"s7","Mailbox":"s7","EmailDelivery":"s9","Task":"s2"},"a2":{"Email":"x"}}}"#;

    fn point(id: DataType, state: &str) -> SyncPoint {
        SyncPoint { id, state: Some(state.into()), fill: None, bodies_since: None }
    }

    #[test]
    fn an_event_names_the_types_of_this_account_that_the_device_follows() {
        let changed = changed_types(EVENT, &"a1".into()).unwrap();
        let expected = [(DataType::Mailbox, "s7"), (DataType::Email, "s7"), (DataType::Task, "s2")];
        assert_eq!(changed, expected.map(|(data_type, state)| (data_type, State::from(state))));
        assert_eq!(changed_types(EVENT, &"a3".into()), Some(Vec::new()));
    }

    #[test]
    fn what_the_device_has_is_no_news() {
        let changed = changed_types(EVENT, &"a1".into()).unwrap();
        let mut points =
            vec![point(DataType::Mailbox, "s7"), point(DataType::Email, "s7"), point(DataType::Task, "s2")];
        assert!(!is_news(&changed, &points));
        points[2] = point(DataType::Task, "s1");
        assert!(is_news(&changed, &points));
        assert!(is_news(&changed, &[]), "a type that is not there yet is news");
    }

    #[test]
    fn what_is_no_event_is_told_from_one_without_news() {
        for text in
            ["", "{}", "[]", r#"{"@type":"PushVerification","changed":{}}"#, r#"{"@type":"StateChange"}"#]
        {
            assert_eq!(changed_types(text, &"a1".into()), None, "{text}");
        }
    }
}
