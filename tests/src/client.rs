//! A JMAP client of the tests' own. It logs in by itself and reads JSON without the app's types, so
//! that app and gateway cannot be wrong together unnoticed.

use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use reqwest::header::{COOKIE, SET_COOKIE};
use serde_json::{Value, json};

use crate::demo::Login;

const USING: [&str; 5] = [
    "urn:ietf:params:jmap:core",
    "urn:ietf:params:jmap:mail",
    "urn:ietf:params:jmap:calendars",
    "urn:ietf:params:jmap:tasks",
    "urn:tornister:params:jmap:school",
];

/// So many objects at once; the server allows 500.
const PAGE: usize = 200;

/// One login.
pub struct Client {
    http: reqwest::Client,
    cookie: String,
    api: String,
    download: String,
    upload: String,
    account: String,
}

/// What `/changes` says.
#[derive(Debug, PartialEq, Eq)]
pub struct Changes {
    /// Ids of objects that changed.
    pub updated: Vec<String>,
    /// The state after them.
    pub new_state: String,
}

impl Client {
    /// Logs in at `origin` and reads the session.
    pub async fn log_in(origin: &str, login: Login) -> Result<Self> {
        let http = reqwest::Client::builder().timeout(Duration::from_secs(10)).build()?;
        let body = json!({ "username": login.username, "password": login.password });
        let answer = http.post(format!("{origin}/auth/login")).json(&body).send().await?;
        ensure!(answer.status() == 204, "login of {} was answered by {}", login.username, answer.status());
        let cookie = answer.headers().get(SET_COOKIE).context("the login set no cookie")?.to_str()?;
        let cookie = cookie.split(';').next().unwrap_or_default().to_owned();
        let session = http.get(format!("{origin}/.well-known/jmap")).header(COOKIE, &cookie).send().await?;
        let session: Value = session.error_for_status()?.json().await?;
        let text = |value: &Value| value.as_str().map(ToOwned::to_owned);
        let api = text(&session["apiUrl"]).context("the session has no apiUrl")?;
        let download = text(&session["downloadUrl"]).context("the session has no downloadUrl")?;
        let upload = text(&session["uploadUrl"]).context("the session has no uploadUrl")?;
        let account = text(&session["primaryAccounts"]["urn:ietf:params:jmap:mail"]);
        Ok(Self {
            http,
            cookie,
            api,
            download,
            upload,
            account: account.context("the session has no account for mail")?,
        })
    }

    /// Calls one method; `arguments` need no account. An error of the method is an error here.
    pub async fn call(&self, method: &str, mut arguments: Value) -> Result<Value> {
        arguments["accountId"] = json!(self.account);
        let request = json!({ "using": USING, "methodCalls": [[method, arguments, "0"]] });
        let answer = self.http.post(&self.api).header(COOKIE, &self.cookie).json(&request).send().await?;
        let answer: Value = answer.error_for_status()?.json().await?;
        let response = &answer["methodResponses"][0];
        if response[0] != method {
            bail!("{method} was answered by {response}");
        }
        Ok(response[1].clone())
    }

    /// Puts plain, read mails into a mailbox, received long ago, each with its subject and text; their
    /// ids.
    pub async fn add_old_mails(&self, mailbox: &str, mails: &[(String, String)]) -> Result<Vec<String>> {
        let create: serde_json::Map<_, _> = mails
            .iter()
            .enumerate()
            .map(|(number, (subject, text))| {
                let mail = json!({
                    "mailboxIds": { mailbox: true },
                    "keywords": { "$seen": true },
                    "receivedAt": format!("2025-01-01T08:{:02}:{:02}Z", number / 60, number % 60),
                    "from": [{ "name": "Sekretariat", "email": "sekretariat@example.org" }],
                    "subject": subject,
                    "textBody": [{ "partId": "text", "type": "text/plain" }],
                    "bodyValues": { "text": { "value": text } },
                });
                (format!("m{number}"), mail)
            })
            .collect();
        let set = self.call("Email/set", json!({ "create": create })).await?;
        let id = |number| set["created"][format!("m{number}")]["id"].as_str().map(ToOwned::to_owned);
        let ids: Option<Vec<_>> = (0..mails.len()).map(id).collect();
        ids.with_context(|| format!("not all mails were made: {}", set["notCreated"]))
    }

