//! Trunk's last step before it publishes `dist/`. What Trunk leaves in its staging folder becomes what
//! the gateway serves:
//! 1. Inline scripts move into files: the Content-Security-Policy forbids them inline.
//! 2. `sw.js` is written from its template with the list of all files, so that one version of the
//!    app is cached as a whole or not at all.
//! 3. Each text gets a brotli sibling at the highest quality, which no server could afford on the fly.
//!
//! A development build gets a service worker with an empty list, which caches nothing.

use std::{
    env,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};

mod compress;
mod page;
mod precache;

/// Reads Trunk's environment and finishes its staging folder.
pub fn from_trunk() -> Result<()> {
    let staging = env::var_os("TRUNK_STAGING_DIR").map(PathBuf::from).context(
        "TRUNK_STAGING_DIR is not set: this step is called by `trunk build`; you may want `cargo xtask run`",
    )?;
    if env::var("TRUNK_PROFILE").as_deref() != Ok("release") {
        return precache::write_service_worker(&staging, &[]);
    }
    finish(&staging)
}

/// Makes a built page's folder what the gateway serves.
pub fn finish(folder: &Path) -> Result<()> {
    page::move_inline_scripts(folder)?;
    let list = precache::list(folder)?;
    precache::write_service_worker(folder, &list)?;
    compress::all(folder)
}
