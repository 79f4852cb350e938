//! What the one teacher who runs the server relies on, with the real program on real sockets.

use std::{
    fs::Permissions,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    os::unix::{
        fs::{MetadataExt as _, PermissionsExt as _, chown, symlink},
        process::CommandExt as _,
    },
    path::{Path, PathBuf},
    process::{Child, ChildStderr, Command, Stdio},
    sync::Arc,
    time::Duration,
};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::json;
use sqlx::{Connection as _, SqliteConnection};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio_rustls::{
    TlsConnector,
    rustls::{
        ClientConfig, ClientConnection, RootCertStore, StreamOwned,
        crypto::ring,
        pki_types::{CertificateDer, ServerName, pem::PemObject as _},
    },
};
use tornister::{
    http::{
        server::{self, Patience},
        tls::{Tls, TlsFiles},
    },
    operation::lock::Lock,
};

fn school() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/school")
}

fn tornister(arguments: &[&str], database: &Path) -> std::process::Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tornister"));
    command.args(arguments).arg("--database").arg(database).output().unwrap()
}

fn said(output: &std::process::Output) -> String {
    String::from_utf8([output.stdout.as_slice(), output.stderr.as_slice()].concat()).unwrap()
}

/// The command was refused, with these words.
fn refused(output: &std::process::Output, words: &str) {
    assert!(!output.status.success() && said(output).contains(words), "{}", said(output));
}

/// A running gateway.
struct Server {
    process: Child,
    address: String,
    log: Option<std::thread::JoinHandle<String>>,
}

