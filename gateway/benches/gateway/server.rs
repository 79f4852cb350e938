//! Servers as processes of their own: bound to cores, watched by what the kernel counts of them.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    net::SocketAddr,
    process::{Child, Command, Stdio},
    time::Duration,
};

use anyhow::{Context as _, Result, bail};

/// Which cores something may use.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Cores {
    /// All there are.
    All,
    /// The first one: the server's, where it is measured on one core.
    First,
    /// All but the first: those of whoever asks.
    Others,
}

/// How many this machine has.
pub fn count() -> usize {
    fs::read_to_string("/proc/cpuinfo")
        .map_or(1, |text| text.lines().filter(|line| line.starts_with("processor")).count())
}

impl Cores {
    fn list(self) -> String {
        let last = count().saturating_sub(1);
        match self {
            Self::All => format!("0-{last}"),
            Self::First => "0".to_owned(),
            Self::Others if last == 0 => "0".to_owned(),
            Self::Others => format!("1-{last}"),
        }
    }
}

/// Binds this process and all its threads.
pub fn bind(cores: Cores) -> Result<()> {
    let mut command = Command::new("taskset");
    command.args(["-a", "-c", "-p", &cores.list(), &std::process::id().to_string()]);
    let output = command.output().context("starting taskset of util-linux")?;
    if !output.status.success() {
        bail!("taskset: {}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(())
}

/// A command on these cores.
pub fn command(program: &str, cores: Cores) -> Command {
    let mut command = Command::new("taskset");
    command.args(["-c", &cores.list(), program]).stdin(Stdio::null());
    command
}

/// A process that listens. It ends with this value.
pub struct Server {
    child: Child,
    /// Where.
    pub address: SocketAddr,
}

impl Server {
    /// Starts it and waits until it says where it listens.
    pub fn start(command: &mut Command) -> Result<Self> {
        let mut child = command.stdout(Stdio::piped()).spawn().context("starting a server")?;
        let output = child.stdout.take().context("a server without output")?;
        let mut lines = BufReader::new(output).lines();
        let address = lines.find_map(|line| line.ok()?.strip_prefix("listening on http://")?.parse().ok());
        let Some(address) = address else {
            let _ = child.kill();
            bail!("a server ended without listening ({})", child.wait()?);
        };
        // What it says later is read by nobody; a closed pipe would end it.
        std::thread::spawn(move || lines.for_each(drop));
        Ok(Self { child, address })
    }

    /// The processor's time that it has taken.
    pub fn cpu(&self) -> Result<Duration> {
        let stat = self.proc("stat")?;
        let fields: Vec<&str> =
            stat.rsplit_once(')').map(|(_, rest)| rest.split_whitespace().collect()).unwrap_or_default();
        let ticks: u64 = fields.iter().skip(11).take(2).filter_map(|ticks| ticks.parse::<u64>().ok()).sum();
        Ok(Duration::from_millis(ticks * 1000 / rustix::param::clock_ticks_per_second()))
    }

    /// Bytes in memory now.
    pub fn memory(&self) -> Result<f64> {
        self.status("VmRSS:")
    }

    /// The most bytes that were in memory.
    pub fn most_memory(&self) -> Result<f64> {
        self.status("VmHWM:")
    }

    fn status(&self, key: &str) -> Result<f64> {
        let status = self.proc("status")?;
        let value = status.lines().find_map(|line| line.strip_prefix(key)?.split_whitespace().next());
        let kilobytes: f64 = value.with_context(|| format!("no {key}"))?.parse()?;
        Ok(kilobytes * 1024.0)
    }

    fn proc(&self, file: &str) -> Result<String> {
        let path = format!("/proc/{}/{file}", self.child.id());
        fs::read_to_string(&path).with_context(|| format!("reading {path}"))
    }

    /// Ends it as an administrator would.
    pub fn stop(mut self) -> Result<()> {
        let pid = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(pid, rustix::process::Signal::TERM)?;
        self.child.wait()?;
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Errors mean that it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
