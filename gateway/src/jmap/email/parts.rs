//! Body parts on their way into a message (RFC 8621 §4.6).

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;
use tornister_formats::mime::{Content, Part, media_type};
use tornister_protocol::id::BlobId;

use super::headers::Fields;
use crate::{
    backend::{Object, Refusal},
    jmap::standard::typed,
};

/// Deeper multiparts are refused.
const MAX_DEPTH: usize = 20;

/// An EmailBodyPart as clients send it.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Wanted {
    part_id: Option<String>,
    blob_id: Option<BlobId>,
    size: Option<u64>,
    name: Option<String>,
    #[serde(rename = "type")]
    media_type: Option<String>,
    charset: Option<String>,
    disposition: Option<String>,
    cid: Option<String>,
    language: Option<Vec<String>>,
    location: Option<String>,
    sub_parts: Option<Vec<Object>>,
}

const PROPERTIES: [&str; 11] = [
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
    "subParts",
];

/// The properties that stand for fields of a part, and these fields.
const FIELDS: [(&str, &str); 7] = [
    ("type", "content-type"),
    ("charset", "content-type"),
    ("name", "content-disposition"),
    ("disposition", "content-disposition"),
    ("cid", "content-id"),
    ("language", "content-language"),
    ("location", "content-location"),
];

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct BodyValue {
    value: String,
    #[serde(default)]
    is_encoding_problem: bool,
    #[serde(default)]
    is_truncated: bool,
}

/// What parts take their contents from.
pub struct Sources {
    values: BTreeMap<String, String>,
    blobs: BTreeMap<BlobId, Vec<u8>>,
}

impl Sources {
    /// Reads `bodyValues`; `blobs` are the bytes of each blob that is named.
    pub fn read(body_values: Option<Value>, blobs: BTreeMap<BlobId, Vec<u8>>) -> Result<Self, Refusal> {
        let name = "bodyValues";
        let values: BTreeMap<String, BodyValue> = match body_values {
            None | Some(Value::Null) => BTreeMap::new(),
            Some(values) => typed(name, &values)?,
        };
        if values.values().any(|value| value.is_encoding_problem || value.is_truncated) {
            return Err(Refusal::property(name, "isEncodingProblem and isTruncated are false here"));
        }
        let values = values.into_iter().map(|(id, value)| (id, value.value)).collect();
        Ok(Self { values, blobs })
    }
}

/// The ids of the blobs that a part and those in it name.
pub fn each_blob(part: &mut Value, visit: &mut impl FnMut(&mut String)) {
    if let Some(Value::String(id)) = part.get_mut("blobId") {
        visit(id);
    }
    for inner in part.get_mut("subParts").and_then(Value::as_array_mut).into_iter().flatten() {
        each_blob(inner, visit);
    }
}

