//! A gateway's school in a temporary folder, one person of it, and what answers a request's bytes.

use std::{io, path::Path, sync::Arc};

use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};
use tornister::{
    backend::{AccountAccess, School as _, embedded::EmbeddedSchool},
    database::Database,
    environment::{Clock, Environment, Random},
    jmap::{self, envelope},
};
use tornister_formats::school::read_folder;
use tornister_protocol::{
    id::{AccountId, State},
    time::{LocalDate, UtcDate},
};

/// Monday, 2026-09-14, 06:00 UTC, for ever: the same bytes get the same answer.
struct Monday;

impl Clock for Monday {
    fn now(&self) -> UtcDate {
        UtcDate::from_unix_millis(1_789_365_600_000)
    }

    fn today(&self) -> LocalDate {
        LocalDate(self.now().0.date())
    }
}

struct Zeros;

impl Random for Zeros {
    fn fill(&self, bytes: &mut [u8]) -> io::Result<()> {
        bytes.fill(0);
        Ok(())
    }
}

/// The school of the gateway's tests, as Lena sees it; nothing in it can be changed.
pub struct School {
    runtime: Runtime,
    environment: Environment,
    accounts: Vec<AccountAccess>,
    _folder: TempDir,
}

impl School {
    /// Imports it. Her account is called `A`, so that made-up requests meet it.
    ///
    /// # Panics
    /// Where that fails.
    #[must_use]
    pub fn open() -> Self {
        let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
        let folder = TempDir::new().expect("a folder");
        let environment = Environment { clock: Arc::new(Monday), random: Arc::new(Zeros) };
        let files = Path::new(env!("CARGO_MANIFEST_DIR")).join("../gateway/tests/school");
        let accounts = runtime.block_on(async {
            let database = Database::open(&folder.path().join("school.db")).await.expect("a database");
            let embedded = EmbeddedSchool::new(database, environment.clone());
            let school = read_folder(&files, environment.clock.today()).expect("the school's files");
            embedded.import(&school).await.expect("an import");
            embedded.accounts("lena.sommer").await.expect("an account")
        });
        let accounts = accounts
            .into_iter()
            .map(|own| AccountAccess { id: AccountId("A".to_owned()), access: own.access.read_only(), ..own })
            .collect();
        Self { runtime, environment, accounts, _folder: folder }
    }

    /// What the API answers to a request's body; None where it is none.
    #[must_use]
    pub fn answer(&self, body: &[u8]) -> Option<Value> {
        let request = envelope::read(body).ok()?;
        let calls = request.method_calls.len();
        let state = State("0".to_owned());
        let response = self.runtime.block_on(jmap::answer(request, &self.accounts, &self.environment, state));
        assert!(response.method_responses.len() >= calls, "a call without an answer");
        Some(json!(response))
    }
}
