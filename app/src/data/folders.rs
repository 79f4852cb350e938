//! The folders, for which several screens ask: what one has read another need not read again.

use leptos::prelude::*;
use tornister_protocol::mail::Mailbox;
use tornister_sync::{kind::Kind, store::StoreError};

use super::{Reader, School};

/// The folders as somebody has read them.
#[derive(Clone)]
pub(super) struct Folders {
    account_id: String,
    /// Another one means that they have changed since.
    version: u32,
    mailboxes: Vec<Mailbox>,
}

impl School {
    /// The folders; at once, where they have not changed since some screen asked for them.
    ///
    /// # Errors
    /// Where the device cannot be read.
    pub async fn mailboxes(self, reader: Reader) -> Result<Vec<Mailbox>, StoreError> {
        let (account_id, version) = (self.account_id.get_value(), self.versions.of_kind(Kind::Mailbox));
        if let Some(known) = self.folders.get_value()
            && known.account_id == account_id
            && known.version == version
        {
            return Ok(known.mailboxes);
        }
        let mailboxes = reader.mailboxes().await?;
        // Where there are none, none have come yet.
        if !mailboxes.is_empty() {
            self.folders.set_value(Some(Folders { account_id, version, mailboxes: mailboxes.clone() }));
        }
        Ok(mailboxes)
    }
}
