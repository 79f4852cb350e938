//! Address lists (RFC 5322 §3.4) in the forms of RFC 8621 §4.1.2.3 and §4.1.2.4. What keeps to the grammar
//! is read here; the library guesses at all else.

mod guess;
mod lexer;

use tornister_protocol::mail::EmailAddress;

use self::lexer::{Lexer, Token};
use super::{encoded_words, forms::composed, tokens::unfold};

/// Addresses under one name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddressGroup {
    /// None for addresses that are in no group.
    pub name: Option<String>,
    /// Its members.
    pub addresses: Vec<EmailAddress>,
}

/// The `Addresses` form.
#[must_use]
pub fn addresses(raw: &str) -> Vec<EmailAddress> {
    grouped_addresses(raw).into_iter().flat_map(|group| group.addresses).collect()
}

/// The `GroupedAddresses` form.
#[must_use]
pub fn grouped_addresses(raw: &str) -> Vec<AddressGroup> {
    list(&mut Lexer::new(&unfold(raw))).unwrap_or_else(|| guess::grouped_addresses(raw))
}

/// An address list; `None` where something in it is against the grammar.
fn list(lexer: &mut Lexer<'_>) -> Option<Vec<AddressGroup>> {
    let mut groups = Vec::new();
    let mut open = AddressGroup { name: None, addresses: Vec::new() };
    loop {
        let (element, end) = Element::read(lexer)?;
        let ungrouped = AddressGroup { name: None, addresses: Vec::new() };
        match (end, open.name.is_some()) {
            (Some(':'), false) => {
                let named = AddressGroup { name: Some(element.into_phrase()?), addresses: Vec::new() };
                groups.push(std::mem::replace(&mut open, named));
            }
            (Some(','), _) | (None, false) => open.addresses.extend(element.into_address()?),
            (Some(';'), true) => {
                open.addresses.extend(element.into_address()?);
                groups.push(std::mem::replace(&mut open, ungrouped));
            }
            _ => return None,
        }
        if end.is_none() {
            groups.push(open);
            groups.retain(|group| group.name.is_some() || !group.addresses.is_empty());
            return Some(groups);
        }
    }
}

/// What stands between two commas: an address, a group's name, or nothing.
#[derive(Default)]
struct Element {
    /// The words, decoded, with one blank where white space is.
    phrase: String,
    /// The same as written, for as long as they may be an address's local part.
    local: Option<String>,
    email: Option<String>,
    comments: Vec<String>,
    is_behind_encoded: bool,
}

impl Element {
    /// Reads up to the character that ends it, or up to the end.
    fn read(lexer: &mut Lexer<'_>) -> Option<(Self, Option<char>)> {
        let mut element = Self { local: Some(String::new()), ..Self::default() };
        let mut gap = false;
        loop {
            let is_gap = match lexer.token()? {
                Token::End => return Some((element, None)),
                Token::Special(end @ (',' | ';' | ':')) => return Some((element, Some(end))),
                Token::Gap => true,
                Token::Comment(inner) => {
                    element.comments.push(encoded_words::decode(&unescaped(inner)).trim().to_owned());
                    true
                }
                // Only comments may follow an address.
                _ if element.email.is_some() => return None,
                Token::Special('<') => {
                    element.email = Some(in_brackets(lexer)?);
                    false
                }
                Token::Special('@') if !gap => {
                    let local = element.local.take().filter(|local| !local.is_empty())?;
                    let Token::Atom(domain) = lexer.token()? else { return None };
                    element.email = Some(format!("{local}@{domain}"));
                    element.phrase.clear();
                    false
                }
                Token::Special(_) => return None,
                Token::Atom(text) => element.push(text, Some(text), gap),
                Token::Quoted(text) => element.push(&unquoted(text), Some(text), gap),
                Token::Encoded(text) => element.push(&text, None, gap),
            };
            gap = is_gap;
        }
    }

    /// Adds a word, which is an encoded one where nothing is written. Answers that it is no gap.
    fn push(&mut self, text: &str, written: Option<&str>, gap: bool) -> bool {
        let is_encoded = written.is_none();
        if gap && !self.phrase.is_empty() && !(is_encoded && self.is_behind_encoded) {
            self.phrase.push(' ');
        }
        self.phrase.push_str(text);
        self.is_behind_encoded = is_encoded;
        // White space makes words a name.
        let is_name = gap && self.local.as_ref().is_some_and(|local| !local.is_empty());
        self.local = self.local.take().filter(|_| !is_name).zip(written).map(|(local, text)| local + text);
        false
    }

    fn into_phrase(self) -> Option<String> {
        let phrase = composed(self.phrase.trim());
        (self.email.is_none() && !phrase.is_empty()).then_some(phrase)
    }

    /// The address, if any; outside `None` where the library has to guess which word is it.
    fn into_address(self) -> Option<Option<EmailAddress>> {
        let name = Some(composed(self.phrase.trim())).filter(|name| !name.is_empty());
        let comments = Some(composed(self.comments.join(" ").trim())).filter(|text| !text.is_empty());
        match (self.email, name, comments) {
            (Some(email), name, comments) => {
                Some(Some(EmailAddress { name: name.or(comments), email: composed(&email) }))
            }
            (None, name, None) => {
                Some(name.map(|name| EmailAddress { name: Some(name), email: String::new() }))
            }
            (None, _, Some(_)) => None,
        }
    }
}

/// What stands before `>`, without white space and comments around its words.
fn in_brackets(lexer: &mut Lexer<'_>) -> Option<String> {
    let mut email = String::new();
    let (mut gap, mut is_behind_word, mut is_domain) = (false, false, false);
    loop {
        match lexer.written()? {
            Token::Gap | Token::Comment(_) => gap = true,
            Token::Special('>') => return Some(email),
            Token::Special('@') if !is_domain => {
                email.push('@');
                (gap, is_behind_word, is_domain) = (false, false, true);
            }
            Token::Atom(text) | Token::Quoted(text) if !(gap && is_behind_word) => {
                email.push_str(text);
                (gap, is_behind_word) = (false, true);
            }
            _ => return None,
        }
    }
}

/// A quoted string's content (RFC 8621 §4.1.2.3).
fn unquoted(text: &str) -> String {
    let inner = text.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
    unescaped(inner.unwrap_or(text)).trim().to_owned()
}

/// Without the backslashes of quoted pairs (RFC 5322 §3.2.1).
fn unescaped(text: &str) -> String {
    let mut characters = text.chars();
    let next = || match characters.next()? {
        '\\' => characters.next(),
        other => Some(other),
    };
    std::iter::from_fn(next).collect()
}
