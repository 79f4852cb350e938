//! A random school day of mail: mails and mailboxes come, change and go.

use std::collections::BTreeMap;

use axum::http::Request;
use proptest::{collection::vec, prelude::*, sample::select};
use serde_json::{Value, json};

use super::check::Subject;
use crate::common::{Client, LENA, World};

/// Words of which none is the beginning of another.
pub const WORDS: [&str; 6] = ["apfel", "birne", "kirsche", "traube", "zwetschge", "ärger"];
/// Senders and recipients by their first names.
pub const PEOPLE: [&str; 4] = ["anna", "bert", "carla", "dieter"];
pub const KEYWORDS: [&str; 3] = ["$seen", "$flagged", "privat"];
pub const MAILBOXES: usize = 3;

/// What is known of a mail before the server has it.
#[derive(Clone, Debug)]
pub struct Mail {
    pub subject: Vec<&'static str>,
    pub body: Vec<&'static str>,
    pub from: &'static str,
    pub to: &'static str,
    pub cc: &'static str,
    pub bcc: &'static str,
    pub keywords: Vec<&'static str>,
    pub mailboxes: Vec<usize>,
    pub day: u32,
    pub attachment: bool,
}

/// One step. Numbers choose among what is there at the time, whatever their size.
#[derive(Clone, Debug)]
pub enum Step {
    Import(Mail),
    Keyword(usize, &'static str, bool),
    Move(usize, Vec<usize>),
    Destroy(usize),
    Rename(usize, &'static str),
    Note,
}

pub fn mail() -> impl Strategy<Value = Mail> {
    (
        (vec(select(&WORDS[..]), 0..3), vec(select(&WORDS[..]), 0..4)),
        (select(&PEOPLE[..]), select(&PEOPLE[..]), select(&PEOPLE[..]), select(&PEOPLE[..])),
        (vec(select(&KEYWORDS[..]), 0..3), mailboxes()),
        (1..28_u32, any::<bool>()),
    )
        .prop_map(|((subject, body), (from, to, cc, bcc), (keywords, mailboxes), (day, attachment))| {
            Mail { subject, body, from, to, cc, bcc, keywords, mailboxes, day, attachment }
        })
}

fn mailboxes() -> impl Strategy<Value = Vec<usize>> {
    vec(0..MAILBOXES, 1..3)
}

pub fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => mail().prop_map(Step::Import),
        3 => (any::<usize>(), select(&KEYWORDS[..]), any::<bool>())
            .prop_map(|(which, keyword, on)| Step::Keyword(which, keyword, on)),
        2 => (any::<usize>(), mailboxes()).prop_map(|(which, into)| Step::Move(which, into)),
        2 => any::<usize>().prop_map(Step::Destroy),
        1 => (0..MAILBOXES, select(&WORDS[..])).prop_map(|(which, name)| Step::Rename(which, name)),
        2 => Just(Step::Note),
    ]
}

/// A pupil's account with three mailboxes of the plan's own and nothing else in it.
pub struct Account {
    pub client: Client,
    pub mailboxes: Vec<String>,
    _world: World,
}

impl Subject for Account {
    async fn new() -> Self {
        let world = World::new().await;
        let client = world.login(LENA).await;
        let mut mailboxes = Vec::new();
        for number in 0..MAILBOXES {
            let create = json!({ "create": { "m": { "name": format!("Ordner {number}") } } });
            let answer = client.call("Mailbox/set", create).await;
            mailboxes.push(answer["created"]["m"]["id"].as_str().unwrap().to_owned());
        }
        let account = Self { client, mailboxes, _world: world };
        account.clear().await;
        account
    }

    async fn clear(&self) {
        let destroy = json!({ "destroy": self.ids().await });
        let answer = self.client.call("Email/set", destroy).await;
        assert!(answer["notDestroyed"].is_null(), "{answer}");
    }

    fn client(&self) -> &Client {
        &self.client
    }
}

impl Account {
    /// Of all mails, oldest first.
    pub async fn ids(&self) -> Vec<String> {
        let sort = json!({ "sort": [{ "property": "receivedAt", "isAscending": true }] });
        strings(&self.client.call("Email/query", sort).await["ids"])
    }

    pub async fn import(&self, mail: &Mail) -> String {
        let upload = Request::post(format!("/jmap/upload/{}", self.client.account));
        let blob = self.client.send(upload, message(mail)).await.json()["blobId"].clone();
        let import = json!({
            "blobId": blob,
            "mailboxIds": self.boxes(&mail.mailboxes),
            "keywords": mail.keywords.iter().map(|name| (*name, true)).collect::<BTreeMap<_, _>>(),
            "receivedAt": format!("2026-09-{:02}T08:00:00Z", mail.day),
        });
        let answer = self.client.call("Email/import", json!({ "emails": { "m": import } })).await;
        answer["created"]["m"]["id"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned()
    }

    /// Carries out a step; one that has nothing to work on does nothing. False for a note.
    pub async fn perform(&self, step: &Step) -> bool {
        let ids = self.ids().await;
        let chosen = |which: usize| ids.get(which % ids.len().max(1)).cloned();
        let (method, arguments) = match step {
            Step::Import(mail) => {
                self.import(mail).await;
                return true;
            }
            Step::Note => return false,
            Step::Keyword(which, keyword, on) => {
                let Some(id) = chosen(*which) else { return true };
                let value = if *on { json!(true) } else { Value::Null };
                ("Email/set", json!({ "update": { id: { format!("keywords/{keyword}"): value } } }))
            }
            Step::Move(which, into) => {
                let Some(id) = chosen(*which) else { return true };
                ("Email/set", json!({ "update": { id: { "mailboxIds": self.boxes(into) } } }))
            }
            Step::Destroy(which) => {
                let Some(id) = chosen(*which) else { return true };
                ("Email/set", json!({ "destroy": [id] }))
            }
            Step::Rename(which, name) => {
                let name = format!("{name} {which}");
                ("Mailbox/set", json!({ "update": { &self.mailboxes[*which]: { "name": name } } }))
            }
        };
        let answer = self.client.call(method, arguments).await;
        assert!(answer["notUpdated"].is_null() && answer["notDestroyed"].is_null(), "{step:?}: {answer}");
        true
    }

    fn boxes(&self, numbers: &[usize]) -> BTreeMap<&str, bool> {
        numbers.iter().map(|number| (self.mailboxes[*number].as_str(), true)).collect()
    }
}

/// The bytes of a mail. Those of one sender with one subject are a thread.
pub fn message(mail: &Mail) -> String {
    let Mail { from, to, cc, bcc, .. } = mail;
    let text = mail.body.join(" ");
    let head = format!(
        "From: {from}@schule.example\r\nTo: {to}@schule.example\r\nCc: {cc}@schule.example\r\n\
         Bcc: {bcc}@schule.example\r\nSubject: {}\r\nReferences: <{from}@schule.example>\r\nMIME-Version: 1.0\r\n",
        mail.subject.join(" ")
    );
    if mail.attachment {
        format!(
            "{head}Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n\
             {text}\r\n--b\r\nContent-Type: application/pdf\r\n\r\n%PDF\r\n--b--\r\n"
        )
    } else {
        format!("{head}Content-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n")
    }
}

pub fn strings(list: &Value) -> Vec<String> {
    list.as_array().unwrap().iter().map(|one| one.as_str().unwrap().to_owned()).collect()
}
