//! The gateway is killed, five hundred times, while three writers are at work: what it had answered is
//! there afterwards, what it had not is there whole or not at all, and every index agrees.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use tornister_tests::{
    client::Client,
    demo,
    gateway::Gateway,
    patience::{LONG, eventually},
};

const KILLS: u64 = 500;
const WRITERS: usize = 3;
/// A writer that has so many mails destroys one.
const MANY: usize = 12;
/// The longest that writers work before a kill.
const AT_MOST_MICROS: u64 = 60_000;

/// Random numbers of one seed (xorshift).
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }
}

/// What a writer was about to do when no answer came.
#[derive(Debug)]
enum Doubt {
    Created(String),
    Flagged(String),
    Destroyed(String),
}

/// One writer's mailbox: ids with subject and whether flagged, as answers have said.
#[derive(Debug, Default)]
struct Known {
    mailbox: String,
    word: String,
    mails: BTreeMap<String, (String, bool)>,
    doubt: Option<Doubt>,
    written: u64,
}

#[tokio::test]
async fn no_kill_loses_what_was_answered() -> Result<()> {
    let mut gateway = Gateway::start_plain().await?;
    let client = Arc::new(Client::log_in(&gateway.origin(), demo::PUPIL).await?);
    let mut writers = Vec::new();
    for number in 0..WRITERS {
        let create = json!({ "create": { "m": { "name": format!("Schreiber {number}") } } });
        let answer = client.call("Mailbox/set", create).await?;
        let mailbox = answer["created"]["m"]["id"].as_str().context("no mailbox")?.to_owned();
        writers.push(Known { mailbox, word: format!("schreiber{number}x"), ..Known::default() });
    }
    let mut device = Device { state: client.state("Email").await?, ids: BTreeSet::new() };
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    let mut doubts = 0;
    for kill in 0..KILLS {
        let mut working = Vec::new();
        for known in writers.drain(..) {
            let dice = Dice(dice.below(u64::MAX) | 1);
            working.push(tokio::spawn(write(client.clone(), known, dice)));
        }
        tokio::time::sleep(Duration::from_micros(dice.below(AT_MOST_MICROS))).await;
        gateway.kill();
        for writer in working {
            writers.push(writer.await?);
        }
        gateway.restart_quickly().await?;
        doubts += writers.iter().filter(|known| known.doubt.is_some()).count();
        check(&client, &mut writers, &mut device).await.with_context(|| format!("after kill {kill}"))?;
    }
    let written: u64 = writers.iter().map(|known| known.written).sum();
    println!("{KILLS} kills, {written} changes answered, {doubts} in doubt");
    // A machine that has much else to do answers one change at every second kill.
    ensure!(written > KILLS / 10 && doubts > 0, "{written} changes, {doubts} in doubt: nothing was tried");
    Ok(())
}

/// Writes until there is no answer.
async fn write(client: Arc<Client>, mut known: Known, mut dice: Dice) -> Known {
    loop {
        let chosen = known.mails.keys().nth(usize::try_from(dice.below(MANY as u64)).unwrap_or_default());
        let chosen = chosen.cloned();
        let arguments = match (&chosen, dice.below(3)) {
            (Some(id), 0) => {
                known.doubt = Some(Doubt::Flagged(id.clone()));
                let flagged = known.mails.get(id).is_some_and(|(_, flagged)| *flagged);
                let value = if flagged { Value::Null } else { json!(true) };
                json!({ "update": { id: { "keywords/$flagged": value } } })
            }
            (Some(id), 1) if known.mails.len() >= MANY / 2 => {
                known.doubt = Some(Doubt::Destroyed(id.clone()));
                json!({ "destroy": [id] })
            }
            _ => {
                let subject = format!("{} {}", known.word, dice.below(u64::MAX));
                let mail = json!({ "mailboxIds": { &known.mailbox: true }, "subject": subject });
                known.doubt = Some(Doubt::Created(subject));
                json!({ "create": { "m": mail } })
            }
        };
        let Ok(answer) = client.call("Email/set", arguments).await else { return known };
        let done = match known.doubt.take() {
            Some(Doubt::Created(subject)) => match answer["created"]["m"]["id"].as_str() {
                Some(id) => known.mails.insert(id.to_owned(), (subject, false)).is_none(),
                None => false,
            },
            Some(Doubt::Flagged(id)) if answer["updated"].get(&id).is_some() => {
                known.mails.get_mut(&id).is_some_and(|mail| {
                    mail.1 = !mail.1;
                    true
                })
            }
            Some(Doubt::Destroyed(id)) if answer["destroyed"] == json!([id]) => {
                known.mails.remove(&id).is_some()
            }
            _ => false,
        };
        assert!(done, "{answer}");
        known.written += 1;
    }
}

