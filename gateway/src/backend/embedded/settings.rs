//! What the school's profile says and is needed after an import.

use chrono_tz::Tz;
use sqlx::SqliteConnection;
use tornister_formats::{profile::Days, school::School};
use tornister_protocol::time::LocalDate;

use super::{change::Change, delivery};
use crate::backend::BackendError;

const TIME_ZONE: &str = "time zone";
const YEAR: &str = "year";
const QUOTA: &str = "quota";
/// Octets of one person's mail, where the profile says nothing.
const DEFAULT_QUOTA: i64 = 2_000_000_000;

/// Writes them, each as JSON.
pub async fn write(change: &mut Change, school: &School) -> Result<(), BackendError> {
    let profile = &school.profile;
    for (name, value) in [
        (delivery::PARENTS_INFORMATION, serde_json::to_string(&profile.mail.parents_information)?),
        (TIME_ZONE, serde_json::to_string(profile.time_zone.name())?),
        (
            QUOTA,
            serde_json::to_string(&profile.mail.quota_megabytes.map(|quota| i64::from(quota) * 1_000_000))?,
        ),
        (YEAR, serde_json::to_string(&(profile.year.first, profile.year.last))?),
    ] {
        sqlx::query(
            "INSERT INTO setting (name, value) VALUES (?1, ?2)
             ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        )
        .bind(name)
        .bind(value)
        .execute(&mut *change.transaction)
        .await?;
    }
    Ok(())
}

async fn read(connection: &mut SqliteConnection, name: &str) -> Result<Option<String>, BackendError> {
    let value = sqlx::query_scalar("SELECT value FROM setting WHERE name = ?1").bind(name);
    Ok(value.fetch_optional(connection).await?)
}

/// How many octets one person may have.
pub async fn quota(connection: &mut SqliteConnection) -> Result<i64, BackendError> {
    let quota = read(connection, QUOTA).await?.and_then(|quota| serde_json::from_str(&quota).ok());
    Ok(quota.unwrap_or(DEFAULT_QUOTA))
}

/// The school's zone, and the year whose occurrences are told; before the first import those around today.
pub async fn zone_and_year(
    connection: &mut SqliteConnection,
    today: LocalDate,
) -> Result<(Tz, Days), BackendError> {
    let zone = read(&mut *connection, TIME_ZONE).await?.unwrap_or_default();
    let year = read(connection, YEAR).await?.and_then(|year| serde_json::from_str(&year).ok());
    let (first, last) = year.unwrap_or((today.plus_days(-366), today.plus_days(366)));
    Ok((zone.trim_matches('"').parse().unwrap_or(Tz::UTC), Days { first, last }))
}
