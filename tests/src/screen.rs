//! What people do with a page: look for something, press it, type into it.

use anyhow::{Context as _, Result};
use serde_json::json;
use thirtyfour::WebElement;

use crate::{
    browser::{Browser, SOON},
    patience::{LONG, eventually},
};

/// What something on a page is for.
#[derive(Clone, Copy, Debug)]
pub enum Role {
    Button,
    Checkbox,
    CheckedCheckbox,
    Heading,
    Image,
    Link,
    Radio,
    Textbox,
}

/// The app in a browser.
#[derive(Clone, Copy)]
pub struct Screen<'b> {
    browser: &'b Browser,
    origin: &'b str,
}

impl<'b> Screen<'b> {
    /// The app that `origin` serves.
    #[must_use]
    pub fn new(browser: &'b Browser, origin: &'b str) -> Self {
        Self { browser, origin }
    }

    /// The browser around it.
    #[must_use]
    pub fn browser(&self) -> &'b Browser {
        self.browser
    }

    /// Opens an address of the app, such as `/post`, as a link from elsewhere would.
    pub async fn open(&self, path: &str) -> Result<()> {
        let url = format!("{}{path}", self.origin);
        self.browser.driver.goto(&url).await.with_context(|| format!("opening {url}"))
    }

    /// The address within the app.
    pub async fn path(&self) -> Result<String> {
        let url = self.browser.driver.current_url().await?;
        Ok(url.path().to_owned())
    }

    /// Waits for something with this role whose accessible name contains `name`.
    pub async fn find(&self, role: Role, name: &str) -> Result<WebElement> {
        self.look_for(role, name, "").await
    }

    /// Like [`find`](Self::find), in a list that grows while one scrolls.
    pub async fn scroll_to(&self, role: Role, name: &str) -> Result<WebElement> {
        self.look_for(role, name, "window.scrollBy(0, innerHeight);").await
    }

    /// Waits for something; as long as it is not there, `meanwhile` is run.
    async fn look_for(&self, role: Role, name: &str, meanwhile: &str) -> Result<WebElement> {
        let (script, what) = (include_str!("find.js"), format!("{role:?}").to_lowercase());
        let arguments = vec![json!(what), json!(name)];
        eventually(&format!("a {what} named “{name}”"), SOON, async || {
            let answer = self.browser.driver.execute(script, arguments.clone()).await?;
            if !answer.json().is_null() {
                return Ok(Some(answer.element()?));
            }
            self.browser.run(meanwhile, vec![]).await?;
            Ok(None)
        })
        .await
    }

    /// Presses a button, link, checkbox or radio button.
    pub async fn press(&self, role: Role, name: &str) -> Result<()> {
        let element = self.find(role, name).await?;
        element.scroll_into_view().await?;
        element.click().await.with_context(|| format!("pressing “{name}”"))
    }

    /// Types into the field with this label.
    pub async fn fill(&self, label: &str, text: &str) -> Result<()> {
        let field = self.find(Role::Textbox, label).await?;
        field.clear().await?;
        field.send_keys(text).await.with_context(|| format!("typing into “{label}”"))
    }

    /// Waits until `text` can be read on the page. White space counts as one space, soft hyphens as none.
    pub async fn see(&self, text: &str) -> Result<()> {
        let wanted = tidy(text);
        eventually(&format!("“{wanted}” on the page"), SOON, async || {
            Ok(tidy(&self.browser.text().await?).contains(&wanted).then_some(()))
        })
        .await
    }

    /// Waits until everything is on the phone, attachments too: the app says when it last synced, and
    /// no sync is under way.
    pub async fn wait_until_synced(&self) -> Result<()> {
        let script = "
            const busy = document.querySelector('.sync-line--busy');
            return !busy && document.querySelector('header').innerText.includes('abgeglichen');";
        eventually("a sync to end", LONG, async || {
            Ok(self.browser.run(script, vec![]).await?.as_bool().filter(|synced| *synced))
        })
        .await?;
        Ok(())
    }
}

/// Text as it is compared.
fn tidy(text: &str) -> String {
    text.replace('\u{ad}', "").split_whitespace().collect::<Vec<_>>().join(" ")
}
