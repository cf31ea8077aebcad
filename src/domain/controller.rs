//! Controllers: services that start machines, found in a machine's tags by the table
//! `controllers.tsv`.
//! A controller undoes a stop or a termination: it starts a replacement. The table has the command
//! that makes it keep the machine off.

use super::{Tags, text::printable};
use std::{
    fmt,
    sync::{Arc, LazyLock},
};

/// When a controller starts a replacement for a stopped or terminated machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Replacement {
    /// It keeps a count: at once.
    Always,
    /// While work waits for a machine.
    OnDemand,
    /// It starts none.
    Never,
}

/// A row of the table.
#[derive(Debug)]
struct Rule {
    noun: &'static str,
    tag: &'static str,
    /// The value that the tag must have; `None`: any.
    value: Option<&'static str>,
    /// The tag whose value is the name.
    name: &'static str,
    /// The tag that names the controller's parent.
    parent: Option<&'static str>,
    replacement: Replacement,
    lever: &'static str,
}

/// The rows, the most specific first: an instance of a node group is also one of an Auto Scaling
/// group.
static RULES: LazyLock<Vec<Rule>> = LazyLock::new(|| {
    include_str!("controllers.tsv")
        .lines()
        .skip(1)
        .filter_map(parse)
        .collect()
});

fn parse(line: &'static str) -> Option<Rule> {
    let mut cells = line.split('\t');
    let optional = |cell: &'static str| (cell != "-").then_some(cell);
    let (noun, tag) = (cells.next()?, cells.next()?);
    Some(Rule {
        noun,
        tag,
        value: optional(cells.next()?),
        name: optional(cells.next()?).unwrap_or(tag),
        parent: optional(cells.next()?),
        replacement: match cells.next()? {
            "always" => Replacement::Always,
            "demand" => Replacement::OnDemand,
            "never" => Replacement::Never,
            _ => return None,
        },
        lever: cells.next()?,
    })
}

/// A service that starts and replaces a machine.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Controller {
    /// The kind of controller: `Auto Scaling group`.
    pub noun: &'static str,
    /// Its name; not cleaned for a terminal.
    pub name: Arc<str>,
    /// When it starts a replacement.
    pub replacement: Replacement,
    /// The command that keeps its machines off.
    pub lever: Arc<str>,
    /// The tag that identifies it: key and value.
    pub tag: (&'static str, Arc<str>),
}

impl Controller {
    /// The controller of a machine with `tags`; `None` where no tag shows one.
    pub fn find(tags: &Tags) -> Option<Self> {
        RULES.iter().find_map(|rule| rule.controller(tags))
    }

    /// Its reaction to a stop or a termination: `Auto Scaling group trainers starts a replacement`.
    pub fn effect(&self) -> String {
        match self.replacement {
            Replacement::Always => format!("{self} starts a replacement, which is billed"),
            Replacement::OnDemand => format!("{self} starts another while work waits for it"),
            Replacement::Never => format!("{self} starts no other, and still contains it"),
        }
    }

    /// The reaction of several controllers of one kind, by `names`: `Auto Scaling groups a, b start
    /// replacements`.
    pub fn effect_of_all(&self, names: &str) -> String {
        let noun = self.noun;
        match self.replacement {
            Replacement::Always => format!("{noun}s {names} start replacements, which are billed"),
            Replacement::OnDemand => format!("{noun}s {names} start others while work waits"),
            Replacement::Never => {
                format!("{noun}s {names} start no others, and still contain them")
            }
        }
    }

    /// The tag as `key=value`.
    pub fn evidence(&self) -> String {
        format!("{}={}", self.tag.0, printable(&self.tag.1))
    }
}

impl fmt::Display for Controller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.noun, printable(&self.name))
    }
}

impl Rule {
    fn controller(&self, tags: &Tags) -> Option<Controller> {
        let shown = tags.get(self.tag).filter(|value| !value.is_empty())?;
        if self.value.is_some_and(|wanted| wanted != shown) {
            return None;
        }
        let name = tags.get(self.name).filter(|name| !name.is_empty())?;
        let parent = self.parent.and_then(|tag| tags.get(tag));
        let lever = self.lever(name, parent.map(String::as_str));
        let evidence = if self.value.is_some() {
            self.name
        } else {
            self.tag
        };
        Some(Controller {
            noun: self.noun,
            name: name.as_str().into(),
            replacement: self.replacement,
            lever: lever.into(),
            tag: (evidence, name.as_str().into()),
        })
    }
}

impl Rule {
    /// The command for the controller `name` of `parent`. The names come from tags, which anybody
    /// may write: each becomes one word of a shell, and braces in a name are not expanded.
    fn lever(&self, name: &str, parent: Option<&str>) -> String {
        let mut command = String::new();
        let mut rest = self.lever;
        while let Some((before, after)) = rest.split_once('{') {
            let (word, after) = match (after.strip_prefix("name}"), after.strip_prefix("parent}")) {
                (Some(after), _) => (quote(name), after),
                (None, Some(after)) => (parent.map_or_else(|| UNKNOWN.to_owned(), quote), after),
                (None, None) => ("{".to_owned(), after),
            };
            command.extend([before, &word]);
            rest = after;
        }
        command + rest
    }
}

