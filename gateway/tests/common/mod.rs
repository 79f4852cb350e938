//! A gateway on a real database in a temporary folder, with a small school imported from files, and a
//! client that speaks to its router.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
};

use async_trait::async_trait;
use axum::{
    Router,
    body::Body,
    http::{HeaderMap, Request, StatusCode, header},
};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::watch;
use tornister::{
    backend::{AccountAccess, Authentication, BackendError, School, embedded::EmbeddedSchool},
    database::Database,
    environment::{Clock, Environment, Random},
    http::{Gateway, assets::Assets, router},
    jmap::capability::ALL,
    session::{Sessions, token::TokenAccess},
};
use tornister_formats::school::read_folder;
use tornister_protocol::{
    auth::PasswordNeeds,
    capability,
    time::{LocalDate, UtcDate},
};
use tower::ServiceExt as _;

pub const LENA: (&str, &str) = ("lena.sommer", "Eichhorn-7");
pub const JONAS: (&str, &str) = ("jonas.sommer", "Dachs-5-im-Bau");

/// A clock that the test sets.
pub struct TestClock(Mutex<i64>);

impl TestClock {
    pub fn advance(&self, seconds: i64) {
        *self.0.lock().unwrap() += seconds;
    }
}

impl Clock for TestClock {
    fn now(&self) -> UtcDate {
        UtcDate::from_unix_millis(*self.0.lock().unwrap() * 1000)
    }

    fn today(&self) -> LocalDate {
        LocalDate(self.now().0.date())
    }
}

struct Randomness;

impl Random for Randomness {
    fn fill(&self, bytes: &mut [u8]) -> std::io::Result<()> {
        getrandom::fill(bytes).map_err(std::io::Error::other)
    }
}

/// The school, its files and its gateway.
pub struct World {
    folder: TempDir,
    pub clock: Arc<TestClock>,
    pub database: Database,
    pub embedded: EmbeddedSchool,
    environment: Environment,
}

impl World {
    /// On Monday, 2026-09-14, 06:00 UTC.
    pub async fn new() -> Self {
        Self::of(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/school")).await
    }

    /// The same day, in another school.
    pub async fn of(school: &Path) -> Self {
        let folder = TempDir::new().unwrap();
        copy(school, &folder.path().join("school"));
        let monday: UtcDate = "2026-09-14T06:00:00Z".parse().unwrap();
        let clock = Arc::new(TestClock(Mutex::new(monday.unix_millis() / 1000)));
        let environment = Environment { clock: clock.clone(), random: Arc::new(Randomness) };
        let database = Database::open(&folder.path().join("data/school.db")).await.unwrap();
        let embedded = EmbeddedSchool::new(database.clone(), environment.clone());
        let world = Self { folder, clock, database, embedded, environment };
        world.import().await;
        world
    }

    /// A file of the school's folder.
    pub fn file(&self, path: &str) -> PathBuf {
        self.folder.path().join("school").join(path)
    }

    /// A folder for anything else.
    pub fn scratch(&self) -> &Path {
        self.folder.path()
    }

    /// Goes on with another database.
    pub async fn reopen(&mut self, file: &Path) {
        self.database = Database::open(file).await.unwrap();
        self.embedded = EmbeddedSchool::new(self.database.clone(), self.environment.clone());
    }

    /// Reads the folder again; answers how many objects changed.
    pub async fn import(&self) -> i64 {
        let school = read_folder(&self.file(""), self.environment.clock.today()).unwrap();
        assert_eq!(school.report.findings, [], "{}", school.report);
        self.embedded.import(&school).await.unwrap().changed
    }

    /// Clock and randomness.
    pub fn environment(&self) -> Environment {
        self.environment.clone()
    }

    pub fn gateway(&self) -> Gateway {
        self.gateway_of(Arc::new(self.embedded.clone()))
    }

    pub fn gateway_of(&self, school: Arc<dyn School>) -> Gateway {
        Gateway::new(school, self.sessions(), self.environment.clone(), Assets::Embedded)
    }

    /// A browser that nobody has logged in with.
    pub fn browser(&self) -> Client {
        Client::new(router(self.gateway()))
    }

    /// Another client, with an app password of its own.
    pub async fn program(&self, login: &str, access: TokenAccess) -> Client {
        let token = self.sessions().create_token(login, None, access, None).await.unwrap();
        let mut client = self.browser();
        client.authorization = Some(format!("Bearer {}", token.reveal()));
        client.find_account().await;
        client
    }

    /// Who is logged in.
    pub fn sessions(&self) -> Sessions {
        Sessions::new(self.database.clone(), self.environment.clone())
    }

    /// A browser in which somebody has logged in.
    pub async fn login(&self, who: (&str, &str)) -> Client {
        let mut client = self.browser();
        client.log_in(who).await;
        client
    }
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &to.join(entry.file_name()));
        } else {
            std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
        }
    }
}

