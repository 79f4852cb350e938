//! Carries a plan out: the school, the user, the device, and the hand that stops it.

use std::{
    future::Future,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll, Waker},
};

use chrono::TimeDelta;
use pollster::block_on;
use serde_json::{Map, Value, json};
use tornister_protocol::{
    id::EmailId,
    mail::{Email, keyword},
    tasks::Progress,
    time::UtcDate,
};
use tornister_sync::{
    engine::{AccountLink, Engine, Report, SyncError},
    kind::{DataType, Kind},
    outbox::{Change, OutboxRow},
    read::Reader,
    store::{Batch, MemoryStore, Store as _},
};

use super::{
    Run,
    effects::{Device, SlowLine, SlowStore},
    plan::{Act, Plan, Step},
    properties::{self, Property, Violation},
    school,
};
use crate::{server::Server, tight::TightStore};

/// So many effects are more than any sync of so small a school needs.
const MOST_EFFECTS: usize = 10_000;
/// Syncs after which everything has to be well, once nothing goes wrong any more.
const MOST_SYNCS_TO_REST: usize = 4;

/// Something that the user did and the device has accepted.
#[derive(Clone, Debug)]
pub struct Operation {
    /// In the outbox.
    pub number: u64,
    pub data_type: DataType,
    pub id: String,
    /// The path in the object and its new value, as a `/set` has them.
    pub path: String,
    pub value: Value,
    /// Whether the user was told that it was refused.
    pub reported: bool,
    /// Whether the server was seen to have heard it.
    pub heard: bool,
    /// Whether another device has had a say after the server had it.
    pub passed: bool,
}

type Syncing = Pin<Box<dyn Future<Output = Result<Report, SyncError>>>>;

/// A school, and one device that knows it.
pub struct World {
    pub server: Server,
    pub store: MemoryStore,
    pub operations: Vec<Operation>,
    link: AccountLink,
    tight: TightStore,
    device: Rc<Device>,
    engine: Rc<Engine<SlowStore, SlowLine>>,
    now: UtcDate,
    made: [u32; DataType::ALL.len()],
    edits: u32,
    crash: Option<usize>,
    during: Vec<(usize, Act)>,
    checked: bool,
    forgets_names: bool,
}

impl World {
    pub fn new(plan: &Plan) -> Self {
        let server = Server::with_limits(plan.limits);
        server.forget_names(plan.forgets_names);
        let link = AccountLink {
            account_id: "a".into(),
            download_url: "{accountId}/{blobId}/{name}".to_owned(),
            limits: plan.limits,
        };
        let (store, device) = (MemoryStore::default(), Rc::new(Device::default()));
        let tight = TightStore::with(store.clone());
        let engine = Rc::new(engine(&server, &tight, &device, &link));
        Self {
            server,
            store,
            operations: Vec::new(),
            link,
            tight,
            device,
            engine,
            now: school::beginning(),
            made: [0; DataType::ALL.len()],
            edits: 0,
            crash: None,
            during: Vec::new(),
            checked: true,
            forgets_names: plan.forgets_names,
        }
    }

    /// The same world, in which nobody checks anything.
    pub fn unchecked(mut self) -> Self {
        self.checked = false;
        self
    }

    /// Carries out all steps, lets everything come to rest, and checks what has to hold.
    pub fn run(mut self, steps: &[Step]) -> Run {
        let outcome = self.carry_out(steps);
        (self.device.digest(), outcome)
    }

    fn carry_out(&mut self, steps: &[Step]) -> Result<(), Violation> {
        for step in steps {
            self.step(*step)?;
            if step.concerns_the_device() {
                self.check()?;
            }
        }
        self.come_to_rest()?;
        self.check()?;
        if self.checked { properties::at_rest(self) } else { Ok(()) }
    }

    fn check(&mut self) -> Result<(), Violation> {
        if !self.checked {
            return Ok(());
        }
        self.note_refusals();
        for heard in properties::at_any_time(self)? {
            self.operations[heard].heard = true;
        }
        Ok(())
    }

    fn step(&mut self, step: Step) -> Result<(), Violation> {
        match step {
            Step::Do(act) => self.act(act),
            Step::During(at, act) => self.during.push((usize::from(at), act)),
            Step::Once(trouble) => self.server.trouble(&[trouble]),
            Step::Always(trouble) => self.server.always(Some(trouble)),
            Step::Well => self.server.always(None),
            Step::Crash(at) => self.crash = Some(usize::from(at)),
            Step::Full(full) => self.device.full.set(full),
            Step::Room(more) => self.tight.room.set(Some(self.tight.count() + usize::from(more))),
            Step::Clock(days) => self.now = UtcDate(self.now.0 + TimeDelta::days(i64::from(days))),
            Step::Sync => {
                self.sync()?;
            }
            Step::Race(turns) => {
                let other = Rc::new(self.new_engine());
                let syncs = vec![syncing(&self.engine, self.now), syncing(&other, self.now)];
                self.drive(syncs, turns)?;
            }
            Step::Open(which, turns) => {
                let ids = block_on(self.store.ids(Kind::Email)).expect("ids");
                let Some(place) = usize::from(which).checked_rem(ids.len()) else { return Ok(()) };
                let open = opening(&self.engine, EmailId::from(ids[place].as_str()));
                self.drive(vec![open, syncing(&self.engine, self.now)], turns)?;
            }
            Step::Restart => self.engine = Rc::new(self.new_engine()),
        }
        Ok(())
    }

