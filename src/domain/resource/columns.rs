//! The common columns: the one list that filters, `ls` JSON and CSV, the column picker, help and
//! the docs read.

use super::record::CommonFields;
use crate::domain::{Align, CostWindow, Timestamp, Value, Width, time::timestamp::seconds_between};

/// A column that rows of any pane may have, computed from [`CommonFields`].
#[derive(Debug)]
pub struct CommonColumn {
    /// snake_case word for filter and sort; unique.
    pub id: &'static str,
    /// Key in `ls` JSON and heading in `ls` CSV. Also a filter word.
    pub key: &'static str,
    /// Further filter words.
    pub aliases: &'static [&'static str],
    /// Column heading: the id, or an abbreviation of it.
    pub title: &'static str,
    /// Width where a pane does not set its own.
    pub width: Width,
    /// Text alignment.
    pub align: Align,
    /// Meaning and unit.
    pub doc: &'static str,
    /// The value as of a moment.
    pub value: fn(&CommonFields, Timestamp) -> Value,
}

impl CommonColumn {
    /// All words that name this column in a filter, the id first.
    pub fn words(&self) -> impl Iterator<Item = &'static str> {
        let key = Some(self.key).filter(|key| *key != self.id);
        std::iter::once(self.id)
            .chain(key)
            .chain(self.aliases.iter().copied())
    }
}

macro_rules! columns {
    ($(
        $(#[doc = $doc:literal])+
        $field:ident => $column:ident { $($member:ident: $value:expr,)* }
    )*) => {
        /// The index of a common column.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum CommonField { $($(#[doc = $doc])+ $field,)* }

        impl CommonField {
            /// All columns, in the order of `ls` JSON and CSV.
            pub const ALL: &'static [Self] = &[$(Self::$field,)*];

            /// The column.
            pub const fn column(self) -> &'static CommonColumn {
                match self {
                    $(Self::$field => const { &$column { $($member: $value,)* } },)*
                }
            }
        }
    };
}

