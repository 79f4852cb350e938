//! Seven in the morning: everybody logs in for the first time.

use std::hint::black_box;

use anyhow::Result;
use argon2::{Algorithm, Argon2, Params, PasswordHasher as _, Version};
use tokio::task::JoinSet;

use crate::{
    clock::Stopwatch,
    load::quantile,
    report::{Budget, Report},
    school::{School, Session},
    server::{self, Cores},
    wire::Connection,
};

/// What an Argon2 hash takes.
const ARGON2_BYTES: f64 = 19.0 * 1024.0 * 1024.0;
const MB: f64 = 1e6;

/// Logs so many pupils in at once; answers their sessions.
pub async fn measure(report: &mut Report, school: &School, pupils: usize) -> Result<Vec<Session>> {
    let hash = seconds_of_a_hash()?;
    let server = school.serve(Cores::All)?;
    let (cpu, memory) = (server.cpu()?, server.memory()?);
    let watch = Stopwatch::start();
    let mut waiting = JoinSet::new();
    for pupil in 0..pupils {
        let address = server.address;
        waiting.spawn(async move {
            let watch = Stopwatch::start();
            Ok::<_, anyhow::Error>((Session::begin(address, pupil).await?, watch.seconds()))
        });
    }
    let (mut sessions, mut waits) = (Vec::new(), Vec::new());
    while let Some(done) = waiting.join_next().await {
        let (session, wait) = done??;
        sessions.push(session);
        waits.push(wait);
    }
    let wall = watch.seconds();
    let cpu = (server.cpu()? - cpu).as_secs_f64();
    let grown = server.most_memory()? - memory;
    waits.sort_by(f64::total_cmp);

    let count = f64::from(u32::try_from(pupils)?);
    let cores = f64::from(u32::try_from(server::count())?);
    let name = format!("{pupils} first logins at once, processor time");
    report.judge(&name, "s", cpu, count * hash, Budget::RatioAtMost(1.25));
    report.compare("  until the last one is in", "s", wall, count * hash / cores);
    report.tell("  the median waits", "s", quantile(&waits, 0.5));
    report.judge("  memory meanwhile", "MB", grown / MB, cores * ARGON2_BYTES / MB, Budget::RatioAtMost(2.0));

    let mut connection = Connection::open(server.address).await?;
    for session in &mut sessions {
        session.look_up(&mut connection).await?;
    }
    drop(connection);
    server.stop()?;
    Ok(sessions)
}

/// The quickest of a few: what it takes where nobody disturbs.
fn seconds_of_a_hash() -> Result<f64> {
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::default());
    let mut times = Vec::new();
    for _ in 0..25 {
        let watch = Stopwatch::start();
        let hash = argon2.hash_password_with_salt(b"Igel-Ranzen-7b!", &[7; 16]);
        black_box(hash.map_err(|error| anyhow::anyhow!("{error}"))?);
        times.push(watch.seconds());
    }
    times.sort_by(f64::total_cmp);
    Ok(quantile(&times, 0.0))
}
