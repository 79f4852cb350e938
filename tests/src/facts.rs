//! What the server holds, found by asking it: a story then looks for the same on the phone. So no
//! story knows a text of the demo school by heart, and each notices when the demo lacks something.

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use crate::client::Client;

/// A lesson that does not take place as planned.
#[derive(Debug)]
pub struct ChangedLesson {
    /// Such as `2026-09-14`.
    pub date: String,
    /// Such as `Mathematik`.
    pub subject: String,
    /// The room that the plan says.
    pub planned_room: String,
    /// The room where it takes place.
    pub room: String,
}

/// A mail.
#[derive(Debug)]
pub struct Mail {
    pub id: String,
    pub subject: String,
    /// A mailbox that it is in.
    pub mailbox: String,
    /// Whether somebody has opened it.
    pub seen: bool,
    /// The attachment that the mail was chosen for.
    pub attachment: Option<Attachment>,
}

/// A part of a mail.
#[derive(Debug)]
pub struct Attachment {
    pub name: String,
    pub blob: String,
}

/// A piece of homework or an event.
#[derive(Debug)]
pub struct Entry {
    pub id: String,
    pub title: String,
}

/// A lesson of this or the coming week whose room differs.
pub async fn lesson_in_another_room(client: &Client) -> Result<ChangedLesson> {
    let lessons = client.query("Lesson", json!(null)).await?;
    let changed = lessons.iter().rfind(|lesson| lesson["change"]["kind"] == "room");
    let lesson = changed.context("no lesson takes place in another room")?;
    Ok(ChangedLesson {
        date: text(&lesson["date"])?,
        subject: text(&lesson["subjectName"])?,
        planned_room: text(&lesson["rooms"][0])?,
        room: text(&lesson["change"]["rooms"][0])?,
    })
}

/// A mail with a picture in its text.
pub async fn mail_with_picture(client: &Client) -> Result<Mail> {
    mail_with(client, |part| {
        let media_type = part["type"].as_str().unwrap_or_default();
        part["disposition"] == "inline" && !part["cid"].is_null() && media_type.starts_with("image/")
    })
    .await
    .context("no mail has a picture in its text")
}

/// A mail with a PDF attached.
pub async fn mail_with_pdf(client: &Client) -> Result<Mail> {
    mail_with(client, |part| part["type"] == "application/pdf").await.context("no mail has a PDF attached")
}

/// The inbox's id.
pub async fn inbox(client: &Client) -> Result<String> {
    let mailboxes = client.get("Mailbox", json!({ "ids": null })).await?;
    let inbox = mailboxes.iter().find(|mailbox| mailbox["role"] == "inbox");
    text(&inbox.context("no inbox")?["id"])
}

/// The newest unread mail in the inbox: its row is there without scrolling.
pub async fn unread_mail(client: &Client) -> Result<Mail> {
    let filter = json!({ "inMailbox": inbox(client).await?, "notKeyword": "$seen" });
    let mails = client.query("Email", filter).await?;
    let newest = mails.iter().max_by_key(|mail| mail["receivedAt"].as_str().unwrap_or_default().to_owned());
    mail(newest.context("all mails are read")?, None)
}

/// Homework that is not done.
pub async fn open_homework(client: &Client) -> Result<Entry> {
    let tasks = client.get("Task", json!({ "ids": null })).await?;
    // The latest one: it is in no danger of being hidden as overdue.
    let open = tasks.iter().filter(|task| task["progress"] == "needs-action");
    let task = open.max_by_key(|task| task["due"].as_str().unwrap_or_default().to_owned());
    entry(task.context("all homework is done")?)
}

/// An event that happens once.
pub async fn event(client: &Client) -> Result<Entry> {
    let events = client.get("CalendarEvent", json!({ "ids": null })).await?;
    let once =
        |event: &&Value| event["tornister.app:occurrences"].as_array().is_some_and(|all| all.len() == 1);
    entry(events.iter().find(once).context("no event happens once")?)
}

async fn mail_with(client: &Client, wanted: impl Fn(&Value) -> bool) -> Result<Mail> {
    // Not by `hasAttachment`: a picture in the text need not count (RFC 8621 §4.1.4).
    for candidate in client.query("Email", json!(null)).await? {
        let part = candidate["attachments"].as_array().into_iter().flatten().find(|part| wanted(part));
        if let Some(part) = part {
            return mail(&candidate, Some(part));
        }
    }
    anyhow::bail!("none of the mails")
}

fn mail(mail: &Value, part: Option<&Value>) -> Result<Mail> {
    let attachment = |part: &Value| -> Result<Attachment> {
        Ok(Attachment { name: text(&part["name"])?, blob: text(&part["blobId"])? })
    };
    let mailbox = mail["mailboxIds"].as_object().and_then(|all| all.keys().next());
    Ok(Mail {
        id: text(&mail["id"])?,
        subject: text(&mail["subject"])?,
        mailbox: mailbox.context("a mail without a mailbox")?.clone(),
        seen: mail["keywords"]["$seen"] == true,
        attachment: part.map(attachment).transpose()?,
    })
}

fn entry(object: &Value) -> Result<Entry> {
    Ok(Entry { id: text(&object["id"])?, title: text(&object["title"])? })
}

fn text(value: &Value) -> Result<String> {
    value.as_str().map(ToOwned::to_owned).with_context(|| format!("{value} is no text"))
}
