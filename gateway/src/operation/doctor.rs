//! A look at everything that a server needs, each with what to do about it.

use std::{fmt, os::unix::fs::PermissionsExt as _, path::Path};

use chrono::{Local, Offset as _, TimeZone as _};
use sqlx::{ConnectOptions as _, Connection as _, SqliteConnection, sqlite::SqliteConnectOptions};
use tornister_formats::profile::Profile;
use x509_parser::pem::Pem;

use crate::{backend::embedded::people, config::Config, database, environment::Clock, http::tls::Tls};

/// Less room than this makes tomorrow's mail impossible. Bytes.
const LITTLE_ROOM: u64 = 1024 * 1024 * 1024;
const NO_ROOM: u64 = 100 * 1024 * 1024;
/// A certificate that ends so soon should have been renewed by now. Seconds.
const SOON: i64 = 14 * 24 * 60 * 60;

/// How something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// As it should be.
    Ok,
    /// Works, but should be looked at.
    Warning,
    /// Does not work.
    Error,
}

/// One thing that was looked at, with the remedy where one is needed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// How it is.
    pub level: Level,
    /// What was found, and what to do.
    pub text: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let level = match self.level {
            Level::Ok => "ok",
            Level::Warning => "warning",
            Level::Error => "error",
        };
        write!(f, "{level:<8} {}", self.text)
    }
}

fn found(level: Level, text: impl Into<String>) -> Finding {
    Finding { level, text: text.into() }
}

/// Looks at everything that this configuration names.
pub async fn examine(config: &Config, clock: &dyn Clock) -> Vec<Finding> {
    let mut findings = vec![address(config)];
    findings.extend(permissions(&config.database));
    findings.push(room(&config.database));
    findings.extend(certificate(config, clock));
    if !config.database.exists() {
        let text = format!(
            "database: there is no {}; run `tornister school import FOLDER`, or name another with --database",
            config.database.display()
        );
        findings.push(found(Level::Error, text));
        return findings;
    }
    match look_into(&config.database, clock).await {
        Ok(more) => findings.extend(more),
        Err(error) => {
            let text = format!(
                "database: cannot be read: {error}. Restore the last backup with `tornister restore FILE`"
            );
            findings.push(found(Level::Error, text));
        }
    }
    findings
}

fn address(config: &Config) -> Finding {
    let is_public = !config.listen.ip().is_loopback();
    if is_public && config.tls.is_none() && config.public_url.is_none() {
        let text = format!(
            "configuration: {} can be reached without encryption, and browsers keep no login so; set tls, or listen on \
             127.0.0.1 behind a proxy",
            config.listen
        );
        return found(Level::Warning, text);
    }
    found(Level::Ok, format!("configuration: listens on {}", config.listen))
}

fn permissions(database: &Path) -> Option<Finding> {
    let mode = std::fs::metadata(database).ok()?.permissions().mode();
    Some(if mode & 0o077 == 0 {
        found(Level::Ok, "permissions: only the owner reads the database")
    } else {
        let text = format!(
            "permissions: others on this machine may read {path} (mode {:o}); run `chmod 600 {path}`",
            mode & 0o777,
            path = database.display()
        );
        found(Level::Warning, text)
    })
}

fn room(database: &Path) -> Finding {
    let folder = database.ancestors().skip(1).find(|folder| folder.exists()).unwrap_or(Path::new("."));
    match rustix::fs::statvfs(folder) {
        Ok(file_system) => {
            let free = file_system.f_bavail.saturating_mul(file_system.f_frsize);
            let megabytes = free / 1024 / 1024;
            match free {
                0..NO_ROOM => found(
                    Level::Error,
                    format!("disk: {megabytes} MB free; make room at once, writing will fail"),
                ),
                NO_ROOM..LITTLE_ROOM => {
                    found(Level::Warning, format!("disk: {megabytes} MB free; make room soon"))
                }
                _ => found(Level::Ok, format!("disk: {megabytes} MB free")),
            }
        }
        Err(error) => found(Level::Warning, format!("disk: cannot be asked: {error}")),
    }
}

