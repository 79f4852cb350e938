//! A mail story told by Stalwart's jmap-client: two pupils, one mail, from the draft to the other's inbox,
//! whose event stream tells that it came.
//!
//! Arguments: origin, the sender's and the recipient's app password, the recipient's address, a subject.

use std::{pin::pin, time::Duration};

use anyhow::{Context as _, Result, bail, ensure};
use futures_util::StreamExt as _;
use jmap_client::{
    DataType,
    client::{Client, Credentials},
    core::{
        query::Filter,
        request::Request,
        response::{EmailSetResponse, EmailSubmissionSetResponse},
    },
    email::{self, EmailBodyPart, Property},
    event_source::PushNotification,
    mailbox::{self, Role},
};

/// How long what has been sent may be on its way.
const PATIENCE: Duration = Duration::from_secs(30);

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [origin, sender, recipient, address, subject] = arguments.as_slice() else {
        bail!("expected ORIGIN SENDER RECIPIENT ADDRESS SUBJECT");
    };
    let sender = client(origin, sender).await?;
    let recipient = client(origin, recipient).await?;
    read_and_mark(&sender).await?;
    let mut events = pin!(
        recipient
            .event_source(Some([DataType::Email, DataType::EmailDelivery]), false, Some(30), None)
            .await
            .context("opening the event stream")?
    );
    let (state, query_state) = states(&recipient).await?;
    send(&sender, address, subject).await?;
    loop {
        let event = tokio::time::timeout(PATIENCE, events.next()).await.context("no event came")?;
        let PushNotification::StateChange(change) = event.context("the event stream has ended")?? else {
            continue;
        };
        // A client acts on changes of its own account only.
        if change.changes(recipient.default_account_id()).is_some() && receive(&recipient, subject).await? {
            break;
        }
    }
    catch_up(&recipient, &state, &query_state).await?;
    println!("told");
    Ok(())
}

async fn client(origin: &str, token: &str) -> Result<Client> {
    let client = Client::new().credentials(Credentials::bearer(token)).connect(origin).await;
    client.context("reading the session")
}

/// A request that uses nothing but what the session offers: by itself the library names capabilities that
/// few servers have, and RFC 8620 §3.6.1 has them refuse it then.
fn ask(client: &Client) -> Request<'_> {
    let mut request = client.build();
    let session = client.session();
    let offered: Vec<&String> = session.capabilities().collect();
    request.using.retain(|uri| offered.iter().any(|offered| *offered == uri.as_ref()));
    request
}

async fn mailbox_of(client: &Client, role: Role) -> Result<String> {
    let mut request = ask(client);
    request.query_mailbox().filter(mailbox::query::Filter::role(role));
    let found = request.send_query_mailbox().await?;
    found.ids().first().cloned().context("a mailbox is missing")
}

async fn unread(client: &Client, mailbox: &str) -> Result<usize> {
    let mut request = ask(client);
    request.get_mailbox().ids([mailbox]);
    let found = request.send_get_mailbox().await?.take_list().pop();
    Ok(found.context("the mailbox is gone")?.unread_emails())
}

/// The newest unread mail of the inbox, with its conversation.
async fn read_and_mark(client: &Client) -> Result<()> {
    let inbox = mailbox_of(client, Role::Inbox).await?;
    let before = unread(client, &inbox).await?;
    ensure!(before > 0, "nothing is unread");
    let wanted =
        Filter::and([email::query::Filter::in_mailbox(&inbox), email::query::Filter::not_keyword("$seen")]);
    let mut request = ask(client);
    request.query_email().filter(wanted).sort([email::query::Comparator::received_at().descending()]);
    let found = request.send_query_email().await?;
    ensure!(found.ids().len() == before, "{found:?}");
    let id = found.ids()[0].as_str();
    let mut request = ask(client);
    let get = request.get_email().ids([id]);
    get.properties([
        Property::ThreadId,
        Property::Subject,
        Property::From,
        Property::TextBody,
        Property::BodyValues,
    ]);
    get.arguments().fetch_text_body_values(true);
    let mail = request.send_get_email().await?.take_list().pop().context("the mail is gone")?;
    ensure!(mail.subject().is_some() && mail.from().is_some(), "{mail:?}");
    let part = mail.text_body().and_then(|parts| parts[0].part_id()).context("no text")?;
    ensure!(mail.body_value(part).is_some_and(|body| !body.value().is_empty()), "{mail:?}");
    let mut request = ask(client);
    request.get_thread().ids([mail.thread_id().context("no thread")?]);
    let thread = request.send_get_thread().await?.take_list().pop().context("no thread")?;
    ensure!(thread.email_ids().iter().any(|other| other == id), "{thread:?}");
    let mut request = ask(client);
    request.set_email().update(id).keyword("$seen", true);
    request.send_set_email().await?.updated(id)?;
    ensure!(unread(client, &inbox).await? + 1 == before);
    Ok(())
}

