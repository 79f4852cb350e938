//! The examples of `docs/protocol.md` are true. The page says how they are read.

use std::{collections::BTreeMap, path::Path};

use axum::{
    body::Body,
    http::{Method, Request, header},
};
use serde_json::{Value, json};
use tornister::{jmap::capability::ALL, session::token::TokenAccess};

use crate::common::{Client, World};

const ANYTHING: &str = "…";

type Names = BTreeMap<String, String>;

/// A request and its answer.
struct Example<'t> {
    line: usize,
    kind: &'t str,
    request: &'t str,
    answer: &'t str,
}

fn examples(text: &str) -> Vec<Example<'_>> {
    let mut examples = Vec::new();
    let mut from = 0;
    while let Some(begin) = text[from..].find("\n```").map(|at| from + at + 4) {
        let (kind, body) = text[begin..].split_once('\n').unwrap();
        let end = begin + kind.len() + 1 + body.find("\n```").expect("each block ends");
        let line = text[..begin].lines().count();
        let block = &text[begin + kind.len() + 1..end];
        if ["http", "jmap"].contains(&kind) {
            let (request, answer) =
                block.split_once("\n---\n").unwrap_or_else(|| panic!("line {line}: no answer"));
            examples.push(Example { line, kind, request, answer });
        }
        from = end + 4;
    }
    examples
}

/// Puts in what `{name}` stands for.
fn named(text: &str, names: &Names) -> String {
    names.iter().fold(text.to_owned(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
}

fn name_in(text: &str) -> Option<&str> {
    let name = text.strip_prefix('{')?.strip_suffix('}')?;
    name.bytes().all(|byte| byte.is_ascii_lowercase()).then_some(name)
}

/// Compares an answer with what the page says, and learns names from it.
fn compare(expected: &Value, found: &Value, names: &mut Names, at: &str) {
    match (expected, found) {
        (Value::String(text), _) if text == ANYTHING => {}
        (Value::String(text), Value::String(value)) => match name_in(text) {
            Some(name) => match names.get(name) {
                Some(known) => assert_eq!(known, value, "{at}"),
                None => drop(names.insert(name.to_owned(), value.clone())),
            },
            None => assert_eq!(text, value, "{at}"),
        },
        (Value::Object(members), Value::Object(values)) => {
            for (name, expected) in members {
                let key = match name_in(name) {
                    Some(new) if !names.contains_key(new) => {
                        let key = values.keys().next().unwrap_or_else(|| panic!("{at}: empty"));
                        names.insert(new.to_owned(), key.clone());
                        key.clone()
                    }
                    _ => named(name, names),
                };
                let value = values.get(&key).unwrap_or_else(|| panic!("{at}: no {key} in {found}"));
                compare(expected, value, names, &format!("{at}/{key}"));
            }
        }
        (Value::Array(elements), Value::Array(values)) => {
            let is_open = elements.len() > 1 && elements.last().is_some_and(|last| last == ANYTHING);
            let elements = if is_open { &elements[..elements.len() - 1] } else { elements };
            let fits = values.len() == elements.len() || is_open && values.len() > elements.len();
            assert!(fits, "{at}: {} elements in {found}", values.len());
            for (index, (expected, value)) in elements.iter().zip(values).enumerate() {
                compare(expected, value, names, &format!("{at}/{index}"));
            }
        }
        _ => assert_eq!(expected, found, "{at}"),
    }
}

fn parsed(text: &str, at: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{at}: {error}\n{text}"))
}

async fn call(client: &Client, example: &Example<'_>, names: &mut Names) {
    let at = format!("line {}", example.line);
    let mut calls = parsed(&named(example.request, names), &at);
    for call in calls.as_array_mut().unwrap() {
        call[1]["accountId"] = json!(client.account);
    }
    let answer = client.post("/jmap/api", &json!({ "using": ALL, "methodCalls": calls })).await.json();
    compare(&parsed(example.answer, &at), &answer["methodResponses"], names, &at);
}

async fn send(client: &mut Client, example: &Example<'_>, names: &mut Names) {
    let at = format!("line {}", example.line);
    let request = named(example.request, names);
    let (head, body) = request.split_once("\n\n").unwrap_or((&request, ""));
    let mut lines = head.lines();
    let (method, path) = lines.next().unwrap().split_once(' ').unwrap();
    let mut request = Request::builder().method(method.parse::<Method>().unwrap()).uri(path);
    let mut browser = client.clone();
    for line in lines {
        let (name, value) = line.split_once(": ").unwrap();
        if name == "cookie" || name == "authorization" {
            browser.cookie = None;
        }
        if name != "cookie" {
            request = request.header(name, value);
        }
    }
    let answer = browser.send(request, Body::from(body.to_owned())).await;
    let (head, body) = example.answer.split_once("\n\n").unwrap_or((example.answer, ""));
    let mut lines = head.lines();
    assert_eq!(answer.status.as_str(), lines.next().unwrap(), "{at}: {answer:?}");
    for line in lines {
        let (name, value) = line.split_once(": ").unwrap();
        assert_eq!(answer.header(name), value, "{at}");
    }
    if !body.is_empty() {
        compare(&parsed(body, &at), &answer.json(), names, &at);
    }
    if answer.headers.contains_key(header::SET_COOKIE) {
        client.cookie = answer.header("set-cookie").split(';').next().map(str::to_owned);
        client.find_account().await;
    }
}

#[tokio::test]
async fn every_example_of_the_page_is_true() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let page = std::fs::read_to_string(root.join("docs/protocol.md")).unwrap();
    let world = World::of(&root.join("demo")).await;
    let token = world.sessions().create_token("lena.sommer", None, TokenAccess::Full, None).await.unwrap();
    let mut names = Names::from([("token".to_owned(), token.reveal())]);
    let mut client = world.browser();
    let examples = examples(&page);
    assert!(examples.len() > 12, "only {} examples were found", examples.len());
    for example in &examples {
        if example.kind == "http" {
            send(&mut client, example, &mut names).await;
        } else {
            call(&client, example, &mut names).await;
        }
    }
}
