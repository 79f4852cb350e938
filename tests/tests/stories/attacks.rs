//! Attacks on cleaners of HTML, sent as mail and opened in Chromium, Firefox and WebKitGTK: nothing runs, nothing is
//! asked of another host, nobody is led away. Then the mail's frame alone has to hold, with each
//! attack in it as it was written.

use anyhow::{Context as _, Result, ensure};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde_json::{Value, json};
use tempfile::TempDir;
use tornister_tests::{
    browser::{Browser, Engine, Mode, SOON},
    canary::Canary,
    client::Client,
    demo,
    gateway::Gateway,
    pages::LoginPage,
    patience::eventually,
    screen::Screen,
    vectors::{self, Vector},
};

/// Attacks in one mail, each a part of its own: what one leaves open does not reach the next.
const IN_ONE_MAIL: usize = 100;
/// Attacks in frames at the same time.
const AT_ONCE: usize = 30;

/// Whether the mail is shown to its end, and what stands in it that should not.
const FOREIGN: &str = r#"
    const text = document.querySelector('iframe.message-frame')?.contentDocument;
    if (text?.readyState !== 'complete' || !text.body?.innerText.includes(args[0])) return null;
    const elements = new Set(('a abbr b bdi bdo blockquote br caption center cite code col colgroup dd del dfn div dl dt '
        + 'em figcaption figure h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q s small span strike strong sub sup '
        + 'table tbody td tfoot th thead tr tt u ul var wbr').split(' '));
    const attributes = new Set(('href target rel src alt width height dir lang title start reversed type span align '
        + 'colspan rowspan valign scope').split(' '));
    const found = [];
    for (const element of text.body.querySelectorAll('*')) {
        const shown = element.cloneNode(false).outerHTML;
        if (element.namespaceURI !== 'http://www.w3.org/1999/xhtml' || !elements.has(element.localName)) found.push(shown);
        for (const { name } of element.attributes) if (!attributes.has(name)) found.push(shown);
        if (element.hasAttribute('href') && !/^(https?|mailto):$/.test(element.protocol)) found.push(shown);
        if (element.hasAttribute('src') && !/^(cid|blob):/i.test(element.getAttribute('src'))) found.push(shown);
    }
    return found;"#;

/// Fills copies of the mail's frame with attacks; how often one of them ran.
const FRAMES: &str = r"
    const model = document.querySelector('iframe.message-frame');
    let ran = 0;
    window.attacked = () => { ran += 1; };
    const frames = await Promise.all(args[0].map((html) => new Promise((resolve) => {
        const frame = model.cloneNode(false);
        frame.srcdoc = `<!doctype html><html><body>${html.replace(/\b(alert|prompt|confirm)\s*\(/g, 'top.attacked(')}</body></html>`;
        frame.addEventListener('load', () => resolve(frame), { once: true });
        document.body.append(frame);
    })));
    frames.forEach((frame) => frame.remove());
    return ran;";

#[tokio::test]
async fn no_attack_in_a_mail_succeeds_in_chromium() -> Result<()> {
    attack(Engine::Chromium).await
}

#[tokio::test]
async fn no_attack_in_a_mail_succeeds_in_firefox() -> Result<()> {
    attack(Engine::Firefox).await
}

#[tokio::test]
async fn no_attack_in_a_mail_succeeds_in_webkit() -> Result<()> {
    attack(Engine::WebKit).await
}

