//! Everything that can be judged without running the product.

use std::{
    process::{Command, Stdio},
    thread,
    time::Duration,
};

use anyhow::{Result, bail};

use crate::{app, setup, shell, tools};

const ADVISORIES: &str = "https://github.com/rustsec/advisory-db";

/// The packages that also run in the browser.
const IN_THE_BROWSER: [&str; 6] = [
    "--target=wasm32-unknown-unknown",
    "--package=tornister-app",
    "--package=tornister-worker",
    "--package=tornister-store",
    "--package=tornister-sync",
    "--package=tornister-protocol",
];

/// The one package whose tests run there.
const STORE_TESTS: [&str; 3] =
    ["--target=wasm32-unknown-unknown", "--package=tornister-store", "--all-targets"];

/// Runs all checks, also after one failed, and sums up.
pub fn all() -> Result<()> {
    setup::ensure(tools::FOR_CHECK)?;
    app::ensure_dist()?;
    let mut checks = vec![
        ("format", shell::cargo(["fmt", "--all", "--check"])),
        ("clippy", clippy(&["--workspace", "--all-targets"])),
        ("clippy for the browser", clippy(&IN_THE_BROWSER)),
        ("clippy for tests in the browser", clippy(&STORE_TESTS)),
        ("documentation", {
            let mut command = shell::cargo(["doc", "--workspace", "--no-deps", "--document-private-items"]);
            command.env("RUSTDOCFLAGS", "-D warnings");
            command
        }),
        ("licences, bans, sources", shell::cargo(["deny", "check", "licenses", "bans", "sources"])),
    ];
    if can_reach_advisories() {
        checks.push(("advisories", shell::cargo(["deny", "check", "advisories"])));
    } else {
        println!("advisories … not checked: {ADVISORIES} cannot be reached from here");
    }
    sum_up(checks)
}

fn clippy(what: &[&str]) -> Command {
    let mut command = shell::cargo(["clippy"]);
    command.args(what).args(["--", "-D", "warnings"]);
    command
}

fn sum_up(checks: Vec<(&str, Command)>) -> Result<()> {
    let total = checks.len();
    let mut failed = Vec::new();
    for (name, mut command) in checks {
        println!("{name} … `{}`", shell::describe(&command));
        if let Err(error) = shell::run(&mut command) {
            println!("{name} … {error}");
            failed.push(name);
        }
    }
    if !failed.is_empty() {
        bail!("{} of {total} checks failed: {}", failed.len(), failed.join(", "));
    }
    println!("{total} checks passed");
    Ok(())
}

/// Asks for the database's newest commit, for ten seconds at most.
fn can_reach_advisories() -> bool {
    let mut command = shell::command("git");
    command.args(["ls-remote", "--exit-code", ADVISORIES, "HEAD"]).env("GIT_TERMINAL_PROMPT", "0");
    let Ok(mut child) = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()
    else {
        return false;
    };
    for _ in 0..100 {
        if let Ok(Some(status)) = child.try_wait() {
            return status.success();
        }
        thread::sleep(Duration::from_millis(100));
    }
    // An error means that it has ended just now.
    let _ = child.kill();
    let _ = child.wait();
    false
}
