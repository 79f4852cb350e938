//! Errors at the three levels of RFC 8620 §3.6: the request, a method, one object of a `/set`.

use serde::{Deserialize, Serialize};

/// The request as a whole was refused (RFC 7807 body, RFC 8620 §3.6.1).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProblemDetails {
    /// A URN, such as `urn:ietf:params:jmap:error:notRequest`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The HTTP status, repeated.
    pub status: u16,
    /// What is wrong, and with `limit` errors the remedy; for developers.
    pub detail: String,
    /// The limit that was passed, with `…:limit`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<String>,
}

/// A method was not carried out (RFC 8620 §3.6.2); the arguments of an `error` answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MethodError {
    /// What went wrong.
    #[serde(rename = "type")]
    pub kind: MethodErrorKind,
    /// Names the argument or the limit; for developers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// The method errors that this protocol's methods use (RFC 8620 §3.6.2, §5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum MethodErrorKind {
    /// Try again later: something that the server needs is away.
    ServerUnavailable,
    /// Something unexpected; nothing was changed.
    ServerFail,
    /// Some changes were made: resynchronise.
    ServerPartialFail,
    /// No such method, or its capability is not in `using`.
    UnknownMethod,
    /// An argument has the wrong type or value.
    InvalidArguments,
    /// A back-reference led nowhere.
    InvalidResultReference,
    /// The method is not for this user.
    Forbidden,
    /// No such account, or none that this user may see.
    AccountNotFound,
    /// The account has no data of this type.
    AccountNotSupportedByMethod,
    /// The account can only be read.
    AccountReadOnly,
    /// More objects than `maxObjectsInGet` or `maxObjectsInSet`.
    RequestTooLarge,
    /// `ifInState` did not match.
    StateMismatch,
    /// The server no longer knows what changed since then: resynchronise this type.
    CannotCalculateChanges,
    /// The anchor is not in the result.
    AnchorNotFound,
    /// The server cannot sort so.
    UnsupportedSort,
    /// The server cannot filter so.
    UnsupportedFilter,
    /// More changes of a query than `maxChanges`: ask the query anew.
    TooManyChanges,
    /// A copy's source is no account that this user may see.
    FromAccountNotFound,
    /// A copy's source has no data of this type.
    FromAccountNotSupportedByMethod,
    /// A type that holds no blobs (RFC 9404 §4.3).
    UnknownDataType,
    /// A series has too many occurrences to be expanded (draft-ietf-jmap-calendars §5.10).
    CannotCalculateOccurrences,
    /// A later specification's error.
    #[serde(other)]
    Unknown,
}

/// One object of a `/set` was refused (RFC 8620 §5.3).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetError {
    /// Why.
    #[serde(rename = "type")]
    pub kind: SetErrorKind,
    /// For developers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The properties at fault, with `invalidProperties`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub properties: Option<Vec<String>>,
}

/// Why one object of a `/set` was refused (RFC 8620 §5.3, RFC 8621 §4.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum SetErrorKind {
    /// This user may not.
    Forbidden,
    /// It would pass the quota.
    OverQuota,
    /// The object is too large.
    TooLarge,
    /// Too many changes at once; later.
    RateLimit,
    /// No such object.
    NotFound,
    /// The patch's path does not fit the object.
    InvalidPatch,
    /// It is destroyed in the same call.
    WillDestroy,
    /// See `properties`.
    InvalidProperties,
    /// The type has exactly one object.
    Singleton,
    /// More keywords than the server holds.
    TooManyKeywords,
    /// A later specification's error.
    #[serde(other)]
    Unknown,
}
