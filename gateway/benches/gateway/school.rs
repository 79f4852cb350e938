//! A school of many pupils in a folder of its own, and the gateway that serves it.

use std::{
    fmt::Write as _,
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::{Value, json};
use tempfile::TempDir;
use tornister_protocol::capability;

use crate::{
    clock::Stopwatch,
    mails,
    server::{self, Cores, Server},
    wire::{Connection, request},
};

/// The gateway of this tree; `TORNISTER_BIN` names another one, such as an older version.
const BINARY: &str = env!("CARGO_BIN_EXE_tornister");
const PASSWORD: &str = "Igel-Ranzen-7b!";
/// Capabilities that a request uses.
const USING: [&str; 5] =
    [capability::CORE, capability::MAIL, capability::CALENDARS, capability::TASKS, capability::SCHOOL];
/// What an event stream is asked for.
pub const EVENTS: &str = "/jmap/events?types=*&closeafter=no&ping=0";

/// The school's files.
pub struct School {
    home: TempDir,
}

/// The login of a pupil.
pub fn login(number: usize) -> String {
    format!("pupil{number}")
}

impl School {
    /// With so many pupils, all in class 7b.
    pub fn new(pupils: usize) -> Result<Self> {
        let school = Self { home: TempDir::with_prefix("tornister-bench-")? };
        let folder = school.path("school");
        fs::create_dir(&folder)?;
        let mut profile = String::from(
            "name = \"Gymnasium am Stadtwald\"\ntime-zone = \"Europe/Berlin\"\n\
             mail-domain = \"stadtwald.example\"\n[year]\nfirst-day = 2026-05-11\nlast-day = 2027-04-16\n\
             [[period]]\nnumber = 1\nstart = \"07:50\"\nend = \"08:35\"\n",
        );
        for number in 0..pupils {
            write!(
                profile,
                "[[user]]\nlogin = \"{}\"\nname = \"Pupil {number}\"\nrole = \"pupil\"\nclass = \"7b\"\n\
                 password = \"{PASSWORD}\"\n",
                login(number)
            )?;
        }
        fs::write(folder.join("school.toml"), profile)?;
        // Each request names a client of its own, as a proxy does.
        fs::write(
            school.path("tornister.toml"),
            "database = \"school.db\"\ntrusted-proxies = [\"127.0.0.1\"]\n",
        )?;
        school.import(&folder, &[])?;
        Ok(school)
    }

    /// Something in its folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    /// The same school somewhere else.
    pub fn copy_to(&self, place: &Path) -> Result<Self> {
        let home = TempDir::with_prefix_in("tornister-bench-", place)?;
        for name in ["school.db", "tornister.toml"] {
            fs::copy(self.path(name), home.path().join(name))?;
        }
        Ok(Self { home })
    }

    fn command(&self, cores: Cores, arguments: &[&str]) -> Command {
        let binary = std::env::var("TORNISTER_BIN").unwrap_or_else(|_| BINARY.to_owned());
        let mut command = server::command(&binary, cores);
        command.args(arguments).arg("--config").arg(self.path("tornister.toml")).env("RUST_LOG", "error");
        command
    }

    /// Imports a file on all cores; answers how many seconds it took.
    pub fn import(&self, path: &Path, arguments: &[&str]) -> Result<f64> {
        let mut command = self.command(Cores::All, &["school", "import"]);
        command.arg(path).args(arguments);
        let watch = Stopwatch::start();
        let output = command.output()?;
        let seconds = watch.seconds();
        ensure!(output.status.success(), "the import failed: {}", String::from_utf8_lossy(&output.stderr));
        Ok(seconds)
    }

    /// Writes a mailbox and imports it for somebody; answers how many seconds the import took.
    pub fn import_mails(&self, mails: &[Vec<u8>], arguments: &[&str]) -> Result<f64> {
        let path = self.path("inbox.mbox");
        fs::write(&path, mails::mbox(mails))?;
        self.import(&path, arguments)
    }

    /// Serves it.
    pub fn serve(&self, cores: Cores) -> Result<Server> {
        Server::start(&mut self.command(cores, &["serve", "--listen", "127.0.0.1:0"]))
    }
}

/// Somebody who is logged in.
#[derive(Clone)]
pub struct Session {
    cookie: String,
    account: String,
}

impl Session {
    /// Logs a pupil in.
    pub async fn begin(address: SocketAddr, pupil: usize) -> Result<Self> {
        let body = json!({ "username": login(pupil), "password": PASSWORD, "device": "own" });
        let client = format!("x-forwarded-for: 10.0.{}.{}\r\n", pupil / 250, 1 + pupil % 250);
        let request = request("POST", "/auth/login", "", &client, &body.to_string());
        let answer = Connection::open(address).await?.ask(&request).await?;
        if answer.status != 204 {
            bail!("{}{}", answer.head, String::from_utf8_lossy(&answer.body));
        }
        let cookie = answer.head.lines().find_map(|line| line.strip_prefix("set-cookie: "));
        let cookie = cookie.and_then(|cookie| cookie.split(';').next()).context("no cookie")?;
        // The head was read in lower case; what the cookie holds is hexadecimal.
        Ok(Self { cookie: cookie.replacen("__host-", "__Host-", 1), account: String::new() })
    }

    /// Asks for the account's id.
    pub async fn look_up(&mut self, connection: &mut Connection) -> Result<()> {
        let session = connection.ask_json(&self.get("/.well-known/jmap")).await?;
        let account = session["primaryAccounts"][USING[1]].as_str().context("no account for mail")?;
        account.clone_into(&mut self.account);
        Ok(())
    }

    /// A request for a path.
    pub fn get(&self, path: &str) -> Vec<u8> {
        request("GET", path, &self.cookie, "", "")
    }

    /// A JMAP request, as browsers send it.
    pub fn jmap(&self, calls: &Value, headers: &str) -> Vec<u8> {
        let mut calls = calls.clone();
        for call in calls.as_array_mut().into_iter().flatten() {
            call[1]["accountId"] = json!(self.account);
        }
        let body = json!({ "using": USING, "methodCalls": calls }).to_string();
        request("POST", "/jmap/api", &self.cookie, headers, &body)
    }
}
