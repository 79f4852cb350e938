//! The budgets. The measuring itself is a program of `tests/`, which knows browsers, and one of `gateway/benches`.

use std::{fs, path::PathBuf};

use anyhow::{Context as _, Result};

use crate::{app, assemble, fingerprint, setup, shell, suites, suites::Engine, tools, workspace};

/// The one that is no program of `tests/`: it measures within the browsers, and has no budget.
const SEALING: &str = "sealing";

/// The gateway alone; what follows it are the names of its own benches.
const GATEWAY: &str = "gateway";

/// Builds what ships, measures what is named, or all, and fails where a budget is broken.
pub fn run(names: &[String]) -> Result<()> {
    if let Some((GATEWAY, arguments)) = names.split_first().map(|(first, rest)| (first.as_str(), rest)) {
        return gateway(arguments);
    }
    setup::ensure(tools::FOR_TEST)?;
    let (sealing, others): (Vec<_>, Vec<_>) = names.iter().partition(|name| *name == SEALING);
    if !sealing.is_empty() {
        for engine in [Engine::Chromium, Engine::Firefox, Engine::WebKit] {
            println!("{engine:?}");
            let tests = ["sealing_speed", "--include-ignored", "--nocapture"];
            shell::run(&mut suites::in_the_browser(engine, &["--release"], &tests)?)?;
        }
        if others.is_empty() {
            return Ok(());
        }
    }
    app::build()?;
    app::build_gateway(true)?;
    let mut command =
        shell::cargo(["run", "--quiet", "--package", "tornister-tests", "--bin", "bench", "--"]);
    command.args(others);
    command.env("TORNISTER_BIN", workspace::gateway("release"));
    command.env("TORNISTER_BENCH", workspace::target().join("bench"));
    command.env("TORNISTER_REFERENCE", build_reference()?);
    shell::run(&mut command)
}

/// Measures the gateway as it ships, with what the arguments name.
fn gateway(arguments: &[String]) -> Result<()> {
    app::build()?;
    let mut command = shell::cargo(["bench", "--package", "tornister", "--bench", "gateway", "--"]);
    command.args(arguments).arg("--save").arg(workspace::target().join("bench"));
    shell::run(&mut command)
}

/// The pages of plain JavaScript that the app is compared with, finished as the app is.
fn build_reference() -> Result<PathBuf> {
    let (source, folder) = (workspace::root().join("tests/reference"), workspace::target().join("reference"));
    if folder.exists() {
        fs::remove_dir_all(&folder).with_context(|| format!("clearing {}", folder.display()))?;
    }
    fs::create_dir_all(&folder).with_context(|| format!("making {}", folder.display()))?;
    for file in fingerprint::files(&source)? {
        fs::copy(&file, folder.join(file.strip_prefix(&source)?))
            .with_context(|| format!("copying {}", file.display()))?;
    }
    assemble::finish(&folder)?;
    Ok(folder)
}
