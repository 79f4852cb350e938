//! What a path is: told by its name, else by how it begins.

use std::path::{Path, PathBuf};

use tornister_formats::{
    report::Report,
    school::{
        file_bytes,
        mail_files::{self, MAX_DEPTH, MailFile, Trail},
    },
    untis::Export,
};

/// Something that can be imported by itself.
pub enum Item {
    /// A folder with school.toml.
    School(PathBuf),
    /// A file of the timetable, by the name that reports use.
    Timetable(Export, String, Vec<u8>),
    /// An .ics file.
    Calendar {
        /// As reports name it.
        path: String,
        /// Its name without the end.
        key: String,
        bytes: Vec<u8>,
    },
    /// Mail.
    Mail {
        path: PathBuf,
        /// As reports name it.
        name: String,
        kind: MailFile,
    },
}

/// Everything under a path, none where there is no such path. What nobody knows goes into the report, and so
/// does that.
pub fn items(path: &Path, report: &mut Report) -> Option<Vec<Item>> {
    if let Err(error) = std::fs::metadata(path) {
        report.error(&path.display().to_string(), None, format!("cannot be read: {error}; check the path"));
        return None;
    }
    let mut items = Vec::new();
    sort(path, &mut Trail::new(MAX_DEPTH), report, &mut items);
    Some(items)
}

fn sort(path: &Path, trail: &mut Trail, report: &mut Report, items: &mut Vec<Item>) {
    let name = path.display().to_string();
    if path.join("school.toml").is_file() {
        return items.push(Item::School(path.to_owned()));
    }
    if let Some(kind) = mail_files::kind(path) {
        return items.push(Item::Mail { path: path.to_owned(), name, kind });
    }
    if path.is_dir() {
        let went = trail.within(path, |trail| folder(path, trail, report, items));
        return went.unwrap_or_else(|why| report.warn(&name, None, why));
    }
    let file = path.file_name().and_then(|file| file.to_str()).unwrap_or_default();
    let (key, end) = file.rsplit_once('.').unwrap_or((file, ""));
    if let Some(kind) = Export::of_name(file) {
        items.extend(file_bytes(path, &name, report).map(|bytes| Item::Timetable(kind, name, bytes)));
    } else if end.eq_ignore_ascii_case("ics") {
        let bytes = file_bytes(path, &name, report);
        items.extend(bytes.map(|bytes| Item::Calendar { path: name, key: key.to_owned(), bytes }));
    } else {
        let message = "neither mail (.eml, mbox, Maildir) nor a calendar (.ics) nor an Untis export such as \
                       GPU014.TXT; not read";
        report.warn(&name, None, message);
    }
}

fn folder(path: &Path, trail: &mut Trail, report: &mut Report, items: &mut Vec<Item>) {
    match std::fs::read_dir(path) {
        Ok(entries) => {
            let mut inside: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
            inside.retain(|path| !is_unfinished(path));
            inside.sort();
            inside.iter().for_each(|path| sort(path, trail, report, items));
        }
        Err(error) => {
            let name = path.display().to_string();
            report.error(&name, None, format!("{error}; check the folder's permissions"));
        }
    }
}

/// Hidden files, and those that programs write before they give them their name.
pub fn is_unfinished(path: &Path) -> bool {
    let name = path.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
    name.starts_with('.')
        || name.ends_with('~')
        || [".tmp", ".part", ".crdownload"].iter().any(|end| name.ends_with(end))
}
