//! Email/get (RFC 8621 §4.2).

use serde::Deserialize as _;
use serde_json::{Map, Value};
use tornister_formats::mime::HeaderProperty;
use tornister_protocol::{core::MethodError, mail::Email};

use crate::{
    backend::email::{BODY_PROPERTIES, BodyOptions, DEFAULT_PROPERTIES, PROPERTIES},
    jmap::{method::invalid_arguments, standard::Served},
};

impl Served for Email {
    const PROPERTIES: Option<&'static [&'static str]> = Some(&PROPERTIES);
    const DEFAULT_PROPERTIES: Option<&'static [&'static str]> =
        Some(PROPERTIES.split_at(DEFAULT_PROPERTIES).0);

    fn options(arguments: &Map<String, Value>) -> Result<BodyOptions, MethodError> {
        let options =
            BodyOptions::deserialize(arguments).map_err(|reason| invalid_arguments(reason.to_string()))?;
        let mut asked = options.body_properties.iter().flatten();
        let is_known = |name: &&String| {
            BODY_PROPERTIES.contains(&name.as_str()) || HeaderProperty::parse(name).is_some()
        };
        if let Some(unknown) = asked.find(|name| !is_known(name)) {
            return Err(invalid_arguments(format!("a body part has no property '{unknown}'")));
        }
        Ok(options)
    }

    fn knows(name: &str) -> bool {
        PROPERTIES.contains(&name) || HeaderProperty::parse(name).is_some()
    }
}
