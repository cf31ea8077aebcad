//! `spendtop prices refresh`: reads the AWS Price List into the price cache.
//!
//! Replaces the rows of the regions that were read and keeps those of other regions.

use crate::app::cli_error::{CliError, INCOMPLETE};
use crate::{
    aws::{
        Session,
        price_list::{self, LISTS},
    },
    domain::text::printable,
    engine::private_file,
    pricing::{self, CardSheet, Prices},
};
use std::{
    collections::BTreeSet,
    io::{self, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

/// The longest rate card that is read, in bytes.
const MAX_CARD_BYTES: u64 = 64 * 1024 * 1024;
/// Skipped names that a line lists before it counts the rest.
const MAX_NAMED: usize = 5;

/// Reads the price lists of `regions` through `session` and writes them to `folder`. Each row names
/// the list and its endpoint, if that is not AWS's.
pub async fn refresh(
    session: &Session,
    regions: &[String],
    folder: &Path,
) -> Result<ExitCode, CliError> {
    let source = match &session.price_endpoint {
        Some(url) => format!("AWS Price List API at {}", printable(url)),
        None => "AWS Price List API".to_owned(),
    };
    let mut products = Vec::new();
    let mut complete = true;
    let mut out = io::stdout();
    for region in regions {
        for (service, filters) in LISTS {
            match price_list::products(session, service, region, filters).await {
                Ok(found) => {
                    writeln!(out, "{service} in {region}: {} prices", found.len())?;
                    products.extend(found);
                }
                Err(fault) => {
                    complete = false;
                    writeln!(io::stderr(), "spendtop: {service} in {region}: {fault}")?;
                }
            }
        }
    }
    let refreshed = pricing::sheets(Prices::embedded(), &products, &source);
    for sheet in refreshed
        .sheets
        .iter()
        .filter(|sheet| !sheet.rows.is_empty())
    {
        let path = write_sheet(sheet, folder)
            .map_err(|error| CliError::failed(format!("{}: {error}", folder.display())))?;
        writeln!(out, "{} rows to {}", sheet.rows.len(), path.display())?;
    }
    if let Some(names) = first_of(&refreshed.unnamed, ", ") {
        writeln!(
            out,
            "skipped {} models that no rate card names: {names}",
            refreshed.unnamed.len()
        )?;
    }
    if let Some(rows) = first_of(&refreshed.refused, "; ") {
        complete = false;
        writeln!(
            io::stderr(),
            "spendtop: the list has prices that are none: {rows}"
        )?;
    }
    Ok(if complete {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(INCOMPLETE)
    })
}

/// The first of `texts`, and how many more there are; `None` if there are none.
fn first_of(texts: &[String], separator: &str) -> Option<String> {
    let (shown, more) = texts.split_at(texts.len().min(MAX_NAMED));
    let more = match more.len() {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let shown = printable(&shown.join(separator)).into_owned();
    (!texts.is_empty()).then(|| format!("{shown}{more}"))
}

/// Writes `sheet` atomically; keeps the rows of other regions.
fn write_sheet(sheet: &CardSheet, folder: &Path) -> io::Result<PathBuf> {
    private_file::make_private_folder(folder)?;
    let path = folder.join(sheet.card);
    let rows_of_other_regions = rows_of_other_regions(sheet, &path)?;
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(sheet.headings)?;
    for row in rows_of_other_regions {
        writer.write_record(&row)?;
    }
    for row in &sheet.rows {
        writer.write_record(row)?;
    }
    let text = writer.into_inner().map_err(io::Error::other)?;
    private_file::replace(&path, &text)?;
    Ok(path)
}

/// The rows of regions that `sheet` does not replace; none if the headings of the file differ.
fn rows_of_other_regions(sheet: &CardSheet, path: &Path) -> io::Result<Vec<csv::StringRecord>> {
    let Some(region_column) = sheet
        .headings
        .iter()
        .position(|heading| *heading == sheet.place)
    else {
        return Ok(Vec::new());
    };
    let replaced: BTreeSet<&str> = sheet
        .rows
        .iter()
        .filter_map(|row| row.get(region_column))
        .map(String::as_str)
        .collect();
    let Some(text) = private_file::read_trusted(path, MAX_CARD_BYTES)? else {
        return Ok(Vec::new());
    };
    let mut reader = csv::Reader::from_reader(text.as_slice());
    if reader
        .headers()
        .is_ok_and(|headings| headings.iter().ne(sheet.headings.iter().copied()))
    {
        return Ok(Vec::new());
    }
    // Unreadable rows are dropped; every start has reported them.
    let rows = reader.records().filter_map(Result::ok);
    Ok(rows
        .filter(|row| {
            row.get(region_column)
                .is_some_and(|region| !replaced.contains(region))
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn sheet(rows: &[[&str; 2]]) -> CardSheet {
        let rows = rows
            .iter()
            .map(|row| row.iter().map(|cell| (*cell).to_owned()).collect())
            .collect();
        CardSheet {
            card: "x.csv",
            headings: &["region", "usd"],
            place: "region",
            rows,
        }
    }

    #[test]
    fn refresh_keeps_rows_of_other_regions() {
        let folder = tempfile::tempdir().unwrap();
        write_sheet(
            &sheet(&[["us-east-1", "1"], ["eu-west-1", "2"]]),
            folder.path(),
        )
        .unwrap();
        let path = write_sheet(&sheet(&[["us-east-1", "3"]]), folder.path()).unwrap();
        assert_eq!(
            fs::read_to_string(&path).unwrap(),
            "region,usd\neu-west-1,2\nus-east-1,3\n"
        );
        fs::write(&path, "other,headings\na,b\n").unwrap();
        write_sheet(&sheet(&[["us-east-1", "4"]]), folder.path()).unwrap();
        assert_eq!(
            fs::read_to_string(&path).unwrap(),
            "region,usd\nus-east-1,4\n"
        );
    }
}
