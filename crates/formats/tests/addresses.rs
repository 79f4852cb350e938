//! Address lists (RFC 8621 §4.1.2.3), as they should be and as they are.

use serde_json::{Value, json};
use tornister_formats::mime::{Form, addresses};

/// Names and addresses.
fn read(raw: &str) -> Vec<(String, String)> {
    let read = addresses(raw).into_iter();
    read.map(|one| (one.name.unwrap_or_else(|| "-".to_owned()), one.email)).collect()
}

fn one(raw: &str) -> (String, String) {
    let mut read = read(raw);
    assert_eq!(read.len(), 1, "{raw}: {read:?}");
    read.remove(0)
}

fn pair(name: &str, email: &str) -> (String, String) {
    (name.to_owned(), email.to_owned())
}

#[test]
fn comments_are_discarded_where_there_is_a_name() {
    assert_eq!(one(" Anna (Sekretariat) <anna@x>"), pair("Anna", "anna@x"));
    assert_eq!(one(" \"Joe\" <joe@x> (boss)"), pair("Joe", "joe@x"));
    assert_eq!(one(" (Dr.) Anna (geb. (von)) Berg (x) <anna(y)@(z)x> (7b)"), pair("Anna Berg", "anna@x"));
}

#[test]
fn a_comment_is_the_name_where_there_is_none() {
    assert_eq!(one(" joe@x (Joe Boss)"), pair("Joe Boss", "joe@x"));
    assert_eq!(one(" <joe@x> (=?utf-8?Q?J=C3=B6?= \\(B\\))"), pair("Jö (B)", "joe@x"));
    assert_eq!(one(" \"\" <joe@x> (Joe)"), pair("Joe", "joe@x"));
}

#[test]
fn encoded_words_are_read_in_names_but_not_in_quotes() {
    assert_eq!(one(" \"=?utf-8?Q?q?=\" <q@x>"), pair("=?utf-8?Q?q?=", "q@x"));
    assert_eq!(one(" =?utf-8?Q?M=C3=BC,?=\r\n =?utf-8?Q?_A?= B <a@x>"), pair("Mü, A B", "a@x"));
    assert_eq!(one(" =?utf-8?Q?A?=<a@x>"), pair("A", "a@x"));
    assert_eq!(one(" a=?utf-8?Q?A?=b <a@x>"), pair("a=?utf-8?Q?A?=b", "a@x"));
    assert_eq!(one(" =?x-nobody?Q?A?= <a@x>"), pair("=?x-nobody?Q?A?=", "a@x"));
    assert_eq!(one(" <=?utf-8?Q?A?=@x>"), pair("-", "=?utf-8?Q?A?=@x"));
}

#[test]
fn local_parts_may_be_quoted() {
    assert_eq!(one(" \"john doe\"@example.com"), pair("-", "\"john doe\"@example.com"));
    assert_eq!(one(" John <\"john \\\"<doe>\"@example.com>"), pair("John", "\"john \\\"<doe>\"@example.com"));
}

#[test]
fn names_lose_their_quotes_and_the_white_space_around() {
    let raw = "  \"  James \\\"Jim\\\" \\\\ Smythe\" <james@example.com>, a.b@c , J. R. \"de la\tX\" < d@[1.2.3.4] >,,";
    let expected = [
        pair("James \"Jim\" \\ Smythe", "james@example.com"),
        pair("-", "a.b@c"),
        pair("J. R. de la\tX", "d@[1.2.3.4]"),
    ];
    assert_eq!(read(raw), expected);
}

#[test]
fn groups_keep_their_members() {
    let raw = " a@x, Friends (all): jane@x,\r\n =?UTF-8?Q?John_Sm=C3=AEth?= <john@x>;, \"No: one\":;, b@x";
    let john = json!({ "name": "John Smîth", "email": "john@x" });
    let bare = |email: &str| json!({ "name": Value::Null, "email": email });
    let expected = json!([
        { "name": null, "addresses": [bare("a@x")] },
        { "name": "Friends", "addresses": [bare("jane@x"), john] },
        { "name": "No: one", "addresses": [] },
        { "name": null, "addresses": [bare("b@x")] },
    ]);
    assert_eq!(Form::GroupedAddresses.read(raw), expected);
}

#[test]
fn what_is_against_the_grammar_is_guessed() {
    assert_eq!(one(" Joe Boss joe@x"), pair("-", "Joe Boss joe@x"));
    assert_eq!(one(" joe@x <joe@x>"), pair("joe@x", "joe@x"));
    assert_eq!(one(" foo"), pair("foo", ""));
    assert_eq!(one(" root (Charlie)"), pair("Charlie", "root"));
    assert_eq!(one(" \"Joe <joe@x>").1, "", "a quote without an end");
    assert_eq!(read(" a@x; b@x").len(), 2);
    assert!(read("").is_empty() && read(" , ,").is_empty() && read(" <>").len() <= 1);
}

#[test]
fn long_lists_cost_no_time() {
    for piece in ["=?a?b?c,", "=? ", "(", "\"", "\\", "<", "a:", "[", "=?utf-8?Q?", "a@b,", "\"a b\"@c (d),"]
    {
        let _ = addresses(&piece.repeat(50_000));
    }
}
