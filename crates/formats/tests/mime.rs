//! What somebody sees of a mail, whatever its bytes are.

use tornister_formats::mime::Message;

fn mail(name: &str) -> Message {
    let path = format!("{}/tests/fixtures/mail/{name}", env!("CARGO_MANIFEST_DIR"));
    Message::parse(&std::fs::read(path).expect("the fixture is in the tree"))
}

fn types(parts: &[tornister_formats::mime::BodyPart]) -> Vec<&str> {
    parts.iter().map(|part| part.media_type.as_str()).collect()
}

#[test]
fn the_header_is_decoded() {
    let mail = mail("html-with-picture.eml");
    assert_eq!(mail.subject.as_deref(), Some("Ausflug 🚌"));
    let from = &mail.from.as_ref().unwrap()[0];
    assert_eq!((from.name.as_deref(), from.email.as_str()), (Some("Frau Jäger"), "jaeger@school.example"));
    assert_eq!(mail.to.as_ref().unwrap()[1].name.as_deref(), Some("Alle: 7b"));
    assert_eq!(mail.cc.as_ref().unwrap().len(), 2, "a group is opened");
    assert_eq!(mail.bcc, None);
    assert_eq!(mail.message_id.as_deref(), Some(&["two@school.example".to_owned()][..]));
    assert_eq!(mail.in_reply_to.as_deref(), Some(&["one@school.example".to_owned()][..]));
    assert_eq!(mail.references.as_ref().unwrap().len(), 2);
    assert_eq!(mail.sent_at.as_deref(), Some("2026-09-14T09:00:00+02:00"));
    assert_eq!(mail.sent_at_utc.unwrap().to_string(), "2026-09-14T07:00:00Z");
    assert_eq!(mail.received_at.unwrap().to_string(), "2026-09-14T07:00:05Z", "the newest hop");
    assert_eq!(mail.header("status"), Some(" RO"));
    assert_eq!(mail.headers[2].value, " =?UTF-8?Q?Frau_J=C3=A4ger?= <jaeger@school.example>");
}

#[test]
fn the_parts_are_sorted_as_the_rfc_sorts_them() {
    let mail = mail("html-with-picture.eml");
    assert_eq!(types(&mail.text_body), ["text/plain"]);
    assert_eq!(types(&mail.html_body), ["text/html"]);
    assert_eq!(types(&mail.attachments), ["image/png", "application/pdf"]);
    assert_eq!(mail.attachments[0].cid.as_deref(), Some("bus@x"));
    assert_eq!(mail.attachments[1].name.as_deref(), Some("Elternbrief März.pdf"));
    assert!(mail.has_attachment);
    let ids: Vec<_> = mail.attachments.iter().map(|part| part.part_id.as_deref().unwrap()).collect();
    assert_eq!(mail.part_bytes(ids[0]), Some(&b"\x89PNG\r\n\x1a\n"[..]));
    assert_eq!(mail.part_bytes(ids[1]), Some(&b"%PDF-1.4"[..]));
    assert_eq!(mail.part_bytes("99"), None);
    assert_eq!(mail.body_structure.media_type, "multipart/mixed");
    assert_eq!(mail.body_structure.sub_parts.as_ref().unwrap().len(), 2);
    assert!(!mail.is_truncated);
}

#[test]
fn the_text_is_decoded_and_previewed() {
    let mail = mail("html-with-picture.eml");
    let id = mail.text_body[0].part_id.as_ref().unwrap();
    assert_eq!(mail.body_values[id].value.trim_end(), "Grüße,\n  der Bus   fährt.");
    assert!(!mail.body_values[id].is_encoding_problem);
    assert_eq!(mail.preview, "Grüße, der Bus fährt.");
}

