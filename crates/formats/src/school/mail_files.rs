//! Mail in the forms in which other programs keep it: single messages, mbox, Maildir. Read one after the other,
//! so that a mailbox of many gigabytes needs no memory.

mod maildir;
mod mbox;
mod trail;

use std::{
    fs::File,
    io::{BufRead as _, BufReader},
    path::Path,
};

use tornister_protocol::time::UtcDate;

use super::{MailItem, files, mails::checked};
use crate::{mime::Message, report::Report};
use mbox::Mbox;

pub use trail::Trail;

/// Folders in folders are looked through so deep.
pub const MAX_DEPTH: usize = 8;

/// Of a mail above [`files::MAX_BYTES`].
const TOO_LARGE: &str = "larger than 100 MB; not read";

/// How mail lies in a file or folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailFile {
    /// One message.
    Message,
    /// Many in one file, each after a line `From …`.
    Mbox,
    /// A folder with `cur` and `new`, perhaps with folders in it (Maildir++ or Dovecot's).
    Maildir,
}

/// How other programs call the folders that everybody has.
const STANDARD: [(&str, &[&str]); 5] = [
    ("Inbox", &["inbox", "posteingang", "mbox", "eingang"]),
    ("Sent", &["sent", "sent items", "sent messages", "gesendet", "gesendete objekte", "gesendete elemente"]),
    ("Drafts", &["drafts", "draft", "entwürfe", "entwurf"]),
    ("Archive", &["archive", "archives", "archiv"]),
    (
        "Trash",
        &[
            "trash",
            "deleted items",
            "deleted messages",
            "papierkorb",
            "gelöschte objekte",
            "gelöschte elemente",
        ],
    ),
];

/// What a file or folder is, if it is mail at all: by its name, else by its beginning.
#[must_use]
pub fn kind(path: &Path) -> Option<MailFile> {
    if path.is_dir() {
        return maildir::is_one(path).then_some(MailFile::Maildir);
    }
    let end = path.extension().and_then(|end| end.to_str()).unwrap_or_default().to_ascii_lowercase();
    match end.as_str() {
        "eml" => return Some(MailFile::Message),
        "mbox" | "mbx" => return Some(MailFile::Mbox),
        _ => {}
    }
    let mut start = Vec::new();
    let file = File::open(path).ok()?;
    BufReader::new(std::io::Read::take(file, 1024)).read_until(b'\n', &mut start).ok()?;
    start.starts_with(b"From ").then_some(MailFile::Mbox)
}

/// The name of the folder that everybody has, where this is one under another name.
#[must_use]
pub fn folder_name(name: &str) -> String {
    let plain = name.trim().trim_start_matches("INBOX.").to_lowercase();
    let standard = STANDARD.into_iter().find(|(_, names)| names.contains(&plain.as_str()));
    standard.map_or_else(|| name.trim().to_owned(), |(standard, _)| standard.to_owned())
}

/// Takes a mail and the same read; answers whether there may be more.
pub type Found<'f> = dyn FnMut(MailItem, Message) -> bool + 'f;

/// Reads all mails of a file or folder; each goes to `found`.
/// `folder` names their folder where it is given, else the file or the Maildir does. What cannot be read goes
/// into the report under `name`.
pub fn read(
    (path, name): (&Path, &str),
    kind: MailFile,
    folder: Option<&str>,
    report: &mut Report,
    found: &mut Found<'_>,
) {
    report.count(name, 0);
    match kind {
        MailFile::Message => message((path, name), folder, report, found),
        MailFile::Mbox => read_mbox((path, name), folder, report, found),
        MailFile::Maildir => read_maildir((path, name), folder, report, found),
    }
}

