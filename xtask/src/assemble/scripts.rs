//! Scripts without spaces and long names. Trunk's own minifier gives up on what wasm-bindgen writes.

use std::path::Path;

use anyhow::Result;

use crate::{fingerprint::files, shell};

/// Minifies every script in `folder`, all of which are modules. (The service worker's script is
/// written afterwards.)
pub fn minify(folder: &Path) -> Result<()> {
    for file in files(folder)? {
        if file.extension().is_some_and(|extension| extension == "js") {
            let mut terser = shell::command("terser");
            terser.arg(&file).args(["--module", "--compress", "passes=3", "--mangle", "--output"]).arg(&file);
            shell::run(&mut terser)?;
        }
    }
    Ok(())
}
