//! The page's end of the desk: orders to the worker, which speaks with the server and writes to the
//! device ([`tornister_sync::message`]). The worker is started by the first order, so that it takes
//! nothing from the first screen.

use std::{
    cell::{Cell, RefCell},
    future::Future,
    rc::{Rc, Weak},
};

use futures_channel::oneshot;
use tornister_sync::{
    json,
    message::{Ask, Notice, Order, Word},
};

use crate::platform::worker::Worker;

/// Orders go out here, news come in.
pub(super) struct Desk {
    worker: RefCell<Option<Worker>>,
    /// What the worker could not be told yet: it is starting.
    unsent: RefCell<Vec<String>>,
    ready: Cell<bool>,
    last_number: Cell<u32>,
    waiting: RefCell<Vec<(u32, oneshot::Sender<Notice>)>>,
    on_news: Box<dyn Fn(Notice)>,
}

impl Desk {
    /// A desk; `on_news` gets what answers no order.
    pub(super) fn new(on_news: impl Fn(Notice) + 'static) -> Rc<Self> {
        Rc::new(Self {
            worker: RefCell::new(None),
            unsent: RefCell::default(),
            ready: Cell::new(false),
            last_number: Cell::new(0),
            waiting: RefCell::default(),
            on_news: Box::new(on_news),
        })
    }

    /// Gives an order that needs no answer; what goes wrong comes as news.
    pub(super) fn tell(self: &Rc<Self>, ask: Ask) {
        self.send(&Order { number: 0, ask });
    }

    /// Gives an order and waits for the answer. Where the worker cannot run, that is
    /// [`Word::Failed`].
    pub(super) fn ask(self: &Rc<Self>, ask: Ask) -> impl Future<Output = Notice> + use<> {
        let number = self.last_number.get() + 1;
        self.last_number.set(number);
        let (answer, answered) = oneshot::channel();
        self.waiting.borrow_mut().push((number, answer));
        self.send(&Order { number, ask });
        async move { answered.await.unwrap_or_default() }
    }

    fn send(self: &Rc<Self>, order: &Order) {
        let Ok(text) = serde_json::to_string(order) else { return };
        self.start();
        match &*self.worker.borrow() {
            Some(worker) if self.ready.get() => worker.say(&text),
            _ => self.unsent.borrow_mut().push(text),
        }
    }

    fn start(self: &Rc<Self>) {
        if self.worker.borrow().is_some() {
            return;
        }
        let hear = self.weakly(|desk, text: String| desk.hear(&text));
        let fail = self.weakly(|desk, ()| desk.fail());
        *self.worker.borrow_mut() = Worker::start(hear, move || fail(()));
    }

    fn weakly<T, F>(self: &Rc<Self>, act: F) -> impl Fn(T) + use<T, F>
    where
        F: Fn(Rc<Self>, T),
    {
        let weak = Rc::downgrade(self);
        move |value| {
            if let Some(desk) = Weak::upgrade(&weak) {
                act(desk, value);
            }
        }
    }

    fn hear(&self, text: &str) {
        let Ok(notice) = json::read::<Notice>(text.as_bytes()) else { return };
        if notice.word == Word::Ready {
            self.ready.set(true);
            if let Some(worker) = &*self.worker.borrow() {
                self.unsent.take().iter().for_each(|text| worker.say(text));
            }
            return;
        }
        let place = self.waiting.borrow().iter().position(|(number, _)| *number == notice.answers);
        match place {
            Some(place) => {
                let (_, answer) = self.waiting.borrow_mut().swap_remove(place);
                // Whoever asked may have left.
                let _ = answer.send(notice);
            }
            None => (self.on_news)(notice),
        }
    }

    /// The worker could not run: every answer is "failed", and the next order starts it anew.
    fn fail(&self) {
        leptos::logging::error!("the worker has failed");
        if !self.ready.replace(false) {
            self.unsent.take();
        }
        self.worker.take();
        self.waiting.take();
        (self.on_news)(Notice::new(0, Word::Failed));
    }
}