fn message((path, name): (&Path, &str), folder: Option<&str>, report: &mut Report, found: &mut Found<'_>) {
    let Some(raw) = files::read(path, name, report) else { return };
    let written = files::written_at(path).unwrap_or_else(|| UtcDate::from_unix_millis(0));
    if let Some((mut mail, read)) = checked(raw, name, written, report) {
        mail.folder = folder.unwrap_or("Inbox").to_owned();
        mail.draft = mail.folder == "Drafts";
        name.clone_into(&mut mail.path);
        report.count(name, 1);
        found(mail, read);
    }
}

fn read_mbox((path, name): (&Path, &str), folder: Option<&str>, report: &mut Report, found: &mut Found<'_>) {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) => return report.error(name, None, format!("{error}; check the file's permissions")),
    };
    let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or("Inbox");
    let folder = folder.map_or_else(|| folder_name(stem), str::to_owned);
    let mut number = 0;
    for mail in Mbox::new(BufReader::new(file), files::MAX_BYTES) {
        number += 1;
        let place = format!("mail {number}");
        let mail = match mail {
            Ok(mail) => mail,
            Err(error) => return report.error(name, None, format!("{place}: {error}; the rest is not read")),
        };
        let Some(raw) = mail.raw else {
            report.error(name, None, format!("{place}: {TOO_LARGE}"));
            continue;
        };
        if !add(raw, (name, &place), &folder, mail.arrived, "", report, found) {
            return;
        }
    }
    if number == 0 {
        report.error(name, None, "no mail: no line begins with \"From \"; export it as mbox again");
    }
}

fn read_maildir(
    (path, name): (&Path, &str),
    folder: Option<&str>,
    report: &mut Report,
    found: &mut Found<'_>,
) {
    for own in maildir::folders(path, name, report) {
        let own_name = || own.name.as_deref().map_or_else(|| "Inbox".to_owned(), folder_name);
        let folder = folder.map_or_else(own_name, str::to_owned);
        for path in own.mails(name, report) {
            let file = maildir::file_name(&path).unwrap_or_default();
            let flags = maildir::flags(file);
            // Thrown away by its reader, and not yet removed.
            if flags.contains('T') {
                continue;
            }
            let place = format!("{folder}/{file}");
            let written = files::written_at(&path).unwrap_or_else(|| UtcDate::from_unix_millis(0));
            let Some(raw) = whole(&path, (name, &place), report) else { continue };
            if !add(raw, (name, &place), &folder, written, flags, report, found) {
                return;
            }
        }
    }
}

/// The bytes of a mail's own file; none where that is in the report.
fn whole(path: &Path, (name, place): (&str, &str), report: &mut Report) -> Option<Vec<u8>> {
    if std::fs::metadata(path).is_ok_and(|metadata| metadata.len() > files::MAX_BYTES) {
        report.error(name, None, format!("{place}: {TOO_LARGE}"));
        return None;
    }
    let mut own = Report::default();
    let raw = files::read(path, place, &mut own);
    hand_on(own, name, report);
    raw
}

/// Puts what is to say about one mail into the report of the file or folder that it is in.
fn hand_on(own: Report, name: &str, report: &mut Report) {
    for finding in own.findings {
        let message = format!("{}: {}", finding.path, finding.message);
        report.push(name, None, finding.severity, message);
    }
}

/// Adds a mail; `flags` are a Maildir's letters. Answers whether there may be more.
fn add(
    raw: Vec<u8>,
    (name, place): (&str, &str),
    folder: &str,
    written: UtcDate,
    flags: &str,
    report: &mut Report,
    found: &mut Found<'_>,
) -> bool {
    let mut own = Report::default();
    let mail = checked(raw, place, written, &mut own);
    hand_on(own, name, report);
    let Some((mut mail, read)) = mail else { return true };
    mail.folder = folder.to_owned();
    mail.path = format!("{name}: {place}");
    mail.seen |= flags.contains('S');
    mail.flagged |= flags.contains('F');
    mail.answered |= flags.contains('R');
    mail.draft = flags.contains('D') || folder == "Drafts";
    report.count(name, 1);
    found(mail, read)
}
