//! What sealing costs: WebCrypto against our own cipher, and records written sealed against the same
//! records unsealed. `cargo xtask bench sealing` runs it in each browser.

use js_sys::Date;
use tornister_store::seal::{KEY_BYTES, Sealer};
use tornister_sync::{kind::Kind, record::Record};
use wasm_bindgen_test::{console_log, wasm_bindgen_test};

use crate::common::{OPEN, fresh, javascript, put};

const RECORDS: usize = 1_000;

/// Seals and opens so many records one after the other, as a transaction does, and at once, as nothing
/// that waits for IndexedDB can; milliseconds, joined by commas.
const WEB_CRYPTO: &str = "
    const key = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
    const [records, bytes] = name.split('x').map(Number);
    const payload = new Uint8Array(bytes).fill(7);
    const seal = async () => {
        const iv = crypto.getRandomValues(new Uint8Array(12));
        return [iv, await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, key, payload)];
    };
    const open = ([iv, sealed]) => crypto.subtle.decrypt({ name: 'AES-GCM', iv }, key, sealed);
    const times = [performance.now()];
    const sealed = [];
    for (let i = 0; i < records; i++) sealed.push(await seal());
    times.push(performance.now());
    for (const one of sealed) await open(one);
    times.push(performance.now());
    await Promise.all(Array.from({ length: records }, seal));
    times.push(performance.now());
    await Promise.all(sealed.map(open));
    times.push(performance.now());
    return times.slice(1).map((time, i) => Math.round(time - times[i])).join();";

#[wasm_bindgen_test]
#[ignore = "a measurement"]
async fn sealing_and_opening_a_thousand_records() {
    for bytes in [1_000, 50_000] {
        let sealer = Sealer::new(&[7; KEY_BYTES], "speed");
        let payload = vec![7; bytes];
        let begin = Date::now();
        let sealed: Vec<Vec<u8>> =
            (0..RECORDS).map(|id| sealer.seal("Email", &id.to_string(), &payload).expect("sealed")).collect();
        let middle = Date::now();
        for (id, sealed) in sealed.iter().enumerate() {
            sealer.open("Email", &id.to_string(), sealed).expect("opened");
        }
        let (seal, open) = (middle - begin, Date::now() - middle);
        let web_crypto = javascript(WEB_CRYPTO, &format!("{RECORDS}x{bytes}")).await.as_string();
        console_log!(
            "{RECORDS} records of {bytes} bytes, ms: ours seal {seal}, open {open}; WebCrypto seal, open one \
             after the other, seal, open at once: {}",
            web_crypto.unwrap_or_default()
        );
    }
}

/// Mails of a first sync, and how many of them are written at once.
const MAILS: usize = 5_000;
const PAGE: usize = 250;
const MAIL_BYTES: usize = 700;

/// Writes so many rows of so many bytes as the store does, unsealed; milliseconds.
const UNSEALED: &str = "
    const [mails, page, bytes] = [5000, 250, 700];
    await new Promise((resolve) => { indexedDB.deleteDatabase(name).onsuccess = resolve; });
    const database = await opened(name, 1, (it) =>
        it.createObjectStore('records').createIndex('lists', 'l', { multiEntry: true }));
    const payload = '7'.repeat(bytes);
    const encoder = new TextEncoder();
    const began = performance.now();
    for (let first = 0; first < mails; first += page) {
        const transaction = database.transaction('records', 'readwrite', { durability: 'relaxed' });
        const records = transaction.objectStore('records');
        for (let id = first; id < first + page; id++) {
            const k = `Email/${id}`;
            records.put({ k, l: [`Email/folder/inbox/${id}`, `Email/thread/${id}`], s: encoder.encode(payload) }, k);
        }
        await done(transaction);
    }
    const time = performance.now() - began;
    database.close();
    return time;";

fn mail(id: usize) -> Record {
    let keys = vec![format!("folder/inbox/{id}"), format!("thread/{id}")];
    Record { kind: Kind::Email, id: id.to_string(), keys, payload: vec![b'7'; MAIL_BYTES] }
}

#[wasm_bindgen_test]
#[ignore = "a measurement"]
async fn writing_a_first_sync_of_mails() {
    let sealer = Sealer::new(&[7; KEY_BYTES], "speed");
    let (mut written, mut sealed, mut plain) = (Vec::new(), Vec::new(), Vec::new());
    for turn in 0..5 {
        let store = fresh(&format!("speed-{turn}")).await;
        let begin = Date::now();
        for first in (0..MAILS).step_by(PAGE) {
            put(&store, (first..first + PAGE).map(mail).collect()).await;
        }
        written.push(Date::now() - begin);
        store.destroy().await.expect("a deletion");
        let begin = Date::now();
        for mail in (0..MAILS).map(mail) {
            sealer.seal("Email", &mail.id, &mail.payload).expect("sealed");
        }
        sealed.push(Date::now() - begin);
        let script = format!("{OPEN}{UNSEALED}");
        plain.push(javascript(&script, "speed-plain").await.as_f64().expect("a time"));
    }
    let [written, sealed, plain] = [written, sealed, plain].map(|mut times| {
        times.sort_by(f64::total_cmp);
        times[times.len() / 2]
    });
    console_log!(
        "{MAILS} mails of {MAIL_BYTES} bytes, ms: written sealed {written}, of that sealing {sealed}, by plain \
         JavaScript unsealed {plain:.0}; sealed {:.2} times the same unsealed, {:.2} times plain JavaScript",
        written / (written - sealed),
        written / plain
    );
}
