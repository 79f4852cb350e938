//! The places that the tasks read and write.

use std::path::{Path, PathBuf};

/// The repository's root.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."))
}

/// Where Cargo builds: `CARGO_TARGET_DIR`, or `target/`.
pub fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |dir| root().join(dir))
}

/// The built app, which the gateway's binary embeds.
pub fn dist() -> PathBuf {
    root().join("dist")
}

/// The gateway's program of a Cargo profile's folder, `debug` or `release`.
pub fn gateway(profile: &str) -> PathBuf {
    target().join(profile).join("tornister")
}

/// Where tools live that this workspace installs: outside of `target/`, so that `cargo clean` and a
/// fresh clone keep them.
pub fn tools() -> PathBuf {
    let cache = std::env::var_os("XDG_CACHE_HOME").filter(|dir| !dir.is_empty()).map(PathBuf::from);
    let cache = cache.or_else(|| std::env::home_dir().map(|home| home.join(".cache")));
    cache.unwrap_or_else(target).join("tornister/tools")
}
