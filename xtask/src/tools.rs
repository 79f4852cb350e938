//! The tools that the tasks need: which version, where they are, how they are installed.

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};

use anyhow::{Context as _, Result, bail};

use crate::{corpora, fingerprint, shell, workspace};

const TRUNK: &str = "0.21.14";
const BINARYEN: &str = "132.0.0";
const TERSER: &str = "5.51.2";
const CARGO_DENY: &str = "0.20.2";
const CARGO_FUZZ: &str = "0.13.2";
const NEXTEST: &str = "0.9.143";
const GECKODRIVER: &str = "0.37.1";
const JMAPC: &str = "0.4.0";
const JMAP_JAM: &str = "0.13.1";

/// A program of ours around a client of others', with a lock file of its own.
const JMAP_CLIENT: &str = "tests/clients/jmap_client";
const JMAP_CLIENT_SOURCES: &[&str] = &[
    "tests/clients/jmap_client/Cargo.lock",
    "tests/clients/jmap_client/Cargo.toml",
    "tests/clients/jmap_client/src",
];

/// Programs that chromedriver starts.
const BROWSERS: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// Programs that geckodriver starts.
const FIREFOXES: [&str; 2] = ["firefox-esr", "firefox"];

/// Something that must be there before a task can run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tool {
    WasmTarget,
    RustSource,
    LintComponents,
    Trunk,
    WasmBindgen,
    WasmOpt,
    Terser,
    Nextest,
    CargoDeny,
    Browser,
    Firefox,
    Geckodriver,
    WebKit,
    Corpora,
    Jmapc,
    JmapJam,
    JmapClient,
    CargoFuzz,
}

/// What building and serving the app needs.
pub const FOR_RUN: &[Tool] =
    &[Tool::WasmTarget, Tool::RustSource, Tool::Trunk, Tool::WasmBindgen, Tool::WasmOpt, Tool::Terser];

/// What checking needs.
pub const FOR_CHECK: &[Tool] = &[Tool::WasmTarget, Tool::LintComponents, Tool::CargoDeny];

/// What testing needs.
pub const FOR_TEST: &[Tool] = &[
    Tool::WasmTarget,
    Tool::RustSource,
    Tool::Trunk,
    Tool::WasmBindgen,
    Tool::WasmOpt,
    Tool::Terser,
    Tool::Nextest,
    Tool::Browser,
    Tool::Firefox,
    Tool::Geckodriver,
    Tool::WebKit,
    Tool::Corpora,
    Tool::Jmapc,
    Tool::JmapJam,
    Tool::JmapClient,
];

/// Everything.
pub const ALL: &[Tool] = &[
    Tool::WasmTarget,
    Tool::RustSource,
    Tool::LintComponents,
    Tool::Trunk,
    Tool::WasmBindgen,
    Tool::WasmOpt,
    Tool::Terser,
    Tool::Nextest,
    Tool::CargoDeny,
    Tool::Browser,
    Tool::Firefox,
    Tool::Geckodriver,
    Tool::WebKit,
    Tool::Corpora,
    Tool::Jmapc,
    Tool::JmapJam,
    Tool::JmapClient,
    Tool::CargoFuzz,
];

impl Tool {
    /// Name and version for people.
    pub fn label(self) -> Result<String> {
        Ok(match self {
            Self::WasmTarget => "Rust for wasm32-unknown-unknown".to_owned(),
            Self::RustSource => "Rust's standard library in source".to_owned(),
            Self::LintComponents => "clippy and rustfmt".to_owned(),
            Self::Trunk => format!("trunk {TRUNK}"),
            Self::WasmBindgen => format!("wasm-bindgen {}", locked_wasm_bindgen()?),
            Self::WasmOpt => format!("wasm-opt (binaryen {BINARYEN})"),
            Self::Terser => format!("terser {TERSER}"),
            Self::Nextest => format!("cargo-nextest {NEXTEST} or another"),
            Self::CargoDeny => format!("cargo-deny {CARGO_DENY}"),
            Self::Browser => "Chromium and chromedriver".to_owned(),
            Self::Firefox => "Firefox".to_owned(),
            Self::Geckodriver => format!("geckodriver {GECKODRIVER}"),
            Self::WebKit => "WebKitGTK's WebDriver and Xvfb".to_owned(),
            Self::Jmapc => format!("jmapc {JMAPC}"),
            Self::JmapJam => format!("jmap-jam {JMAP_JAM}"),
            Self::JmapClient => "jmap-client, of Stalwart".to_owned(),
            Self::CargoFuzz => format!("cargo-fuzz {CARGO_FUZZ}"),
            Self::Corpora => "mails and HTML from others' tests".to_owned(),
        })
    }

