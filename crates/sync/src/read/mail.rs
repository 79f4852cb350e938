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

impl<S: Store> Reader<S> {
    /// All folders, in the order of a menu.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn mailboxes(&self) -> Result<Vec<Mailbox>, StoreError> {
        self.list(Kind::Mailbox, &prefix_range(ORDER), EVERYTHING).await
    }

    /// At most `limit` mails of a folder, newest first, those after `after` where given.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn emails(
        &self,
        mailbox: &MailboxId,
        after: Option<&Email>,
        limit: usize,
    ) -> Result<Vec<Email>, StoreError> {
        let mut range = prefix_range(&format!("{FOLDER}/{mailbox}"));
        if let Some(last) = after {
            // The space sorts behind the key itself and before every other key.
            range.from = format!("{FOLDER}/{mailbox}/{}/{} ", counted_down(last.received_at), last.id);
        }
        self.list(Kind::Email, &range, limit).await
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
