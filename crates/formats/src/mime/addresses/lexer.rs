//! What address lists are made of (RFC 5322 §3.2).

use crate::mime::{
    encoded_words,
    tokens::{delimited, is_blank},
};

/// Longer encoded words are not looked for; they may have 75 characters (RFC 2047 §2), but not all keep to it.
const MOST_WORD: usize = 1000;

pub(super) enum Token<'a> {
    /// White space.
    Gap,
    /// Without its parentheses.
    Comment(&'a str),
    /// With its quotes.
    Quoted(&'a str),
    /// Decoded.
    Encoded(String),
    /// An atom, which may have dots in it, or a domain literal.
    Atom(&'a str),
    /// One of `<>,;:@`.
    Special(char),
    End,
}

pub(super) struct Lexer<'a> {
    rest: &'a str,
}

impl<'a> Lexer<'a> {
    pub(super) fn new(line: &'a str) -> Self {
        Self { rest: line }
    }

    /// The next token; `None` where none may stand.
    pub(super) fn token(&mut self) -> Option<Token<'a>> {
        if let Some((text, behind)) = encoded(self.rest) {
            self.rest = behind;
            return Some(Token::Encoded(text));
        }
        self.written()
    }

    /// The same, without decoding words.
    pub(super) fn written(&mut self) -> Option<Token<'a>> {
        let Some(first) = self.rest.chars().next() else { return Some(Token::End) };
        Some(match first {
            ' ' | '\t' => {
                self.rest = self.rest.trim_start_matches(is_blank);
                Token::Gap
            }
            '(' => {
                let (inner, behind) = delimited(self.rest)?;
                self.rest = behind;
                Token::Comment(inner)
            }
            '"' => {
                let (_, behind) = delimited(self.rest)?;
                let quoted = self.take(self.rest.len() - behind.len());
                if quoted.contains(|c: char| c.is_control() && c != '\t') {
                    return None;
                }
                Token::Quoted(quoted)
            }
            '[' => {
                let end = self.rest.find(']')? + 1;
                let literal = self.take(end);
                if literal.contains(|c: char| c.is_control() || is_blank(c) || c == '\\') {
                    return None;
                }
                Token::Atom(literal)
            }
            '<' | '>' | ',' | ';' | ':' | '@' => {
                self.take(1);
                Token::Special(first)
            }
            _ => match self.rest.find(is_no_atom).unwrap_or(self.rest.len()) {
                0 => return None,
                end => Token::Atom(self.take(end)),
            },
        })
    }

    fn take(&mut self, length: usize) -> &'a str {
        let (taken, behind) = self.rest.split_at(length);
        self.rest = behind;
        taken
    }
}

/// RFC 5322 §3.2.3, but for the dot.
fn is_no_atom(character: char) -> bool {
    character.is_control() || " ()<>[]:;@\\,\"".contains(character)
}

/// The encoded word that a text begins with, and what stands behind it (RFC 2047 §5, rule 3).
fn encoded(text: &str) -> Option<(String, &str)> {
    let inner = text.strip_prefix("=?")?;
    let (near, _) = inner.split_at(inner.floor_char_boundary(MOST_WORD));
    let (near, _) = near.split_at(near.find(is_blank).unwrap_or(near.len()));
    let content = near.match_indices('?').nth(1).map(|(at, _)| at + 1)?;
    let end = near.get(content..)?.find("?=")?;
    let (token, behind) = text.split_at("=?".len() + content + end + "?=".len());
    let is_bounded = behind.is_empty() || behind.starts_with([' ', '\t', '<', ',', ';', ':', '(', '"']);
    is_bounded.then(|| encoded_words::word(token))?.map(|word| (word, behind))
}
