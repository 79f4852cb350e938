//! What a phone loads until Heute is there: page, code and style as they come over the wire. Data
//! and icons are not counted. The worker that syncs is told apart: every start of an installed app
//! shows Heute before the worker is started; a first login needs both.

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use tornister_tests::gateway::Gateway;

use crate::{phone, report::Report};

const KB: f64 = 1000.0;

/// Path and compressed body size of everything that the page has loaded; the service worker's own
/// downloads are not part of a page's timeline.
const LOADED: &str = "
    const server = /^\\/(jmap|auth|\\.well-known)\\//;
    return ['navigation', 'resource']
        .flatMap((type) => performance.getEntriesByType(type))
        .map((entry) => [new URL(entry.name).pathname, entry.encodedBodySize, entry.decodedBodySize])
        .filter(([path]) => !server.test(path));";

/// The files that the worker loads, which are not part of the page's timeline.
const WORKER: [&str; 3] =
    ["/tornister-worker_loader.js", "/tornister-worker.js", "/tornister-worker_bg.wasm"];

/// Compressed body size of one more file.
const SIZE: &str = "
    const path = args[0];
    const answer = await fetch(path, { cache: 'no-store' });
    if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
    await answer.arrayBuffer();
    return performance.getEntriesByName(new URL(path, location).href).at(-1).encodedBodySize;";

/// Adds the sum, and the largest parts.
pub async fn measure(report: &mut Report) -> Result<()> {
    let gateway = Gateway::start().await?;
    let (_profile, browser) = phone::prepare(&gateway.origin()).await?;
    let loaded = browser.run(LOADED, vec![]).await?;
    let mut parts = Vec::new();
    for part in loaded.as_array().context("no list of resources")? {
        let path = part[0].as_str().context("a resource without a name")?.to_owned();
        if WORKER.contains(&path.as_str()) {
            continue;
        }
        let (wire, whole) = (number(&part[1])?, number(&part[2])?);
        ensure!(wire < whole || whole < 1000.0, "{path} came uncompressed: {wire} of {whole} bytes");
        parts.push((wire, path));
    }
    parts.sort_by(|one, other| other.0.total_cmp(&one.0));
    report.judge(
        "bytes to show Heute, brotli",
        parts.iter().map(|part| part.0).sum::<f64>() / KB,
        "kB",
        250.0,
        180.0,
    );
    for (size, path) in parts.iter().filter(|part| part.0 > KB) {
        report.tell(&format!("  {path}"), size / KB, "kB");
    }
    let mut worker = 0.0;
    // A service worker answers from its cache, where nothing is compressed.
    browser.bypass_service_worker().await?;
    for path in WORKER {
        worker += number(&browser.run(SIZE, vec![json!(path)]).await?)?;
    }
    report.tell("bytes to sync beside it, brotli", worker / KB, "kB");
    browser.close().await
}

fn number(value: &Value) -> Result<f64> {
    value.as_f64().with_context(|| format!("{value} is no number"))
}
