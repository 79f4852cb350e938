//! Properties that stand for header fields, on their way into a message (RFC 8621 §4.1.3, §4.6).

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::Value;
use tornister_formats::mime::{AddressGroup, Field, Form, HeaderProperty};
use tornister_protocol::mail::EmailAddress;

use crate::{
    backend::{Object, Refusal},
    jmap::standard::typed,
};

/// The convenience properties, with their fields and forms.
const CONVENIENCE: [(&str, &str, Form); 11] = [
    ("messageId", "Message-ID", Form::MessageIds),
    ("inReplyTo", "In-Reply-To", Form::MessageIds),
    ("references", "References", Form::MessageIds),
    ("sender", "Sender", Form::Addresses),
    ("from", "From", Form::Addresses),
    ("to", "To", Form::Addresses),
    ("cc", "Cc", Form::Addresses),
    ("bcc", "Bcc", Form::Addresses),
    ("replyTo", "Reply-To", Form::Addresses),
    ("subject", "Subject", Form::Text),
    ("sentAt", "Date", Form::Date),
];

/// Header fields in order, and which names are taken.
#[derive(Default)]
pub struct Fields {
    /// The fields.
    pub list: Vec<(String, Field)>,
    taken: BTreeSet<String>,
}

impl Fields {
    /// Whether a field of this name is among them.
    pub fn has(&self, name: &str) -> bool {
        self.taken.contains(&name.to_lowercase())
    }

    /// Takes a property out of an object, where it stands for a field.
    ///
    /// Answers whether it did.
    pub fn take(&mut self, property: &str, value: &Value) -> Result<bool, Refusal> {
        let convenience = CONVENIENCE.iter().find(|(name, ..)| *name == property);
        let (name, form, all) = match convenience {
            Some((_, field, form)) => ((*field).to_owned(), *form, false),
            None if property.starts_with("header:") => {
                let header = HeaderProperty::parse(property).ok_or_else(|| {
                    Refusal::property(property, "no such header property, or its form is not for this field")
                })?;
                (header.name, header.form, header.all)
            }
            None => return Ok(false),
        };
        if value.is_null() {
            return Ok(true);
        }
        if !self.taken.insert(name.to_lowercase()) {
            return Err(Refusal::property(property, "another property stands for the same field"));
        }
        let values = if all { typed::<Vec<Value>>(property, value)? } else { vec![value.clone()] };
        for value in values {
            self.list.push((name.clone(), field(property, form, &value)?));
        }
        Ok(true)
    }

    /// Takes all properties that stand for fields out of an object.
    pub fn take_all(&mut self, object: &mut Object) -> Result<(), Refusal> {
        let mut refused = Vec::new();
        object.retain(|property, value| match self.take(property, value) {
            Ok(is_field) => !is_field,
            Err(refusal) => {
                refused.push(refusal);
                false
            }
        });
        Refusal::all(refused)
    }
}

#[derive(Deserialize)]
struct Group {
    name: Option<String>,
    addresses: Vec<EmailAddress>,
}

fn field(property: &str, form: Form, value: &Value) -> Result<Field, Refusal> {
    Ok(match form {
        Form::Raw => Field::Raw(typed(property, value)?),
        Form::Text => Field::Text(typed(property, value)?),
        Form::Addresses => Field::Addresses(typed(property, value)?),
        Form::GroupedAddresses => {
            let groups: Vec<Group> = typed(property, value)?;
            let groups = groups.into_iter();
            Field::Groups(groups.map(|Group { name, addresses }| AddressGroup { name, addresses }).collect())
        }
        Form::MessageIds => Field::MessageIds(typed(property, value)?),
        Form::Date => {
            let date: String = typed(property, value)?;
            if chrono::DateTime::parse_from_rfc3339(&date).is_err() {
                return Err(Refusal::property(property, "expected YYYY-MM-DDTHH:MM:SS+HH:MM"));
            }
            Field::Date(date)
        }
        Form::Urls => Field::Urls(typed(property, value)?),
    })
}
