//! Quota (RFC 9425).

use super::standard::{Found, Served};
use crate::backend::quota::Quota;

impl Served for Quota {
    const PROPERTIES: Option<&'static [&'static str]> = Some(&[
        "id",
        "resourceType",
        "used",
        "hardLimit",
        "scope",
        "name",
        "types",
        "warnLimit",
        "softLimit",
        "description",
    ]);
    const TELLS_UPDATED_PROPERTIES: bool = true;
}

impl Found for Quota {
    const CONDITIONS: &'static [&'static str] = &["name", "scope", "resourceType", "type"];
}
