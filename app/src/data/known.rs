//! What several screens ask for: what one has read, another need not read again as long as nothing has changed.

use leptos::prelude::*;
use tornister_protocol::{
    id::MailboxId,
    mail::{Email, Mailbox},
};
use tornister_sync::{kind::Kind, store::StoreError};

use super::{Reader, School};

/// Something that was read, and when.
#[derive(Clone)]
pub(super) struct Known<T> {
    account_id: String,
    /// Another one means that something has changed since.
    version: u32,
    value: T,
}

/// The newest mails of a folder.
pub(super) type FirstMails = (MailboxId, Vec<Email>);

impl School {
    /// The folders; at once, where they have not changed since some screen asked for them.
    ///
    /// # Errors
    /// Where the device cannot be read.
    pub async fn mailboxes(self, reader: Reader) -> Result<Vec<Mailbox>, StoreError> {
        let now = self.known_now(Kind::Mailbox);
        if let Some(known) = self.folders.get_value().filter(|known| now.is_same(known)) {
            return Ok(known.value);
        }
        let mailboxes = reader.mailboxes().await?;
        // Where there are none, none have come yet.
        if !mailboxes.is_empty() {
            self.folders.set_value(Some(now.with(mailboxes.clone())));
        }
        Ok(mailboxes)
    }

    /// The newest mails of a folder; at once, where none has changed since some screen asked for them.
    ///
    /// # Errors
    /// Where the device cannot be read.
    pub async fn first_mails(
        self,
        reader: Reader,
        mailbox: MailboxId,
        most: usize,
    ) -> Result<Vec<Email>, StoreError> {
        let now = self.known_now(Kind::Email);
        if let Some(known) = self.first_mails.get_value().filter(|known| now.is_same(known))
            && known.value.0 == mailbox
        {
            return Ok(known.value.1);
        }
        let emails = reader.emails(&mailbox, None, None, most).await?;
        self.first_mails.set_value(Some(now.with((mailbox, emails.clone()))));
        Ok(emails)
    }

    fn known_now(self, kind: Kind) -> Known<()> {
        Known { account_id: self.account_id.get_value(), version: self.versions.of_kind(kind), value: () }
    }
}

impl Known<()> {
    fn is_same<T>(&self, known: &Known<T>) -> bool {
        self.account_id == known.account_id && self.version == known.version
    }

    fn with<T>(self, value: T) -> Known<T> {
        Known { account_id: self.account_id, version: self.version, value }
    }
}
