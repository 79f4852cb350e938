//! One `tornister serve` for each database: whoever replaces the file has to know that nobody serves it.

use std::{
    fs::{File, TryLockError},
    path::{Path, PathBuf},
};

/// Why the lock cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Somebody serves the database.
    #[error("another tornister serves {}; stop it first, such as with `systemctl stop tornister`", .0.display())]
    Running(PathBuf),
    /// The file beside the database cannot be used.
    #[error("cannot lock {path}: {1}. Is its folder writable?", path = .0.display())]
    File(PathBuf, std::io::Error),
}

/// Held while a process serves or replaces the database; the operating system lets go of it at the end.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the lock of a database.
    ///
    /// # Errors
    /// See [`LockError`].
    pub fn take(database: &Path) -> Result<Self, LockError> {
        let path = database.with_added_extension("lock");
        let wrong = |error| LockError::File(path.clone(), error);
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(wrong)?;
        }
        let file = File::options().create(true).append(true).open(&path).map_err(wrong)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(LockError::Running(database.to_owned())),
            Err(TryLockError::Error(error)) => Err(wrong(error)),
        }
    }
}
