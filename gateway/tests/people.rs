//! People come, forget passwords, are shut out and leave.

use axum::http::StatusCode;
use serde_json::{Value, json};
use tornister::backend::embedded::people::{Enrolment, NewPerson, Outcome, PeopleError, Standing};
use tornister_formats::{
    profile::{Password, Role},
    report::Report,
    roster,
};

use crate::common::{Client, LENA, World};

const MIA: &str = "mia.lange";

async fn add_mia(world: &World) -> Password {
    let mia = NewPerson {
        login: MIA.to_owned(),
        name: "Mia Lange".to_owned(),
        role: Role::Pupil,
        class: Some("7b".to_owned()),
    };
    world.embedded.add_person(&mia).await.unwrap()
}

async fn choose(client: &Client, old: &str, new: &str) -> crate::common::Answer {
    let body = json!({ "username": MIA, "password": old, "newPassword": new });
    client.post("/auth/password", &body).await
}

async fn standing(world: &World, login: &str) -> Option<Standing> {
    let people = world.embedded.people().await.unwrap();
    people.into_iter().find(|person| person.login == login).map(|person| person.standing)
}

#[tokio::test]
async fn a_first_password_is_good_for_choosing_one_and_for_nothing_else() {
    let world = World::new().await;
    let first = add_mia(&world).await;
    assert!(first.reveal().len() == 6 && first.reveal().bytes().all(|byte| byte.is_ascii_digit()));
    assert_eq!(standing(&world, MIA).await, Some(Standing::FirstPassword));

    let mut mia = world.browser();
    let answer = mia.try_login((MIA, first.reveal())).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert_eq!(answer.header("set-cookie"), "");
    assert_eq!(answer.json()["reason"], "newPasswordNeeded");
    assert_eq!(answer.json()["minLength"], 8);

    let answer = choose(&mia, first.reveal(), "lange").await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    let rules = json!(["length", "upperCase", "digit", "specialCharacter", "notTheName"]);
    assert_eq!(answer.json(), json!({ "reason": "weakPassword", "minLength": 8, "rules": rules }));

    let answer = choose(&mia, first.reveal(), "Kirsch-Kern-3").await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT);
    mia.cookie = answer.header("set-cookie").split(';').next().map(str::to_owned);
    assert_eq!(mia.get("/.well-known/jmap").await.status, StatusCode::OK);
    assert_eq!(standing(&world, MIA).await, Some(Standing::Open));

    let again = world.browser().try_login((MIA, first.reveal())).await;
    assert_eq!(again.status, StatusCode::UNAUTHORIZED, "the first password is used up");
}

#[tokio::test]
async fn who_is_added_has_the_folders_and_the_address_that_everybody_has() {
    let world = World::new().await;
    let first = add_mia(&world).await;
    choose(&world.browser(), first.reveal(), "Kirsch-Kern-3").await;
    let mia = world.login((MIA, "Kirsch-Kern-3")).await;
    for folder in ["Inbox", "Drafts", "Sent", "Archive", "Trash"] {
        mia.mailbox(folder).await;
    }
    let identities = mia.call("Identity/get", json!({ "ids": null })).await;
    assert_eq!(identities["list"][0]["email"], "mia.lange@testschule.example");
    let lessons = mia.call("Lesson/query", json!({ "calculateTotal": true })).await;
    assert_eq!(lessons["total"], 8, "her class's lessons");
}