    /// The bytes of a blob.
    pub async fn blob(&self, id: &str) -> Result<Vec<u8>> {
        let values = [("accountId", self.account.as_str()), ("blobId", id), ("name", "x"), ("type", "x")];
        let url = values
            .iter()
            .fold(self.download.clone(), |url, (name, value)| url.replace(&format!("{{{name}}}"), value));
        let answer = self.http.get(url).header(COOKIE, &self.cookie).send().await?;
        Ok(answer.error_for_status()?.bytes().await?.to_vec())
    }

    /// Puts a message into a mailbox, received now or at another time (RFC 3339); the new mail's id.
    pub async fn import(&self, mailbox: &str, message: Vec<u8>, received_at: Option<&str>) -> Result<String> {
        let url = self.upload.replace("{accountId}", &self.account);
        let answer = self.http.post(url).header(COOKIE, &self.cookie).body(message).send().await?;
        let blob: Value = answer.error_for_status()?.json().await?;
        let mut import = json!({ "m": { "blobId": blob["blobId"], "mailboxIds": { mailbox: true } } });
        if let Some(moment) = received_at {
            import["m"]["receivedAt"] = json!(moment);
        }
        let answer = self.call("Email/import", json!({ "emails": import })).await?;
        let id = answer["created"]["m"]["id"].as_str();
        id.map(ToOwned::to_owned).with_context(|| format!("the mail was refused: {answer}"))
    }

    /// Whether the server still knows this login.
    pub async fn is_logged_in(&self, origin: &str, cookie: &str) -> Result<bool> {
        let answer =
            self.http.get(format!("{origin}/.well-known/jmap")).header(COOKIE, cookie).send().await?;
        Ok(answer.status().is_success())
    }

    /// All objects of a type that `/query` finds, page by page, with all their default properties.
    pub async fn query(&self, kind: &str, filter: Value) -> Result<Vec<Value>> {
        let mut objects = Vec::new();
        loop {
            let arguments = json!({ "filter": filter, "position": objects.len(), "limit": PAGE });
            let found = self.call(&format!("{kind}/query"), arguments).await?;
            let ids = found["ids"].as_array().with_context(|| format!("{kind}/query has no ids: {found}"))?;
            if ids.is_empty() {
                return Ok(objects);
            }
            objects.extend(self.get(kind, json!({ "ids": ids })).await?);
        }
    }

    /// Objects by id; all of them where `ids` is null.
    pub async fn get(&self, kind: &str, arguments: Value) -> Result<Vec<Value>> {
        let got = self.call(&format!("{kind}/get"), arguments).await?;
        got["list"].as_array().cloned().with_context(|| format!("{kind}/get has no list: {got}"))
    }

    /// The present state of a type.
    pub async fn state(&self, kind: &str) -> Result<String> {
        let got = self.call(&format!("{kind}/get"), json!({ "ids": [] })).await?;
        got["state"]
            .as_str()
            .map(ToOwned::to_owned)
            .with_context(|| format!("{kind}/get has no state: {got}"))
    }

    /// What changed since a state. Created or destroyed objects are an error: no story makes them.
    pub async fn changes(&self, kind: &str, since: &str) -> Result<Changes> {
        let changes = self.call(&format!("{kind}/changes"), json!({ "sinceState": since })).await?;
        let ids = |name: &str| -> Vec<String> {
            let ids = changes[name].as_array().into_iter().flatten();
            ids.filter_map(Value::as_str).map(ToOwned::to_owned).collect()
        };
        let (created, destroyed) = (ids("created"), ids("destroyed"));
        ensure!(
            created.is_empty() && destroyed.is_empty(),
            "{kind}: created {created:?}, destroyed {destroyed:?}"
        );
        let new_state = changes["newState"].as_str().context("no newState")?.to_owned();
        Ok(Changes { updated: ids("updated"), new_state })
    }
}
