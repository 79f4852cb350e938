//! Address lists against the grammar, of broken programs and of drafts that somebody still writes.

use mail_parser::{Addr, Address, HeaderValue};
use tornister_protocol::mail::EmailAddress;
use unicode_normalization::UnicodeNormalization as _;

use super::AddressGroup;
use crate::mime::forms::parsed;

/// As the library understands them.
pub(super) fn grouped_addresses(raw: &str) -> Vec<AddressGroup> {
    parsed(raw, |stream| match stream.parse_address() {
        HeaderValue::Address(Address::List(list)) => {
            let addresses: Vec<EmailAddress> = list.iter().filter_map(address).collect();
            if addresses.is_empty() { Vec::new() } else { vec![AddressGroup { name: None, addresses }] }
        }
        HeaderValue::Address(Address::Group(groups)) => {
            let groups = groups.iter().map(|group| AddressGroup {
                name: group.name.as_deref().map(clean),
                addresses: group.addresses.iter().filter_map(address).collect(),
            });
            groups.filter(|group| group.name.is_some() || !group.addresses.is_empty()).collect()
        }
        _ => Vec::new(),
    })
}

fn address(address: &Addr<'_>) -> Option<EmailAddress> {
    let name = address.name.as_deref().map(clean).filter(|name| !name.is_empty());
    let email = address.address.as_deref().map(clean).unwrap_or_default();
    (name.is_some() || !email.is_empty()).then_some(EmailAddress { name, email })
}

/// Composed, without control characters.
fn clean(text: &str) -> String {
    text.trim().chars().filter(|character| !character.is_control()).nfc().collect()
}
