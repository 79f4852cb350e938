//! The browser. All of `web_sys` sits here, so that no component asks where it runs.

pub mod channel;
pub mod clock;
pub mod http;
pub mod local_storage;
pub mod locks;
pub mod page;
pub mod service_worker;
