//! Email/set: keywords and mailboxes.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use serde_json::Value;
use tornister_protocol::{
    core::{SetError, SetErrorKind},
    id::State,
    mail::{Email, Mailbox},
};

use super::{
    change::Change,
    emails::{self, Touched},
    objects,
    state::Position,
    task_write::not_found,
    view::View,
};
use crate::backend::{BackendError, EmailUpdate, Kind as _, SetOutcome, Writer};

const MAX_KEYWORDS: usize = 100;

#[async_trait]
impl Writer<Email> for View {
    async fn update(
        &self,
        if_in_state: Option<&State>,
        updates: &BTreeMap<String, EmailUpdate>,
    ) -> Result<SetOutcome, BackendError> {
        let scope = self.scopes.own();
        let mut change = Change::begin(&self.database, self.environment.clock.unix_seconds()).await?;
        let old_state = self.state_for_set::<Email>(&mut change, if_in_state).await?;
        let known: BTreeSet<String> = change.read_all(scope, Mailbox::NAME).await?.into_keys().collect();
        let mut outcome = SetOutcome {
            new_state: old_state.clone(),
            old_state,
            updated: Vec::new(),
            refused: BTreeMap::new(),
        };
        let mut touched = Touched::default();
        for (id, update) in updates {
            match apply(&mut change, scope, id, update, &known, &mut touched).await? {
                Ok(()) => outcome.updated.push(id.clone()),
                Err(refusal) => {
                    outcome.refused.insert(id.clone(), refusal);
                }
            }
        }
        touched.settle(&mut change, scope).await?;
        let newest = objects::newest(&mut change.transaction, &self.scopes, Email::NAME).await?;
        outcome.new_state = self.scopes.state(Position::at(newest));
        change.commit().await?;
        Ok(outcome)
    }
}

async fn apply(
    change: &mut Change,
    scope: &str,
    id: &str,
    update: &EmailUpdate,
    known: &BTreeSet<String>,
    touched: &mut Touched,
) -> Result<Result<(), SetError>, BackendError> {
    let Some(object) = change.read(scope, Email::NAME, id).await? else { return Ok(Err(not_found())) };
    let old_mailboxes = emails::mailboxes(change, scope, id).await?;
    let old_keywords = emails::keywords(change, scope, id).await?;
    let mailboxes = update.mailboxes.apply(&old_mailboxes);
    let keywords = update.keywords.apply(&old_keywords);
    if keywords.len() > MAX_KEYWORDS {
        return Ok(Err(SetError {
            kind: SetErrorKind::TooManyKeywords,
            description: Some(format!("an Email has at most {MAX_KEYWORDS} keywords")),
            properties: None,
        }));
    }
    if mailboxes.is_empty() || !mailboxes.is_subset(known) {
        return Ok(Err(SetError {
            kind: SetErrorKind::InvalidProperties,
            description: Some("an Email is in at least one Mailbox, and each of them exists".to_owned()),
            properties: Some(vec!["mailboxIds".to_owned()]),
        }));
    }
    if mailboxes == old_mailboxes && keywords == old_keywords {
        return Ok(Ok(()));
    }
    if let Some(thread) = object.get("threadId").and_then(Value::as_str) {
        touched.email(thread, old_mailboxes.union(&mailboxes));
    }
    emails::store(change, scope, id, object, &mailboxes, &keywords).await?;
    Ok(Ok(()))
}
