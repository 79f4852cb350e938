//! Who can log in at the demo school (`demo/school.toml`).

/// A login and its password, which are no secret.
#[derive(Clone, Copy, Debug)]
pub struct Login {
    /// As typed into the form.
    pub username: &'static str,
    /// The demo's password.
    pub password: &'static str,
}

/// The first pupil, whose mailbox is full.
pub const PUPIL: Login = Login { username: "lena.sommer", password: "Igel-Ranzen-7b!" };

/// Her brother.
pub const BROTHER: Login = Login { username: "jonas.sommer", password: "Dachs-Mappe-5a!" };

/// Where mail reaches him.
pub const BROTHERS_ADDRESS: &str = "jonas.sommer@stadtwald.example";

/// A mail to her, as it travels.
pub const NEWS: &str = "From: chor@stadtwald.example\r\nTo: lena.sommer@stadtwald.example\r\n\
    Subject: Neues vom Chor\r\n\r\nWir singen am Freitag.\r\n";

/// When it came: later than any mail of the demo school, some of which come at seven in the morning, whatever time it is.
pub const NEWS_RECEIVED: &str = "2099-01-01T12:00:00Z";
/// Its subject.
pub const NEWS_SUBJECT: &str = "Neues vom Chor";
