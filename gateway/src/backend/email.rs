//! From a parsed message to the properties of an Email: shared by all backends that have whole messages.

use serde::Deserialize;
use serde_json::{Value, json};
use tornister_formats::mime::{BodyPart, Header, HeaderProperty, Message};
use tornister_protocol::{
    id::BlobId,
    mail::{EmailBodyValue, SAFE_HTML},
};

use super::Object;

/// What `Email/get` takes besides ids and properties (RFC 8621 §4.2).
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct BodyOptions {
    /// Properties of each part; `None` for the RFC's default.
    pub body_properties: Option<Vec<String>>,
    /// Put the parts of `textBody` in `bodyValues`.
    pub fetch_text_body_values: bool,
    /// Put the parts of `htmlBody` in `bodyValues`.
    #[serde(rename = "fetchHTMLBodyValues")]
    pub fetch_html_body_values: bool,
    /// Put all text parts in `bodyValues`.
    pub fetch_all_body_values: bool,
    /// Bytes of each body value at most; 0 for no limit.
    pub max_body_value_bytes: u64,
}

/// All properties but those for single header fields. The first ones are what `Email/get` answers by
/// default (RFC 8621 §4.2).
pub const PROPERTIES: [&str; 27] = [
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
    "headers",
    "bodyStructure",
    SAFE_HTML,
];
/// How many of them are answered by default.
pub const DEFAULT_PROPERTIES: usize = 24;
/// Those that a message brings along: set once, at creation (RFC 8621 §4.6).
pub const IMMUTABLE_PROPERTIES: &[&str] = PROPERTIES.split_at(6).1;

/// The properties of a part, by default all but `headers` and `subParts` (RFC 8621 §4.2).
pub const BODY_PROPERTIES: [&str; 12] = [
    "partId",
    "blobId",
    "size",
    "name",
    "type",
    "charset",
    "disposition",
    "cid",
    "language",
    "location",
    "headers",
    "subParts",
];
const DEFAULT_BODY_PROPERTIES: usize = 10;

/// The properties for which the whole message has to be read.
pub const CONTENT_PROPERTIES: [&str; 7] =
    ["headers", "bodyStructure", "textBody", "htmlBody", "attachments", "bodyValues", SAFE_HTML];

/// Whether one of these properties needs the whole message. Without a list the default ones do.
#[must_use]
pub fn needs_content(properties: Option<&[String]>) -> bool {
    let is_content = |name: &String| CONTENT_PROPERTIES.contains(&name.as_str()) || name.contains(':');
    properties.is_none_or(|names| names.iter().any(is_content))
}

/// What a list shows of a message, without what the server adds: ids, mailboxes, keywords, times.
#[must_use]
pub fn envelope(message: &Message) -> Object {
    let properties = json!({
        "size": message.size,
        "messageId": message.message_id,
        "inReplyTo": message.in_reply_to,
        "references": message.references,
        "sender": message.sender,
        "from": message.from,
        "to": message.to,
        "cc": message.cc,
        "bcc": message.bcc,
        "replyTo": message.reply_to,
        "subject": message.subject,
        "sentAt": message.sent_at,
        "hasAttachment": message.has_attachment,
        "preview": message.preview,
    });
    into_object(properties)
}

/// The properties of [`CONTENT_PROPERTIES`], and those of these names that stand for single header fields.
/// `whole` names the bytes of the message.
#[must_use]
pub fn content(
    message: &Message,
    whole: &BlobId,
    properties: Option<&[String]>,
    options: &BodyOptions,
) -> Object {
    let wanted = options.body_properties.as_deref();
    let part = |part: &BodyPart| part_value(part, whole, wanted);
    let parts = |list: &[BodyPart]| Value::Array(list.iter().map(part).collect());
    let mut content = into_object(json!({
        "headers": headers(&message.headers),
        "bodyStructure": part(&message.body_structure),
        "textBody": parts(&message.text_body),
        "htmlBody": parts(&message.html_body),
        "attachments": parts(&message.attachments),
        "bodyValues": body_values(message, options),
    }));
    if properties.is_none_or(|names| names.iter().any(|name| name == SAFE_HTML)) {
        content.insert(SAFE_HTML.to_owned(), json!(message.safe_html()));
    }
    content.extend(single_headers(&message.headers, properties));
    content
}

/// The values of the properties that stand for single header fields (RFC 8621 §4.1.3).
fn single_headers(list: &[Header], properties: Option<&[String]>) -> Object {
    let names = properties.unwrap_or_default().iter();
    names.filter_map(|name| Some((name.clone(), HeaderProperty::parse(name)?.read(list)))).collect()
}

