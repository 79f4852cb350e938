//! The way into folders in folders, where a link may lead back.

use std::path::{Path, PathBuf};

/// The folders around a place, the outermost first.
#[derive(Debug)]
pub struct Trail {
    /// By their real paths.
    folders: Vec<PathBuf>,
    max_depth: usize,
}

impl Trail {
    /// A way that leads through so many folders at most.
    #[must_use]
    pub fn new(max_depth: usize) -> Self {
        Self { folders: Vec::new(), max_depth }
    }

    /// Does something inside a folder.
    ///
    /// # Errors
    /// Why nobody goes there, in words for a report; nothing was done then.
    pub fn within<T>(
        &mut self,
        folder: &Path,
        inside: impl FnOnce(&mut Self) -> T,
    ) -> Result<T, &'static str> {
        let real = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
        if self.folders.contains(&real) {
            return Err("a link back to a folder around it; not read");
        }
        if self.folders.len() >= self.max_depth {
            return Err("too deep in folders; not read");
        }
        self.folders.push(real);
        let done = inside(self);
        self.folders.pop();
        Ok(done)
    }
}
