//! `Email/query` answers what a look at every mail would.

use proptest::{collection::vec, prelude::*, sample::select};
use serde_json::{Value, json};

use super::{
    check::check,
    mails::{Account, KEYWORDS, MAILBOXES, Mail, PEOPLE, WORDS, mail, strings},
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
    Text(&'static str),
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
        word().prop_map(Condition::Text),
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
            Self::Text(word) => json!({ "text": word }),
        }
    }

    fn holds(&self, mail: &Mail) -> bool {
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
            Self::Text(word) => mail.subject.contains(word) || mail.body.contains(word),
        }
    }
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
            let passes = |mail: &Mail| filter.holds(&|condition: &Condition| condition.holds(mail));
            let mut expected: Vec<String> =
                known.iter().filter(|(_, mail)| passes(mail)).map(|(id, _)| id.clone()).collect();
            expected.sort_unstable();
            prop_assert_eq!(&found, &expected, "{:?}", filter);
            prop_assert_eq!(&answer["total"], &json!(expected.len()));
        }
        Ok(())
    });
}
