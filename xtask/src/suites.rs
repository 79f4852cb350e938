//! All tests: natively, in documentation, in a browser, and end to end.

use std::{
    io::{BufRead as _, BufReader},
    process::{Command, Stdio},
};

use anyhow::{Context as _, Result, bail};

use crate::{app, corpora, setup, shell, tally::Tally, tools, workspace};

/// Builds what the tests start, runs all suites, also after one failed, and sums up.
pub fn all() -> Result<()> {
    setup::ensure(tools::FOR_TEST)?;
    app::build()?;
    app::build_gateway(false)?;
    let (mut tally, mut failed) = (Tally::default(), Vec::new());
    for (name, mut command) in [
        ("native and end to end", native()),
        ("documentation", shell::cargo(["test", "--workspace", "--doc"])),
        ("store in the browser", in_the_browser()?),
    ] {
        println!("{name} … `{}`", shell::describe(&command));
        if !counted(&mut command, &mut tally)? {
            failed.push(name);
        }
    }
    println!("{tally}");
    if !failed.is_empty() {
        bail!("failed: {}", failed.join("; "));
    }
    Ok(())
}

fn native() -> Command {
    let mut command = shell::cargo(["nextest", "run", "--workspace", "--no-fail-fast"]);
    command.env("TORNISTER_BIN", workspace::gateway("debug"));
    // Stories fail with errors that tell everything; a backtrace would hide them.
    command.env("RUST_LIB_BACKTRACE", "0");
    command.env("TORNISTER_JMAPC_PYTHON", tools::jmapc_python());
    command.env("TORNISTER_JMAP_JAM", tools::jmap_jam());
    command.env("TORNISTER_CORPORA", corpora::folder());
    command.env("TORNISTER_SCREENS", workspace::target().join("screens"));
    command
}

fn in_the_browser() -> Result<Command> {
    let mut command = shell::cargo(["test", "--package", "tornister-store"]);
    command.args(["--target", "wasm32-unknown-unknown"]);
    let runner = tools::wasm_bindgen_bin("wasm-bindgen-test-runner")?;
    command.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", runner);
    command.env("CHROMEDRIVER", shell::which("chromedriver").context("chromedriver is not on PATH")?);
    Ok(command)
}

/// Runs a suite, shows what it says and counts its tests; false where it failed.
fn counted(command: &mut Command, tally: &mut Tally) -> Result<bool> {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().with_context(|| format!("starting `{}`", shell::describe(command)))?;
    let (stdout, stderr) =
        (child.stdout.take().context("no stdout")?, child.stderr.take().context("no stderr")?);
    // Two threads: a full pipe would stop the suite.
    let errors = std::thread::spawn(move || show(stderr));
    let mut lines = show(stdout)?;
    match errors.join() {
        Ok(more) => lines.extend(more?),
        Err(_) => bail!("reading what the suite says went wrong"),
    }
    lines.iter().for_each(|line| tally.read(line));
    Ok(child.wait()?.success())
}

/// Prints each line as it comes, and keeps those that may be a summary.
fn show(stream: impl std::io::Read) -> Result<Vec<String>> {
    let mut summaries = Vec::new();
    for line in BufReader::new(stream).split(b'\n') {
        let line = String::from_utf8_lossy(&line?).into_owned();
        println!("{line}");
        if line.contains("test result:") || line.contains(" run:") {
            summaries.push(line);
        }
    }
    Ok(summaries)
}
