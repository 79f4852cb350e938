//! §6 to §8: identities, sending, absence.

use serde_json::{Value, json};

use crate::common::{Client, JONAS, LENA, World};

const TO_JONAS: &str = "jonas.sommer@testschule.example";
const FROM_LENA: &str = "lena.sommer@testschule.example";

/// A draft with these properties besides; answers its id.
async fn draft(lena: &Client, properties: Value) -> String {
    let drafts = lena.mailbox("Drafts").await["id"].as_str().unwrap().to_owned();
    let mut draft = json!({
        "mailboxIds": { drafts: true },
        "keywords": { "$draft": true, "$seen": true },
        "from": [{ "name": "Lena", "email": FROM_LENA }],
        "to": [{ "name": "Jonas", "email": TO_JONAS }],
        "subject": "Nach der Schule",
        "bodyStructure": { "partId": "t" },
        "bodyValues": { "t": { "value": "Um drei am Bach?" } },
    });
    for (name, value) in properties.as_object().unwrap() {
        draft[name] = value.clone();
    }
    let set = lena.call("Email/set", json!({ "create": { "k": draft } })).await;
    set["created"]["k"]["id"].as_str().unwrap_or_else(|| panic!("{set}")).to_owned()
}

async fn identity(client: &Client) -> Value {
    client.call("Identity/get", json!({ "ids": null })).await["list"][0].clone()
}

async fn submit(lena: &Client, email: &str, properties: Value) -> Value {
    let mut submission = json!({ "identityId": identity(lena).await["id"], "emailId": email });
    for (name, value) in properties.as_object().unwrap() {
        submission[name] = value.clone();
    }
    lena.call("EmailSubmission/set", json!({ "create": { "s": submission } })).await
}

async fn deliver(world: &World) {
    world.clock.advance(11);
    world.embedded.deliver_due().await.unwrap();
}

#[tokio::test]
async fn rfc8621_6_everybody_has_an_identity_and_may_set_it_up() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let own = identity(&lena).await;
    assert_eq!([&own["name"], &own["email"]], ["Lena Sommer", FROM_LENA]);
    assert_eq!([&own["replyTo"], &own["bcc"]], [&Value::Null, &Value::Null]);
    assert_eq!(
        [&own["textSignature"], &own["htmlSignature"], &own["mayDelete"]],
        [&json!(""), &json!(""), &json!(false)]
    );
    let id = own["id"].as_str().unwrap();
    let state = lena.state("Identity").await;
    let patch = json!({ id: {
        "name": "Leni", "textSignature": "-- \nLeni", "replyTo": [{ "name": null, "email": "x@b.example" }],
    } });
    let set = lena.call("Identity/set", json!({ "update": patch })).await;
    assert_eq!(set["updated"], json!({ id: null }));
    let changes = lena.call("Identity/changes", json!({ "sinceState": state })).await;
    assert_eq!(changes["updated"], json!([id]));
    assert_eq!(identity(&lena).await["replyTo"][0]["email"], "x@b.example");
    // What somebody set up survives the next import.
    assert_eq!(world.import().await, 0);
    assert_eq!(identity(&lena).await["name"], "Leni");
}

#[tokio::test]
async fn rfc8621_6_3_an_identity_is_one_s_own_address() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let own = identity(&lena).await["id"].as_str().unwrap().to_owned();
    let arguments = json!({
        "create": {
            "a": { "email": FROM_LENA, "name": "Schülerrat" },
            "b": { "email": TO_JONAS },
            "c": { "name": "ohne" },
        },
        "update": { &own: { "email": TO_JONAS }, "Inobody": { "name": "x" } },
        "destroy": [],
    });
    let set = lena.call("Identity/set", arguments).await;
    assert_eq!(set["created"]["a"]["mayDelete"], true);
    assert_eq!(set["notCreated"]["b"]["type"], "forbiddenFrom");
    assert_eq!(set["notCreated"]["c"]["properties"], json!(["email"]));
    assert_eq!(set["notUpdated"][&own]["properties"], json!(["email"]));
    assert_eq!(set["notUpdated"]["Inobody"]["type"], "notFound");
    let made = set["created"]["a"]["id"].as_str().unwrap();
    let set = lena.call("Identity/set", json!({ "destroy": [own, made] })).await;
    assert_eq!(set["notDestroyed"][&own]["type"], "forbidden");
    assert_eq!(set["destroyed"], json!([made]));
}