/// A draft with an attachment, submitted, and moved to the folder of sent mail by the same request.
async fn send(client: &Client, address: &str, subject: &str) -> Result<()> {
    let (drafts, sent) = (mailbox_of(client, Role::Drafts).await?, mailbox_of(client, Role::Sent).await?);
    let mut request = ask(client);
    request.get_identity();
    let identity = request.send_get_identity().await?.take_list().pop().context("no identity")?;
    let own = (identity.name().context("no name")?, identity.email().context("no address")?);
    let attachment = client.upload(None, b"Anhang".to_vec(), Some("text/plain")).await?.take_blob_id();

    let mut request = ask(client);
    let draft = request.set_email().create();
    draft.mailbox_ids([&drafts]).keywords(["$draft"]).from([own]).to([address]).subject(subject);
    draft.body_value("text".to_owned(), "Grüße von jmap-client");
    draft.text_body(EmailBodyPart::new().part_id("text").content_type("text/plain"));
    draft.attachment(EmailBodyPart::new().blob_id(attachment).content_type("text/plain").name("Anhang.txt"));
    let id = request.send_single::<EmailSetResponse>().await?.created("c0")?.take_id();

    let mut request = ask(client);
    let set = request.set_email_submission();
    set.create_with_id("out").email_id(&id).identity_id(identity.id().context("no id")?);
    set.arguments().on_success_update_email("out").mailbox_ids([&sent]).keywords(["$seen"]);
    let answers = request.send().await?.unwrap_method_responses();
    ensure!(answers.len() == 2, "no implicit Email/set: {answers:?}");
    let first = answers.into_iter().next().context("no answer")?;
    let mut submitted: EmailSubmissionSetResponse = first.unwrap_set_email_submission()?;
    let submission = submitted.created("out")?.take_id();
    let mut request = ask(client);
    request.get_email_submission().ids([&submission]);
    ensure!(request.send_get_email_submission().await?.list().len() == 1);
    let mut request = ask(client);
    request.get_email().ids([&id]).properties([Property::MailboxIds]);
    let moved = request.send_get_email().await?.take_list().pop().context("the draft is gone")?;
    ensure!(moved.mailbox_ids() == [&sent], "{moved:?}");
    Ok(())
}

/// Whether it has arrived; then it is whole.
async fn receive(client: &Client, subject: &str) -> Result<bool> {
    let inbox = mailbox_of(client, Role::Inbox).await?;
    let filter =
        Filter::and([email::query::Filter::in_mailbox(inbox), email::query::Filter::subject(subject)]);
    let mut request = ask(client);
    request.query_email().filter(filter);
    let found = request.send_query_email().await?;
    let Some(id) = found.ids().first() else { return Ok(false) };
    let mut request = ask(client);
    request.get_email().ids([id]);
    let mail = request.send_get_email().await?.take_list().pop().context("the mail is gone")?;
    ensure!(mail.subject() == Some(subject), "{mail:?}");
    ensure!(mail.preview().is_some_and(|preview| preview.contains("Grüße von jmap-client")), "{mail:?}");
    let [attachment] = mail.attachments().context("no attachments")? else { bail!("{mail:?}") };
    let bytes = client.download(attachment.blob_id().context("no blob")?).await?;
    ensure!(bytes == b"Anhang", "{bytes:?}");
    Ok(true)
}

async fn states(client: &Client) -> Result<(String, String)> {
    let mut request = ask(client);
    request.get_email().ids(Vec::<String>::new());
    let state = request.send_get_email().await?.take_state();
    let mut request = ask(client);
    request.query_email();
    Ok((state, request.send_query_email().await?.take_query_state()))
}

/// What a client does that was away: changes of objects, and of a query.
async fn catch_up(client: &Client, state: &str, query_state: &str) -> Result<()> {
    let mut request = ask(client);
    request.changes_email(state).max_changes(100);
    let changes = request.send_changes_email().await?;
    ensure!(changes.created().len() == 1 && !changes.has_more_changes(), "{changes:?}");
    let mut request = ask(client);
    request.query_email_changes(query_state);
    let added = request.send_query_email_changes().await?;
    ensure!(added.added().iter().any(|item| item.id() == changes.created()[0]), "{added:?}");
    Ok(())
}