#[tokio::test]
async fn a_new_password_logs_all_other_devices_out() {
    let world = World::new().await;
    let phone = world.login(LENA).await;
    let mut stolen = world.login(LENA).await;
    let body = json!({ "username": LENA.0, "password": LENA.1, "newPassword": "Biber-Bau-12" });
    let answer = phone.post("/auth/password", &body).await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT);
    for client in [&phone, &stolen] {
        assert_eq!(client.get("/.well-known/jmap").await.status, StatusCode::UNAUTHORIZED);
    }
    assert_eq!(stolen.try_login(LENA).await.status, StatusCode::UNAUTHORIZED);
    stolen.log_in((LENA.0, "Biber-Bau-12")).await;

    world.import().await;
    assert_eq!(
        stolen.get("/.well-known/jmap").await.status,
        StatusCode::OK,
        "an import takes nobody's own password away"
    );
    assert_eq!(world.browser().try_login(LENA).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn locking_ends_sessions_at_once_and_says_so_to_who_knows_the_password() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    world.embedded.set_locked(LENA.0, true).await.unwrap();
    assert_eq!(lena.get("/.well-known/jmap").await.status, StatusCode::UNAUTHORIZED);
    let browser = world.browser();
    let answer = browser.try_login(LENA).await;
    assert_eq!((answer.status, answer.json()), (StatusCode::FORBIDDEN, json!({ "reason": "locked" })));
    let guess = browser.try_login((LENA.0, "falsch")).await;
    assert_eq!(guess.json(), json!({ "reason": "wrongCredentials" }));

    world.embedded.set_locked(LENA.0, false).await.unwrap();
    world.login(LENA).await;
}

#[tokio::test]
async fn deleting_somebody_leaves_nothing_of_theirs() {
    let world = World::new().await;
    let lena = world.login(LENA).await;
    let blob = lena.email("Wandertag").await["blobId"].as_str().unwrap().to_owned();
    world.embedded.delete_person(LENA.0).await.unwrap();
    assert_eq!(lena.get("/.well-known/jmap").await.status, StatusCode::UNAUTHORIZED);
    let mut moment = world.database.read().await.unwrap();
    let tables: Vec<String> = sqlx::query_scalar("SELECT name FROM sqlite_schema WHERE type = 'table'")
        .fetch_all(&mut *moment)
        .await
        .unwrap();
    for table in tables {
        let columns: Vec<String> = sqlx::query_scalar("SELECT name FROM pragma_table_info(?1)")
            .bind(&table)
            .fetch_all(&mut *moment)
            .await
            .unwrap();
        for (column, value) in [("scope", format!("user:{}", LENA.0)), ("login", LENA.0.to_owned())] {
            // Only which numbers are forgotten is remembered: devices that come back start anew.
            if columns.iter().any(|name| name == column) && table != "compacted" {
                let query = format!("SELECT count(*) FROM {table} WHERE {column} = ?1");
                let query = sqlx::query_scalar(sqlx::AssertSqlSafe(query)).bind(value);
                let left: i64 = query.fetch_one(&mut *moment).await.unwrap();
                assert_eq!(left, 0, "{table}");
            }
        }
    }
    let bytes: i64 = sqlx::query_scalar("SELECT count(*) FROM blob WHERE id = ?1")
        .bind(blob)
        .fetch_one(&mut *moment)
        .await
        .unwrap();
    assert_eq!(bytes, 0);
}

#[tokio::test]
async fn a_wrong_login_is_answered_with_the_likely_one() {
    let world = World::new().await;
    let error = world.embedded.set_locked("lena.somer", true).await.unwrap_err();
    assert_eq!(error.to_string(), "nobody has the login lena.somer; did you mean lena.sommer?");
    let nobody =
        NewPerson { login: "a b".to_owned(), name: "A B".to_owned(), role: Role::Teacher, class: None };
    assert!(matches!(world.embedded.add_person(&nobody).await, Err(PeopleError::NoLogin(_))));
    add_mia(&world).await;
    let mia = NewPerson { login: MIA.to_owned(), role: Role::Teacher, ..nobody };
    assert!(matches!(world.embedded.add_person(&mia).await, Err(PeopleError::Exists(_))));
}

/// What became of each row of a list.
async fn enrolled(world: &World, list: &str) -> Vec<String> {
    let mut report = Report::default();
    let rows = roster::read(list.as_bytes(), "liste.csv", &mut report);
    assert_eq!(report.errors(), 0, "{report}");
    outcomes(&world.embedded.enrol(&rows, false).await.unwrap())
}

fn outcomes(enrolments: &[Enrolment]) -> Vec<String> {
    let said = enrolments.iter().map(|enrolment| match &enrolment.outcome {
        Outcome::Added(password) => format!("{} added {}", enrolment.login, password.is_some()),
        Outcome::Changed(before) => format!("{} was {before}", enrolment.login),
        Outcome::Unchanged => format!("{} unchanged", enrolment.login),
        Outcome::Refused(why) => format!("{} refused: {why}", enrolment.login),
    });
    said.collect()
}

