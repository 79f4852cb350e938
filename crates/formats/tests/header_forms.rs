//! Header fields in the parsed forms of RFC 8621 §4.1.2.

use serde_json::{Value, json};
use tornister_formats::mime::{Form, Message, message_ids, text};

#[test]
fn white_space_in_a_text_stays_as_it_is() {
    assert_eq!(text(" one\ttwo"), "one\ttwo");
    assert_eq!(text(" one\r\n  two\r\n\tthree"), "one  two\tthree");
    assert_eq!(text(" \t one  two"), "one  two");
    assert_eq!(text(" eins\r\nzwei"), "eins zwei", "a line end that is no fold");
}

#[test]
fn encoded_words_are_read_only_where_they_stand_alone() {
    assert_eq!(text(" abc=?utf-8?Q?x?=def"), "abc=?utf-8?Q?x?=def");
    assert_eq!(text(" =?utf-8?Q?a?==?utf-8?Q?b?="), "=?utf-8?Q?a?==?utf-8?Q?b?=");
    assert_eq!(text(" =?utf-8?Q?a b?= c"), "=?utf-8?Q?a b?= c");
    assert_eq!(text(" =?utf-8?Q?a?=\r\n =?utf-8?B?Yg==?= c =?utf-8?Q?d?="), "ab c d");
    assert_eq!(text(" =?utf-8?Q?a?=  c "), "a  c ");
    assert_eq!(text(" =?utf-8*de?q?Was_ist_=C3=A4??="), "Was ist ä?");
}

#[test]
fn encoded_words_that_cannot_be_read_stay_as_written() {
    for written in ["=?x-nobody?Q?a?=", "=?utf-8?X?a?=", "=?utf-8?Q?=", "=??=", "=?", "?=", "=?=", "=?a?="] {
        assert_eq!(text(written), written);
    }
    assert_eq!(text("=?utf-8?Q?50=ZZ=?="), "50=ZZ=");
    assert_eq!(text("=?utf-8?Q?=FFx?="), "\u{fffd}x");
    assert_eq!(text("=?utf-8?B?SGFsbG8=SGFsbG8=?="), "HalloHallo");
    assert_eq!(text("=?utf-7?Q?+AOQ-?= =?cp850?Q?=84?="), "ää");
}

#[test]
fn control_characters_go_where_they_were_encoded() {
    assert_eq!(text(" =?utf-8?Q?a=00=09=0D=0Ab=C2=85?="), "ab");
    assert_eq!(text(" a\u{7}b"), "a\u{7}b");
}

#[test]
fn a_text_is_composed() {
    assert_eq!(text(" u\u{308} =?utf-8?Q?u=CC=88?="), "ü ü");
}

fn ids(raw: &str) -> Vec<String> {
    message_ids(raw).unwrap_or_default()
}

#[test]
fn message_ids_stand_in_brackets_and_nowhere_else() {
    assert_eq!(ids(" <a@b>\r\n <c@d>,<e@ f>"), ["a@b", "c@d", "e@f"]);
    assert_eq!(ids(" (see <no@id>) <a@b> (or (\\) <no@id>))"), ["a@b"]);
    assert_eq!(ids(" Your mail \"<no@id>\" of Monday <a@b>"), ["a@b"]);
    assert_eq!(ids(" (no end <a@b> \"nor here <c@d>"), ["a@b", "c@d"]);
    for none in ["", " a@b", " <a@b", " <>", " (<a@b>)"] {
        assert_eq!(message_ids(none), None, "{none}");
    }
}

#[test]
fn urls_keep_their_parentheses_and_lose_white_space_and_comments() {
    let urls = |raw: &str| Form::Urls.read(raw);
    assert_eq!(urls(" (mail <x:y>) <https://a.example/b_(c)>"), json!(["https://a.example/b_(c)"]));
    assert_eq!(urls(" <mailto:list@\r\n a.example>, <ftp://a>"), json!(["mailto:list@a.example", "ftp://a"]));
    assert_eq!(urls(" NO (posting not allowed)"), Value::Null);
}

#[test]
fn comments_without_number_or_end_cost_no_time() {
    let many = "()\"\"".repeat(200_000) + &"(".repeat(400_000) + &"\"".repeat(400_001);
    assert!(message_ids(&many).is_none());
    let raw = format!("Content-Language: {many}\r\nContent-ID: {many}\r\n\r\n");
    assert!(Message::parse(raw.as_bytes()).body_structure.cid.is_some());
}

#[test]
fn the_ids_and_languages_of_parts_have_no_comments() {
    let part = |raw: &str| Message::parse(raw.as_bytes()).body_structure;
    let read =
        part("Content-ID: (first (one)) <a@b> <c@d>\r\nContent-Language: de (German), (any) en\r\n\r\n");
    assert_eq!(read.cid.as_deref(), Some("a@b"));
    assert_eq!(read.language, Some(vec!["de".to_owned(), "en".to_owned()]));
    for bare in ["a@b", "a@b (a picture)", "<a@b", "a@b>"] {
        assert_eq!(part(&format!("Content-ID: {bare}\r\n\r\n")).cid.as_deref(), Some("a@b"), "{bare}");
    }
}
