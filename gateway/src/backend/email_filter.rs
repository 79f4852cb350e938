//! What `Email/query` filters by (RFC 8621 §4.4.1).

use serde::Deserialize;

use super::moment::Moment;

/// A FilterCondition; all that is given must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(missing_docs, reason = "the RFC describes each under this name")]
pub struct EmailCondition {
    pub in_mailbox: Option<String>,
    pub in_mailbox_other_than: Option<Vec<String>>,
    pub before: Option<Moment>,
    pub after: Option<Moment>,
    pub min_size: Option<u64>,
    pub max_size: Option<u64>,
    pub all_in_thread_have_keyword: Option<String>,
    pub some_in_thread_have_keyword: Option<String>,
    pub none_in_thread_have_keyword: Option<String>,
    pub has_keyword: Option<String>,
    pub not_keyword: Option<String>,
    pub has_attachment: Option<bool>,
    pub text: Option<String>,
    pub from: Option<String>,
    pub to: Option<String>,
    pub cc: Option<String>,
    pub bcc: Option<String>,
    pub subject: Option<String>,
    pub body: Option<String>,
    pub header: Option<HeaderCondition>,
}

/// A field's name, and a text in its value.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Vec<String>")]
pub struct HeaderCondition {
    /// In any case.
    pub name: String,
    /// In any case; none where only the field has to be there.
    pub value: Option<String>,
}

impl TryFrom<Vec<String>> for HeaderCondition {
    type Error = &'static str;

    fn try_from(list: Vec<String>) -> Result<Self, Self::Error> {
        let mut list = list.into_iter();
        match (list.next(), list.next(), list.next()) {
            (Some(name), value, None) => Ok(Self { name, value }),
            _ => Err("one or two elements"),
        }
    }
}

/// The conditions by name.
pub const EMAIL_CONDITIONS: [&str; 20] = [
    "inMailbox",
    "inMailboxOtherThan",
    "before",
    "after",
    "minSize",
    "maxSize",
    "allInThreadHaveKeyword",
    "someInThreadHaveKeyword",
    "noneInThreadHaveKeyword",
    "hasKeyword",
    "notKeyword",
    "hasAttachment",
    "text",
    "from",
    "to",
    "cc",
    "bcc",
    "subject",
    "body",
    "header",
];

impl EmailCondition {
    /// The texts that are looked for as words, and in which field; none for anywhere.
    #[must_use]
    pub fn words(&self) -> [(&Option<String>, Option<&'static str>); 7] {
        [
            (&self.text, None),
            (&self.from, Some("sender")),
            (&self.to, Some("recipient")),
            (&self.cc, Some("copied")),
            (&self.bcc, Some("hidden")),
            (&self.subject, Some("subject")),
            (&self.body, Some("body")),
        ]
    }

    /// Whether nothing that it looks at can change.
    #[must_use]
    pub fn is_immutable(&self) -> bool {
        let changing = [
            &self.in_mailbox,
            &self.all_in_thread_have_keyword,
            &self.some_in_thread_have_keyword,
            &self.none_in_thread_have_keyword,
            &self.has_keyword,
            &self.not_keyword,
        ];
        self.in_mailbox_other_than.is_none() && changing.iter().all(|condition| condition.is_none())
    }
}
