//! Notes and faults of a one-shot command, on stderr.

use crate::{
    domain::{FaultCause, Report, SourceId, text::printable},
    inventory::Inventory,
    screen::notices::{fault_remedies::remedy, notes},
};
use std::{
    collections::BTreeSet,
    io::{self, Write},
};

/// Prints each distinct note of `inventory`. A note is not a failure.
pub(super) fn print_notes(inventory: &Inventory) {
    for note in inventory.notes() {
        drop(writeln!(
            io::stderr(),
            "spendtop: note: {}",
            notes::note(&note)
        ));
    }
}

/// Prints each distinct fault of `reports`, and advice; returns whether any of them is a failure.
pub(super) fn print_faults(reports: &[Report]) -> bool {
    let profiles: BTreeSet<&str> = reports
        .iter()
        .map(|report| &*report.source.place.profile)
        .collect();
    let faults = reports.iter().flat_map(|report| {
        let source = &report.source;
        report.faults.iter().map(move |fault| (source, fault))
    });
    let (mut lines, mut hints) = (BTreeSet::new(), BTreeSet::new());
    let mut has_failed = false;
    for (source, fault) in faults {
        let SourceId { pane, place } = source;
        let profile = if profiles.len() < 2 {
            String::new()
        } else {
            format!(" of profile {}", printable(&place.profile))
        };
        let output = fault
            .output
            .as_ref()
            .map_or_else(String::new, |output| format!(": {}", printable(&output.0)));
        lines.insert(format!(
            "{pane} in {}{profile}: {fault}{output}",
            place.region
        ));
        has_failed |= !fault.is_quiet();
        if fault.cause != FaultCause::Other {
            hints.extend(remedy(fault, &place.profile, &[]));
        }
    }
    for line in lines.iter().chain(&hints) {
        // A closed stderr is not an error.
        drop(writeln!(io::stderr(), "spendtop: {line}"));
    }
    has_failed
}
