//! Asking: as fast as a few at once get answers, or at a pace whatever the answers take.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use anyhow::{Result, ensure};
use tokio::{sync::Mutex, task::JoinSet, time::sleep_until};

use crate::{clock::Stopwatch, wire::Connection};

/// Clients that wait for an answer at the same time.
const AT_ONCE: usize = 16;

/// Somebody with a connection and the one request that they make again and again.
pub struct Client {
    connection: Mutex<Connection>,
    request: Vec<u8>,
}

impl Client {
    /// Opens the connection.
    pub async fn open(address: SocketAddr, request: Vec<u8>) -> Result<Arc<Self>> {
        Ok(Arc::new(Self { connection: Mutex::new(Connection::open(address).await?), request }))
    }

    /// Asks, and answers the size of what came.
    pub async fn ask(&self) -> Result<usize> {
        let answer = self.connection.lock().await.ask(&self.request).await?;
        ensure!(answer.status == 200, "{}{}", answer.head, String::from_utf8_lossy(&answer.body));
        Ok(answer.body.len())
    }
}

/// How many answers a second come where some of the clients always wait for one, all in turn.
pub async fn fastest(clients: &[Arc<Client>], lasts: Duration) -> Result<f64> {
    let watch = Stopwatch::start();
    let next = Arc::new(Mutex::new(0));
    let mut asking = JoinSet::new();
    for _ in 0..AT_ONCE {
        let (clients, next) = (clients.to_vec(), next.clone());
        let until = watch.after(lasts);
        asking.spawn(async move {
            let mut answers = 0_u32;
            while tokio::time::Instant::now() < until {
                let turn = {
                    let mut next = next.lock().await;
                    *next += 1;
                    *next % clients.len()
                };
                clients[turn].ask().await?;
                answers += 1;
            }
            Ok::<_, anyhow::Error>(answers)
        });
    }
    let mut answers = 0;
    while let Some(done) = asking.join_next().await {
        answers += done??;
    }
    Ok(f64::from(answers) / watch.seconds())
}

/// How long answers take, in sorted milliseconds, where so many a second are asked for, come what may: from
/// the moment at which each should have been asked.
pub async fn at_pace(clients: &[Arc<Client>], a_second: f64, lasts: Duration) -> Result<Vec<f64>> {
    let watch = Stopwatch::start();
    let mut asking = JoinSet::new();
    for (number, client) in clients.iter().cycle().enumerate() {
        let due = Duration::from_secs_f64(f64::from(u32::try_from(number)?) / a_second);
        if due >= lasts {
            break;
        }
        let until = watch.after(due);
        sleep_until(until).await;
        let client = client.clone();
        asking.spawn(async move {
            client.ask().await?;
            Ok::<_, anyhow::Error>(until.elapsed().as_secs_f64() * 1000.0)
        });
    }
    let mut waits = Vec::new();
    while let Some(done) = asking.join_next().await {
        waits.push(done??);
    }
    waits.sort_by(f64::total_cmp);
    Ok(waits)
}

/// The value under which this share of sorted values lies.
pub fn quantile(sorted: &[f64], share: f64) -> f64 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "an index"
    )]
    let at = (share * sorted.len() as f64) as usize;
    sorted.get(at.min(sorted.len().saturating_sub(1))).copied().unwrap_or(f64::NAN)
}
