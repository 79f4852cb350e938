//! Answers that are there before they are asked for. What the first screen wants to know is read in
//! the transaction that opens the store: each transaction is a wait, and a slow phone has long ones.

use std::{cell::RefCell, future::Future, pin::Pin};

use indexed_db_futures::{prelude::*, transaction::Transaction};
use js_sys::Object;
use tornister_sync::store::{Question, StoreError};

use crate::{idb::rows::record_key, js, schema};

type Rows<'a> = Pin<Box<dyn Future<Output = Result<Vec<Object>, StoreError>> + 'a>>;

/// Where the answer lies.
pub(crate) fn object_store(question: &Question) -> &'static str {
    match question {
        Question::Record(..) | Question::List(..) => schema::RECORDS,
        Question::Outbox => schema::OUTBOX,
    }
}

/// Asks. The request is sent at once, its answer may be waited for later.
pub(crate) fn ask<'a>(question: &Question, transaction: &'a Transaction<'_>) -> Result<Rows<'a>, StoreError> {
    Ok(match question {
        Question::Record(kind, id) => {
            let records = transaction.object_store(schema::RECORDS).map_err(js::error)?;
            let row = records.get::<Object, _, _>(record_key(*kind, id)).primitive();
            let row = row.map_err(js::error)?;
            Box::pin(async move { Ok(row.await.map_err(js::error)?.into_iter().collect()) })
        }
        Question::List(kind, range, limit) => {
            let records = transaction.object_store(schema::RECORDS).map_err(js::error)?;
            let index = records.index(schema::LISTS).map_err(js::error)?;
            let bounds = record_key(*kind, &range.from)..record_key(*kind, &range.to);
            let limit = u32::try_from(*limit).unwrap_or(u32::MAX);
            let rows = index.get_all::<Object>().with_query::<String, _>(bounds).with_limit(limit);
            let rows = rows.primitive();
            let rows = rows.map_err(js::error)?;
            Box::pin(
                async move { rows.await.map_err(js::error)?.map(|row| row.map_err(js::error)).collect() },
            )
        }
        Question::Outbox => {
            let outbox = transaction.object_store(schema::OUTBOX).map_err(js::error)?;
            let rows = outbox.get_all::<Object>().primitive().map_err(js::error)?;
            Box::pin(
                async move { rows.await.map_err(js::error)?.map(|row| row.map_err(js::error)).collect() },
            )
        }
    })
}

/// Answers that nobody has asked for yet; each is given once.
#[derive(Debug, Default)]
pub(crate) struct Ahead(RefCell<Vec<(Question, Vec<Object>)>>);

impl Ahead {
    pub(crate) fn put(&self, question: Question, rows: Vec<Object>) {
        self.0.borrow_mut().push((question, rows));
    }

    pub(crate) fn take(&self, asked: &Question) -> Option<Vec<Object>> {
        let mut answers = self.0.borrow_mut();
        let place = answers.iter().position(|(question, _)| question == asked)?;
        Some(answers.swap_remove(place).1)
    }

    pub(crate) fn forget(&self) {
        self.0.borrow_mut().clear();
    }
}
