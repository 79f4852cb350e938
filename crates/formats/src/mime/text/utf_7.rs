//! UTF-7 (RFC 2152), which browsers have given up and old mail still has.

use crate::mime::transfer::base64_value;

/// Labels of the charset, lower case.
pub(super) const NAMES: [&str; 3] = ["utf-7", "unicode-1-1-utf-7", "csunicode11utf7"];

/// The characters, and whether bytes were met that UTF-7 does not know.
pub(super) fn decode(bytes: &[u8]) -> (String, bool) {
    let mut text = String::new();
    let mut problem = false;
    let mut rest = bytes;
    while let Some((byte, behind)) = rest.split_first() {
        rest = behind;
        if *byte != b'+' {
            problem |= !byte.is_ascii();
            text.push(if byte.is_ascii() { char::from(*byte) } else { char::REPLACEMENT_CHARACTER });
            continue;
        }
        let end = rest.iter().position(|byte| base64_value(*byte).is_none()).unwrap_or(rest.len());
        let (shifted, behind) = rest.split_at(end);
        rest = behind.strip_prefix(b"-").unwrap_or(behind);
        if shifted.is_empty() {
            text.push('+');
            continue;
        }
        let (mut bits, mut count, mut units) = (0_u32, 0_u32, Vec::new());
        for value in shifted.iter().filter_map(|byte| base64_value(*byte)) {
            bits = bits << 6 | value;
            count += 6;
            if count >= 16 {
                count -= 16;
                units.push(u16::try_from(bits >> count & 0xffff).unwrap_or_default());
            }
        }
        for unit in char::decode_utf16(units) {
            problem |= unit.is_err();
            text.push(unit.unwrap_or(char::REPLACEMENT_CHARACTER));
        }
    }
    (text, problem)
}
