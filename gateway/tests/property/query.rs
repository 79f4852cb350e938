//! `Email/query` answers what a look at every mail would.

use std::{cmp::Ordering, collections::HashMap};

use proptest::{collection::vec, prelude::*, sample::select};
use serde_json::{Value, json};

use super::{
    check::check,
    mails::{Account, KEYWORDS, MAILBOXES, Mail, PEOPLE, WORDS, mail, message, strings},
    tree::tree,
};

/// A condition, and the same as a look at one mail.
#[derive(Clone, Debug)]
enum Condition {
    InMailbox(usize),
    OutsideOf(Vec<usize>),
    Before(u32),
    After(u32),
    Keyword(&'static str, bool),
    Attachment(bool),
    Subject(&'static str),
    Body(&'static str),
    From(&'static str),
    To(&'static str),
    Cc(&'static str),
    Bcc(&'static str),
    Text(&'static str),
    Header(&'static str),
    Larger(usize),
    Smaller(usize),
    InThread(Quantity, &'static str),
}

/// How many mails of a thread have a keyword.
#[derive(Clone, Copy, Debug)]
enum Quantity {
    All,
    Some,
    None,
}

fn condition() -> impl Strategy<Value = Condition> {
    let word = || select(&WORDS[..]);
    prop_oneof![
        (0..MAILBOXES).prop_map(Condition::InMailbox),
        vec(0..MAILBOXES, 1..3).prop_map(Condition::OutsideOf),
        (1..28_u32).prop_map(Condition::Before),
        (1..28_u32).prop_map(Condition::After),
        (select(&KEYWORDS[..]), any::<bool>()).prop_map(|(keyword, has)| Condition::Keyword(keyword, has)),
        any::<bool>().prop_map(Condition::Attachment),
        word().prop_map(Condition::Subject),
        word().prop_map(Condition::Body),
        select(&PEOPLE[..]).prop_map(Condition::From),
        select(&PEOPLE[..]).prop_map(Condition::To),
        select(&PEOPLE[..]).prop_map(Condition::Cc),
        select(&PEOPLE[..]).prop_map(Condition::Bcc),
        word().prop_map(Condition::Text),
        word().prop_map(Condition::Header),
        (150..450_usize).prop_map(Condition::Larger),
        (150..450_usize).prop_map(Condition::Smaller),
        (select(&[Quantity::All, Quantity::Some, Quantity::None][..]), select(&KEYWORDS[..]))
            .prop_map(|(quantity, keyword)| Condition::InThread(quantity, keyword)),
    ]
}

impl Condition {
    fn to_json(&self, account: &Account) -> Value {
        match self {
            Self::InMailbox(number) => json!({ "inMailbox": account.mailboxes[*number] }),
            Self::OutsideOf(numbers) => {
                let ids: Vec<&String> = numbers.iter().map(|number| &account.mailboxes[*number]).collect();
                json!({ "inMailboxOtherThan": ids })
            }
            Self::Before(day) => json!({ "before": format!("2026-09-{day:02}T08:00:00Z") }),
            Self::After(day) => json!({ "after": format!("2026-09-{day:02}T08:00:00Z") }),
            Self::Keyword(keyword, true) => json!({ "hasKeyword": keyword }),
            Self::Keyword(keyword, false) => json!({ "notKeyword": keyword }),
            Self::Attachment(has) => json!({ "hasAttachment": has }),
            Self::Subject(word) => json!({ "subject": word }),
            Self::Body(word) => json!({ "body": word }),
            Self::From(name) => json!({ "from": name }),
            Self::To(name) => json!({ "to": name }),
            Self::Cc(name) => json!({ "cc": name }),
            Self::Bcc(name) => json!({ "bcc": name }),
            Self::Text(word) => json!({ "text": word }),
            Self::Header(word) => json!({ "header": ["Subject", word] }),
            Self::Larger(size) => json!({ "minSize": size }),
            Self::Smaller(size) => json!({ "maxSize": size }),
            Self::InThread(Quantity::All, keyword) => json!({ "allInThreadHaveKeyword": keyword }),
            Self::InThread(Quantity::Some, keyword) => json!({ "someInThreadHaveKeyword": keyword }),
            Self::InThread(Quantity::None, keyword) => json!({ "noneInThreadHaveKeyword": keyword }),
        }
    }

    fn holds(&self, mail: &Mail, all: &[Mail]) -> bool {
        match self {
            Self::InMailbox(number) => mail.mailboxes.contains(number),
            Self::OutsideOf(numbers) => mail.mailboxes.iter().any(|number| !numbers.contains(number)),
            Self::Before(day) => mail.day < *day,
            Self::After(day) => mail.day >= *day,
            Self::Keyword(keyword, has) => mail.keywords.contains(keyword) == *has,
            Self::Attachment(has) => mail.attachment == *has,
            Self::Subject(word) => mail.subject.contains(word),
            Self::Body(word) => mail.body.contains(word),
            Self::From(name) => mail.from == *name,
            Self::To(name) => mail.to == *name,
            Self::Cc(name) => mail.cc == *name,
            Self::Bcc(name) => mail.bcc == *name,
            Self::Text(word) => mail.subject.contains(word) || mail.body.contains(word),
            Self::Header(word) => mail.subject.contains(word),
            Self::Larger(size) => message(mail).len() >= *size,
            Self::Smaller(size) => message(mail).len() < *size,
            Self::InThread(quantity, keyword) => quantity.holds(mail, all, keyword),
        }
    }
}

impl Quantity {
    fn holds(self, mail: &Mail, all: &[Mail], keyword: &str) -> bool {
        let mut thread = all.iter().filter(|other| is_thread(mail, other));
        let has = |mail: &Mail| mail.keywords.contains(&keyword);
        match self {
            Self::All => thread.all(has),
            Self::Some => thread.any(has),
            Self::None => !thread.any(has),
        }
    }
}

fn is_thread(one: &Mail, other: &Mail) -> bool {
    one.from == other.from && one.subject == other.subject
}

/// What is sorted by, and whether the least comes first.
#[derive(Clone, Copy, Debug)]
enum Key {
    Received,
    Size,
    From,
    To,
    Keyword(&'static str),
    InThread(Quantity, &'static str),
}

fn key() -> impl Strategy<Value = (Key, bool)> {
    let keyword = || select(&KEYWORDS[..]);
    let key = prop_oneof![
        Just(Key::Received),
        Just(Key::Size),
        Just(Key::From),
        Just(Key::To),
        keyword().prop_map(Key::Keyword),
        (select(&[Quantity::All, Quantity::Some][..]), keyword())
            .prop_map(|(quantity, keyword)| Key::InThread(quantity, keyword)),
    ];
    (key, any::<bool>())
}

impl Key {
    fn to_json(self, is_ascending: bool) -> Value {
        let (property, keyword) = match self {
            Self::Received => ("receivedAt", None),
            Self::Size => ("size", None),
            Self::From => ("from", None),
            Self::To => ("to", None),
            Self::Keyword(keyword) => ("hasKeyword", Some(keyword)),
            Self::InThread(Quantity::All, keyword) => ("allInThreadHaveKeyword", Some(keyword)),
            Self::InThread(_, keyword) => ("someInThreadHaveKeyword", Some(keyword)),
        };
        json!({ "property": property, "isAscending": is_ascending, "keyword": keyword })
    }

    fn of(self, mail: &Mail, all: &[Mail]) -> (usize, &'static str) {
        match self {
            Self::Received => (mail.day as usize, ""),
            Self::Size => (message(mail).len(), ""),
            Self::From => (0, mail.from),
            Self::To => (0, mail.to),
            Self::Keyword(keyword) => (usize::from(mail.keywords.contains(&keyword)), ""),
            Self::InThread(quantity, keyword) => (usize::from(quantity.holds(mail, all, keyword)), ""),
        }
    }
}

/// How two mails follow each other.
fn order(sort: &[(Key, bool)], (one, other): (&Mail, &Mail), all: &[Mail]) -> Ordering {
    let by = |(key, is_ascending): &(Key, bool)| {
        let order = key.of(one, all).cmp(&key.of(other, all));
        if *is_ascending { order } else { order.reverse() }
    };
    sort.iter().map(by).fold(Ordering::Equal, Ordering::then)
}

#[test]
fn a_query_finds_what_a_look_at_every_mail_finds() {
    let plans = (vec(mail(), 1..12), vec(tree(condition()), 8));
    check(40, plans, &async |account: &Account, (mails, filters)| {
        let mut known = Vec::new();
        for mail in &mails {
            known.push((account.import(mail).await, mail));
        }
        for filter in filters {
            let wire = filter.to_json(&|condition: &Condition| condition.to_json(account));
            let arguments = json!({ "filter": wire, "calculateTotal": true });
            let answer = account.client.call("Email/query", arguments).await;
            let mut found = strings(&answer["ids"]);
            found.sort_unstable();
            let passes = |mail: &Mail| filter.holds(&|condition: &Condition| condition.holds(mail, &mails));
            let mut expected: Vec<String> =
                known.iter().filter(|(_, mail)| passes(mail)).map(|(id, _)| id.clone()).collect();
            expected.sort_unstable();
            prop_assert_eq!(&found, &expected, "{:?}", filter);
            prop_assert_eq!(&answer["total"], &json!(expected.len()));
        }
        Ok(())
    });
}

#[test]
fn a_query_sorts_as_one_would_by_hand_and_a_thread_stands_at_its_first_mail() {
    let plans = (vec(mail(), 1..12), vec(vec(key(), 1..4), 4));
    check(20, plans, &async |account: &Account, (mails, sorts)| {
        let mut known = HashMap::new();
        for mail in &mails {
            known.insert(account.import(mail).await, mail);
        }
        for sort in sorts {
            let wire: Vec<Value> = sort.iter().map(|(key, ascending)| key.to_json(*ascending)).collect();
            let found = strings(&account.client.call("Email/query", json!({ "sort": wire })).await["ids"]);
            prop_assert_eq!(found.len(), known.len());
            for pair in found.windows(2) {
                let follows = order(&sort, (known[&pair[0]], known[&pair[1]]), &mails);
                prop_assert!(follows.is_le(), "{:?}: {:?}", sort, pair);
            }
            let mut first: Vec<String> = Vec::new();
            for id in found {
                if !first.iter().any(|earlier| is_thread(known[earlier], known[&id])) {
                    first.push(id);
                }
            }
            let arguments = json!({ "sort": wire, "collapseThreads": true });
            let collapsed = account.client.call("Email/query", arguments).await;
            prop_assert_eq!(strings(&collapsed["ids"]), first);
        }
        Ok(())
    });
}
