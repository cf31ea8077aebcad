//! `spendtop prices`: what the rate cards know of a type or model, and what is in them.

use crate::app::{cli::OutputFormat, cli_error::CliError, output, session::bootstrap::Bootstrap};
use crate::pricing::{PriceLine, Prices};

/// Regions a table's cell names before it counts.
const SHOWN: usize = 3;

/// What `prices` knows of `word`, in the form of `output`; of everything, without one: what is in
/// the cards.
pub fn show(
    start: &Bootstrap,
    prices: &Prices,
    word: Option<&str>,
    output: OutputFormat,
) -> Result<String, CliError> {
    let Some(word) = word else {
        return Ok(summary(start, prices, output));
    };
    let configured = || {
        start
            .config
            .regions
            .iter()
            .map(|region| region.0.clone())
            .collect()
    };
    let regions: Vec<String> = if start.global.region.is_empty() {
        configured()
    } else {
        start.global.region.clone()
    };
    let lines = prices.listing(word, &regions);
    if lines.is_empty() {
        let place = if regions.is_empty() {
            String::new()
        } else {
            format!(" in {}", regions.join(", "))
        };
        return Err(CliError::unusable(format!(
            "no price is known of `{}`{place}: expected an instance type (p5.48xlarge, ml.g5.xlarge), a family (g6e), a model id or a part of one",
            crate::domain::text::printable(word)
        )));
    }
    Ok(match output {
        OutputFormat::Json => json(&lines),
        OutputFormat::Csv => csv(&lines),
        OutputFormat::Table => table(&lines),
    })
}

fn basis(line: &PriceLine) -> &'static str {
    if line.estimate { "estimate" } else { "list" }
}

fn json(lines: &[PriceLine]) -> String {
    let object = |line: &PriceLine| {
        serde_json::json!({
            "name": line.name,
            "what": line.what,
            "usd": line.usd,
            "per": line.per,
            "regions": line.regions,
            "basis": basis(line),
            "source": line.source.as_ref(),
        })
    };
    let lines: Vec<_> = lines.iter().map(object).collect();
    format!("{:#}\n", serde_json::Value::Array(lines))
}

fn csv(lines: &[PriceLine]) -> String {
    let line = |line: &PriceLine| {
        let cells = [
            line.name.clone(),
            line.what.clone(),
            line.usd.to_string(),
            line.per.clone(),
        ];
        cells
            .into_iter()
            .chain([
                line.regions.join(" "),
                basis(line).to_owned(),
                line.source.to_string(),
            ])
            .collect()
    };
    output::written(
        &["name", "what", "usd", "per", "regions", "basis", "source"],
        lines.iter().map(line),
    )
}

fn table(lines: &[PriceLine]) -> String {
    let headings = ["NAME", "WHAT", "USD", "PER", "REGIONS", "BASIS", "SOURCE"]
        .map(|title| (title.to_owned(), title == "USD"));
    let regions = |line: &PriceLine| match line.regions.len() {
        0..=SHOWN => line.regions.join(" "),
        more => format!("{} +{}", line.regions[..SHOWN].join(" "), more - SHOWN),
    };
    let cells = |line: &PriceLine| {
        let start = vec![
            line.name.clone(),
            line.what.clone(),
            figure(line.usd),
            line.per.clone(),
            regions(line),
        ];
        start
            .into_iter()
            .chain([basis(line).to_owned(), line.source.to_string()])
            .collect()
    };
    output::aligned(&headings, lines.iter().map(cells).collect())
}

/// Every digit that means something.
fn figure(usd: f64) -> String {
    let text = format!("{usd:.8}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn summary(start: &Bootstrap, prices: &Prices, output: OutputFormat) -> String {
    let cells = prices.cards().iter().map(|card| {
        let (oldest, newest) = card.dates.clone().unwrap_or_default();
        vec![card.card.clone(), card.rows.to_string(), oldest, newest]
    });
    match output {
        OutputFormat::Csv => output::written(&["card", "rows", "oldest", "newest"], cells),
        OutputFormat::Json => {
            let cards = prices.cards().iter().map(|card| {
                let (oldest, newest) = card.dates.clone().unzip();
                serde_json::json!({ "card": card.card, "rows": card.rows, "oldest": oldest, "newest": newest })
            });
            let errors: Vec<String> = prices.errors().iter().map(ToString::to_string).collect();
            let cards: Vec<_> = cards.collect();
            format!(
                "{:#}\n",
                serde_json::json!({ "cards": cards, "configured": prices.overridden(), "errors": errors })
            )
        }
        OutputFormat::Table => {
            let headings = ["CARD", "ROWS", "OLDEST", "NEWEST"]
                .map(|title| (title.to_owned(), title == "ROWS"));
            let mut out = output::aligned(&headings, cells.collect());
            let notes = [
                "\nUSD list prices, Linux, shared tenancy, before tax, discounts and credits."
                    .to_owned(),
                format!(
                    "Copies read from AWS (spendtop prices refresh): {}",
                    start.folders.prices().display()
                ),
                format!(
                    "Rates set in {} ([[price]]): {}",
                    start.folders.config_file().display(),
                    prices.overridden()
                ),
            ];
            for line in notes.into_iter().chain(
                prices
                    .errors()
                    .iter()
                    .map(|error| format!("left out: {error}")),
            ) {
                out.push_str(&line);
                out.push('\n');
            }
            out
        }
    }
}
