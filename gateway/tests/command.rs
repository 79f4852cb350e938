//! What an administrator types, with the real program.

use std::{
    fs::File,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Child, Command, Output},
    time::Duration,
};

use axum::http::StatusCode;
use rustix::process::{Pid, Signal, kill_process};
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

/// A folder that is watched, by the real program.
struct Watching {
    program: Child,
    /// The file that holds all it says.
    said: PathBuf,
}

impl Watching {
    /// Mail in the folder is for this login.
    fn start(world: &World, login: &str, folder: &Path) -> Self {
        let said = world.scratch().join("said");
        let file = File::create(&said).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_tornister"));
        command.args(["school", "import", "--watch", "--user", login]).arg(folder);
        command.arg("--database").arg(world.scratch().join("data/school.db"));
        command.stdout(file.try_clone().unwrap()).stderr(file);
        Self { program: command.spawn().unwrap(), said }
    }

    fn said(&self) -> String {
        std::fs::read_to_string(&self.said).unwrap()
    }

    /// Waits until it has said this.
    async fn says(&self, words: &str) {
        for _ in 0..600 {
            if self.said().contains(words) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("\"{words}\" was never said: {}", self.said());
    }

    /// Asks it to stop; answers all it said.
    fn stop(mut self) -> String {
        kill_process(Pid::from_child(&self.program), Signal::TERM).unwrap();
        assert!(self.program.wait().unwrap().success());
        self.said()
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        // It has ended already where the test went well.
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
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
    let watching = Watching::start(&world, LENA.0, &folder);
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
    watching.stop();
}

#[tokio::test]
async fn a_half_written_file_is_waited_for() {
    let world = World::new().await;
    let folder = world.scratch().join("live");
    write(&folder.join("eins.eml"), &mail("Live eins", "a"));
    let watching = Watching::start(&world, LENA.0, &folder);
    watching.says("eins.eml: 1 read").await;
    let text = format!(
        "Subject: Live drei\nDate: Mon, 14 Sep 2026 08:00:00 +0200\nMIME-Version: 1.0\n\
         Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\n{}\n--b--\n",
        "Zeile\n".repeat(1000)
    );
    let mut file = File::create(folder.join("drei.eml")).unwrap();
    for piece in text.as_bytes().chunks(text.len() / 6 + 1) {
        file.write_all(piece).unwrap();
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
    watching.says("drei.eml: 1 read").await;
    let said = watching.stop();
    assert!(!said.contains("drei.eml: warning") && !said.contains("drei.eml: error"), "{said}");
    let lena = world.login(LENA).await;
    let ids = lena.query("Email", json!({ "filter": { "subject": "drei" } })).await;
    assert_eq!(ids.len(), 1, "no part of it was taken for a mail");
    assert_eq!(lena.object("Email", &ids[0], json!(["size"])).await["size"], text.len());
}

#[tokio::test]
async fn a_watched_import_that_failed_is_tried_again_and_told_once() {
    let world = World::new().await;
    let folder = world.scratch().join("live");
    write(&folder.join("eins.eml"), &mail("Live eins", "a"));
    let watching = Watching::start(&world, "mia.lange", &folder);
    watching.says("nobody has the login mia.lange").await;
    // Hidden files are not imported, but make it look again.
    for name in [".eins", ".zwei"] {
        write(&folder.join(name), "");
        tokio::time::sleep(Duration::from_millis(1500)).await;
    }
    let output = tornister(&world, &["user", "add", "mia.lange", "--name", "Mia Lange", "--class", "7b"]);
    assert!(output.status.success(), "{}", said(&output));
    write(&folder.join(".drei"), "");
    watching.says("eins.eml: 1 read").await;
    let said = watching.stop();
    assert_eq!(said.matches("nobody has the login mia.lange").count(), 1, "{said}");
}

#[tokio::test]
async fn a_path_that_cannot_be_imported_costs_the_others_nothing() {
    let world = World::new().await;
    let changes = world.scratch().join("GPU014.TXT");
    write(&changes, "1,20260914,1,0,1,\"Kra\",,\"M\",,,,,,,\"7b\",,\"fällt aus\",1,,\"C\",202609161200\n");
    let broken = world.scratch().join("broken");
    write(&broken.join("school.toml"), "name = ");
    let single = world.scratch().join("eins.eml");
    write(&single, &mail("Eins", "a"));
    let [changes, broken, single] = [&changes, &broken, &single].map(|path| path.to_str().unwrap());

    let paths = [changes, "nowhere", broken, single];
    let output = tornister(&world, &[&["school", "import", "--json"][..], &paths].concat());
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let findings = report["findings"].as_array().unwrap();
    let errors = findings.iter().filter(|finding| finding["severity"] == "error");
    let errors: Vec<_> = errors.map(|finding| finding["path"].as_str().unwrap()).collect();
    assert_eq!(errors, ["nowhere", broken], "{report}");
    assert_eq!(report["records"][single], 1);
    assert!(said(&output).contains("2 of the paths and schools could not be imported"), "{}", said(&output));
    let lena = world.login(LENA).await;
    lena.email("Eins").await;
    let lessons = lena.all("Lesson").await;
    let texts: Vec<String> = lessons.iter().map(|lesson| lesson["change"].to_string()).collect();
    assert!(texts.iter().any(|text| text.contains("fällt aus")), "{texts:?}");

    let output = tornister(&world, &["school", "import", "--json", "nowhere"]);
    assert_eq!(output.status.code(), Some(1));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&report["changed"], &report["findings"][0]["path"]), (&json!(0), &json!("nowhere")));
}

#[tokio::test]
async fn links_in_a_circle_are_named_and_not_followed() {
    let world = World::new().await;
    let folder = world.scratch().join("mails");
    write(&folder.join("eins.eml"), &mail("Eins", "a"));
    for link in ["kreis", "runde"] {
        std::os::unix::fs::symlink(&folder, folder.join(link)).unwrap();
    }
    let report = imported(&world, &["--user", LENA.0, folder.to_str().unwrap()]);
    let findings = report["findings"].as_array().unwrap();
    let messages: Vec<_> = findings.iter().map(|finding| finding["message"].as_str().unwrap()).collect();
    assert_eq!(messages, ["a link back to a folder around it; not read"; 2]);
    assert_eq!(report["records"].as_object().unwrap().len(), 1, "{report}");
}

#[tokio::test]
async fn a_forgotten_password_and_a_lock_are_seen_to() {
    let world = World::new().await;
    let phone = world.login(LENA).await;
    let done = |command: &str| {
        let output = tornister(&world, &["user", command, "Lena.Sommer"]);
        assert_eq!(output.status.code(), Some(0), "{}", said(&output));
        String::from_utf8(output.stdout).unwrap()
    };
    let stdout = done("password");
    let first = stdout.strip_prefix("lena.sommer: first password ");
    let first = first.and_then(|rest| rest.strip_suffix("; all devices are logged out\n")).unwrap();
    assert!(first.len() == 6 && first.bytes().all(|byte| byte.is_ascii_digit()), "{stdout}");
    assert_eq!(phone.get("/.well-known/jmap").await.status, StatusCode::UNAUTHORIZED);
    let reason = async || world.browser().try_login((LENA.0, first)).await.json()["reason"].clone();
    assert_eq!(reason().await, "newPasswordNeeded");

    assert_eq!(done("lock"), "lena.sommer: locked; all devices are logged out\n");
    assert_eq!(reason().await, "locked");
    assert_eq!(done("unlock"), "lena.sommer: unlocked\n");
    assert_eq!(reason().await, "newPasswordNeeded");

    for command in ["password", "lock", "unlock"] {
        let output = tornister(&world, &["user", command, "lena.somer"]);
        assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0));
        assert!(said(&output).contains("did you mean lena.sommer?"), "{}", said(&output));
    }
}

