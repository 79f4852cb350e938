//! Header fields in their parsed forms (RFC 8621 §4.1.2), and the properties that ask for them (§4.1.3).

use mail_parser::{DateTime, HeaderValue, parsers::MessageStream};
use serde_json::{Value, json};
use unicode_normalization::UnicodeNormalization as _;

use super::{
    Header,
    addresses::{addresses, grouped_addresses},
    encoded_words,
    tokens::{bracketed, is_blank, unfold},
};

/// How a field's value is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// As it stands.
    Raw,
    /// Unfolded and decoded.
    Text,
    /// Names and addresses, without groups.
    Addresses,
    /// The same, in their groups.
    GroupedAddresses,
    /// Ids without angle brackets.
    MessageIds,
    /// A moment with its offset.
    Date,
    /// URLs without angle brackets (RFC 2369).
    Urls,
}

/// The fields of RFC 5322 and RFC 2369 and the parsed forms that each may have; all others may have any.
const KNOWN: [(&str, &[Form]); 29] = {
    use Form::{Addresses as A, Date, GroupedAddresses as G, MessageIds, Text, Urls};
    const ADDRESSES: &[Form] = &[A, G];
    [
        ("bcc", ADDRESSES),
        ("cc", ADDRESSES),
        ("comments", &[Text]),
        ("date", &[Date]),
        ("from", ADDRESSES),
        ("in-reply-to", &[MessageIds]),
        ("keywords", &[Text]),
        ("list-archive", &[Urls]),
        ("list-help", &[Urls]),
        ("list-owner", &[Urls]),
        ("list-post", &[Urls]),
        ("list-subscribe", &[Urls]),
        ("list-unsubscribe", &[Urls]),
        ("message-id", &[MessageIds]),
        ("received", &[]),
        ("references", &[MessageIds]),
        ("reply-to", ADDRESSES),
        ("resent-bcc", ADDRESSES),
        ("resent-cc", ADDRESSES),
        ("resent-date", &[Date]),
        ("resent-from", ADDRESSES),
        ("resent-message-id", &[MessageIds]),
        ("resent-reply-to", ADDRESSES),
        ("resent-sender", ADDRESSES),
        ("resent-to", ADDRESSES),
        ("return-path", &[]),
        ("sender", ADDRESSES),
        ("subject", &[Text]),
        ("to", ADDRESSES),
    ]
};

impl Form {
    fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "asRaw" => Self::Raw,
            "asText" => Self::Text,
            "asAddresses" => Self::Addresses,
            "asGroupedAddresses" => Self::GroupedAddresses,
            "asMessageIds" => Self::MessageIds,
            "asDate" => Self::Date,
            "asURLs" => Self::Urls,
            _ => return None,
        })
    }

    fn fits(self, name: &str) -> bool {
        let known = KNOWN.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        self == Self::Raw || known.is_none_or(|(_, forms)| forms.contains(&self))
    }

    /// A field's value in this form.
    #[must_use]
    pub fn read(self, raw: &str) -> Value {
        match self {
            Self::Raw => json!(raw),
            Self::Text => json!(text(raw)),
            Self::Addresses => json!(addresses(raw)),
            Self::GroupedAddresses => {
                let groups = grouped_addresses(raw).into_iter();
                groups.map(|group| json!({ "name": group.name, "addresses": group.addresses })).collect()
            }
            Self::MessageIds => json!(message_ids(raw)),
            Self::Date => json!(date(raw).map(|date| date.to_rfc3339())),
            Self::Urls => json!(urls(raw)),
        }
    }
}

/// A property such as `header:Subject:asText:all`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeaderProperty {
    /// The field, as the client writes it.
    pub name: String,
    /// How it is read.
    pub form: Form,
    /// Every field of this name, instead of the last one.
    pub all: bool,
}

impl HeaderProperty {
    /// Reads a property's name; `None` where it is not of this shape, or its form is not for this field.
    #[must_use]
    pub fn parse(property: &str) -> Option<Self> {
        let mut parts = property.strip_prefix("header:")?.split(':');
        let name = parts.next()?.to_owned();
        if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_graphic()) {
            return None;
        }
        let mut next = parts.next();
        let form = match next.filter(|part| part.starts_with("as")) {
            Some(form) => {
                next = parts.next();
                Form::parse(form)?
            }
            None => Form::Raw,
        };
        let all = match next {
            None => false,
            Some("all") => true,
            Some(_) => return None,
        };
        (parts.next().is_none() && form.fits(&name)).then_some(Self { name, form, all })
    }

    /// The value among these fields.
    #[must_use]
    pub fn read(&self, headers: &[Header]) -> Value {
        let found = headers.iter().filter(|header| header.name.eq_ignore_ascii_case(&self.name));
        let mut values = found.map(|header| self.form.read(&header.value));
        if self.all { values.collect() } else { values.next_back().unwrap_or(Value::Null) }
    }
}

/// The library's parsers read up to a line's end.
pub(super) fn parsed<T>(raw: &str, read: impl FnOnce(&mut MessageStream<'_>) -> T) -> T {
    let line = format!("{}\r\n", raw.trim_end());
    read(&mut MessageStream::new(line.as_bytes()))
}

/// The `Text` form: every field of every mail is read in it, so what needs no work gets none.
#[must_use]
pub fn text(raw: &str) -> String {
    let line = unfold(raw);
    let line = line.trim_start_matches(is_blank);
    if line.contains("=?") { composed(&encoded_words::decode(line)) } else { composed(line) }
}

/// In normalization form C.
pub(super) fn composed(text: &str) -> String {
    if text.is_ascii() { text.to_owned() } else { text.nfc().collect() }
}

/// The `MessageIds` form.
#[must_use]
pub fn message_ids(raw: &str) -> Option<Vec<String>> {
    Some(bracketed(raw)).filter(|ids| !ids.is_empty())
}

/// The `Date` form, where it is a day of the calendar.
pub(super) fn date(raw: &str) -> Option<DateTime> {
    parsed(raw, |stream| match stream.parse_date() {
        HeaderValue::DateTime(date) => Some(date).filter(DateTime::is_valid),
        _ => None,
    })
}

/// The `URLs` form (RFC 2369 §2); parentheses in brackets are the URL's own.
fn urls(raw: &str) -> Option<Vec<String>> {
    Some(bracketed(raw)).filter(|urls| !urls.is_empty())
}
