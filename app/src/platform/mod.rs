//! The browser. All of `web_sys` sits here, so that no component asks where it runs.

pub mod address;
pub mod channel;
pub mod clock;
pub mod document;
pub mod file;
pub mod intl;
pub mod local_storage;
pub mod page;
pub mod preferences;
pub mod service_worker;
pub mod storage;
pub mod text;
pub mod worker;
