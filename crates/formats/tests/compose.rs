//! What is written is read back as it was meant.

use tornister_formats::mime::{Content, Draft, Field, HeaderProperty, Message, Part, compose, media_type};
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

#[test]
fn attached_texts_come_back_byte_for_byte() {
    for bytes in
        [&b"one\ntwo\n"[..], b"one\rtwo", b"one\r\ntwo\r\r\n", b"\n", b"\r\n", b"o\0n\0\n\0", b"end \n"]
    {
        for disposition in [None, Some("inline"), Some("attachment")] {
            for media_type in ["text/plain", "text/csv", "application/pdf"] {
                let mut attached = Part::new(media_type, Content::Bytes(bytes.to_vec()));
                attached.disposition = disposition.map(str::to_owned);
                let mixed = Part::new("multipart/mixed", Content::Parts(vec![text("Text"), attached]));
                let message = Message::parse(&compose(draft(vec![], mixed)));
                assert_eq!(message.part_bytes("2"), Some(bytes), "{disposition:?} {media_type}");
            }
        }
    }
}

fn count(message: &Message, name: &str) -> usize {
    message.headers.iter().filter(|header| header.name.eq_ignore_ascii_case(name)).count()
}

#[test]
fn a_content_type_given_as_a_field_stands_once() {
    let given = |text: &str| vec![("content-type".to_owned(), Field::Raw(text.to_owned()))];
    let mut flowed = text("ä");
    flowed.headers = given(" Text/Plain; format=flowed;\r\n charset=iso-8859-1");
    let message = Message::parse(&compose(draft(vec![], flowed)));
    assert_eq!(count(&message, "Content-Type"), 1);
    let written = message.header("Content-Type").unwrap();
    assert!(written.contains("format=\"flowed\"") || written.contains("format=flowed"), "{written}");
    assert_eq!(message.preview, "ä", "the charset is the one that was written");

    let mut picture = Part::new("application/octet-stream", Content::Bytes(b"GIF".to_vec()));
    picture.headers = given("image/gif; name=\"a b.gif\"");
    picture.name = Some("c.gif".to_owned());
    let mut related = Part::new("multipart/mixed", Content::Parts(vec![text("Bild"), picture]));
    related.headers = given("multipart/related; boundary=theirs; type=\"text/plain\"");
    let message = Message::parse(&compose(draft(vec![], related)));
    assert_eq!(count(&message, "Content-Type"), 1);
    assert_eq!(message.body_structure.media_type, "multipart/related");
    let parts = message.body_structure.sub_parts.unwrap();
    assert_eq!((parts[1].media_type.as_str(), parts[1].name.as_deref()), ("image/gif", Some("a b.gif")));
}

#[test]
fn a_content_type_that_names_no_type_does_not_count() {
    for broken in ["", "text", "\r\nBcc: x@y", ";;"] {
        let mut part = text("Text");
        part.headers = vec![("Content-Type".to_owned(), Field::Text(broken.to_owned()))];
        assert_eq!(media_type(&part.headers[0].1), None);
        let message = Message::parse(&compose(draft(vec![], part)));
        assert_eq!((count(&message, "Content-Type"), message.preview.as_str()), (1, "Text"));
        assert_eq!(message.body_structure.media_type, "text/plain");
    }
}

#[test]
fn fields_of_the_message_that_its_outermost_part_has_stand_once() {
    let mut body = text("Text");
    for (name, value) in
        [("date", "Tue, 1 Sep 2026 10:00:00 +0200"), ("message-id", "<a@b>"), ("mime-version", "1.0")]
    {
        body.headers.push((name.to_owned(), Field::Raw(value.to_owned())));
    }
    body.headers.push(("X-Own".to_owned(), Field::Text("part".to_owned())));
    body.headers.push(("Content-Description".to_owned(), Field::Text("a text".to_owned())));
    let message = Message::parse(&compose(draft(vec![("X-OWN", Field::Text("message".to_owned()))], body)));
    for name in ["Date", "Message-ID", "MIME-Version", "X-Own", "Content-Type", "Content-Description"] {
        assert_eq!(count(&message, name), 1, "{name}");
    }
    assert_eq!(message.sent_at.as_deref(), Some("2026-09-01T10:00:00+02:00"));
    assert_eq!(message.message_id, Some(vec!["a@b".to_owned()]));
    assert_eq!(message.header("X-Own"), Some(" message"));
}

#[test]
fn a_tab_in_a_subject_still_parts_its_words() {
    for subject in ["a\tb", "a\tb =?broken?=", "ä\tö"] {
        let raw = compose(draft(vec![("Subject", Field::Text(subject.to_owned()))], text("Text")));
        assert_eq!(Message::parse(&raw).subject, Some(subject.replace('\t', " ")));
    }
}

#[test]
fn addresses_with_quoted_local_parts_are_written_and_read_back() {
    for email in ["\"a b\"@x.example", "\"a\\\"<b>, \\\\\"@x.example", "\"(a)@;:\"@x.example", "a@x.example"]
    {
        let person =
            |name: Option<&str>| EmailAddress { name: name.map(str::to_owned), email: email.to_owned() };
        let people = vec![person(None), person(Some("=?utf-8?Q?q?=")), person(Some("Anna (7b)"))];
        let raw = compose(draft(vec![("To", Field::Addresses(people.clone()))], text("Text")));
        assert_eq!(Message::parse(&raw).to, Some(people), "{}", String::from_utf8_lossy(&raw));
    }
    let evil = EmailAddress { name: None, email: "\"a\\\u{7}\"@x> <b@y".to_owned() };
    let people = vec![evil, EmailAddress { name: None, email: "c@z".to_owned() }];
    let raw = compose(draft(vec![("To", Field::Addresses(people))], text("Text")));
    assert_eq!(Message::parse(&raw).to.map(|to| to.len()), Some(2), "{}", String::from_utf8_lossy(&raw));
}
