//! `spendtop prices`: prices of an instance type or model with their sources, or all rate cards.

use crate::app::{cli::OutputFormat, cli_error::CliError, output, session::bootstrap::Bootstrap};
use crate::pricing::{PriceLine, Prices};
use std::path::PathBuf;

/// Regions that a table cell lists before it counts the rest.
const MAX_REGIONS: usize = 3;

/// Formats the prices of `name` for accounts whose Price List is at `endpoint`, or a summary of the
/// rate cards if `name` is `None`.
pub fn show(
    bootstrap: &Bootstrap,
    endpoint: Option<&str>,
    name: Option<&str>,
    output: OutputFormat,
) -> Result<String, CliError> {
    let prices = bootstrap.load_prices(endpoint);
    let Some(name) = name else {
        return Ok(summary(bootstrap, endpoint, prices, output));
    };
    let configured = || {
        bootstrap
            .config
            .regions
            .iter()
            .map(|region| region.0.clone())
            .collect()
    };
    let regions: Vec<String> = if bootstrap.global.region.is_empty() {
        configured()
    } else {
        bootstrap.global.region.clone()
    };
    let lines = prices.listing(name, &regions);
    if lines.is_empty() {
        let scope = if regions.is_empty() {
            String::new()
        } else {
            format!(" in {}", regions.join(", "))
        };
        return Err(CliError::unusable(format!(
            "no known price of `{}`{scope}: expected an instance type (p5.48xlarge, ml.g5.xlarge), \
             a family (g6e), or a model id or part of one",
            crate::domain::text::printable(name)
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
            "dimension": line.what,
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
        &[
            "name",
            "dimension",
            "usd",
            "per",
            "regions",
            "basis",
            "source",
        ],
        lines.iter().map(line),
    )
}

fn table(lines: &[PriceLine]) -> String {
    let headings = [
        "NAME",
        "DIMENSION",
        "USD",
        "PER",
        "REGIONS",
        "BASIS",
        "SOURCE",
    ]
    .map(|title| (title.to_owned(), title == "USD"));
    let regions = |line: &PriceLine| match line.regions.len() {
        0..=MAX_REGIONS => line.regions.join(" "),
        more => format!(
            "{} +{}",
            line.regions[..MAX_REGIONS].join(" "),
            more - MAX_REGIONS
        ),
    };
    let cells = |line: &PriceLine| {
        // People compare tokens by the million.
        let (usd, per) = match line.per.as_str() {
            "1K tokens" => (line.usd * 1000.0, "1M tokens"),
            per => (line.usd, per),
        };
        let start = vec![
            line.name.clone(),
            line.what.clone(),
            format_usd(usd),
            per.to_owned(),
            regions(line),
        ];
        start
            .into_iter()
            .chain([basis(line).to_owned(), line.source.to_string()])
            .collect()
    };
    output::aligned(&headings, lines.iter().map(cells).collect())
}

/// A price with all of its significant digits.
fn format_usd(usd: f64) -> String {
    let text = format!("{usd:.10}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// The scope of the rate cards, and the files of refreshed prices and of the user's own ones.
fn notes(bootstrap: &Bootstrap, endpoint: Option<&str>, prices: &Prices) -> [String; 3] {
    let show = |path: Option<PathBuf>| {
        path.map_or_else(|| "none".to_owned(), |path| path.display().to_string())
    };
    [
        "\nUSD list prices, Linux, shared tenancy, before tax, discounts and credits.".to_owned(),
        format!(
            "Refreshed copies (spendtop prices refresh): {}",
            show(bootstrap.folders.prices(endpoint))
        ),
        format!(
            "Prices set in {} ([[price]]): {}",
            show(bootstrap.folders.config_file()),
            prices.overridden()
        ),
    ]
}

fn summary(
    bootstrap: &Bootstrap,
    endpoint: Option<&str>,
    prices: &Prices,
    output: OutputFormat,
) -> String {
    let cells = prices.cards().iter().map(|card| {
        let (oldest, newest) = card.dates.clone().unwrap_or_default();
        vec![card.card.clone(), card.rows.to_string(), oldest, newest]
    });
    match output {
        OutputFormat::Csv => output::written(&["card", "rows", "oldest", "newest"], cells),
        OutputFormat::Json => format!("{:#}\n", summary_json(prices)),
        OutputFormat::Table => {
            let headings = ["CARD", "ROWS", "OLDEST", "NEWEST"]
                .map(|title| (title.to_owned(), title == "ROWS"));
            let mut out = output::aligned(&headings, cells.collect());
            let errors = prices.errors().iter();
            let errors = errors.map(|error| format!("skipped: {error}"));
            for line in notes(bootstrap, endpoint, prices).into_iter().chain(errors) {
                out.push_str(&line);
                out.push('\n');
            }
            out
        }
    }
}

fn summary_json(prices: &Prices) -> serde_json::Value {
    let cards = prices.cards().iter().map(|card| {
        let (oldest, newest) = card.dates.clone().unzip();
        serde_json::json!({
            "card": card.card,
            "rows": card.rows,
            "oldest": oldest,
            "newest": newest,
        })
    });
    let cards: Vec<_> = cards.collect();
    let errors: Vec<String> = prices.errors().iter().map(ToString::to_string).collect();
    serde_json::json!({
        "cards": cards,
        "configured": prices.overridden(),
        "errors": errors,
    })
}
