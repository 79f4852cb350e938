//! Mailbox/changes (RFC 8621 §2.2).

use serde_json::Value;
use tornister_protocol::{core::ChangesArgs, mail::Mailbox};

use crate::jmap::{
    method::{Answer, Call},
    standard::{changes_object, with},
};

/// The standard answer and `updatedProperties`, which is null: any property may have changed.
pub async fn changes(call: Call<'_>) -> Answer {
    let args: ChangesArgs = call.parse()?;
    let account = call.account(&args.account_id)?;
    let answer = changes_object::<Mailbox>(account, args).await?;
    Ok(with(&answer, "updatedProperties", Value::Null))
}