#[tokio::test]
async fn a_namesake_in_another_class_is_not_taken_for_the_person() {
    let world = World::new().await;
    let class_5a = "Vorname;Nachname;Klasse\nLena;Sommer;5a\nTom;Blau;5a\n";
    let refused = "lena.sommer refused: lena.sommer is there already, in class 7b. Is it the same person, write \
                   lena.sommer into a column Benutzername; else a login of its own, such as lena.sommer2. The row \
                   is left out";
    assert_eq!(enrolled(&world, class_5a).await, [refused, "tom.blau added true"]);
    assert_eq!(enrolled(&world, class_5a).await, [refused, "tom.blau unchanged"]);

    // The second of a list is not the second of the school.
    let both = enrolled(&world, "Vorname;Nachname;Klasse\nLena;Sommer;5a\nLena;Sommer;7b\n").await;
    assert!(both[0].starts_with("lena.sommer refused: lena.sommer is there already"), "{both:?}");
    assert!(both[1].starts_with("lena.sommer2 refused: a row above may be another Lena Sommer"), "{both:?}");
    let teacher = enrolled(&world, "Vorname;Nachname;Rolle\nLena;Sommer;Lehrerin\n").await;
    assert!(teacher[0].starts_with("lena.sommer refused"), "{teacher:?}");

    let with_login = "Vorname;Nachname;Klasse;Benutzername\nLena;Sommer;5a;lena.sommer2\n";
    assert_eq!(enrolled(&world, with_login).await, ["lena.sommer2 added true"]);
    assert_eq!(enrolled(&world, with_login).await, ["lena.sommer2 unchanged"]);
    let school = "Vorname;Nachname;Klasse\nLena;Sommer;7b\nLena;Sommer;5a\n";
    assert_eq!(enrolled(&world, school).await, ["lena.sommer unchanged", "lena.sommer2 unchanged"]);
    let next_year = "Vorname;Nachname;Klasse;Benutzername\nLena;Sommer;8b;lena.sommer\n";
    assert_eq!(enrolled(&world, next_year).await, ["lena.sommer was Lena Sommer, 7b"]);
}

#[tokio::test]
async fn a_list_adds_who_is_missing_and_a_second_import_changes_nothing() {
    let world = World::new().await;
    let list = "Vorname;Nachname;Klasse;Benutzername\nMia;Lange;7b\nLena;Sommer;8b;lena.sommer\n\
                Tom;Ohneklasse;\nUte;Brandt;7b\n";
    let mut report = Report::default();
    let rows = roster::read(list.as_bytes(), "7b.csv", &mut report);
    assert_eq!(report.errors(), 1, "{report}");

    let dry = world.embedded.enrol(&rows, true).await.unwrap();
    let expected = ["mia.lange added false", "lena.sommer was Lena Sommer, 7b", "ute.brandt added false"];
    assert_eq!(outcomes(&dry), expected);
    assert_eq!(standing(&world, MIA).await, None, "a dry run adds nobody");

    let real = world.embedded.enrol(&rows, false).await.unwrap();
    let expected = ["mia.lange added true", "lena.sommer was Lena Sommer, 7b", "ute.brandt added true"];
    assert_eq!(outcomes(&real), expected);
    let Outcome::Added(Some(first)) = &real[0].outcome else { panic!("{real:?}") };
    assert_eq!(
        choose(&world.browser(), first.reveal(), "Kirsch-Kern-3").await.status,
        StatusCode::NO_CONTENT
    );
    let mia = world.login((MIA, "Kirsch-Kern-3")).await;

    let again = world.embedded.enrol(&rows, false).await.unwrap();
    assert!(outcomes(&again).iter().all(|said| said.ends_with("unchanged")), "{again:?}");
    world.import().await;
    let session: Value = mia.get("/.well-known/jmap").await.json();
    assert_eq!(session["username"], MIA, "an import of the folder leaves those who are not in its profile");
}
