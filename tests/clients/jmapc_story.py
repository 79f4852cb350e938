"""A mail story told by jmapc: two pupils, one mail, from the draft to the other's inbox.

Arguments: host and port, the sender's and the recipient's app password, the recipient's address, a subject.
"""

import sys
import time

import requests.adapters
from jmapc import (
    Client,
    Comparator,
    Email,
    EmailAddress,
    EmailBodyPart,
    EmailBodyValue,
    EmailHeader,
    EmailQueryFilterCondition,
    EmailSubmission,
    MailboxQueryFilterCondition,
    Ref,
)
from jmapc.methods import (
    EmailChanges,
    EmailGet,
    EmailQuery,
    EmailSet,
    EmailSubmissionSet,
    IdentityGet,
    MailboxGet,
    MailboxQuery,
    ThreadGet,
)

HOST, SENDER, RECIPIENT, ADDRESS, SUBJECT = sys.argv[1:]


class Unencrypted(requests.adapters.HTTPAdapter):
    """jmapc looks for the session by https only; here nothing stands before the server."""

    def send(self, request, *args, **kwargs):
        request.url = request.url.replace("https://", "http://", 1)
        return super().send(request, *args, **kwargs)


def client(token):
    made = Client.create_with_api_token(HOST, token)
    made.requests_session.mount("https://", Unencrypted())
    return made


def ask(client, method):
    return client.request(method, raise_errors=True)


def mailbox(client, role):
    results = client.request(
        [MailboxQuery(filter=MailboxQueryFilterCondition(role=role)), MailboxGet(ids=Ref("/ids"))],
        raise_errors=True,
    )
    return results[1].response.data[0]


def main():
    sender, recipient = client(SENDER), client(RECIPIENT)
    assert sender.jmap_session.capabilities.core.max_calls_in_request >= 16
    before = ask(recipient, EmailGet(ids=[])).state

    # Read the newest unread mail of the inbox, with its thread, and mark it.
    inbox = mailbox(sender, "inbox")
    assert inbox.unread_emails > 0, inbox
    results = sender.request(
        [
            EmailQuery(
                filter=EmailQueryFilterCondition(in_mailbox=inbox.id, not_keyword="$seen"),
                sort=[Comparator(property="receivedAt", is_ascending=False)],
                collapse_threads=True,
                limit=1,
            ),
            EmailGet(ids=Ref("/ids"), fetch_text_body_values=True),
            ThreadGet(ids=Ref("/list/*/threadId")),
        ],
        raise_errors=True,
    )
    mail, thread = results[1].response.data[0], results[2].response.data[0]
    assert mail.id in thread.email_ids and mail.subject and mail.mail_from, mail
    assert mail.body_values[mail.text_body[0].part_id].value, mail
    seen = ask(sender, EmailSet(update={mail.id: {"keywords/$seen": True}}))
    assert mail.id in seen.updated, seen
    assert mailbox(sender, "inbox").unread_emails == inbox.unread_emails - 1

    # A draft, sent to the other.
    drafts, sent = mailbox(sender, "drafts"), mailbox(sender, "sent")
    identity = ask(sender, IdentityGet()).data[0]
    draft = Email(
        mail_from=[EmailAddress(name=identity.name, email=identity.email)],
        to=[EmailAddress(email=ADDRESS)],
        subject=SUBJECT,
        keywords={"$draft": True},
        mailbox_ids={drafts.id: True},
        body_values={"text": EmailBodyValue(value="Grüße von jmapc")},
        text_body=[EmailBodyPart(part_id="text", type="text/plain")],
        headers=[EmailHeader(name="X-Story", value="jmapc")],
    )
    results = sender.request(
        [
            EmailSet(create={"draft": draft}),
            EmailSubmissionSet(
                create={"out": EmailSubmission(email_id="#draft", identity_id=identity.id)},
                on_success_update_email={
                    "#out": {
                        f"mailboxIds/{drafts.id}": None,
                        f"mailboxIds/{sent.id}": True,
                        "keywords/$draft": None,
                    }
                },
            ),
        ],
        raise_errors=True,
    )
    assert results[1].response.created["out"].id, results

    # It arrives, and changes tell so.
    their_inbox = mailbox(recipient, "inbox")
    for _ in range(300):
        found = ask(
            recipient,
            EmailQuery(filter=EmailQueryFilterCondition(in_mailbox=their_inbox.id, text=SUBJECT)),
        ).ids
        if found:
            break
        time.sleep(0.1)
    (arrived,) = ask(recipient, EmailGet(ids=found, fetch_all_body_values=True)).data
    assert arrived.subject == SUBJECT and arrived.mail_from[0].email == identity.email, arrived
    assert "Grüße von jmapc" in arrived.body_values[arrived.text_body[0].part_id].value
    changes = ask(recipient, EmailChanges(since_state=before))
    assert arrived.id in changes.created, changes
    kept = ask(sender, EmailQuery(filter=EmailQueryFilterCondition(in_mailbox=sent.id, text=SUBJECT))).ids
    assert len(kept) == 1, kept


main()
print("told")
