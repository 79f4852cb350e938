//! The one way in which stored and received JSON is read. Every reader of another kind (from bytes,
//! from a tree) would bring its own copy of each type's code to the phone.

mod objects;

use serde::de::{Deserialize, Error as _};

use objects::Objects;

/// Reads JSON text from bytes.
///
/// # Errors
/// Where the bytes are not UTF-8, or the text is not of this type.
pub fn read<'de, T: Deserialize<'de>>(bytes: &'de [u8]) -> serde_json::Result<T> {
    read_text(std::str::from_utf8(bytes).map_err(serde_json::Error::custom)?)
}

/// Reads JSON text.
///
/// # Errors
/// Where it is not of this type.
pub fn read_text<'de, T: Deserialize<'de>>(text: &'de str) -> serde_json::Result<T> {
    let mut reader = serde_json::Deserializer::from_str(text);
    let value = T::deserialize(Objects(&mut reader))?;
    reader.end()?;
    Ok(value)
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, PartialEq, Deserialize)]
    struct Child {
        name: String,
        sister: Option<Box<Child>>,
        #[serde(default)]
        pets: Vec<Child>,
    }

    #[test]
    fn what_was_written_reads_back() {
        let text =
            r#"{"name":"Lena","sister":{"name":"Mia","sister":null},"pets":[{"name":"Kiki"}],"age":9}"#;
        let child = |name: &str| Child { name: name.to_owned(), sister: None, pets: Vec::new() };
        let expected =
            Child { sister: Some(Box::new(child("Mia"))), pets: vec![child("Kiki")], ..child("Lena") };
        assert_eq!(read::<Child>(text.as_bytes()).unwrap(), expected);
    }

    #[test]
    fn what_is_no_object_is_told_with_its_place() {
        let array = read::<Child>(br#"["Lena",null,[]]"#).unwrap_err();
        assert!(array.to_string().contains("line 1 column"), "{array}");
        assert!(read::<Child>(br#"{"name":"Lena"} more"#).is_err());
        assert!(read::<Child>(&[0xff]).is_err());
    }
}
