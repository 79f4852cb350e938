//! §1.3, §3, §4.1, §4.2: what the account promises, conversations, keywords, and how mails are fetched.

use std::collections::BTreeMap;

use axum::http::Request;
use serde_json::{Value, json};
use tornister::{backend::School as _, jmap::push::states};

use crate::common::{Client, LENA, World};

/// Makes a mail of these bytes; answers its id.
async fn import(lena: &Client, raw: impl Into<Vec<u8>>) -> String {
    let upload = Request::post(format!("/jmap/upload/{}", lena.account));
    let blob = lena.send(upload, raw.into()).await.json()["blobId"].clone();
    let inbox = lena.mailbox("Inbox").await["id"].as_str().unwrap().to_owned();
    let emails = json!({ "k": { "blobId": blob, "mailboxIds": { inbox: true } } });
    let answer = lena.call("Email/import", json!({ "emails": emails })).await;
    answer["created"]["k"]["id"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned()
}

#[tokio::test]
async fn rfc8621_1_3_1_the_account_tells_its_limits() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let session = lena.get("/.well-known/jmap").await.json();
    let account = &session["accounts"][&lena.account]["accountCapabilities"];
    let mail = &account["urn:ietf:params:jmap:mail"];
    assert!(mail["maxMailboxesPerEmail"].is_null() || mail["maxMailboxesPerEmail"].as_u64() >= Some(1));
    assert!(mail.get("maxMailboxDepth").is_some());
    assert!(mail["maxSizeMailboxName"].as_u64() >= Some(100), "{mail}");
    assert!(mail["maxSizeAttachmentsPerEmail"].is_u64() && mail["mayCreateTopLevelMailbox"].is_boolean());
    // §4.4.2: `receivedAt` has to be among them, and every one of them sorts.
    let sorts = mail["emailQuerySortOptions"].as_array().unwrap();
    assert!(sorts.contains(&json!("receivedAt")));
    for sort in sorts {
        let sort = json!({ "sort": [{ "property": sort, "keyword": "$seen" }] });
        lena.call("Email/query", sort).await;
    }
    let submission = &account["urn:ietf:params:jmap:submission"];
    assert!(submission["maxDelayedSend"].is_u64() && submission["submissionExtensions"].is_object());
    assert_eq!(account["urn:ietf:params:jmap:vacationresponse"], json!({}));
    for capability in ["mail", "submission", "vacationresponse"] {
        assert_eq!(session["capabilities"][format!("urn:ietf:params:jmap:{capability}")], json!({}));
    }
}

#[tokio::test]
async fn rfc8621_1_5_new_mail_moves_the_state_of_email_delivery_and_marks_do_not() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let delivery = async || {
        let accounts = world.embedded.accounts(LENA.0).await.unwrap();
        states(&accounts).await.unwrap()[&accounts[0].id]["EmailDelivery"].clone()
    };
    let before = delivery().await;
    let mail = lena.email("Wandertag").await["id"].as_str().unwrap().to_owned();
    assert_eq!(lena.update("Email", &mail, json!({ "keywords/$flagged": true })).await, None);
    assert_eq!(delivery().await, before);
    let new = "From: a@b.example\nSubject: Neu\nDate: Mon, 14 Sep 2026 08:00:00 +0200\n\nHallo\n";
    std::fs::write(world.file("users/lena.sommer/mail/Inbox/99-neu.eml"), new).unwrap();
    world.import().await;
    assert_ne!(delivery().await, before);
}

#[tokio::test]
async fn rfc8621_3_a_conversation_is_in_the_order_in_which_its_mails_came() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let threads = lena.all("Thread").await;
    let mut seen = 0;
    for thread in &threads {
        let ids = thread["emailIds"].as_array().unwrap();
        seen += ids.len();
        let mails =
            lena.call("Email/get", json!({ "ids": ids, "properties": ["receivedAt", "threadId"] })).await;
        let mails = mails["list"].as_array().unwrap();
        let mut times: Vec<(usize, &str)> = Vec::new();
        for mail in mails {
            assert_eq!(mail["threadId"], thread["id"]);
            let place = ids.iter().position(|id| *id == mail["id"]).unwrap();
            times.push((place, mail["receivedAt"].as_str().unwrap()));
        }
        times.sort_unstable();
        assert!(times.is_sorted_by_key(|(_, time)| *time), "{times:?}");
    }
    // Every mail is in exactly one, also if it is alone there.
    assert_eq!(seen, lena.all("Email").await.len());
    assert!(threads.len() < seen);
}

#[tokio::test]
async fn rfc8621_4_1_1_keywords_are_lower_case_and_such_as_imap_can_hold() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let id = lena.email("Wandertag").await["id"].as_str().unwrap().to_owned();
    for (keyword, fine) in [
        ("$Forwarded", true),
        ("x".repeat(255).as_str(), true),
        ("x".repeat(256).as_str(), false),
        ("!#$&'+,-.:;<=>?@^_`|", true),
        ("a b", false),
        ("a(b", false),
        ("a)b", false),
        ("a{b", false),
        ("a]b", false),
        ("a%b", false),
        ("a*b", false),
        ("a\"b", false),
        ("a\\b", false),
        ("ä", false),
        ("", false),
        ("\u{7f}", false),
    ] {
        let refused = lena.update("Email", &id, json!({ "keywords": { keyword: true } })).await;
        assert_eq!(refused.is_none(), fine, "{keyword}: {refused:?}");
        if fine {
            let now = lena.object("Email", &id, json!(["keywords"])).await;
            assert_eq!(now["keywords"], json!({ keyword.to_lowercase(): true }));
        } else {
            assert_eq!(refused.as_deref(), Some("invalidProperties"), "{keyword}");
        }
    }
}

