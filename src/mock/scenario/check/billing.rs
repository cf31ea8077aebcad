//! Checks the keys of the bill beyond single fields.

use super::{ScenarioProblem, wrong};
use crate::mock::price_facts::{Component, Facts};
use crate::mock::scenario::spec::{DiscountedOffering, File, ListPriceSpec, ModelSpec, Text};
use std::collections::HashSet;
use toml::Spanned;

/// Bedrock's kinds of token.
pub(super) const TOKENS: [&str; 4] = ["input", "output", "cache-read", "cache-write"];

/// No sum in a bill is larger; products of larger ones are no numbers.
const MAX_USD: f64 = 1e12;

/// Checks discounts, commitments, credits, budgets and list prices.
pub(super) fn check(file: &File) -> Result<(), ScenarioProblem> {
    for one in &file.discount {
        share(&one.percent)?;
    }
    for one in &file.savings_plan {
        share(&one.percent)?;
        positive(&one.commitment, "`commitment` is dollars an hour, above 0")?;
        years(&one.years)?;
    }
    file.reservation.iter().try_for_each(|one| {
        positive(
            &one.usd_per_hour,
            "`usd-per-hour` is what one reserved instance costs an hour, above 0",
        )?;
        years(&one.years)?;
        let region = region(file, one.region.as_ref())?;
        if *one.count.get_ref() == 0 {
            return Err(wrong(&one.count, "`count` is 1 or more"));
        }
        offered(&one.r#type, region)
    })?;
    for one in &file.credit {
        positive(
            &one.usd,
            "`usd` is what is given back, above 0; the bill shows it below 0",
        )?;
        if let Some(until) = &one.until
            && until.get_ref().resolve(file.now.0) <= one.at.resolve(file.now.0)
        {
            return Err(wrong(until, "`until` is after `at`"));
        }
    }
    let mut budgets = HashSet::new();
    for one in &file.budget {
        positive(
            &one.usd_per_month,
            "`usd-per-month` is the budget's dollars a month, above 0",
        )?;
        if one.name.get_ref().is_empty()
            || one.name.get_ref().contains([':', '\\'])
            || !budgets.insert(one.name.get_ref())
        {
            return Err(wrong(
                &one.name,
                "budgets have different names, without colon and backslash",
            ));
        }
    }
    file.list_price
        .iter()
        .try_for_each(|one| list_price(file, one))
}

fn list_price(file: &File, one: &ListPriceSpec) -> Result<(), ScenarioProblem> {
    positive(
        &one.usd,
        "`usd` is dollars an hour, or for 1,000 tokens, above 0",
    )?;
    let region = region(file, one.region.as_ref())?;
    let word = one.component.as_ref();
    match one.service {
        DiscountedOffering::Ec2 => word.map_or_else(
            || offered(&one.r#type, region),
            |word| Err(wrong(word, "EC2 has no `component`")),
        ),
        DiscountedOffering::SageMaker => sagemaker_price(one, region),
        DiscountedOffering::Bedrock => bedrock_price(one),
    }
}

fn sagemaker_price(one: &ListPriceSpec, region: &str) -> Result<(), ScenarioProblem> {
    let word = one.component.as_ref();
    let known = |word: &&Text| {
        Component::ALL
            .iter()
            .all(|component| component.word() != word.get_ref())
    };
    if let Some(word) = word.filter(known) {
        return Err(wrong(
            word,
            format!(
                "`component` is one of {}",
                Component::ALL.map(Component::word).join(", ")
            ),
        ));
    }
    let sold = Component::ALL.iter().any(|component| {
        Facts::get()
            .sagemaker(one.r#type.get_ref(), *component, region)
            .is_some()
    });
    if sold {
        Ok(())
    } else {
        Err(wrong(
            &one.r#type,
            format!(
                "the price lists have no `{}` in {region}",
                one.r#type.get_ref()
            ),
        ))
    }
}

fn bedrock_price(one: &ListPriceSpec) -> Result<(), ScenarioProblem> {
    let word = one.component.as_ref();
    if word.is_none_or(|word| !TOKENS.contains(&word.get_ref().as_str())) {
        return Err(wrong(
            &one.r#type,
            format!(
                "a Bedrock price needs `component`: write one of {}",
                TOKENS.join(", ")
            ),
        ));
    }
    if Facts::get().tokens(one.r#type.get_ref()).is_none() {
        return Err(wrong(
            &one.r#type,
            format!("`{}` is no model of the price lists", one.r#type.get_ref()),
        ));
    }
    Ok(())
}

/// Checks a model's tier, cache and profile.
pub(super) fn model(one: &ModelSpec, region: &str) -> Result<(), ScenarioProblem> {
    let id = one.id.get_ref();
    if Facts::get().token_rates(id, region, one.tier).is_none() {
        return Err(wrong(
            &one.id,
            format!(
                "the price lists have no {} price of `{id}` in {region}",
                one.tier.word()
            ),
        ));
    }
    let percent =
        |share: &Option<Spanned<f64>>| share.as_ref().map_or(0.0, |share| *share.get_ref());
    let (read, write) = (
        percent(&one.cache_read_percent),
        percent(&one.cache_write_percent),
    );
    if let Some(place) = one
        .cache_read_percent
        .as_ref()
        .or(one.cache_write_percent.as_ref())
        && (read < 0.0 || write < 0.0 || read + write > 100.0)
    {
        return Err(wrong(
            place,
            "`cache-read-percent` and `cache-write-percent` are shares of the input: together at \
             most 100",
        ));
    }
    if one.profile.is_none() && !one.tags.is_empty() {
        return Err(wrong(
            &one.id,
            "a foundation model has no tags: call it through a `profile`",
        ));
    }
    Ok(())
}

fn share(percent: &Spanned<f64>) -> Result<(), ScenarioProblem> {
    let fits = *percent.get_ref() > 0.0 && *percent.get_ref() < 100.0;
    if fits {
        Ok(())
    } else {
        Err(wrong(percent, "`percent` is above 0 and below 100"))
    }
}

fn positive(usd: &Spanned<f64>, message: &str) -> Result<(), ScenarioProblem> {
    if *usd.get_ref() > MAX_USD {
        Err(wrong(usd, "expected at most 1e12 dollars"))
    } else if usd.get_ref().is_finite() && *usd.get_ref() > 0.0 {
        Ok(())
    } else {
        Err(wrong(usd, message))
    }
}

fn years(years: &Spanned<u32>) -> Result<(), ScenarioProblem> {
    if [1, 3].contains(years.get_ref()) {
        Ok(())
    } else {
        Err(wrong(years, "`years` is 1 or 3"))
    }
}

fn region<'a>(file: &'a File, region: Option<&'a Text>) -> Result<&'a str, ScenarioProblem> {
    let home = file
        .regions
        .first()
        .map(|region| region.get_ref().as_str())
        .unwrap_or_default();
    let Some(region) = region else {
        return Ok(home);
    };
    if file
        .regions
        .iter()
        .any(|one| one.get_ref() == region.get_ref())
    {
        return Ok(region.get_ref());
    }
    Err(wrong(
        region,
        format!("`{}` is not in `regions`", region.get_ref()),
    ))
}

fn offered(ty: &Text, region: &str) -> Result<(), ScenarioProblem> {
    if Facts::get().on_demand(ty.get_ref(), region).is_some() {
        return Ok(());
    }
    Err(wrong(
        ty,
        format!(
            "the price lists have no on-demand price of `{}` in {region}",
            ty.get_ref()
        ),
    ))
}
