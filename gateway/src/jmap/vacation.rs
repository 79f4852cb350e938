//! VacationResponse (RFC 8621 §8).

use serde_json::{Map, Value};
use tornister_protocol::core::MethodError;

use super::standard::{Changed, Creating, Served, no_such_path, typed};
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
        for (path, value) in patch {
            match path.as_str() {
                "isEnabled" => {
                    typed::<bool>(path, value)?;
                }
                "fromDate" | "toDate" => {
                    typed::<Option<Moment>>(path, value)?;
                }
                "subject" | "textBody" | "htmlBody" => {
                    typed::<Option<String>>(path, value)?;
                }
                _ => return Err(no_such_path(path)),
            }
            fields.0.insert(path.clone(), value.clone());
        }
        Ok(fields)
    }
}
