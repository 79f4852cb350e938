//! `Email/query` answers what a look at every mail would.

use proptest::{collection::vec, prelude::*, sample::select};
use serde_json::{Value, json};

use super::plan::{Account, KEYWORDS, MAILBOXES, Mail, PEOPLE, WORDS, check, mail, strings};

/// A filter, and the same as a look at one mail.
#[derive(Clone, Debug)]
enum Filter {
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
    All(Vec<Filter>),
    Any(Vec<Filter>),
    None(Vec<Filter>),
}

fn filter() -> impl Strategy<Value = Filter> {
    let word = || select(&WORDS[..]);
    let leaf = prop_oneof![
        (0..MAILBOXES).prop_map(Filter::InMailbox),
        vec(0..MAILBOXES, 1..3).prop_map(Filter::OutsideOf),
        (1..28_u32).prop_map(Filter::Before),
        (1..28_u32).prop_map(Filter::After),
        (select(&KEYWORDS[..]), any::<bool>()).prop_map(|(keyword, has)| Filter::Keyword(keyword, has)),
        any::<bool>().prop_map(Filter::Attachment),
        word().prop_map(Filter::Subject),
        word().prop_map(Filter::Body),
        select(&PEOPLE[..]).prop_map(Filter::From),
        select(&PEOPLE[..]).prop_map(Filter::To),
        word().prop_map(Filter::Text),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        let some = || vec(inner.clone(), 1..4);
        prop_oneof![some().prop_map(Filter::All), some().prop_map(Filter::Any), some().prop_map(Filter::None)]
    })
}

impl Filter {
    fn to_json(&self, account: &Account) -> Value {
        let operator = |name: &str, inner: &[Self]| {
            let conditions: Vec<Value> = inner.iter().map(|one| one.to_json(account)).collect();
            json!({ "operator": name, "conditions": conditions })
        };
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
            Self::All(inner) => operator("AND", inner),
            Self::Any(inner) => operator("OR", inner),
            Self::None(inner) => operator("NOT", inner),
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
            Self::All(inner) => inner.iter().all(|one| one.holds(mail)),
            Self::Any(inner) => inner.iter().any(|one| one.holds(mail)),
            Self::None(inner) => !inner.iter().any(|one| one.holds(mail)),
        }
    }
}

#[test]
fn a_query_finds_what_a_look_at_every_mail_finds() {
    check(40, (vec(mail(), 1..12), vec(filter(), 8)), &async |account: &Account, (mails, filters)| {
        let mut known = Vec::new();
        for mail in &mails {
            known.push((account.import(mail).await, mail));
        }
        for filter in filters {
            let arguments = json!({ "filter": filter.to_json(account), "calculateTotal": true });
            let answer = account.client.call("Email/query", arguments).await;
            let mut found = strings(&answer["ids"]);
            found.sort_unstable();
            let mut expected: Vec<String> =
                known.iter().filter(|(_, mail)| filter.holds(mail)).map(|(id, _)| id.clone()).collect();
            expected.sort_unstable();
            prop_assert_eq!(&found, &expected, "{:?}", filter);
            prop_assert_eq!(&answer["total"], &json!(expected.len()));
        }
        Ok(())
    });
}
