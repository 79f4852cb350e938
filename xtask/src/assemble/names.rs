//! Short names between scripts and WebAssembly. wasm-bindgen makes each unique by sixteen digits of a hash; no
//! compression shortens those, and a phone loads each of them twice.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::{Context as _, Result};
use wasm_encoder::{
    ExportSection, ImportSection, Module, RawSection,
    reencode::{Reencode as _, RoundtripReencoder},
};
use wasmparser::{Parser, Payload};

use crate::fingerprint::files;

/// What wasm-bindgen's names begin with: those that no script would use for anything else.
const OURS: [&str; 2] = ["__wb", "wasm_bindgen_"];

/// Renames in each WebAssembly of `folder` and in the script of the same name.
pub fn shorten(folder: &Path) -> Result<()> {
    for wasm in files(folder)?.into_iter().filter(|file| file.extension().is_some_and(|it| it == "wasm")) {
        let place = || wasm.display().to_string();
        let stem = wasm.to_str().and_then(|path| path.strip_suffix("_bg.wasm"));
        let script = format!("{}.js", stem.with_context(place).context("a name that wasm-bindgen gives")?);
        let code = fs::read(&wasm).with_context(place)?;
        let text = fs::read_to_string(&script).with_context(|| format!("reading {script}"))?;
        let mut names = Names::default();
        let code = names.shorten(&code).with_context(place)?;
        fs::write(&wasm, code).with_context(place)?;
        fs::write(&script, names.replace(&text)).with_context(|| format!("writing {script}"))?;
    }
    Ok(())
}

/// The new names by the old ones.
#[derive(Default)]
struct Names(BTreeMap<String, String>);

impl Names {
    fn of<'n>(&'n mut self, old: &'n str) -> &'n str {
        if !OURS.iter().any(|beginning| old.starts_with(beginning)) {
            return old;
        }
        let next = self.0.len();
        self.0.entry(old.to_owned()).or_insert_with(|| short(next))
    }

    /// The same WebAssembly with short names; all but its imports and exports stays as it is.
    fn shorten(&mut self, code: &[u8]) -> Result<Vec<u8>> {
        let mut module = Module::new();
        for payload in Parser::new(0).parse_all(code) {
            match payload? {
                Payload::ImportSection(section) => {
                    let mut imports = ImportSection::new();
                    for import in section.into_imports() {
                        let import = import?;
                        let kind = RoundtripReencoder.entity_type(import.ty)?;
                        imports.import(import.module, self.of(import.name), kind);
                    }
                    module.section(&imports);
                }
                Payload::ExportSection(section) => {
                    let mut exports = ExportSection::new();
                    for export in section {
                        let export = export?;
                        let kind = RoundtripReencoder.export_kind(export.kind)?;
                        exports.export(self.of(export.name), kind, export.index);
                    }
                    module.section(&exports);
                }
                other => {
                    if let Some((id, range)) = other.as_section() {
                        let range = usize::try_from(range.start)?..usize::try_from(range.end)?;
                        let data = code.get(range).context("a section ends behind the file")?;
                        module.section(&RawSection { id, data });
                    }
                }
            }
        }
        Ok(module.finish())
    }

    /// A script with the new names, wherever an old one stands as a whole word.
    fn replace(&self, script: &str) -> String {
        let is_part = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '$');
        let (mut replaced, mut rest) = (String::new(), script);
        while let Some(start) = rest.find(is_part) {
            let end = rest[start..].find(|letter| !is_part(letter)).map_or(rest.len(), |end| start + end);
            let word = &rest[start..end];
            replaced.push_str(&rest[..start]);
            replaced.push_str(self.0.get(word).map_or(word, String::as_str));
            rest = &rest[end..];
        }
        replaced + rest
    }
}

/// `$a` to `$z`, then `$aa` to `$zz`, and so on: neither a word of the language nor a name of wasm-bindgen's.
fn short(number: usize) -> String {
    let (before, last) = (number / 26, char::from(b'a' + u8::try_from(number % 26).unwrap_or_default()));
    if before == 0 { format!("${last}") } else { format!("{}{last}", short(before - 1)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_become_different_short_names() {
        assert_eq!([0, 25, 26, 27, 701, 702].map(short), ["$a", "$z", "$aa", "$ab", "$zz", "$aaa"]);
    }

    #[test]
    fn both_sides_get_the_same_names_and_nothing_else_changes() {
        let code = module(&["__wbg_then_1", "other"], "__wbindgen_malloc");
        let mut names = Names::default();
        let short = names.shorten(&code).unwrap();
        assert_eq!(short, module(&["$a", "other"], "$b"));
        let script = "imports = { __wbg_then_1: then, __wbg_then_10: 1 }; wasm.__wbindgen_malloc(other)";
        let expected = "imports = { $a: then, __wbg_then_10: 1 }; wasm.$b(other)";
        assert_eq!(names.replace(script), expected);
    }

    /// A module that imports these functions and exports the first.
    fn module(imports: &[&str], export: &str) -> Vec<u8> {
        use wasm_encoder::{CodeSection, EntityType, ExportKind, Function, FunctionSection, TypeSection};
        let mut made = Module::new();
        let mut types = TypeSection::new();
        types.ty().function([], []);
        made.section(&types);
        let mut section = ImportSection::new();
        for name in imports {
            section.import("./app_bg.js", name, EntityType::Function(0));
        }
        made.section(&section);
        made.section(FunctionSection::new().function(0));
        made.section(ExportSection::new().export(export, ExportKind::Func, 0));
        let mut code = CodeSection::new();
        let mut empty = Function::new([]);
        empty.instructions().end();
        code.function(&empty);
        made.section(&code);
        made.finish()
    }
}
