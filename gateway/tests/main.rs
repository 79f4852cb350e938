//! Stories about the gateway, told through its router against a real database.

#[cfg(test)]
mod calendars;
#[cfg(test)]
mod command;
#[cfg(test)]
mod common;
#[cfg(test)]
mod delta;
#[cfg(test)]
mod doctor;
#[cfg(test)]
mod documentation;
#[cfg(test)]
mod envelope;
#[cfg(test)]
mod family;
#[cfg(test)]
mod files;
#[cfg(test)]
mod import;
#[cfg(test)]
mod login;
#[cfg(test)]
mod mail;
#[cfg(test)]
mod operation;
#[cfg(test)]
mod operations;
#[cfg(test)]
mod people;
#[cfg(test)]
mod property;
#[cfg(test)]
mod protocol_doc;
#[cfg(test)]
mod rfc8620;
#[cfg(test)]
mod rfc8621;
#[cfg(test)]
mod rfc9404;
#[cfg(test)]
mod rfc9425;
#[cfg(test)]
mod searchable;
#[cfg(test)]
mod set;
#[cfg(test)]
mod slow;
#[cfg(test)]
mod tasks;
#[cfg(test)]
mod token;
#[cfg(test)]
mod torture;
#[cfg(test)]
mod upgrade;