    fn new_engine(&self) -> Engine<SlowStore, SlowLine> {
        engine(&self.server, &self.tight, &self.device, &self.link)
    }

    /// One sync; `None` where the process died.
    fn sync(&mut self) -> Result<Option<Result<Report, SyncError>>, Violation> {
        let sync = syncing(&self.engine, self.now);
        self.drive(vec![sync], 0)
    }

    /// Lets syncs go on by turns, effect by effect, until they end or the process dies.
    fn drive(
        &mut self,
        syncs: Vec<Syncing>,
        turns: u32,
    ) -> Result<Option<Result<Report, SyncError>>, Violation> {
        let mut context = Context::from_waker(Waker::noop());
        let mut syncs: Vec<Option<Syncing>> = syncs.into_iter().map(Some).collect();
        let mut last = None;
        for effect in 0..MOST_EFFECTS {
            let turn = (turns.rotate_right(u32::try_from(effect % 32).unwrap_or(0)) & 1) as usize;
            let open = |place: usize| syncs.get(place).is_some_and(Option::is_some);
            let place = if open(turn) { turn } else { 1 - turn };
            let Some(sync) = syncs.get_mut(place).and_then(Option::as_mut) else {
                self.during.clear();
                self.crash = None;
                return Ok(last);
            };
            if let Poll::Ready(result) = sync.as_mut().poll(&mut context) {
                self.device.note(result.as_ref().map(|report| report.requests).ok());
                last = Some(result);
                syncs[place] = None;
                continue;
            }
            let due: Vec<Act> =
                self.during.iter().filter(|(at, _)| *at == effect).map(|(_, act)| *act).collect();
            due.into_iter().for_each(|act| self.act(act));
            if self.crash == Some(effect) {
                drop(syncs);
                self.crash = None;
                self.during.clear();
                self.engine = Rc::new(self.new_engine());
                return Ok(None);
            }
        }
        Err(Violation { property: Property::Ends, what: format!("more than {MOST_EFFECTS} effects") })
    }

    fn act(&mut self, act: Act) {
        match act {
            Act::Create(data_type) => {
                let place = DataType::ALL.iter().position(|it| *it == data_type).expect("a type");
                let number = self.made[place];
                self.made[place] += 1;
                self.server.put_blob(&format!("b{number}"), &[1, 2, 3]);
                self.server.put(data_type.name(), school::object(data_type, number));
            }
            Act::Edit(data_type, which) => {
                self.edits += 1;
                if let Some((_, object)) = self.nth(data_type, which) {
                    self.server.put(data_type.name(), school::edited(data_type, object, self.edits));
                }
            }
            Act::Elsewhere(data_type, which) => {
                if let Some((id, object)) = self.nth(data_type, which).filter(|_| !self.forgets_names) {
                    self.note_passed(data_type, &id, &object);
                    self.server.put(data_type.name(), school::set_elsewhere(data_type, object));
                }
            }
            Act::Destroy(data_type, which) => {
                if let Some((id, _)) = self.nth(data_type, which) {
                    self.server.destroy(data_type.name(), &id);
                }
            }
            Act::Forget => self.server.forget_history(),
            Act::Late => self.server.late_requests_arrive(),
            Act::Refuse(refuse) => self.server.refuse_sets(refuse),
            Act::Deny(data_type, deny) => self.server.deny(data_type.name(), deny),
            Act::Tick(which, progress) => {
                let steps = [
                    Progress::NeedsAction,
                    Progress::InProcess,
                    Progress::Completed,
                    Progress::Failed,
                    Progress::Cancelled,
                ];
                let progress = steps[usize::from(progress) % steps.len()];
                self.change(DataType::Task, which, |task_id| Change::Progress { task_id, progress });
            }
            Act::Seen(which, present) => self.keyword(which, keyword::SEEN.to_owned(), present),
            Act::Label(which) => {
                self.edits += 1;
                self.keyword(which, format!("label{}", self.edits), true);
            }
            Act::Spoil(which) => {
                let outbox = block_on(self.store.outbox()).expect("an outbox");
                let Some(place) = usize::from(which).checked_rem(outbox.len()) else { return };
                let outbox_puts = vec![OutboxRow::lost(outbox[place].number)];
                block_on(self.store.commit(&Batch { outbox_puts, ..Batch::default() })).expect("a commit");
            }
            Act::Dismiss => {
                let reader = Reader(self.store.clone());
                self.note_refusals();
                let refused = block_on(reader.refused_changes()).expect("a read");
                let numbers = refused.into_iter().map(|it| it.number).collect();
                block_on(reader.dismiss_refused(numbers)).expect("a commit");
            }
        }
    }

