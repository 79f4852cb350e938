//! RFC 9425, read line by line: what it demands is a test with the section in its name.

use serde_json::{Value, json};

use crate::common::{Client, LENA, World};

async fn quota(client: &Client) -> Value {
    client.all("Quota").await.remove(0)
}

/// A mail of about so many octets.
async fn mail(client: &Client, octets: usize) -> Value {
    json!({
        "mailboxIds": { client.mailbox("Inbox").await["id"].as_str().unwrap(): true },
        "textBody": [{ "partId": "1", "type": "text/plain" }],
        "bodyValues": { "1": { "value": "x ".repeat(octets / 2) } },
    })
}

#[tokio::test]
async fn rfc9425_3_the_figures_are_real() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let session = lena.get("/.well-known/jmap").await.json();
    let name = "urn:ietf:params:jmap:quota";
    assert_eq!(session["capabilities"][name], json!({}));
    assert_eq!(session["accounts"][&lena.account]["accountCapabilities"][name], json!({}));

    let before = quota(&lena).await;
    let sizes = lena.call("Email/get", json!({ "ids": null, "properties": ["size"] })).await;
    let sizes: u64 =
        sizes["list"].as_array().unwrap().iter().map(|mail| mail["size"].as_u64().unwrap()).sum();
    assert_eq!(before["used"], sizes);
    for (name, value) in [
        ("resourceType", json!("octets")),
        ("scope", json!("account")),
        ("types", json!(["Email"])),
        ("hardLimit", json!(2_000_000_000)),
        ("warnLimit", json!(1_800_000_000)),
        ("softLimit", Value::Null),
        ("description", Value::Null),
    ] {
        assert_eq!(before[name], value, "{name}");
    }
    let id = lena.create("Email", mail(&lena, 1000).await).await;
    let new = lena.object("Email", &id, json!(["blobId", "mailboxIds", "size"])).await;
    let size = new["size"].as_u64().unwrap();
    assert_eq!(quota(&lena).await["used"], sizes + size);
    // The same bytes again take no more room.
    let again = json!({ "a": { "blobId": new["blobId"], "mailboxIds": new["mailboxIds"] } });
    let answer = lena.call("Email/import", json!({ "emails": again })).await;
    assert_ne!(answer["created"]["a"]["id"], Value::Null, "{answer}");
    assert_eq!(quota(&lena).await["used"], sizes + size);
}

#[tokio::test]
async fn rfc9425_4_3_changes_name_the_one_property_that_moved() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let since = lena.state("Quota").await;
    let none = lena.call("Quota/changes", json!({ "sinceState": since })).await;
    assert_eq!([&none["updated"], &none["newState"]], [&json!([]), &json!(since)]);
    lena.create("Email", mail(&lena, 77).await).await;
    let changes = lena.call("Quota/changes", json!({ "sinceState": since })).await;
    assert_eq!(changes["updated"], json!([quota(&lena).await["id"]]));
    assert_eq!(changes["updatedProperties"], json!(["used"]));
    assert_eq!(changes["newState"], json!(lena.state("Quota").await));
    assert_eq!(lena.error("Quota/changes", json!({ "sinceState": "x" })).await, "cannotCalculateChanges");
    let missing = lena.call("Quota/get", json!({ "ids": ["Qnone"] })).await;
    assert_eq!(missing["notFound"], json!(["Qnone"]));
}

#[tokio::test]
async fn rfc9425_4_4_quotas_are_found_by_every_condition_and_sort() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    for (filter, count) in [
        (json!({}), 1),
        (json!({ "name": "mai" }), 1),
        (json!({ "name": "cal" }), 0),
        (json!({ "scope": "account" }), 1),
        (json!({ "scope": "global" }), 0),
        (json!({ "resourceType": "octets" }), 1),
        (json!({ "resourceType": "count" }), 0),
        (json!({ "type": "Email" }), 1),
        (json!({ "type": "Task" }), 0),
    ] {
        let sort = json!([{ "property": "used" }, { "property": "name" }]);
        let query = json!({ "filter": filter, "sort": sort });
        assert_eq!(lena.query("Quota", query).await.len(), count, "{filter}");
    }
    let before = lena.call("Quota/query", json!({})).await;
    lena.create("Email", mail(&lena, 5).await).await;
    let since = json!({ "sinceQueryState": before["queryState"] });
    let changes = lena.call("Quota/queryChanges", since).await;
    assert_eq!(changes["removed"], before["ids"]);
    assert_eq!(changes["added"], json!([{ "id": before["ids"][0], "index": 0 }]));
}

#[tokio::test]
async fn rfc9425_3_nothing_passes_the_school_s_limit() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let profile = world.file("school.toml");
    let text = std::fs::read_to_string(&profile).unwrap();
    std::fs::write(&profile, text.replace("[mail]\n", "[mail]\nquota-megabytes = 1\n")).unwrap();
    let since = lena.state("Quota").await;
    world.import().await;
    assert_eq!(quota(&lena).await["hardLimit"], 1_000_000);
    let changes = lena.call("Quota/changes", json!({ "sinceState": since })).await;
    assert_eq!(changes["updatedProperties"], Value::Null);

    lena.create("Email", mail(&lena, 600_000).await).await;
    assert_eq!(lena.refused("Email", mail(&lena, 600_000).await).await["type"], "overQuota");
    lena.create("Email", mail(&lena, 100_000).await).await;
}
