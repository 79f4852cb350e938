//! §5: SearchSnippet.

use serde_json::{Value, json};

use crate::common::{Client, LENA, World};

async fn snippet(lena: &Client, id: &Value, filter: Value) -> Value {
    let answer = lena.call("SearchSnippet/get", json!({ "emailIds": [id], "filter": filter })).await;
    assert_eq!(answer["notFound"], Value::Null);
    assert_eq!(answer["list"][0]["emailId"], *id);
    answer["list"][0].clone()
}

async fn mail(world: &World, lena: &Client) -> Value {
    let body =
        format!("{} Fünf <Äpfel> & Birnen für Müller, {}", "Vorne. ".repeat(60), "hinten. ".repeat(60));
    let mail = format!(
        "From: a@b.example\nSubject: Obst & <Gemuese>\nDate: Mon, 14 Sep 2026 08:00:00 +0200\n\
         Content-Type: text/plain; charset=utf-8\n\n{body}\n"
    );
    std::fs::write(world.file("users/lena.sommer/mail/Inbox/80.eml"), mail).unwrap();
    world.import().await;
    lena.email("Obst & <Gemuese>").await["id"].clone()
}

#[tokio::test]
async fn rfc8621_5_matches_are_marked_and_all_else_escaped() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let id = mail(&world, &lena).await;
    let found = snippet(&lena, &id, json!({ "text": "gemüse" })).await;
    assert_eq!(found["subject"], "Obst &amp; &lt;<mark>Gemuese</mark>&gt;");
    assert_eq!(found["preview"], Value::Null);
    let found = snippet(&lena, &id, json!({ "body": "apfel mueller" })).await;
    assert_eq!(found["subject"], Value::Null);
    let preview = found["preview"].as_str().unwrap();
    assert!(
        preview.contains("Fünf &lt;<mark>Äpfel</mark>&gt; &amp; Birnen für <mark>Müller</mark>,"),
        "{preview}"
    );
    assert!(preview.len() <= 255, "{preview}");
}

#[tokio::test]
async fn rfc8621_5_what_does_not_match_is_null() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let id = mail(&world, &lena).await;
    for filter in [
        json!({ "text": "xylophon" }),
        json!({ "from": "birnen" }),
        json!({ "operator": "NOT", "conditions": [{ "text": "birnen" }] }),
        Value::Null,
    ] {
        let found = snippet(&lena, &id, filter.clone()).await;
        assert_eq!([&found["subject"], &found["preview"]], [&Value::Null, &Value::Null], "{filter}");
    }
    let both = json!({ "operator": "OR", "conditions": [{ "subject": "obst" }, { "body": "birnen" }] });
    let found = snippet(&lena, &id, both).await;
    assert!(found["subject"].is_string() && found["preview"].is_string());
}

#[tokio::test]
async fn rfc8621_5_1_ids_of_no_mail_are_not_found() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let arguments = json!({ "emailIds": ["Enobody"], "filter": { "text": "x" } });
    let answer = lena.call("SearchSnippet/get", arguments).await;
    assert_eq!([&answer["list"], &answer["notFound"]], [&json!([]), &json!(["Enobody"])]);
    let bad = json!({ "emailIds": [], "filter": { "colour": 1 } });
    assert_eq!(lena.error("SearchSnippet/get", bad).await, "unsupportedFilter");
}
