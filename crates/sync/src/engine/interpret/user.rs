//! What became of the user's changes.

use std::collections::BTreeMap;

use serde::{Deserialize, de::IgnoredAny};
use serde_json::value::RawValue;
use tornister_protocol::core::{GetResponse, MethodErrorKind, SetError, SetErrorKind};

use super::Work;
use crate::{
    engine::{delta, request::call},
    flaw::{self, Flaw},
    kind::DataType,
    outbox::{self, OutboxRow, Status},
    record::Record,
};

/// Of the answer to a `/set` what becomes of the outbox (RFC 8620 §5.3).
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SetAnswer {
    #[serde(default)]
    updated: Option<BTreeMap<String, IgnoredAny>>,
    #[serde(default)]
    not_updated: Option<BTreeMap<String, SetError>>,
}

/// Errors of a whole `/set` that trying again does not mend.
fn is_refusal(error: MethodErrorKind) -> bool {
    use MethodErrorKind::{AccountReadOnly, Forbidden, InvalidArguments, UnknownMethod};
    matches!(error, Forbidden | AccountReadOnly | InvalidArguments | UnknownMethod)
}

impl Work<'_> {
    /// Rows whose fate the answer leaves open stay [`Status::Sent`].
    pub(super) fn set(&mut self, data_type: DataType, sent: &[(u64, String)]) -> Result<(), MethodErrorKind> {
        let answer = match self.context.answers.read::<SetAnswer>(data_type, call::SET) {
            Ok(answer) => answer,
            Err(MethodErrorKind::StateMismatch) => {
                // Something has changed since, perhaps by these very changes, whose answer was lost.
                // What, comes with the changes below.
                if flaw::has(Flaw::TakesMismatchForDone) {
                    self.rows.retain(|row| !sent.iter().any(|(number, _)| *number == row.number));
                }
                return Ok(());
            }
            Err(error) if is_refusal(error) => {
                sent.iter().for_each(|(number, _)| self.refuse(*number, SetErrorKind::Forbidden));
                return Ok(());
            }
            Err(error) => return Err(error),
        };
        let mut failed = None;
        for (number, id) in sent {
            // What was sent again may have been undone since, which only the object tells.
            if self.looks_at(data_type, id) && self.looked(data_type).is_err() {
                failed = Some(MethodErrorKind::ServerPartialFail);
                continue;
            }
            if answer.updated.as_ref().is_some_and(|updated| updated.contains_key(id)) {
                self.rows.retain(|row| row.number != *number);
                continue;
            }
            match answer.not_updated.as_ref().and_then(|refused| refused.get(id)) {
                Some(SetError { kind: SetErrorKind::RateLimit, .. }) => {
                    failed = Some(MethodErrorKind::ServerUnavailable);
                }
                Some(error) => self.refuse(*number, error.kind),
                None => failed = Some(MethodErrorKind::ServerPartialFail),
            }
        }
        failed.map_or(Ok(()), Err)
    }

    fn status(&mut self, number: u64) -> Option<&mut Status> {
        self.rows.iter_mut().find(|row| row.number == number).map(|row| &mut row.status)
    }

    fn refuse(&mut self, number: u64, reason: SetErrorKind) {
        if flaw::has(Flaw::RefusesSilently) {
            self.rows.retain(|row| row.number != number);
        }
        if let Some(status) = self.status(number) {
            *status = Status::Refused { reason, restored: false };
        }
    }

    fn looks_at(&self, data_type: DataType, id: &str) -> bool {
        self.context.plan.looked_at(data_type).iter().any(|it| it == id)
    }

    /// What was read back, and what is gone.
    fn looked(&self, data_type: DataType) -> Result<(Vec<Record>, Vec<String>), MethodErrorKind> {
        let answer: GetResponse<&RawValue> = self.context.answers.read(data_type, call::LOOK)?;
        let ids = self.context.plan.looked_at(data_type);
        Ok((delta::objects(data_type.kind(), ids, &answer)?, answer.not_found))
    }

    /// Puts what was read back in the place of what the device shows.
    pub(super) fn look(&mut self, data_type: DataType, ids: &[String]) -> Result<(), MethodErrorKind> {
        let (records, gone) = self.looked(data_type)?;
        self.outcome.read_back.extend(ids.iter().cloned());
        self.meet(data_type, &records);
        self.put(data_type, records);
        for row in &mut self.rows {
            let Some((_, id)) = row.change.target().filter(|(target, _)| *target == data_type) else {
                continue;
            };
            if !ids.iter().any(|it| it == id) {
                continue;
            }
            if let Status::Refused { restored, .. } = &mut row.status {
                *restored = true;
            }
        }
        for id in gone {
            self.remove(data_type, id);
        }
        Ok(())
    }

    /// A change that was sent, and that the server's object shows, has arrived. Only what was sent
    /// before this answer was asked for: an older object may show what has been undone since.
    pub(super) fn settle_by(&mut self, data_type: DataType, record: &Record) {
        let before = &self.context.view.outbox;
        let sent = |row: &OutboxRow| row.status == Status::Sent;
        let settled = |row: &OutboxRow| {
            sent(row)
                && before.iter().any(|earlier| earlier.number == row.number && sent(earlier))
                && row.change.target() == Some((data_type, record.id.as_str()))
                && outbox::is_done(data_type, record, &row.change)
        };
        self.rows.retain(|row| !settled(row));
    }
}