/// Replaces a name in a command that the user has to fill in.
const UNKNOWN: &str = "NAME";

/// `word`, quoted so that a shell reads one word that is no option.
fn quote(word: &str) -> String {
    let word = printable(word);
    if word.starts_with('-') {
        return UNKNOWN.to_owned();
    }
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./:@+,=".contains(c);
    if word.chars().all(is_plain) {
        word.into_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags(pairs: &[(&str, &str)]) -> Tags {
        pairs
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect()
    }

    #[test]
    fn every_line_of_the_table_is_a_rule_with_a_source() {
        let table = include_str!("controllers.tsv");
        assert_eq!(RULES.len(), table.lines().count() - 1);
        for line in table.lines() {
            assert_eq!(line.split('\t').count(), 8, "{line}");
            assert!(line.split('\t').all(|cell| !cell.is_empty()), "{line}");
        }
        for rule in RULES.iter() {
            let mut shown = tags(&[(rule.name, "gpu"), ("eks:cluster-name", "prod")]);
            shown.insert(rule.tag.to_owned(), rule.value.unwrap_or("gpu").to_owned());
            let found = Controller::find(&shown).unwrap();
            assert_eq!((found.noun, &*found.name), (rule.noun, "gpu"));
            assert!(!found.lever.contains("{name}") && !found.lever.contains("{parent}"));
        }
    }

    #[test]
    fn names_from_tags_stay_one_word_of_the_command() {
        for (group, cluster, lever) in [
            (
                "{parent}",
                "a; rm -rf ~",
                "--cluster-name 'a; rm -rf ~' --nodegroup-name '{parent}'",
            ),
            (
                "$(id)",
                "it's",
                r"--cluster-name 'it'\''s' --nodegroup-name '$(id)'",
            ),
            (
                "--help",
                "prod",
                "--cluster-name prod --nodegroup-name NAME",
            ),
        ] {
            let shown = tags(&[("eks:nodegroup-name", group), ("eks:cluster-name", cluster)]);
            let found = Controller::find(&shown).unwrap();
            assert_eq!(
                &*found.lever,
                format!(
                    "aws eks update-nodegroup-config {lever} --scaling-config \
                     minSize=0,desiredSize=0"
                )
            );
        }
    }

    #[test]
    fn the_most_specific_controller_is_named() {
        let group = ("aws:autoscaling:groupName", "eks-gpu-9ac1");
        let stack = ("aws:cloudformation:stack-name", "ml");
        for (pairs, name, lever) in [
            (
                vec![group, stack],
                "Auto Scaling group eks-gpu-9ac1",
                "aws autoscaling update-auto-scaling-group --auto-scaling-group-name eks-gpu-9ac1 \
                 --min-size 0 --desired-capacity 0",
            ),
            (
                vec![
                    group,
                    ("eks:nodegroup-name", "gpu"),
                    ("eks:cluster-name", "prod"),
                ],
                "EKS node group gpu",
                "aws eks update-nodegroup-config --cluster-name prod --nodegroup-name gpu \
                 --scaling-config minSize=0,desiredSize=0",
            ),
            (
                vec![
                    ("aws:ec2:fleet-id", "fleet-1"),
                    ("karpenter.sh/nodepool", "gpu"),
                ],
                "Karpenter node pool gpu",
                "kubectl patch nodepool gpu --type merge \
                 -p '{\"spec\":{\"limits\":{\"cpu\":\"0\"}}}'",
            ),
            (
                vec![
                    ("ray-cluster-name", "x"),
                    ("skypilot-cluster-name", "my cluster"),
                ],
                "SkyPilot cluster my cluster",
                "sky down 'my cluster'",
            ),
            (
                vec![("Vendor", "Databricks"), ("ClusterId", "1123-a")],
                "Databricks cluster 1123-a",
                "databricks clusters delete 1123-a",
            ),
        ] {
            let found = Controller::find(&tags(&pairs)).unwrap();
            assert_eq!((found.to_string().as_str(), &*found.lever), (name, lever));
        }
        assert_eq!(
            Controller::find(&tags(&[("Vendor", "Acme"), ("ClusterId", "7")])),
            None
        );
        assert_eq!(Controller::find(&tags(&[("team", "search")])), None);
    }

    #[test]
    fn effect_names_the_controller() {
        let found = |key, value| Controller::find(&tags(&[(key, value)])).unwrap();
        assert_eq!(
            found("aws:autoscaling:groupName", "trainers").effect(),
            "Auto Scaling group trainers starts a replacement, which is billed"
        );
        assert_eq!(
            found("parallelcluster:cluster-name", "hpc").effect(),
            "ParallelCluster hpc starts another while work waits for it"
        );
        let stack = found("aws:cloudformation:stack-name", "ml");
        assert_eq!(
            (stack.effect(), stack.evidence()),
            (
                "CloudFormation stack ml starts no other, and still contains it".to_owned(),
                "aws:cloudformation:stack-name=ml".to_owned()
            )
        );
    }
}