    /// Whether nothing is left to install. Looks for files only: the answer costs no time.
    pub fn is_there(self) -> Result<bool> {
        Ok(match self {
            Self::WasmTarget => sysroot()?.join("lib/rustlib/wasm32-unknown-unknown/lib").is_dir(),
            Self::RustSource => rust_library()?.join("Cargo.lock").is_file(),
            Self::LintComponents => {
                let bin = sysroot()?.join("bin");
                bin.join("cargo-clippy").exists() && bin.join("rustfmt").exists()
            }
            Self::Trunk => cargo_tool("trunk", TRUNK).join("bin/trunk").is_file(),
            Self::WasmBindgen => wasm_bindgen_bin("wasm-bindgen")?.is_file(),
            Self::WasmOpt => npm_tool("binaryen", BINARYEN).join("wasm-opt").exists(),
            Self::Terser => npm_tool("terser", TERSER).join("terser").exists(),
            Self::Nextest => shell::which("cargo-nextest").is_some(),
            Self::CargoDeny => cargo_tool("cargo-deny", CARGO_DENY).join("bin/cargo-deny").is_file(),
            Self::Browser => {
                BROWSERS.iter().any(|name| shell::which(name).is_some())
                    && shell::which("chromedriver").is_some()
            }
            Self::Firefox => FIREFOXES.iter().any(|name| shell::which(name).is_some()),
            Self::Geckodriver => cargo_tool("geckodriver", GECKODRIVER).join("bin/geckodriver").is_file(),
            Self::Corpora => corpora::folder().is_dir(),
            Self::Jmapc => jmapc_python().is_file(),
            Self::JmapClient => jmap_client()?.is_file(),
            Self::CargoFuzz => cargo_tool("cargo-fuzz", CARGO_FUZZ).join("bin/cargo-fuzz").is_file(),
            Self::JmapJam => jmap_jam().join("node_modules/jmap-jam").is_dir(),
            Self::WebKit => ["WebKitWebDriver", "Xvfb"].iter().all(|name| shell::which(name).is_some()),
        })
    }

    /// Installs it; shows what the installer says.
    pub fn install(self) -> Result<()> {
        match self {
            Self::WasmTarget => rustup(&["target", "add", "wasm32-unknown-unknown"]),
            Self::RustSource => rustup(&["component", "add", "rust-src"]),
            Self::LintComponents => rustup(&["component", "add", "clippy", "rustfmt"]),
            Self::Trunk => {
                let flags = ["--locked", "--no-default-features", "--features", "rustls"];
                cargo_install("trunk", "trunk", TRUNK, &flags)
            }
            // Not --locked: the lock file that it was published with names a version of
            // webpki-roots that is no longer to be had.
            Self::WasmBindgen => {
                cargo_install("wasm-bindgen", "wasm-bindgen-cli", &locked_wasm_bindgen()?, &[])
            }
            Self::WasmOpt => npm_install("binaryen", BINARYEN),
            Self::Terser => npm_install("terser", TERSER),
            Self::Nextest => {
                let flags = ["--locked", "--no-default-features", "--features", "default-no-update"];
                cargo_install("cargo-nextest", "cargo-nextest", NEXTEST, &flags)
            }
            Self::CargoDeny => cargo_install("cargo-deny", "cargo-deny", CARGO_DENY, &["--locked"]),
            Self::Browser => {
                debian_install("tests run in Chromium and its driver", &["chromium", "chromium-driver"])
            }
            Self::Firefox => debian_install("tests run in Firefox", &["firefox-esr"]),
            Self::Corpora => corpora::install(),
            Self::Jmapc => python_install("jmapc", JMAPC),
            Self::JmapJam => npm_install("jmap-jam", JMAP_JAM),
            Self::JmapClient => {
                let source = workspace::root().join(JMAP_CLIENT);
                let source = source.to_str().context("the repository's path is no text")?;
                install_into(&jmap_client_root()?, &["--path", source, "--locked"])
            }
            Self::CargoFuzz => cargo_install("cargo-fuzz", "cargo-fuzz", CARGO_FUZZ, &["--locked"]),
            Self::Geckodriver => cargo_install("geckodriver", "geckodriver", GECKODRIVER, &["--locked"]),
            Self::WebKit => debian_install(
                "tests run in WebKitGTK on a display of their own",
                &["webkit2gtk-driver", "xvfb"],
            ),
        }
    }
}

