//! Identity (RFC 8621 §6).

use serde_json::{Map, Value};
use tornister_protocol::core::MethodError;

use super::standard::{Changed, Creating, Served, both, each, no_such_path, typed};
use crate::backend::{
    Object, Refusal,
    submission::{Identity, IdentityFields},
};

impl Served for Identity {
    const PROPERTIES: Option<&'static [&'static str]> =
        Some(&["id", "name", "email", "replyTo", "bcc", "textSignature", "htmlSignature", "mayDelete"]);
}

impl Changed for Identity {
    const SERVER_SET: &'static [&'static str] = &["id", "mayDelete"];
    const IMMUTABLE: &'static [&'static str] = &["email"];

    async fn create(
        _: &Creating<'_>,
        mut object: Object,
    ) -> Result<Result<IdentityFields, Refusal>, MethodError> {
        let email = object.remove("email").unwrap_or_default();
        Ok(both(typed::<String>("email", &email), Self::update(&object))
            .map(|(email, fields)| IdentityFields { email: Some(email), ..fields }))
    }

    fn update(patch: &Map<String, Value>) -> Result<IdentityFields, Refusal> {
        let mut fields = IdentityFields::default();
        each(patch, |path, value| {
            match path {
                "name" => fields.name = Some(or_empty(path, value)?),
                "replyTo" => fields.reply_to = Some(typed(path, value)?),
                "bcc" => fields.bcc = Some(typed(path, value)?),
                "textSignature" => fields.text_signature = Some(or_empty(path, value)?),
                "htmlSignature" => fields.html_signature = Some(or_empty(path, value)?),
                _ => return Err(no_such_path(path)),
            }
            Ok(())
        })?;
        Ok(fields)
    }
}

/// Null is the default, which is no text.
fn or_empty(path: &str, value: &Value) -> Result<String, Refusal> {
    Ok(typed::<Option<String>>(path, value)?.unwrap_or_default())
}
