//! VacationResponse (RFC 8621 §8).

use serde_json::{Map, Value, json};
use tornister_protocol::core::MethodError;

use super::standard::{Changed, Creating, Served, each, no_such_path, typed};
use crate::backend::{
    Never, Object, Properties, Refusal, RefusalKind, moment::Moment, submission::VacationResponse,
};

impl Served for VacationResponse {
    const PROPERTIES: Option<&'static [&'static str]> =
        Some(&["id", "isEnabled", "fromDate", "toDate", "subject", "textBody", "htmlBody"]);
}

impl Changed for VacationResponse {
    const SERVER_SET: &'static [&'static str] = &["id"];

    async fn create(_: &Creating<'_>, _: Object) -> Result<Result<Never, Refusal>, MethodError> {
        Ok(Err(Refusal::bare(RefusalKind::Singleton)))
    }

    fn update(patch: &Map<String, Value>) -> Result<Properties, Refusal> {
        let mut fields = Properties::default();
        each(patch, |path, value| {
            let value = match path {
                "isEnabled" => json!(typed::<bool>(path, value)?),
                // As the server writes moments, not as the client did.
                "fromDate" | "toDate" => json!(typed::<Option<Moment>>(path, value)?.map(|moment| moment.0)),
                "subject" | "textBody" | "htmlBody" => json!(typed::<Option<String>>(path, value)?),
                _ => return Err(no_such_path(path)),
            };
            fields.0.insert(path.to_owned(), value);
            Ok(())
        })?;
        Ok(fields)
    }
}
