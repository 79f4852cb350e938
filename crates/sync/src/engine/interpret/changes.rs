//! What changed since a state.

use serde_json::value::RawValue;
use tornister_protocol::core::{ChangesResponse, GetResponse, MethodErrorKind};

use super::Work;
use crate::{
    engine::{
        delta::{self, Delta},
        point::SyncPoint,
        request::call,
    },
    kind::{DataType, Kind},
};

impl Work<'_> {
    pub(super) fn delta(&mut self, data_type: DataType) -> Result<(), MethodErrorKind> {
        let Some(point) = self.point(data_type).cloned() else { return Ok(()) };
        let answers = self.context.answers;
        let changes: ChangesResponse = match answers.read(data_type, call::CHANGES) {
            Err(MethodErrorKind::CannotCalculateChanges) => return self.resynchronise(point),
            answer => answer?,
        };
        let main = data_type.kind();
        let created: GetResponse<&RawValue> = answers.read(data_type, call::CREATED)?;
        let updated: GetResponse<&RawValue> = answers.read(data_type, call::UPDATED)?;
        let bodies: GetResponse<&RawValue>;
        let mut of_created = vec![(main, &created)];
        if data_type == DataType::Email {
            bodies = answers.read(data_type, call::CREATED_BODIES)?;
            of_created.push((Kind::EmailBody, &bodies));
        }
        let delta = Delta::new(changes, &of_created, &[(main, &updated)])?;
        self.meet(data_type, &delta.puts);
        self.put(data_type, delta.puts);
        for id in delta.gone {
            self.remove(data_type, id);
        }
        if delta.more {
            self.go_on(data_type);
        }
        self.set_point(SyncPoint { state: Some(delta.new_state), ..point });
        Ok(())
    }

    /// Everything is compared; what the server does not have any more goes.
    fn resynchronise(&mut self, point: SyncPoint) -> Result<(), MethodErrorKind> {
        let data_type = point.id;
        if self.context.tour.resynchronised.contains(&data_type) {
            return Err(MethodErrorKind::CannotCalculateChanges);
        }
        self.set_point(point.resynchronise(self.today()));
        self.sweeps.retain(|(swept, _)| *swept != data_type);
        self.sweeps.push((data_type, Vec::new()));
        self.outcome.resynchronised.push(data_type);
        self.go_on(data_type);
        Ok(())
    }
}

impl From<delta::Contradiction> for MethodErrorKind {
    fn from(_: delta::Contradiction) -> Self {
        Self::ServerPartialFail
    }
}
