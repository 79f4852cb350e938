//! Child processes that do not outlive a test, whatever happens to it.

use std::{
    net::{Ipv4Addr, TcpListener},
    process::{Child, ChildStdout, Command, ExitStatus, Stdio},
};

use anyhow::{Context as _, Result};

/// A child with all its children: they share a process group, which ends with this value.
pub struct Group {
    child: Child,
}

impl Group {
    /// Starts `command` in a group of its own.
    pub fn start(command: &mut Command) -> Result<Self> {
        use std::os::unix::process::CommandExt as _;
        let child = command.stdin(Stdio::null()).process_group(0).spawn();
        Ok(Self { child: child.with_context(|| format!("starting {}", command.get_program().display()))? })
    }

    /// What it prints, where that was piped; once.
    pub fn stdout(&mut self) -> Option<ChildStdout> {
        self.child.stdout.take()
    }

    /// How it ended, if it has.
    pub fn ended(&mut self) -> Result<Option<ExitStatus>> {
        Ok(self.child.try_wait()?)
    }

    /// Kills all of it at once, as a power cut would.
    pub fn kill(&mut self) {
        // Errors mean that it has ended already. The group is negative for kill(1).
        let group = format!("-{}", self.child.id());
        let _ = Command::new("kill").args(["-KILL", "--", &group]).stderr(Stdio::null()).status();
        let _ = self.child.wait();
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.kill();
    }
}

/// A port of this machine's loopback that nobody listens on.
pub fn free_port() -> Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("finding a free port")?;
    Ok(listener.local_addr()?.port())
}
