//! `tornister token create|list|revoke`.

use std::str::FromStr;

use anyhow::{bail, ensure};
use clap::{Args, Subcommand};
use tornister_protocol::time::{LocalDate, UtcDate};

use super::Place;
use crate::{
    backend::{School as _, embedded::EmbeddedSchool},
    database::Database,
    environment::{Clock, Environment},
    session::{
        Sessions,
        token::{TokenAccess, TokenEntry},
    },
};

const DAY_MILLIS: i64 = 24 * 60 * 60 * 1000;
/// Longer names would break the list.
const MAX_NAME_CHARS: usize = 60;

/// See each command's help.
#[derive(Debug, Subcommand)]
pub enum TokenCommand {
    /// Make an app password, and print it once.
    Create(Create),
    /// List somebody's app passwords, without the secrets.
    List(Target),
    /// Take app passwords back; they open nothing from now on.
    Revoke(Revoke),
}

/// Whose app passwords.
#[derive(Debug, Args)]
pub struct Target {
    /// The login, such as lena.sommer.
    user: String,
    #[command(flatten)]
    place: Place,
}

/// See the command's help.
#[derive(Debug, Args)]
pub struct Create {
    #[command(flatten)]
    target: Target,
    /// What to call it, such as the program's name.
    #[arg(long)]
    name: Option<String>,
    /// It can look at everything and change nothing.
    #[arg(long)]
    read_only: bool,
    /// Its last day (2027-07-31), or for how many days from now (90d). Without it, it stays good until it
    /// is revoked.
    #[arg(long, value_name = "DATE|DAYS")]
    expires: Option<Expiry>,
}

/// See the command's help.
#[derive(Debug, Args)]
pub struct Revoke {
    #[command(flatten)]
    target: Target,
    #[command(flatten)]
    which: Which,
}

/// One or all.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct Which {
    /// The one of this name.
    #[arg(long)]
    name: Option<String>,
    /// All of this person's.
    #[arg(long)]
    all: bool,
}

/// When an app password ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expiry {
    /// At the end of this day (UTC).
    After(LocalDate),
    /// So many days from now.
    Days(u16),
}

impl FromStr for Expiry {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let days = text.strip_suffix('d').and_then(|days| days.parse().ok()).filter(|days| *days > 0);
        days.map(Self::Days)
            .or_else(|| text.parse().ok().map(Self::After))
            .ok_or("expected a day such as 2027-07-31, or a number of days such as 90d")
    }
}

impl Expiry {
    fn moment(self, clock: &dyn Clock) -> anyhow::Result<UtcDate> {
        let now = clock.now();
        let millis = match self {
            Self::Days(days) => now.unix_millis() + i64::from(days) * DAY_MILLIS,
            Self::After(day) => UtcDate(day.0.into()).unix_millis() + DAY_MILLIS,
        };
        ensure!(millis > now.unix_millis(), "--expires names a day that is over");
        Ok(UtcDate::from_unix_millis(millis))
    }
}

impl TokenCommand {
    pub async fn run(self, environment: Environment) -> anyhow::Result<()> {
        match self {
            Self::Create(Create { target, name, read_only, expires }) => {
                if let Some(name) = &name {
                    let fits = (1..=MAX_NAME_CHARS).contains(&name.chars().count());
                    ensure!(
                        fits && !name.contains(char::is_control),
                        "--name: 1 to {MAX_NAME_CHARS} characters, without line breaks"
                    );
                }
                let expires =
                    expires.map(|expires| expires.moment(environment.clock.as_ref())).transpose()?;
                let (sessions, login) = target.open(environment).await?;
                let access = if read_only { TokenAccess::ReadOnly } else { TokenAccess::Full };
                let token = sessions.create_token(&login, name.as_deref(), access, expires).await?;
                eprintln!("App password for {login} ({access}). It is shown only now:");
                println!("{}", token.reveal());
            }
            Self::List(target) => {
                let (sessions, login) = target.open(environment).await?;
                let tokens = sessions.tokens(&login).await?;
                if tokens.is_empty() {
                    eprintln!("{login} has no app passwords");
                }
                for token in &tokens {
                    println!("{}", line(token));
                }
            }
            Self::Revoke(Revoke { target, which }) => {
                let (sessions, login) = target.open(environment).await?;
                let revoked = sessions.revoke_tokens(&login, which.name.as_deref()).await?;
                match which.name {
                    Some(name) if revoked == 0 => {
                        bail!(
                            "{login} has no app password '{name}'; `tornister token list {login}` shows them"
                        )
                    }
                    _ => println!("{revoked} revoked"),
                }
            }
        }
        Ok(())
    }
}

impl Target {
    /// The sessions, and the login as the school writes it.
    async fn open(&self, environment: Environment) -> anyhow::Result<(Sessions, String)> {
        let database = Database::open_existing(&self.place.config()?.database).await?;
        let login = self.user.trim().to_lowercase();
        let school = EmbeddedSchool::new(database.clone(), environment.clone());
        ensure!(!school.accounts(&login).await?.is_empty(), "there is nobody with the login '{login}'");
        Ok((Sessions::new(database, environment), login))
    }
}

/// Divided by tabs, for people and scripts.
fn line(token: &TokenEntry) -> String {
    let expires = token.expires.map_or("never".to_owned(), |expires| expires.to_string());
    let used = token.used_on.map_or("never".to_owned(), |day| day.to_string());
    let TokenEntry { name, access, created, .. } = token;
    format!("{name}\t{access}\tcreated {created}\texpires {expires}\tlast used {used}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_end_is_a_day_or_a_number_of_days() {
        assert_eq!("90d".parse(), Ok(Expiry::Days(90)));
        assert_eq!("2027-07-31".parse(), Ok(Expiry::After("2027-07-31".parse().unwrap())));
        for text in ["", "90", "0d", "-1d", "2027-02-30", "soon"] {
            assert!(text.parse::<Expiry>().is_err(), "{text}");
        }
        let clock = Environment::system().clock;
        assert!(Expiry::After("2001-01-01".parse().unwrap()).moment(clock.as_ref()).is_err());
    }
}
