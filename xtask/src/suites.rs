//! All tests: natively, in documentation, in browsers, end to end, and with made-up input.

use std::{
    io::{BufRead as _, BufReader},
    process::{Command, Stdio},
};

use anyhow::{Context as _, Result, bail};

use crate::{app, corpora, fuzz, setup, shell, tally::Tally, tools, workspace};

/// Each fuzz target runs so long, in seconds: enough to try what is kept and to look around a little.
const FUZZED: u32 = 10;

/// Builds what the tests start, runs all suites, also after one failed, and sums up.
pub fn all() -> Result<()> {
    setup::ensure(tools::FOR_TEST)?;
    app::build()?;
    app::build_gateway(false)?;
    let (mut tally, mut failed) = (Tally::default(), Vec::new());
    let suites = [
        ("native and end to end", native()?),
        ("documentation", shell::cargo(["test", "--workspace", "--doc"])),
        ("store in Chromium", in_the_browser(Engine::Chromium, &[], &[])?),
        ("store in Firefox", in_the_browser(Engine::Firefox, &[], &[])?),
        ("store in WebKitGTK", in_the_browser(Engine::WebKit, &[], &[])?),
    ];
    for (name, mut command) in suites {
        println!("{name} … `{}`", shell::describe(&command));
        if !counted(&mut command, &mut tally)? {
            failed.push(name);
        }
    }
    if let Err(error) = fuzz::run(None, FUZZED) {
        println!("{error:#}");
        failed.push("made-up input");
    }
    println!("{tally}");
    if !failed.is_empty() {
        bail!("failed: {}", failed.join("; "));
    }
    Ok(())
}

fn native() -> Result<Command> {
    let mut command = shell::cargo(["nextest", "run", "--workspace", "--no-fail-fast"]);
    command.env("TORNISTER_BIN", workspace::gateway("debug"));
    // Stories fail with errors that tell everything; a backtrace would hide them.
    command.env("RUST_LIB_BACKTRACE", "0");
    command.env("TORNISTER_JMAPC_PYTHON", tools::jmapc_python());
    command.env("TORNISTER_JMAP_JAM", tools::jmap_jam());
    command.env("TORNISTER_JMAP_CLIENT", tools::jmap_client()?);
    command.env("TORNISTER_CORPORA", corpora::folder());
    command.env("TORNISTER_SCREENS", workspace::target().join("screens"));
    Ok(command)
}

/// Where the store's tests run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    Chromium,
    Firefox,
    WebKit,
}

impl Engine {
    /// The variable by which wasm-bindgen's test runner is told its driver, and the driver. It knows no
    /// WebKitGTK, whose driver speaks as Safari's does.
    fn driver(self) -> (&'static str, &'static str) {
        match self {
            Self::Chromium => ("CHROMEDRIVER", "chromedriver"),
            Self::Firefox => ("GECKODRIVER", "geckodriver"),
            Self::WebKit => ("SAFARIDRIVER", "WebKitWebDriver"),
        }
    }
}

/// The store's tests in a browser, with further arguments of Cargo's and of the tests'.
pub fn in_the_browser(engine: Engine, of_cargo: &[&str], of_tests: &[&str]) -> Result<Command> {
    // WebKitGTK has no mode without a display.
    let mut command = if engine == Engine::WebKit {
        let mut command = shell::command("xvfb-run");
        command.args(["--auto-servernum", "cargo"]);
        command
    } else {
        shell::command("cargo")
    };
    command.args([
        "test",
        "--package",
        "tornister-store",
        "--target",
        "wasm32-unknown-unknown",
        "--test",
        "it",
    ]);
    command.args(of_cargo).arg("--").args(of_tests);
    let runner = tools::wasm_bindgen_bin("wasm-bindgen-test-runner")?;
    command.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", runner);
    // On a busy machine browsers take their time.
    command.env("WASM_BINDGEN_TEST_TIMEOUT", "120");
    let (variable, driver) = engine.driver();
    command.env(variable, shell::which(driver).with_context(|| format!("{driver} is not on PATH"))?);
    if engine == Engine::Firefox {
        let capabilities = workspace::root().join("crates/store/tests/firefox.json");
        command.env("WASM_BINDGEN_TEST_WEBDRIVER_JSON", capabilities);
    }
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