#[tokio::test]
async fn rfc8621_7_a_mail_arrives_when_it_can_no_longer_be_taken_back() {
    let world = World::new().await;
    let (lena, jonas) = (world.login(LENA).await, world.login(JONAS).await);
    let bcc = json!({ "bcc": [{ "name": null, "email": FROM_LENA }] });
    let email = draft(&lena, bcc).await;
    let set = submit(&lena, &email, json!({})).await;
    let created = &set["created"]["s"];
    let id = created["id"].as_str().unwrap().to_owned();
    assert_eq!([&created["undoStatus"], &created["sendAt"]], ["pending", "2026-09-14T06:00:00Z"]);
    let before = lena.call("EmailSubmission/get", json!({ "ids": [id] })).await["list"][0].clone();
    assert_eq!(before["envelope"]["mailFrom"]["email"], FROM_LENA);
    let to: Vec<&Value> =
        before["envelope"]["rcptTo"].as_array().unwrap().iter().map(|to| &to["email"]).collect();
    assert_eq!(to, [TO_JONAS, FROM_LENA]);
    assert_eq!([&before["dsnBlobIds"], &before["mdnBlobIds"]], [&json!([]), &json!([])]);
    // The draft may go; its sending goes on.
    lena.call("Email/set", json!({ "destroy": [email] })).await;
    world.embedded.deliver_due().await.unwrap();
    let inbox = jonas.mailbox("Inbox").await["totalEmails"].as_u64().unwrap();
    world.embedded.compact().await.unwrap();
    deliver(&world).await;
    let after = jonas.mailbox("Inbox").await;
    assert_eq!(after["totalEmails"], inbox + 1);
    let mail = jonas.email("Nach der Schule").await;
    assert_eq!(mail["keywords"], json!({}));
    let mail =
        jonas.call("Email/get", json!({ "ids": [mail["id"]], "fetchTextBodyValues": true })).await["list"][0]
            .clone();
    assert_eq!([&mail["from"][0]["email"], &mail["bcc"]], [&json!(FROM_LENA), &Value::Null]);
    assert_eq!(mail["preview"], "Um drei am Bach?");
    let done = lena.call("EmailSubmission/get", json!({ "ids": [id] })).await["list"][0].clone();
    assert_eq!(done["undoStatus"], "final");
    assert_eq!(done["deliveryStatus"][TO_JONAS]["delivered"], "yes");
    let reply = done["deliveryStatus"][TO_JONAS]["smtpReply"].as_str().unwrap();
    assert!(reply.starts_with("250 2.1.5 "), "{reply}");
    // Once is enough.
    deliver(&world).await;
    assert_eq!(jonas.mailbox("Inbox").await["totalEmails"], inbox + 1);
    assert_eq!(world.import().await, 0);
}

