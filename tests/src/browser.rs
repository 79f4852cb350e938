//! A browser at the size of a phone: Chromium, where nothing else is said.

mod engine;

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context as _, Result, anyhow, bail};
use serde_json::{Value, json};
use tempfile::TempDir;
use thirtyfour::WebDriver;
use tokio::time::timeout;

pub use engine::{Engine, Mode};

use crate::{
    patience::{LONG, eventually},
    process::{Group, free_port},
};

/// A phone that pupils have: 390 by 844 CSS pixels.
pub const PHONE: (u32, u32) = (390, 844);

/// A browser and its driver. Killed when dropped; [`Browser::close`] ends it as a user would.
pub struct Browser {
    processes: Vec<Group>,
    /// The WebDriver session.
    pub driver: WebDriver,
    downloads: TempDir,
}

impl Browser {
    /// Opens Chromium, which keeps its data in `profile`. Opened a second time with the same folder, it
    /// finds what it left there.
    pub async fn open(profile: &Path) -> Result<Self> {
        Self::open_with(Engine::Chromium, profile, Mode::default()).await
    }

    /// Opens another browser, or in another way.
    pub async fn open_with(engine: Engine, profile: &Path, mode: Mode) -> Result<Self> {
        let port = free_port()?;
        let mut processes = engine.start_driver(port, profile)?;
        let server = format!("http://127.0.0.1:{port}");
        let capabilities = engine.capabilities(profile, mode)?;
        let what = format!("a driver to open {engine:?}");
        let driver = eventually(&what, 3 * LONG, async || {
            if processes.first_mut().map(Group::ended).transpose()?.flatten().is_some() {
                // A driver that died of what it was asked for is started again.
                processes = engine.start_driver(port, profile)?;
            }
            // WebKit's waits for ever for a browser that died while it started.
            let opening = timeout(LONG, WebDriver::new(&server, capabilities.clone()));
            let Ok(opened) = opening.await else {
                processes.clear();
                processes = engine.start_driver(port, profile)?;
                bail!("it did not answer within {} s", LONG.as_secs());
            };
            Ok(Some(opened?))
        });
        let driver = driver.await?;
        driver.set_script_timeout(LONG).await?;
        let downloads = TempDir::with_prefix("tornister-downloads-")?;
        Ok(Self { driver, downloads, processes })
    }

    /// Closes the browser and waits until its data is on disk.
    pub async fn close(self) -> Result<()> {
        Ok(self.driver.clone().quit().await?)
    }

    /// Kills all of the browser at once, as an empty battery would. What it was writing may be half there.
    pub fn kill(self) {
        drop(self);
    }

    /// Sends a DevTools command.
    pub async fn devtools(&self, method: &str, parameters: Value) -> Result<Value> {
        self.driver.cdp().send_raw(method, parameters).await.with_context(|| method.to_owned())
    }

    /// Puts the page into airplane mode, or takes it out: what the browser tells the app, beside the
    /// network being gone or there.
    pub async fn set_offline(&self, offline: bool) -> Result<()> {
        self.devtools("Network.enable", json!({})).await?;
        let conditions = json!({
            "offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1,
        });
        self.devtools("Network.emulateNetworkConditions", conditions).await?;
        Ok(())
    }

    /// Lets requests of the page go to the server, past the service worker.
    pub async fn bypass_service_worker(&self) -> Result<()> {
        self.devtools("Network.enable", json!({})).await?;
        self.devtools("Network.setBypassServiceWorker", json!({ "bypass": true })).await?;
        Ok(())
    }

    /// Makes the browser save files without asking, and tells where.
    pub async fn downloads(&self) -> Result<PathBuf> {
        let folder = self.downloads.path().to_owned();
        let parameters = json!({ "behavior": "allow", "downloadPath": folder });
        self.devtools("Browser.setDownloadBehavior", parameters).await?;
        Ok(folder)
    }

    /// Runs an `async` JavaScript function body in the page and gives what it returns.
    pub async fn run(&self, body: &str, arguments: Vec<Value>) -> Result<Value> {
        let script = format!(
            "const done = arguments[arguments.length - 1];
             (async (...args) => {{ {body} }})(...[...arguments].slice(0, -1))
                 .then((value) => done({{ value }}), (error) => done({{ error: String(error) }}));"
        );
        let answer = self.driver.execute_async(script, arguments).await?;
        let answer = answer.json();
        match answer.get("error").and_then(Value::as_str) {
            Some(error) => bail!("the page's script failed: {error}"),
            None => Ok(answer.get("value").cloned().unwrap_or_default()),
        }
    }

    /// Waits until the service worker has cached the whole app and controls the page, and all attachments are there:
    /// from here on the app opens without a network, with everything in it.
    pub async fn wait_until_installed(&self) -> Result<()> {
        eventually("the service worker to take over", LONG, async || {
            let script = "return Boolean(navigator.serviceWorker.controller)
                && (await navigator.serviceWorker.ready).active.state === 'activated';";
            Ok(self.run(script, vec![]).await?.as_bool().filter(|ready| *ready))
        })
        .await?;
        let wanted = "records.count(IDBKeyRange.bound('BlobWanted/', 'BlobWanted0'))";
        eventually("the attachments", LONG, async || {
            let wanted = self.ask_databases(wanted, vec![]).await?;
            Ok(wanted.iter().all(|count| *count == 0).then_some(()))
        })
        .await?;
        Ok(())
    }

    /// What each database of the app answers to a request to its `records`, an expression in JavaScript.
    pub async fn ask_databases(&self, request: &str, args: Vec<Value>) -> Result<Vec<Value>> {
        let script = format!(
            "const answers = [];
            for (const {{ name }} of await indexedDB.databases()) {{
                const database = await new Promise((resolve, reject) => {{
                    const opening = indexedDB.open(name);
                    opening.onsuccess = () => resolve(opening.result);
                    opening.onerror = () => reject(opening.error);
                }});
                answers.push(await new Promise((resolve, reject) => {{
                    const records = database.transaction('records').objectStore('records');
                    const asked = {request};
                    asked.onsuccess = () => resolve(asked.result ?? null);
                    asked.onerror = () => reject(asked.error);
                }}));
                database.close();
            }}
            return answers;"
        );
        let answers = self.run(&script, args).await?;
        answers.as_array().cloned().ok_or_else(|| anyhow!("no answers"))
    }

    /// Errors that the page has logged since the last call: failed scripts, violations of the
    /// Content-Security-Policy, failed requests.
    pub async fn errors(&self) -> Result<Vec<String>> {
        let log = self.driver.browser_log().await?;
        Ok(log.into_iter().filter(|entry| entry.level == "SEVERE").map(|entry| entry.message).collect())
    }

    /// The page as people read it.
    pub async fn text(&self) -> Result<String> {
        let text = self.run("return document.body.innerText;", vec![]).await?;
        text.as_str().map(ToOwned::to_owned).ok_or_else(|| anyhow!("the page has no text"))
    }

    /// Saves what is to be seen as a PNG.
    pub async fn screenshot(&self, path: &Path) -> Result<()> {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        Ok(self.driver.screenshot(path).await?)
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        self.processes.iter_mut().for_each(Group::kill);
        // The session would wait for minutes for somebody to say goodbye to. An error means that it has
        // said so already.
        let _ = self.driver.clone().leak();
    }
}

/// How long a click's effect may take.
pub const SOON: Duration = Duration::from_secs(10);
