//! A part's Content-Type (RFC 2045 §5), which may stand among the fields that the client gives.

use mail_builder::headers::content_type::ContentType;

use super::{Field, line, word};
use crate::mime::header;

/// The media type in a Content-Type field, lower case; `None` where it names none.
#[must_use]
pub fn media_type(field: &Field) -> Option<String> {
    read(field).map(|read| read.c_type.into_owned())
}

/// Takes the Content-Type out of a part's fields; the first one counts, as where it is read.
pub(super) fn take(headers: &mut Vec<(String, Field)>) -> Option<ContentType<'static>> {
    let is_type = |(name, _): &(String, Field)| name.eq_ignore_ascii_case("Content-Type");
    let given = headers.iter().find(|header| is_type(header)).and_then(|(_, field)| read(field));
    headers.retain(|header| !is_type(header));
    given
}

/// Says what only the writer knows, whatever the client says of it.
pub(super) fn set(media_type: &mut ContentType<'static>, name: &'static str, value: String) {
    media_type.attributes.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
    media_type.attributes.push((name.into(), value.into()));
}

/// Says what the client may have said already.
pub(super) fn add(media_type: &mut ContentType<'static>, name: &'static str, value: String) {
    if !media_type.attributes.iter().any(|(known, _)| known.eq_ignore_ascii_case(name)) {
        media_type.attributes.push((name.into(), value.into()));
    }
}

fn read(field: &Field) -> Option<ContentType<'static>> {
    let (Field::Raw(text) | Field::Text(text)) = field else { return None };
    let read = header::content_type(text)?;
    let name = format!("{}/{}", word(read.ctype()), word(read.subtype()?));
    let attributes = read.attributes().unwrap_or_default().iter();
    let attributes = attributes.map(|one| (word(&one.name), line(&one.value)));
    let written = ContentType::new(name.to_ascii_lowercase());
    Some(attributes.fold(written, |written, (name, value)| written.attribute(name, value)))
}
