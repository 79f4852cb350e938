//! What structured header fields are made of (RFC 5322 §3.2).

use std::borrow::Cow;

/// White space within a line.
pub(super) fn is_blank(character: char) -> bool {
    matches!(character, ' ' | '\t')
}

/// A value on one line: line ends before white space go and the white space stays (§2.2.3). A line end
/// elsewhere is no fold, and counts as a blank.
pub(super) fn unfold(value: &str) -> Cow<'_, str> {
    if !value.contains(['\r', '\n']) {
        return Cow::Borrowed(value);
    }
    let mut line = String::with_capacity(value.len());
    for piece in value.split(['\r', '\n']).filter(|piece| !piece.is_empty()) {
        if !line.is_empty() && !piece.starts_with(is_blank) {
            line.push(' ');
        }
        line.push_str(piece);
    }
    Cow::Owned(line)
}

/// The comment or quoted string that a text begins with, without its delimiters, and what stands behind it;
/// `None` where it has no end.
pub(super) fn delimited(text: &str) -> Option<(&str, &str)> {
    let is_comment = text.starts_with('(');
    let (mut depth, mut is_escaped) = (0_usize, false);
    for (at, character) in text.char_indices().skip(1) {
        match character {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '(' if is_comment => depth += 1,
            ')' if is_comment && depth > 0 => depth -= 1,
            ')' if is_comment => return Some((text.get(1..at)?, text.get(at + 1..)?)),
            '"' if !is_comment => return Some((text.get(1..at)?, text.get(at + 1..)?)),
            _ => {}
        }
    }
    None
}

/// A value with a blank for each comment in it.
pub(super) fn without_comments(value: &str) -> Cow<'_, str> {
    if !value.contains('(') {
        return Cow::Borrowed(value);
    }
    let mut kept = String::with_capacity(value.len());
    let mut rest = value;
    while let Some(at) = rest.find(['(', '"']) {
        let (before, token) = rest.split_at(at);
        // Without an end it is none, nor is what follows, which is then not looked through again and again.
        let Some((_, behind)) = delimited(token) else { break };
        kept.push_str(before);
        let (skipped, _) = token.split_at(token.len() - behind.len());
        kept.push_str(if skipped.starts_with('"') { skipped } else { " " });
        rest = behind;
    }
    kept.push_str(rest);
    Cow::Owned(kept)
}

/// What stands in angle brackets, without white space. Comments and quoted strings outside of them do not
/// count.
pub(super) fn bracketed(value: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut marks: &[char] = &['<', '(', '"'];
    let mut rest = value;
    while let Some(at) = rest.find(marks) {
        let (_, token) = rest.split_at(at);
        if let Some(inner) = token.strip_prefix('<') {
            let Some((inner, behind)) = inner.split_once('>') else { break };
            found.push(inner.split_whitespace().collect::<String>());
            rest = behind;
        } else if let Some((_, behind)) = delimited(token) {
            rest = behind;
        } else {
            // What has no end is none, and nothing behind it is looked through again for one.
            (marks, rest) = (&['<'], token);
        }
    }
    found.retain(|inner| !inner.is_empty());
    found
}
