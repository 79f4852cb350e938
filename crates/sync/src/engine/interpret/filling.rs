//! Filling a type, and comparing one as a whole.

use chrono::TimeDelta;
use serde::Deserialize;
use serde_json::{Map, Value, value::RawValue};
use tornister_protocol::{
    core::{GetResponse, MethodErrorKind, QueryResponse},
    id::State,
    mail::Email,
    time::UtcDate,
};

use super::Work;
use crate::{
    engine::{
        answers::Answers,
        delta,
        methods::{self, Extent},
        point::{Fill, SyncPoint},
        request::call,
    },
    json,
    kind::{DataType, Kind},
    record::{Record, WantedBody},
};

/// What may have changed of a mail that is there.
#[derive(Deserialize)]
struct Mutable<'a> {
    id: String,
    #[serde(borrow, rename = "mailboxIds")]
    mailbox_ids: &'a RawValue,
    #[serde(borrow)]
    keywords: &'a RawValue,
}

/// The mails of a page that is to be compared with what is there.
pub(in crate::engine) fn compared(answers: &Answers<'_>) -> Vec<String> {
    let page: Result<GetResponse<Mutable<'_>>, _> = answers.read(DataType::Email, call::PAGE);
    page.map_or_else(|_| Vec::new(), |page| page.list.into_iter().map(|it| it.id).collect())
}

