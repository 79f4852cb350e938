//! Mail.

use tornister_protocol::{
    id::{BlobId, EmailId, MailboxId, ThreadId},
    mail::{Email, EmailBody, Mailbox},
};

use super::{EVERYTHING, Reader};
use crate::{
    kind::Kind,
    record::{FOLDER, ORDER, THREAD, UNREAD, counted_down, prefix_range},
    store::{Store, StoreError},
};

/// Where something is that is not always kept on the device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kept<T> {
    /// This.
    Here(T),
    /// Not on this device yet; see [`Engine::fetch_body`](crate::engine::Engine::fetch_body).
    OnServer,
    /// Its mail is gone.
    Gone,
}

impl<S: Store> Reader<S> {
    /// All folders, in the order of a menu.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn mailboxes(&self) -> Result<Vec<Mailbox>, StoreError> {
        self.list(Kind::Mailbox, &prefix_range(ORDER), EVERYTHING).await
    }

    /// At most `limit` mails of a folder, newest first, those after `after` where given; where `until` is given, all
    /// up to and with it.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn emails(
        &self,
        mailbox: &MailboxId,
        after: Option<&Email>,
        until: Option<&Email>,
        limit: usize,
    ) -> Result<Vec<Email>, StoreError> {
        // The space sorts behind the key itself and before every other key.
        let behind =
            |mail: &Email| format!("{FOLDER}/{mailbox}/{}/{} ", counted_down(mail.received_at), mail.id);
        let mut range = prefix_range(&format!("{FOLDER}/{mailbox}"));
        if let Some(after) = after {
            range.from = behind(after);
        }
        if let Some(until) = until {
            range.to = behind(until);
        }
        self.list(Kind::Email, &range, if until.is_some() { EVERYTHING } else { limit }).await
    }

    /// At most `limit` unread mails of all folders, newest first.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn unread_emails(&self, limit: usize) -> Result<Vec<Email>, StoreError> {
        self.list(Kind::Email, &prefix_range(UNREAD), limit).await
    }

    /// A mail as lists show it.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn email(&self, id: &EmailId) -> Result<Option<Email>, StoreError> {
        self.one(Kind::Email, id.as_str()).await
    }

    /// The rest of a mail; `None` where it is not on the device.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn email_body(&self, id: &EmailId) -> Result<Option<EmailBody>, StoreError> {
        self.one(Kind::EmailBody, id.as_str()).await
    }

    /// The same, and where the rest is otherwise.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn body(&self, id: &EmailId) -> Result<Kept<EmailBody>, StoreError> {
        if let Some(body) = self.email_body(id).await? {
            return Ok(Kept::Here(body));
        }
        let header = self.0.get(Kind::Email, id.as_str()).await?;
        Ok(header.map_or(Kept::Gone, |_| Kept::OnServer))
    }

    /// The mails of a conversation, oldest first.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn thread(&self, id: &ThreadId) -> Result<Vec<Email>, StoreError> {
        self.list(Kind::Email, &prefix_range(&format!("{THREAD}/{id}")), EVERYTHING).await
    }

    /// The bytes of a mail's attachment or picture; `None` where they are not on the device.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn blob(&self, email: &EmailId, blob: &BlobId) -> Result<Option<Vec<u8>>, StoreError> {
        self.0.get(Kind::Blob, &format!("{email}/{blob}")).await
    }
}