/// The first of these [`CONTENT_PROPERTIES`] that says something else than the message does; parts may say less, and
/// a value that was cut is the beginning of the whole.
#[must_use]
pub fn first_other<'g>(message: &Message, whole: &BlobId, given: &'g Object) -> Option<&'g str> {
    let options = BodyOptions {
        body_properties: Some(BODY_PROPERTIES.map(str::to_owned).to_vec()),
        fetch_all_body_values: true,
        ..BodyOptions::default()
    };
    let content = content(message, whole, None, &options);
    let is_other =
        |(name, value): &(&String, &Value)| !says(content.get(*name).unwrap_or(&Value::Null), value);
    given.iter().find(is_other).map(|(name, _)| name.as_str())
}

fn says(whole: &Value, given: &Value) -> bool {
    match (whole, given) {
        (Value::Object(whole), Value::Object(given))
            if given.get("isTruncated") == Some(&Value::Bool(true)) =>
        {
            let text =
                |value: &Object| value.get("value").and_then(Value::as_str).unwrap_or_default().to_owned();
            text(whole).starts_with(&text(given))
        }
        (Value::Object(whole), Value::Object(given)) => {
            given.iter().all(|(name, value)| says(whole.get(name).unwrap_or(&Value::Null), value))
        }
        (Value::Array(whole), Value::Array(given)) => {
            whole.len() == given.len() && whole.iter().zip(given).all(|(whole, given)| says(whole, given))
        }
        _ => whole == given,
    }
}

/// Names the bytes of a part of a message.
#[must_use]
pub fn part_blob_id(whole: &BlobId, part_id: &str) -> BlobId {
    BlobId(format!("{whole}-{part_id}"))
}

/// A blob id taken apart: the message, and the part where it names one. A part of a message that is itself a part
/// is named by both: `2-1`.
#[must_use]
pub fn split_blob_id(id: &BlobId) -> (&str, Option<&str>) {
    id.as_str().split_once('-').map_or((id.as_str(), None), |(whole, part)| (whole, Some(part)))
}

fn into_object(value: Value) -> Object {
    match value {
        Value::Object(object) => object,
        _ => Object::new(),
    }
}

fn headers(list: &[Header]) -> Value {
    list.iter().map(|header| json!({ "name": header.name, "value": header.value })).collect()
}

fn part_value(part: &BodyPart, whole: &BlobId, wanted: Option<&[String]>) -> Value {
    let is_wanted = |name: &str| match wanted {
        Some(names) => names.iter().any(|wanted| wanted == name),
        None => BODY_PROPERTIES[..DEFAULT_BODY_PROPERTIES].contains(&name),
    };
    let blob_id = part.part_id.as_ref().map(|id| part_blob_id(whole, id));
    let mut object = into_object(json!({
        "partId": part.part_id,
        "blobId": blob_id,
        "size": part.size,
        "name": part.name,
        "type": part.media_type,
        "charset": part.charset,
        "disposition": part.disposition,
        "cid": part.cid,
        "language": part.language,
        "location": part.location,
    }));
    object.retain(|name, _| is_wanted(name));
    if is_wanted("headers") {
        object.insert("headers".to_owned(), headers(&part.headers));
    }
    object.extend(single_headers(&part.headers, wanted));
    let is_named = wanted.is_some() && is_wanted("subParts");
    let sub_parts = part.sub_parts.as_ref().filter(|_| wanted.is_none() || is_named);
    if let Some(sub_parts) = sub_parts {
        let sub_parts = sub_parts.iter().map(|part| part_value(part, whole, wanted)).collect();
        object.insert("subParts".to_owned(), sub_parts);
    } else if is_named {
        object.insert("subParts".to_owned(), Value::Null);
    }
    Value::Object(object)
}

fn body_values(message: &Message, options: &BodyOptions) -> Value {
    let mut lists: Vec<&[BodyPart]> = Vec::new();
    if options.fetch_text_body_values {
        lists.push(&message.text_body);
    }
    if options.fetch_html_body_values {
        lists.push(&message.html_body);
    }
    // Some texts stand in none of the lists.
    if options.fetch_all_body_values {
        lists.push(std::slice::from_ref(&message.body_structure));
    }
    let mut values = Object::new();
    while let Some(parts) = lists.pop() {
        for part in parts {
            lists.extend(part.sub_parts.as_deref());
            let id = part.part_id.as_ref();
            if let Some((id, value)) = id.and_then(|id| Some((id, message.body_values.get(id)?))) {
                let value = cut(value, part.media_type == "text/html", options.max_body_value_bytes);
                values.insert(id.clone(), json!(value));
            }
        }
    }
    Value::Object(values)
}

/// Cuts between characters, and not inside a tag (RFC 8621 §4.2).
fn cut(value: &EmailBodyValue, is_html: bool, max: u64) -> EmailBodyValue {
    let max = usize::try_from(max).unwrap_or(usize::MAX);
    if max == 0 || value.value.len() <= max {
        return value.clone();
    }
    let mut text = &value.value[..value.value.floor_char_boundary(max)];
    if is_html
        && let Some(open) = text.rfind('<')
        && !text[open..].contains('>')
    {
        text = &text[..open];
    }
    EmailBodyValue { value: text.to_owned(), is_truncated: true, ..*value }
}