impl Work<'_> {
    pub(super) fn page(
        &mut self,
        data_type: DataType,
        fill: &Fill,
        extent: Option<Extent>,
    ) -> Result<(), MethodErrorKind> {
        if self.outcome.resynchronised.contains(&data_type) {
            // This page belongs to a filling that was just given up.
            return Ok(());
        }
        let answers = self.context.answers;
        let Some(extent) = extent else {
            let all: GetResponse<&RawValue> = answers.read(data_type, call::PAGE)?;
            let records = all.list.iter().map(|object| Record::from_object(data_type.kind(), object));
            let records =
                records.collect::<Result<Vec<_>, _>>().map_err(|_| MethodErrorKind::ServerPartialFail)?;
            self.meet(data_type, &records);
            self.put(data_type, records);
            self.advance(data_type, fill.clone(), None, all.state);
            return Ok(());
        };
        let query: QueryResponse = match answers.read(data_type, call::QUERY) {
            Err(MethodErrorKind::AnchorNotFound) if fill.after.is_some() => {
                // The object at the page's end is gone: this phase begins again; what is there stays.
                return self.begin_phase_again(data_type, fill);
            }
            answer => answer?,
        };
        if query.ids.last().is_some_and(|last| fill.after.as_ref() == Some(last)) {
            return Err(MethodErrorKind::ServerPartialFail);
        }
        self.outcome.moved |= !query.ids.is_empty();
        let mut next = fill.clone();
        let state = match extent {
            Extent::Mutable => self.compare(&query.ids, &mut next)?,
            Extent::Object | Extent::WithBody => {
                self.take_page(data_type, &query.ids, extent == Extent::WithBody, &mut next)?
            }
        };
        let until_here = query.position + query.ids.len();
        let rest = query.total.map_or(0, |total| total.saturating_sub(until_here));
        next.done += u32::try_from(query.ids.len()).unwrap_or(0);
        // The first page of mail tells of all of it, later phases only of their own.
        let total = next.done.saturating_add(u32::try_from(rest).unwrap_or(u32::MAX));
        next.total = total.max(fill.total);
        let end = query.ids.is_empty() || query.total.is_some_and(|total| until_here >= total);
        let one_page = methods::is_one_page(data_type, fill.phase);
        if end && one_page {
            // The newest were all.
            next.phase = methods::BY_ID;
        }
        let over = end || one_page;
        self.advance(data_type, next, query.ids.last().filter(|_| !over).cloned(), state);
        Ok(())
    }

    fn begin_phase_again(&mut self, data_type: DataType, fill: &Fill) -> Result<(), MethodErrorKind> {
        let Some(point) = self.point(data_type).cloned() else { return Ok(()) };
        let fill = Some(Fill { after: None, done: 0, total: 0, ..fill.clone() });
        self.set_point(SyncPoint { fill, ..point });
        self.go_on(data_type);
        Ok(())
    }

    fn take_page(
        &mut self,
        data_type: DataType,
        ids: &[String],
        with_body: bool,
        next: &mut Fill,
    ) -> Result<State, MethodErrorKind> {
        let answers = self.context.answers;
        let page: GetResponse<&RawValue> = answers.read(data_type, call::PAGE)?;
        let mut records = delta::objects(data_type.kind(), ids, &page)?;
        if methods::is_one_page(data_type, next.phase) {
            // What follows begins where this page ends, with all that came at the same moment.
            let times = records.iter().filter_map(|it| json::read::<Email>(&it.payload).ok());
            next.until = times.map(|mail| UtcDate(mail.received_at.0 + TimeDelta::seconds(1))).min();
        }
        if with_body {
            let bodies: GetResponse<&RawValue> = answers.read(data_type, call::PAGE_BODIES)?;
            records.extend(delta::objects(Kind::EmailBody, ids, &bodies)?);
        }
        self.meet(data_type, &records);
        self.put(data_type, records);
        Ok(page.state)
    }

    /// Takes over what may have changed of the mails that are there, and notes the others.
    fn compare(&mut self, ids: &[String], next: &mut Fill) -> Result<State, MethodErrorKind> {
        let page: GetResponse<Mutable<'_>> = self.context.answers.read(DataType::Email, call::PAGE)?;
        let found = page.list.iter().map(|it| it.id.as_str());
        if !delta::all_answered(ids, found, &page.not_found) {
            return Err(MethodErrorKind::ServerPartialFail);
        }
        let mut changed = Vec::new();
        for mutable in &page.list {
            let known = self.context.known.iter().find(|(id, _)| *id == mutable.id);
            let object: Option<Map<String, Value>> = known.and_then(|(_, payload)| json::read(payload).ok());
            let Some(before) = object else {
                next.ask.push(mutable.id.clone());
                continue;
            };
            let mut object = before.clone();
            for (name, value) in [("mailboxIds", mutable.mailbox_ids), ("keywords", mutable.keywords)] {
                let value = json::read_text(value.get()).map_err(|_| MethodErrorKind::ServerPartialFail)?;
                object.insert(name.to_owned(), value);
            }
            let differs = object != before;
            let record = Record::from_json(Kind::Email, &Value::Object(object).to_string())
                .map_err(|_| MethodErrorKind::ServerPartialFail)?;
            self.settle_by(DataType::Email, &record);
            if differs {
                changed.push(record);
            }
        }
        if let Some(met) = self.met(DataType::Email) {
            met.extend(page.list.iter().map(|it| it.id.clone()));
        }
        self.put(DataType::Email, changed);
        Ok(page.state)
    }

    /// Goes on to the next page, the next phase, what is to be asked by id, or to being complete.
    fn advance(&mut self, data_type: DataType, mut fill: Fill, last: Option<String>, state: State) {
        let before = self.point(data_type);
        let state = before.and_then(|point| point.state.clone()).unwrap_or(state);
        let bodies_since = before.and_then(|point| point.bodies_since);
        if last.is_none() && fill.phase != methods::BY_ID {
            fill.phase += 1;
        }
        fill.after = last;
        if !methods::is_paged(data_type) || methods::query(data_type, &fill).is_none() {
            fill.phase = methods::BY_ID;
            if fill.sweep {
                let met = self.met(data_type).map(std::mem::take).unwrap_or_default();
                self.sweeps.retain(|(swept, _)| *swept != data_type);
                self.outcome.swept.push((data_type, met));
            }
        }
        let point = SyncPoint { id: data_type, state: Some(state), fill: Some(fill), bodies_since };
        self.end_or_go_on(point);
    }

    /// Ends the filling where nothing is left to ask.
    fn end_or_go_on(&mut self, mut point: SyncPoint) {
        let over = |fill: &Fill| fill.phase == methods::BY_ID && fill.ask.is_empty();
        let unswept = self.outcome.swept.iter().any(|(swept, _)| *swept == point.id);
        if point.fill.as_ref().is_some_and(over) && !unswept {
            point.complete();
        } else if point.fill.is_some() {
            self.go_on(point.id);
        }
        self.set_point(point);
    }

    /// Objects that were asked for by id: they are there or gone.
    pub(super) fn ask(&mut self, data_type: DataType, ids: &[String]) -> Result<(), MethodErrorKind> {
        if self.outcome.resynchronised.contains(&data_type) {
            return Ok(());
        }
        let answer: GetResponse<&RawValue> = self.context.answers.read(data_type, call::ASK)?;
        let records = delta::objects(data_type.kind(), ids, &answer)?;
        self.meet(data_type, &records);
        self.put(data_type, records);
        for id in answer.not_found {
            self.remove(data_type, id);
        }
        if let Some(mut point) = self.point(data_type).cloned() {
            if let Some(fill) = &mut point.fill {
                fill.ask.retain(|id| !ids.contains(id));
            }
            self.end_or_go_on(point);
        }
        Ok(())
    }

    pub(super) fn bodies(&mut self, wanted: &[WantedBody]) -> Result<(), MethodErrorKind> {
        let ids: Vec<String> = wanted.iter().map(|body| body.id.clone()).collect();
        let answer: GetResponse<&RawValue> = self.context.answers.read(DataType::Email, call::BODIES)?;
        let records = delta::objects(Kind::EmailBody, &ids, &answer)?;
        for (record, wanted) in
            records.iter().filter_map(|it| Some((it, wanted.iter().find(|w| w.id == it.id)?)))
        {
            self.want_attachments(record, wanted.received_at);
        }
        self.outcome.batch.puts.extend(records);
        self.outcome.batch.deletes.extend(ids.into_iter().map(|id| (Kind::BodyWanted, id)));
        Ok(())
    }
}
