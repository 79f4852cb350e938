//! A whole message, as an import or an upload brings it, and the same bytes as an mbox file.

#![no_main]

use std::{collections::BTreeSet, fs, sync::LazyLock};

use libfuzzer_sys::fuzz_target;
use tempfile::TempDir;
use tornister_formats::{
    mime::{BodyPart, Message, without_field},
    report::Report,
    school::mail_files::{MailFile, read},
};

/// Longer previews are cut (RFC 8621 §4.1.4).
const PREVIEW: usize = 256;

static FOLDER: LazyLock<TempDir> = LazyLock::new(|| TempDir::new().expect("a folder"));

fuzz_target!(|raw: &[u8]| {
    let message = Message::parse(raw);
    assert_eq!(message.size, raw.len() as u64);
    assert!(message.preview.chars().count() <= PREVIEW, "{}", message.preview);
    let mut ids = BTreeSet::new();
    check(&message, &message.body_structure, &mut ids);
    for part in message.text_body.iter().chain(&message.html_body).chain(&message.attachments) {
        let id = part.part_id.as_deref().expect("a part of a list is no multipart");
        assert!(ids.contains(id), "{id} is in a list and not in the tree");
    }
    assert!(message.body_values.keys().all(|id| ids.contains(id)));
    drop(message.readable());
    if let Some(html) = message.safe_html() {
        let html = html.to_lowercase();
        for tag in ["<script", "<iframe", "<style", "<form", "<object", "<svg", "<math"] {
            assert!(!html.contains(tag), "{html}");
        }
    }
    let without = Message::parse(&without_field(raw, "Bcc"));
    assert!(without.bcc.is_none(), "{:?}", without.bcc);
    let file = FOLDER.path().join("Inbox");
    fs::write(&file, raw).expect("a file");
    let mut report = Report::default();
    read((&file, "Inbox"), MailFile::Mbox, None, &mut report, &mut |_, _| true);
});

/// Part ids are of one part each, and its bytes can be had by it.
fn check(message: &Message, part: &BodyPart, ids: &mut BTreeSet<String>) {
    match &part.part_id {
        Some(id) => {
            assert!(message.part_bytes(id).is_some(), "{id} has no bytes");
            assert!(ids.insert(id.clone()), "{id} is two parts");
        }
        None => part.sub_parts.iter().flatten().for_each(|inner| check(message, inner, ids)),
    }
}
