//! Two tabs, their workers and the pupil's other phone write at once. In the end all of them agree, and each
//! thing is as it was last wished. `TORNISTER_TABS_SECONDS` says for how long they write.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use thirtyfour::WindowHandle;
use tornister_tests::{
    chance::{Chance, setting},
    client::Client,
    demo, facts,
    pages::{HomeworkPage, LoginPage, MailPage, TodayPage},
    patience::{LONG, eventually},
    rest::at_rest,
    screen::{Role, Screen},
    story::Story,
};

const SECONDS: u64 = 60;
/// Mails for each tab.
const MAILS: usize = 4;
/// The other phone does something so often.
const OTHER: Duration = Duration::from_millis(150);
/// Nothing arrives once all is at rest; so long is looked.
const QUIET: Duration = Duration::from_secs(3);

/// Lets the tab finish what it is about; what it wished, and how often.
const STOP: &str = "
    window.stopped = true;
    await window.work;
    return [window.wishes, window.acts];";

/// Shows a list to its end; the links of the tabs lead there without loading anything.
const GO: &str = "
    document.querySelector(`.tabs a[href='${args[0]}']`).click();
    for (let tries = 0; tries < 50 && !document.querySelector('.tasks, .mails'); tries++) {
        await new Promise((go) => setTimeout(go, 20));
    }
    for (let older, tries = 0; tries < 50; tries++) {
        if ((older = document.querySelector('.mails + .button'))) older.click();
        await new Promise((go) => setTimeout(go, 20));
    }";

/// Ids of what the list on the screen shows as undone: homework, or mails to read; and what was refused.
const UNDONE: &str = "
    const rows = [...document.querySelectorAll('.task:has(input:not(:checked)), .mail--unread')];
    const id = (row) => row.querySelector('.task-link, .mail-link').getAttribute('href').split('/').pop();
    return [rows.map(id), document.querySelector('[role=alert]').innerText.trim()];";

#[tokio::test]
async fn two_tabs_and_another_phone_write_at_once_and_agree_in_the_end() -> Result<()> {
    let mut chance = Chance::begin();
    let story = Story::begin("tabs").await?;
    let client = Client::log_in(story.origin(), demo::PUPIL).await?;
    let browser = story.open_browser().await?;
    let outcome = write_at_once(&mut chance, story.screen(&browser), &client).await;
    story.check("writing at once", &browser, outcome).await?;
    browser.close().await
}

async fn write_at_once(chance: &mut Chance, screen: Screen<'_>, client: &Client) -> Result<()> {
    let browser = screen.browser();
    LoginPage::open(screen).await?.log_in(demo::PUPIL).await?.wait_until_synced().await?;
    let mut parts = Parts::divide(client).await?;
    let tabs = [browser.driver.window().await?, browser.driver.new_tab().await?];
    for (tab, part) in tabs.iter().zip(&parts.tabs) {
        browser.driver.switch_to_window(tab.clone()).await?;
        TodayPage::open(screen).await?;
        screen.find(Role::Link, "Aufgaben").await?;
        browser.run(include_str!("tabs.js"), vec![part.clone()]).await?;
    }
    parts.other_phone(client, chance).await?;
    let mut wishes = parts.others_wishes;
    for tab in &tabs {
        browser.driver.switch_to_window(tab.clone()).await?;
        let stopped = browser.run(STOP, vec![]).await?;
        let acts = stopped[1].as_u64().context("no count")?;
        println!("a tab did {acts} things");
        ensure!(acts > 20, "a tab did only {acts} things");
        let wished = stopped[0].as_object().context("no wishes")?;
        wishes.extend(wished.iter().map(|(id, wish)| (id.clone(), wish == &json!(true))));
    }
    at_rest(browser, client).await?;
    let state = states(client).await?;
    let server = done_on_the_server(client).await?;
    fulfilled(&wishes, &server)?;
    agree(screen, &tabs, &server).await?;
    tokio::time::sleep(QUIET).await;
    ensure!(states(client).await? == state, "something arrived a second time");
    for tab in &tabs {
        browser.driver.switch_to_window(tab.clone()).await?;
        let errors = browser.errors().await?;
        ensure!(errors.is_empty(), "errors are logged:\n{}", errors.join("\n"));
    }
    Ok(())
}

/// Who may touch what, so that it is known which wish was the last one.
struct Parts {
    tabs: [Value; 2],
    others_mails: Vec<String>,
    others_homework: String,
    others_wishes: BTreeMap<String, bool>,
}