async fn attack(engine: Engine) -> Result<()> {
    let vectors = vectors::all()?;
    ensure!(vectors.len() >= 300, "only {} attacks", vectors.len());
    let mut gateway = Gateway::start_plain().await?;
    let mails = send(&gateway.origin(), &vectors).await?;
    if engine == Engine::WebKit {
        gateway.encrypt().await?;
    }
    let origin = gateway.origin();

    let canary = Canary::listen().await?;
    let profile = TempDir::with_prefix("tornister-profile-")?;
    let mode = Mode { proxy: Some(canary.port()), ..Mode::default() };
    let browser = Browser::open_with(engine, profile.path(), mode).await?;
    let screen = Screen::new(&browser, &origin);
    LoginPage::open(screen).await?.log_in(demo::PUPIL).await?;
    for mail in &mails {
        screen.open(&mail.path).await?;
        let foreign = eventually("a mail to be shown to its end", SOON, async || {
            let found = browser.run(FOREIGN, vec![json!(mail.end)]).await?;
            Ok(found.as_array().cloned())
        });
        let foreign = foreign.await?;
        ensure!(foreign.is_empty(), "{engine:?} shows {}", json!(foreign));
        stays(&browser, &origin, &mail.path).await?;
    }
    silent(&canary, &vectors, engine)?;
    // Chromium dials the host of a frame in a frame before the policy refuses it, so from here on only
    // what runs and who is led away counts.
    let path = &mails.last().context("no mail")?.path;
    for some in vectors.chunks(AT_ONCE) {
        let html: Vec<&str> = some.iter().map(|vector| vector.html.as_str()).collect();
        let ran = browser.run(FRAMES, vec![json!(html)]).await?;
        ensure!(ran == 0, "{ran} of these ran in {engine:?}: {}", sources(some));
        stays(&browser, &origin, path).await?;
    }

    // The canary sings: what the browser asks of another host would have been heard.
    let _ = browser.driver.goto("http://canary.example/").await;
    eventually("the canary", SOON, async || Ok(canary.heard().contains("canary.example").then_some(())))
        .await?;
    browser.close().await
}

/// No host that an attack names was asked; browsers ask their makers things of their own.
fn silent(canary: &Canary, vectors: &[Vector], engine: Engine) -> Result<()> {
    let is_named =
        |host: &String| vectors.iter().any(|vector| vector.html.to_ascii_lowercase().contains(host.as_str()));
    let asked: Vec<String> = canary.heard().into_iter().filter(is_named).collect();
    ensure!(asked.is_empty(), "{engine:?} asked {asked:?}");
    Ok(())
}

/// The app is where it was, in the only window.
async fn stays(browser: &Browser, origin: &str, path: &str) -> Result<()> {
    let address = browser.driver.current_url().await?;
    ensure!(address.as_str() == format!("{origin}{path}"), "the app was led to {address}");
    let windows = browser.driver.windows().await?.len();
    ensure!(windows == 1, "{windows} windows are open");
    Ok(())
}

/// A mail with attacks, where the app shows it, and the text at its end.
struct Sent {
    path: String,
    end: String,
}

/// Puts the attacks into the pupil's inbox.
async fn send(origin: &str, vectors: &[Vector]) -> Result<Vec<Sent>> {
    let client = Client::log_in(origin, demo::PUPIL).await?;
    let mailboxes = client.get("Mailbox", json!({ "ids": null })).await?;
    let inbox = mailboxes.iter().find(|mailbox| mailbox["role"] == "inbox").context("no inbox")?;
    let inbox = inbox["id"].as_str().context("no id")?;
    let mut sent = Vec::new();
    for (number, some) in vectors.chunks(IN_ONE_MAIL).enumerate() {
        let end = format!("Ende der Nummer {number}");
        let id = client.import(inbox, message(number, some, &end), None).await?;
        sent.push(Sent { path: format!("/post/{inbox}/{id}"), end });
    }
    Ok(sent)
}

fn message(number: usize, vectors: &[Vector], end: &str) -> Vec<u8> {
    let mut message = format!(
        "From: angriff@example.org\r\nSubject: Angriff {number}\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed; boundary=angriff\r\n\r\n"
    );
    for html in vectors.iter().map(|vector| vector.html.as_str()).chain([end]) {
        message += "--angriff\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n";
        message += &BASE64_STANDARD.encode(html);
        message += "\r\n";
    }
    message += "--angriff--\r\n";
    message.into_bytes()
}

fn sources(vectors: &[Vector]) -> Value {
    vectors.iter().map(|vector| json!([vector.source, vector.html])).collect()
}
