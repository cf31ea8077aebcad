//! Form bodies and query strings, as ec2Query and awsQuery send them: `Filter.1.Value.2=x`,
//! `Tags.member.1.Key=y`.

use super::value::Value;
use percent_encoding::percent_decode_str;
use std::borrow::Cow;

/// Deepest nesting that is read; no AWS parameter has more.
const MAX_DEPTH: usize = 16;

/// The pairs of `a=b&c=d`, decoded. Errors on a broken escape or on text that is not UTF-8.
pub fn pairs(text: &str) -> Result<Vec<(String, String)>, String> {
    text.split('&')
        .filter(|part| !part.is_empty())
        .map(|part| {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            Ok((percent_decode(name, true)?, percent_decode(value, true)?))
        })
        .collect()
}

/// Decodes percent-encoding, and `+` as a space if `plus` is true. Unlike the URL standard, an
/// incomplete escape or text that is not UTF-8 is an error, because AWS refuses such requests.
pub fn percent_decode(text: &str, plus: bool) -> Result<String, String> {
    let is_escape = |rest: &str| {
        let digits = rest.as_bytes().get(..2);
        digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
    };
    if !text.split('%').skip(1).all(is_escape) {
        return Err(format!("broken escape in `{text}`"));
    }
    let spaced = if plus {
        text.replace('+', " ")
    } else {
        text.to_owned()
    };
    percent_decode_str(&spaced)
        .decode_utf8()
        .map(Cow::into_owned)
        .map_err(|_| format!("`{text}` is not UTF-8"))
}

/// Builds a structure from dotted names. Numbered parts are lists (in the order of their numbers);
/// `member` and `entry` parts, which awsQuery puts before the number, are skipped.
pub fn read(text: &str) -> Result<Value, String> {
    let mut root = Branch::default();
    for (name, value) in pairs(text)? {
        let path: Vec<&str> = name.split('.').collect();
        if path.len() > MAX_DEPTH {
            return Err(format!("`{name}` is nested too deep"));
        }
        root.put(&path, value);
    }
    Ok(root.node())
}

#[derive(Default)]
struct Branch {
    value: Option<String>,
    children: Vec<(String, Branch)>,
}

impl Branch {
    fn put(&mut self, path: &[&str], value: String) {
        let Some((first, rest)) = path.split_first() else {
            self.value = Some(value);
            return;
        };
        // Parameters of one item are adjacent, so the search starts at the last.
        let place = self
            .children
            .iter()
            .rposition(|(name, _)| name == first)
            .unwrap_or_else(|| {
                self.children.push(((*first).to_owned(), Self::default()));
                self.children.len() - 1
            });
        if let Some((_, child)) = self.children.get_mut(place) {
            child.put(rest, value);
        }
    }

    fn node(self) -> Value {
        if self.children.is_empty() {
            return self.value.map_or(Value::EMPTY, Value::from);
        }
        if let [(name, _)] = self.children.as_slice()
            && (name == "member" || name == "entry")
        {
            return self
                .children
                .into_iter()
                .next()
                .map_or(Value::Null, |(_, child)| child.node());
        }
        let numbers: Option<Vec<u32>> = self
            .children
            .iter()
            .map(|(name, _)| name.parse().ok())
            .collect();
        match numbers {
            Some(numbers) => {
                let mut items: Vec<_> = numbers.into_iter().zip(self.children).collect();
                items.sort_by_key(|(number, _)| *number);
                Value::List(
                    items
                        .into_iter()
                        .map(|(_, (_, child))| child.node())
                        .collect(),
                )
            }
            None => Value::Map(
                self.children
                    .into_iter()
                    .map(|(name, child)| (name.into(), child.node()))
                    .collect(),
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::value::fields;
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn dotted_names_become_trees() {
        assert_eq!(
            read(
                "Action=DescribeInstances&Filter.1.Name=instance-type&Filter.1.Value.1=p%2A\
                 &Filter.1.Value.2=g*&InstanceId.2=b&InstanceId.1=a"
            )
            .unwrap(),
            fields! {
                "Action": "DescribeInstances",
                "Filter": vec![fields! { "Name": "instance-type", "Value": vec!["p*", "g*"] }],
                "InstanceId": vec!["a", "b"],
            }
        );
        assert_eq!(
            read(
                "Queries.member.1.Id=a&Queries.member.1.Stat.Dims.member.1.Name=x+y\
                 &Queries.member.2.Id=b"
            )
            .unwrap(),
            fields! { "Queries": vec![
                fields! { "Id": "a", "Stat": fields! { "Dims": vec![fields! { "Name": "x y" }] } },
                fields! { "Id": "b" },
            ] }
        );
        assert_eq!(read("").unwrap(), Value::EMPTY);
    }

    #[test]
    fn broken_escapes_are_refused() {
        for bad in ["a=%2", "a=%zz", "%ff=1"] {
            assert!(read(bad).is_err(), "{bad}");
        }
        assert!(read(&format!("{}=1", "a.".repeat(1_000))).is_err());
    }

    proptest! {
        #[test]
        fn no_form_panics(text in any::<String>()) {
            let _ = read(&text);
        }

        #[test]
        fn any_text_survives_percent_encoding(text in any::<String>()) {
            let encoded = text.bytes().fold(String::new(), |all, byte| format!("{all}%{byte:02X}"));
            prop_assert_eq!(percent_decode(&encoded, true).unwrap(), text);
        }
    }
}
