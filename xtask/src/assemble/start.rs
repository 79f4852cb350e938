//! The app's start, one script. Trunk starts the app by a script inside the page, which the
//! Content-Security-Policy forbids and which would have to load the app's own script after itself;
//! here the app's script starts itself.

use std::{fs, path::Path};

use anyhow::{Context as _, Result, bail};
use sha2::{Digest as _, Sha256};

use crate::fingerprint::hex;

/// What wasm-bindgen calls the function that loads the WebAssembly, and its last line.
const LOAD: &str = "__wbg_init";
const EXPORTS: &str = "export { initSync, __wbg_init as default };";

/// Rewrites `index.html` in `folder`; a page without a start of Trunk's stays as it is.
pub fn fold(folder: &Path) -> Result<()> {
    let path = folder.join("index.html");
    let page = fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
    let Some(start) = Start::find(&page).with_context(|| path.display().to_string())? else {
        return Ok(());
    };
    let glue = folder.join(start.glue);
    let code = fs::read_to_string(&glue).with_context(|| format!("reading {}", glue.display()))?;
    // Named by their contents as they are now, so that they can be cached for ever.
    let wasm = folder.join(start.wasm);
    let hash = Sha256::digest(fs::read(&wasm).with_context(|| format!("reading {}", wasm.display()))?);
    let renamed = format!("app-{}_bg.wasm", &hex(&hash)[..16]);
    fs::rename(&wasm, folder.join(&renamed)).with_context(|| format!("renaming {}", wasm.display()))?;
    let code = fold_into(&code, &renamed).with_context(|| glue.display().to_string())?;
    fs::remove_file(&glue).with_context(|| format!("removing {}", glue.display()))?;
    let file = format!("start-{}.js", &hex(&Sha256::digest(&code))[..16]);
    fs::write(folder.join(&file), code).with_context(|| format!("writing {file}"))?;
    let page = start.rewrite(&page, &file).replace(start.wasm, &renamed);
    fs::write(&path, page).with_context(|| format!("writing {}", path.display()))
}

/// wasm-bindgen's script, which loads this WebAssembly by itself.
fn fold_into(glue: &str, wasm: &str) -> Result<String> {
    let code = glue.trim_end().strip_suffix(EXPORTS);
    let code = code.context("wasm-bindgen's script ends in another way than this step knows")?;
    Ok(format!("{code}await {LOAD}({{ module_or_path: \"/{wasm}\" }});\n"))
}

/// Trunk's script in a page.
#[derive(Debug, PartialEq, Eq)]
struct Start<'p> {
    /// All of it, with its tags.
    element: &'p str,
    /// The file with wasm-bindgen's script.
    glue: &'p str,
    /// The file with the WebAssembly.
    wasm: &'p str,
}

impl<'p> Start<'p> {
    fn find(page: &'p str) -> Result<Option<Self>> {
        if page.contains("<style") {
            bail!(
                "an inline <style> does not pass the Content-Security-Policy: move it to a file in app/style"
            );
        }
        let mut found = None;
        for (at, _) in page.match_indices("<script") {
            let element = &page[at..];
            let end = element.find("</script>").context("a <script> is not closed")?;
            let element = &element[..end + "</script>".len()];
            let (tag, code) = element.split_once('>').context("a <script tag has no end")?;
            if attribute(tag, "src").is_some() || attribute(tag, "type") == Some("application/json") {
                continue;
            }
            let glue = quoted(code, "from").context("an inline script that is not Trunk's start")?;
            let wasm = quoted(code, "module_or_path:").context("a start that loads no WebAssembly")?;
            if found.replace(Self { element, glue, wasm }).is_some() {
                bail!("the page has two starts");
            }
        }
        Ok(found)
    }

    fn rewrite(&self, page: &str, file: &str) -> String {
        let element = format!("<script type=\"module\" src=\"/{file}\"></script>");
        let page = page.replace(self.element, &element);
        let (mut kept, mut rest) = (String::new(), page.as_str());
        while let Some(at) = rest.find("<link") {
            let end = rest[at..].find('>').map_or(rest.len(), |end| at + end + 1);
            // The script that it would load ahead is this page's own now.
            let is_the_glue = rest[at..end].contains("modulepreload") && rest[at..end].contains(self.glue);
            kept.push_str(if is_the_glue { &rest[..at] } else { &rest[..end] });
            rest = &rest[end..];
        }
        kept + rest
    }
}

/// The file in quotes behind a word, without the slash before it.
fn quoted<'c>(code: &'c str, word: &str) -> Option<&'c str> {
    let (_, rest) = code.split_once(word)?;
    let rest = rest.trim_start();
    let quote = rest.chars().next().filter(|letter| matches!(letter, '"' | '\''))?;
    let (file, _) = rest[1..].split_once(quote)?;
    Some(file.trim_start_matches('/'))
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

    const PAGE: &str = "<head><script type=module>\nimport init, * as bindings from '/a-1.js';\n\
        const wasm = await init({ module_or_path: '/a-1_bg.wasm' });\n</script>\
        <link rel=modulepreload href=/a-1.js crossorigin><link rel=preload href=/a-1_bg.wasm></head>";

    #[test]
    fn the_apps_script_starts_itself() {
        let start = Start::find(PAGE).unwrap().unwrap();
        assert_eq!((start.glue, start.wasm), ("a-1.js", "a-1_bg.wasm"));
        let page = start.rewrite(PAGE, "start-2.js");
        let expected = "<head><script type=\"module\" src=\"/start-2.js\"></script>\
            <link rel=preload href=/a-1_bg.wasm></head>";
        assert_eq!(page, expected);
        let code = fold_into(&format!("async function __wbg_init() {{}}\n{EXPORTS}\n"), start.wasm).unwrap();
        let call = "await __wbg_init({ module_or_path: \"/a-1_bg.wasm\" });\n";
        assert_eq!(code, format!("async function __wbg_init() {{}}\n{call}"));
    }

    #[test]
    fn scripts_with_a_file_and_data_are_no_start() {
        let html = "<script src=/a.js></script><script type=application/json>{}</script>";
        assert_eq!(Start::find(html).unwrap(), None);
    }

    #[test]
    fn what_the_policy_would_block_is_refused() {
        assert!(Start::find("<style>p{}</style>").is_err());
        assert!(Start::find("<script>start()").is_err());
        assert!(Start::find("<script>start()</script>").is_err());
        assert!(Start::find(&format!("{PAGE}{PAGE}")).is_err());
        assert!(fold_into("another glue", "a_bg.wasm").is_err());
    }
}
