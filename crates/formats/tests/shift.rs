//! A demo school plays this week, at the same times of day.

use chrono_tz::Europe::Berlin;
use tornister_formats::shift::Shift;
use tornister_protocol::time::LocalDate;

fn day(text: &str) -> LocalDate {
    text.parse().expect("a day")
}

fn shift(today: &str) -> Shift {
    Shift::to_week_of(day("2026-09-14"), day(today))
}

#[test]
fn a_week_is_whole_and_a_weekend_belongs_to_the_coming_one() {
    for (today, days) in
        [("2026-09-14", 0), ("2026-09-18", 0), ("2026-09-19", 7), ("2026-09-20", 7), ("2026-09-11", -7)]
    {
        assert_eq!(shift(today).days(), days, "{today}");
    }
    assert_eq!(shift("2026-11-18").day(day("2026-09-15")), day("2026-11-17"));
}

#[test]
fn a_mail_keeps_its_time_of_day_across_the_change_to_winter_time() {
    let mail = b"Received: from a by b;\r\n Mon, 14 Sep 2026 06:59:59 +0000\r\nReceived: no date at all\r\n\
        Subject: Date: Mon, 14 Sep 2026 07:00:00 +0200\r\nDATE:  Mon, 14 Sep 2026 07:00:00 +0200 (MESZ)\r\n\
        X: \xfc\r\n\r\nDate: Mon, 14 Sep 2026 07:00:00 +0200\r\n";
    let moved = b"Received: from a by b;\r\n Mon, 16 Nov 2026 08:59:59 +0100\r\nReceived: no date at all\r\n\
        Subject: Date: Mon, 14 Sep 2026 07:00:00 +0200\r\nDATE:  Mon, 16 Nov 2026 07:00:00 +0100\r\n\
        X: \xfc\r\n\r\nDate: Mon, 14 Sep 2026 07:00:00 +0200\r\n";
    let shifted = shift("2026-11-18").mail(mail, Berlin);
    assert_eq!(String::from_utf8_lossy(&shifted), String::from_utf8_lossy(moved));
    assert_eq!(shifted, moved);
    assert_eq!(Shift::NONE.mail(mail, Berlin), mail);
}

#[test]
fn what_is_no_mail_stays_as_it_is() {
    for bytes in
        [&b""[..], b"\n", b"Date", b"Date:", b"Date: soon\n", b"Received: x; y", b"\xff\xfe:;\r\n \t"]
    {
        assert_eq!(shift("2026-11-18").mail(bytes, Berlin), bytes);
    }
}
