//! Messages from the tests of other mail parsers, imported and read, and compared with what Python's
//! `email` reads in the same bytes. Each difference stands in `torture/differences.toml` with its reason.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use axum::{body::Body, http::Request};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::common::{Client, LENA, World};
use tornister::digest::sha256;

const QUESTIONS: [&str; 4] = ["subject", "sender", "texts", "attachments"];

/// Where the corpora keep messages: folder and how the files' names end.
const MESSAGES: [(&str, &[&str]); 5] = [
    ("crates/mail-parser/resources", &[".eml", ";2,STln", ";2,Sb"]),
    ("crates/mailparse/tests/files", &[".eml", ".txt"]),
    ("python", &[".txt"]),
    ("sources/django-mailbox-4.10.1/django_mailbox/tests/messages", &[""]),
    ("sources/mail_parser-4.8.0/tests/mails", &[""]),
];

#[derive(Deserialize)]
struct Differences {
    reason: Vec<Reason>,
}

/// Why we read something else than Python does, and where.
#[derive(Deserialize)]
struct Reason {
    because: String,
    /// Message and question, such as `python/msg_01.txt subject`.
    at: Vec<String>,
}

#[tokio::test]
async fn mails_from_other_parsers_tests_read_as_python_reads_them() {
    let root = corpora();
    let mails = messages(&root);
    assert!(mails.len() >= 200, "only {} messages", mails.len());
    let theirs = python(&root, &mails);
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let inbox = lena.mailbox("Inbox").await["id"].as_str().unwrap().to_owned();

    let mut found = BTreeMap::new();
    for (mail, theirs) in mails.iter().zip(&theirs) {
        let ours = read(&lena, &inbox, &std::fs::read(root.join(mail)).unwrap()).await;
        for question in QUESTIONS {
            let (ours, theirs) = (tidy(&ours[question]), tidy(&theirs[question]));
            if ours != theirs {
                found.insert(format!("{mail} {question}"), format!("ours   {ours}\n  theirs {theirs}"));
            }
        }
    }

    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/torture/differences.toml");
    let kept: Differences = toml::from_str(&std::fs::read_to_string(kept).unwrap()).unwrap();
    let mut listed = BTreeSet::new();
    for reason in kept.reason {
        assert!(reason.because.len() > 20, "{:?} is no reason", reason.because);
        for place in reason.at {
            assert!(listed.insert(place.clone()), "{place} is listed twice");
        }
    }
    let new: Vec<String> = found
        .iter()
        .filter(|(place, _)| !listed.contains(*place))
        .map(|(place, what)| format!("{place}\n  {what}"))
        .collect();
    let gone: Vec<&String> = listed.iter().filter(|place| !found.contains_key(*place)).collect();
    assert!(new.is_empty(), "{} unlisted differences:\n{}", new.len(), new.join("\n"));
    assert!(gone.is_empty(), "listed, yet read as Python does: {gone:#?}");
}

fn corpora() -> PathBuf {
    let folder = std::env::var_os("TORNISTER_CORPORA").map(PathBuf::from);
    folder.expect("TORNISTER_CORPORA names no folder: run `cargo xtask test`, or see `xtask/src/corpora.rs`")
}

/// All messages by their path in the corpora.
fn messages(root: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for (folder, endings) in MESSAGES {
        let mut open = vec![root.join(folder)];
        while let Some(folder) = open.pop() {
            for entry in std::fs::read_dir(&folder).unwrap() {
                let path = entry.unwrap().path();
                let name = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
                if path.is_dir() {
                    open.push(path);
                } else if endings.iter().any(|ending| name.ends_with(ending)) && !is_binary(&path) {
                    found.push(name);
                }
            }
        }
    }
    found.sort_unstable();
    found
}

/// Outlook's own format is no message.
fn is_binary(path: &Path) -> bool {
    std::fs::read(path).unwrap().starts_with(&[0xd0, 0xcf, 0x11, 0xe0])
}

fn python(root: &Path, mails: &[String]) -> Vec<Value> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/torture/facts.py");
    let mut command = Command::new("python3");
    command.arg(script).current_dir(root).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().expect("the test needs Python 3");
    child.stdin.take().unwrap().write_all(mails.join("\n").as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    let answers: Vec<Value> = String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(answers.len(), mails.len());
    answers
}

/// A message, imported and asked for.
async fn read(client: &Client, inbox: &str, raw: &[u8]) -> Value {
    let upload = Request::post(format!("/jmap/upload/{}", client.account));
    let blob = client.send(upload, raw.to_vec()).await.json()["blobId"].clone();
    let import = json!({ "emails": { "m": { "blobId": blob, "mailboxIds": { inbox: true } } } });
    let imported = client.call("Email/import", import).await;
    let Some(id) = imported["created"]["m"]["id"].as_str() else {
        let refused = &imported["notCreated"]["m"];
        return QUESTIONS.iter().map(|question| ((*question).to_owned(), refused.clone())).collect();
    };
    let wanted = json!({
        "ids": [id],
        "properties": ["subject", "from", "bodyStructure", "bodyValues"],
        "bodyProperties": ["partId", "blobId", "type", "name", "subParts"],
        "fetchAllBodyValues": true,
    });
    let mail = client.call("Email/get", wanted).await["list"][0].clone();
    let sender = mail["from"].as_array().map(|from| {
        from.iter()
            .map(|one| json!([one["name"].as_str().unwrap_or_default(), one["email"]]))
            .collect::<Vec<_>>()
    });
    let (mut texts, mut attachments) = (Vec::new(), Vec::new());
    let mut parts = vec![mail["bodyStructure"].clone()];
    while let Some(part) = parts.pop() {
        if let Some(children) = part["subParts"].as_array() {
            parts.extend(children.iter().rev().cloned());
        } else if part["type"].as_str().unwrap().starts_with("text/") {
            let value = &mail["bodyValues"][part["partId"].as_str().unwrap()]["value"];
            texts.push(json!([part["type"], part["name"], value]));
        } else {
            attachments.push(json!([part["type"], part["name"], digest(client, &part).await]));
        }
    }
    json!({ "subject": mail["subject"], "sender": sender, "texts": texts, "attachments": attachments })
}

/// Of what a reader saves; a message within the message is read as one instead.
async fn digest(client: &Client, part: &Value) -> Option<String> {
    if part["type"].as_str().unwrap().starts_with("message/") {
        return None;
    }
    let path = format!("/jmap/download/{}/{}/x", client.account, part["blobId"].as_str().unwrap());
    let answer = client.send(Request::get(path), Body::empty()).await;
    Some(sha256(&answer.body).iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Without what nobody sees: line ends, and spaces at both ends.
fn tidy(value: &Value) -> Value {
    match value {
        Value::String(text) => json!(text.replace("\r\n", "\n").trim()),
        Value::Array(list) => list.iter().map(tidy).collect(),
        other => other.clone(),
    }
}
