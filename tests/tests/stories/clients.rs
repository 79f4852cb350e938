//! Mail programs that others wrote come in with app passwords, and each does all that a mail needs.

use std::{path::Path, process::Command};

use anyhow::{Context as _, Result, ensure};
use tornister_tests::{demo, gateway::Gateway};

#[tokio::test]
async fn jmapc_reads_answers_and_sends() -> Result<()> {
    let gateway = Gateway::start().await?;
    let mut command = Command::new(set_up("TORNISTER_JMAPC_PYTHON")?);
    command.arg(script("jmapc_story.py")).arg(gateway.origin().replace("http://", ""));
    tell(&gateway, &mut command)
}

#[tokio::test]
async fn jmap_jam_reads_answers_sends_and_keeps_a_calendar() -> Result<()> {
    let gateway = Gateway::start().await?;
    let mut command = Command::new("node");
    command.arg(script("jmap_jam_story.mjs")).arg(set_up("TORNISTER_JMAP_JAM")?).arg(gateway.origin());
    tell(&gateway, &mut command)
}

#[tokio::test]
async fn jmap_client_reads_answers_sends_and_is_told() -> Result<()> {
    let gateway = Gateway::start().await?;
    let mut command = Command::new(set_up("TORNISTER_JMAP_CLIENT")?);
    command.arg(gateway.origin());
    tell(&gateway, &mut command)
}

/// Runs a story of two siblings.
fn tell(gateway: &Gateway, command: &mut Command) -> Result<()> {
    for login in [demo::PUPIL, demo::BROTHER] {
        command.arg(gateway.app_password(login.username)?);
    }
    command.arg(demo::BROTHERS_ADDRESS).arg("Brüderchen, komm");
    let output = command.output().with_context(|| format!("starting {}", command.get_program().display()))?;
    let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    ensure!(output.status.success() && said[0].trim() == "told", "{}{}\n{}", said[0], said[1], gateway.log());
    Ok(())
}

fn set_up(variable: &str) -> Result<std::ffi::OsString> {
    std::env::var_os(variable)
        .with_context(|| format!("{variable} names no client: run `cargo xtask test`, which installs it"))
}

fn script(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("clients").join(name)
}
