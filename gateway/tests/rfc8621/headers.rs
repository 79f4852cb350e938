//! §4.1.2 and §4.1.3: header fields in all forms.

use serde_json::{Value, json};

use crate::common::{Client, LENA, World};

const MAIL: &str = "From: \"  Müller, Anna\" <anna@b.example>, Klasse 7b: lena@b.example,\r\n \
    =?UTF-8?Q?J=C3=B6rg?= <joerg@b.example>;\r\n\
    To: <lena@b.example>\r\n\
    Subject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=\r\n =?utf-8?Q?_aus?= Berlin\r\n\
    Date: Mon, 14 Sep 2026 08:00:00 +0200\r\n\
    Message-ID: <eins@b.example>\r\n\
    References: <null@b.example>\r\n <halb@b.example>\r\n\
    List-Post: <mailto:liste@b.example>, <https://b.example/post> (web)\r\n\
    X-Trace: first\r\n\
    X-Trace: =?utf-8?Q?zw=C3=B6lf?=\r\n\
    X-When: Tue, 15 Sep 2026 09:30:00 +0000\r\n\
    X-Broken-When: yesterday\r\n\r\nHallo\r\n";

async fn opened(lena: &Client, world: &World, properties: Value) -> Value {
    std::fs::write(world.file("users/lena.sommer/mail/Inbox/90.eml"), MAIL).unwrap();
    world.import().await;
    let id = lena.email("Grüße aus Berlin").await["id"].clone();
    let found = lena.call("Email/get", json!({ "ids": [id], "properties": properties })).await;
    found["list"][0].clone()
}

#[tokio::test]
async fn rfc8621_4_1_2_each_form_reads_its_fields() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    for (property, expected) in [
        ("header:Subject", json!(" =?utf-8?Q?Gr=C3=BC=C3=9Fe?=\r\n =?utf-8?Q?_aus?= Berlin")),
        ("header:Subject:asRaw", json!(" =?utf-8?Q?Gr=C3=BC=C3=9Fe?=\r\n =?utf-8?Q?_aus?= Berlin")),
        ("header:Subject:asText", json!("Grüße aus Berlin")),
        (
            "header:From:asAddresses",
            json!([
                { "name": "Müller, Anna", "email": "anna@b.example" },
                { "name": null, "email": "lena@b.example" },
                { "name": "Jörg", "email": "joerg@b.example" },
            ]),
        ),
        (
            "header:From:asGroupedAddresses",
            json!([
                { "name": null, "addresses": [{ "name": "Müller, Anna", "email": "anna@b.example" }] },
                { "name": "Klasse 7b", "addresses": [
                    { "name": null, "email": "lena@b.example" },
                    { "name": "Jörg", "email": "joerg@b.example" },
                ] },
            ]),
        ),
        ("header:Message-ID:asMessageIds", json!(["eins@b.example"])),
        ("header:References:asMessageIds", json!(["null@b.example", "halb@b.example"])),
        ("header:Date:asDate", json!("2026-09-14T08:00:00+02:00")),
        ("header:X-When:asDate", json!("2026-09-15T09:30:00Z")),
        ("header:X-Broken-When:asDate", Value::Null),
        ("header:List-Post:asURLs", json!(["mailto:liste@b.example", "https://b.example/post"])),
        ("header:X-Trace", json!(" =?utf-8?Q?zw=C3=B6lf?=")),
        ("header:X-Trace:asText", json!("zwölf")),
        ("header:X-Trace:all", json!([" first", " =?utf-8?Q?zw=C3=B6lf?="])),
        ("header:X-Trace:asText:all", json!(["first", "zwölf"])),
        ("header:X-Nothing", Value::Null),
        ("header:X-Nothing:asAddresses:all", json!([])),
    ] {
        let mail = opened(&lena, &world, json!([property])).await;
        assert_eq!(mail[property], expected, "{property}");
    }
}

#[tokio::test]
async fn rfc8621_4_1_3_names_are_case_insensitive_and_answered_as_asked() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let mail = opened(&lena, &world, json!(["header:SUBJECT:asText", "header:subject:asText"])).await;
    assert_eq!(mail["header:SUBJECT:asText"], "Grüße aus Berlin");
    assert_eq!(mail["header:subject:asText"], "Grüße aus Berlin");
    assert_eq!(mail.as_object().unwrap().len(), 3);
}

#[tokio::test]
async fn rfc8621_4_1_3_convenience_properties_equal_their_forms() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    for (property, form) in [
        ("messageId", "header:Message-ID:asMessageIds"),
        ("inReplyTo", "header:In-Reply-To:asMessageIds"),
        ("references", "header:References:asMessageIds"),
        ("sender", "header:Sender:asAddresses"),
        ("from", "header:From:asAddresses"),
        ("to", "header:To:asAddresses"),
        ("replyTo", "header:Reply-To:asAddresses"),
        ("subject", "header:Subject:asText"),
        ("sentAt", "header:Date:asDate"),
    ] {
        let mail = opened(&lena, &world, json!([property, form])).await;
        assert_eq!(mail[property], mail[form], "{property}");
    }
}

#[tokio::test]
async fn rfc8621_4_1_2_a_field_that_neither_rfc_5322_nor_2369_defines_has_every_form() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    for form in ["asText", "asAddresses", "asGroupedAddresses", "asMessageIds", "asDate", "asURLs", "asRaw"] {
        let properties = [format!("header:List-Id:{form}"), format!("header:X-Schule:{form}")];
        let answer = lena.call("Email/get", json!({ "ids": [], "properties": properties })).await;
        assert_eq!(answer["list"], json!([]), "{answer}");
    }
}

#[tokio::test]
async fn rfc8621_4_2_a_form_that_is_forbidden_for_its_field_is_invalid() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    for property in [
        "header:From:asDate",
        "header:Subject:asAddresses",
        "header:Date:asText",
        "header:To:asMessageIds",
        "header:Received:asText",
        "header:List-Post:asText",
        "header:X:asNothing",
        "header:X:all:asText",
        "header:",
        "header:a b",
    ] {
        let error = lena.error("Email/get", json!({ "ids": [], "properties": [property] })).await;
        assert_eq!(error, "invalidArguments", "{property}");
        let error = lena.error("Email/parse", json!({ "blobIds": [], "bodyProperties": [property] })).await;
        assert_eq!(error, "invalidArguments", "{property}");
    }
}

#[tokio::test]
async fn rfc8621_4_1_4_parts_have_header_properties_too() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let id = lena.email("Information für die Eltern: Mensa").await["id"].clone();
    let arguments = json!({
        "ids": [id],
        "properties": ["attachments"],
        "bodyProperties": ["type", "header:Content-Type", "header:content-disposition:asText"],
    });
    let mail = lena.call("Email/get", arguments).await["list"][0].clone();
    let part = &mail["attachments"][0];
    assert!(part["header:Content-Type"].as_str().unwrap().contains("application/pdf"), "{part}");
    assert!(part["header:content-disposition:asText"].as_str().unwrap().starts_with("attachment"));
    assert_eq!(part.as_object().unwrap().len(), 3);
}
