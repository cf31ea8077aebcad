//! EC2's filters: names with values, `*` and `?` as wildcards, case-sensitive; all filters must
//! match, any value of each.

use crate::{
    domain::Tags,
    mock::{
        glob::matches,
        protocol::{Failure, Input, error},
    },
};

/// Most values of all filters of a request.
const MAX_FILTER_VALUES: usize = 200;

/// The filters of one request.
#[derive(Debug)]
pub(super) struct Filters<'a>(Vec<(&'a str, Vec<&'a str>)>);

impl<'a> Filters<'a> {
    /// Parses the filters; `known` are the names accepted beside `tag:<key>`, `tag-key` and
    /// `tag-value`.
    pub(super) fn read(input: &Input<'a>, known: &[&str]) -> Result<Self, Failure> {
        let mut filters = Vec::new();
        for filter in input.children("Filter")? {
            let name = filter.need_text("Name")?;
            let tag = name.starts_with("tag:") || name == "tag-key" || name == "tag-value";
            if !tag && !known.contains(&name) {
                return error::refuse(
                    "InvalidParameterValue",
                    format!("The filter '{name}' is invalid"),
                );
            }
            filters.push((name, filter.need_texts("Value")?));
        }
        if filters
            .iter()
            .map(|(_, values)| values.len())
            .sum::<usize>()
            > MAX_FILTER_VALUES
        {
            return error::refuse(
                "FilterLimitExceeded",
                format!(
                    "The maximum number of filter values specified on a single call is \
                     {MAX_FILTER_VALUES}."
                ),
            );
        }
        Ok(Self(filters))
    }

    /// Whether a resource matches. `values` returns its values for a filter; tags come from `tags`.
    pub(super) fn pass(&self, tags: &Tags, values: impl Fn(&str) -> Vec<String>) -> bool {
        self.0.iter().all(|(name, wanted)| {
            let has: Vec<String> = match *name {
                "tag-key" => tags.keys().cloned().collect(),
                "tag-value" => tags.values().cloned().collect(),
                name => match name.strip_prefix("tag:") {
                    Some(key) => tags.get(key).cloned().into_iter().collect(),
                    None => values(name),
                },
            };
            has.iter()
                .any(|value| wanted.iter().any(|pattern| matches(pattern, value)))
        })
    }
}
