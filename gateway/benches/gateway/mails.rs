//! Mails as schools have them, the same in every run.

use std::fmt::Write as _;

/// Is in each of them.
pub const EVERYWHERE: &str = "Stadtwald";

const SYLLABLES: [&str; 24] = [
    "schu", "le", "klas", "se", "ar", "beit", "un", "ter", "richt", "haus", "auf", "ga", "be", "wan", "der",
    "tag", "el", "tern", "a", "bend", "zeug", "nis", "mü", "ler",
];
const FREQUENT: [&str; 16] = [
    "die", "der", "und", "in", "zu", "den", "wir", "bitte", "für", "mit", "auf", "ist", "am", "von", "Sie",
    "nicht",
];
const VOCABULARY: u64 = 20_000;

/// What is in a box.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Mix {
    /// Plain texts of about 250 words, 3 kB with their header.
    Plain,
    /// Seven of ten are plain, two have HTML beside, one carries a sheet of 90 kB: 16 kB on average. Surveys
    /// count 75 kB for the average mail, which would make importing look better.
    Mixed,
}

/// A small generator of numbers (splitmix64).
struct Chance(u64);

impl Chance {
    fn under(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % bound
    }

    /// Half of all words are frequent ones; of the others, early ones come more often.
    fn word(&mut self) -> String {
        if self.under(2) == 0 {
            let at = self.under(FREQUENT.len() as u64);
            return FREQUENT[usize::try_from(at).unwrap_or_default()].to_owned();
        }
        let rare = self.under(VOCABULARY);
        let number = self.under(rare + 1);
        let mut word = Chance(number);
        (0..2 + word.under(3))
            .map(|_| SYLLABLES[usize::try_from(word.under(24)).unwrap_or_default()])
            .collect()
    }

    fn text(&mut self, words: u64, mark: &str) -> String {
        let mut text = String::new();
        for number in 1..=words {
            text.push_str(&self.word());
            text.push_str(if number % 12 == 0 { mark } else { " " });
        }
        text
    }
}

/// The bytes of so many mails, newest last.
pub fn mails(count: usize, mix: Mix) -> Vec<Vec<u8>> {
    let mut chance = Chance(7);
    (0..count).map(|number| mail(number, mix, &mut chance).into_bytes()).collect()
}

fn mail(number: usize, mix: Mix, chance: &mut Chance) -> String {
    let (day, hour, minute) = (1 + number / 1440 % 28, number / 60 % 24, number % 60);
    let date = format!("{day:02} Sep 2026 {hour:02}:{minute:02}:00 +0200");
    let mut mail = String::new();
    for hop in ["mx1.stadtwald.example", "relay.schulen.example"] {
        let _ = write!(
            mail,
            "Received: from {hop} ({hop} [192.0.2.7])\r\n\tby mail.stadtwald.example (Postfix) with ESMTPS id {number:08X}\r\n\tfor <klasse-7b@stadtwald.example>; {date}\r\n"
        );
    }
    let sender = chance.under(60);
    let _ = write!(
        mail,
        "From: =?utf-8?Q?Frau_M=C3=BCller_{sender}?= <mueller{sender}@stadtwald.example>\r\n\
         To: Klasse 7b <klasse-7b@stadtwald.example>\r\nDate: {date}\r\nMessage-ID: <{number}@stadtwald.example>\r\n"
    );
    // Every third answers one of the last twenty.
    let answered = number.saturating_sub(1 + usize::try_from(chance.under(20)).unwrap_or_default());
    let topic = chance.word();
    if number > 20 && chance.under(3) == 0 {
        let _ = write!(
            mail,
            "In-Reply-To: <{answered}@stadtwald.example>\r\nReferences: <{answered}@stadtwald.example>\r\nSubject: Re: Nachricht {topic}\r\n"
        );
    } else {
        let _ = write!(mail, "Subject: Nachricht {topic} zum {}\r\n", chance.word());
    }
    mail.push_str(
        "MIME-Version: 1.0\r\nX-Mailer: Schulpost 4.2\r\nList-Id: <klasse-7b.stadtwald.example>\r\n",
    );
    let text = format!("{}\r\n\r\nGymnasium am {EVERYWHERE}\r\n", chance.text(250, ".\r\n"));
    match (mix, number % 10) {
        (Mix::Mixed, 0 | 5) => alternative(&mut mail, &text, chance),
        (Mix::Mixed, 9) => with_sheet(&mut mail, &text, chance),
        _ => {
            let _ = write!(
                mail,
                "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{text}"
            );
        }
    }
    mail
}

fn alternative(mail: &mut String, text: &str, chance: &mut Chance) {
    let mut html = String::from("<html><head><style>p{margin:0 0 1em}</style></head><body>");
    for _ in 0..12 {
        let _ = write!(
            html,
            "<p style=\"font-family:Arial,sans-serif;font-size:11pt;color:#333333\"><span lang=\"DE\">{}</span></p>\r\n",
            chance.text(60, ".\r\n")
        );
    }
    let _ = write!(html, "<p>Gymnasium am {EVERYWHERE}</p></body></html>");
    let _ = write!(
        mail,
        "Content-Type: multipart/alternative; boundary=\"=-alt\"\r\n\r\n--=-alt\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n--=-alt\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{html}\r\n--=-alt--\r\n"
    );
}

fn with_sheet(mail: &mut String, text: &str, chance: &mut Chance) {
    let _ = write!(
        mail,
        "Content-Type: multipart/mixed; boundary=\"=-mix\"\r\n\r\n--=-mix\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n--=-mix\r\nContent-Type: application/pdf; name=\"Arbeitsblatt.pdf\"\r\nContent-Disposition: attachment; filename=\"Arbeitsblatt.pdf\"\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    );
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for _ in 0..1600 {
        for _ in 0..76 {
            mail.push(char::from(ALPHABET[usize::try_from(chance.under(64)).unwrap_or_default()]));
        }
        mail.push_str("\r\n");
    }
    mail.push_str("--=-mix--\r\n");
}

/// The same in one file, as mail programs keep it.
pub fn mbox(mails: &[Vec<u8>]) -> Vec<u8> {
    let mut mbox = Vec::new();
    for mail in mails {
        mbox.extend_from_slice(b"From mueller@stadtwald.example Tue Sep  1 08:00:00 2026\n");
        mbox.extend_from_slice(mail);
        mbox.extend_from_slice(b"\n");
    }
    mbox
}
