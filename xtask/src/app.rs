//! Builds the app into `dist/`, and the gateway around it.

use std::fs;

use anyhow::{Context as _, Result};

use crate::{assemble, fingerprint, shell, tools, workspace};

/// What the built app depends on.
const INPUTS: &[&str] = &[
    "Cargo.lock",
    "Cargo.toml",
    "Trunk.toml",
    "app",
    "crates/protocol",
    "crates/store",
    "crates/sync",
    "public",
    "rust-toolchain.toml",
    "service-worker",
    "xtask/src/app.rs",
    "xtask/src/assemble",
    "xtask/src/assemble.rs",
    "xtask/src/tools.rs",
];

/// Every byte crosses a school's network: the standard library is built for size and without its
/// texts for panics, which nobody on a phone could read, and views are erased to few types. This
/// needs unstable options of the compiler, hence a build folder of its own.
const SMALL: &[(&str, &str)] = &[
    ("RUSTC_BOOTSTRAP", "1"),
    ("CARGO_UNSTABLE_BUILD_STD", "std,panic_abort"),
    ("CARGO_UNSTABLE_BUILD_STD_FEATURES", "optimize_for_size"),
    (
        "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS",
        "--cfg erase_components -Zunstable-options -Cpanic=immediate-abort -Zlocation-detail=none -Zfmt-debug=none",
    ),
];

/// Builds the app as it ships, unless the one in `dist/` came from the same inputs.
pub fn build() -> Result<()> {
    let stamp = workspace::target().join("app.stamp");
    if fs::read_to_string(&stamp).is_ok_and(|last| state().is_ok_and(|now| now == last)) {
        println!("app … unchanged");
        return Ok(());
    }
    println!("app … building");
    fetch()?;
    let target = workspace::target().join("app");
    let mut trunk = shell::command("trunk");
    trunk
        .args(["build", "--release", "--offline"])
        .envs(SMALL.iter().copied())
        .env("CARGO_TARGET_DIR", target);
    shell::run(&mut trunk)?;
    assemble::finish(&workspace::dist())?;
    fs::create_dir_all(workspace::target())?;
    fs::write(&stamp, state()?).with_context(|| format!("writing {}", stamp.display()))
}

/// Has Cargo fetch all that the app's build compiles, the standard library's own dependencies too: Trunk works
/// without network, or it would bring tools of its own.
pub fn fetch() -> Result<()> {
    shell::run(&mut shell::cargo(["fetch", "--locked"]))?;
    let mut library = shell::cargo(["fetch", "--locked", "--manifest-path"]);
    library.arg(tools::rust_library()?.join("Cargo.toml")).env("RUSTC_BOOTSTRAP", "1");
    shell::run(&mut library)
}

/// Inputs and output: somebody may have built something else into `dist/`.
fn state() -> Result<String> {
    let rustc = shell::output(shell::command("rustc").arg("--version"))?;
    let rustc = String::from_utf8_lossy(&rustc.stdout).into_owned();
    Ok(format!("{rustc}{}\n{}\n", fingerprint::of(INPUTS)?, fingerprint::of(&["dist"])?))
}

/// Makes sure that the folder exists that the gateway embeds; it may be empty where nobody looks.
pub fn ensure_dist() -> Result<()> {
    let dist = workspace::dist();
    fs::create_dir_all(&dist).with_context(|| format!("making {}", dist.display()))
}

/// Builds the gateway, release or not.
pub fn build_gateway(release: bool) -> Result<()> {
    ensure_dist()?;
    let mut command = shell::cargo(["build", "--package", "tornister"]);
    if release {
        command.arg("--release");
    }
    shell::run(&mut command)
}
