//! What queries sort and filter mails by, kept beside the mails.

use tornister_formats::mime::{self, Message};
use tornister_protocol::mail::{Email, EmailAddress};

use super::{
    change::Change,
    threads::base_subject,
    word_index::{self, Texts},
};
use crate::backend::{BackendError, Kind as _, collation::casemap, words::folded};

/// More octets of one field are not searched.
const MAX_FIELD: usize = 2000;

/// What is kept of one mail.
#[derive(Debug)]
pub struct Searched {
    has_attachment: bool,
    sent_at: String,
    subject_key: String,
    from_key: String,
    to_key: String,
    headers: String,
    texts: Texts,
}

impl Searched {
    /// Read from a message.
    #[must_use]
    pub fn of(message: &Message) -> Self {
        let headers: Vec<(String, String)> = message
            .headers
            .iter()
            .map(|header| {
                let mut value = mime::text(&header.value).to_lowercase();
                value.truncate(value.floor_char_boundary(MAX_FIELD));
                (header.name.to_lowercase(), value)
            })
            .collect();
        let subject = message.subject.as_deref().unwrap_or_default();
        Self {
            has_attachment: message.has_attachment,
            sent_at: message.sent_at_utc.map(|date| date.to_string()).unwrap_or_default(),
            subject_key: casemap(base_subject(subject)),
            from_key: first(message.from.as_deref()),
            to_key: first(message.to.as_deref()),
            headers: serde_json::to_string(&headers).unwrap_or_default(),
            texts: Texts {
                sender: people(message.from.as_deref()),
                recipient: people(message.to.as_deref()),
                copied: people(message.cc.as_deref()),
                hidden: people(message.bcc.as_deref()),
                subject: folded(subject),
                body: folded(&message.readable()),
            },
        }
    }
}

/// Adds mails, which are stored already.
pub async fn add_all(
    change: &mut Change,
    scope: &str,
    mails: &[(&str, &Searched)],
) -> Result<(), BackendError> {
    if mails.is_empty() {
        return Ok(());
    }
    let first = word_index::last_number(change).await? + 1;
    let mails: Vec<_> = (first..).zip(mails).map(|(number, (id, mail))| (number, *id, *mail)).collect();
    let rows = "INSERT INTO email_search
                    (number, has_attachment, sent_at, subject_key, from_key, to_key, headers) ";
    change
        .insert_all(rows, "", &mails, |row, (number, _, mail)| {
            row.push_bind(*number).push_bind(mail.has_attachment).push_bind(mail.sent_at.as_str());
            row.push_bind(mail.subject_key.as_str()).push_bind(mail.from_key.as_str());
            row.push_bind(mail.to_key.as_str()).push_bind(mail.headers.as_str());
        })
        .await?;
    let ids: Vec<_> = mails.iter().map(|(_, id, _)| *id).collect();
    let words: Vec<_> = mails.iter().map(|(number, id, mail)| (*number, *id, &mail.texts)).collect();
    word_index::add_all(change, (scope, Email::NAME), &words).await?;
    sqlx::query(
        "UPDATE email SET number = (SELECT number FROM indexed i
             WHERE i.scope = email.scope AND i.type = ?3 AND i.id = email.id)
         WHERE scope = ?1 AND id IN (SELECT value FROM json_each(?2))",
    )
    .bind(scope)
    .bind(serde_json::to_string(&ids)?)
    .bind(Email::NAME)
    .execute(&mut *change.transaction)
    .await?;
    Ok(())
}

/// Takes a mail out.
pub async fn remove(change: &mut Change, scope: &str, id: &str) -> Result<(), BackendError> {
    if let Some(number) = word_index::remove(change, scope, Email::NAME, id).await? {
        sqlx::query("DELETE FROM email_search WHERE number = ?1")
            .bind(number)
            .execute(&mut *change.transaction)
            .await?;
    }
    Ok(())
}

fn first(list: Option<&[EmailAddress]>) -> String {
    list.and_then(<[EmailAddress]>::first).map(|first| casemap(first.display_name())).unwrap_or_default()
}

fn people(list: Option<&[EmailAddress]>) -> String {
    let people = list.unwrap_or_default().iter();
    let people: Vec<String> = people
        .map(|person| format!("{} {}", person.name.as_deref().unwrap_or_default(), person.email))
        .collect();
    folded(&people.join(" "))
}
