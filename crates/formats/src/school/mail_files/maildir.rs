//! Maildir: a folder with `cur` and `new`, a file for each mail in them, perhaps with folders in it.

use std::{
    io,
    path::{Path, PathBuf},
};

use super::{MAX_DEPTH, Trail};
use crate::report::Report;

/// A folder of mails.
pub(super) struct MailFolder {
    /// Such as `Schule.Mathe` or `Schule/Mathe`; none for the inbox.
    pub(super) name: Option<String>,
    path: PathBuf,
}

impl MailFolder {
    /// The files of its mails; a part of it that cannot be listed goes into the report, under `name`.
    pub(super) fn mails(&self, name: &str, report: &mut Report) -> Vec<PathBuf> {
        let mut mails = Vec::new();
        for part in ["cur", "new"] {
            match inside(&self.path.join(part)) {
                Ok(inside) => mails.extend(inside),
                Err(error) => {
                    let place = self.name.as_deref().unwrap_or("Inbox");
                    report.error(
                        name,
                        None,
                        format!("{place}/{part}: {error}; check the folder's permissions"),
                    );
                }
            }
        }
        mails.retain(|path| path.is_file() && file_name(path).is_some_and(|name| !name.starts_with('.')));
        mails
    }
}

/// Whether this is a Maildir, or a folder in one.
pub(super) fn is_one(path: &Path) -> bool {
    path.join("cur").is_dir() && path.join("new").is_dir()
}

/// The folders of a Maildir, its inbox first. What nobody can go into is in the report, under `name`.
pub(super) fn folders(path: &Path, name: &str, report: &mut Report) -> Vec<MailFolder> {
    // Maildir++ begins the names of folders with a dot, Dovecot's own layout does not.
    let is_dotted = inside(path).is_ok_and(|inside| {
        let mut dotted = inside.iter().filter(|path| file_name(path).is_some_and(|it| it.starts_with('.')));
        dotted.any(|path| path.join("cur").is_dir())
    });
    let mut folders = Vec::new();
    look((path, None), is_dotted, &mut Trail::new(MAX_DEPTH), name, report, &mut folders);
    folders
}

fn look(
    (path, own): (&Path, Option<&str>),
    is_dotted: bool,
    trail: &mut Trail,
    name: &str,
    report: &mut Report,
    folders: &mut Vec<MailFolder>,
) {
    let place = own.unwrap_or("Inbox");
    let went = trail.within(path, |trail| {
        if is_one(path) {
            folders.push(MailFolder { name: own.map(str::to_owned), path: path.to_owned() });
        }
        match inside(path) {
            Ok(inside) => {
                for path in inside.iter().filter(|path| path.is_dir()) {
                    let Some(sub) = sub_folder(path, is_dotted) else { continue };
                    let separator = if is_dotted { '.' } else { '/' };
                    let sub = own.map_or_else(|| sub.to_owned(), |own| format!("{own}{separator}{sub}"));
                    look((path.as_path(), Some(sub.as_str())), is_dotted, trail, name, report, folders);
                }
            }
            Err(error) => {
                report.error(name, None, format!("{place}: {error}; check the folder's permissions"));
            }
        }
    });
    if let Err(why) = went {
        report.warn(name, None, format!("{place}: {why}"));
    }
}

/// The name of a folder in a Maildir, if it is one for mails.
fn sub_folder(path: &Path, is_dotted: bool) -> Option<&str> {
    let name = file_name(path).filter(|name| !["cur", "new", "tmp"].contains(name))?;
    if is_dotted { name.strip_prefix('.') } else { Some(name) }
}

/// The letters at the end of a mail's file name, such as `FS` for flagged and seen.
pub(super) fn flags(file_name: &str) -> &str {
    let end = file_name.rsplit_once("2,").map_or("", |(_, end)| end);
    end.split(|letter: char| !letter.is_ascii_alphanumeric()).next().unwrap_or_default()
}

pub(super) fn file_name(path: &Path) -> Option<&str> {
    path.file_name().and_then(|name| name.to_str())
}

/// Everything in a folder, sorted.
fn inside(path: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = path.read_dir()?.map(|entry| entry.map(|entry| entry.path()));
    let mut inside = entries.collect::<io::Result<Vec<_>>>()?;
    inside.sort();
    Ok(inside)
}
