//! The index of words of mails, events and tasks. What comes here was folded before; a search folds its words
//! in the same way. Behind its words each field has their first letters, so that a search for one letter need not
//! put together what all words have that begin with it.

use sqlx::SqliteConnection;

use super::{change::Change, state::Scopes};
use crate::backend::{BackendError, words::Term};

/// Divides a word from its owner's number, and stands behind what is a first letter and no word. The tokenizer
/// keeps it, and no folded word has it.
const MARK: char = '·';

/// The fields of one thing, folded, in the order of the index's columns.
#[derive(Debug, Default)]
pub struct Texts {
    /// Who wrote it.
    pub sender: String,
    /// To whom.
    pub recipient: String,
    /// Who has a copy.
    pub copied: String,
    /// Who has one that the others do not see.
    pub hidden: String,
    /// What it is about.
    pub subject: String,
    /// All else.
    pub body: String,
}

impl Texts {
    /// In the order of the columns, each word with its owner.
    pub fn of(&self, owner: i64) -> [String; 6] {
        [&self.sender, &self.recipient, &self.copied, &self.hidden, &self.subject, &self.body]
            .map(|text| with_initials(text, owner))
    }
}

/// The words of a field and their first letters. What stands between belongs to no phrase.
fn with_initials(text: &str, owner: i64) -> String {
    let mut words = owned(text, owner);
    let mut initials = Vec::new();
    for letter in each(text).filter_map(|word| word.chars().next()) {
        // There are few.
        if !initials.contains(&letter) {
            initials.push(letter);
        }
    }
    let gap = (!initials.is_empty()).then(|| format!("{owner}{MARK}{MARK}"));
    for token in gap.into_iter().chain(initials.into_iter().map(|letter| initial(letter, owner))) {
        words.push(' ');
        words.push_str(&token);
    }
    words
}

fn initial(letter: char, owner: i64) -> String {
    format!("{owner}{MARK}{letter}{MARK}")
}

fn owned(text: &str, owner: i64) -> String {
    let prefix = format!("{owner}{MARK}");
    // A word of a mail has five letters, more or less.
    let mut owned = String::with_capacity(text.len() + text.len() / 4 * prefix.len());
    for word in each(text) {
        if !owned.is_empty() {
            owned.push(' ');
        }
        owned.push_str(&prefix);
        owned.push_str(word);
    }
    owned
}

/// The words of a folded text.
fn each(text: &str) -> impl Iterator<Item = &str> {
    text.split_ascii_whitespace()
}

/// What these terms are for the index; `columns` as FTS5 names them, none for all. Folded words have no quotes.
#[must_use]
pub fn expression(columns: Option<&str>, terms: &[Term], owner: i64) -> String {
    let columns = columns.map(|columns| format!("{columns} : ")).unwrap_or_default();
    let phrase = |term: &Term| {
        if let Some(letter) = single_letter(term) {
            return format!("{columns}\"{}\"", initial(letter, owner));
        }
        let words = owned(&term.words.join(" "), owner);
        format!("{columns}\"{words}\"{}", if term.is_prefix { " *" } else { "" })
    };
    let phrases: Vec<String> = terms.iter().map(phrase).collect();
    phrases.join(" AND ")
}

/// The letter, where words are looked for that begin with one.
fn single_letter(term: &Term) -> Option<char> {
    let [word] = term.words.as_slice() else { return None };
    let mut letters = word.chars();
    letters.next().filter(|_| term.is_prefix && letters.next().is_none())
}

/// The number that the words of a type in a scope begin with; where there are none, one that no word has.
pub async fn owner(connection: &mut SqliteConnection, scope: &str, kind: &str) -> Result<i64, BackendError> {
    let number =
        sqlx::query_scalar("SELECT coalesce(max(number), 0) FROM word_owner WHERE scope = ?1 AND type = ?2");
    Ok(number.bind(scope).bind(kind).fetch_one(connection).await?)
}

/// The ids of a type that have all these terms, in any of these scopes.
pub async fn find(
    connection: &mut SqliteConnection,
    scopes: &Scopes,
    kind: &str,
    terms: &[Term],
) -> Result<Vec<String>, BackendError> {
    let mut found = Vec::new();
    for scope in scopes.list() {
        let owner = owner(&mut *connection, scope, kind).await?;
        let ids = sqlx::query_scalar(
            "SELECT id FROM indexed WHERE number IN (SELECT rowid FROM words WHERE words MATCH ?1)",
        );
        let ids = ids.bind(expression(None, terms, owner));
        let ids: Vec<String> = ids.fetch_all(&mut *connection).await?;
        found.extend(ids);
    }
    Ok(found)
}

/// The same; a new one where there are none yet.
async fn owner_or_new(change: &mut Change, scope: &str, kind: &str) -> Result<i64, BackendError> {
    let known = owner(&mut change.transaction, scope, kind).await?;
    if known > 0 {
        return Ok(known);
    }
    let new = sqlx::query_scalar("INSERT INTO word_owner (scope, type) VALUES (?1, ?2) RETURNING number");
    Ok(new.bind(scope).bind(kind).fetch_one(&mut *change.transaction).await?)
}

/// The greatest number that is taken.
pub async fn last_number(change: &mut Change) -> Result<i64, BackendError> {
    let last = sqlx::query_scalar("SELECT coalesce(max(number), 0) FROM indexed");
    Ok(last.fetch_one(&mut *change.transaction).await?)
}

/// Adds things with their numbers and texts.
pub async fn add_all(
    change: &mut Change,
    (scope, kind): (&str, &str),
    things: &[(i64, &str, &Texts)],
) -> Result<(), BackendError> {
    let owner = owner_or_new(change, scope, kind).await?;
    let numbers = "INSERT INTO indexed (number, scope, type, id) ";
    change
        .insert_all(numbers, "", things, |row, (number, id, _)| {
            row.push_bind(*number).push_bind(scope).push_bind(kind).push_bind(*id);
        })
        .await?;
    let words = "INSERT INTO words (rowid, sender, recipient, copied, hidden, subject, body) ";
    change
        .insert_all(words, "", things, |row, (number, _, texts)| {
            row.push_bind(*number);
            for text in texts.of(owner) {
                row.push_bind(text);
            }
        })
        .await
}

/// Takes something out; answers its number.
pub async fn remove(
    change: &mut Change,
    scope: &str,
    kind: &str,
    id: &str,
) -> Result<Option<i64>, BackendError> {
    let number =
        sqlx::query_scalar("DELETE FROM indexed WHERE scope = ?1 AND type = ?2 AND id = ?3 RETURNING number");
    let number: Option<i64> =
        number.bind(scope).bind(kind).bind(id).fetch_optional(&mut *change.transaction).await?;
    if let Some(number) = number {
        sqlx::query("DELETE FROM words WHERE rowid = ?1")
            .bind(number)
            .execute(&mut *change.transaction)
            .await?;
    }
    Ok(number)
}

/// Takes everything of a scope out.
pub async fn forget(change: &mut Change, scope: &str) -> Result<(), BackendError> {
    for delete in [
        "DELETE FROM words WHERE rowid IN (SELECT number FROM indexed WHERE scope = ?1)",
        "DELETE FROM email_search WHERE number IN (SELECT number FROM indexed WHERE scope = ?1)",
        "DELETE FROM indexed WHERE scope = ?1",
        "DELETE FROM word_owner WHERE scope = ?1",
    ] {
        sqlx::query(delete).bind(scope).execute(&mut *change.transaction).await?;
    }
    Ok(())
}