fn certificate(config: &Config, clock: &dyn Clock) -> Option<Finding> {
    let files = config.tls.as_ref()?;
    if let Err(error) = Tls::load(files) {
        return Some(found(Level::Error, format!("certificate: {error}")));
    }
    let path = files.certificate.display();
    let end = std::fs::read(&files.certificate).ok().and_then(|bytes| {
        let pem = Pem::iter_from_buffer(&bytes).next()?.ok()?;
        Some(pem.parse_x509().ok()?.validity().not_after.timestamp())
    });
    Some(match end.map(|end| end - clock.unix_seconds()) {
        None => found(Level::Error, format!("certificate: {path} cannot be read; ask for a new one")),
        Some(left) if left <= 0 => found(Level::Error, format!("certificate: {path} has expired; renew it")),
        Some(left) if left < SOON => {
            found(Level::Warning, format!("certificate: {path} expires in {} days; renew it", left / 86_400))
        }
        Some(left) => found(Level::Ok, format!("certificate: good for {} days", left / 86_400)),
    })
}

async fn look_into(path: &Path, clock: &dyn Clock) -> Result<Vec<Finding>, sqlx::Error> {
    let options = SqliteConnectOptions::new().filename(path).read_only(true).busy_timeout(database::PATIENCE);
    let mut connection = options.disable_statement_logging().connect().await?;
    let mut findings = Vec::new();
    let version: i64 =
        sqlx::query_scalar("SELECT max(version) FROM _sqlx_migrations").fetch_one(&mut connection).await?;
    findings.push(match version.cmp(&database::newest_schema()) {
        std::cmp::Ordering::Greater => {
            found(Level::Error, "version: a newer tornister wrote the database; install that one")
        }
        std::cmp::Ordering::Less => {
            found(Level::Ok, "version: the database is brought up to date at the next start")
        }
        std::cmp::Ordering::Equal => found(Level::Ok, format!("version: {}", env!("CARGO_PKG_VERSION"))),
    });
    let faults: Vec<String> =
        sqlx::query_scalar("PRAGMA integrity_check(3)").fetch_all(&mut connection).await?;
    findings.push(if faults == ["ok"] {
        found(Level::Ok, "database: whole")
    } else {
        let text = format!(
            "database: damaged ({}); restore the last backup with `tornister restore FILE`",
            faults.join("; ")
        );
        found(Level::Error, text)
    });
    findings.extend(profile(&mut connection, clock).await?);
    if version == database::newest_schema() {
        findings.push(search(&mut connection).await?);
    }
    connection.close().await?;
    Ok(findings)
}

async fn search(connection: &mut SqliteConnection) -> Result<Finding, sqlx::Error> {
    let waiting: i64 =
        sqlx::query_scalar("SELECT count(*) FROM email WHERE number IS NULL").fetch_one(connection).await?;
    Ok(found(
        Level::Ok,
        match waiting {
            0 => "search: finds all mails".to_owned(),
            _ => format!(
                "search: {waiting} mails are not prepared yet; `tornister serve` does that while it runs"
            ),
        },
    ))
}

async fn profile(connection: &mut SqliteConnection, clock: &dyn Clock) -> Result<Vec<Finding>, sqlx::Error> {
    let text: Option<String> = sqlx::query_scalar("SELECT value FROM setting WHERE name = ?1")
        .bind(people::PROFILE)
        .fetch_optional(&mut *connection)
        .await?;
    let Some(text) = text else {
        let text = "school: none has been imported yet; run `tornister school import FOLDER`";
        return Ok(vec![found(Level::Warning, text)]);
    };
    let profile = match Profile::parse(&text) {
        Ok(profile) => profile,
        Err(error) => {
            let text = format!("school: its profile cannot be read: {error}. Import the folder again");
            return Ok(vec![found(Level::Error, text)]);
        }
    };
    let people: i64 = sqlx::query_scalar("SELECT count(*) FROM person WHERE password IS NOT NULL")
        .fetch_one(connection)
        .await?;
    let mut findings =
        vec![found(Level::Ok, format!("school: {}; {people} people can log in", profile.name))];
    let now = clock.now().0;
    let here = Local.offset_from_utc_datetime(&now).local_minus_utc();
    let there = profile.time_zone.offset_from_utc_datetime(&now).fix().local_minus_utc();
    findings.push(if here == there {
        found(Level::Ok, format!("time zone: {}", profile.time_zone))
    } else {
        let text = format!(
            "time zone: the machine's clock is not the school's ({zone}), so \"today\" may be another day at night; \
             run `timedatectl set-timezone {zone}`",
            zone = profile.time_zone
        );
        found(Level::Warning, text)
    });
    Ok(findings)
}
