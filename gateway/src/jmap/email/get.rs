//! Email/get (RFC 8621 §4.2).

use serde::Deserialize as _;
use serde_json::{Map, Value};
use tornister_protocol::{core::MethodError, mail::Email};

use crate::{
    backend::email::{BODY_PROPERTIES, BodyOptions},
    jmap::{method::invalid_arguments, standard::Served},
};

impl Served for Email {
    const PROPERTIES: Option<&'static [&'static str]> = Some(&[
        "id",
        "blobId",
        "threadId",
        "mailboxIds",
        "keywords",
        "size",
        "receivedAt",
        "messageId",
        "inReplyTo",
        "references",
        "sender",
        "from",
        "to",
        "cc",
        "bcc",
        "replyTo",
        "subject",
        "sentAt",
        "hasAttachment",
        "preview",
        "headers",
        "bodyStructure",
        "bodyValues",
        "textBody",
        "htmlBody",
        "attachments",
        "tornister.app:safeHtml",
    ]);
    const DEFAULT_PROPERTIES: Option<&'static [&'static str]> = Some(&[
        "id",
        "blobId",
        "threadId",
        "mailboxIds",
        "keywords",
        "size",
        "receivedAt",
        "messageId",
        "inReplyTo",
        "references",
        "sender",
        "from",
        "to",
        "cc",
        "bcc",
        "replyTo",
        "subject",
        "sentAt",
        "hasAttachment",
        "preview",
        "bodyValues",
        "textBody",
        "htmlBody",
        "attachments",
    ]);

    fn options(arguments: &Map<String, Value>) -> Result<BodyOptions, MethodError> {
        let options =
            BodyOptions::deserialize(arguments).map_err(|reason| invalid_arguments(reason.to_string()))?;
        let asked = options.body_properties.as_deref().unwrap_or_default();
        if let Some(unknown) = asked.iter().find(|name| !BODY_PROPERTIES.contains(&name.as_str())) {
            return Err(invalid_arguments(format!("a body part has no property '{unknown}'")));
        }
        Ok(options)
    }
}
