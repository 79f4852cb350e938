//! The gateway's binary with the demo school, on one address and one database for a whole story.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use anyhow::{Context as _, Result, bail, ensure};
use tempfile::TempDir;

use crate::{
    patience::{LONG, eventually},
    process::{Group, free_port},
};

/// A server that can be killed and started again; the school's data stays.
pub struct Gateway {
    binary: PathBuf,
    /// A folder to serve instead of the app inside the binary.
    app: Option<PathBuf>,
    home: TempDir,
    port: u16,
    process: Option<Group>,
    /// Whether each start brings the demo school up to date.
    imports: bool,
    /// Whether it speaks https.
    is_encrypted: bool,
}

/// Its configuration in its folder, where it has one.
const CONFIGURATION: &str = "tornister.toml";
/// Between two looks whether a quick start has come to its end.
const MOMENT: Duration = Duration::from_millis(5);

impl Gateway {
    /// Starts the binary that `TORNISTER_BIN` names, with a fresh database.
    pub async fn start() -> Result<Self> {
        Self::start_on(None, None).await
    }

    /// The same with a copy of a database that [`Gateway::save`] has written; nothing is imported.
    pub async fn start_with_database(database: &Path) -> Result<Self> {
        Self::start_on(None, Some(database)).await
    }

    /// The same with the files of `folder` in place of the app.
    pub async fn start_with_app(folder: &Path) -> Result<Self> {
        Self::start_on(Some(folder.to_owned()), None).await
    }

    async fn start_on(app: Option<PathBuf>, database: Option<&Path>) -> Result<Self> {
        let binary = std::env::var_os("TORNISTER_BIN").map(PathBuf::from).context(
            "TORNISTER_BIN names no gateway: run `cargo xtask test`, or build one and set it to the binary's path",
        )?;
        let home = TempDir::with_prefix("tornister-gateway-")?;
        let port = free_port()?;
        let imports = database.is_none();
        let mut gateway = Self { binary, app, home, port, process: None, imports, is_encrypted: false };
        if let Some(database) = database {
            fs::copy(database, gateway.database())
                .with_context(|| format!("copying {}", database.display()))?;
        }
        gateway.restart().await?;
        Ok(gateway)
    }

    /// Imports the demo school once; no later start looks at it again, so they are quick.
    pub async fn start_plain() -> Result<Self> {
        let mut gateway = Self::start().await?;
        gateway.imports = false;
        gateway.restart().await?;
        Ok(gateway)
    }

    /// Where the app is. `localhost`, because browsers trust it as they trust https.
    pub fn origin(&self) -> String {
        format!("{}://localhost:{}", if self.is_encrypted { "https" } else { "http" }, self.port)
    }

    /// Starts it again with a certificate of its own, which nobody has signed: WebKit keeps no login that
    /// came without encryption, not even on this machine. [`Client`](crate::client::Client) speaks plainly
    /// only, so whatever it is for comes before.
    pub async fn encrypt(&mut self) -> Result<()> {
        let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()])?;
        let home = self.home.path();
        fs::write(home.join("certificate.pem"), made.cert.pem())?;
        fs::write(home.join("key.pem"), made.signing_key.serialize_pem())?;
        fs::write(home.join(CONFIGURATION), "[tls]\ncertificate = \"certificate.pem\"\nkey = \"key.pem\"\n")?;
        self.is_encrypted = true;
        self.restart_quickly().await
    }

    /// Makes an app password for a mail program of this person's.
    pub fn app_password(&self, login: &str) -> Result<String> {
        let output = self.perform(&["token", "create", login], &[])?;
        Ok(output.trim().to_owned())
    }

    /// Imports mail from a file, such as an mbox, into this person's folder. Not while the gateway runs.
    pub fn import_mail(&self, login: &str, folder: &str, mail: &Path) -> Result<()> {
        self.perform(&["school", "import", "--user", login, "--folder", folder], &[mail])?;
        Ok(())
    }

    /// Saves the whole database into one file.
    pub fn save(&self, file: &Path) -> Result<()> {
        self.perform(&["backup"], &[file])?;
        Ok(())
    }

    /// What the program prints for these arguments and paths, on this gateway's database.
    fn perform(&self, arguments: &[&str], paths: &[&Path]) -> Result<String> {
        let mut command = Command::new(&self.binary);
        command.args(arguments).args(paths).arg("--database").arg(self.database());
        let output = command.output().context("starting the gateway's program")?;
        ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        Ok(String::from_utf8(output.stdout)?)
    }

    /// The port that it listens on.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Kills the process, as a power cut would.
    pub fn kill(&mut self) {
        self.process = None;
    }

    /// Starts it (again) on the same address and database, and waits only until it listens.
    pub async fn restart_quickly(&mut self) -> Result<()> {
        let mut process = self.launch()?;
        loop {
            if let Some(status) = process.ended()? {
                bail!("the gateway ended at once ({status}):\n{}", self.log());
            }
            if tokio::net::TcpStream::connect(("127.0.0.1", self.port)).await.is_ok() {
                self.process = Some(process);
                return Ok(());
            }
            tokio::time::sleep(MOMENT).await;
        }
    }

    fn launch(&mut self) -> Result<Group> {
        self.kill();
        let log = File::options().create(true).append(true).open(self.log_path())?;
        let mut command = Command::new(&self.binary);
        command.arg("serve");
        if self.imports {
            command.arg("--demo").arg(demo_folder());
        }
        command.arg("--database").arg(self.database());
        command.args(["--listen", &format!("127.0.0.1:{}", self.port)]);
        if self.is_encrypted {
            command.arg("--config").arg(self.home.path().join(CONFIGURATION));
        }
        if let Some(folder) = &self.app {
            command.arg("--app").arg(folder);
        }
        Group::start(command.stdout(log.try_clone()?).stderr(log))
    }

    /// Starts it (again) on the same address and database and waits until it answers.
    pub async fn restart(&mut self) -> Result<()> {
        let mut process = self.launch()?;
        let session = format!("{}/.well-known/jmap", self.origin());
        let client = reqwest::Client::builder().timeout(Duration::from_secs(2)).build()?;
        let answered = eventually("the gateway's first answer", LONG, async || {
            if let Some(status) = process.ended()? {
                return Ok(Some(Err(status)));
            }
            let answer = client.get(&session).send().await?;
            Ok((answer.status() == 401).then_some(Ok(())))
        });
        match answered.await {
            Ok(Ok(())) => self.process = Some(process),
            Ok(Err(status)) => bail!("the gateway ended at once ({status}):\n{}", self.log()),
            Err(error) => bail!("{error:#}; the gateway's log:\n{}", self.log()),
        }
        Ok(())
    }

    /// The end of what it has said, for a failed story.
    pub fn log(&self) -> String {
        let log = fs::read_to_string(self.log_path()).unwrap_or_default();
        let lines: Vec<_> = log.lines().collect();
        lines[lines.len().saturating_sub(30)..].join("\n")
    }

    fn database(&self) -> PathBuf {
        self.home.path().join("school.sqlite")
    }

    fn log_path(&self) -> PathBuf {
        self.home.path().join("gateway.log")
    }
}

/// The sample school of this repository.
pub fn demo_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../demo")
}
