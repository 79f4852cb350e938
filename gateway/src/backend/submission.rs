//! Sending: Identity, EmailSubmission, VacationResponse (RFC 8621 §6 to §8).

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tornister_protocol::{mail::EmailAddress, time::UtcDate};

use super::{
    NoOptions, Object,
    moment::Moment,
    select::{Selectable, text},
};

/// An address that somebody may send from.
#[derive(Debug)]
pub enum Identity {}

/// A mail on its way.
#[derive(Debug)]
pub enum EmailSubmission {}

/// What strangers are told while somebody is away.
#[derive(Debug)]
pub enum VacationResponse {}

/// What is set of an Identity.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IdentityFields {
    /// Only at creation.
    pub email: Option<String>,
    /// As people read it.
    pub name: Option<String>,
    /// Where answers shall go.
    pub reply_to: Option<Option<Vec<EmailAddress>>>,
    /// Who gets a copy.
    pub bcc: Option<Option<Vec<EmailAddress>>>,
    /// For plain texts.
    pub text_signature: Option<String>,
    /// For HTML.
    pub html_signature: Option<String>,
}

/// An address of an envelope (RFC 8621 §7).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnvelopeAddress {
    /// `local@domain`.
    pub email: String,
    /// Parameters of SMTP.
    #[serde(default)]
    pub parameters: Option<Map<String, Value>>,
}

/// Who sends and who gets a mail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Envelope {
    /// The return address.
    pub mail_from: EnvelopeAddress,
    /// The recipients.
    pub rcpt_to: Vec<EnvelopeAddress>,
}

/// A mail to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewSubmission {
    /// As whom.
    pub identity_id: String,
    /// Which.
    pub email_id: String,
    /// To whom; made of the mail's header where not given.
    pub envelope: Option<Envelope>,
}

/// What can be changed: a pending one can be taken back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SubmissionUpdate {
    /// The wanted `undoStatus`.
    pub undo_status: Option<String>,
}

/// A FilterCondition (RFC 8621 §7.3).
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SubmissionCondition {
    identity_ids: Option<Vec<String>>,
    email_ids: Option<Vec<String>>,
    thread_ids: Option<Vec<String>>,
    undo_status: Option<String>,
    before: Option<Moment>,
    after: Option<Moment>,
}

impl Selectable for EmailSubmission {
    const SORTS: &'static [&'static str] = &["emailId", "threadId", "sentAt", "sendAt"];

    fn holds(condition: &SubmissionCondition, object: &Object, _: &NoOptions) -> bool {
        let among = |ids: &Option<Vec<String>>, name: &str| {
            ids.as_ref().is_none_or(|ids| ids.iter().any(|id| id == text(object, name)))
        };
        let send_at: Option<UtcDate> = text(object, "sendAt").parse().ok();
        among(&condition.identity_ids, "identityId")
            && among(&condition.email_ids, "emailId")
            && among(&condition.thread_ids, "threadId")
            && condition.undo_status.as_ref().is_none_or(|status| status == text(object, "undoStatus"))
            && condition.before.is_none_or(|before| send_at.is_some_and(|at| at < before.0))
            && condition.after.is_none_or(|after| send_at.is_some_and(|at| at >= after.0))
    }

    fn compare(property: &str, a: &Object, b: &Object) -> Ordering {
        let name = if property == "sentAt" { "sendAt" } else { property };
        text(a, name).cmp(text(b, name))
    }
}