#[tokio::test]
async fn rfc8621_4_6_more_keywords_than_the_server_holds_are_too_many() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let id = lena.email("Wandertag").await["id"].as_str().unwrap().to_owned();
    let keywords = |number: usize| -> Value {
        json!({ "keywords": (0..number).map(|one| (format!("k{one}"), true)).collect::<BTreeMap<_, _>>() })
    };
    assert_eq!(lena.update("Email", &id, keywords(100)).await, None);
    assert_eq!(lena.update("Email", &id, keywords(101)).await.as_deref(), Some("tooManyKeywords"));
}

#[tokio::test]
async fn rfc8621_4_1_2_1_a_nul_is_dropped_and_what_is_no_utf_8_is_read_as_older_programs_mean_it() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let mut raw = b"From: a@b.example\r\nX-Odd: a\0b\xffc\r\nSubject: x\r\n\r\nHallo\r\n".to_vec();
    raw.extend(b"\0");
    let id = import(&lena, raw).await;
    let odd = lena.object("Email", &id, json!(["header:X-Odd"])).await["header:X-Odd"].clone();
    assert_eq!(odd, json!(" abÿc"));
}

#[tokio::test]
async fn rfc8621_4_2_body_values_come_where_asked_and_as_long_as_asked() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let raw = "From: a@b.example\r\nSubject: Zwei\r\nMIME-Version: 1.0\r\n\
               Content-Type: multipart/alternative; boundary=b\r\n\r\n\
               --b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nGrüße 🐿 aus dem Wald\r\n\
               --b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>Grüße aus dem Wald</p>\r\n--b--\r\n";
    let id = import(&lena, raw).await;
    let get = async |more: Value| {
        let mut arguments = json!({ "ids": [id], "properties": ["textBody", "htmlBody", "bodyValues"] });
        arguments.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        lena.call("Email/get", arguments).await["list"][0].clone()
    };
    let plain = get(json!({})).await;
    assert_eq!(plain["bodyValues"], json!({}));
    let (text, html) = (&plain["textBody"][0]["partId"], &plain["htmlBody"][0]["partId"]);
    let parts = async |more: Value| -> Vec<String> {
        get(more).await["bodyValues"].as_object().unwrap().keys().cloned().collect()
    };
    assert_eq!(parts(json!({ "fetchTextBodyValues": true })).await, [text.as_str().unwrap()]);
    assert_eq!(parts(json!({ "fetchHTMLBodyValues": true })).await, [html.as_str().unwrap()]);
    assert_eq!(parts(json!({ "fetchAllBodyValues": true })).await.len(), 2);
    let whole = "Grüße 🐿 aus dem Wald".to_owned();
    for bytes in 1..whole.len() {
        let cut = get(json!({ "fetchTextBodyValues": true, "maxBodyValueBytes": bytes })).await;
        let value = &cut["bodyValues"][text.as_str().unwrap()];
        let said = value["value"].as_str().unwrap();
        assert!(said.len() <= bytes && whole.starts_with(said), "{bytes}: {value}");
        assert_eq!(value["isTruncated"], true);
    }
    let whole = get(json!({ "fetchTextBodyValues": true, "maxBodyValueBytes": 0 })).await;
    assert_eq!(whole["bodyValues"][text.as_str().unwrap()]["isTruncated"], false);
    // An HTML text is not cut inside of a tag.
    for bytes in 1..22 {
        let cut = get(json!({ "fetchHTMLBodyValues": true, "maxBodyValueBytes": bytes })).await;
        let said = cut["bodyValues"][html.as_str().unwrap()]["value"].as_str().unwrap().to_owned();
        assert_eq!(said.matches('<').count(), said.matches('>').count(), "{bytes}: {said}");
    }
    for bad in [json!({ "maxBodyValueBytes": -1 }), json!({ "bodyProperties": ["colour"] })] {
        let mut arguments = json!({ "ids": [id] });
        arguments.as_object_mut().unwrap().extend(bad.as_object().unwrap().clone());
        assert_eq!(lena.error("Email/get", arguments).await, "invalidArguments", "{bad}");
    }
}

#[tokio::test]
async fn rfc8621_4_2_of_parts_only_the_wanted_properties_come() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let id = lena.email("Wandertag").await["id"].clone();
    let few = json!({ "ids": [id], "properties": ["bodyStructure", "textBody"],
                      "bodyProperties": ["partId", "type", "header:Content-Type:asText"] });
    let mail = lena.call("Email/get", few).await["list"][0].clone();
    for part in [&mail["bodyStructure"], &mail["textBody"][0]] {
        let names: Vec<&String> = part.as_object().unwrap().keys().collect();
        let wanted = ["partId", "type", "header:Content-Type:asText", "subParts"];
        assert!(names.iter().all(|name| wanted.contains(&name.as_str())), "{part}");
    }
    let by_default = lena.call("Email/get", json!({ "ids": [id], "properties": ["textBody"] })).await;
    let part = &by_default["list"][0]["textBody"][0];
    for name in
        ["partId", "blobId", "size", "name", "type", "charset", "disposition", "cid", "language", "location"]
    {
        assert!(part.get(name).is_some(), "{name}: {part}");
    }
    assert!(part.get("headers").is_none(), "{part}");
}

#[tokio::test]
async fn rfc8621_4_8_another_state_refuses_the_whole_import() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let state = lena.state("Email").await;
    let import = json!({ "ifInState": "another", "emails": {} });
    assert_eq!(lena.error("Email/import", import).await, "stateMismatch");
    let nothing = lena.call("Email/import", json!({ "ifInState": state, "emails": {} })).await;
    assert_eq!([&nothing["oldState"], &nothing["newState"]], [&json!(state); 2]);
    assert_eq!([&nothing["created"], &nothing["notCreated"]], [&Value::Null; 2]);
}
