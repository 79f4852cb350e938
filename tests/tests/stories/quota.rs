//! A phone without room: what the first sync brings does not fit. Old attachments stay away, the reader is
//! told, everything else is there, and what they do arrives. Where nothing fits at all, the reader is told that.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result, ensure};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde_json::json;
use tornister_tests::{
    browser::{Browser, SOON},
    chance::Chance,
    client::Client,
    demo, facts,
    pages::{CalendarPage, HomeworkPage, LoginPage, MailPage, TimetablePage, TodayPage},
    patience::eventually,
    rest::at_rest,
    screen::Role,
    story::Story,
};

/// So many mails with large attachments.
const HEAVY: usize = 12;
/// What is attached to each of them, in bytes.
const ATTACHED: usize = 300_000;
/// What the browser gives the app beside its own files, in bytes: enough for the demo school and for some of the
/// attachments.
const ROOM: u64 = 4_500_000;
/// Screens, and what a row of their lists is.
const LISTS: [(&str, &str); 5] = [
    (TodayPage::PATH, TodayPage::CONTENT),
    (MailPage::PATH, ".mails .mail"),
    (HomeworkPage::PATH, ".tasks .task"),
    (CalendarPage::PATH, ".event-link"),
    (TimetablePage::PATH, ".lesson-name"),
];

#[tokio::test]
async fn a_full_device_gives_up_old_attachments_says_so_and_stays_usable() -> Result<()> {
    let story = Story::begin("quota").await?;
    let client = Client::log_in(story.origin(), demo::PUPIL).await?;
    send_heavy_mail(&client).await?;
    let browser = story.open_browser().await?;
    let full = fill_up(&story, &browser, &client).await;
    story.check("the first sync", &browser, full).await?;
    let used = use_it(&story, &browser, &client).await;
    story.check("using it", &browser, used).await?;
    browser.close().await
}

#[tokio::test]
async fn a_device_without_any_room_says_so_and_works_once_there_is_some() -> Result<()> {
    let story = Story::begin("no-room").await?;
    let browser = story.open_browser().await?;
    let told = told_what_helps(&story, &browser).await;
    story.check("a phone without any room", &browser, told).await?;
    browser.close().await
}

async fn told_what_helps(story: &Story, browser: &Browser) -> Result<()> {
    let screen = story.screen(browser);
    let login = LoginPage::open(screen).await?;
    browser.wait_until_installed().await?;
    let none = json!({ "origin": story.origin(), "quotaSize": 1 });
    browser.devtools("Storage.overrideQuotaForOrigin", none).await?;
    login.try_to_log_in(demo::PUPIL).await?;
    screen.see("Auf deinem Gerät ist kein Platz mehr").await?;
    story.picture(browser, "voll").await?;
    browser.devtools("Storage.overrideQuotaForOrigin", json!({ "origin": story.origin() })).await?;
    LoginPage::open(screen).await?.log_in(demo::PUPIL).await?.wait_until_synced().await
}

/// Mails with attachments of the last weeks, as many as there are moments of the demo's own mail, but for the newest
/// day.
async fn send_heavy_mail(client: &Client) -> Result<()> {
    let mut chance = Chance::begin();
    let mails = client.query("Email", json!(null)).await?;
    let moments: BTreeSet<&str> = mails.iter().filter_map(|mail| mail["receivedAt"].as_str()).collect();
    let day = |moment: &str| moment.split('T').next().map(ToOwned::to_owned);
    let newest = moments.last().and_then(|moment| day(moment)).context("no mail")?;
    let older = moments.iter().rev().filter(|moment| day(moment).as_ref() != Some(&newest));
    let inbox = facts::inbox(client).await?;
    let mut sent = 0;
    for (number, moment) in older.take(HEAVY).enumerate() {
        let bytes: Vec<u8> = (0..ATTACHED).map(|_| chance.under(256).to_le_bytes()[0]).collect();
        client.import(&inbox, message(number, &bytes), Some(moment)).await?;
        sent += 1;
    }
    ensure!(sent == HEAVY, "the demo school has mail of only {sent} moments");
    Ok(())
}

