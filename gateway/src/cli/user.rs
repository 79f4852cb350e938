//! `tornister user …`: the people of the school.

mod import;

use std::io::{IsTerminal as _, Write as _};

use anyhow::bail;
use clap::{Args, Subcommand, ValueEnum};
use tornister_formats::profile::Role;

use super::Place;
use crate::{
    backend::embedded::{
        EmbeddedSchool,
        people::{NewPerson, Person, Standing},
    },
    database::Database,
    environment::Environment,
};

/// See the command's help.
#[derive(Debug, Args)]
pub struct User {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    place: Place,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Add somebody, and print the first password.
    Add(Add),
    /// Give somebody a new first password, and print it. All devices are logged out.
    Password { login: String },
    /// Shut somebody out at once. All devices are logged out; the data stays.
    Lock { login: String },
    /// Let somebody in again.
    Unlock { login: String },
    /// Delete somebody with all mail, homework and settings. This cannot be undone.
    Delete {
        login: String,
        /// Do not ask.
        #[arg(long)]
        yes: bool,
    },
    /// List everybody, and who can log in.
    List {
        /// Only this class.
        #[arg(long)]
        class: Option<String>,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Add everybody in a CSV list, and print the first passwords.
    Import(import::Import),
}

#[derive(Debug, Args)]
struct Add {
    /// Such as lena.sommer.
    login: String,
    /// As people write it, such as "Lena Sommer".
    #[arg(long)]
    name: String,
    /// A pupil's class, such as 7b.
    #[arg(long)]
    class: Option<String>,
    #[arg(long, value_enum, default_value_t = RoleName::Pupil)]
    role: RoleName,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum RoleName {
    Pupil,
    Teacher,
}

impl User {
    pub async fn run(self, environment: Environment) -> anyhow::Result<()> {
        let database = Database::open_existing(&self.place.config()?.database).await?;
        let embedded = EmbeddedSchool::new(database.clone(), environment);
        let outcome = run(self.command, &embedded).await;
        database.close().await;
        outcome
    }
}

async fn run(command: Command, embedded: &EmbeddedSchool) -> anyhow::Result<()> {
    match command {
        Command::Add(add) => {
            let person = NewPerson {
                login: add.login.to_lowercase(),
                name: add.name,
                role: match add.role {
                    RoleName::Pupil => Role::Pupil,
                    RoleName::Teacher => Role::Teacher,
                },
                class: add.class,
            };
            let password = embedded.add_person(&person).await?;
            println!("{}: added; first password {}", person.login, password.reveal());
        }
        Command::Password { login } => {
            let login = login.to_lowercase();
            let password = embedded.reset_password(&login).await?;
            println!("{login}: first password {}; all devices are logged out", password.reveal());
        }
        Command::Lock { login } => {
            let login = login.to_lowercase();
            embedded.set_locked(&login, true).await?;
            println!("{login}: locked; all devices are logged out");
        }
        Command::Unlock { login } => {
            let login = login.to_lowercase();
            embedded.set_locked(&login, false).await?;
            println!("{login}: unlocked");
        }
        Command::Delete { login, yes } => {
            let login = login.to_lowercase();
            if !yes && !confirmed(&login)? {
                bail!("{login} was not deleted");
            }
            embedded.delete_person(&login).await?;
            println!("{login}: deleted with all data");
        }
        Command::List { class, json } => {
            let mut people = embedded.people().await?;
            people.retain(|person| class.is_none() || person.class == class);
            if json {
                println!("{}", serde_json::to_string_pretty(&people)?);
            } else {
                people.iter().for_each(list);
            }
        }
        Command::Import(import) => import.run(embedded).await?,
    }
    Ok(())
}

fn list(person: &Person) {
    let standing = match person.standing {
        Standing::Open => "",
        Standing::FirstPassword => "  has a first password",
        Standing::NoPassword => "  has no password",
        Standing::Locked => "  locked",
    };
    let class = person.class.as_deref().unwrap_or(&person.role);
    println!("{class:<8} {:<32} {}{standing}", person.login, person.name);
}

/// Asks at the terminal; elsewhere nobody could answer.
fn confirmed(login: &str) -> anyhow::Result<bool> {
    if !std::io::stdin().is_terminal() {
        bail!("nobody can confirm here; add --yes to delete {login} with all data");
    }
    print!("Delete {login} with all mail, homework and settings? Type the login again: ");
    std::io::stdout().flush()?;
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer)?;
    Ok(answer.trim() == login)
}
