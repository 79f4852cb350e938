//! The browser's process is killed at random instants while what waited is being sent, and while the
//! pupil's other phone is at work too. Each change arrives once, none is lost, and nothing comes a second
//! time, not even what the other phone has taken back before this one heard that it had arrived. `TORNISTER_KILLS` says how often.

use std::{collections::BTreeSet, time::Duration};

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use tempfile::TempDir;
use tornister_tests::{
    browser::Browser,
    chance::{Chance, setting},
    client::Client,
    demo, device, facts,
    gateway::Gateway,
    pages::{HomeworkPage, LoginPage, MailPage},
    patience::{LONG, eventually},
    rest::at_rest,
    screen::{Role, Screen},
};

const KILLS: u64 = 30;
/// Mails that are read in each turn.
const MAILS: usize = 5;
/// A replay is over after this time on most machines.
const REPLAY: Duration = Duration::from_millis(300);
/// The server has a change, and the phone is about to hear so.
const ANSWER: Duration = Duration::from_millis(30);
/// Between two looks whether the server has something.
const MOMENT: Duration = Duration::from_millis(2);

/// Opens these mails of the list one after the other; each is marked as read.
const READ: &str = "
    const link = (id) => document.querySelector(`.mail-link[href$='/${id}']`);
    const until = async (holds) => { while (!holds()) await new Promise((go) => setTimeout(go, 20)); };
    for (const id of args[0]) {
        await until(() => link(id));
        link(id).click();
        await until(() => link(id) && !link(id).closest('.mail--unread'));
    }";

/// Ticks these pieces of homework of the list.
const TICK: &str = "
    for (const id of args[0]) {
        const row = document.querySelector(`.task-link[href$='/${id}']`).closest('.task');
        row.querySelector('input[type=checkbox]').click();
    }";

/// What this phone and the other one do in each turn.
struct Work {
    inbox: String,
    read: BTreeSet<String>,
    ticked: BTreeSet<String>,
    others_mail: String,
    others_homework: String,
}

impl Work {
    /// Makes sure that there is something to do, all of it undone.
    async fn prepare(client: &Client) -> Result<Self> {
        let inbox = facts::inbox(client).await?;
        let mails = client.query("Email", json!({ "inMailbox": inbox })).await?;
        let mut mails = mails.iter().filter_map(|mail| mail["id"].as_str().map(ToOwned::to_owned));
        let others_mail = mails.next().context("no mail")?;
        let tasks = client.get("Task", json!({ "ids": null })).await?;
        let open = tasks.iter().filter(|task| task["progress"] == "needs-action");
        let mut open = open.filter_map(|task| task["id"].as_str().map(ToOwned::to_owned));
        let others_homework = open.next().context("no open homework")?;
        let work = Self {
            inbox,
            read: mails.take(MAILS).collect(),
            ticked: open.collect(),
            others_mail,
            others_homework,
        };
        ensure!(work.read.len() == MAILS && work.ticked.len() > 2, "the demo school has too little to do");
        work.undo(client).await?;
        Ok(work)
    }

    fn count(&self) -> u64 {
        (self.read.len() + self.ticked.len()) as u64
    }

    /// The other phone does what nobody else does.
    async fn other_phone(&self, client: &Client) -> Result<()> {
        set(client, "Email", [&self.others_mail], &json!({ "keywords/$flagged": true })).await?;
        set(client, "Task", [&self.others_homework], &json!({ "progress": "completed" })).await
    }

    /// The other phone takes back one of these, which have arrived.
    async fn take_back(
        &self,
        client: &Client,
        mails: &BTreeSet<String>,
        tasks: &BTreeSet<String>,
    ) -> Result<Option<String>> {
        let patches = [
            ("Email", mails.first(), json!({ "keywords/$seen": null })),
            ("Task", tasks.first(), json!({ "progress": "needs-action" })),
        ];
        for (kind, id, patch) in patches {
            if let Some(id) = id {
                set(client, kind, [id], &patch).await?;
                return Ok(Some(id.clone()));
            }
        }
        Ok(None)
    }

    /// The other phone takes back everything.
    async fn undo(&self, client: &Client) -> Result<()> {
        set(client, "Email", &self.read, &json!({ "keywords/$seen": null })).await?;
        set(client, "Email", [&self.others_mail], &json!({ "keywords/$flagged": null })).await?;
        set(
            client,
            "Task",
            self.ticked.iter().chain([&self.others_homework]),
            &json!({ "progress": "needs-action" }),
        )
        .await
    }

    /// The server has all of it but what was taken back, and nothing else has changed.
    async fn arrived(&self, client: &Client, before: &States, taken_back: Option<&str>) -> Result<()> {
        let (mut mails, mut tasks) = before.changed(client).await?;
        ensure!(mails.remove(&self.others_mail), "the other phone's mark is lost");
        ensure!(tasks.remove(&self.others_homework), "the other phone's tick is lost");
        ensure!(mails == self.read, "read were {:?}, changed are {mails:?}", self.read);
        ensure!(tasks == self.ticked, "ticked were {:?}, changed are {tasks:?}", self.ticked);
        for mail in client.get("Email", json!({ "ids": self.read })).await? {
            let read = taken_back.is_none_or(|id| mail["id"] != id);
            ensure!((mail["keywords"]["$seen"] == true) == read, "{} is to be read: {read}", mail["id"]);
        }
        for task in client.get("Task", json!({ "ids": self.ticked })).await? {
            let ticked = taken_back.is_none_or(|id| task["id"] != id);
            ensure!((task["progress"] == "completed") == ticked, "{} is {}", task["id"], task["progress"]);
        }
        Ok(())
    }
}

