//! HTML made inert: no script, style, form, frame, remote picture or event handler. What is left is
//! text, tables, lists, links that open elsewhere, and the message's own pictures as `cid:`.

use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
    sync::LazyLock,
};

use ammonia::{Builder, UrlRelative};
use mail_parser::decoders::html::html_to_text;

const TAGS: [&str; 58] = [
    "a",
    "abbr",
    "b",
    "bdi",
    "bdo",
    "blockquote",
    "br",
    "caption",
    "center",
    "cite",
    "code",
    "col",
    "colgroup",
    "dd",
    "del",
    "dfn",
    "div",
    "dl",
    "dt",
    "em",
    "figcaption",
    "figure",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "i",
    "img",
    "ins",
    "kbd",
    "li",
    "mark",
    "ol",
    "p",
    "pre",
    "q",
    "s",
    "small",
    "span",
    "strike",
    "strong",
    "sub",
    "sup",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
    "tt",
    "u",
    "ul",
    "var",
    "wbr",
];

/// These go with everything in them; of other unknown elements the content stays.
const DROPPED_WHOLE: [&str; 14] = [
    "script", "style", "title", "noscript", "iframe", "object", "embed", "template", "textarea", "select",
    "svg", "math", "audio", "video",
];

static CLEANER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let attributes: [(&str, &[&str]); 9] = [
        ("a", &["href"]),
        ("bdo", &["dir"]),
        ("img", &["src", "alt", "width", "height"]),
        ("ol", &["start", "reversed", "type"]),
        ("col", &["span"]),
        ("colgroup", &["span"]),
        ("table", &["align"]),
        ("td", &["colspan", "rowspan", "align", "valign"]),
        ("th", &["colspan", "rowspan", "align", "valign", "scope"]),
    ];
    let attributes: HashMap<_, HashSet<_>> =
        attributes.into_iter().map(|(tag, names)| (tag, names.iter().copied().collect())).collect();
    let mut builder = Builder::empty();
    builder
        .tags(HashSet::from(TAGS))
        .clean_content_tags(HashSet::from(DROPPED_WHOLE))
        .tag_attributes(attributes)
        .generic_attributes(HashSet::from(["lang", "dir", "title"]))
        .url_schemes(HashSet::from(["http", "https", "mailto", "cid"]))
        .url_relative(UrlRelative::Deny)
        .strip_comments(true)
        .attribute_filter(|tag, attribute, value| {
            let is_own_picture = value.get(..4).is_some_and(|scheme| scheme.eq_ignore_ascii_case("cid:"));
            match (tag, attribute) {
                ("img", "src") => is_own_picture.then_some(Cow::Borrowed(value)),
                (_, "href") => (!is_own_picture).then_some(Cow::Borrowed(value)),
                _ => Some(Cow::Borrowed(value)),
            }
        })
        .link_rel(Some("noopener noreferrer"))
        .set_tag_attribute_value("a", "target", "_blank");
    builder
});

/// Elements inside elements beyond this depth are shown as plain text: the time to read HTML grows
/// with its length times its depth.
const MAX_DEPTH: usize = 300;

/// These are closed by what follows, or by nothing.
const UNCLOSED: [&str; 24] = [
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "wbr",
    "p", "li", "dd", "dt", "td", "th", "tr", "tbody", "thead", "tfoot", "option",
];

/// The inert HTML; the same for the same input.
pub(super) fn clean(html: &str) -> String {
    if is_too_deep(html) {
        return from_text(&html_to_text(html));
    }
    CLEANER.clean(html).to_string()
}

/// Whether more elements than allowed may be open at once; counts some too many, none too few.
fn is_too_deep(html: &str) -> bool {
    let mut open: HashMap<String, usize> = HashMap::new();
    let mut depth = 0;
    for tag in html.split('<').skip(1) {
        let (closes, tag) = tag.strip_prefix('/').map_or((false, tag), |tag| (true, tag));
        let end = tag.find(|character: char| !character.is_ascii_alphanumeric()).unwrap_or(tag.len());
        let name = tag.get(..end).unwrap_or_default().to_ascii_lowercase();
        if name.is_empty() || UNCLOSED.contains(&name.as_str()) {
            continue;
        }
        let count = open.entry(name).or_default();
        if !closes {
            *count += 1;
            depth += 1;
        } else if *count > 0 {
            *count -= 1;
            depth -= 1;
        }
        if depth > MAX_DEPTH {
            return true;
        }
    }
    false
}

/// Plain text as HTML that looks the same.
pub(super) fn from_text(text: &str) -> String {
    // Some old programs end lines with CR alone.
    let lines = ammonia::clean_text(text).replace("&#10;", "<br>").replace("&#13;", "<br>");
    format!("<div>{}</div>", lines.replace("&#32;", " "))
}

/// A picture that stands between the texts.
pub(super) fn picture(cid: &str) -> String {
    clean(&format!("<img src=\"cid:{}\">", ammonia::clean_text(cid)))
}
