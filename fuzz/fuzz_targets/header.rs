//! A property's name on the first line, a field's raw value on the others: read in every form, and written
//! again as one field of a message that says the same.

#![no_main]

use libfuzzer_sys::fuzz_target;
use tornister_formats::mime::{
    Content, Draft, Field, Form, Header, HeaderProperty, Message, Part, addresses, compose, message_ids, text,
};

const FORMS: [Form; 7] = [
    Form::Raw,
    Form::Text,
    Form::Addresses,
    Form::GroupedAddresses,
    Form::MessageIds,
    Form::Date,
    Form::Urls,
];

fuzz_target!(|input: &str| {
    let (property, value) = input.split_once('\n').unwrap_or(("header:Subject:asText", input));
    for form in FORMS {
        drop(form.read(value));
    }
    if let Some(property) = HeaderProperty::parse(property) {
        drop(property.read(&[Header { name: property.name.clone(), value: value.to_owned() }]));
    }
    let subject = text(value);
    let message = written("Subject", Field::Text(subject.clone()));
    assert_eq!(message.subject.as_deref().map(words), Some(words(&subject)));
    for (name, field) in [
        ("Subject", Field::Raw(value.to_owned())),
        ("To", Field::Addresses(addresses(value))),
        ("References", Field::MessageIds(message_ids(value).unwrap_or_default())),
    ] {
        written(name, field);
    }
});

/// What is between white space; how much of it there is does not outlive folding. Control characters are not
/// written.
fn words(text: &str) -> Vec<String> {
    let text = text.replace(|character: char| character.is_control() && character != '\t', "");
    text.split_whitespace().map(str::to_owned).collect()
}

/// Whatever the field holds, it stays one field, and the body is where it was.
fn written(name: &str, field: Field) -> Message {
    let draft = Draft {
        headers: vec![(name.to_owned(), field)],
        body: Part::new("text/plain", Content::Text("Text".to_owned())),
        boundary: "b".to_owned(),
    };
    let message = Message::parse(&compose(draft));
    let expected = [name, "MIME-Version", "Message-ID", "Date", "Content-Type", "Content-Transfer-Encoding"];
    for header in &message.headers {
        assert!(expected.contains(&header.name.as_str()), "it made a field: {header:?}");
    }
    assert_eq!(message.preview, "Text");
    message
}
