//! Mail in the forms in which other programs keep it: single messages, mbox, Maildir. Read one after the other,
//! so that a mailbox of many gigabytes needs no memory.

use std::{
    fs::File,
    io::{BufRead as _, BufReader},
    path::Path,
};

use mail_parser::mailbox::{
    maildir::{Flag, FolderIterator},
    mbox,
};
use tornister_protocol::time::UtcDate;

use super::{MailItem, files, mails::checked};
use crate::{mime::Message, report::Report};

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
        return (path.join("cur").is_dir() && path.join("new").is_dir()).then_some(MailFile::Maildir);
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
    for message in mbox::MessageIterator::new(BufReader::new(file)) {
        number += 1;
        let message = match message {
            Ok(message) => message,
            Err(error) => {
                return report.error(name, None, format!("mail {number}: {error}; the rest is not read"));
            }
        };
        let arrived = i64::try_from(message.internal_date()).unwrap_or_default();
        let written = UtcDate::from_unix_millis(arrived.saturating_mul(1000));
        let raw = message.unwrap_contents();
        if !add(raw, (name, &format!("mail {number}")), &folder, written, &[], report, found) {
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
    // Maildir++ begins the names of folders with a dot, Dovecot's own layout does not.
    let has_dots = std::fs::read_dir(path).is_ok_and(|mut entries| {
        entries.any(|entry| {
            entry.is_ok_and(|entry| {
                entry.file_name().to_string_lossy().starts_with('.') && entry.path().join("cur").is_dir()
            })
        })
    });
    let folders = match FolderIterator::new(path, has_dots.then_some(".")) {
        Ok(folders) => folders,
        Err(error) => return report.error(name, None, format!("{error}; check the folder's permissions")),
    };
    for messages in folders {
        let messages = match messages {
            Ok(messages) => messages,
            Err(error) => {
                report.error(name, None, format!("{error}; one folder is not read"));
                continue;
            }
        };
        let own = messages.name().map_or_else(|| "Inbox".to_owned(), folder_name);
        let folder = folder.unwrap_or(&own).to_owned();
        for message in messages {
            let message = match message {
                Ok(message) => message,
                Err(error) => {
                    report.error(name, None, format!("{folder}: {error}; one mail is not read"));
                    continue;
                }
            };
            let flags = message.flags().to_vec();
            if flags.contains(&Flag::Trashed) {
                continue;
            }
            let arrived = i64::try_from(message.internal_date()).unwrap_or_default();
            let written = UtcDate::from_unix_millis(arrived.saturating_mul(1000));
            let place = message.path().file_name().map(|name| name.to_string_lossy().into_owned());
            let place = format!("{folder}/{}", place.unwrap_or_default());
            if !add(message.unwrap_contents(), (name, &place), &folder, written, &flags, report, found) {
                return;
            }
        }
    }
}

fn add(
    raw: Vec<u8>,
    (name, place): (&str, &str),
    folder: &str,
    written: UtcDate,
    flags: &[Flag],
    report: &mut Report,
    found: &mut Found<'_>,
) -> bool {
    if raw.len() as u64 > files::MAX_BYTES {
        report.error(name, None, format!("{place}: larger than 100 MB; not read"));
        return true;
    }
    let mut own = Report::default();
    let mail = checked(raw, place, written, &mut own);
    for finding in own.findings {
        let message = format!("{}: {}", finding.path, finding.message);
        report.push(name, None, finding.severity, message);
    }
    let Some((mut mail, read)) = mail else { return true };
    mail.folder = folder.to_owned();
    mail.path = format!("{name}: {place}");
    mail.seen |= flags.contains(&Flag::Seen);
    mail.flagged |= flags.contains(&Flag::Flagged);
    mail.answered |= flags.contains(&Flag::Replied);
    mail.draft = flags.contains(&Flag::Draft) || folder == "Drafts";
    report.count(name, 1);
    found(mail, read)
}