impl Parts {
    async fn divide(client: &Client) -> Result<Self> {
        let id = |object: &Value| object["id"].as_str().map(ToOwned::to_owned);
        let inbox = facts::inbox(client).await?;
        let mut mails = client.query("Email", json!({ "inMailbox": inbox })).await?;
        // The newest are in the list without scrolling.
        mails.sort_by_key(|mail| std::cmp::Reverse(mail["receivedAt"].as_str().map(ToOwned::to_owned)));
        let mails: Vec<_> = mails.iter().filter_map(id).collect();
        let tasks = client.get("Task", json!({ "ids": null })).await?;
        let tasks: Vec<_> =
            tasks.iter().filter(|task| task["progress"] == "needs-action").filter_map(id).collect();
        let (others_homework, tasks) = tasks.split_first().context("no homework")?;
        ensure!(mails.len() > 2 * MAILS && tasks.len() >= 4, "the demo school has too little to do");
        let (one, other) = tasks.split_at(tasks.len() / 2);
        let tab = |homework, mails| json!({ "inbox": inbox, "homework": homework, "mails": mails });
        Ok(Self {
            tabs: [tab(one, &mails[..MAILS]), tab(other, &mails[MAILS..2 * MAILS])],
            others_mails: mails[2 * MAILS..].to_vec(),
            others_homework: others_homework.clone(),
            others_wishes: BTreeMap::new(),
        })
    }

    /// Marks mails, and ticks and unticks one piece of homework, until the time is over.
    async fn other_phone(&mut self, client: &Client, chance: &mut Chance) -> Result<()> {
        #[expect(clippy::disallowed_methods, reason = "a test's own stopwatch")]
        let begin = Instant::now();
        while begin.elapsed() < Duration::from_secs(setting("TORNISTER_TABS_SECONDS", SECONDS)) {
            let wish = chance.under(2) == 0;
            let (kind, id, patch) = if chance.under(3) == 0 {
                let progress = if wish { "completed" } else { "needs-action" };
                ("Task", &self.others_homework, json!({ "progress": progress }))
            } else {
                let which = usize::try_from(chance.under(self.others_mails.len() as u64))?;
                ("Email", &self.others_mails[which], json!({ "keywords/$seen": wish.then_some(true) }))
            };
            client.call(&format!("{kind}/set"), json!({ "update": { id: patch } })).await?;
            self.others_wishes.insert(id.clone(), wish);
            tokio::time::sleep(OTHER).await;
        }
        Ok(())
    }
}

async fn states(client: &Client) -> Result<[String; 2]> {
    Ok([client.state("Email").await?, client.state("Task").await?])
}

/// For each mail and piece of homework whether it is read or done.
async fn done_on_the_server(client: &Client) -> Result<BTreeMap<String, bool>> {
    let mut done = BTreeMap::new();
    for mail in client.query("Email", json!({ "inMailbox": facts::inbox(client).await? })).await? {
        done.insert(mail["id"].as_str().context("no id")?.to_owned(), mail["keywords"]["$seen"] == true);
    }
    for task in client.get("Task", json!({ "ids": null })).await? {
        done.insert(task["id"].as_str().context("no id")?.to_owned(), task["progress"] == "completed");
    }
    Ok(done)
}

/// The server has what was last wished for each thing.
fn fulfilled(wishes: &BTreeMap<String, bool>, server: &BTreeMap<String, bool>) -> Result<()> {
    let wrong: Vec<_> = wishes.iter().filter(|(id, wish)| server.get(*id) != Some(*wish)).collect();
    ensure!(wrong.is_empty(), "of {} last wishes these are not fulfilled: {wrong:?}", wishes.len());
    Ok(())
}

/// Each tab shows what the server has, and says of no change that it was refused.
async fn agree(screen: Screen<'_>, tabs: &[WindowHandle], server: &BTreeMap<String, bool>) -> Result<()> {
    let undone: BTreeSet<&str> =
        server.iter().filter(|(_, done)| !**done).map(|(id, _)| id.as_str()).collect();
    for tab in tabs {
        screen.browser().driver.switch_to_window(tab.clone()).await?;
        eventually("a tab to show what the server has", LONG, async || {
            let mut shown = BTreeSet::new();
            for list in [HomeworkPage::PATH, MailPage::PATH] {
                screen.browser().run(GO, vec![json!(list)]).await?;
                let found = screen.browser().run(UNDONE, vec![]).await?;
                ensure!(found[1] == "", "something was refused: {}", found[1]);
                let ids = found[0].as_array().context("no list")?;
                shown.extend(ids.iter().filter_map(Value::as_str).map(ToOwned::to_owned));
            }
            ensure!(
                shown.iter().map(String::as_str).eq(undone.iter().copied()),
                "{shown:?} instead of {undone:?}"
            );
            Ok(Some(()))
        })
        .await?;
    }
    Ok(())
}
