//! I-JSON (RFC 7493), which every request has to be (RFC 8620 §1.5): JSON in which no object has two
//! members of one name. Nothing is kept of it here.

use std::{borrow::Cow, collections::HashSet, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{Error, MapAccess, SeqAccess, Visitor},
};

/// Some I-JSON value.
pub struct IJson;

impl<'de> Deserialize<'de> for IJson {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Checker)
    }
}

struct Checker;

impl<'de> Visitor<'de> for Checker {
    type Value = IJson;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_bool<E>(self, _: bool) -> Result<IJson, E> {
        Ok(IJson)
    }

    fn visit_i64<E>(self, _: i64) -> Result<IJson, E> {
        Ok(IJson)
    }

    fn visit_u64<E>(self, _: u64) -> Result<IJson, E> {
        Ok(IJson)
    }

    fn visit_f64<E>(self, _: f64) -> Result<IJson, E> {
        Ok(IJson)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<IJson, E> {
        check(text).map(|()| IJson)
    }

    fn visit_unit<E>(self) -> Result<IJson, E> {
        Ok(IJson)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<IJson, A::Error> {
        while items.next_element::<IJson>()?.is_some() {}
        Ok(IJson)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<IJson, A::Error> {
        let mut names: HashSet<Cow<'de, str>> = HashSet::new();
        while let Some(name) = members.next_key::<Cow<'de, str>>()? {
            check::<A::Error>(&name)?;
            members.next_value::<IJson>()?;
            if names.contains(&name) {
                return Err(A::Error::custom(format!("two members are named '{name}'")));
            }
            names.insert(name);
        }
        Ok(IJson)
    }
}

fn check<E: Error>(text: &str) -> Result<(), E> {
    match text.chars().find(|character| is_noncharacter(*character)) {
        Some(found) => Err(E::custom(format!("U+{:04X} is no character", u32::from(found)))),
        None => Ok(()),
    }
}

/// What Unicode sets aside for no character ever (RFC 7493 §2.1).
fn is_noncharacter(character: char) -> bool {
    let code = u32::from(character);
    (0xFDD0..=0xFDEF).contains(&code) || code & 0xFFFE == 0xFFFE
}