#[tokio::test]
async fn rfc8621_7_5_what_is_pending_can_be_canceled_and_nothing_else() {
    let world = World::new().await;
    let (lena, jonas) = (world.login(LENA).await, world.login(JONAS).await);
    let inbox = jonas.mailbox("Inbox").await["totalEmails"].clone();
    let email = draft(&lena, json!({})).await;
    let id = submit(&lena, &email, json!({})).await["created"]["s"]["id"].as_str().unwrap().to_owned();
    for (patch, kind) in [
        (json!({ "undoStatus": "final" }), "invalidProperties"),
        (json!({ "emailId": "E1" }), "invalidProperties"),
        (json!({ "sendAt": "2020-01-01T00:00:00Z" }), "invalidProperties"),
    ] {
        let set = lena.call("EmailSubmission/set", json!({ "update": { &id: patch } })).await;
        assert_eq!(set["notUpdated"][&id]["type"], kind, "{patch}");
    }
    let cancel = json!({ "update": { &id: { "undoStatus": "canceled" } } });
    let set = lena.call("EmailSubmission/set", cancel.clone()).await;
    assert_eq!(set["updated"], json!({ &id: null }));
    deliver(&world).await;
    assert_eq!(jonas.mailbox("Inbox").await["totalEmails"], inbox);

    let late = submit(&lena, &email, json!({})).await["created"]["s"]["id"].as_str().unwrap().to_owned();
    deliver(&world).await;
    let cancel = json!({ "update": { &late: { "undoStatus": "canceled" } } });
    let set = lena.call("EmailSubmission/set", cancel).await;
    assert_eq!(set["notUpdated"][&late]["type"], "cannotUnsend");
    // Destroying the record affects no delivery.
    let kept = submit(&lena, &email, json!({})).await["created"]["s"]["id"].as_str().unwrap().to_owned();
    let set = lena.call("EmailSubmission/set", json!({ "destroy": [kept] })).await;
    assert_eq!(set["destroyed"], json!([kept]));
    let before = jonas.mailbox("Inbox").await["totalEmails"].as_u64().unwrap();
    deliver(&world).await;
    assert_eq!(jonas.mailbox("Inbox").await["totalEmails"], before + 1);
}

#[tokio::test]
async fn rfc8621_7_5_on_success_the_draft_moves_in_an_implicit_call() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let (drafts, sent) = (lena.mailbox("Drafts").await, lena.mailbox("Sent").await);
    let (drafts, sent) = (drafts["id"].as_str().unwrap(), sent["id"].as_str().unwrap());
    let (first, second) = (draft(&lena, json!({})).await, draft(&lena, json!({})).await);
    let identity = identity(&lena).await["id"].clone();
    let request = json!({
        "using": tornister::jmap::capability::ALL,
        "methodCalls": [
            ["EmailSubmission/set", {
                "accountId": lena.account,
                "create": {
                    "a": { "identityId": identity, "emailId": first },
                    "b": { "identityId": identity, "emailId": second },
                    "c": { "identityId": identity, "emailId": "Enobody" },
                },
                "onSuccessUpdateEmail": {
                    "#a": { format!("mailboxIds/{sent}"): true, format!("mailboxIds/{drafts}"): null, "keywords/$draft": null },
                    "#c": { "keywords/x": true },
                },
                "onSuccessDestroyEmail": ["#b"],
            }, "s"],
            ["Core/echo", {}, "e"],
        ],
    });
    let answer = lena.post("/jmap/api", &request).await.json();
    let answers = answer["methodResponses"].as_array().unwrap();
    let names: Vec<(&Value, &Value)> = answers.iter().map(|answer| (&answer[0], &answer[2])).collect();
    let [s, e] = [json!("s"), json!("e")];
    assert_eq!(
        names,
        [(&json!("EmailSubmission/set"), &s), (&json!("Email/set"), &s), (&json!("Core/echo"), &e)]
    );
    assert_eq!(answers[0][1]["notCreated"]["c"]["properties"], json!(["emailId"]));
    assert_eq!(answers[1][1]["updated"], json!({ &first: null }), "{answer}");
    assert_eq!(answers[1][1]["destroyed"], json!([second]));
    let moved =
        lena.call("Email/get", json!({ "ids": [first], "properties": ["mailboxIds", "keywords"] })).await;
    assert_eq!(moved["list"][0]["mailboxIds"], json!({ sent: true }));
    assert_eq!(moved["list"][0]["keywords"], json!({ "$seen": true }));
}

