//! What an administrator types, with the real program.

use std::{
    path::Path,
    process::{Command, Output},
    time::Duration,
};

use serde_json::{Value, json};

use crate::common::{JONAS, LENA, World};

/// The program on the world's database.
fn tornister(world: &World, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tornister"));
    command.args(arguments).arg("--database").arg(world.scratch().join("data/school.db"));
    command.output().unwrap()
}

fn said(output: &Output) -> String {
    let text = [output.stdout.as_slice(), output.stderr.as_slice()].concat();
    String::from_utf8(text).unwrap()
}

fn imported(world: &World, arguments: &[&str]) -> Value {
    let output = tornister(world, &[&["school", "import", "--json"], arguments].concat());
    assert!(output.status.success(), "{}", said(&output));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn write(path: &Path, text: &str) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

fn mail(subject: &str, text: &str) -> String {
    format!(
        "From: Ute <ute@testschule.example>\nSubject: {subject}\nDate: Mon, 14 Sep 2026 08:00:00 +0200\n\n{text}\n"
    )
}

#[tokio::test]
async fn mail_of_any_program_comes_in_and_a_second_time_moves_nothing() {
    let world = World::new().await;
    let folder = world.scratch().join("mails");
    write(
        &folder.join("Gesendet.mbox"),
        &format!(
            "From ute Mon Sep 14 08:00:00 2026\n{}\n>From here on it is quoted.\n\nFrom ute Mon Sep 14 09:00:00 2026\nno header here\n\nFrom ute Mon Sep 14 10:00:00 2026\n{}",
            mail("Erste", "Hallo"),
            mail("Zweite", "Hallo")
        ),
    );
    write(&folder.join("box/cur/1:2,SF"), &mail("Dritte", "gelesen"));
    write(&folder.join("box/new/2"), &mail("Vierte", "neu"));
    write(&folder.join("box/.Klassenfahrt/cur/3:2,"), &mail("Fünfte", "Berge"));
    std::fs::create_dir_all(folder.join("box/.Klassenfahrt/new")).unwrap();
    write(&folder.join("einzeln.eml"), &mail("Sechste", "allein"));
    write(&folder.join("halb.eml.part"), "Subject: unf");
    write(&folder.join("notes.docx"), "?");
    let folder = folder.to_str().unwrap();

    let report = imported(&world, &["--user", LENA.0, folder]);
    let findings = report["findings"].as_array().unwrap();
    let messages: Vec<_> = findings.iter().map(|finding| finding["message"].as_str().unwrap()).collect();
    assert!(messages.iter().any(|message| message.starts_with("mail 2: no mail")), "{messages:?}");
    assert!(messages.iter().any(|message| message.contains("neither mail")), "{messages:?}");
    assert_eq!(findings.len(), 2, "{messages:?}");
    assert_eq!(report["records"][format!("{folder}/box")], 3);

    let lena = world.login(LENA).await;
    for (subject, mailbox) in [
        ("Erste", "Sent"),
        ("Zweite", "Sent"),
        ("Dritte", "Inbox"),
        ("Fünfte", "Klassenfahrt"),
        ("Sechste", "Inbox"),
    ] {
        let id = lena.mailbox(mailbox).await["id"].as_str().unwrap().to_owned();
        assert_eq!(lena.email(subject).await["mailboxIds"], json!({ id: true }), "{subject}");
    }
    let third = lena.email("Dritte").await;
    assert_eq!(third["keywords"], json!({ "$seen": true, "$flagged": true }));

    let state = lena.state("Email").await;
    assert_eq!(imported(&world, &["--user", LENA.0, folder])["changed"], 0);
    assert_eq!(lena.state("Email").await, state);
    world.import().await;
    lena.email("Vierte").await;
}

#[tokio::test]
async fn a_class_gets_its_mail_and_homework_and_so_does_who_comes_later() {
    let world = World::new().await;
    let file = world.scratch().join("extra.ics");
    write(
        &file,
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VTODO\r\nUID:h1\r\nSUMMARY:Vokabeln\r\nDUE;VALUE=DATE:20260916\r\nEND:VTODO\r\nEND:VCALENDAR\r\n",
    );
    imported(&world, &["--class", "7b", file.to_str().unwrap()]);
    let has = async |who: (&str, &str)| {
        let tasks = world.login(who).await.call("Task/get", json!({ "ids": null })).await;
        tasks["list"].as_array().unwrap().iter().any(|task| task["title"] == "Vokabeln")
    };
    assert!(has(LENA).await);
    assert!(!has(JONAS).await, "he is in 5a");

    let output = tornister(&world, &["user", "add", "mia.lange", "--name", "Mia Lange", "--class", "7b"]);
    let said = said(&output);
    let first = said.trim().rsplit(' ').next().unwrap().to_owned();
    let body = json!({ "username": "mia.lange", "password": first, "newPassword": "Kirsch-Kern-3" });
    world.browser().post("/auth/password", &body).await;
    assert!(has(("mia.lange", "Kirsch-Kern-3")).await);
    world.import().await;
    assert!(has(LENA).await, "the folder's import leaves what came from elsewhere");
}

#[tokio::test]
async fn the_changes_of_the_day_are_laid_over_the_plan_that_is_there() {
    let world = World::new().await;
    let file = world.scratch().join("GPU014.TXT");
    write(
        &file,
        "1,20260914,1,0,1,\"Kra\",,\"M\",,,,,,,\"7b\",\"Krank\",\"fällt aus\",1,,\"C\",202609161200\n",
    );
    let lena = world.login(LENA).await;
    let before = lena.call("Lesson/get", json!({ "ids": null })).await;
    imported(&world, &[file.to_str().unwrap()]);
    let after = lena.call("Lesson/get", json!({ "ids": null })).await;
    assert_ne!(before["state"], after["state"]);
    assert_eq!(
        before["list"].as_array().unwrap().len(),
        after["list"].as_array().unwrap().len(),
        "the plan is kept"
    );
    assert_eq!(imported(&world, &[file.to_str().unwrap()])["changed"], 0);
    world.database.close().await;
    let bytes = std::fs::read(world.scratch().join("data/school.db")).unwrap();
    assert!(!bytes.windows(5).any(|window| window == b"Krank"), "reasons of absences are not kept");
}

#[tokio::test]
async fn a_watched_folder_is_read_when_what_is_written_rests() {
    let world = World::new().await;
    let folder = world.scratch().join("live");
    write(&folder.join("eins.eml"), &mail("Live eins", "a"));
    let mut command = Command::new(env!("CARGO_BIN_EXE_tornister"));
    command.args(["school", "import", "--watch", "--user", LENA.0]).arg(&folder);
    command.arg("--database").arg(world.scratch().join("data/school.db"));
    let mut watching = command.stdout(std::process::Stdio::null()).spawn().unwrap();
    let lena = world.login(LENA).await;
    let has = async |subject: &str| {
        for _ in 0..600 {
            let filter = json!({ "filter": { "subject": subject } });
            let found = lena.call("Email/query", filter).await;
            if found["ids"].as_array().unwrap().len() == 1 {
                return true;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        false
    };
    assert!(has("eins").await);
    write(&folder.join("zwei.eml"), &mail("Live zwei", "b"));
    assert!(has("zwei").await);
    rustix::process::kill_process(rustix::process::Pid::from_child(&watching), rustix::process::Signal::TERM)
        .unwrap();
    assert!(watching.wait().unwrap().success());
}

#[tokio::test]
async fn what_cannot_be_done_is_said_with_a_remedy() {
    let world = World::new().await;
    let ics = world.file("calendar/termine.ics");
    let ics = ics.to_str().unwrap();
    for (arguments, words) in [
        (&["school", "import", "--class", "9z", ics][..], "nobody is in class 9z"),
        (&["school", "import", "--user", "lena.somer", ics], "did you mean lena.sommer?"),
        (&["school", "import", "nowhere"], "cannot read nowhere"),
        (&["user", "delete", "lena.sommer"], "add --yes"),
        (&["user", "add", "lena.sommer", "--name", "Lena"], "without a class"),
    ] {
        let output = tornister(&world, arguments);
        assert!(!output.status.success(), "{arguments:?}");
        assert!(said(&output).contains(words), "{arguments:?}: {}", said(&output));
    }
}
