//! mbox: mails in one file, each after a line `From …`. No more is held of a mail than may be read of it, and
//! no more of a line than a piece.

use std::io::{self, BufRead, Read as _};

use mail_parser::mailbox::mbox::MessageIterator;
use tornister_protocol::time::UtcDate;

/// Longer lines are read piece by piece, in bytes.
const PIECE: u64 = 64 * 1024;

/// A mail of the file.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct MboxMail {
    /// As the line `From …` says, else 1970.
    pub(super) arrived: UtcDate,
    /// None where it is larger than the limit.
    pub(super) raw: Option<Vec<u8>>,
}

/// The mails of a file, one after the other.
pub(super) struct Mbox<R> {
    reader: R,
    /// A mail's largest size in bytes.
    limit: u64,
    /// What was read last: a line, or a piece of one.
    piece: Vec<u8>,
    /// Of the mail that has begun.
    arrived: Option<UtcDate>,
}

impl<R: BufRead> Mbox<R> {
    pub(super) fn new(reader: R, limit: u64) -> Self {
        Self { reader, limit, piece: Vec::new(), arrived: None }
    }

    /// Reads the next piece; answers whether it begins a line, none at the end of the file.
    fn step(&mut self) -> io::Result<Option<bool>> {
        let is_line = self.piece.last().is_none_or(|end| *end == b'\n');
        self.piece.clear();
        let read = self.reader.by_ref().take(PIECE).read_until(b'\n', &mut self.piece)?;
        Ok((read > 0).then_some(is_line))
    }
}

impl<R: BufRead> Iterator for Mbox<R> {
    type Item = io::Result<MboxMail>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut raw = Some(Vec::new());
        loop {
            let is_line = match self.step() {
                Ok(Some(is_line)) => is_line,
                Ok(None) => return self.arrived.take().map(|arrived| Ok(MboxMail { arrived, raw })),
                Err(error) => return Some(Err(error)),
            };
            if is_line && self.piece.starts_with(b"From ") {
                match self.arrived.replace(arrived(&self.piece)) {
                    Some(arrived) => return Some(Ok(MboxMail { arrived, raw })),
                    None => continue,
                }
            }
            if self.arrived.is_none() {
                continue;
            }
            let piece = if is_line { unquoted(&self.piece) } else { self.piece.as_slice() };
            raw = raw.filter(|raw: &Vec<u8>| raw.len() as u64 + piece.len() as u64 <= self.limit);
            if let Some(raw) = &mut raw {
                raw.extend_from_slice(piece);
            }
        }
    }
}

/// A line of a mail; one that begins with `From ` has a `>` before it in the file.
fn unquoted(line: &[u8]) -> &[u8] {
    let quotes = line.iter().take_while(|byte| **byte == b'>').count();
    if quotes > 0 && line[quotes..].starts_with(b"From ") { &line[1..] } else { line }
}

/// When a mail arrived, by its line `From …`.
fn arrived(line: &[u8]) -> UtcDate {
    let mail = MessageIterator::new(line).next().and_then(Result::ok);
    let seconds = mail.map_or(0, |mail| i64::try_from(mail.internal_date()).unwrap_or_default());
    UtcDate::from_unix_millis(seconds.saturating_mul(1000))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The mails of a text, as texts; none for those above the limit.
    fn mails(text: &str, limit: u64) -> Vec<Option<String>> {
        let mails = Mbox::new(text.as_bytes(), limit).map(|mail| mail.unwrap().raw);
        mails.map(|raw| raw.map(|raw| String::from_utf8(raw).unwrap())).collect()
    }

    #[test]
    fn mails_are_cut_at_their_first_lines_and_quoted_ones_are_restored() {
        let text = "not yet\nFrom a@b.example Sat Jan  3 01:05:34 1996\nOne\n\n\
                    From c@d.example Tue Aug  6 13:34:34 2002\nTwo\n>From hello\n>>From world\n> From\n>F";
        let expected =
            [Some("One\n\n".to_owned()), Some("Two\nFrom hello\n>From world\n> From\n>F".to_owned())];
        assert_eq!(mails(text, 1000), expected);
        let arrived: Vec<_> =
            Mbox::new(text.as_bytes(), 1000).map(|mail| mail.unwrap().arrived.to_string()).collect();
        assert_eq!(arrived, ["1996-01-03T01:05:34Z", "2002-08-06T13:34:34Z"]);
        assert!(mails("nothing\nof the kind\n", 1000).is_empty());
    }

    #[test]
    fn a_mail_above_the_limit_costs_its_neighbours_nothing() {
        let text = "From a\n12345678\nFrom b\n1234567\n8\n9\nFrom c\n1234567\n";
        assert_eq!(mails(text, 8), [None, None, Some("1234567\n".to_owned())]);
    }

    #[test]
    fn what_looks_like_a_first_line_in_the_middle_of_a_long_one_is_none() {
        let long = format!("{}From here\n", "x".repeat(usize::try_from(PIECE).unwrap()));
        let text = format!("From a\n{long}From b\nTwo\n");
        assert_eq!(mails(&text, 1_000_000), [Some(long), Some("Two\n".to_owned())]);
    }
}
