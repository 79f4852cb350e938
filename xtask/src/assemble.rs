//! The last step of a release build: what Trunk leaves in `dist/` becomes what the gateway serves.
//! 1. What scripts and WebAssembly call each other by becomes short.
//! 2. The app's script starts itself: the Content-Security-Policy forbids Trunk's inline start.
//! 3. The style sheets become one file.
//! 4. Scripts lose their spaces and long names.
//! 5. `sw.js` is written from its template with the list of all files, so that one version of the
//!    app is cached as a whole or not at all.
//! 6. Each text gets a brotli sibling at the highest quality, which no server could afford on the fly.
//!
//! A development build goes without: there `sw.js` is its own template, whose empty list caches nothing.

use std::path::Path;

use anyhow::Result;

mod compress;
mod names;
mod precache;
mod scripts;
mod start;
mod styles;

/// Finishes the app in this folder.
pub fn finish(dist: &Path) -> Result<()> {
    names::shorten(dist)?;
    start::fold(dist)?;
    styles::join(dist)?;
    scripts::minify(dist)?;
    let list = precache::list(dist)?;
    precache::write_service_worker(dist, &list)?;
    compress::all(dist)
}