    fn keyword(&mut self, which: u8, keyword: String, present: bool) {
        self.change(DataType::Email, which, |email_id| Change::Keyword { email_id, keyword, present });
    }

    /// The user changes the n-th object that the device shows.
    fn change(&mut self, data_type: DataType, which: u8, change: impl FnOnce(String) -> Change) {
        let ids = block_on(self.store.ids(data_type.kind())).expect("ids");
        if ids.is_empty() || self.device.full.get() {
            return;
        }
        let id = ids[usize::from(which) % ids.len()].clone();
        let change = change(id.clone());
        let (path, value) = change.patch().expect("a patch");
        if let Some(number) = block_on(self.store.enqueue(change)).expect("an enqueue") {
            self.operations.push(Operation {
                number,
                data_type,
                id,
                path,
                value,
                reported: false,
                heard: false,
                passed: false,
            });
        }
    }

    /// The n-th living object on the server.
    fn nth(&self, data_type: DataType, which: u8) -> Option<(String, Value)> {
        let all = self.server.all(data_type.name()).into_iter();
        let living: Vec<_> = all.filter_map(|(id, it)| Some((id, it.object?))).collect();
        let (id, object) = &living[usize::from(which).checked_rem(living.len())?];
        Some((id.clone(), Value::Object(Map::clone(object))))
    }

    /// What the server has had of an object that another device is about to change.
    fn note_passed(&mut self, data_type: DataType, id: &str, object: &Value) {
        let (accepted, outbox) = (self.server.accepted(), block_on(self.store.outbox()).expect("an outbox"));
        for operation in self.operations.iter_mut().filter(|it| it.data_type == data_type && it.id == id) {
            let waits = outbox.iter().any(|row| row.number == operation.number);
            let shows = Self::value_at(object, &operation.path) == operation.value;
            let was_heard = properties::done(&accepted, operation).contains(&&operation.value);
            operation.passed |= !waits || shows || was_heard;
        }
    }

    fn note_refusals(&mut self) {
        for refused in block_on(Reader(self.store.clone()).refused_changes()).expect("a read") {
            let operation = self.operations.iter_mut().find(|it| it.number == refused.number);
            operation.expect("something that the user did").reported = true;
        }
    }

    /// Nothing goes wrong any more.
    fn come_to_rest(&mut self) -> Result<(), Violation> {
        self.server.behave();
        self.server.late_requests_arrive();
        self.device.full.set(false);
        self.tight.room.set(None);
        self.crash = None;
        self.during.clear();
        let mut last = String::new();
        for _ in 0..MOST_SYNCS_TO_REST {
            match self.sync()? {
                Some(Ok(report)) if report.failed.is_empty() => return Ok(()),
                other => last = format!("{other:?}"),
            }
        }
        Err(Violation { property: Property::Converges, what: format!("no sync ends well: {last}") })
    }

    /// What was removed to make room and should not have been.
    pub fn sacrificed(&self) -> Option<(Kind, String)> {
        self.tight.sacrificed.take()
    }

    /// Whether bodies and attachments were ever removed to make room.
    pub fn has_given_up(&self) -> bool {
        self.tight.has_given_up.get()
    }

    /// Whether the usual policy keeps the mail's body: it is unread, flagged, or came in the last
    /// ninety days before any day on which the device has looked.
    pub fn wants_body(&self, mail: &Email) -> bool {
        !mail.is_seen()
            || mail.keywords.contains_key(keyword::FLAGGED)
            || mail.received_at.0 > self.now.0 - TimeDelta::days(90)
    }

    /// A change's effect as JSON compares it: what is not there is null.
    pub fn value_at(object: &Value, path: &str) -> Value {
        object.pointer(&format!("/{path}")).cloned().unwrap_or(json!(null))
    }
}

fn engine(
    server: &Server,
    store: &TightStore,
    device: &Rc<Device>,
    link: &AccountLink,
) -> Engine<SlowStore, SlowLine> {
    let store = SlowStore { store: store.clone(), device: Rc::clone(device) };
    let line = SlowLine { server: server.clone(), device: Rc::clone(device) };
    Engine::new(store, line, link.clone())
}

fn syncing(engine: &Rc<Engine<SlowStore, SlowLine>>, now: UtcDate) -> Syncing {
    let engine = Rc::clone(engine);
    Box::pin(async move {
        let report = engine.sync(now, |_| ()).await?;
        engine.fetch_blobs(|_| (), || true).await?;
        Ok(report)
    })
}

fn opening(engine: &Rc<Engine<SlowStore, SlowLine>>, email: EmailId) -> Syncing {
    let engine = Rc::clone(engine);
    Box::pin(async move { engine.fetch_body(&email).await.map(|_| Report::default()) })
}
