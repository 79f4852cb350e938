//! `tornister serve`.

use std::{net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};

use anyhow::{Context as _, bail};
use tokio::{net::TcpListener, sync::watch, task::JoinHandle};
use tornister_formats::school::School;

use super::{Place, asked_to_stop, import::import};
use crate::{
    backend::embedded::EmbeddedSchool,
    database::Database,
    environment::Environment,
    http::{
        Gateway,
        assets::Assets,
        metrics, router,
        server::{self, Patience},
        tls::Tls,
    },
    operation::lock::Lock,
    session::Sessions,
};

/// How often old sessions and forgotten objects are cleared away.
const CLEAN_EVERY: Duration = Duration::from_secs(24 * 60 * 60);
/// How often somebody looks for mail that has waited long enough.
const DELIVER_EVERY: Duration = Duration::from_secs(1);
/// How soon waiting devices hear of what another process imports.
const LOOK_AROUND_EVERY: Duration = Duration::from_secs(5);
/// How often somebody looks for imported mail that no search finds yet.
const MAKE_SEARCHABLE_EVERY: Duration = Duration::from_secs(2);

/// See the command's help.
#[derive(Debug, clap::Args)]
pub struct Serve {
    #[command(flatten)]
    place: Place,
    /// Address and port; goes before the configuration's.
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<SocketAddr>,
    /// Import this school first, and print its logins: for trying things out.
    #[arg(long, value_name = "FOLDER")]
    demo: Option<PathBuf>,
    /// Serve the app from this folder instead of from inside the program: for working on it.
    #[arg(long, value_name = "FOLDER")]
    app: Option<PathBuf>,
}

impl Serve {
    pub async fn run(self, environment: Environment) -> anyhow::Result<()> {
        let mut config = self.place.config()?;
        config.listen = self.listen.unwrap_or(config.listen);
        let listener = match TcpListener::bind(config.listen).await {
            Ok(listener) => listener,
            Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => {
                bail!(
                    "{} is in use: is tornister running already? Or choose another with --listen",
                    config.listen
                )
            }
            Err(error) => return Err(error).context(format!("cannot listen on {}", config.listen)),
        };
        let tls = config.tls.as_ref().map(Tls::load).transpose()?;
        let _lock = Lock::take(&config.database)?;
        let database = Database::open(&config.database).await?;
        let embedded =
            EmbeddedSchool::new(database.clone(), environment.clone()).with_history_days(config.history_days);
        if let Some(folder) = &self.demo {
            let (school, _) = import(&embedded, folder, &environment).await?;
            print_demo(&school);
        }
        let sessions = Sessions::new(database.clone(), environment.clone());
        let cleaning = tokio::spawn(clean(embedded.clone(), sessions.clone()));
        let looking = tokio::spawn(look_around(database.clone()));
        let delivering = tokio::spawn(deliver(embedded.clone()));
        let indexing = tokio::spawn(make_searchable(embedded.clone()));

        let assets = self.app.map_or(Assets::Embedded, Assets::Folder);
        let mut gateway = Gateway::new(Arc::new(embedded), sessions, environment, assets);
        gateway.public_url = config.public_url;
        gateway.trusted_proxies = config.trusted_proxies.into();
        gateway.is_tls = tls.is_some();
        let closing = gateway.closing.clone();
        let mut background = vec![cleaning, looking, delivering, indexing];
        background.extend(tls.clone().map(|tls| tokio::spawn(tls.look_after())));
        if let Some(address) = config.metrics_listen {
            let listener = TcpListener::bind(address).await;
            let listener = listener.with_context(|| format!("cannot listen on {address} for metrics"))?;
            let metrics = metrics::router(gateway.metrics.clone());
            background.push(tokio::spawn(server::serve(
                listener,
                None,
                metrics,
                Patience::default(),
                std::future::pending(),
            )));
        }
        let scheme = if tls.is_some() { "https" } else { "http" };
        println!("listening on {scheme}://{}", listener.local_addr()?);
        server::serve(listener, tls, router(gateway), Patience::default(), stop(closing)).await;
        background.iter().for_each(JoinHandle::abort);
        database.close().await;
        Ok(())
    }
}

fn print_demo(school: &School) {
    for finding in &school.report.findings {
        eprintln!("{finding}");
    }
    println!("{}", school.profile.name);
    for user in &school.profile.users {
        if let Some(password) = &user.password {
            let class = user.class.as_ref().map(|class| format!(", {class}")).unwrap_or_default();
            println!("  {} / {}   ({}{class})", user.login, password.reveal(), user.name);
        }
    }
}

async fn clean(embedded: EmbeddedSchool, sessions: Sessions) {
    let mut interval = tokio::time::interval(CLEAN_EVERY);
    loop {
        interval.tick().await;
        for outcome in [embedded.compact().await, sessions.sweep().await] {
            if let Err(error) = outcome {
                tracing::warn!(%error, "clearing away failed; the next try is tomorrow");
            }
        }
    }
}

/// Another process may import while this one serves.
async fn look_around(database: Database) {
    let mut interval = tokio::time::interval(LOOK_AROUND_EVERY);
    loop {
        interval.tick().await;
        if let Err(error) = database.look_around().await {
            tracing::warn!(%error, "looking for changes failed");
        }
    }
}

/// Mail that was sent leaves when it can no longer be taken back.
async fn deliver(embedded: EmbeddedSchool) {
    let mut interval = tokio::time::interval(DELIVER_EVERY);
    loop {
        interval.tick().await;
        if let Err(error) = embedded.deliver_due().await {
            tracing::warn!(%error, "a delivery failed; the next try is soon");
        }
    }
}

/// An import leaves that to the server.
async fn make_searchable(embedded: EmbeddedSchool) {
    let mut interval = tokio::time::interval(MAKE_SEARCHABLE_EVERY);
    loop {
        interval.tick().await;
        if let Err(error) = embedded.make_searchable().await {
            tracing::warn!(%error, "making mail searchable failed; the next try is soon");
        }
    }
}

async fn stop(closing: Arc<watch::Sender<bool>>) {
    asked_to_stop().await;
    closing.send_replace(true);
}
