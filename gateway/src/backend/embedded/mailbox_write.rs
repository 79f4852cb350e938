//! Mailbox/set (RFC 8621 §2.5).

use async_trait::async_trait;
use tornister_protocol::mail::{Email, Mailbox};

use super::{
    change::{Change, Item},
    emails::{self, Touched},
    mailbox_rules::{Mailboxes, check, created, has_child, patched},
    view::View,
};
use crate::backend::{
    BackendError, Batch, Kind as _, MailboxFields, Object, Outcome, Patch, Refusal, RefusalKind, Writer,
    select::text,
};

/// A new mailbox or a changed one.
enum Wish {
    Create(String, MailboxFields),
    Update(String, Patch<Mailbox>),
}

/// Wishes that are not fulfilled yet, each with the reason.
type Refused = Vec<(Wish, Refusal)>;

#[async_trait]
impl Writer<Mailbox> for View {
    async fn set(&self, batch: Batch<Mailbox>) -> Result<Outcome, BackendError> {
        let (change, outcome) = self.begin::<Mailbox>(batch.if_in_state.as_ref()).await?;
        let mut desk = Desk { view: self, change, outcome, all: Mailboxes::new() };
        for (id, json) in desk.change.read_all(self.scopes.own(), Mailbox::NAME).await? {
            desk.all.insert(id, serde_json::from_str(&json)?);
        }
        let creates = batch.create.into_iter().map(|(key, fields)| Wish::Create(key, fields));
        let updates = batch.update.into_iter().map(|(id, patch)| Wish::Update(id, patch));
        let refused = desk.fulfil(creates.chain(updates).collect()).await?;
        desk.destroy_all(batch.destroy, batch.options.on_destroy_remove_emails).await?;
        // What is gone has left its name and its role.
        let refused = desk.fulfil(refused.into_iter().map(|(wish, _)| wish).collect()).await?;
        for (wish, refusal) in desk.exchange(refused).await? {
            match wish {
                Wish::Create(key, _) => desk.outcome.note_created(&key, Err(refusal)),
                Wish::Update(id, _) => desk.outcome.note_updated(&id, Err(refusal)),
            }
        }
        self.finish::<Mailbox>(desk.change, desk.outcome, &batch.operations).await
    }
}

/// Where one batch is worked on.
struct Desk<'v> {
    view: &'v View,
    change: Change,
    outcome: Outcome,
    all: Mailboxes,
}

