//! Which parts are text, which are HTML, which are attachments: the algorithm of RFC 8621 §4.1.4.

use mail_parser::decoders::html::html_to_text;

use super::{BodyPart, structure::Tree, text};

/// The most characters of a preview (RFC 8621 §4.1.4).
const PREVIEW: usize = 256;

/// The three flat lists.
#[derive(Default)]
pub(super) struct Lists {
    pub(super) text: Vec<BodyPart>,
    pub(super) html: Vec<BodyPart>,
    pub(super) attachments: Vec<BodyPart>,
}

pub(super) fn sort(root: &BodyPart) -> Lists {
    let mut lists = Lists::default();
    lists.sort(std::slice::from_ref(root), "mixed", Within { alternative: false, text: true, html: true });
    lists
}

/// Where the parts at hand are, and which lists may still grow there.
#[derive(Clone, Copy)]
struct Within {
    alternative: bool,
    text: bool,
    html: bool,
}

impl Lists {
    fn sort(&mut self, parts: &[BodyPart], multipart: &str, mut within: Within) {
        let (texts, htmls) = (self.text.len(), self.html.len());
        for (index, part) in parts.iter().enumerate() {
            if let Some(children) = &part.sub_parts {
                let subtype = part.media_type.strip_prefix("multipart/").unwrap_or("mixed");
                let alternative = within.alternative || subtype == "alternative";
                self.sort(children, subtype, Within { alternative, ..within });
            } else if !is_inline(part, index, multipart) {
                self.attachments.push(part.clone());
            } else if multipart == "alternative" {
                match part.media_type.as_str() {
                    "text/plain" if within.text => self.text.push(part.clone()),
                    "text/html" if within.html => self.html.push(part.clone()),
                    _ => self.attachments.push(part.clone()),
                }
            } else {
                if within.alternative {
                    within.html &= part.media_type != "text/plain";
                    within.text &= part.media_type != "text/html";
                }
                if within.text {
                    self.text.push(part.clone());
                }
                if within.html {
                    self.html.push(part.clone());
                }
                if !(within.text && within.html) && is_media(part) {
                    self.attachments.push(part.clone());
                }
            }
        }
        if multipart == "alternative" && within.text && within.html {
            if texts == self.text.len() {
                self.text.extend_from_slice(&self.html[htmls..]);
            } else if htmls == self.html.len() {
                self.html.extend_from_slice(&self.text[texts..]);
            }
        }
    }

    /// The text's beginning, from the HTML where there is nothing else.
    pub(super) fn preview(&self, tree: &Tree) -> String {
        let readable = self.text.iter().filter_map(|part| {
            let value = &tree.values.get(part.part_id.as_ref()?)?.value;
            let text = if part.media_type == "text/html" { html_to_text(value) } else { value.clone() };
            Some(text::one_line(&text, PREVIEW))
        });
        readable.into_iter().find(|line| !line.is_empty()).unwrap_or_default()
    }

    /// Whether something is attached that no HTML shows in its own place.
    pub(super) fn has_attachment(&self, tree: &Tree) -> bool {
        let html = self.html.iter().filter(|part| part.media_type == "text/html");
        let html: Vec<&str> = html.map(|part| value(part, tree)).collect();
        let is_shown = |part: &BodyPart| {
            let cid = part.cid.as_deref().filter(|cid| !cid.is_empty());
            cid.is_some_and(|cid| html.iter().any(|html| html.contains(&format!("cid:{cid}"))))
        };
        self.attachments.iter().any(|part| !is_shown(part))
    }
}

fn value<'a>(part: &BodyPart, tree: &'a Tree) -> &'a str {
    let value = part.part_id.as_ref().and_then(|id| tree.values.get(id));
    value.map_or("", |value| &value.value)
}

fn is_media(part: &BodyPart) -> bool {
    ["image/", "audio/", "video/"].iter().any(|kind| part.media_type.starts_with(kind))
}

fn is_inline(part: &BodyPart, index: usize, multipart: &str) -> bool {
    let readable = matches!(part.media_type.as_str(), "text/plain" | "text/html") || is_media(part);
    let placed = index == 0 || multipart != "related" && (is_media(part) || part.name.is_none());
    part.disposition.as_deref() != Some("attachment") && readable && placed
}
