//! What the doctor finds, and what it advises.

use std::{os::unix::fs::PermissionsExt, path::PathBuf};

use tornister::{
    config::Config,
    http::tls::TlsFiles,
    operation::doctor::{Level, examine},
};

use crate::{common::World, operation::certificate};

fn database(world: &World) -> PathBuf {
    world.scratch().join("data/school.db")
}

/// The finding whose text begins with these words.
async fn finding(world: &World, config: &Config, topic: &str) -> (Level, String) {
    let findings = examine(config, &*world.clock).await;
    let found = findings.iter().find(|finding| finding.text.starts_with(topic));
    let found = found.unwrap_or_else(|| panic!("nothing about {topic}: {findings:?}"));
    (found.level, found.text.clone())
}

async fn expect(world: &World, config: &Config, topic: &str, level: Level, words: &str) {
    let (found, text) = finding(world, config, topic).await;
    assert_eq!(found, level, "{text}");
    assert!(text.contains(words), "{text}");
}

#[tokio::test]
async fn a_database_that_others_may_read_is_named_with_the_remedy() {
    let world = World::new().await;
    let config = Config { database: database(&world), ..Config::default() };
    for (mode, level, words) in
        [(0o644, Level::Warning, "run `chmod 600"), (0o600, Level::Ok, "only the owner")]
    {
        std::fs::set_permissions(&config.database, PermissionsExt::from_mode(mode)).unwrap();
        expect(&world, &config, "permissions:", level, words).await;
    }
}

#[tokio::test]
async fn mails_that_are_not_prepared_for_searches_are_counted() {
    let world = World::new().await;
    let config = Config { database: database(&world), ..Config::default() };
    expect(&world, &config, "search:", Level::Ok, "6 mails are not prepared yet").await;
    world.embedded.make_searchable().await.unwrap();
    expect(&world, &config, "search:", Level::Ok, "finds all mails").await;
}

#[tokio::test]
async fn an_address_without_encryption_is_named() {
    let world = World::new().await;
    let listen = "0.0.0.0:80".parse().unwrap();
    let config = Config { database: database(&world), listen, ..Config::default() };
    expect(&world, &config, "configuration:", Level::Warning, "set tls, or listen on").await;
}

#[tokio::test]
async fn a_certificate_is_told_before_it_ends_and_after() {
    let world = World::new().await;
    certificate(world.scratch());
    let [certificate, key] = ["cert.pem", "key.pem"].map(|name| world.scratch().join(name));
    let tls = Some(TlsFiles { certificate, key: key.clone() });
    let config = Config { database: database(&world), tls, ..Config::default() };
    // It is made for the years up to 4096-01-01.
    let end = 67_090_118_400 - tornister::environment::Clock::unix_seconds(&*world.clock);
    expect(&world, &config, "certificate:", Level::Ok, "good for").await;
    world.clock.advance(end - 3 * 86_400);
    expect(&world, &config, "certificate:", Level::Warning, "expires in 3 days; renew it").await;
    world.clock.advance(4 * 86_400);
    expect(&world, &config, "certificate:", Level::Error, "has expired; renew it").await;
    std::fs::write(key, "no key").unwrap();
    expect(&world, &config, "certificate:", Level::Error, "").await;
}

#[tokio::test]
async fn a_school_whose_profile_is_broken_or_missing_is_to_be_imported_again() {
    let world = World::new().await;
    let config = Config { database: database(&world), ..Config::default() };
    for (statement, level, words) in [
        (
            "UPDATE setting SET value = 'nmae = 1' WHERE name = 'profile'",
            Level::Error,
            "Import the folder again",
        ),
        (
            "DELETE FROM setting WHERE name = 'profile'",
            Level::Warning,
            "run `tornister school import FOLDER`",
        ),
    ] {
        let mut change = world.database.write().await.unwrap();
        sqlx::query(statement).execute(&mut *change).await.unwrap();
        change.commit().await.unwrap();
        expect(&world, &config, "school:", level, words).await;
    }
}

#[tokio::test]
async fn a_database_of_a_newer_program_wants_that_program() {
    let world = World::new().await;
    let config = Config { database: database(&world), ..Config::default() };
    expect(&world, &config, "version:", Level::Ok, env!("CARGO_PKG_VERSION")).await;
    let mut change = world.database.write().await.unwrap();
    sqlx::query("UPDATE _sqlx_migrations SET version = 9999 WHERE version = 51")
        .execute(&mut *change)
        .await
        .unwrap();
    change.commit().await.unwrap();
    expect(&world, &config, "version:", Level::Error, "install that one").await;
}
