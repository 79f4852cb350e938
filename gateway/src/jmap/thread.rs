//! Thread (RFC 8621 §3).

use tornister_protocol::mail::Thread;

use super::standard::Served;

impl Served for Thread {
    const PROPERTIES: Option<&'static [&'static str]> = Some(&["id", "emailIds"]);
}
