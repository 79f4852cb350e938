//! Words, as a search compares them: in any case, with or without marks, German umlauts also as people type
//! them without a German keyboard.
//!
//! Folding keeps beginnings: what a word begins with, folds to what the folded word begins with.

use std::iter;

use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

/// A word of a text and where it stands, in bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// Folded.
    pub text: String,
    /// Where it begins.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
}

/// The words of a text. Where a script has no spaces, each character is a word.
#[must_use]
pub fn words(text: &str) -> Vec<Word> {
    let mut words = Vec::new();
    each(text, |start, end| {
        let mut folded = String::new();
        fold(&text[start..end], &mut folded);
        words.push(Word { text: folded, start, end });
    });
    words
}

/// All words of a text, folded, with one space between them.
#[must_use]
pub fn folded(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    each(text, |start, end| {
        if !folded.is_empty() {
            folded.push(' ');
        }
        fold(&text[start..end], &mut folded);
    });
    folded
}

/// Where each word begins and ends.
fn each(text: &str, mut found: impl FnMut(usize, usize)) {
    let mut start = None;
    for (at, character) in text.char_indices() {
        if is_in_word(character) {
            start.get_or_insert(at);
            continue;
        }
        if let Some(start) = start.take() {
            found(start, at);
        }
        if is_word_by_itself(character) {
            found(at, at + character.len_utf8());
        }
    }
    if let Some(start) = start {
        found(start, text.len());
    }
}

/// Most are ASCII, and no table is asked.
fn is_in_word(character: char) -> bool {
    if character.is_ascii() {
        return character.is_ascii_alphanumeric();
    }
    character.is_alphanumeric() && !is_word_by_itself(character) || is_combining_mark(character)
}

/// Chinese, Japanese; Korean has spaces, but also endings that nobody searches for.
fn is_word_by_itself(character: char) -> bool {
    matches!(character, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// `Müller`, `Mueller` and `Muller` fold to one word, `Straße` and `STRASSE` too.
fn fold(word: &str, folded: &mut String) {
    let begin = folded.len();
    let mut push = |character: char| match character {
        // The second half of an umlaut that was typed as two letters.
        'e' if folded[begin..].ends_with(['a', 'o', 'u']) => {}
        'ß' => folded.push_str("ss"),
        'æ' => folded.push('a'),
        'œ' | 'ø' => folded.push('o'),
        'ł' => folded.push('l'),
        'đ' => folded.push('d'),
        'ı' => folded.push('i'),
        // Half of what an old l with a dot becomes; the index of words has it for itself.
        '·' => {}
        _ => folded.push(character),
    };
    for character in word.chars() {
        match character {
            // Most characters, and what the tables would make of them.
            '\0'..='\x7f' => push(character.to_ascii_lowercase()),
            'ä' | 'Ä' => push('a'),
            'ö' | 'Ö' => push('o'),
            'ü' | 'Ü' => push('u'),
            _ => {
                for part in iter::once(character).nfkd().filter(|part| !is_combining_mark(*part)) {
                    part.to_lowercase().for_each(&mut push);
                }
            }
        }
    }
}

/// One thing that a search looks for: words that follow each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// Folded; never empty.
    pub words: Vec<String>,
    /// The last word may go on.
    pub is_prefix: bool,
}

/// What a text to look for means (RFC 8621 §4.4.1): white space divides, quotes keep together.
#[must_use]
pub fn terms(text: &str) -> Vec<Term> {
    let mut terms = Vec::new();
    let mut push = |text: &str, is_prefix: bool| {
        let words: Vec<String> = words(text).into_iter().map(|word| word.text).collect();
        if !words.is_empty() {
            terms.push(Term { words, is_prefix });
        }
    };
    let mut characters = text.chars();
    let mut token = String::new();
    while let Some(character) = characters.next() {
        match character {
            '"' | '\'' if token.is_empty() => {
                let rest = characters.as_str();
                match quoted(rest, character) {
                    Some((phrase, after)) => {
                        push(&phrase, false);
                        characters = rest[after..].chars();
                    }
                    None => token.push(' '),
                }
            }
            _ if character.is_whitespace() => push(&std::mem::take(&mut token), true),
            _ => token.push(character),
        }
    }
    push(&token, true);
    terms
}

/// A phrase up to its closing quote, without escapes, and where it ends.
fn quoted(text: &str, quote: char) -> Option<(String, usize)> {
    let mut phrase = String::new();
    let mut characters = text.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '\\' => phrase.extend(characters.next().map(|(_, escaped)| escaped)),
            _ if character == quote => return Some((phrase, at + quote.len_utf8())),
            _ => phrase.push(character),
        }
    }
    None
}