impl Server {
    fn start(home: &Path, configuration: &str, log: &str) -> Self {
        let config = home.join("tornister.toml");
        std::fs::write(
            &config,
            format!("listen = \"127.0.0.1:0\"\ndatabase = \"school.db\"\n{configuration}"),
        )
        .unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_tornister"));
        command.args(["serve", "--log", "json", "--config"]).arg(&config).env("RUST_LOG", log);
        let mut process = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut log: ChildStderr = process.stderr.take().unwrap();
        let log = std::thread::spawn(move || {
            let mut text = String::new();
            log.read_to_string(&mut text).unwrap();
            text
        });
        let mut line = String::new();
        BufReader::new(process.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().rsplit("//").next().unwrap().to_owned();
        assert!(line.starts_with("listening on "), "{line}");
        Self { process, address, log: Some(log) }
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        stream
    }

    /// Sends a request on a connection of its own and reads the whole answer.
    fn ask(&self, head: &str, body: &str) -> String {
        talk(&mut self.connect(), head, body)
    }

    fn log_in(&self, username: &str, password: &str) -> String {
        let body = json!({ "username": username, "password": password }).to_string();
        let answer = self.ask("POST /auth/login HTTP/1.1\r\nContent-Type: application/json", &body);
        let cookie = answer.lines().find_map(|line| line.strip_prefix("set-cookie: "));
        cookie.unwrap_or_else(|| panic!("{answer}")).split(';').next().unwrap().to_owned()
    }

    /// Asks it to stop; answers whether it ended well, and its log.
    fn stop(&mut self) -> (bool, String) {
        kill_process(Pid::from_child(&self.process), Signal::TERM).unwrap();
        let status = self.process.wait().unwrap();
        (status.success(), self.log.take().unwrap().join().unwrap())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // One that has ended cannot be killed.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn talk(stream: &mut (impl std::io::Read + std::io::Write), head: &str, body: &str) -> String {
    let request = format!(
        "{head}\r\nHost: school.test\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

fn imported() -> (TempDir, PathBuf) {
    let home = tempfile::tempdir().unwrap();
    let database = home.path().join("school.db");
    let output = tornister(&["school", "import", school().to_str().unwrap()], &database);
    assert!(output.status.success(), "{}", said(&output));
    (home, database)
}

/// As [`imported`], with a backup of it.
fn saved() -> (TempDir, PathBuf, PathBuf) {
    let (home, database) = imported();
    let saved = home.path().join("saved.db");
    let output = tornister(&["backup", saved.to_str().unwrap()], &database);
    assert!(output.status.success(), "{}", said(&output));
    (home, database, saved)
}

/// Restores a backup, which has to succeed; answers what was said.
fn restored(saved: &Path, database: &Path) -> String {
    let output = tornister(&["restore", saved.to_str().unwrap()], database);
    assert!(output.status.success(), "{}", said(&output));
    said(&output)
}

#[test]
fn a_backup_of_a_served_school_brings_everything_back() {
    let (home, database) = imported();
    let mut server = Server::start(home.path(), "", "info");
    let saved = home.path().join("saved.db");
    let file = saved.to_str().unwrap();
    let output = tornister(&["backup", file], &database);
    assert!(output.status.success(), "{}", said(&output));
    assert!(tornister(&["user", "delete", "lena.sommer", "--yes"], &database).status.success());

    refused(&tornister(&["restore", file], &database), "stop it first");
    assert!(server.stop().0);
    restored(&saved, &database);

    let server = Server::start(home.path(), "", "info");
    let cookie = server.log_in("lena.sommer", "Eichhorn-7");
    let session = server.ask(&format!("GET /.well-known/jmap HTTP/1.1\r\nCookie: {cookie}"), "");
    assert!(session.contains("Lena Sommer"), "{session}");
}

#[tokio::test]
async fn a_backup_of_a_newer_version_is_left_to_that_version() {
    let (_home, database, saved) = saved();
    let before = std::fs::read(&database).unwrap();
    let mut newer = SqliteConnection::connect(saved.to_str().unwrap()).await.unwrap();
    sqlx::query(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
         VALUES (999999, 'from the future', 1, x'00', 0)",
    )
    .execute(&mut newer)
    .await
    .unwrap();
    newer.close().await.unwrap();
    let restore = tornister(&["restore", saved.to_str().unwrap()], &database);
    refused(&restore, "was made by a newer tornister");
    assert_eq!(std::fs::read(&database).unwrap(), before);
    // The same of a database that is served: nothing is changed in it.
    refused(&tornister(&["user", "list"], &saved), "newer tornister");
}

#[test]
fn what_is_no_backup_is_not_restored() {
    let (home, database) = imported();
    let before = std::fs::read(&database).unwrap();
    let junk = home.path().join("junk.db");
    std::fs::write(&junk, vec![7; 100_000]).unwrap();
    refused(&tornister(&["restore", junk.to_str().unwrap()], &database), "no backup that can be used");
    refused(&tornister(&["restore", "missing.db"], &database), "there is no file missing.db");
    assert_eq!(std::fs::read(&database).unwrap(), before);
}

#[test]
fn a_damaged_database_is_replaced_and_kept() {
    let (home, database, saved) = saved();
    let whole = std::fs::read(&database).unwrap();
    let without_header = [&[7_u8; 100][..], &whole[100..]].concat();
    let half = whole[..whole.len() / 2].to_vec();
    for (damaged, kept) in [(without_header, "before-restore"), (half, "before-restore-2")] {
        std::fs::write(&database, &damaged).unwrap();
        assert!(restored(&saved, &database).contains(kept));
        let kept = home.path().join(format!("school.db.{kept}"));
        assert!(std::fs::read(&kept).unwrap() == damaged, "{}", kept.display());
        let listed = tornister(&["user", "list"], &database);
        assert!(said(&listed).contains("lena.sommer"), "{}", said(&listed));
    }
}

#[tokio::test]
async fn a_log_that_cannot_be_emptied_is_kept_with_its_database() {
    let (home, database, saved) = saved();
    // Another program reads, so what is written from now on stays in the log.
    let mut reading = SqliteConnection::connect(database.to_str().unwrap()).await.unwrap();
    sqlx::query("BEGIN").execute(&mut reading).await.unwrap();
    let people: i64 =
        sqlx::query_scalar("SELECT count(*) FROM person").fetch_one(&mut reading).await.unwrap();
    assert!(people > 0);
    let add = ["user", "add", "mia.lange", "--name", "Mia Lange", "--class", "7b"];
    assert!(tornister(&add, &database).status.success());

    restored(&saved, &database);
    let kept = tornister(&["user", "list"], &home.path().join("school.db.before-restore"));
    assert!(said(&kept).contains("mia.lange"), "{}", said(&kept));
    let now = tornister(&["user", "list"], &database);
    assert!(said(&now).contains("lena.sommer") && !said(&now).contains("mia.lange"), "{}", said(&now));
    reading.close().await.unwrap();
}

#[test]
fn every_restore_keeps_what_was_there_before() {
    let (home, database, saved) = saved();
    restored(&saved, &database);
    let first = home.path().join("school.db.before-restore");
    let original = std::fs::read(&first).unwrap();
    for number in 2..4 {
        let name = format!("school.db.before-restore-{number}");
        assert!(restored(&saved, &database).contains(&name));
        assert!(home.path().join(name).exists());
    }
    assert!(std::fs::read(&first).unwrap() == original, "the first is as it was");
}

#[test]
fn what_root_restores_belongs_to_whom_it_belonged() {
    let (home, database, saved) = saved();
    // Nobody but root can give files away, nor need they.
    if chown(&database, Some(4242), Some(4243)).is_err() {
        return;
    }
    std::fs::set_permissions(&saved, Permissions::from_mode(0o644)).unwrap();
    restored(&saved, &database);
    let file = std::fs::metadata(&database).unwrap();
    assert_eq!((file.uid(), file.gid(), file.mode() & 0o777), (4242, 4243, 0o600));

    let empty = home.path().join("empty");
    std::fs::create_dir(&empty).unwrap();
    chown(&empty, Some(4242), Some(4243)).unwrap();
    restored(&saved, &empty.join("school.db"));
    let files: Vec<_> = std::fs::read_dir(&empty).unwrap().map(|entry| entry.unwrap()).collect();
    assert_eq!(files.len(), 3, "the database and its locks: {files:?}");
    for file in files {
        assert_eq!(file.metadata().unwrap().uid(), 4242, "{file:?}");
    }
}

#[test]
fn who_may_not_give_the_restored_file_away_is_told() {
    let (home, _database, saved) = saved();
    std::fs::set_permissions(home.path(), Permissions::from_mode(0o777)).unwrap();
    std::fs::set_permissions(&saved, Permissions::from_mode(0o644)).unwrap();
    let folder = std::fs::metadata(home.path()).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_tornister"));
    command.uid(4242).gid(4243).arg("restore").arg(&saved);
    // Nobody but root can run programs as somebody else, and only where everybody can read them.
    let Ok(output) = command.arg("--database").arg(home.path().join("other.db")).output() else { return };
    assert!(output.status.success(), "{}", said(&output));
    let remedy = format!("run `chown {}:{} ", folder.uid(), folder.gid());
    assert!(said(&output).contains(&remedy), "{}", said(&output));
}

#[test]
fn nothing_is_restored_while_a_command_has_the_database_open() {
    let (_home, database, saved) = saved();
    let mut command = Command::new(env!("CARGO_BIN_EXE_tornister"));
    command.args(["school", "import", "--watch"]).arg(school()).arg("--database").arg(&database);
    let mut watching = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(watching.stdout.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap().ends_with("objects changed")));
    let restore = tornister(&["restore", saved.to_str().unwrap()], &database);
    kill_process(Pid::from_child(&watching), Signal::TERM).unwrap();
    watching.wait().unwrap();
    refused(&restore, "school.db open, such as `tornister school import --watch`; wait for its end");
    restored(&saved, &database);

    // A backup is made from the database, too, and a command begins while it is replaced.
    let reading = Lock::share(&database).unwrap();
    assert!(tornister(&["backup", saved.to_str().unwrap()], &database).status.success());
    assert!(Lock::replace(&database).is_err());
    drop(reading);
    let replacing = Lock::replace(&database).unwrap();
    let serve: &[&str] = &["serve", "--listen", "127.0.0.1:0"];
    for command in [serve, &["user", "list"], &["backup", saved.to_str().unwrap()]] {
        refused(&tornister(command, &database), "a backup is being put in the place");
    }
    drop(replacing);
    assert!(tornister(&["user", "list"], &database).status.success());
}

#[test]
fn a_backup_does_not_replace_the_database_that_it_saves() {
    let (home, database) = imported();
    let before = std::fs::read(&database).unwrap();
    std::fs::create_dir(home.path().join("folder")).unwrap();
    symlink(&database, home.path().join("link.db")).unwrap();
    let check = |file: &str, database: &Path| {
        let output = tornister(&["backup", home.path().join(file).to_str().unwrap()], database);
        refused(&output, &format!("{file} is the database's own; give"));
        assert!(std::fs::read(database).unwrap() == before, "{file}");
    };
    let ends = ["", "-wal", "-shm", "-journal", ".lock", ".open.lock", ".part"];
    ends.iter().for_each(|end| check(&format!("school.db{end}"), &database));
    check("folder/../school.db", &database);
    check("link.db", &database);
    check("school.db", &home.path().join("link.db"));
    // What is written first has a name of its own.
    let part = home.path().join("school.part");
    std::fs::rename(&database, &part).unwrap();
    check("school", &part);
}

#[test]
fn commands_that_need_a_database_make_none() {
    let home = tempfile::tempdir().unwrap();
    let database = home.path().join("elsewhere/school.db");
    let add = ["user", "add", "mia.lange", "--name", "Mia Lange", "--class", "7b"];
    let commands: [&[&str]; 3] = [&["user", "list"], &["token", "list", "lena.sommer"], &add];
    for command in commands {
        let output = tornister(command, &database);
        refused(&output, &format!("there is no database {}; name the right one", database.display()));
    }
    assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), 0);
}

#[test]
fn the_documented_commands_save_and_restore_the_server_s_database() {
    let documentation = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/operations.md");
    let text = std::fs::read_to_string(documentation).unwrap();
    for command in ["tornister backup", "tornister restore"] {
        let line = text.lines().find(|line| line.trim_start().starts_with(command)).unwrap();
        assert!(line.contains("--config /etc/tornister/tornister.toml"), "{line}");
    }
    let folder = "    install -d -o tornister -g tornister -m 0700 /var/backups/tornister\n";
    assert!(text.contains(folder), "nobody else makes the folder of the backups");
}

#[test]
fn the_doctor_names_what_is_wrong_and_what_to_do() {
    let (home, database) = imported();
    let healthy = tornister(&["doctor"], &database);
    assert!(healthy.status.success(), "{}", said(&healthy));
    for line in ["ok       database: whole", "ok       permissions:", "ok       school: Testschule am Bach"] {
        assert!(said(&healthy).contains(line), "{}", said(&healthy));
    }
    let nowhere = tornister(&["doctor"], &home.path().join("elsewhere.db"));
    refused(&nowhere, "error    database: there is no");

    let bytes = std::fs::read(&database).unwrap();
    std::fs::write(&database, [&bytes[..8192], &vec![7; bytes.len() - 8192]].concat()).unwrap();
    refused(&tornister(&["doctor"], &database), "tornister restore FILE");
}

#[test]
fn stopping_ends_event_streams_and_the_process_ends_well() {
    let (home, _database) = imported();
    let mut server = Server::start(home.path(), "", "info");
    let cookie = server.log_in("lena.sommer", "Eichhorn-7");
    let mut stream = server.connect();
    let request = format!(
        "GET /jmap/events?types=*&closeafter=no&ping=300 HTTP/1.1\r\nHost: school.test\r\nCookie: {cookie}\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut head = [0; 12];
    stream.read_exact(&mut head).unwrap();
    assert_eq!(&head, b"HTTP/1.1 200");
    assert!(server.stop().0, "exit code 0");
    let mut rest = Vec::new();
    stream.read_to_end(&mut rest).unwrap();
    assert!(rest.ends_with(b"0\r\n\r\n"), "the stream ended as streams do");
}

#[test]
fn a_second_server_of_one_database_is_refused() {
    let (home, database) = imported();
    let _server = Server::start(home.path(), "", "info");
    refused(&tornister(&["serve", "--listen", "127.0.0.1:0"], &database), "another tornister serves");
}

#[test]
fn logs_of_a_whole_story_name_nobody() {
    let (home, database) = imported();
    let mut server = Server::start(home.path(), "", "trace,hyper=debug,sqlx=debug");
    let wrong = json!({ "username": "lena.sommer", "password": "Geheim-123" }).to_string();
    server.ask("POST /auth/login HTTP/1.1\r\nContent-Type: application/json", &wrong);
    let cookie = server.log_in("lena.sommer", "Eichhorn-7");
    let account = {
        let session = server.ask(&format!("GET /.well-known/jmap HTTP/1.1\r\nCookie: {cookie}"), "");
        session.split("urn:ietf:params:jmap:mail\":\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
    };
    let calls = json!({ "using": ["urn:ietf:params:jmap:core", "urn:ietf:params:jmap:mail"], "methodCalls": [
        ["Email/query", { "accountId": account, "filter": { "text": "Wandertag" } }, "0"],
        ["Email/get", { "accountId": account, "ids": null }, "1"],
        ["Email/set", { "accountId": account, "update": { "Wandertag": {} } }, "2"]
    ] });
    let api = format!("POST /jmap/api HTTP/1.1\r\nContent-Type: application/json\r\nCookie: {cookie}");
    let answer = server.ask(&api, &calls.to_string());
    assert!(answer.contains("Wandertag"), "{answer}");
    server.ask(&api, "{ \"lena.sommer\": ");
    server.ask(&format!("GET /mail/lena.sommer/Wandertag?q=Wandertag HTTP/1.1\r\nCookie: {cookie}"), "");
    tornister(&["user", "lock", "lena.sommer"], &database);
    server.ask("POST /auth/logout HTTP/1.1\r\nContent-Type: application/json", "{}");
    let (ended_well, log) = server.stop();
    assert!(ended_well);
    assert!(log.lines().any(|line| line.contains("/auth/login")), "the story is in the log: {log}");
    for line in log.lines() {
        assert!(line.starts_with('{'), "JSON: {line}");
    }
    let token = cookie.split_once('=').unwrap().1;
    for secret in ["lena", "Lena", "Sommer", "testschule.example", "Wandertag", "Eichhorn", "Geheim", token] {
        assert!(!log.contains(secret), "{secret} in {log}");
    }
}

/// A certificate for school.test, written as PEM files.
pub fn certificate(home: &Path) -> String {
    let made = rcgen::generate_simple_self_signed(vec!["school.test".to_owned()]).unwrap();
    std::fs::write(home.join("cert.pem"), made.cert.pem()).unwrap();
    std::fs::write(home.join("key.pem"), made.signing_key.serialize_pem()).unwrap();
    made.cert.pem()
}

/// A client that trusts this certificate only.
fn trusting(pem: &[u8]) -> Arc<ClientConfig> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(pem).unwrap()).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    Arc::new(config)
}

#[tokio::test]
async fn a_renewed_certificate_is_used_without_a_restart_and_a_broken_one_is_not() {
    let home = tempfile::tempdir().unwrap();
    let first = certificate(home.path());
    let files = TlsFiles { certificate: home.path().join("cert.pem"), key: home.path().join("key.pem") };
    let tls = Tls::load(&files).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = axum::Router::new();
    let serving = tokio::spawn(server::serve(
        listener,
        Some(tls.clone()),
        router,
        Patience::default(),
        std::future::pending(),
    ));
    let is_served = async |pem: &str| {
        let connector = TlsConnector::from(trusting(pem.as_bytes()));
        let stream = tokio::net::TcpStream::connect(address).await.unwrap();
        connector.connect(ServerName::try_from("school.test").unwrap(), stream).await.is_ok()
    };
    assert!(is_served(&first).await);
    let second = certificate(home.path());
    tls.reload();
    assert!(is_served(&second).await && !is_served(&first).await);
    // Half a renewal, and a broken one: what works goes on.
    certificate(home.path());
    std::fs::write(&files.certificate, &second).unwrap();
    tls.reload();
    assert!(is_served(&second).await);
    std::fs::write(&files.certificate, "-----BEGIN CERTIFICATE-----\nhalf").unwrap();
    tls.reload();
    assert!(is_served(&second).await);
    serving.abort();
}

#[test]
fn a_certificate_in_files_is_enough_for_https() {
    let (home, database) = imported();
    certificate(home.path());
    let tls = "[tls]\ncertificate = \"cert.pem\"\nkey = \"key.pem\"\n";
    let server = Server::start(home.path(), tls, "info");
    let config = trusting(&std::fs::read(home.path().join("cert.pem")).unwrap());
    let name = ServerName::try_from("school.test").unwrap();
    let mut stream = StreamOwned::new(ClientConnection::new(config, name).unwrap(), server.connect());
    let answer = talk(&mut stream, "GET /healthz HTTP/1.1", "");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(answer.contains("strict-transport-security"), "{answer}");

    let doctor = Command::new(env!("CARGO_BIN_EXE_tornister"))
        .args(["doctor", "--config"])
        .arg(home.path().join("tornister.toml"))
        .arg("--database")
        .arg(&database)
        .output()
        .unwrap();
    assert!(said(&doctor).contains("certificate: good for"), "{}", said(&doctor));
}

#[test]
fn metrics_count_routes_and_name_nobody() {
    let (home, _database) = imported();
    let port = {
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        free.local_addr().unwrap().port()
    };
    let server = Server::start(home.path(), &format!("metrics-listen = \"127.0.0.1:{port}\"\n"), "info");
    server.log_in("lena.sommer", "Eichhorn-7");
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    let metrics = talk(&mut stream, "GET /metrics HTTP/1.1", "");
    let line = "tornister_http_requests_total{route=\"/auth/login\",status=\"204\"} 1";
    assert!(metrics.contains(line), "{metrics}");
    assert!(!metrics.contains("lena"), "{metrics}");
    assert!(server.ask("GET /metrics HTTP/1.1", "").starts_with("HTTP/1.1 "), "not on the public address");
    assert!(!server.ask("GET /metrics HTTP/1.1", "").contains("tornister_http_requests"));
}

#[test]
fn only_a_trusted_proxy_is_believed_where_a_request_comes_from() {
    let (home, _database) = imported();
    for (configuration, believed) in [("trusted-proxies = [\"127.0.0.0/8\"]\n", true), ("", false)] {
        let server = Server::start(home.path(), configuration, "info");
        let answer = server.ask("GET /healthz HTTP/1.1\r\nX-Forwarded-Proto: https", "");
        assert_eq!(answer.contains("strict-transport-security"), believed, "{answer}");
        // Fifty failed tries slow an address down: another client behind the proxy is another address.
        let body =
            |number: u32| json!({ "username": format!("niemand{number}"), "password": "x" }).to_string();
        let head = "POST /auth/login HTTP/1.1\r\nContent-Type: application/json\r\nX-Forwarded-For: 10.9.9.9, 192.0.2.7";
        let other =
            "POST /auth/login HTTP/1.1\r\nContent-Type: application/json\r\nX-Forwarded-For: 192.0.2.8";
        let slowed = |number: &u32| server.ask(head, &body(*number)).starts_with("HTTP/1.1 429");
        let mut status = String::new();
        // A delay may end before the other client asks; the next one is twice as long.
        for round in 0..5 {
            assert!((round * 100..round * 100 + 60).any(|number| slowed(&number)));
            status = server.ask(other, &body(999));
            if believed || status.starts_with("HTTP/1.1 429") {
                break;
            }
        }
        assert_eq!(status.starts_with("HTTP/1.1 401"), believed, "{status}");
    }
}

#[test]
fn every_answer_has_the_strict_headers() {
    let (home, _database) = imported();
    let server = Server::start(home.path(), "", "info");
    for request in [
        "GET / HTTP/1.1",
        "GET /healthz HTTP/1.1",
        "GET /.well-known/jmap HTTP/1.1",
        "GET /jmap/nothing HTTP/1.1",
        "GET /jmap/download/a/b/c HTTP/1.1",
        "POST /auth/login HTTP/1.1\r\nContent-Type: application/json",
        "POST /jmap/api HTTP/1.1",
        "DELETE / HTTP/1.1",
    ] {
        let answer = server.ask(request, "{}");
        assert!(answer.contains("x-content-type-options: nosniff"), "{request}: {answer}");
        if request.starts_with("GET") {
            assert!(answer.contains("cross-origin-resource-policy: same-origin"), "{request}: {answer}");
        }
        let is_personal = request.contains("jmap") || request.contains("auth");
        if is_personal && !request.contains("nothing") {
            assert!(answer.contains("cache-control: no-store"), "{request}: {answer}");
        }
    }
}
