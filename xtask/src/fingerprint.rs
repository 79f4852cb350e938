//! Tells whether files changed since the last time, by their contents: checking out another branch
//! and coming back costs no build.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};
use sha2::{Digest as _, Sha256};

use crate::workspace;

/// Every file under `path` (or itself), in a stable order.
pub fn files(path: &Path) -> Result<Vec<PathBuf>> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let entries = fs::read_dir(path).with_context(|| format!("reading {}", path.display()))?;
    let mut paths = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    paths.sort();
    let nested = paths.iter().map(|path| files(path)).collect::<Result<Vec<_>>>()?;
    Ok(nested.concat())
}

/// One text for the names and contents of all files under these paths of the repository. A path that
/// does not exist counts as that.
pub fn of(paths: &[&str]) -> Result<String> {
    let mut hasher = Sha256::new();
    for path in paths.iter().map(|path| workspace::root().join(path)).filter(|path| path.exists()) {
        for file in files(&path)? {
            let contents = fs::read(&file).with_context(|| format!("reading {}", file.display()))?;
            let name = file.strip_prefix(workspace::root()).unwrap_or(&file);
            hasher.update(name.as_os_str().as_encoded_bytes());
            hasher.update([0]);
            hasher.update(Sha256::digest(contents));
        }
    }
    Ok(hex(&hasher.finalize()))
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