#[tokio::test]
async fn a_list_of_people_is_answered_row_by_row() {
    let world = World::new().await;
    let list = world.scratch().join("7b.csv");
    let path = list.to_str().unwrap();
    let heading = "Vorname;Nachname;Klasse\nMia;Lange;7b\n";
    let import = |options: &[&str]| {
        let output = tornister(&world, &[&["user", "import", path], options].concat());
        (output.status.code(), String::from_utf8(output.stdout).unwrap())
    };
    write(&list, &format!("{heading}Tom;Ohneklasse;\n"));
    let (code, stdout) = import(&["--dry-run"]);
    let lines: Vec<&str> = stdout.lines().collect();
    assert_eq!(lines[0], format!("{path}:2: mia.lange: would be added"));
    assert!(lines[1].starts_with(&format!("{path}:3: error: Tom Ohneklasse has no class")), "{stdout}");
    assert_eq!(lines[2..], ["1 people read, 1 would be added, 0 would be changed"]);
    assert_eq!(code, Some(1));

    write(&list, heading);
    let (code, stdout) = import(&[]);
    assert_eq!(code, Some(0), "{stdout}");
    let first = stdout.lines().next().unwrap();
    let first = first.strip_prefix(&format!("{path}:2: mia.lange: added; first password ")).unwrap();
    assert!(first.len() == 6 && first.bytes().all(|byte| byte.is_ascii_digit()), "{stdout}");
    assert!(stdout.ends_with("\n1 people read, 1 added, 0 changed\n"), "{stdout}");
    let again = format!("{path}:2: mia.lange: unchanged\n1 people read, 0 added, 0 changed\n");
    assert_eq!(import(&[]), (Some(0), again));
}

#[tokio::test]
async fn a_list_with_a_namesake_names_its_line_and_fails() {
    let world = World::new().await;
    let list = world.scratch().join("klasse-5a.csv");
    write(&list, "Vorname;Nachname;Klasse\nTom;Blau;5a\nLena;Sommer;5a\n");
    let path = list.to_str().unwrap();
    let output = tornister(&world, &["user", "import", path]);
    assert_eq!(output.status.code(), Some(1));
    let text = said(&output);
    assert!(text.contains(&format!("{path}:2: tom.blau: added; first password ")), "{text}");
    assert!(text.contains(&format!("{path}:3: error: lena.sommer is there already, in class 7b.")), "{text}");
    let listed = said(&tornister(&world, &["user", "list", "--class", "7b"]));
    assert!(listed.contains("lena.sommer"), "she stays where she is: {listed}");
}

#[tokio::test]
async fn what_cannot_be_done_is_said_with_a_remedy() {
    let world = World::new().await;
    let ics = world.file("calendar/termine.ics");
    let ics = ics.to_str().unwrap();
    for (arguments, words) in [
        (&["school", "import", "--class", "9z", ics][..], "nobody is in class 9z"),
        (&["school", "import", "--user", "lena.somer", ics], "did you mean lena.sommer?"),
        (&["school", "import", "nowhere"], "nowhere: error: cannot be read"),
        (&["user", "delete", "lena.sommer"], "add --yes"),
        (&["user", "add", "lena.sommer", "--name", "Lena"], "without a class"),
    ] {
        let output = tornister(&world, arguments);
        assert!(!output.status.success(), "{arguments:?}");
        assert!(said(&output).contains(words), "{arguments:?}: {}", said(&output));
    }
}
