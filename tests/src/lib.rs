//! End to end: real browsers against the real gateway with the demo school.
//!
//! Floor plan:
//! - [`gateway`]: starts, kills and restarts the binary on one address with one database.
//! - [`browser`]: Chromium at phone size with a profile that outlives it; Firefox and WebKitGTK, too.
//! - [`canary`]: hears of every request that leaves this machine. [`vectors`]: attacks from others' tests.
//! - [`client`]: a JMAP client of its own, which shares no code with the app: what it sees is what
//!   the server knows. [`facts`]: what it holds, to be looked for on the phone. [`demo`]: logins.
//! - [`device`]: what lies in the app's database, compared with the server. [`chance`]: random instants.
//! - [`rest`]: when all syncing has come to its end.
//! - [`screen`]: finds things as people do: by role, label and text. [`pages`]: page objects.
//! - [`story`]: gateway and profile together; what a failed story shows.
//! - [`patience`]: waiting with an end. [`process`]: children that do not outlive a test.
//!
//! The stories stand in `tests/stories/`, the bench in `src/bin/bench/`.

pub mod browser;
pub mod canary;
pub mod chance;
pub mod client;
pub mod demo;
pub mod device;
pub mod facts;
pub mod gateway;
pub mod pages;
pub mod patience;
pub mod process;
pub mod rest;
pub mod screen;
pub mod story;
pub mod vectors;
