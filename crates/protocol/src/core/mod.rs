//! JMAP Core (RFC 8620): the envelope, the standard methods, errors, the session.

mod error;
mod method;
mod request;
mod session;

pub use error::{MethodError, MethodErrorKind, ProblemDetails, SetError, SetErrorKind};
pub use method::{
    AddedItem, ChangesArgs, ChangesResponse, GetArgs, GetResponse, QueryArgs, QueryResponse, SetArgs,
    SetResponse, Sort,
};
pub use request::{Invocation, Request, Response, ResultReference};
pub use session::{Account, CoreCapability, Session};
