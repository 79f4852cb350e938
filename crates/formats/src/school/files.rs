//! Files under a school's folder, by paths relative to it; what cannot be opened goes into the report.

use std::{
    io::Read as _,
    path::{Path, PathBuf},
};

use tornister_protocol::time::UtcDate;

use crate::report::Report;

/// Larger files are not read: a school's largest mail stays far below.
pub(super) const MAX_BYTES: u64 = 100 * 1024 * 1024;

pub(super) struct Folder<'a> {
    root: &'a Path,
}

impl<'a> Folder<'a> {
    pub(super) fn new(root: &'a Path) -> Self {
        Self { root }
    }

    fn path(&self, relative: &str) -> PathBuf {
        relative
            .split('/')
            .filter(|part| !part.is_empty())
            .fold(self.root.to_owned(), |path, part| path.join(part))
    }

    /// The names in a folder, sorted; hidden ones are left out. A folder that does not exist is empty.
    pub(super) fn names(&self, relative: &str, report: &mut Report) -> Vec<String> {
        let entries = match std::fs::read_dir(self.path(relative)) {
            Ok(entries) => entries,
            Err(error) => {
                if error.kind() != std::io::ErrorKind::NotFound {
                    report.error(relative, None, format!("{error}; check the folder's permissions"));
                }
                return Vec::new();
            }
        };
        let mut names: Vec<String> = Vec::new();
        for entry in entries {
            match entry.map(|entry| entry.file_name().into_string()) {
                Ok(Ok(name)) if name.starts_with('.') => {}
                Ok(Ok(name)) => names.push(name),
                Ok(Err(name)) => {
                    let message = format!("{} is no UTF-8; rename it", name.to_string_lossy());
                    report.error(relative, None, message);
                }
                Err(error) => report.error(relative, None, error.to_string()),
            }
        }
        names.sort();
        names
    }

    /// The bytes of a file; `None`, with nothing in the report, where there is no such file.
    pub(super) fn bytes(&self, relative: &str, report: &mut Report) -> Option<Vec<u8>> {
        let path = self.path(relative);
        path.exists().then(|| read(&path, relative, report)).flatten()
    }

    pub(super) fn is_folder(&self, relative: &str) -> bool {
        self.path(relative).is_dir()
    }

    pub(super) fn written_at(&self, relative: &str) -> Option<UtcDate> {
        written_at(&self.path(relative))
    }
}

/// When a file was last written, where the file system knows.
pub(super) fn written_at(path: &Path) -> Option<UtcDate> {
    let time = std::fs::metadata(path).ok()?.modified().ok()?;
    let since = time.duration_since(std::time::UNIX_EPOCH).ok()?;
    Some(UtcDate::from_unix_millis(i64::try_from(since.as_secs()).ok()?.checked_mul(1000)?))
}

/// The bytes of a file; `None` where that is in the report, under `name`.
pub fn read(path: &Path, name: &str, report: &mut Report) -> Option<Vec<u8>> {
    let file = match std::fs::File::open(path) {
        Ok(file) => file,
        Err(error) => {
            report.error(name, None, format!("{error}; check the file's permissions"));
            return None;
        }
    };
    let mut bytes = Vec::new();
    match file.take(MAX_BYTES + 1).read_to_end(&mut bytes) {
        Ok(_) if bytes.len() as u64 <= MAX_BYTES => Some(bytes),
        Ok(_) => {
            report.error(name, None, "larger than 100 MB; not read. Split the file");
            None
        }
        Err(error) => {
            report.error(name, None, format!("{error}; not read"));
            None
        }
    }
}
