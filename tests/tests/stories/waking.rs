//! What changes is read again by the screens that show it, in each tab, and by no others.

use std::time::Duration;

use anyhow::{Result, ensure};
use serde_json::{Value, json};
use thirtyfour::WindowHandle;
use tornister_tests::{
    browser::Browser,
    client::Client,
    demo,
    facts::{self, Entry},
    pages::{HomeworkPage, LoginPage, MailPage},
    patience::{LONG, eventually},
    story::Story,
};

/// Notes from now on what the page reads of its databases.
const LISTEN: &str = "
    window.read = [];
    for (const type of [IDBObjectStore, IDBIndex]) {
        for (const name of ['get', 'getKey', 'getAll', 'getAllKeys', 'openCursor', 'count']) {
            const method = type.prototype[name];
            type.prototype[name] = function (query, ...others) {
                window.read.push(String(query?.lower ?? query));
                return method.call(this, query, ...others);
            };
        }
    }";
/// The kinds that the page has read since.
const READ: &str = "return [...new Set(window.read.map((key) => key.split('/')[0]))];";
const FORGET: &str = "window.read = [];";
/// What screens show, and the whole app does not.
const SHOWN: [&str; 6] = ["CalendarEvent", "Email", "EmailBody", "Lesson", "Mailbox", "Task"];
/// Longer than a page takes to read what is new.
const A_WHILE: Duration = Duration::from_secs(1);

#[tokio::test]
async fn a_change_wakes_only_the_screens_that_show_it_in_every_tab() -> Result<()> {
    let story = Story::begin("waking").await?;
    let client = Client::log_in(story.origin(), demo::PUPIL).await?;
    let homework = facts::open_homework(&client).await?;
    let browser = story.open_browser().await?;
    let woken = wake(&story, &browser, &client, &homework).await;
    story.check("two tabs", &browser, woken).await?;
    browser.close().await
}

async fn wake(story: &Story, browser: &Browser, client: &Client, homework: &Entry) -> Result<()> {
    let screen = story.screen(browser);
    LoginPage::open(screen).await?.log_in(demo::PUPIL).await?.wait_until_synced().await?;
    MailPage::open(screen).await?;
    let post = browser.driver.window().await?;
    let tasks = browser.driver.new_tab().await?;
    browser.driver.switch_to_window(tasks.clone()).await?;
    HomeworkPage::open(screen).await?;
    for tab in [&post, &tasks] {
        browser.driver.switch_to_window(tab.clone()).await?;
        screen.wait_until_synced().await?;
        browser.run(LISTEN, vec![]).await?;
    }

    let inbox = facts::inbox(client).await?;
    client.import(&inbox, demo::NEWS.as_bytes().to_vec(), Some(demo::NEWS_RECEIVED)).await?;
    woken_alone(browser, "Email", (&post, &tasks)).await?;

    let begun = json!({ "update": { homework.id.as_str(): { "progress": "in-process" } } });
    client.call("Task/set", begun).await?;
    woken_alone(browser, "Task", (&tasks, &post)).await
}

/// A change of this kind is read in the one tab; the other hears of it, and reads nothing that it could show.
async fn woken_alone(
    browser: &Browser,
    kind: &str,
    (shows, other): (&WindowHandle, &WindowHandle),
) -> Result<()> {
    read(browser, shows, |read| read.iter().any(|it| it == kind)).await?;
    read(browser, other, |read| !read.is_empty()).await?;
    tokio::time::sleep(A_WHILE).await;
    let heard = read(browser, other, |_| true).await?;
    let woken = heard.iter().any(|it| SHOWN.iter().any(|shown| it == shown));
    ensure!(!woken, "of a change of {kind} another screen has read {heard:?}");
    for tab in [shows, other] {
        browser.driver.switch_to_window(tab.clone()).await?;
        browser.run(FORGET, vec![]).await?;
    }
    Ok(())
}

/// The kinds that a tab has read, once they are enough.
async fn read(
    browser: &Browser,
    tab: &WindowHandle,
    enough: impl Fn(&[Value]) -> bool,
) -> Result<Vec<Value>> {
    browser.driver.switch_to_window(tab.clone()).await?;
    eventually("a tab to read what is new", LONG, async || {
        let read = browser.run(READ, vec![]).await?;
        Ok(read.as_array().cloned().filter(|read| enough(read)))
    })
    .await
}
