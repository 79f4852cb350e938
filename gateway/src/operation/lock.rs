//! Who has a database: one `tornister serve` and any number of commands, or somebody who replaces the file.
//!
//! Two files stand beside it. `….lock` is held by who serves it; `….open.lock` is shared by everybody who has
//! it open, and held alone by who replaces it.

use std::{
    fs::{self, File, TryLockError},
    io,
    os::unix::fs::{MetadataExt as _, fchown},
    path::{Path, PathBuf},
};

const SERVED: &str = "lock";
const OPEN: &str = "open.lock";

/// Why the lock cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Somebody serves the database.
    #[error("another tornister serves {}; stop it first, such as with `systemctl stop tornister`", .0.display())]
    Running(PathBuf),
    /// A command has the database open.
    #[error(
        "another command has {path} open, such as `tornister school import --watch`; wait for its end or stop \
         it (`fuser -v {path}.open.lock` shows it), then try again",
        path = .0.display()
    )]
    Open(PathBuf),
    /// Somebody replaces the database.
    #[error("a backup is being put in the place of {}; try again when that has ended", .0.display())]
    Replacing(PathBuf),
    /// The file beside the database cannot be used.
    #[error("cannot lock {path}: {1}. Is its folder writable?", path = .0.display())]
    File(PathBuf, io::Error),
}

/// Held while a process has or replaces the database; the operating system lets go of it at the end.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

impl Lock {
    /// For who serves a database: nobody else does.
    ///
    /// # Errors
    /// [`LockError::Running`], [`LockError::File`].
    pub fn take(database: &Path) -> Result<Self, LockError> {
        hold(database, SERVED, File::try_lock, LockError::Running)
    }

    /// For who has a database open: nobody replaces it.
    ///
    /// # Errors
    /// [`LockError::Replacing`], [`LockError::File`].
    pub fn share(database: &Path) -> Result<Self, LockError> {
        hold(database, OPEN, File::try_lock_shared, LockError::Replacing)
    }

    /// For who replaces a database: nobody has it open.
    ///
    /// # Errors
    /// [`LockError::Running`], [`LockError::Open`], [`LockError::File`].
    pub fn replace(database: &Path) -> Result<Self, LockError> {
        // Who serves it has it open too, but is named here. A server of an older version holds nothing else.
        drop(Self::take(database)?);
        hold(database, OPEN, File::try_lock, LockError::Open)
    }
}

fn hold(
    database: &Path,
    name: &str,
    lock: fn(&File) -> Result<(), TryLockError>,
    held: fn(PathBuf) -> LockError,
) -> Result<Lock, LockError> {
    let path = database.with_added_extension(name);
    let wrong = |error| LockError::File(path.clone(), error);
    fs::create_dir_all(folder(&path)).map_err(wrong)?;
    let file = open(&path, database).map_err(wrong)?;
    match lock(&file) {
        Ok(()) => Ok(Lock { _file: file }),
        Err(TryLockError::WouldBlock) => Err(held(database.to_owned())),
        Err(TryLockError::Error(error)) => Err(wrong(error)),
    }
}

/// Opens the file, or makes it for whom the database belongs to: root's own would keep the service out.
fn open(path: &Path, database: &Path) -> io::Result<File> {
    match File::options().append(true).create_new(true).open(path) {
        Ok(file) => {
            let (user, group) = owner(database)?;
            // Who may not give it away is not root; whom it keeps out is told when they come.
            let _ = fchown(&file, Some(user), Some(group));
            Ok(file)
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => File::options().append(true).open(path),
        Err(error) => Err(error),
    }
}

/// User and group of a database, or of its folder where there is none yet.
pub(super) fn owner(database: &Path) -> io::Result<(u32, u32)> {
    let metadata = fs::metadata(database).or_else(|_| fs::metadata(folder(database)))?;
    Ok((metadata.uid(), metadata.gid()))
}

/// Where a file is or will be.
pub(super) fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}
