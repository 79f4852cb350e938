//! Mail that is too old to be kept with its text: it is fetched when somebody opens it, and stays.

use anyhow::{Context as _, Result};
use tornister_tests::{
    browser::Browser,
    client::Client,
    demo, facts,
    pages::{LoginPage, MailPage},
    story::Story,
};

/// With these the oldest mails are not among the newest fifty, whose texts are always kept.
const MANY: usize = 60;

/// Where two old mails are.
struct Old {
    mailbox: String,
    opened: String,
    never_opened: String,
}

#[tokio::test]
async fn an_old_mails_text_is_fetched_when_it_is_opened_and_then_stays() -> Result<()> {
    let mut story = Story::begin("older").await?;
    let client = Client::log_in(story.origin(), demo::PUPIL).await?;
    let mailbox = facts::inbox(&client).await?;
    let mails: Vec<_> = (0..MANY).map(|number| (format!("Rundbrief {number}"), text_of(number))).collect();
    let ids = client.add_old_mails(&mailbox, &mails).await?;
    let [opened, never_opened, ..] = ids.as_slice() else { anyhow::bail!("no mails") };
    let old = Old { mailbox, opened: opened.clone(), never_opened: never_opened.clone() };

    let browser = story.open_browser().await?;
    story.check("opening old mail", &browser, open(&story, &browser, &old).await).await?;

    story.gateway.kill();
    browser.close().await?;
    let browser = story.open_browser().await?;
    story.check("without network", &browser, without_network(&story, &browser, &old).await).await?;

    story.gateway.restart().await?;
    let arrived = MailPage::open_mail(story.screen(&browser), &old.mailbox, &old.never_opened).await;
    let arrived = match arrived {
        Ok(mail) => mail.see(&text_of(1)).await,
        Err(error) => Err(error),
    };
    story.check("with network again", &browser, arrived).await?;
    browser.close().await
}

fn text_of(number: usize) -> String {
    format!("Dieser Brief hat die Nummer {number}.")
}

async fn open(story: &Story, browser: &Browser, old: &Old) -> Result<()> {
    let screen = story.screen(browser);
    LoginPage::open(screen).await?.log_in(demo::PUPIL).await?.wait_until_synced().await?;
    browser.wait_until_installed().await?;
    let mail = MailPage::open_mail(screen, &old.mailbox, &old.opened).await?;
    mail.see(&text_of(0)).await.context("the text did not come")
}

async fn without_network(story: &Story, browser: &Browser, old: &Old) -> Result<()> {
    let screen = story.screen(browser);
    let mail = MailPage::open_mail(screen, &old.mailbox, &old.opened).await?;
    mail.see(&text_of(0)).await.context("what was opened before is not there")?;
    let mail = MailPage::open_mail(screen, &old.mailbox, &old.never_opened).await?;
    mail.see("Der Text ist noch nicht auf diesem Gerät").await?;
    story.picture(browser, "ohne-netz").await
}
