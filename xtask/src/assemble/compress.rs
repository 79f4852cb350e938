//! Brotli siblings (`app.js.br` beside `app.js`), which the gateway serves to browsers that take them.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};
use brotli::enc::BrotliEncoderParams;
use sha2::{Digest as _, Sha256};

use crate::{
    fingerprint::{files, hex},
    workspace,
};

/// What compresses; pictures are compressed already.
const TEXTS: [&str; 8] = ["css", "html", "js", "json", "svg", "txt", "wasm", "webmanifest"];

/// Compresses every text in `folder`. Quality 11 takes seconds for the wasm, so results are kept by
/// content under `target/`.
pub fn all(folder: &Path) -> Result<()> {
    let cache = workspace::target().join("brotli");
    fs::create_dir_all(&cache).with_context(|| format!("making {}", cache.display()))?;
    for file in files(folder)? {
        if !file.extension().and_then(|extension| extension.to_str()).is_some_and(|e| TEXTS.contains(&e)) {
            continue;
        }
        let contents = fs::read(&file).with_context(|| format!("reading {}", file.display()))?;
        let compressed = cached(&cache, &contents)?;
        if compressed.len() < contents.len() {
            let sibling = PathBuf::from(format!("{}.br", file.display()));
            fs::write(&sibling, compressed).with_context(|| format!("writing {}", sibling.display()))?;
        }
    }
    Ok(())
}

fn cached(cache: &Path, contents: &[u8]) -> Result<Vec<u8>> {
    let kept = cache.join(hex(&Sha256::digest(contents)));
    if let Ok(compressed) = fs::read(&kept) {
        return Ok(compressed);
    }
    let compressed = brotli(contents)?;
    // Renamed into place: an interrupted build leaves no half file behind.
    let partial = kept.with_extension("partial");
    fs::write(&partial, &compressed)?;
    fs::rename(&partial, &kept).with_context(|| format!("writing {}", kept.display()))?;
    Ok(compressed)
}

fn brotli(contents: &[u8]) -> Result<Vec<u8>> {
    let params =
        BrotliEncoderParams { quality: 11, lgwin: 22, size_hint: contents.len(), ..Default::default() };
    let mut compressed = Vec::new();
    brotli::BrotliCompress(&mut &*contents, &mut compressed, &params)?;
    Ok(compressed)
}
