//! Why one object of a `/set` was refused (RFC 8620 §5.3), with everything that RFC 8621 adds.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value;

/// A SetError as this server answers it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Refusal {
    /// Why.
    #[serde(rename = "type")]
    pub kind: RefusalKind,
    /// For developers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The properties at fault, with `invalidProperties`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub properties: Option<Vec<String>>,
    /// What a kind adds, such as `existingId`.
    #[serde(flatten)]
    pub details: BTreeMap<String, Value>,
}

/// The kinds of RFC 8620 §5.3 and §5.4 and RFC 8621 §2.5, §4.6, §4.8, §6.3, §7.5, and of the
/// drafts for calendars and tasks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum RefusalKind {
    /// This user may not.
    Forbidden,
    /// It would pass the quota.
    OverQuota,
    /// The object is too large; `maxSize` tells the limit.
    TooLarge,
    /// No such object.
    NotFound,
    /// The patch's path does not fit the object.
    InvalidPatch,
    /// It is destroyed in the same call.
    WillDestroy,
    /// See `properties`.
    InvalidProperties,
    /// The type has exactly one object.
    Singleton,
    /// There is such an object; `existingId` names it.
    AlreadyExists,
    /// A mailbox holds others.
    MailboxHasChild,
    /// A mailbox holds mail.
    MailboxHasEmail,
    /// A calendar holds events.
    CalendarHasEvent,
    /// A list holds tasks.
    TaskListHasTask,
    /// Participants cannot be told from here.
    NoSupportedScheduleMethods,
    /// Blobs are missing; `notFound` names them.
    BlobNotFound,
    /// More keywords than the server holds.
    TooManyKeywords,
    /// The bytes are no message, or one that cannot be sent.
    InvalidEmail,
    /// `maxRecipients` tells the limit.
    TooManyRecipients,
    /// Nobody is to get it.
    NoRecipients,
    /// Nobody is there; `invalidRecipients` names the addresses.
    InvalidRecipients,
    /// Not the sender's own envelope address.
    ForbiddenMailFrom,
    /// Not the sender's own address.
    ForbiddenFrom,
    /// It has left already.
    CannotUnsend,
}

impl Refusal {
    /// A refusal without words.
    #[must_use]
    pub fn bare(kind: RefusalKind) -> Self {
        Self { kind, description: None, properties: None, details: BTreeMap::new() }
    }

    /// A refusal with words for developers.
    #[must_use]
    pub fn new(kind: RefusalKind, description: &str) -> Self {
        Self { description: Some(description.to_owned()), ..Self::bare(kind) }
    }

    /// A property has a value that it cannot have.
    #[must_use]
    pub fn property(name: &str, description: &str) -> Self {
        let properties = Some(vec![name.to_owned()]);
        Self { properties, ..Self::new(RefusalKind::InvalidProperties, description) }
    }

    /// This and what else is wrong with the same object: all properties, unless there is a more specific
    /// reason (RFC 8620 §5.3).
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        if self.kind != RefusalKind::InvalidProperties {
            return self;
        }
        if other.kind != RefusalKind::InvalidProperties {
            return other;
        }
        let properties = self.properties.get_or_insert_default();
        properties.extend(other.properties.into_iter().flatten());
        let mut seen = BTreeSet::new();
        properties.retain(|name| seen.insert(name.clone()));
        if self.description != other.description {
            let both = [self.description, other.description];
            self.description = Some(both.into_iter().flatten().collect::<Vec<_>>().join("; "));
        }
        self
    }

    /// Everything that was found wrong with one object, as one.
    ///
    /// # Errors
    /// Where anything was.
    pub fn all(refusals: impl IntoIterator<Item = Self>) -> Result<(), Self> {
        refusals.into_iter().reduce(Self::and).map_or(Ok(()), Err)
    }

    /// No such object.
    #[must_use]
    pub fn not_found() -> Self {
        Self::bare(RefusalKind::NotFound)
    }

    /// Adds what this kind tells besides.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.details.insert(name.to_owned(), value.into());
        self
    }
}
