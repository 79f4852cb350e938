//! §3: who somebody is among the participants.

use serde_json::json;

use crate::common::{LENA, World};

#[tokio::test]
async fn calendars_3_everybody_has_one_identity_by_the_own_address() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let all = lena.all("ParticipantIdentity").await;
    assert_eq!(all.len(), 1);
    let own = &all[0];
    let address = "mailto:lena.sommer@testschule.example";
    assert_eq!([&own["name"], &own["scheduleId"]], [&json!("Lena Sommer"), &json!(address)]);
    assert_eq!(own["sendTo"], json!({ "imip": address }));
    assert_eq!(own["isDefault"], true);
    let id = own["id"].as_str().unwrap();
    assert_eq!(lena.update("ParticipantIdentity", id, json!({ "name": "Leni" })).await, None);
    let moved = lena.update("ParticipantIdentity", id, json!({ "scheduleId": "mailto:x@y.example" })).await;
    assert_eq!(moved.as_deref(), Some("invalidProperties"));
    assert_eq!(lena.destroy("ParticipantIdentity", id).await.as_deref(), Some("forbidden"));
    assert_eq!(world.import().await, 0);
    assert_eq!(lena.all("ParticipantIdentity").await[0]["name"], "Leni");
}

#[tokio::test]
async fn calendars_3_3_nobody_takes_another_s_address_and_one_identity_is_the_default() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let since = lena.state("ParticipantIdentity").await;
    let other = json!({ "scheduleId": "mailto:jonas.sommer@testschule.example" });
    assert_eq!(lena.refused("ParticipantIdentity", other).await["type"], "forbidden");
    let address = "mailto:lena.sommer@testschule.example";
    let broken = json!({ "scheduleId": address, "sendTo": { "im-ip": address } });
    assert_eq!(lena.refused("ParticipantIdentity", broken).await["properties"], json!(["sendTo"]));

    let create = json!({ "k": { "scheduleId": address, "name": "Klassensprecherin" } });
    let arguments = json!({ "create": create, "onSuccessSetIsDefault": "#k" });
    let set = lena.call("ParticipantIdentity/set", arguments).await;
    assert_eq!(set["created"]["k"]["isDefault"], true);
    let all = lena.all("ParticipantIdentity").await;
    assert_eq!(all.iter().filter(|identity| identity["isDefault"] == true).count(), 1);
    let changes = lena.call("ParticipantIdentity/changes", json!({ "sinceState": since })).await;
    assert_eq!(changes["created"].as_array().unwrap().len(), 1);
    assert_eq!(changes["updated"].as_array().unwrap().len(), 1);
    let id = set["created"]["k"]["id"].as_str().unwrap();
    assert_eq!(lena.destroy("ParticipantIdentity", id).await, None);
}

#[tokio::test]
async fn rfc8620_5_3_a_path_reaches_into_an_identity_and_null_brings_defaults_back() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let address = "mailto:lena.sommer@testschule.example";
    let identity = json!({ "scheduleId": address, "name": "Klassensprecherin" });
    let id = lena.create("ParticipantIdentity", identity).await;
    let patch = json!({ "name": null, "sendTo/other": "https://x.example", "sendTo/imip": null });
    assert_eq!(lena.update("ParticipantIdentity", &id, patch).await, None);
    let now = lena.object("ParticipantIdentity", &id, json!(["name", "sendTo"])).await;
    assert_eq!(now, json!({ "id": id, "name": "", "sendTo": { "other": "https://x.example" } }));
    assert_eq!(lena.update("ParticipantIdentity", &id, json!({ "sendTo": null })).await, None);
    let now = lena.object("ParticipantIdentity", &id, json!(["sendTo"])).await;
    assert_eq!(now["sendTo"], json!({ "imip": address }));
    for (patch, kind) in [
        (json!({ "sendTo/im-ip": address }), "invalidProperties"),
        (json!({ "sendTo/imip": 7 }), "invalidProperties"),
        (json!({ "sendTo/imip/more": address }), "invalidPatch"),
    ] {
        let refused = lena.update("ParticipantIdentity", &id, patch.clone()).await;
        assert_eq!(refused.as_deref(), Some(kind), "{patch}");
    }
}
