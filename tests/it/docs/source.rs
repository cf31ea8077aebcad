//! Reads the doc comments of struct fields from the source text.

use std::fs;

/// A field of a struct.
pub(super) struct Field {
    /// Its name in the configuration file: after `rename`, if there is one.
    pub name: String,
    /// Its type as written.
    pub kind: String,
    /// Its doc comment, on one line.
    pub doc: String,
}

/// The fields of `struct name` in the file `path`.
pub(super) fn fields(path: &str, name: &str) -> Vec<Field> {
    let text = fs::read_to_string(super::root().join(path)).unwrap();
    let start = text
        .find(&format!("struct {name} {{\n"))
        .unwrap_or_else(|| panic!("{path} has no struct {name}"));
    let body = text[start..].lines().skip(1);
    let (mut fields, mut doc, mut rename, mut skip) = (Vec::new(), Vec::new(), None, false);
    for line in body.take_while(|line| *line != "}").map(str::trim) {
        if let Some(text) = line.strip_prefix("///") {
            doc.push(text.trim().to_owned());
        } else if line.starts_with("#[") {
            skip |= line.contains("skip");
            rename = rename.or_else(|| {
                let (_, rest) = line.split_once("rename = \"")?;
                rest.split_once('"').map(|(name, _)| name.to_owned())
            });
        } else if let Some((field, kind)) = line.split_once(": ") {
            let field = field.rsplit(' ').next().unwrap();
            if !skip {
                fields.push(Field {
                    name: rename.take().unwrap_or_else(|| field.to_owned()),
                    kind: kind.trim_end_matches(',').to_owned(),
                    doc: doc.join(" "),
                });
            }
            (doc, rename, skip) = (Vec::new(), None, false);
        }
    }
    assert!(!fields.is_empty(), "{path} struct {name} has no fields");
    fields
}