/// A device that only ever asks for changes.
struct Device {
    state: String,
    ids: BTreeSet<String>,
}

/// Compares what the server has with what writers know; doubts are resolved by what is there.
async fn check(client: &Client, writers: &mut [Known], device: &mut Device) -> Result<()> {
    let mut all = BTreeSet::new();
    for known in &mut *writers {
        let filter = json!({ "filter": { "inMailbox": known.mailbox } });
        let ids = eventually("an answer", LONG, async || {
            Ok(Some(client.call("Email/query", filter.clone()).await?["ids"].clone()))
        })
        .await?;
        let wanted = json!({ "ids": ids, "properties": ["subject", "keywords"] });
        let mut there = BTreeMap::new();
        for mail in client.get("Email", wanted).await? {
            let id = mail["id"].as_str().context("no id")?.to_owned();
            let subject = mail["subject"].as_str().context("no subject")?.to_owned();
            there.insert(id, (subject, mail["keywords"]["$flagged"] == true));
        }
        match known.doubt.take() {
            Some(Doubt::Created(subject)) => {
                let new = there.iter().find(|(_, mail)| mail.0 == subject);
                known.mails.extend(new.map(|(id, mail)| (id.clone(), mail.clone())));
            }
            Some(Doubt::Flagged(id)) => {
                if let (Some(mail), Some(now)) = (known.mails.get_mut(&id), there.get(&id)) {
                    mail.1 = now.1;
                }
            }
            Some(Doubt::Destroyed(id)) if !there.contains_key(&id) => {
                known.mails.remove(&id);
            }
            Some(Doubt::Destroyed(_)) | None => {}
        }
        ensure!(there == known.mails, "there is {there:?}, yet {known:?}");
        let mailbox = client.get("Mailbox", json!({ "ids": [known.mailbox] })).await?;
        ensure!(
            mailbox[0]["totalEmails"] == there.len(),
            "{} mails are counted as {}",
            there.len(),
            mailbox[0]
        );
        let words = json!({ "filter": { "subject": known.word }, "calculateTotal": true });
        let found = client.call("Email/query", words).await?;
        ensure!(found["total"] == there.len(), "of {} mails a search finds {}", there.len(), found["total"]);
        all.extend(there.into_keys());
    }
    let changes = client.call("Email/changes", json!({ "sinceState": device.state })).await?;
    let strings = |list: &Value| -> Vec<String> {
        list.as_array().into_iter().flatten().filter_map(Value::as_str).map(ToOwned::to_owned).collect()
    };
    for id in strings(&changes["created"]) {
        ensure!(device.ids.insert(id.clone()), "{id} was made twice");
    }
    for id in strings(&changes["destroyed"]) {
        ensure!(device.ids.remove(&id), "{id} was destroyed, yet never made");
    }
    ensure!(device.ids == all, "changes lead to {:?}, yet there are {all:?}", device.ids);
    changes["newState"].as_str().context("no newState")?.clone_into(&mut device.state);
    Ok(())
}
