//! The service worker, with the list of files that make one version of the app.

use std::{fs, path::Path};

use anyhow::{Context as _, Result, ensure};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::json;
use sha2::{Digest as _, Sha256};

use crate::{
    fingerprint::{files, hex},
    workspace,
};

/// Never precached: the browser itself keeps the service worker.
const SERVICE_WORKER: &str = "sw.js";

/// A file of the app and the hash that the browser checks it against.
#[derive(Debug, PartialEq, Eq)]
pub struct Entry {
    /// Absolute path in the URL, such as `/index.html`.
    path: String,
    /// Subresource integrity, such as `sha256-…`.
    integrity: String,
}

/// Every file in `folder`, by name.
pub fn list(folder: &Path) -> Result<Vec<Entry>> {
    let mut entries = Vec::new();
    for file in files(folder)? {
        let name = file.strip_prefix(folder)?.to_str().context("a file's name is not UTF-8")?.to_owned();
        if name != SERVICE_WORKER {
            let contents = fs::read(&file).with_context(|| format!("reading {name}"))?;
            let integrity = format!("sha256-{}", STANDARD.encode(Sha256::digest(contents)));
            entries.push(Entry { path: format!("/{name}"), integrity });
        }
    }
    Ok(entries)
}

/// Writes `sw.js` into `folder`.
pub fn write_service_worker(folder: &Path, list: &[Entry]) -> Result<()> {
    let source = workspace::root().join("service-worker/sw.js");
    let template = fs::read_to_string(&source).with_context(|| format!("reading {}", source.display()))?;
    let script = fill(&template, list).with_context(|| source.display().to_string())?;
    fs::write(folder.join(SERVICE_WORKER), script).context("writing sw.js")
}

/// Puts version and list into the template's two constants. The version is the hash of template and
/// list: the same sources give the same service worker.
fn fill(template: &str, list: &[Entry]) -> Result<String> {
    let pairs: Vec<_> = list.iter().map(|entry| json!([entry.path, entry.integrity])).collect();
    let list = serde_json::to_string_pretty(&pairs)?;
    let version = &hex(&Sha256::digest(format!("{template}{list}")))[..16];
    let mut script = template.to_owned();
    for (placeholder, value) in
        [("\"{{VERSION}}\"", format!("\"{version}\"")), ("[/* {{PRECACHE}} */]", list)]
    {
        ensure!(script.matches(placeholder).count() == 1, "{placeholder} must stand there exactly once");
        script = script.replace(placeholder, &value);
    }
    Ok(script)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEMPLATE: &str = "const VERSION = \"{{VERSION}}\";\nconst PRECACHE = [/* {{PRECACHE}} */];\n";

    fn entry(integrity: &str) -> Entry {
        Entry { path: "/index.html".to_owned(), integrity: integrity.to_owned() }
    }

    #[test]
    fn the_version_changes_with_any_file_and_only_then() {
        let one = fill(TEMPLATE, &[entry("sha256-a")]).unwrap();
        assert_eq!(one, fill(TEMPLATE, &[entry("sha256-a")]).unwrap());
        let other = fill(TEMPLATE, &[entry("sha256-b")]).unwrap();
        assert_ne!(one.lines().next(), other.lines().next());
        assert!(one.contains("\"/index.html\""));
    }

    #[test]
    fn a_template_without_a_place_for_the_list_is_refused() {
        assert!(fill("const VERSION = \"{{VERSION}}\";", &[]).is_err());
    }
}
