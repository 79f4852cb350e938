//! What page and sync worker say to each other, as JSON texts. The page reads the store and queues
//! the user's changes there, so that they are safe before anything else happens; the worker alone
//! speaks with the server and writes what it says. Both are of one build, so nothing here is a
//! storage format.
//!
//! That something was written travels by another way: all pages hear it on the broadcast channel
//! [`CHANNEL`], as the store's name, a space, and the JSON list of the [`Kind`]s concerned or
//! [`LOGGED_OUT`].

use serde::{Deserialize, Serialize};
use tornister_protocol::{
    auth::{Login, NewPassword},
    id::{AccountId, BlobId, EmailId},
};

use crate::kind::Kind;

/// The broadcast channel of all pages and workers of this app.
pub const CHANNEL: &str = "tornister.sync";
/// What a page says there when it has logged out.
pub const LOGGED_OUT: &str = "logged-out";

/// What is said on the channel about the store of this name.
#[must_use]
pub fn about(store: &str, news: &str) -> String {
    format!("{store} {news}")
}

/// What is said there when records of these kinds were written.
#[must_use]
pub fn written(store: &str, kinds: &[Kind]) -> String {
    about(store, &serde_json::to_string(kinds).unwrap_or_default())
}

/// Whom a text on the channel is about, and what it says.
#[must_use]
pub fn heard(text: &str) -> Option<(&str, &str)> {
    text.split_once(' ')
}

/// Something that a page asks of its worker.
#[derive(Debug, Serialize, Deserialize)]
pub struct Order {
    /// Chosen by the page; the answer carries it. 0 where no answer is wanted.
    pub number: u32,
    /// What.
    pub ask: Ask,
}

/// What a page asks.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Ask {
    /// The page shows the account in the store of this name from now on: news are about this one. The other
    /// accounts on this device are synced too, in silence.
    Open(String),
    /// Let go of the account that the page shows.
    Close,
    /// Log in; answered by [`Word::Done`] with the store's name, or by the reason why not. Whoever is
    /// logged in on this device stays so.
    LogIn(Login),
    /// Choose a new password and log in with it; answered as [`Ask::LogIn`] is.
    ChoosePassword(NewPassword),
    /// End the sessions of these accounts on the server.
    EndSessions(Vec<AccountId>),
    /// Whether the server still knows this browser, though nothing is on the device; answered by [`Word::Done`]
    /// where it does.
    FindSession,
    /// Sync now; where a sync is under way, once more after it.
    Sync,
    /// Somebody looks at the page (again), or nobody does any more.
    Watched(bool),
    /// A change was queued: sync in a moment.
    Queued,
    /// Forget these refused changes, which the user has seen.
    Dismiss(Vec<u64>),
    /// Give up something that can be had again: the device has no room for a change of the user's.
    /// Answered by [`Word::Done`] where there is more room now.
    MakeRoom,
    /// Forget what was given up for want of room, which the user has seen.
    ForgetGivenUp,
    /// These records do not open: remove them and fetch them again.
    Mend(Vec<(Kind, String)>),
    /// Fetch a mail's body, which is not kept on the device by itself, and keep it. Answered, as
    /// [`Ask::FetchBlob`] is, by [`Word::Done`], [`Word::Unreachable`] or [`Word::Failed`].
    FetchBody(EmailId),
    /// Fetch an attachment and keep it.
    FetchBlob {
        /// The mail.
        email: EmailId,
        /// Its attachment or picture.
        blob: BlobId,
    },
}

/// What the worker tells its page: one flat form for everything, which costs the page one reader.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Notice {
    /// The number of the order that this answers; 0 where it is news.
    pub answers: u32,
    /// What.
    pub word: Word,
    /// With [`Word::Syncing`] the objects fetched; with [`Word::TooManyTries`] the seconds to wait; where a
    /// new password is needed, or one is weak, the shortest length.
    pub count: u32,
    /// With [`Word::Syncing`] the objects in all; 0 where nobody knows. Where a new password is needed, the
    /// school's rules by their bits
    /// ([`PasswordRule::bit`](tornister_protocol::auth::PasswordRule::bit)); where one is weak, those that it
    /// breaks.
    pub total: u32,
    /// After a login, the store's name.
    pub store: String,
}

impl Notice {
    /// News, or with `answers` an answer.
    #[must_use]
    pub fn new(answers: u32, word: Word) -> Self {
        Self { answers, word, ..Self::default() }
    }
}

/// The one word that a notice is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Word {
    /// The worker has started and listens.
    Ready,
    /// An order is carried out; as news: everything is up to date.
    Done,
    /// A sync is at work.
    Syncing,
    /// The server cannot be reached.
    Unreachable,
    /// The session has ended.
    LoggedOut,
    /// Name or password is wrong.
    WrongCredentials,
    /// Too many tries.
    TooManyTries,
    /// The school has locked the account.
    Locked,
    /// The password is good for choosing a new one.
    NewPasswordNeeded,
    /// The new password breaks the school's rules.
    WeakPassword,
    /// The device has no room, and nothing is left that could be given up.
    Full,
    /// Something went wrong on the server or on the device.
    #[default]
    Failed,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_arrives_as_it_was_given() {
        let ask = Ask::FetchBlob { email: EmailId("m1".to_owned()), blob: BlobId("b1".to_owned()) };
        let text = serde_json::to_string(&Order { number: 3, ask }).unwrap();
        let order: Order = serde_json::from_str(&text).unwrap();
        assert_eq!(order.number, 3);
        assert!(matches!(order.ask, Ask::FetchBlob { blob, .. } if blob.as_str() == "b1"));
    }

    #[test]
    fn news_say_whose_they_are() {
        let text = written("0badcafe", &[Kind::Email, Kind::Task]);
        let (store, news) = heard(&text).unwrap();
        assert_eq!(store, "0badcafe");
        assert_eq!(serde_json::from_str::<Vec<Kind>>(news).unwrap(), [Kind::Email, Kind::Task]);
        assert_eq!(heard(&about("0badcafe", LOGGED_OUT)), Some(("0badcafe", LOGGED_OUT)));
    }

    #[test]
    fn an_order_shows_no_password() {
        let login = Login {
            username: "lena.sommer".to_owned(),
            password: "geheim-geheim".to_owned(),
            device: tornister_protocol::auth::DeviceKind::Own,
            join: true,
        };
        let order = Order { number: 1, ask: Ask::LogIn(login) };
        assert!(!format!("{order:?}").contains("geheim"));
    }
}
