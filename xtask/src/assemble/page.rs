//! The page's inline scripts, moved into files that the Content-Security-Policy allows.

use std::{fs, path::Path};

use anyhow::{Context as _, Result, bail};
use sha2::{Digest as _, Sha256};

use crate::fingerprint::hex;

/// Rewrites `index.html` in `folder`.
pub fn move_inline_scripts(folder: &Path) -> Result<()> {
    let path = folder.join("index.html");
    let html = fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
    let (html, scripts) = externalize(&html).with_context(|| path.display().to_string())?;
    for Script { file, code } in scripts {
        fs::write(folder.join(&file), code).with_context(|| format!("writing {file}"))?;
    }
    fs::write(&path, html).with_context(|| format!("writing {}", path.display()))
}

#[derive(Debug, PartialEq, Eq)]
struct Script {
    /// Named by its contents, so that it can be cached for ever.
    file: String,
    code: String,
}

/// Splits inline scripts off a page. Scripts that name a file, and blocks of data, stay.
fn externalize(html: &str) -> Result<(String, Vec<Script>)> {
    if html.contains("<style") {
        bail!("an inline <style> does not pass the Content-Security-Policy: move it to a file in app/style");
    }
    let (mut page, mut scripts, mut rest) = (String::new(), Vec::new(), html);
    while let Some(start) = rest.find("<script") {
        let (before, script) = rest.split_at(start);
        let tag_end = script.find('>').context("a <script tag has no end")?;
        let (attributes, after) = (&script["<script".len()..tag_end], &script[tag_end + 1..]);
        let (code, after) = after.split_once("</script>").context("a <script> is not closed")?;
        page.push_str(before);
        rest = after;
        if is_inline_code(attributes) {
            let code = format!("{}\n", code.trim());
            let file = format!("boot-{}.js", &hex(&Sha256::digest(&code))[..16]);
            page.push_str(&format!("<script{attributes} src=\"/{file}\"></script>"));
            scripts.push(Script { file, code });
        } else {
            page.push_str(&format!("<script{attributes}>{code}</script>"));
        }
    }
    page.push_str(rest);
    Ok((page, scripts))
}

fn is_inline_code(attributes: &str) -> bool {
    let kind = attribute(attributes, "type").unwrap_or_default();
    attribute(attributes, "src").is_none() && matches!(kind, "" | "module" | "text/javascript")
}

/// The value of an attribute in a tag, with or without quotes. Trunk writes no spaces into those that
/// we ask for.
pub fn attribute<'t>(tag: &'t str, name: &str) -> Option<&'t str> {
    let mut words = tag.split(|letter: char| letter.is_ascii_whitespace() || letter == '>');
    let value = words.find_map(|word| word.strip_prefix(name)?.strip_prefix('='))?;
    Some(value.trim_matches(['"', '\'']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_inline_script_becomes_a_file() {
        let (page, scripts) =
            externalize("<body><script type=\"module\">\nstart();\n</script><p>Hallo</p></body>").unwrap();
        let [Script { file, code }] = scripts.as_slice() else { panic!("one script, not {scripts:?}") };
        assert_eq!(code, "start();\n");
        let script = format!("<script type=\"module\" src=\"/{file}\"></script>");
        assert_eq!(page, format!("<body>{script}<p>Hallo</p></body>"));
    }

    #[test]
    fn scripts_with_a_file_and_data_stay() {
        let html = "<script src=/a.js></script><script type=application/json>{}</script>";
        assert_eq!(externalize(html).unwrap(), (html.to_owned(), vec![]));
    }

    #[test]
    fn what_the_policy_would_block_is_refused() {
        assert!(externalize("<style>p{}</style>").is_err());
        assert!(externalize("<script>start()").is_err());
    }
}