impl Desk<'_> {
    /// Fulfils what can be, in whatever order that takes: a parent before its children, a name once it is free. What
    /// counts is the state at the end (RFC 8620 §5.3).
    async fn fulfil(&mut self, mut wishes: Vec<Wish>) -> Result<Refused, BackendError> {
        loop {
            let before = wishes.len();
            let mut refused = Refused::new();
            for wish in wishes {
                let done = match &wish {
                    Wish::Create(key, fields) => self.create(key, fields).await?,
                    Wish::Update(id, patch) => self.update(id, patch).await?,
                };
                if let Err(refusal) = done {
                    refused.push((wish, refusal));
                }
            }
            if refused.is_empty() || refused.len() == before {
                return Ok(refused);
            }
            wishes = refused.into_iter().map(|(wish, _)| wish).collect();
        }
    }

    async fn create(
        &mut self,
        key: &str,
        fields: &MailboxFields,
    ) -> Result<Result<(), Refusal>, BackendError> {
        let id = self.view.new_id('M')?;
        let object = match created(&self.all, &id, fields, &self.outcome) {
            Ok(object) => object,
            Err(refusal) => return Ok(Err(refusal)),
        };
        self.put(&id, object.clone()).await?;
        self.outcome.note_created(key, Ok(object));
        Ok(Ok(()))
    }

    async fn update(
        &mut self,
        id: &str,
        patch: &Patch<Mailbox>,
    ) -> Result<Result<(), Refusal>, BackendError> {
        let Some(id) = self.outcome.resolve(id) else { return Ok(Err(Refusal::not_found())) };
        let object = patched(&self.all, &id, patch, &self.outcome)
            .and_then(|object| check(&self.all, &id, &object).map(|()| object));
        let object = match object {
            Ok(object) => object,
            Err(refusal) => return Ok(Err(refusal)),
        };
        self.put(&id, object).await?;
        self.outcome.note_updated(&id, Ok(()));
        Ok(Ok(()))
    }

    /// Two mailboxes may take each other's names: carries out together what cannot be done one by one, where what
    /// comes of it breaks no rule.
    async fn exchange(&mut self, refused: Refused) -> Result<Refused, BackendError> {
        let mut after = self.all.clone();
        let mut changed = Vec::new();
        for (wish, _) in &refused {
            if let Wish::Update(id, patch) = wish
                && let Some(id) = self.outcome.resolve(id)
                && let Ok(object) = patched(&self.all, &id, patch, &self.outcome)
            {
                after.insert(id.clone(), object.clone());
                changed.push((id, object));
            }
        }
        if changed.len() < refused.len()
            || changed.iter().any(|(id, object)| check(&after, id, object).is_err())
        {
            return Ok(refused);
        }
        for (id, object) in changed {
            self.put(&id, object).await?;
            self.outcome.note_updated(&id, Ok(()));
        }
        Ok(Refused::new())
    }

    /// Children before their parents, however the client named them.
    async fn destroy_all(&mut self, ids: Vec<String>, remove_emails: bool) -> Result<(), BackendError> {
        let mut touched = Touched::default();
        let mut waiting: Vec<String> = ids.iter().map(|id| self.outcome.real(id)).collect();
        loop {
            let (now, later): (Vec<String>, Vec<String>) =
                waiting.iter().cloned().partition(|id| !has_child(&self.all, id));
            let is_stuck = now.is_empty();
            for id in if is_stuck { &waiting } else { &now } {
                let result = self.destroy(id, remove_emails, &mut touched).await?;
                self.outcome.note_destroyed(id, result);
            }
            if is_stuck || later.is_empty() {
                break;
            }
            waiting = later;
        }
        touched.settle(&mut self.change, self.view.scopes.own()).await
    }

    async fn destroy(
        &mut self,
        id: &str,
        remove_emails: bool,
        touched: &mut Touched,
    ) -> Result<Result<(), Refusal>, BackendError> {
        let (change, scope) = (&mut self.change, self.view.scopes.own());
        let Some(mailbox) = self.all.get(id) else { return Ok(Err(Refusal::not_found())) };
        if has_child(&self.all, id) {
            return Ok(Err(Refusal::bare(RefusalKind::MailboxHasChild)));
        }
        if mailbox["myRights"]["mayDelete"] != true {
            return Ok(Err(Refusal::new(RefusalKind::Forbidden, "everybody has this mailbox")));
        }
        let mails: Vec<String> =
            sqlx::query_scalar("SELECT email_id FROM email_mailbox WHERE scope = ?1 AND mailbox_id = ?2")
                .bind(scope)
                .bind(id)
                .fetch_all(&mut *change.transaction)
                .await?;
        if !mails.is_empty() && !remove_emails {
            return Ok(Err(Refusal::bare(RefusalKind::MailboxHasEmail)));
        }
        for mail in mails {
            let mut mailboxes = emails::mailboxes(change, scope, &mail).await?;
            mailboxes.remove(id);
            if mailboxes.is_empty() {
                emails::discard(change, scope, &mail, touched).await?;
            } else if let Some(object) = change.read(scope, Email::NAME, &mail).await? {
                touched.threads(change, scope, [text(&object, "threadId")]).await?;
                let keywords = emails::keywords(change, scope, &mail).await?;
                emails::store(change, scope, &mail, object, &mailboxes, &keywords).await?;
            }
        }
        change.destroy(scope, Mailbox::NAME, id).await?;
        self.all.remove(id);
        Ok(Ok(()))
    }

    async fn put(&mut self, id: &str, object: Object) -> Result<(), BackendError> {
        self.all.insert(id.to_owned(), object.clone());
        self.change.put(self.view.scopes.own(), Mailbox::NAME, id, &Item::plain(object)).await?;
        Ok(())
    }
}
