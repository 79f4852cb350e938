//! WebCrypto against our own cipher: what it costs to seal and open a first sync's records. Run by hand:
//! `cargo test --release --package tornister-store --target wasm32-unknown-unknown -- --ignored --nocapture`

use js_sys::Date;
use tornister_store::seal::{KEY_BYTES, Sealer};
use wasm_bindgen_test::{console_log, wasm_bindgen_test};

use crate::common::javascript;

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
