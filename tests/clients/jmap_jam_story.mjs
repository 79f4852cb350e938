// A story told by jmap-jam: two pupils, one mail, from the draft to the other's inbox; and a calendar with a lesson
// every week, of which one is moved.
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
    const calendars = 'urn:ietf:params:jmap:calendars';
    const customCapabilities = { Calendar: calendars, CalendarEvent: calendars };
    const jam = new JamClient({ sessionUrl: `${origin}/.well-known/jmap`, bearerToken, customCapabilities });
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

// A calendar of their own, with a lesson every week.
const [{ created: { music } }] = await jam.api.Calendar.set({ accountId, create: { music: { name: 'Musik' } } });
const { before: { state }, made } = await jam
    .requestMany((t) => ({
        before: t.CalendarEvent.get({ accountId, ids: [] }),
        made: t.CalendarEvent.set({
            accountId,
            create: {
                lesson: {
                    calendarIds: { [music.id]: true },
                    title: 'Geige',
                    start: '2026-11-02T15:00:00',
                    timeZone: 'Europe/Berlin',
                    duration: 'PT45M',
                    recurrenceRules: [{ '@type': 'RecurrenceRule', frequency: 'weekly', count: 3 }],
                },
            },
        }),
    }))
    .then(([results]) => results);
const lesson = made.created.lesson.id;
const lessons = async () => {
    const filter = { inCalendars: [music.id], after: '2026-11-01T00:00:00', before: '2026-12-01T00:00:00' };
    const [{ ids, list }] = await jam.requestMany((t) => {
        const ids = t.CalendarEvent.query({
            accountId,
            filter,
            sort: [{ property: 'start', isAscending: true }],
            expandRecurrences: true,
        });
        return { ids, list: t.CalendarEvent.get({ accountId, ids: ids.$ref('/ids') }) };
    });
    return ids.ids.map((id) => list.list.find((one) => one.id === id));
};
const weekly = await lessons();
assert.deepEqual(
    weekly.map(({ start }) => start),
    ['2026-11-02T15:00:00', '2026-11-09T15:00:00', '2026-11-16T15:00:00'],
);

// One lesson is later, one is left out; the others stay.
await jam.api.CalendarEvent.set({
    accountId,
    update: { [weekly[1].id]: { start: '2026-11-10T16:00:00' } },
    destroy: [weekly[2].id],
});
assert.deepEqual(
    (await lessons()).map(({ start }) => start),
    ['2026-11-02T15:00:00', '2026-11-10T16:00:00'],
);
const [changes] = await jam.api.CalendarEvent.changes({ accountId, sinceState: state });
assert.deepEqual([changes.created, changes.updated, changes.destroyed], [[lesson], [], []]);

// Nothing of it is left.
await jam.api.Calendar.set({ accountId, destroy: [music.id], onDestroyRemoveEvents: true });
const [{ notFound }] = await jam.api.CalendarEvent.get({ accountId, ids: [lesson] });
assert.deepEqual(notFound, [lesson]);
console.log('told');
