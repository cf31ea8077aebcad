//! Notes in the errors list: facts about the numbers that are not failures, and their remedies.

use crate::{
    domain::{Note, text::printable},
    inventory::UnseenCost,
};

/// Rows that no rule could judge.
pub fn unjudged(count: usize) -> String {
    format!(
        "{} could not be judged: whether they waste anything is unknown.",
        super::plural(count, "row", "rows")
    )
}

/// The words of `note`.
pub fn note(note: &Note) -> String {
    match note {
        Note::LineNotAtList { usage, ratio } => format!(
            "{} is billed at {} its list price: its unit is unclear, so no discount is inferred \
             from it.",
            printable(usage),
            times(*ratio)
        ),
        Note::ServiceNotAtList { service, ratio } => format!(
            "{service} is billed at {} its list price, so no discount is inferred; its rows show \
             list prices. Set one with `[[discount]]` in config.toml.",
            times(*ratio)
        ),
        Note::LineOutweighsService { service, usage } => format!(
            "{} alone deviates from its list price by more than the whole of {service}, so no \
             discount is inferred; the rows of {service} show list prices. Set one with \
             `[[discount]]` in config.toml.",
            printable(usage)
        ),
        Note::BillNotBurn {
            service,
            billed,
            estimate,
        } => format!(
            "Last closed day: AWS billed {billed} for {service}, but its rows cost {estimate} at \
             list; they stay at list. Set a discount with `[[discount]]` in config.toml."
        ),
        Note::SystemUnknown => "EC2 instances are billed above the list price of Linux, and the \
             bill does not say which run Windows or RHEL: no discount is inferred from them."
            .to_owned(),
        Note::Currency { currency } => format!(
            "The bill is in {currency}: its amounts are shown in {currency}, rows at list in \
             dollars, and no discount is inferred."
        ),
        Note::PartialBill { pages, through } => format!(
            "Cost Explorer has more than {pages} pages: after {}, costs are per service, without \
             usage types.",
            through.strftime("%Y-%m-%d")
        ),
        Note::NegligibleBudget { name, limit } => format!(
            "The budget {} has a limit of {limit}: any cost exceeds it. It is not followed here; a \
             budget with a filter on AI/ML services is.",
            printable(name)
        ),
        Note::NoAiBudget { budgets } => format!(
            "None of the {budgets} budgets of this account follows AI/ML services: add one in AWS \
             Budgets or in the configuration ([[budget]])."
        ),
        Note::TagWithoutValues { key } => format!(
            "No cost has a value of the tag {}: the payer activates it as cost allocation tag, \
             and it counts from then on (ce:ListCostAllocationTags shows its state).",
            printable(key)
        ),
        Note::BilledByPayer { account, payer } => {
            format!("The bill of {account} is part of that of {payer}, and counted there.")
        }
        Note::BilledWithoutRows {
            service,
            daily,
            currency,
        } => {
            format!(
                "No row, but the bill has {} a day of {service}.",
                currency.format(daily.0)
            )
        }
        Note::RegionNotWatched {
            region,
            daily,
            currency,
        } => format!(
            "{}/day in {region}, not watched: `--region` adds it.",
            currency.format(daily.0)
        ),
        Note::Unlisted {
            name,
            daily,
            currency,
        } => format!(
            "No pane lists {name}, but the bill has {} a day of it.",
            currency.format(daily.0)
        ),
    }
}

/// An empty table although the bill has costs of its resources.
pub fn none_seen(regions: &str, unseen: &UnseenCost) -> String {
    let daily = unseen.currency.format(unseen.daily.0);
    format!(
        "None seen in {regions}, but the bill has {daily} a day of {}.",
        unseen.service
    )
}

/// `16.9 times`, `a 1,000th of`.
fn times(ratio: f64) -> String {
    if ratio >= 0.1 {
        format!("{} times", crate::pricing::discounts::format_ratio(ratio))
    } else {
        format!("{} of", crate::domain::Value::Percent(ratio).show())
    }
}
