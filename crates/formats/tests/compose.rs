//! What is written is read back as it was meant.

use tornister_formats::mime::{Content, Draft, Field, HeaderProperty, Message, Part, compose};
use tornister_protocol::mail::EmailAddress;

fn draft(headers: Vec<(&str, Field)>, body: Part) -> Draft {
    let headers = headers.into_iter().map(|(name, field)| (name.to_owned(), field)).collect();
    Draft { headers, body, boundary: "7f3c".to_owned() }
}

fn text(text: &str) -> Part {
    Part::new("text/plain", Content::Text(text.to_owned()))
}

#[test]
fn names_subjects_and_texts_survive() {
    let from =
        EmailAddress { name: Some("Jürgen \"Jo\" Ähre".to_owned()), email: "jo@schule.example".to_owned() };
    let headers = vec![
        ("From", Field::Addresses(vec![from.clone()])),
        (
            "Subject",
            Field::Text("Grüße: 再见 und ein langer, langer Betreff, der gefaltet werden muss".to_owned()),
        ),
        ("Message-ID", Field::MessageIds(vec!["a@b".to_owned()])),
        ("References", Field::MessageIds(vec!["x@y".to_owned(), "z@y".to_owned()])),
        ("Date", Field::Date("2026-09-14T08:00:00+02:00".to_owned())),
        ("List-Post", Field::Urls(vec!["mailto:liste@schule.example".to_owned()])),
    ];
    let raw = compose(draft(headers, text("Zeile eins\nÄ ö ü\n")));
    let message = Message::parse(&raw);
    assert_eq!(message.from, Some(vec![from]));
    let subject = "Grüße: 再见 und ein langer, langer Betreff, der gefaltet werden muss";
    assert_eq!(message.subject.as_deref(), Some(subject));
    assert_eq!(message.message_id, Some(vec!["a@b".to_owned()]));
    assert_eq!(message.references.as_ref().map(Vec::len), Some(2));
    assert_eq!(message.sent_at.as_deref(), Some("2026-09-14T08:00:00+02:00"));
    let urls = HeaderProperty::parse("header:list-post:asURLs").unwrap().read(&message.headers);
    assert_eq!(urls, serde_json::json!(["mailto:liste@schule.example"]));
    assert_eq!(message.readable().trim_end().lines().next(), Some("Zeile eins"));
}

#[test]
fn a_subject_that_looks_like_an_encoded_word_is_read_back_as_it_was_written() {
    let long =
        "=?utf-8?Q?Wer_das_liest?= ist kein Programm, und Umlaute äöü bleiben, so lang der Betreff auch sei";
    for subject in ["=?utf-8?B?SGFsbG8=?=", "Was heißt =?, und was ?=", long] {
        let headers = vec![("Subject", Field::Text(subject.to_owned()))];
        let raw = compose(draft(headers, text("Text")));
        assert_eq!(Message::parse(&raw).subject.as_deref(), Some(subject));
        assert!(raw.split(|&byte| byte == b'\n').all(|line| line.len() <= 79), "a line is too long");
    }
}

#[test]
fn nothing_breaks_out_of_its_line() {
    let evil = "x\r\nBcc: victim@example.org\r\n\r\nbody";
    let headers = vec![
        ("Subject", Field::Text(evil.to_owned())),
        ("X-Raw", Field::Raw(evil.to_owned())),
        ("To", Field::Addresses(vec![EmailAddress { name: Some(evil.to_owned()), email: evil.to_owned() }])),
        ("In-Reply-To", Field::MessageIds(vec![evil.to_owned()])),
        ("Message-ID", Field::MessageIds(vec!["a@b".to_owned()])),
        ("Date", Field::Date(evil.to_owned())),
    ];
    let mut body = text("Hallo");
    body.name = Some(evil.to_owned());
    body.disposition = Some(evil.to_owned());
    body.cid = Some(evil.to_owned());
    let message = Message::parse(&compose(draft(headers, body)));
    assert_eq!(message.bcc, None);
    assert_eq!(message.readable().trim(), "Hallo");
}

#[test]
fn parts_lie_in_parts() {
    let mut picture = Part::new("image/png", Content::Bytes(vec![137, 80, 78, 71, 0, 255]));
    picture.disposition = Some("inline".to_owned());
    picture.cid = Some("bild@1".to_owned());
    let mut letter = Part::new("message/rfc822", Content::Bytes(b"Subject: inner\r\n\r\nx".to_vec()));
    letter.disposition = Some("attachment".to_owned());
    letter.name = Some("Brief für Ünal.eml".to_owned());
    let html = Part::new("text/html", Content::Text("<p><img src=\"cid:bild@1\"></p>".to_owned()));
    let related = Part::new("multipart/related", Content::Parts(vec![html, picture]));
    let alternative = Part::new("multipart/alternative", Content::Parts(vec![text("Bild"), related]));
    let mixed = Part::new("multipart/mixed", Content::Parts(vec![alternative, letter]));
    let message = Message::parse(&compose(draft(vec![("Subject", Field::Text("Teile".to_owned()))], mixed)));
    assert!(!message.is_truncated);
    assert_eq!(message.text_body[0].media_type, "text/plain");
    assert_eq!(message.html_body[0].media_type, "text/html");
    let kinds: Vec<&str> = message.attachments.iter().map(|part| part.media_type.as_str()).collect();
    assert_eq!(kinds, ["image/png", "message/rfc822"]);
    assert_eq!(message.attachments[0].cid.as_deref(), Some("bild@1"));
    assert_eq!(message.attachments[1].name.as_deref(), Some("Brief für Ünal.eml"));
    let id = message.attachments[0].part_id.as_ref().unwrap();
    assert_eq!(message.part_bytes(id), Some([137, 80, 78, 71, 0, 255].as_slice()));
}

#[test]
fn a_field_is_taken_out_and_nothing_else() {
    let raw = b"From: a@b\r\nBCC: x@y,\r\n z@y\r\nSubject: s\r\nbcc: w@y\r\n\r\nBcc: stays\r\n";
    let expected = b"From: a@b\r\nSubject: s\r\n\r\nBcc: stays\r\n";
    assert_eq!(tornister_formats::mime::without_field(raw, "Bcc"), expected);
    assert_eq!(tornister_formats::mime::without_field(b"no message", "Bcc"), b"no message");
}
