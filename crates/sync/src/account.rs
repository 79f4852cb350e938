//! Whose data a store holds, and how the page finds its name.

use serde::{Deserialize, Serialize};
use tornister_protocol::id::AccountId;

use crate::{
    json,
    kind::Kind,
    record::Record,
    store::{Batch, Store, StoreError},
};

/// Whose data a store holds; part of the storage format. A store without one is a login that was
/// never finished.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AccountCard {
    id: String,
    /// The account's id on the server.
    pub account_id: AccountId,
    /// The pupil's name, as people write it.
    pub name: String,
    /// The login, such as `lena.sommer`.
    pub username: String,
    /// The session's template for downloads (RFC 8620 §6.2).
    pub download_url: String,
}

impl AccountCard {
    /// The id of the [`Kind::Meta`] record that holds the card.
    pub const ID: &str = "account";

    /// A card to write.
    #[must_use]
    pub fn new(account_id: AccountId, name: String, username: String, download_url: String) -> Self {
        Self { id: Self::ID.to_owned(), account_id, name, username, download_url }
    }

    /// Writes the card.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn write(&self, store: &impl Store) -> Result<(), StoreError> {
        let payload = serde_json::to_vec(self)?;
        let record = Record { kind: Kind::Meta, id: Self::ID.to_owned(), keys: Vec::new(), payload };
        store.commit(Batch { puts: vec![record], ..Batch::default() }).await
    }

    /// Reads the card; `None` where there is none.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn read(store: &impl Store) -> Result<Option<Self>, StoreError> {
        let payload = store.get(Kind::Meta, Self::ID).await?;
        payload.map(|bytes| Self::of(&bytes)).transpose()
    }

    /// The card in a record's payload.
    ///
    /// # Errors
    /// Where it is none.
    pub fn of(payload: &[u8]) -> Result<Self, StoreError> {
        Ok(json::read(payload)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::MemoryStore;

    #[pollster::test]
    async fn a_written_card_reads_back_and_its_bytes_are_frozen() {
        let store = MemoryStore::default();
        assert_eq!(AccountCard::read(&store).await.unwrap(), None);
        let url = "https://schule.example/jmap/download/{accountId}/{blobId}/{name}?type={type}";
        let card = AccountCard::new(
            AccountId("a1".to_owned()),
            "Lena Sommer".to_owned(),
            "lena.sommer".to_owned(),
            url.to_owned(),
        );
        card.write(&store).await.unwrap();
        let stored = store.get(Kind::Meta, "account").await.unwrap().unwrap();
        let frozen = format!(
            r#"{{"id":"account","accountId":"a1","name":"Lena Sommer","username":"lena.sommer","downloadUrl":"{url}"}}"#
        );
        assert_eq!(String::from_utf8(stored).unwrap(), frozen);
        assert_eq!(AccountCard::read(&store).await.unwrap(), Some(card));
    }
}
