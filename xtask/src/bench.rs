//! The budgets. The measuring itself is a program of `tests/`, which knows browsers.

use anyhow::Result;

use crate::{app, setup, shell, tools, workspace};

/// Builds what ships, measures it, and fails where a budget is broken.
pub fn all() -> Result<()> {
    setup::ensure(tools::FOR_TEST)?;
    app::build()?;
    app::build_gateway(true)?;
    let mut command = shell::cargo(["run", "--quiet", "--package", "tornister-tests", "--bin", "bench"]);
    command.env("TORNISTER_BIN", workspace::gateway("release"));
    command.env("TORNISTER_BENCH", workspace::target().join("bench"));
    shell::run(&mut command)
}
