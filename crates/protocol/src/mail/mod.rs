//! JMAP Mail (RFC 8621), the properties that the app reads. The gateway answers the others too.

mod email;
mod mailbox;
mod thread;

pub use email::{
    Email, EmailAddress, EmailBody, EmailBodyPart, EmailBodyValue, EmailFilter, SAFE_HTML, keyword,
};
pub use mailbox::{Mailbox, MailboxRights, role};
pub use thread::Thread;
