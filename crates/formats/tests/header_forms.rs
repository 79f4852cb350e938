//! Header fields in the parsed forms of RFC 8621 §4.1.2.

use tornister_formats::mime::text;

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