/// Understands a part. `property` is the Email's property that it is in; `outer` are the fields that the
/// message has already, for the outermost part.
pub fn part(
    property: &str,
    mut object: Object,
    sources: &Sources,
    outer: &Fields,
    depth: usize,
) -> Result<Part, Refusal> {
    let refuse = |description: &str| Err(Refusal::property(property, description));
    if depth > MAX_DEPTH {
        return refuse("too many parts inside parts");
    }
    if object.contains_key("headers") {
        return refuse("header fields are set one by one, not by 'headers'");
    }
    let mut fields = Fields::default();
    fields
        .take_all(&mut object)
        .map_err(|refusal| Refusal { properties: Some(vec![property.to_owned()]), ..refusal })?;
    if let Some(unknown) = object.keys().find(|name| !PROPERTIES.contains(&name.as_str())) {
        return refuse(&format!("a part has no property '{unknown}'"));
    }
    let is_set = |name: &str| object.get(name).is_some_and(|value| !value.is_null());
    if let Some((name, field)) = FIELDS.iter().find(|(name, field)| is_set(name) && fields.has(field)) {
        return refuse(&format!("'{name}' and the field {field} say the same"));
    }
    if fields.has("content-transfer-encoding") {
        return refuse("the server chooses the transfer encoding");
    }
    if fields.list.iter().any(|(name, _)| outer.has(name)) {
        return refuse("a field of the message stands in its outermost part, too");
    }
    let wanted: Wanted = typed(property, &Value::Object(object))?;
    let given = fields.list.iter().find(|(name, _)| name.eq_ignore_ascii_case("Content-Type"));
    let given = given.map(|(_, field)| media_type(field).unwrap_or_default());
    let given = given.or_else(|| wanted.media_type.as_deref().map(str::to_ascii_lowercase));
    if given.as_deref().is_some_and(|name| !is_media_type(name)) {
        return refuse("'type' is no media type, or the field Content-Type names none");
    }
    // What is given as a text is one, unless it says otherwise (RFC 8621 §4.1.4); other bytes may be anything.
    let is_text = wanted.part_id.is_some() || property == "textBody";
    let default_type = if is_text { "text/plain" } else { "application/octet-stream" };
    let media_type = given.unwrap_or_else(|| default_type.to_owned());
    let content = match (&wanted.part_id, &wanted.blob_id, wanted.sub_parts) {
        (Some(id), None, None) => {
            if wanted.charset.is_some() || wanted.size.is_some() {
                return refuse("'charset' and 'size' do not go with 'partId'");
            }
            if !media_type.starts_with("text/") {
                return refuse("only a text can be given as a body value");
            }
            let Some(value) = sources.values.get(id) else {
                return refuse(&format!("no body value has the id '{id}'"));
            };
            Content::Text(value.clone())
        }
        (None, Some(id), None) if !media_type.starts_with("multipart/") => {
            Content::Bytes(sources.blobs.get(id).cloned().unwrap_or_default())
        }
        (None, None, Some(inner)) if media_type.starts_with("multipart/") => {
            let nothing = Fields::default();
            let inner = inner.into_iter().map(|object| part(property, object, sources, &nothing, depth + 1));
            Content::Parts(inner.collect::<Result<_, _>>()?)
        }
        _ => return refuse("a part has a partId, a blobId, or as a multipart its subParts"),
    };
    Ok(Part {
        media_type,
        content,
        name: wanted.name,
        charset: wanted.charset,
        disposition: wanted.disposition,
        cid: wanted.cid,
        language: wanted.language.unwrap_or_default(),
        location: wanted.location,
        headers: fields.list,
    })
}

fn is_media_type(name: &str) -> bool {
    let is_token = |text: &str| {
        !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&b))
    };
    name.split_once('/').is_some_and(|(kind, subtype)| is_token(kind) && is_token(subtype))
}

/// Puts texts and attachments together (RFC 8621 §4.1.4, the other way round): what a text shows stands
/// beside it, all else after it.
pub fn assemble(text: Option<Part>, html: Option<Part>, attachments: Vec<Part>) -> Part {
    let multipart = |kind: &str, parts: Vec<Part>| Part::new(kind, Content::Parts(parts));
    let has_html = html.is_some();
    let is_shown =
        |part: &Part| has_html && part.cid.is_some() && part.disposition.as_deref() == Some("inline");
    let (shown, beside): (Vec<Part>, Vec<Part>) = attachments.into_iter().partition(is_shown);
    let html = html.map(|html| {
        if shown.is_empty() {
            return html;
        }
        multipart("multipart/related", std::iter::once(html).chain(shown).collect())
    });
    let body = match (text, html) {
        (Some(text), Some(html)) => Some(multipart("multipart/alternative", vec![text, html])),
        (text, html) => text.or(html),
    };
    let empty = || Part::new("text/plain", Content::Text(String::new()));
    if beside.is_empty() {
        return body.unwrap_or_else(empty);
    }
    multipart("multipart/mixed", body.into_iter().chain(beside).collect())
}
