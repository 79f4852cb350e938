//! `build`, `run` and `dev`: the demo school on this machine.

use std::{
    os::unix::process::CommandExt as _,
    process::{Child, Command},
    thread,
    time::Duration,
};

use anyhow::{Context as _, Result, bail};

use crate::{app, setup, shell, tools, workspace};

/// Where `dev` puts the gateway; Trunk.toml's proxies name the same port.
const DEV_GATEWAY_PORT: u16 = 8081;

/// Builds what ships.
pub fn build(app_only: bool) -> Result<()> {
    setup::ensure(tools::FOR_RUN)?;
    app::build()?;
    if app_only { Ok(()) } else { app::build_gateway(true) }
}

/// Builds what ships and becomes the gateway.
pub fn run(port: u16) -> Result<()> {
    build(false)?;
    let mut command = gateway("release", "data/demo.sqlite", port)?;
    Err(command.exec()).with_context(|| format!("starting `{}`", shell::describe(&command)))
}

/// Gateway and Trunk side by side until one of them ends. Trunk builds the page again with each
/// change and passes on what is the gateway's.
pub fn dev() -> Result<()> {
    setup::ensure(tools::FOR_RUN)?;
    app::fetch()?;
    app::build_gateway(false)?;
    let mut gateway = Running::start("gateway", &mut gateway("debug", "data/dev.sqlite", DEV_GATEWAY_PORT)?)?;
    let dist = workspace::target().join("dev-dist");
    let mut trunk = shell::command("trunk");
    trunk.args(["serve", "--offline", "--dist"]).arg(dist);
    let mut trunk = Running::start("trunk", &mut trunk)?;
    println!("live reload … http://localhost:8080");
    loop {
        gateway.check()?;
        trunk.check()?;
        thread::sleep(Duration::from_millis(200));
    }
}

/// The gateway with the demo school and its database in `data/`.
fn gateway(profile: &str, database: &str, port: u16) -> Result<Command> {
    let database = workspace::root().join(database);
    if let Some(folder) = database.parent() {
        std::fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display()))?;
    }
    let mut command = shell::command(workspace::gateway(profile));
    command.args(["serve", "--demo", "demo", "--listen", &format!("127.0.0.1:{port}"), "--database"]);
    command.arg(database);
    Ok(command)
}

/// A child that ends with us.
struct Running {
    name: &'static str,
    child: Child,
}

impl Running {
    fn start(name: &'static str, command: &mut Command) -> Result<Self> {
        let child = command.spawn().with_context(|| format!("starting `{}`", shell::describe(command)))?;
        Ok(Self { name, child })
    }

    fn check(&mut self) -> Result<()> {
        if let Some(status) = self.child.try_wait()? {
            bail!("{} ended ({status})", self.name);
        }
        Ok(())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // An error means that it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