fn message(number: usize, attachment: &[u8]) -> Vec<u8> {
    format!(
        "From: fotos@example.org\r\nSubject: Fotos {number}\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed; boundary=teil\r\n\r\n\
         --teil\r\nContent-Type: text/plain\r\n\r\nDie Fotos vom Ausflug.\r\n\
         --teil\r\nContent-Type: application/zip; name=fotos{number}.zip\r\nContent-Disposition: attachment\r\n\
         Content-Transfer-Encoding: base64\r\n\r\n{}\r\n--teil--\r\n",
        BASE64_STANDARD.encode(attachment)
    )
    .into_bytes()
}

async fn fill_up(story: &Story, browser: &Browser, client: &Client) -> Result<()> {
    let screen = story.screen(browser);
    let login = LoginPage::open(screen).await?;
    browser.wait_until_installed().await?;
    let used = browser.run("return (await navigator.storage.estimate()).usage;", vec![]).await?;
    let quota = json!({ "origin": story.origin(), "quotaSize": used.as_u64().context("no usage")? + ROOM });
    browser.devtools("Storage.overrideQuotaForOrigin", quota).await?;

    login.log_in(demo::PUPIL).await?.wait_until_synced().await?;
    screen.see("Dein Gerät ist voll").await?;
    screen.see("Nicht mehr auf diesem Gerät").await?;
    story.picture(browser, "voll").await?;
    let device = at_rest(browser, client).await?;
    let of = |kind: &str| device.kinds.get(kind).copied().unwrap_or_default();
    let (all, new) = (count_attachments(client).await?, count_newest_day(client).await?);
    ensure!(of("Blob") < all, "all {all} attachments are on the device");
    ensure!(
        of("EmailBody") >= new,
        "{new} mails came on the newest day, {} have their text",
        of("EmailBody")
    );
    Ok(())
}

/// Mails of the newest day, of which nothing goes.
async fn count_newest_day(client: &Client) -> Result<usize> {
    let mails = client.query("Email", json!(null)).await?;
    let days: Vec<_> =
        mails.iter().filter_map(|mail| mail["receivedAt"].as_str()?.split('T').next()).collect();
    let newest = days.iter().max().context("no mail")?;
    Ok(days.iter().filter(|day| *day == newest).count())
}

/// All of them, whether they are shown in a mail or beside it.
async fn count_attachments(client: &Client) -> Result<usize> {
    let mails = client.query("Email", json!(null)).await?;
    Ok(mails.iter().filter_map(|mail| mail["attachments"].as_array()).map(Vec::len).sum())
}

/// Every list is there, and what is opened and done is kept.
async fn use_it(story: &Story, browser: &Browser, client: &Client) -> Result<()> {
    let (homework, unread) = (facts::open_homework(client).await?, facts::unread_mail(client).await?);
    let screen = story.screen(browser);
    for (path, list) in LISTS {
        screen.open(path).await?;
        let what = format!("a list on {path}");
        let rows = eventually(&what, SOON, async || {
            let rows =
                browser.run("return document.querySelectorAll(args[0]).length;", vec![json!(list)]).await?;
            Ok(rows.as_u64().filter(|rows| *rows > 0))
        });
        rows.await?;
    }
    HomeworkPage::open_one(screen, &homework).await?.tick_off(&homework).await?;
    MailPage::read(screen, &unread).await?;
    at_rest(browser, client).await?;
    let task = client.get("Task", json!({ "ids": [homework.id] })).await?;
    ensure!(task[0]["progress"] == "completed", "the homework is {}", task[0]["progress"]);
    let mail = client.get("Email", json!({ "ids": [unread.id] })).await?;
    ensure!(mail[0]["keywords"]["$seen"] == true, "the mail is not read: {}", mail[0]["keywords"]);

    TodayPage::open(screen).await?;
    screen.see("Dein Gerät ist voll").await?;
    screen.press(Role::Button, "Verstanden").await?;
    eventually("the notice to go", SOON, async || {
        Ok((!browser.text().await?.contains("Dein Gerät ist voll")).then_some(()))
    })
    .await
}
