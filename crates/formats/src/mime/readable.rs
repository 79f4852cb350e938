//! What there is to read in a message, for a search.

use std::collections::BTreeSet;

use mail_parser::decoders::html::html_to_text;

use super::{BodyPart, Message};

/// Bytes of an attached text; the rest of a long table is not searched.
const MOST_ATTACHED: usize = 256 * 1024;

impl Message {
    /// What there is to read, for a search: plain text, HTML without its tags, attached texts, and what
    /// attached messages say themselves.
    #[must_use]
    pub fn readable(&self) -> String {
        let mut readable = self.shown();
        for part in &self.attachments {
            match part.media_type.as_str() {
                "message/rfc822" | "message/global" => {
                    let id = part.part_id.as_deref().unwrap_or_default();
                    let inner = Self::parse(self.part_bytes(id).unwrap_or_default());
                    readable.push_str(inner.subject.as_deref().unwrap_or_default());
                    readable.push('\n');
                    readable.push_str(&inner.shown());
                }
                _ => self.read_part(part, MOST_ATTACHED, &mut readable),
            }
        }
        readable
    }

    /// The texts that are not attached.
    fn shown(&self) -> String {
        let mut readable = String::new();
        let mut seen = BTreeSet::new();
        let parts = self.text_body.iter().chain(&self.html_body);
        for part in parts.filter(|part| seen.insert(part.part_id.as_deref())) {
            self.read_part(part, usize::MAX, &mut readable);
        }
        readable
    }

    fn read_part(&self, part: &BodyPart, most: usize, readable: &mut String) {
        let value = part.part_id.as_ref().and_then(|id| self.body_values.get(id));
        let Some(value) = value.map(|value| value.value.as_str()) else { return };
        let (value, _) = value.split_at(value.floor_char_boundary(most));
        if part.media_type == "text/html" {
            readable.push_str(&html_to_text(value));
            read_attributes(value, readable);
        } else {
            readable.push_str(value);
        }
        readable.push('\n');
    }
}

/// What HTML says instead of a picture (`alt`) and beside other things (`title`).
fn read_attributes(html: &str, readable: &mut String) {
    for tag in html.split('<').skip(1) {
        let mut rest = tag;
        while let Some((before, after)) = rest.split_once('=') {
            let after = after.trim_start();
            let quote = after.chars().next().filter(|first| matches!(first, '"' | '\''));
            let (value, behind) = match quote {
                Some(quote) => {
                    let inner = after.split_at(1).1;
                    inner.split_once(quote).unwrap_or((inner, ""))
                }
                None => {
                    after.split_at(after.find(|c: char| c.is_whitespace() || c == '>').unwrap_or(after.len()))
                }
            };
            rest = behind;
            let name = before.trim_end().rsplit(|c: char| !c.is_ascii_alphanumeric() && c != '-').next();
            if name.is_some_and(|name| ["alt", "title"].iter().any(|known| name.eq_ignore_ascii_case(known)))
            {
                readable.push('\n');
                readable.push_str(&html_to_text(value));
            }
        }
    }
}