columns! {
    /// Id that the service assigned.
    Id => CommonColumn {
        id: "id",
        key: "id",
        aliases: &[],
        title: "id",
        width: Width::Fixed(20),
        align: Align::Left,
        doc: "the service's own identifier",
        value: |fields, _| Value::Text(fields.key.id.clone()),
    }
    /// Name.
    Name => CommonColumn {
        id: "name",
        key: "name",
        aliases: &[],
        title: "name",
        width: Width::Flex { min: 14, weight: 3 },
        align: Align::Left,
        doc: "name, or the Name tag",
        value: |fields, _| Value::Text(fields.name.clone()),
    }
    /// Amazon Resource Name.
    Arn => CommonColumn {
        id: "arn",
        key: "arn",
        aliases: &[],
        title: "arn",
        width: Width::Fixed(40),
        align: Align::Left,
        doc: "Amazon Resource Name",
        value: |fields, _| Value::opt(fields.arn.as_ref(), |arn| Value::text(arn.as_str())),
    }
    /// Resource kind.
    Kind => CommonColumn {
        id: "kind",
        key: "kind",
        aliases: &[],
        title: "kind",
        width: Width::Fixed(20),
        align: Align::Left,
        doc: "resource kind; of a finding, the id of its rule",
        value: |fields, _| Value::text(fields.key.kind.0),
    }
    /// State.
    State => CommonColumn {
        id: "state",
        key: "state",
        aliases: &["status"],
        title: "state",
        width: Width::Fixed(10),
        align: Align::Left,
        doc: "state, in AWS's word",
        value: |fields, _| Value::State(fields.state.clone()),
    }
    /// Account.
    Account => CommonColumn {
        id: "account",
        key: "account",
        aliases: &[],
        title: "account",
        width: Width::Fixed(12),
        align: Align::Left,
        doc: "account id",
        value: |fields, _| Value::Text(fields.key.account.clone()),
    }
    /// Profile.
    Profile => CommonColumn {
        id: "profile",
        key: "profile",
        aliases: &[],
        title: "profile",
        width: Width::Fixed(20),
        align: Align::Left,
        doc: "AWS profile the row was read with; empty for credentials from the environment",
        value: |fields, _| {
            let named = Some(&fields.profile).filter(|profile| !profile.is_empty());
            Value::opt(named.cloned(), Value::Text)
        },
    }
    /// Region.
    Region => CommonColumn {
        id: "region",
        key: "region",
        aliases: &[],
        title: "region",
        width: Width::Fixed(10),
        align: Align::Left,
        doc: "region code",
        value: |fields, _| Value::Text(fields.key.region.clone()),
    }
    /// Start.
    Since => CommonColumn {
        id: "since",
        key: "since",
        aliases: &[],
        title: "since",
        width: Width::Fixed(16),
        align: Align::Left,
        doc: "when it was last started, or created; of an anomaly, its start",
        value: |fields, _| Value::opt(fields.since, Value::Moment),
    }
    /// Time since the start.
    Age => CommonColumn {
        id: "age",
        key: "age_seconds",
        aliases: &[],
        title: "age",
        width: Width::Fixed(5),
        align: Align::Right,
        doc: "time since it was last started, or created",
        value: |fields, now| {
            Value::opt(fields.since, |since| Value::Span(seconds_between(since, now)))
        },
    }
    /// Effective dollars per hour.
    Effective => CommonColumn {
        id: "effective",
        key: "usd_per_hour",
        aliases: &[],
        title: "eff/h",
        width: Width::Fixed(7),
        align: Align::Right,
        doc: "dollars per hour after discounts; list where no discount is known",
        value: |fields, _| {
            let rate = fields.effective();
            rate.map_or_else(|| fields.burn.value(), Value::Rate)
        },
    }
    /// Burn: list dollars per hour.
    Burn => CommonColumn {
        id: "burn",
        key: "usd_per_hour_list",
        aliases: &[],
        title: "$/h",
        width: Width::Fixed(7),
        align: Align::Right,
        doc: "list dollars per hour now; n/a when unpriced",
        value: |fields, _| fields.burn.value(),
    }
    /// Prepaid dollars per hour.
    Prepaid => CommonColumn {
        id: "prepaid_rate",
        key: "prepaid_usd_per_hour",
        aliases: &[],
        title: "prepaid rate",
        width: Width::Fixed(7),
        align: Align::Right,
        doc: "dollars per hour paid in advance, in no burn; of a capacity block or training plan \
              those of the instances that no other row has",
        value: |fields, _| {
            Value::opt(fields.prepaid.as_ref(), |one| Value::read(&one.rate(), Value::Rate))
        },
    }
    /// Wasted effective dollars per hour.
    EffectiveWaste => CommonColumn {
        id: "effective_waste",
        key: "waste_usd_per_hour",
        aliases: &[],
        title: "effective waste",
        width: Width::Fixed(7),
        align: Align::Right,
        doc: "dollars per hour wasted, by the findings, after discounts: a part of usd_per_hour",
        value: |fields, _| {
            let share = fields.paid_share();
            Value::read(&fields.waste, |waste| Value::Rate(waste * share))
        },
    }
    /// Wasted dollars per hour.
    Waste => CommonColumn {
        id: "waste",
        key: "waste_usd_per_hour_list",
        aliases: &[],
        title: "waste/h",
        width: Width::Fixed(7),
        align: Align::Right,
        doc: "list dollars per hour wasted, by the findings",
        value: |fields, _| Value::read(&fields.waste, Value::Rate),
    }
    /// Wasted dollars per hour of rows without a price.
    WasteEstimate => CommonColumn {
        id: "waste_estimate",
        key: "waste_estimate_usd_per_hour",
        aliases: &[],
        title: "waste estimate",
        width: Width::Fixed(7),
        align: Align::Right,
        doc: "dollars per hour wasted at an unknown price, by the nearest known one; in no sum",
        value: |fields, _| Value::opt(fields.waste_estimate, Value::Rate),
    }
    /// Cost since the start.
    CostSinceStart => CommonColumn {
        id: "cost_since_start",
        key: "cost_since_start",
        aliases: &[],
        title: "cost",
        width: Width::Fixed(8),
        align: Align::Right,
        doc: "effective dollars since it was last started, with what fell due of prepaid capacity",
        value: |fields, now| fields.accrued(CostWindow::Launch, now),
    }
    /// Cost since Friday evening.
    CostFriday => CommonColumn {
        id: "cost_friday",
        key: "cost_friday",
        aliases: &[],
        title: "cost fri",
        width: Width::Fixed(8),
        align: Align::Right,
        doc: "effective dollars since the last Friday 18:00 UTC, with what fell due of prepaid \
              capacity",
        value: |fields, now| fields.accrued(CostWindow::Friday, now),
    }
    /// Cost of the day.
    CostToday => CommonColumn {
        id: "cost_today",
        key: "cost_today",
        aliases: &[],
        title: "today",
        width: Width::Fixed(8),
        align: Align::Right,
        doc: "effective dollars since midnight UTC, with what fell due of prepaid capacity",
        value: |fields, now| fields.accrued(CostWindow::Today, now),
    }
    /// Cost of the month.
    CostMonth => CommonColumn {
        id: "cost_month",
        key: "cost_month",
        aliases: &[],
        title: "month",
        width: Width::Fixed(8),
        align: Align::Right,
        doc: "effective dollars since the first of the month, UTC, with what fell due of prepaid \
              capacity",
        value: |fields, now| fields.accrued(CostWindow::Month, now),
    }
    /// Owner.
    Owner => CommonColumn {
        id: "owner",
        key: "owner",
        aliases: &[],
        title: "owner",
        width: Width::Fixed(10),
        align: Align::Left,
        doc: "owner, from the owner tags",
        value: |fields, _| Value::opt(fields.owner.clone(), Value::Text),
    }
    /// Tags.
    Tags => CommonColumn {
        id: "tags",
        key: "tags",
        aliases: &[],
        title: "tags",
        width: Width::Flex { min: 16, weight: 1 },
        align: Align::Left,
        doc: "all tags, key=value",
        value: |fields, _| Value::read(&fields.tags, Value::Tags),
    }
    /// Age of the reading.
    ReadAgeSeconds => CommonColumn {
        id: "read_age_seconds",
        key: "read_age_seconds",
        aliases: &[],
        title: "read age",
        width: Width::Fixed(11),
        align: Align::Right,
        doc: "time since the row was read from AWS",
        value: |fields, now| {
            Value::Span(seconds_between(fields.read_at, now).max(0.0).round())
        },
    }
    /// Time of the metrics, where they are not current.
    AsOf => CommonColumn {
        id: "as_of",
        key: "as_of",
        aliases: &[],
        title: "as of",
        width: Width::Fixed(16),
        align: Align::Left,
        doc: "when the metrics behind the waste were read, if that is long ago",
        value: |fields, _| Value::opt(fields.metrics_as_of(), Value::Moment),
    }
    /// Source of the figures.
    Source => CommonColumn {
        id: "source",
        key: "source",
        aliases: &[],
        title: "source",
        width: Width::Fixed(20),
        align: Align::Left,
        doc: "source of the figures: live inventory x dated price list x discount, or \
              Cost Explorer",
        value: |fields, _| Value::text(fields.source()),
    }
}

impl CommonField {
    /// The value in `fields` as of `now`.
    pub fn value(self, fields: &CommonFields, now: Timestamp) -> Value {
        (self.column().value)(fields, now)
    }

    /// The column that `word` (lower case) names: its id, its key or an alias.
    pub fn named(word: &str) -> Option<Self> {
        let names = |field: &&Self| field.column().words().any(|known| known == word);
        Self::ALL.iter().find(names).copied()
    }

    /// Its key in `ls` JSON and CSV.
    pub const fn key(self) -> &'static str {
        self.column().key
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_names_one_column() {
        for field in CommonField::ALL {
            for word in field.column().words() {
                assert_eq!(CommonField::named(word), Some(*field), "{word}");
            }
        }
    }

    #[test]
    fn usd_per_hour_is_effective_and_list_rate_has_its_own_name() {
        assert_eq!(
            CommonField::named("usd_per_hour"),
            Some(CommonField::Effective)
        );
        assert_eq!(
            CommonField::named("usd_per_hour_list"),
            Some(CommonField::Burn)
        );
    }
}
