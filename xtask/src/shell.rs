//! Child processes with errors that name the command and the remedy.

use std::{
    ffi::OsStr,
    path::PathBuf,
    process::{Command, Output, Stdio},
};

use anyhow::{Context as _, Result, bail};

use crate::{tools, workspace};

/// A command in the repository's root that finds our tools first.
pub fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(workspace::root()).env("PATH", tools::search_path());
    command
}

/// `cargo` with arguments.
pub fn cargo<const N: usize>(arguments: [&str; N]) -> Command {
    let mut command = command("cargo");
    command.args(arguments);
    command
}

/// The command as a person would type it.
pub fn describe(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

/// Runs to the end, its output going where ours goes.
pub fn run(command: &mut Command) -> Result<()> {
    let status = command.stdin(Stdio::null()).status().with_context(|| cannot_start(command))?;
    if !status.success() {
        bail!("`{}` failed ({status})", describe(command));
    }
    Ok(())
}

/// Runs to the end and gives its output.
pub fn output(command: &mut Command) -> Result<Output> {
    command.stdin(Stdio::null()).output().with_context(|| cannot_start(command))
}

/// The first program of this name on the search path.
pub fn which(program: &str) -> Option<PathBuf> {
    std::env::split_paths(&tools::search_path()).map(|dir| dir.join(program)).find(|path| path.is_file())
}

fn cannot_start(command: &Command) -> String {
    format!("`{}` could not be started; is {} installed?", describe(command), command.get_program().display())
}