/// `PATH` with our tools in front of the system's.
pub fn search_path() -> OsString {
    static PATH: OnceLock<OsString> = OnceLock::new();
    PATH.get_or_init(|| {
        let wasm_bindgen = locked_wasm_bindgen().map(|version| cargo_tool("wasm-bindgen", &version));
        let ours = [
            Some(cargo_tool("trunk", TRUNK).join("bin")),
            wasm_bindgen.ok().map(|root| root.join("bin")),
            Some(npm_tool("binaryen", BINARYEN)),
            Some(npm_tool("terser", TERSER)),
            Some(cargo_tool("cargo-deny", CARGO_DENY).join("bin")),
            Some(cargo_tool("cargo-nextest", NEXTEST).join("bin")),
            Some(cargo_tool("geckodriver", GECKODRIVER).join("bin")),
            Some(cargo_tool("cargo-fuzz", CARGO_FUZZ).join("bin")),
        ];
        let system = std::env::var_os("PATH").unwrap_or_default();
        let all = ours.into_iter().flatten().chain(std::env::split_paths(&system));
        std::env::join_paths(all).unwrap_or_else(|_| system.clone())
    })
    .clone()
}

/// A program of the wasm-bindgen release that Cargo.lock names; generated code of another would not fit.
pub fn wasm_bindgen_bin(program: &str) -> Result<PathBuf> {
    Ok(cargo_tool("wasm-bindgen", &locked_wasm_bindgen()?).join("bin").join(program))
}

/// Rust's standard library in source.
pub fn rust_library() -> Result<PathBuf> {
    Ok(sysroot()?.join("lib/rustlib/src/rust/library"))
}

/// The Python that has jmapc.
pub fn jmapc_python() -> PathBuf {
    cargo_tool("jmapc", JMAPC).join("bin/python")
}

/// The folder in which npm has put jmap-jam.
pub fn jmap_jam() -> PathBuf {
    cargo_tool("jmap-jam", JMAP_JAM)
}

/// The program that tells a story by Stalwart's jmap-client.
pub fn jmap_client() -> Result<PathBuf> {
    Ok(jmap_client_root()?.join("bin/jmap-client-story"))
}

/// Another story is another tool.
fn jmap_client_root() -> Result<PathBuf> {
    Ok(cargo_tool("jmap-client-story", &fingerprint::of(JMAP_CLIENT_SOURCES)?[..12]))
}

fn cargo_tool(name: &str, version: &str) -> PathBuf {
    workspace::tools().join(format!("{name}-{version}"))
}

/// Where npm puts a package's programs.
fn npm_tool(name: &str, version: &str) -> PathBuf {
    cargo_tool(name, version).join("node_modules/.bin")
}

fn locked_wasm_bindgen() -> Result<String> {
    let lock = workspace::root().join("Cargo.lock");
    let text = std::fs::read_to_string(&lock).with_context(|| format!("{} is missing", lock.display()))?;
    version_in_lock(&text, "wasm-bindgen")
        .with_context(|| format!("{} names no wasm-bindgen: does app/ depend on leptos?", lock.display()))
}

/// Cargo writes `name` and `version` on neighbouring lines.
fn version_in_lock(lock: &str, package: &str) -> Option<String> {
    let (_, after) = lock.split_once(&format!("name = \"{package}\"\nversion = \""))?;
    after.split_once('"').map(|(version, _)| version.to_owned())
}

