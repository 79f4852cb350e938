//! Logging out leaves nothing of the school on the device: not in what pages can reach, and not in the
//! files on disk.

use std::{fs, path::Path};

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use tornister_tests::{
    browser::Browser,
    client::Client,
    demo,
    facts::{self, Entry, Mail},
    pages::{HomeworkPage, LoginPage, MailPage, SettingsPage},
    story::Story,
};

/// What a page of the app's origin can find: databases with their records, cached addresses, web
/// storage, cookies that scripts see.
const LEFT: &str = "
    const databases = {};
    for (const { name } of await indexedDB.databases()) {
        const database = await new Promise((resolve, reject) => {
            const opening = indexedDB.open(name);
            opening.onsuccess = () => resolve(opening.result);
            opening.onerror = () => reject(opening.error);
        });
        let records = 0;
        for (const store of database.objectStoreNames) {
            records += await new Promise((resolve, reject) => {
                const counting = database.transaction(store).objectStore(store).count();
                counting.onsuccess = () => resolve(counting.result);
                counting.onerror = () => reject(counting.error);
            });
        }
        database.close();
        databases[name] = records;
    }
    const cached = [];
    for (const name of await caches.keys()) {
        for (const request of await (await caches.open(name)).keys()) cached.push(new URL(request.url).pathname);
    }
    const storage = JSON.stringify([{ ...localStorage }, { ...sessionStorage }]);
    return { databases, cached, storage, cookies: document.cookie };";

/// Texts that only this school has.
struct Marks(Vec<String>);

impl Marks {
    fn new(mails: &[&Mail], homework: &Entry) -> Self {
        let subjects = mails.iter().map(|mail| &mail.subject).chain([&homework.title]);
        Self(subjects.map(|text| text.trim().to_owned()).filter(|text| text.len() >= 12).collect())
    }

    /// The first mark in these bytes, as browsers write text: UTF-8, Latin-1 or UTF-16.
    fn found_in(&self, bytes: &[u8]) -> Option<&str> {
        let written = |text: &str| {
            let latin: Option<Vec<u8>> = text.chars().map(|letter| u8::try_from(letter).ok()).collect();
            let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            [Some(text.as_bytes().to_vec()), latin, Some(wide)]
        };
        let is_in = |form: &[u8]| bytes.windows(form.len()).any(|part| part == form);
        self.0.iter().map(String::as_str).find(|text| written(text).iter().flatten().any(|form| is_in(form)))
    }
}

#[tokio::test]
async fn logging_out_leaves_nothing_of_the_school_on_the_device() -> Result<()> {
    let story = Story::begin("logout").await?;
    let client = Client::log_in(story.origin(), demo::PUPIL).await?;
    let (mail, homework) = (facts::mail_with_picture(&client).await?, facts::open_homework(&client).await?);
    let marks = Marks::new(&[&mail, &facts::mail_with_pdf(&client).await?], &homework);
    ensure!(!marks.0.is_empty(), "the demo school has no text that is long enough to look for");

    let browser = story.open_browser().await?;
    let cookie =
        story.check("using the app", &browser, use_it(&story, &browser, &mail, &homework).await).await?;
    let logged_in = client.is_logged_in(story.origin(), &cookie).await?;
    ensure!(
        logged_in,
        "the server does not know the browser's session: the story looks for the wrong cookie"
    );

    // Closed without logging out: sealed records are all that lies on disk (decision D8).
    browser.close().await?;
    search(story.profile(), &marks).context("before logging out")?;

    let browser = story.open_browser().await?;
    let left = story.check("logging out", &browser, log_out(&story, &browser).await).await?;
    story.check("what is left", &browser, nothing_of_the_school(&left, &marks)).await?;
    ensure!(browser.driver.get_all_cookies().await?.is_empty(), "a cookie is left");
    ensure!(!client.is_logged_in(story.origin(), &cookie).await?, "the server still knows the session");
    browser.close().await?;
    search(story.profile(), &marks).context("after logging out")
}

/// Reads a mail and a piece of homework; the session's cookie.
async fn use_it(story: &Story, browser: &Browser, mail: &Mail, homework: &Entry) -> Result<String> {
    let screen = story.screen(browser);
    LoginPage::open(screen).await?.log_in(demo::PUPIL).await?.wait_until_synced().await?;
    browser.wait_until_installed().await?;
    MailPage::read(screen, mail).await?.picture_width().await?;
    HomeworkPage::open_one(screen, homework).await?;
    let cookies = browser.driver.get_all_cookies().await?;
    let session = cookies.first().context("the browser has no cookie")?;
    Ok(format!("{}={}", session.name, session.value))
}

async fn log_out(story: &Story, browser: &Browser) -> Result<Value> {
    SettingsPage::open(story.screen(browser)).await?.log_out().await?;
    story.picture(browser, "abgemeldet").await?;
    browser.run(LEFT, vec![]).await
}

fn nothing_of_the_school(left: &Value, marks: &Marks) -> Result<()> {
    let databases = left["databases"].as_object().context("no list of databases")?;
    ensure!(databases.values().all(|records| *records == json!(0)), "records are left: {databases:?}");
    let cached: Vec<_> = left["cached"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let server =
        |path: &&str| ["/jmap", "/auth", "/.well-known"].iter().any(|prefix| path.starts_with(prefix));
    ensure!(!cached.iter().any(server), "answers of the server are cached: {cached:?}");
    let storage = left["storage"].as_str().unwrap_or_default();
    ensure!(marks.found_in(storage.as_bytes()).is_none(), "web storage holds school data: {storage}");
    ensure!(!storage.contains(demo::PUPIL.username), "web storage knows who was here: {storage}");
    ensure!(left["cookies"] == "", "cookies are left: {}", left["cookies"]);
    Ok(())
}

/// Looks through all files below `folder`.
fn search(folder: &Path, marks: &Marks) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| format!("reading {}", folder.display()))? {
        let path = entry?.path();
        if path.is_dir() {
            search(&path, marks)?;
        } else if path.is_file() {
            let bytes = fs::read(&path).with_context(|| format!("reading {}", path.display()))?;
            if let Some(mark) = marks.found_in(&bytes) {
                anyhow::bail!("“{mark}” can be read in {}", path.display());
            }
        }
    }
    Ok(())
}
