//! Moments as clients send them.

use chrono::DateTime;
use serde::{Deserialize, Deserializer, de::Error as _};
use tornister_protocol::time::UtcDate;

/// A UTCDate (RFC 8620 §1.4), which may have fractions of a second; they are cut off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(pub UtcDate);

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let moment = text.ends_with('Z').then(|| DateTime::parse_from_rfc3339(&text).ok()).flatten();
        let moment = moment.ok_or_else(|| D::Error::custom("expected YYYY-MM-DDTHH:MM:SSZ"))?;
        Ok(Self(UtcDate::from_unix_millis(moment.timestamp().saturating_mul(1000))))
    }
}
