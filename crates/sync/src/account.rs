//! Whose data a store holds, and how the page finds its name.

use serde::{Deserialize, Serialize};
use tornister_protocol::{
    core::{Account, Session},
    id::AccountId,
};

use crate::{
    engine::{AccountLink, Limits},
    json,
    kind::Kind,
    record::Record,
    store::{Batch, Question, Store, StoreError},
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
    /// How much the server takes at once.
    #[serde(default)]
    pub limits: Limits,
}

impl AccountCard {
    /// The id of the [`Kind::Meta`] record that holds the card.
    pub const ID: &str = "account";

    /// The cards of all accounts of the session that have `capability`.
    #[must_use]
    pub fn all_of(session: &Session, capability: &str) -> Vec<Self> {
        let limits = Limits::of(session);
        let has_it =
            |(_, account): &(&AccountId, &Account)| account.account_capabilities.contains_key(capability);
        let card = |(account_id, account): (&AccountId, &Account)| Self {
            id: Self::ID.to_owned(),
            account_id: account_id.clone(),
            name: account.name.clone(),
            // A server that does not say whose an account is has one login for all.
            username: Some(&account.login).filter(|it| !it.is_empty()).unwrap_or(&session.username).clone(),
            download_url: session.download_url.clone(),
            limits,
        };
        session.accounts.iter().filter(has_it).map(card).collect()
    }

    /// What the engine has to know.
    #[must_use]
    pub fn link(self) -> AccountLink {
        AccountLink { account_id: self.account_id, download_url: self.download_url, limits: self.limits }
    }

    /// Writes the card.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn write(&self, store: &impl Store) -> Result<(), StoreError> {
        let payload = serde_json::to_vec(self)?;
        let record = Record { kind: Kind::Meta, id: Self::ID.to_owned(), keys: Vec::new(), payload };
        store.commit(&Batch { puts: vec![record], ..Batch::default() }).await
    }

    /// What [`AccountCard::read`] asks.
    #[must_use]
    pub fn question() -> Question {
        Question::Record(Kind::Meta, Self::ID.to_owned())
    }

    /// Reads the card; `None` where there is none.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn read(store: &impl Store) -> Result<Option<Self>, StoreError> {
        let payload = store.get(Kind::Meta, Self::ID).await?;
        Ok(payload.map(|bytes| json::read(&bytes)).transpose()?)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::store::MemoryStore;

    #[pollster::test]
    async fn a_written_card_reads_back_and_its_bytes_are_frozen() {
        let store = MemoryStore::default();
        assert_eq!(AccountCard::read(&store).await.unwrap(), None);
        let session = json!({
            "capabilities": {"urn:ietf:params:jmap:core": {
                "maxCallsInRequest": 64, "maxObjectsInGet": 500, "maxObjectsInSet": 0,
            }},
            "accounts": {"a1": {
                "name": "Lena Sommer", "isPersonal": true, "isReadOnly": false,
                "accountCapabilities": {"urn:ietf:params:jmap:mail": {}}, "tornister.app:login": "lena.sommer",
            }, "a2": {
                "name": "Ohne Post", "isPersonal": true, "isReadOnly": false, "accountCapabilities": {},
            }},
            "primaryAccounts": {"urn:ietf:params:jmap:mail": "a1"},
            "username": "jonas.sommer", "apiUrl": "/api", "downloadUrl": "/{accountId}/{blobId}",
            "uploadUrl": "/", "eventSourceUrl": "/", "state": "1",
        });
        let session: Session = serde_json::from_value(session).unwrap();
        let [card] = AccountCard::all_of(&session, "urn:ietf:params:jmap:mail").try_into().unwrap();
        card.write(&store).await.unwrap();
        let stored = store.get(Kind::Meta, "account").await.unwrap().unwrap();
        let older = r#"{"id":"account","accountId":"a1","name":"Lena Sommer","username":"lena.sommer","downloadUrl":"/{accountId}/{blobId}"}"#;
        let frozen = older.replace("\"}", "\",\"limits\":{\"calls\":64,\"get\":500,\"set\":500}}");
        assert_eq!(String::from_utf8(stored).unwrap(), frozen);
        assert_eq!(AccountCard::read(&store).await.unwrap(), Some(card.clone()));
        assert_eq!(AccountCard { limits: Limits::default(), ..card }, serde_json::from_str(older).unwrap());
    }
}
