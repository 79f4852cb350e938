// A mail story told by jmap-jam: two pupils, one mail, from the draft to the other's inbox.
//
// Arguments: where jmap-jam is, origin, the sender's and the recipient's app password, the recipient's
// address, a subject.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { setTimeout as wait } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';

const [library, origin, senderToken, recipientToken, address, subject] = process.argv.slice(2);
const entry = createRequire(`${library}/`).resolve('jmap-jam');
const { default: JamClient } = await import(pathToFileURL(entry));

async function client(bearerToken) {
    const jam = new JamClient({ sessionUrl: `${origin}/.well-known/jmap`, bearerToken });
    return { jam, accountId: await jam.getPrimaryAccount() };
}

async function mailbox({ jam, accountId }, role) {
    const [{ list }] = await jam.api.Mailbox.get({ accountId, ids: null });
    return list.find((one) => one.role === role);
}

const sender = await client(senderToken);
const recipient = await client(recipientToken);
const { jam, accountId } = sender;

// Read the newest unread mail, with its thread, and mark it.
const inbox = await mailbox(sender, 'inbox');
assert.ok(inbox.unreadEmails > 0);
const [{ emails, threads }] = await jam.requestMany((t) => {
    const ids = t.Email.query({
        accountId,
        filter: { inMailbox: inbox.id, notKeyword: '$seen' },
        sort: [{ property: 'receivedAt', isAscending: false }],
        limit: 1,
    });
    const emails = t.Email.get({
        accountId,
        ids: ids.$ref('/ids'),
        properties: ['id', 'threadId', 'subject', 'from', 'textBody', 'bodyValues'],
        fetchTextBodyValues: true,
    });
    const threads = t.Thread.get({ accountId, ids: emails.$ref('/list/*/threadId') });
    return { ids, emails, threads };
});
const [mail] = emails.list;
assert.ok(threads.list[0].emailIds.includes(mail.id));
assert.ok(mail.bodyValues[mail.textBody[0].partId].value);
const [seen] = await jam.api.Email.set({ accountId, update: { [mail.id]: { 'keywords/$seen': true } } });
assert.ok(mail.id in seen.updated);
assert.equal((await mailbox(sender, 'inbox')).unreadEmails, inbox.unreadEmails - 1);

// A draft with an uploaded attachment, sent to the other.
const drafts = await mailbox(sender, 'drafts');
const sent = await mailbox(sender, 'sent');
const [{ list: [identity] }] = await jam.api.Identity.get({ accountId, ids: null });
const blob = await jam.uploadBlob(accountId, new Blob(['Anhang'], { type: 'text/plain' }));
const [{ created }] = await jam.api.Email.set({
    accountId,
    create: {
        draft: {
            mailboxIds: { [drafts.id]: true },
            keywords: { $draft: true },
            from: [{ name: identity.name, email: identity.email }],
            to: [{ name: null, email: address }],
            subject,
            bodyValues: { text: { value: 'Grüße von jmap-jam' } },
            textBody: [{ partId: 'text', type: 'text/plain' }],
            attachments: [{ blobId: blob.blobId, type: 'text/plain', name: 'Anhang.txt' }],
        },
    },
});
const [submitted] = await jam.api.EmailSubmission.set({
    accountId,
    create: { out: { emailId: created.draft.id, identityId: identity.id } },
    onSuccessUpdateEmail: {
        '#out': {
            [`mailboxIds/${drafts.id}`]: null,
            [`mailboxIds/${sent.id}`]: true,
            'keywords/$draft': null,
        },
    },
});
assert.ok(submitted.created.out.id);

// It arrives, with its attachment.
const theirInbox = await mailbox(recipient, 'inbox');
let found = [];
for (let tries = 0; tries < 300 && found.length === 0; tries += 1) {
    const filter = { inMailbox: theirInbox.id, subject };
    [{ ids: found }] = await recipient.jam.api.Email.query({ accountId: recipient.accountId, filter });
    await wait(100);
}
const [{ list: [arrived] }] = await recipient.jam.api.Email.get({
    accountId: recipient.accountId,
    ids: found,
    properties: ['id', 'subject', 'from', 'textBody', 'bodyValues', 'attachments'],
    fetchTextBodyValues: true,
});
assert.equal(arrived.subject, subject);
assert.equal(arrived.from[0].email, identity.email);
assert.match(arrived.bodyValues[arrived.textBody[0].partId].value, /Grüße von jmap-jam/);
const [attachment] = arrived.attachments;
const download = await recipient.jam.downloadBlob({
    accountId: recipient.accountId,
    blobId: attachment.blobId,
    mimeType: 'text/plain',
    fileName: attachment.name,
});
assert.equal(await download.text(), 'Anhang');
console.log('told');