#[test]
fn html_is_inert() {
    let html = mail("html-with-picture.eml").safe_html().unwrap();
    for gone in [
        "script",
        "alert",
        "onclick",
        "onload",
        "style",
        "form",
        "input",
        "iframe",
        "drin",
        "tracker",
        "javascript",
        "<title",
    ] {
        assert!(!html.contains(gone), "{gone} in {html}");
    }
    for kept in ["<b>alle</b>", r#"src="cid:bus@x""#, r#"alt="weg""#, r#"<td colspan="2">Zelle</td>"#] {
        assert!(html.contains(kept), "{kept} not in {html}");
    }
    let link = html.split("<a ").find(|link| link.contains("example.org")).unwrap();
    assert!(link.contains(r#"target="_blank""#) && link.contains(r#"rel="noopener noreferrer""#), "{link}");
}

#[test]
fn latin_1_is_read_and_what_declares_nothing_is_guessed() {
    let declared = mail("latin1.eml");
    assert_eq!(declared.subject.as_deref(), Some("Schülerausweis"));
    assert_eq!(declared.body_values["1"].value, "Bitte Schülerausweis abholen.\nViele Grüße\n");
    assert!(!declared.body_values["1"].is_encoding_problem);
    assert!(!declared.has_attachment);
    assert_eq!(declared.safe_html(), None);
    assert_eq!(types(&declared.html_body), ["text/plain"], "plain text stands in for missing HTML");

    let guessed = mail("undeclared-8bit.eml");
    assert_eq!(guessed.body_values["1"].value, "Größe\n");
    assert!(guessed.body_values["1"].is_encoding_problem);
}

#[test]
fn only_crlf_becomes_a_line_feed() {
    let mail = Message::parse(b"Subject: x\r\n\r\none\r\ntwo\rthree\nfour\r\r\n");
    assert_eq!(mail.body_values["1"].value, "one\ntwo\rthree\nfour\r\n");
    assert_eq!(mail.preview, "one two three four");

    let html = "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\none\rtwo\r\n--b\r\n\
        Content-Type: text/html\r\n\r\n<p>three\rfour</p>\r\n--b--\r\n";
    let html = Message::parse(html.as_bytes()).safe_html().unwrap();
    assert_eq!(html, "<div>one<br>two</div><p>three\nfour</p>");
}

#[test]
fn a_truncated_mail_gives_what_is_there() {
    let mail = mail("truncated.eml");
    assert!(mail.is_truncated);
    assert_eq!(mail.subject.as_deref(), Some("Abgeschnitten"));
    assert_eq!(mail.preview, "Der Anfang ist da.");
    assert!(mail.has_attachment);
}

#[test]
fn a_text_is_previewed_by_characters_and_html_without_tags() {
    let long = format!("Subject: x\r\n\r\n{}", "ü ".repeat(400));
    assert_eq!(Message::parse(long.as_bytes()).preview.chars().count(), 255, "no space at the end");
    let html = "Content-Type: text/html; charset=utf-8\r\n\r\n<style>p{}</style><p>Hallo &amp; <b>Du</b></p>";
    let mail = Message::parse(html.as_bytes());
    assert_eq!(mail.preview, "Hallo & Du");
    assert_eq!(types(&mail.text_body), ["text/html"]);
}

#[test]
fn a_forwarded_message_is_an_attachment() {
    let raw = "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nSiehe unten\r\n--b\r\n\
        Content-Type: message/rfc822\r\n\r\nSubject: innen\r\n\r\ngeheim\r\n--b--\r\n";
    let mail = Message::parse(raw.as_bytes());
    assert_eq!(types(&mail.attachments), ["message/rfc822"]);
    let id = mail.attachments[0].part_id.as_ref().unwrap();
    assert_eq!(mail.part_bytes(id), Some(&b"Subject: innen\r\n\r\ngeheim"[..]));
    assert_eq!(mail.preview, "Siehe unten");
}

#[test]
fn attached_texts_and_messages_are_searched() {
    let inner = "Subject: innen\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n--c\r\n\r\ngeheim\r\n--c\r\n\
        Content-Type: message/rfc822\r\n\r\nSubject: ganz innen\r\n\r\ntief\r\n--c--\r\n";
    let raw = format!(
        "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nSiehe unten\r\n--b\r\n\
        Content-Type: text/csv; name=a.csv\r\n\r\nName;Note\r\n--b\r\n\
        Content-Type: text/html; name=a.html\r\nContent-Disposition: attachment\r\n\r\n<b>Seite</b>\r\n--b\r\n\
        Content-Type: image/png\r\n\r\nPNG\r\n--b\r\n\
        Content-Type: message/rfc822\r\n\r\n{inner}\r\n--b--\r\n"
    );
    let readable = Message::parse(raw.as_bytes()).readable();
    let words: Vec<&str> = readable.split_whitespace().collect();
    assert_eq!(words, ["Siehe", "unten", "Name;Note", "Seite", "innen", "geheim"], "one level deep");

    let long = format!("Content-Disposition: attachment\r\n\r\n{}", "ä".repeat(400_000));
    assert!(Message::parse(long.as_bytes()).readable().len() < 300_000, "a long table is searched in part");
}

#[test]
fn what_stands_for_pictures_is_searched() {
    let html = "Content-Type: text/html\r\n\r\n<p data-title=no TITLE='Über &amp; unter =x'>Text = 1</p>\
        <img src=\"a?alt=no\" ALT = Plan><img alt=\"\"><a title=\"ohne Ende";
    let readable = Message::parse(html.as_bytes()).readable();
    let words: Vec<&str> = readable.split_whitespace().collect();
    assert_eq!(words, ["Text", "=", "1", "Über", "&", "unter", "=x", "Plan", "ohne", "Ende"]);
}

#[test]
fn endless_nesting_costs_no_stack() {
    let nested = "Content-Type: message/rfc822\r\n\r\n".repeat(200_000);
    let nested = Message::parse(nested.as_bytes());
    assert_eq!(nested.body_structure.media_type, "message/rfc822");
    assert_eq!(nested.readable().trim(), "");
    let mut multiparts = String::new();
    for level in 0..900 {
        multiparts += &format!("Content-Type: multipart/mixed; boundary=b{level}\r\n\r\n--b{level}\r\n");
    }
    assert!(Message::parse(multiparts.as_bytes()).body_structure.sub_parts.is_some());
}

#[test]
fn parts_and_fields_without_end_cost_no_memory_and_lose_nothing() {
    let head = "Content-Type: multipart/mixed; boundary=b\n\n";
    let flat = format!("{head}{}--b\n\nlast", "--b\n\nx\n".repeat(100_000));
    let nested = format!("{head}{}", "--b\nContent-Type: multipart/mixed; boundary=b\n\n".repeat(50_000));
    for raw in [flat, nested] {
        let mail = Message::parse(raw.as_bytes());
        assert!(mail.attachments.len() + mail.text_body.len() <= 1_100, "{}", mail.attachments.len());
    }
    let flat = format!("{head}{}--b\n\nlast", "--b\n\nx\n".repeat(100_000));
    let mail = Message::parse(flat.as_bytes());
    let rest = mail.attachments.last().unwrap();
    assert_eq!(rest.media_type, "application/octet-stream");
    assert!(mail.part_bytes(rest.part_id.as_ref().unwrap()).unwrap().ends_with(b"last"));

    let mail = Message::parse(format!("Subject: x\n{}", "a:\n".repeat(100_000)).as_bytes());
    assert_eq!((mail.subject.as_deref(), mail.headers.len()), (Some("x"), 1_000));
    let many = format!("--b\n{}\n\nx\n", "a:\n".repeat(900)).repeat(500);
    let mail = Message::parse(format!("{head}{many}").as_bytes());
    let parts = mail.body_structure.sub_parts.as_ref().unwrap();
    assert!(parts.iter().map(|part| part.headers.len()).sum::<usize>() < 10_000);
}

#[test]
fn a_field_is_taken_out_however_many_stand_before_it() {
    let raw = format!("{}Bcc: secret@school.example\nTo: x\n\nBcc: body", "a:\n".repeat(2_500));
    let rest = String::from_utf8(tornister_formats::mime::without_field(raw.as_bytes(), "bcc")).unwrap();
    assert_eq!(rest, raw.replace("Bcc: secret@school.example\n", ""));
}

#[test]
fn endlessly_nested_html_costs_neither_stack_nor_time() {
    for tag in
        ["<div>", "<b>", "<table><tr><td>", "<p><table></x>", "<div></b>", "<a href='https://example.org'>"]
    {
        let html = format!("Content-Type: text/html\r\n\r\n{}Ende", tag.repeat(100_000));
        let mail = Message::parse(html.as_bytes());
        assert!(mail.safe_html().unwrap().contains("Ende"), "{tag}");
    }
}

#[test]
fn no_bytes_make_it_panic() {
    let mail =
        std::fs::read(format!("{}/tests/fixtures/mail/html-with-picture.eml", env!("CARGO_MANIFEST_DIR")));
    let mail = mail.unwrap();
    let mut seed = 0x2545_f491_4f6c_dd1d_u64;
    let mut random = move |below: usize| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        usize::try_from(seed % below as u64).unwrap()
    };
    for _ in 0..3000 {
        let mut damaged = mail.clone();
        for _ in 0..=random(8) {
            let at = random(damaged.len());
            match random(4) {
                0 => damaged[at] = u8::try_from(random(256)).unwrap(),
                1 => damaged.truncate(at.max(1)),
                2 => drop(damaged.drain(at..(at + random(40)).min(damaged.len() - 1).max(at))),
                _ => damaged.extend_from_within(at..(at + random(200)).min(damaged.len())),
            }
        }
        let read = Message::parse(&damaged);
        assert!(read.preview.chars().count() <= 256);
        assert!(read.safe_html().is_none_or(|html| !html.contains("<script")));
    }
    for bytes in [&b""[..], b"\0", b"\n\n", b": :\r\n", b"--\r\n", &[0xff; 300]] {
        let _ = Message::parse(bytes);
    }
}