impl Term {
    /// Whether a text has this term.
    #[must_use]
    pub fn is_in(&self, words: &[Word]) -> bool {
        self.places(words).next().is_some()
    }

    /// Where in a text's words this term stands.
    fn places<'w>(&self, words: &'w [Word]) -> impl Iterator<Item = &'w [Word]> {
        let fits = |found: &&[Word]| {
            let last = self.words.len() - 1;
            found.iter().zip(&self.words).enumerate().all(|(at, (found, wanted))| {
                if self.is_prefix && at == last {
                    found.text.starts_with(wanted)
                } else {
                    found.text == *wanted
                }
            })
        };
        words.windows(self.words.len()).filter(fits)
    }
}

/// The bytes of a text that any of these terms match, in order, without overlaps.
#[must_use]
pub fn matches(text: &str, terms: &[Term]) -> Vec<(usize, usize)> {
    let words = words(text);
    let found =
        terms.iter().flat_map(|term| term.places(&words).map(|at| (at[0].start, at[at.len() - 1].end)));
    let mut found: Vec<(usize, usize)> = found.collect();
    found.sort_unstable();
    let mut merged: Vec<(usize, usize)> = Vec::new();
    for (start, end) in found {
        match merged.last_mut() {
            Some((_, last)) if start < *last => *last = end.max(*last),
            _ => merged.push((start, end)),
        }
    }
    merged
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn umlauts_cases_and_marks_do_not_matter() {
        for (one, other) in [
            ("Müller", "MUELLER"),
            ("Straße", "strasse"),
            ("Söğüt", "sogut"),
            ("Łódź", "lodz"),
            ("ﬁn", "fin"),
        ] {
            assert_eq!(folded(one), folded(other));
        }
        assert_eq!(folded("lena@schule.example, 7b"), "lena schule example 7b");
        assert_eq!(folded("再见Welt"), "再 见 welt");
    }

    #[test]
    fn what_begins_a_word_begins_the_folded_word() {
        for word in ["Mauer", "Müller", "Mueller", "Poesie", "neue", "Straße"] {
            let whole = folded(word);
            for (at, _) in word.char_indices().skip(1) {
                assert!(whole.starts_with(&folded(&word[..at])), "{word} {at}");
            }
        }
    }

    #[test]
    fn quotes_keep_words_together() {
        let term = |words: &[&str], is_prefix| Term {
            words: words.iter().map(|word| (*word).to_owned()).collect(),
            is_prefix,
        };
        assert_eq!(
            terms("Eis \"gelbe Wand\" x"),
            [term(&["eis"], true), term(&["gelbe", "wand"], false), term(&["x"], true)]
        );
        assert_eq!(terms("\"a\\\"b\" 'c d'"), [term(&["a", "b"], false), term(&["c", "d"], false)]);
        assert_eq!(terms("geht's"), [term(&["geht", "s"], true)]);
        assert_eq!(terms("\"offen"), [term(&["offen"], true)]);
        assert_eq!(terms(" - "), []);
    }

    #[test]
    fn matches_are_found_in_the_text_as_it_was() {
        let text = "Die Müllers und Frau Mueller";
        let found: Vec<&str> =
            matches(text, &terms("muller")).into_iter().map(|(a, b)| &text[a..b]).collect();
        assert_eq!(found, ["Müllers", "Mueller"]);
        assert_eq!(matches(text, &terms("\"frau muller\"")), [(17, 29)]);
    }
}
