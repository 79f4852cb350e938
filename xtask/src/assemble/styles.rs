//! The style sheets in one file: the sources stay apart by family, a phone asks once.

use std::{fs, path::Path};

use anyhow::{Context as _, Result};
use sha2::{Digest as _, Sha256};

use super::start::attribute;
use crate::fingerprint::hex;

/// Joins what `index.html` in `folder` links as style sheets, in their order.
pub fn join(folder: &Path) -> Result<()> {
    let path = folder.join("index.html");
    let html = fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
    let (page, sheets) = split_off(&html).with_context(|| path.display().to_string())?;
    if sheets.is_empty() {
        return Ok(());
    }
    let mut joined = String::new();
    for sheet in &sheets {
        let file = folder.join(sheet);
        joined += &fs::read_to_string(&file).with_context(|| format!("reading {}", file.display()))?;
        fs::remove_file(&file).with_context(|| format!("removing {}", file.display()))?;
    }
    let name = format!("style-{}.css", &hex(&Sha256::digest(&joined))[..16]);
    fs::write(folder.join(&name), joined).with_context(|| format!("writing {name}"))?;
    let page = page.replacen(PLACE, &format!("<link href=/{name} rel=stylesheet>"), 1);
    fs::write(&path, page).with_context(|| format!("writing {}", path.display()))
}

/// Where the first style sheet was linked.
const PLACE: &str = "<link joined>";

/// A page without its links to style sheets, and the sheets' names. Links for some media only stay.
fn split_off(html: &str) -> Result<(String, Vec<String>)> {
    let (mut page, mut sheets, mut rest) = (String::new(), Vec::new(), html);
    while let Some(start) = rest.find("<link ") {
        let (before, link) = rest.split_at(start);
        let (tag, after) = link.split_at(link.find('>').context("a <link tag has no end")? + 1);
        page.push_str(before);
        rest = after;
        let is_sheet = attribute(tag, "rel") == Some("stylesheet") && attribute(tag, "media").is_none();
        let Some(name) = attribute(tag, "href").and_then(|href| href.strip_prefix('/')).filter(|_| is_sheet)
        else {
            page.push_str(tag);
            continue;
        };
        if sheets.is_empty() {
            page.push_str(PLACE);
        }
        sheets.push(name.to_owned());
    }
    page.push_str(rest);
    Ok((page, sheets))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sheets_leave_one_place_and_keep_their_order() {
        let html = "<link href=/icon.svg rel=icon><link href=/b.css rel=stylesheet><meta>\
                    <link rel=\"stylesheet\" href=\"/a.css\"><p>";
        let (page, sheets) = split_off(html).unwrap();
        assert_eq!(sheets, ["b.css", "a.css"]);
        assert_eq!(page, format!("<link href=/icon.svg rel=icon>{PLACE}<meta><p>"));
    }

    #[test]
    fn a_sheet_for_printing_stays() {
        let html = "<link href=/print.css media=print rel=stylesheet>";
        assert_eq!(split_off(html).unwrap(), (html.to_owned(), vec![]));
    }
}