#[tokio::test]
async fn rfc8621_7_5_what_cannot_be_sent_is_refused_with_its_reason() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let none = json!([]);
    let envelope = |from: &str, to: &[&str], parameters: Value| {
        let to: Vec<Value> = to.iter().map(|to| json!({ "email": to, "parameters": parameters })).collect();
        json!({ "envelope": { "mailFrom": { "email": from, "parameters": null }, "rcptTo": to } })
    };
    let many: Vec<String> = (0..301).map(|number| format!("{number}@testschule.example")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    for (mail, properties, kind) in [
        (json!({ "to": none }), json!({}), "noRecipients"),
        (json!({}), envelope(FROM_LENA, &[], Value::Null), "noRecipients"),
        (json!({}), envelope(FROM_LENA, &many, Value::Null), "tooManyRecipients"),
        (json!({}), envelope(FROM_LENA, &["x@elsewhere.example"], Value::Null), "invalidRecipients"),
        (json!({}), envelope(TO_JONAS, &[TO_JONAS], Value::Null), "forbiddenMailFrom"),
        (json!({}), envelope(FROM_LENA, &[TO_JONAS], json!({ "NOTIFY": "NEVER" })), "invalidProperties"),
        (json!({ "from": [{ "email": TO_JONAS }] }), json!({}), "forbiddenFrom"),
        (json!({ "sender": [{ "email": TO_JONAS }] }), json!({}), "forbiddenFrom"),
        (json!({ "from": none }), json!({}), "invalidEmail"),
        (json!({}), json!({ "identityId": "Inobody" }), "invalidProperties"),
        (json!({}), json!({ "emailId": "Enobody" }), "invalidProperties"),
        (json!({}), json!({ "undoStatus": "final" }), "invalidProperties"),
        (json!({}), json!({ "sendAt": "2026-01-01T00:00:00Z" }), "invalidProperties"),
    ] {
        let email = draft(&lena, mail).await;
        let set = submit(&lena, &email, properties.clone()).await;
        let refused = &set["notCreated"]["s"];
        assert_eq!(refused["type"], kind, "{properties}: {set}");
        match kind {
            "tooManyRecipients" => assert_eq!(refused["maxRecipients"], 300),
            "invalidRecipients" => assert_eq!(refused["invalidRecipients"], json!(["x@elsewhere.example"])),
            "invalidEmail" => assert_eq!(refused["properties"], json!(["from"])),
            _ => {}
        }
    }
}

#[tokio::test]
async fn rfc8621_7_3_submissions_are_found() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let (first, second) = (draft(&lena, json!({})).await, draft(&lena, json!({ "subject": "Zwei" })).await);
    let a = submit(&lena, &first, json!({})).await["created"]["s"].clone();
    deliver(&world).await;
    let before = lena.call("EmailSubmission/query", json!({})).await;
    let b = submit(&lena, &second, json!({})).await["created"]["s"].clone();
    for (filter, expected) in [
        (Value::Null, json!([a["id"], b["id"]])),
        (json!({}), json!([a["id"], b["id"]])),
        (json!({ "undoStatus": "final" }), json!([a["id"]])),
        (json!({ "emailIds": [second] }), json!([b["id"]])),
        (json!({ "threadIds": [a["threadId"]] }), json!([a["id"]])),
        (json!({ "identityIds": [] }), json!([])),
        (json!({ "before": b["sendAt"] }), json!([a["id"]])),
        (json!({ "after": b["sendAt"] }), json!([b["id"]])),
    ] {
        let sort = json!([{ "property": "sentAt" }]);
        let found = lena.call("EmailSubmission/query", json!({ "filter": filter, "sort": sort })).await;
        assert_eq!(found["ids"], expected, "{filter}");
    }
    let since = json!({ "sinceQueryState": before["queryState"] });
    let changes = lena.call("EmailSubmission/queryChanges", since).await;
    assert_eq!(changes["added"][0]["id"], b["id"]);
}

#[tokio::test]
async fn rfc8621_8_there_is_one_vacation_response() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    for ids in [json!(null), json!(["singleton"])] {
        let list = lena.call("VacationResponse/get", json!({ "ids": ids })).await["list"].clone();
        assert_eq!(list.as_array().unwrap().len(), 1);
        assert_eq!([&list[0]["id"], &list[0]["isEnabled"]], [&json!("singleton"), &json!(false)]);
        assert_eq!(list[0].as_object().unwrap().len(), 7);
    }
    let arguments = json!({
        "create": { "a": { "isEnabled": true } },
        "update": { "singleton": { "isEnabled": "yes" } },
        "destroy": ["other"],
    });
    let set = lena.call("VacationResponse/set", arguments).await;
    assert_eq!(set["notCreated"]["a"]["type"], "singleton");
    assert_eq!(set["notUpdated"]["singleton"]["properties"], json!(["isEnabled"]));
    assert_eq!(set["notDestroyed"]["other"]["type"], "notFound");
    let set = lena.call("VacationResponse/set", json!({ "destroy": ["singleton"] })).await;
    assert_eq!(set["notDestroyed"]["singleton"]["type"], "singleton");
}

