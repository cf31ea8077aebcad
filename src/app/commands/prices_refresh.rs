//! `spendtop prices refresh`: the AWS Price List into this user's copies of the cards.
//!
//! Rows of the regions that were read are replaced, those of other regions stay.

use crate::app::cli_error::{CliError, INCOMPLETE};
use crate::{
    aws::{
        Session,
        price_list::{self, LISTS},
    },
    pricing::{self, CardSheet, Prices},
};
use std::{
    collections::BTreeSet,
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

/// Names of models that a line mentions before it counts.
const SHOWN: usize = 5;

/// Reads the lists for `regions` through `session` and writes them to `folder`. `source` is what
/// the rows will say.
pub async fn refresh(
    session: &Session,
    regions: &[String],
    folder: &Path,
    source: &str,
) -> Result<ExitCode, CliError> {
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
    let made = pricing::sheets(Prices::embedded(), &products, source);
    for sheet in made.sheets.iter().filter(|sheet| !sheet.rows.is_empty()) {
        let path = write(sheet, folder)
            .map_err(|error| CliError::failed(format!("{}: {error}", folder.display())))?;
        writeln!(out, "{} rows to {}", sheet.rows.len(), path.display())?;
    }
    if !made.unnamed.is_empty() {
        let shown = made
            .unnamed
            .iter()
            .take(SHOWN)
            .cloned()
            .collect::<Vec<_>>()
            .join(", ");
        let more = made.unnamed.len().saturating_sub(SHOWN);
        let more = if more == 0 {
            String::new()
        } else {
            format!(" and {more} more")
        };
        writeln!(
            out,
            "left out, for no one known model is called so: {shown}{more}"
        )?;
    }
    Ok(if complete {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(INCOMPLETE)
    })
}

/// Writes `sheet` whole or not at all, over what the file holds of the same regions.
fn write(sheet: &CardSheet, folder: &Path) -> io::Result<PathBuf> {
    fs::create_dir_all(folder)?;
    let path = folder.join(sheet.card);
    let draft = path.with_extension("new");
    let kept = kept(sheet, &path)?;
    let mut writer = csv::Writer::from_path(&draft)?;
    writer.write_record(sheet.headings)?;
    for row in kept {
        writer.write_record(&row)?;
    }
    for row in &sheet.rows {
        writer.write_record(row)?;
    }
    writer.flush()?;
    fs::rename(&draft, &path)?;
    Ok(path)
}

/// The rows of other regions; none of a file whose headings are not the card's.
fn kept(sheet: &CardSheet, path: &Path) -> io::Result<Vec<csv::StringRecord>> {
    let Some(place) = sheet
        .headings
        .iter()
        .position(|heading| *heading == sheet.place)
    else {
        return Ok(Vec::new());
    };
    let renewed: BTreeSet<&str> = sheet
        .rows
        .iter()
        .filter_map(|row| row.get(place))
        .map(String::as_str)
        .collect();
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    if reader
        .headers()
        .is_ok_and(|headings| headings.iter().ne(sheet.headings.iter().copied()))
    {
        return Ok(Vec::new());
    }
    // What cannot be read is not worth keeping: it has been told at every start.
    let rows = reader.records().filter_map(Result::ok);
    Ok(rows
        .filter(|row| {
            row.get(place)
                .is_some_and(|region| !renewed.contains(region))
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

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
    fn other_regions_stay() {
        let folder = tempfile::tempdir().unwrap();
        write(
            &sheet(&[["us-east-1", "1"], ["eu-west-1", "2"]]),
            folder.path(),
        )
        .unwrap();
        let path = write(&sheet(&[["us-east-1", "3"]]), folder.path()).unwrap();
        assert_eq!(
            fs::read_to_string(&path).unwrap(),
            "region,usd\neu-west-1,2\nus-east-1,3\n"
        );
        fs::write(&path, "other,headings\na,b\n").unwrap();
        write(&sheet(&[["us-east-1", "4"]]), folder.path()).unwrap();
        assert_eq!(
            fs::read_to_string(&path).unwrap(),
            "region,usd\nus-east-1,4\n"
        );
    }
}
