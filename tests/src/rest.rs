//! The end of all syncing: nothing waits, and phone and server hold the same.

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::json;

use crate::{
    browser::Browser,
    client::Client,
    demo::Login,
    device::{self, Device},
    patience::{LONG, eventually},
};

/// Waits until no change waits any more and the phone holds what the server holds.
pub async fn at_rest(browser: &Browser, client: &Client) -> Result<Device> {
    eventually("the phone to hold what the server holds", LONG, async || {
        let device = device::look(browser).await?.context("no database")?;
        let server = device::on_the_server(client).await?;
        if let Some(difference) = device::difference(&device.school, &server) {
            bail!("{difference}");
        }
        ensure!(device.waiting == 0, "{} changes wait", device.waiting);
        let wanted = device.kinds.contains_key("BodyWanted") || device.kinds.contains_key("BlobWanted");
        ensure!(!wanted, "something is still wanted: {:?}", device.kinds);
        Ok(Some(device))
    })
    .await
}

/// Logs in again where the session was lost, and lets the app try.
const LOG_IN_AGAIN: &str = "
    if ((await fetch('/.well-known/jmap')).status !== 401) return;
    const headers = { 'Content-Type': 'application/json' };
    await fetch('/auth/login', { method: 'POST', headers, body: JSON.stringify(args[0]) });
    window.dispatchEvent(new Event('online'));";

/// Sees to it that the browser has a session. Chromium writes cookies down half a minute late: one that is
/// killed may lose the session, though not the data.
pub async fn keep_logged_in(browser: &Browser, login: Login) -> Result<()> {
    let login = json!({ "username": login.username, "password": login.password });
    browser.run(LOG_IN_AGAIN, vec![login]).await?;
    Ok(())
}