#[tokio::test]
async fn rfc8620_1_4_an_absence_with_fractions_of_seconds_begins_and_ends_when_it_says() {
    let world = World::new().await;
    let (lena, jonas) = (world.login(LENA).await, world.login(JONAS).await);
    let away = json!({ "singleton": {
        "isEnabled": true, "subject": "Bin weg", "fromDate": "2026-09-20T00:00:00.000Z", "toDate": "2026-09-30T00:00:00.5Z",
    } });
    jonas.call("VacationResponse/set", json!({ "update": away })).await;
    let now = jonas.call("VacationResponse/get", json!({})).await["list"][0].clone();
    assert_eq!([&now["fromDate"], &now["toDate"]], ["2026-09-20T00:00:00Z", "2026-09-30T00:00:00Z"]);
    let told = async || {
        let found = lena.call("Email/query", json!({ "filter": { "subject": "weg" } })).await;
        found["ids"].as_array().unwrap().len()
    };
    for (days, expected) in [(0, 0), (7, 1), (20, 1)] {
        world.clock.advance(days * 86_400);
        let email = draft(&lena, json!({})).await;
        submit(&lena, &email, json!({})).await;
        deliver(&world).await;
        assert_eq!(told().await, expected, "after {days} days");
    }
}

#[tokio::test]
async fn rfc8621_8_an_absence_is_told_once() {
    let world = World::new().await;
    let (lena, jonas) = (world.login(LENA).await, world.login(JONAS).await);
    let away = json!({ "singleton": {
        "isEnabled": true, "subject": "Bin weg", "textBody": "Bis Montag!", "toDate": "2026-09-20T00:00:00Z",
    } });
    let set = jonas.call("VacationResponse/set", json!({ "update": away })).await;
    assert_eq!(set["updated"], json!({ "singleton": null }));
    let told = async || {
        let found = lena.call("Email/query", json!({ "filter": { "subject": "weg" } })).await;
        found["ids"].as_array().unwrap().clone()
    };
    for _ in 0..2 {
        let email = draft(&lena, json!({})).await;
        submit(&lena, &email, json!({})).await;
        deliver(&world).await;
        assert_eq!(told().await.len(), 1);
    }
    let answer = lena
        .call(
            "Email/get",
            json!({
                "ids": told().await,
                "properties": ["from", "preview", "header:Auto-Submitted:asText", "inReplyTo"],
            }),
        )
        .await["list"][0]
        .clone();
    assert_eq!([&answer["from"][0]["email"], &answer["preview"]], [TO_JONAS, "Bis Montag!"]);
    assert_eq!(answer["header:Auto-Submitted:asText"], "auto-replied");
    assert!(answer["inReplyTo"].is_array());
    world.clock.advance(8 * 86_400);
    let email = draft(&lena, json!({})).await;
    submit(&lena, &email, json!({})).await;
    deliver(&world).await;
    // It is over.
    assert_eq!(told().await.len(), 1);
}

#[tokio::test]
async fn a_mailbox_that_is_named_twice_gets_one_mail_and_holds_up_nobody() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let jonas = world.login(JONAS).await;
    let before = jonas.all("Email").await.len();
    let twice = json!({ "envelope": {
        "mailFrom": { "email": FROM_LENA },
        "rcptTo": [{ "email": TO_JONAS }, { "email": TO_JONAS.to_uppercase() }],
    } });
    for properties in [twice, json!({})] {
        let draft = draft(&lena, json!({})).await;
        let set = submit(&lena, &draft, properties).await;
        assert!(set["notCreated"].is_null(), "{set}");
    }
    deliver(&world).await;
    assert_eq!(jonas.all("Email").await.len(), before + 2);
}
