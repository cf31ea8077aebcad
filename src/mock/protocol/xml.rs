//! XML, for ec2Query (`<item>`) and awsQuery (`<member>`).

use super::value::Value;
use quick_xml::escape::escape;
use std::borrow::Cow;

/// The declaration at the start of AWS's documents.
pub const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

/// Appends `<name>...</name>`; list items are named `item`.
pub fn element(out: &mut String, name: &str, node: &Value, item: &str) {
    if *node == Value::Null {
        return;
    }
    let before = out.len();
    open(out, name);
    let empty = out.len();
    content(out, node, item);
    if out.len() == empty {
        out.truncate(before);
        out.extend(["<", name, "/>"]);
    } else {
        out.extend(["</", name, ">"]);
    }
}

/// Appends the content of an element.
pub fn content(out: &mut String, node: &Value, item: &str) {
    match node {
        Value::Null => {}
        Value::Bool(flag) => out.push_str(if *flag { "true" } else { "false" }),
        Value::Int(n) => out.push_str(&n.to_string()),
        Value::Float(n) => out.push_str(&n.to_string()),
        // A bare carriage return would be read as a line feed.
        Value::Text(text) => {
            out.push_str(&escape(replace_forbidden(text).as_ref()).replace('\r', "&#13;"));
        }
        Value::Timestamp(at) => out.push_str(&at.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()),
        Value::List(items) => items
            .iter()
            .for_each(|value| element(out, item, value, item)),
        Value::Map(members) => members
            .iter()
            .for_each(|(name, value)| element(out, name, value, item)),
        Value::Entries(members) => members.iter().for_each(|(name, value)| {
            let entry = Value::Map(vec![
                ("key".into(), Value::Text(name.clone())),
                ("value".into(), value.clone()),
            ]);
            element(out, "entry", &entry, item);
        }),
    }
}

fn open(out: &mut String, name: &str) {
    out.extend(["<", name, ">"]);
}

/// XML 1.0 excludes most control characters, even escaped; the replacement character takes their
/// place.
fn replace_forbidden(text: &str) -> Cow<'_, str> {
    let barred = |c: char| {
        (c < ' ' && !matches!(c, '\t' | '\n' | '\r')) || matches!(c, '\u{fffe}' | '\u{ffff}')
    };
    if text.contains(barred) {
        Cow::Owned(text.replace(barred, "\u{fffd}"))
    } else {
        Cow::Borrowed(text)
    }
}

#[cfg(test)]
mod tests {
    use super::super::value::fields;
    use super::*;
    use proptest::prelude::*;
    use quick_xml::{Reader, events::Event};

    fn written(node: &Value) -> String {
        let mut out = String::new();
        element(&mut out, "root", node, "item");
        out
    }

    #[test]
    fn writes_lists_members_and_empty_values() {
        let node = fields! {
            "set": vec![fields! { "id": "a<b" }, fields! { "id": "\u{1b}[31m" }],
            "none": Value::List(Vec::new()),
            "absent": None::<bool>,
            "text": "",
            "map": Value::Entries(vec![("p99".into(), 1.5.into())]),
            "at": "2026-11-23T08:30:00Z".parse::<crate::domain::Timestamp>().unwrap(),
        };
        assert_eq!(
            written(&node),
            "<root><set><item><id>a&lt;b</id></item><item><id>\u{fffd}[31m</id></item></set>\
             <none/><text/><map><entry><key>p99</key><value>1.5</value></entry></map>\
             <at>2026-11-23T08:30:00.000Z</at></root>"
        );
    }

    proptest! {
        #[test]
        fn any_text_reads_back_or_is_replaced(text in any::<String>()) {
            let document = written(&Value::from(text.clone()));
            let mut reader = Reader::from_str(&document);
            let mut seen = String::new();
            loop {
                match reader.read_event().unwrap() {
                    Event::Text(part) => seen.push_str(&part),
                    Event::GeneralRef(part) => {
                        let reference = format!("&{};", &*part);
                        seen.push_str(&quick_xml::escape::unescape(&reference).unwrap());
                    }
                    Event::Eof => break,
                    _ => {}
                }
            }
            prop_assert_eq!(seen, replace_forbidden(&text).into_owned());
        }
    }
}