async fn set<'i>(
    client: &Client,
    kind: &str,
    ids: impl IntoIterator<Item = &'i String>,
    patch: &Value,
) -> Result<()> {
    let update: serde_json::Map<_, _> = ids.into_iter().map(|id| (id.clone(), patch.clone())).collect();
    let answer = client.call(&format!("{kind}/set"), json!({ "update": update })).await?;
    let refused = answer["notUpdated"].as_object().is_some_and(|refused| !refused.is_empty());
    ensure!(!refused, "{kind}/set refused {}", answer["notUpdated"]);
    Ok(())
}

/// Where the server is.
#[derive(Debug, PartialEq, Eq)]
struct States {
    email: String,
    task: String,
}

impl States {
    async fn of(client: &Client) -> Result<Self> {
        Ok(Self { email: client.state("Email").await?, task: client.state("Task").await? })
    }

    /// Mails and homework that have changed since.
    async fn changed(&self, client: &Client) -> Result<(BTreeSet<String>, BTreeSet<String>)> {
        let mails = client.changes("Email", &self.email).await?.updated.into_iter().collect();
        let tasks = client.changes("Task", &self.task).await?.updated.into_iter().collect();
        Ok((mails, tasks))
    }
}

/// When the browser dies.
#[derive(Debug)]
enum Instant {
    /// So long after the network came back.
    Any(Duration),
    /// So long after the server had the first change.
    Answering(Duration),
}

impl Instant {
    fn choose(turn: u64, chance: &mut Chance) -> Self {
        if turn.is_multiple_of(2) {
            Self::Any(chance.moment(REPLAY))
        } else {
            Self::Answering(chance.moment(ANSWER))
        }
    }

    async fn come(&self, client: &Client, before: &States) -> Result<()> {
        let rest = match self {
            Self::Any(rest) => rest,
            Self::Answering(rest) => {
                let arrival = async {
                    while States::of(client).await? == *before {
                        tokio::time::sleep(MOMENT).await;
                    }
                    anyhow::Ok(())
                };
                tokio::time::timeout(LONG, arrival).await.context("nothing arrives")??;
                rest
            }
        };
        tokio::time::sleep(*rest).await;
        Ok(())
    }
}

#[tokio::test]
async fn what_waits_arrives_once_though_the_browser_dies_meanwhile() -> Result<()> {
    let mut chance = Chance::begin();
    let mut gateway = Gateway::start_plain().await?;
    let (origin, client) = (gateway.origin(), Client::log_in(&gateway.origin(), demo::PUPIL).await?);
    let work = Work::prepare(&client).await?;
    let profile = TempDir::with_prefix("tornister-replay-")?;
    let browser = Browser::open(profile.path()).await?;
    let today = LoginPage::open(Screen::new(&browser, &origin)).await?.log_in(demo::PUPIL).await?;
    today.wait_until_synced().await?;
    browser.wait_until_installed().await?;
    // The session is on the disk from here on.
    browser.close().await?;
    let mut browser = Browser::open(profile.path()).await?;
    Screen::new(&browser, &origin).open("/").await?;

    for turn in 0..setting("TORNISTER_KILLS", KILLS) {
        let instant = Instant::choose(turn, &mut chance);
        let survived = async {
            at_rest(&browser, &client).await?;
            let before = States::of(&client).await?;
            gateway.kill();
            act(Screen::new(&browser, &origin), &work).await?;

            gateway.restart_quickly().await?;
            browser.run("window.dispatchEvent(new Event('online'));", vec![]).await?;
            instant.come(&client, &before).await?;
            browser.kill();

            let (mails, tasks) = before.changed(&client).await?;
            println!("{instant:?}: {} of {} had arrived", mails.len() + tasks.len(), work.count());
            let taken_back = work.take_back(&client, &mails, &tasks).await?;
            work.other_phone(&client).await?;
            let browser = Browser::open(profile.path()).await?;
            Screen::new(&browser, &origin).open("/").await?;
            at_rest(&browser, &client).await?;
            work.arrived(&client, &before, taken_back.as_deref()).await?;

            // What came a second time would undo this.
            work.undo(&client).await?;
            let undone = States::of(&client).await?;
            at_rest(&browser, &client).await?;
            let now = States::of(&client).await?;
            ensure!(now == undone, "something arrived twice: from {undone:?} to {now:?}");
            Ok(browser)
        };
        browser = survived.await.with_context(|| format!("turn {turn}, killed at {instant:?}"))?;
    }
    browser.close().await
}

/// Reads and ticks without network, until all of it waits.
async fn act(screen: Screen<'_>, work: &Work) -> Result<()> {
    let browser = screen.browser();
    screen.open(&format!("{}/{}", MailPage::PATH, work.inbox)).await?;
    browser.run(READ, vec![json!(work.read)]).await?;
    HomeworkPage::open(screen).await?;
    screen.find(Role::Checkbox, "").await?;
    browser.run(TICK, vec![json!(work.ticked)]).await?;
    eventually("all changes to wait", LONG, async || {
        let waiting = device::look(browser).await?.context("no database")?.waiting;
        ensure!(waiting == work.count(), "{waiting} of {} wait", work.count());
        Ok(Some(()))
    })
    .await
}