fn sysroot() -> Result<&'static PathBuf> {
    static SYSROOT: OnceLock<PathBuf> = OnceLock::new();
    if let Some(path) = SYSROOT.get() {
        return Ok(path);
    }
    let output =
        shell::output(Command::new("rustc").args(["--print", "sysroot"]).current_dir(workspace::root()))?;
    if !output.status.success() {
        bail!("`rustc --print sysroot` failed: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(SYSROOT.get_or_init(|| PathBuf::from(String::from_utf8_lossy(&output.stdout).trim())))
}

fn rustup(arguments: &[&str]) -> Result<()> {
    shell::run(shell::command("rustup").args(arguments))
        .context("Tornister needs a Rust that rustup installed (https://rustup.rs), or these parts by hand")
}

/// Installs a package of a registry.
fn cargo_install(name: &str, package: &str, version: &str, flags: &[&str]) -> Result<()> {
    install_into(&cargo_tool(name, version), &[&[package, "--version", version], flags].concat())
}

/// Installs into a folder of its own that appears only when whole. Quick to build rather than quick
/// to run: each tool runs for seconds only.
fn install_into(root: &Path, what: &[&str]) -> Result<()> {
    let partial = root.with_extension("partial");
    let build = workspace::tools().join("build");
    let mut command = shell::cargo(["install", "--force", "--root"]);
    command.arg(&partial).arg("--target-dir").arg(&build).args(what);
    command.envs([
        ("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1"),
        ("CARGO_PROFILE_RELEASE_LTO", "off"),
        ("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "64"),
        ("CARGO_PROFILE_RELEASE_DEBUG", "false"),
    ]);
    shell::run(&mut command)?;
    std::fs::rename(&partial, root).with_context(|| format!("moving {} into place", root.display()))?;
    std::fs::remove_dir_all(&build).with_context(|| format!("clearing {}", build.display()))
}

fn npm_install(name: &str, version: &str) -> Result<()> {
    let root = cargo_tool(name, version);
    let partial = root.with_extension("partial");
    std::fs::create_dir_all(&partial).with_context(|| format!("making {}", partial.display()))?;
    let mut command = shell::command("npm");
    command.args(["install", "--no-audit", "--no-fund", "--ignore-scripts", "--save-exact", "--prefix"]);
    shell::run(command.arg(&partial).arg(format!("{name}@{version}")))
        .with_context(|| format!("Tornister needs Node with npm for {name}"))?;
    std::fs::rename(&partial, &root).with_context(|| format!("moving {} into place", root.display()))
}

/// Into a virtual environment of its own, which cannot be moved once it is made; only a whole one stays.
fn python_install(name: &str, version: &str) -> Result<()> {
    let root = cargo_tool(name, version);
    let install = || {
        shell::run(shell::command("python3").args(["-m", "venv"]).arg(&root))?;
        let mut pip = shell::command(root.join("bin/python"));
        shell::run(pip.args(["-m", "pip", "install", "--quiet"]).arg(format!("{name}=={version}")))
    };
    install()
        .with_context(|| format!("Tornister's tests need Python 3 with venv and pip for {name}"))
        .inspect_err(|_| {
            // What is half there would count as installed.
            let _ = std::fs::remove_dir_all(&root);
        })
}

/// Debian's packages where we may install them, else what to install. `purpose` completes "…: install".
pub fn debian_install(purpose: &str, packages: &[&str]) -> Result<()> {
    let is_root = shell::output(Command::new("id").arg("-u")).is_ok_and(|id| id.stdout == b"0\n");
    if !is_root || shell::which("apt-get").is_none() {
        bail!(
            "{purpose}: install them so that their programs are on PATH (Debian: `apt install {}`)",
            packages.join(" ")
        );
    }
    let apt = |arguments: &[&str]| {
        let mut command = shell::command("apt-get");
        command.arg("--quiet").args(arguments).env("DEBIAN_FRONTEND", "noninteractive");
        shell::run(&mut command)
    };
    apt(&["update"])?;
    apt(&[&["install", "--yes", "--no-install-recommends"], packages].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lock_names_the_version_to_install() {
        let lock = "[[package]]\nname = \"wasm-bindgen-macro\"\nversion = \"0.1.0\"\n\n\
                    [[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.130\"\nsource = \"registry\"\n";
        assert_eq!(version_in_lock(lock, "wasm-bindgen").as_deref(), Some("0.2.130"));
        assert_eq!(version_in_lock(lock, "leptos"), None);
    }
}