/// An answer, read to its end.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

/// A browser.
#[derive(Clone)]
pub struct Client {
    router: Router,
    pub cookie: Option<String>,
    /// The `Authorization` of a client that is no browser.
    pub authorization: Option<String>,
    pub account: String,
}

impl Client {
    pub fn new(router: Router) -> Self {
        Self { router, cookie: None, authorization: None, account: String::new() }
    }

    /// The gateway that this browser speaks to.
    pub fn router(&self) -> Router {
        self.router.clone()
    }

    pub async fn send(&self, request: axum::http::request::Builder, body: impl Into<Body>) -> Answer {
        let mut request = request.header(header::HOST, "school.test");
        if let Some(cookie) = &self.cookie {
            request = request.header(header::COOKIE, cookie);
        }
        if let Some(authorization) = &self.authorization {
            request = request.header(header::AUTHORIZATION, authorization);
        }
        let response = self.router.clone().oneshot(request.body(body.into()).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await.unwrap().to_vec();
        Answer { status: parts.status, headers: parts.headers, body }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(Request::get(path), Body::empty()).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        let request = Request::post(path).header(header::CONTENT_TYPE, "application/json");
        self.send(request, body.to_string()).await
    }

    pub async fn try_login(&self, (username, password): (&str, &str)) -> Answer {
        self.post("/auth/login", &json!({ "username": username, "password": password })).await
    }

    pub async fn log_in(&mut self, who: (&str, &str)) {
        let answer = self.try_login(who).await;
        assert_eq!(answer.status, StatusCode::NO_CONTENT, "{answer:?}");
        self.cookie = answer.header("set-cookie").split(';').next().map(str::to_owned);
        self.find_account().await;
    }

    /// Looks which account is its own.
    pub async fn find_account(&mut self) {
        let session = self.get("/.well-known/jmap").await.json();
        let accounts = session["primaryAccounts"].as_object().unwrap();
        self.account = accounts[capability::MAIL].as_str().unwrap().to_owned();
    }

    /// Calls methods; `accountId` is put in. Answers `[name, arguments]` for each.
    pub async fn calls(&self, calls: &[(&str, Value)]) -> Vec<(String, Value)> {
        let calls: Vec<Value> = calls
            .iter()
            .enumerate()
            .map(|(index, (name, arguments))| {
                let mut arguments = arguments.clone();
                if arguments.get("accountId").is_none() {
                    arguments["accountId"] = json!(self.account);
                }
                json!([name, arguments, index.to_string()])
            })
            .collect();
        let answer = self.post("/jmap/api", &json!({ "using": ALL, "methodCalls": calls })).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", String::from_utf8_lossy(&answer.body));
        let answers = answer.json()["methodResponses"].as_array().unwrap().clone();
        assert_eq!(answers.len(), calls.len());
        answers
            .into_iter()
            .map(|answer| (answer[0].as_str().unwrap().to_owned(), answer[1].clone()))
            .collect()
    }

    /// Calls one method that has to succeed.
    pub async fn call(&self, name: &str, arguments: Value) -> Value {
        let mut answers = self.calls(&[(name, arguments)]).await;
        let (answered, arguments) = answers.remove(0);
        assert_eq!(answered, name, "{arguments}");
        arguments
    }

    /// Calls one method that has to fail; answers the error's type.
    pub async fn error(&self, name: &str, arguments: Value) -> String {
        let mut answers = self.calls(&[(name, arguments)]).await;
        let (answered, arguments) = answers.remove(0);
        assert_eq!(answered, "error", "{arguments}");
        arguments["type"].as_str().unwrap().to_owned()
    }

    /// The state of a type.
    pub async fn state(&self, kind: &str) -> String {
        let answer = self.call(&format!("{kind}/get"), json!({ "ids": [] })).await;
        answer["state"].as_str().unwrap().to_owned()
    }

    /// The mailbox of a name.
    pub async fn mailbox(&self, name: &str) -> Value {
        let answer = self.call("Mailbox/get", json!({ "ids": null })).await;
        let list = answer["list"].as_array().unwrap();
        list.iter()
            .find(|mailbox| mailbox["name"] == name)
            .unwrap_or_else(|| panic!("{name}: {answer}"))
            .clone()
    }

    /// All objects of a type.
    pub async fn all(&self, kind: &str) -> Vec<Value> {
        let answer = self.call(&format!("{kind}/get"), json!({ "ids": null })).await;
        answer["list"].as_array().unwrap().clone()
    }

    /// The object of a type whose property is this.
    pub async fn find(&self, kind: &str, property: &str, value: &str) -> Value {
        let all = self.all(kind).await;
        let found = all.iter().find(|object| object[property] == value);
        found.unwrap_or_else(|| panic!("no {kind} with {property} {value}: {all:?}")).clone()
    }

    /// Makes one object that has to be made; answers its id.
    pub async fn create(&self, kind: &str, object: Value) -> String {
        let answer = self.call(&format!("{kind}/set"), json!({ "create": { "k": object } })).await;
        answer["created"]["k"]["id"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned()
    }

    /// Makes one object that has to be refused; answers the SetError.
    pub async fn refused(&self, kind: &str, object: Value) -> Value {
        let answer = self.call(&format!("{kind}/set"), json!({ "create": { "k": object } })).await;
        assert!(answer["created"].is_null(), "{answer}");
        answer["notCreated"]["k"].clone()
    }

    /// Changes one object; answers the type of the SetError, where there is one.
    pub async fn update(&self, kind: &str, id: &str, patch: Value) -> Option<String> {
        let answer = self.call(&format!("{kind}/set"), json!({ "update": { id: patch } })).await;
        let refusal = answer["notUpdated"][id]["type"].as_str().map(str::to_owned);
        assert_eq!(refusal.is_none(), answer["updated"].get(id).is_some(), "{answer}");
        refusal
    }

    /// Destroys one object; answers the type of the SetError, where there is one.
    pub async fn destroy(&self, kind: &str, id: &str) -> Option<String> {
        let answer = self.call(&format!("{kind}/set"), json!({ "destroy": [id] })).await;
        answer["notDestroyed"][id]["type"].as_str().map(str::to_owned)
    }

    /// One object, with these properties or all.
    pub async fn object(&self, kind: &str, id: &str, properties: Value) -> Value {
        let answer =
            self.call(&format!("{kind}/get"), json!({ "ids": [id], "properties": properties })).await;
        answer["list"][0].clone()
    }

    /// The ids that a query finds.
    pub async fn query(&self, kind: &str, arguments: Value) -> Vec<String> {
        let answer = self.call(&format!("{kind}/query"), arguments).await;
        serde_json::from_value(answer["ids"].clone()).unwrap()
    }

    /// The mail of a subject.
    pub async fn email(&self, subject: &str) -> Value {
        let answer = self.call("Email/get", json!({ "ids": null, "properties": ["subject", "keywords", "blobId", "mailboxIds", "threadId"] })).await;
        let list = answer["list"].as_array().unwrap();
        list.iter()
            .find(|mail| mail["subject"] == subject)
            .unwrap_or_else(|| panic!("{subject}: {answer}"))
            .clone()
    }
}

/// The same school, where Lena's session has Jonas's account, too.
pub struct TwoAccounts(pub Arc<dyn School>);

#[async_trait]
impl School for TwoAccounts {
    async fn authenticate(&self, login: &str, password: &str) -> Result<Authentication, BackendError> {
        self.0.authenticate(login, password).await
    }

    async fn choose_password(
        &self,
        login: &str,
        old: &str,
        new: &str,
    ) -> Result<Result<(), PasswordNeeds>, BackendError> {
        self.0.choose_password(login, old, new).await
    }

    async fn accounts(&self, login: &str) -> Result<Vec<AccountAccess>, BackendError> {
        let mut accounts = self.0.accounts(login).await?;
        if login == LENA.0 {
            let other = self.0.accounts(JONAS.0).await?;
            accounts.extend(other.into_iter().map(|account| AccountAccess { is_personal: false, ..account }));
        }
        Ok(accounts)
    }

    fn changed(&self) -> watch::Receiver<i64> {
        self.0.changed()
    }
}

/// The routes over another school on the world's database.
pub fn router_of(world: &World, school: Arc<dyn School>) -> Router {
    router(world.gateway_of(school))
}
