//! The walking skeleton's proof: what was synced reads without network, what was done without network
//! arrives.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use serde_json::json;
use tornister_tests::{
    browser::Browser,
    client::Client,
    demo,
    facts::{self, ChangedLesson, Entry, Mail},
    pages::{CalendarPage, HomeworkPage, LoginPage, MailPage, TimetablePage, TodayPage},
    patience::{LONG, eventually},
    story::Story,
};

/// What the story looks for on the phone.
struct Facts {
    lesson: ChangedLesson,
    picture: Mail,
    pdf: Mail,
    pdf_bytes: Vec<u8>,
    unread: Mail,
    homework: Entry,
    event: Entry,
}

impl Facts {
    async fn ask(client: &Client) -> Result<Self> {
        let pdf = facts::mail_with_pdf(client).await?;
        let attachment = pdf.attachment.as_ref().context("no attachment")?;
        Ok(Self {
            lesson: facts::lesson_in_another_room(client).await?,
            picture: facts::mail_with_picture(client).await?,
            pdf_bytes: client.blob(&attachment.blob).await?,
            pdf,
            unread: facts::unread_mail(client).await?,
            homework: facts::open_homework(client).await?,
            event: facts::event(client).await?,
        })
    }
}

#[tokio::test]
async fn what_was_synced_reads_without_network_and_what_was_done_then_arrives_once() -> Result<()> {
    let mut story = Story::begin("offline").await?;
    let client = Client::log_in(story.origin(), demo::PUPIL).await?;
    let facts = Facts::ask(&client).await?;
    let before = (client.state("Email").await?, client.state("Task").await?);

    let browser = story.open_browser().await?;
    story.check("logging in and syncing", &browser, log_in(&story, &browser).await).await?;

    story.gateway.kill();
    browser.close().await?;

    let browser = story.open_browser().await?;
    browser.set_offline(true).await?;
    story.check("reading without network", &browser, read(&story, &browser, &facts).await).await?;
    story.check("acting without network", &browser, act(&story, &browser, &facts).await).await?;

    story.gateway.restart().await?;
    browser.set_offline(false).await?;
    let arrived = arrive(&client, &facts, &before).await;
    let after = story.check("arriving", &browser, arrived).await?;
    let stays = stay(&story, &browser, &client, &after).await;
    story.check("arriving only once", &browser, stays).await?;
    browser.close().await
}

async fn log_in(story: &Story, browser: &Browser) -> Result<()> {
    let today = LoginPage::open(story.screen(browser)).await?.log_in(demo::PUPIL).await?;
    today.wait_until_synced().await?;
    browser.wait_until_installed().await
}

async fn read(story: &Story, browser: &Browser, facts: &Facts) -> Result<()> {
    let screen = story.screen(browser);
    TodayPage::open(screen).await?;
    story.picture(browser, "heute").await?;

    TimetablePage::open_day(screen, &facts.lesson.date).await?.see_change(&facts.lesson).await?;
    story.picture(browser, "stundenplan").await?;

    let width = MailPage::read(screen, &facts.picture).await?.picture_width().await?;
    ensure!(width > 1, "the picture is {width} pixels wide");
    story.picture(browser, "bild").await?;

    let attachment = facts.pdf.attachment.as_ref().context("no attachment")?;
    let saved = MailPage::read(screen, &facts.pdf).await?.save_attachment(&attachment.name).await?;
    ensure!(saved.starts_with(b"%PDF"), "{} is no PDF", attachment.name);
    ensure!(saved == facts.pdf_bytes, "{} is not what the server has", attachment.name);

    CalendarPage::open_event(screen, &facts.event).await?;
    story.picture(browser, "termin").await
}

async fn act(story: &Story, browser: &Browser, facts: &Facts) -> Result<()> {
    let screen = story.screen(browser);
    HomeworkPage::open_one(screen, &facts.homework).await?.tick_off(&facts.homework).await?;
    story.picture(browser, "aufgabe").await?;
    MailPage::read(screen, &facts.unread).await?;
    // Reading is marked as soon as the mail is shown, and kept on the phone: the page may go away.
    TodayPage::open(screen).await?;
    screen.see("2 Änderungen warten").await
}

/// Waits until the server has everything, and nothing else; the states after it.
async fn arrive(client: &Client, facts: &Facts, before: &(String, String)) -> Result<(String, String)> {
    let opened = [&facts.picture, &facts.pdf, &facts.unread];
    let mut read: Vec<_> = opened.iter().filter(|mail| !mail.seen).map(|mail| mail.id.clone()).collect();
    read.sort();
    let done = vec![facts.homework.id.clone()];
    eventually("the read mark and the tick to arrive", LONG, async || {
        let (mut mails, tasks) =
            (client.changes("Email", &before.0).await?, client.changes("Task", &before.1).await?);
        mails.updated.sort();
        ensure!(mails.updated.iter().all(|id| read.contains(id)), "other mails changed: {:?}", mails.updated);
        ensure!(
            tasks.updated.iter().all(|id| done.contains(id)),
            "other homework changed: {:?}",
            tasks.updated
        );
        let all = mails.updated == read && tasks.updated == done;
        Ok(all.then_some(()))
    })
    .await?;
    let mail = client.get("Email", json!({ "ids": [facts.unread.id] })).await?;
    ensure!(mail[0]["keywords"]["$seen"] == true, "the mail is not read: {}", mail[0]["keywords"]);
    let task = client.get("Task", json!({ "ids": [facts.homework.id] })).await?;
    ensure!(task[0]["progress"] == "completed", "the homework is {}", task[0]["progress"]);
    Ok((client.state("Email").await?, client.state("Task").await?))
}

/// Syncs again, on this page and after opening the app anew: nothing may change any more.
async fn stay(story: &Story, browser: &Browser, client: &Client, after: &(String, String)) -> Result<()> {
    let today = TodayPage::open(story.screen(browser)).await?;
    today.wait_until_synced().await?;
    tokio::time::sleep(Duration::from_secs(3)).await;
    ensure!(!browser.text().await?.contains("warten"), "changes still wait on the phone");
    let now = (client.state("Email").await?, client.state("Task").await?);
    ensure!(&now == after, "something arrived a second time: states went from {after:?} to {now:?}");
    Ok(())
}
