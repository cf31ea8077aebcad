//! Findings end to end: each has its rank and the dollars computed from the rate cards, its fix
//! takes at most five keys, and afterwards the cost rate has dropped and the finding is gone.

pub(crate) mod list_prices;
mod scenarios;
mod usage;

use super::{
    harness::{Harness, count_succeeded},
    panes,
};
use crossterm::event::KeyCode;
use spendtop::{aws::Clock, inventory::Inventory, rules::Finding};

/// Largest number of keys of a fix, from the first screen to the confirmed call.
const KEYS: usize = 5;

/// A finding and its fix.
#[derive(Default)]
pub(crate) struct FindingCase {
    /// The scenario.
    pub scenario: &'static str,
    /// The rule of the finding.
    pub rule: &'static str,
    /// Prefix of the resources' names.
    pub on: &'static str,
    /// Number of findings of the rule on these resources.
    pub findings: usize,
    /// Rank among all findings, from zero.
    pub rank: usize,
    /// Total waste in dollars per hour, from the rate cards.
    pub waste: f64,
    /// Total exposure in dollars per hour; zero if not checked.
    pub exposure: f64,
    /// Relative tolerance of dollars that depend on measured tokens; zero for exact to the cent.
    pub tolerance: f64,
    /// Texts that each message contains.
    pub message_words: &'static [&'static str],
    /// The keys, and the text that must appear before the next key; the last key confirms.
    pub fix: &'static [(&'static str, &'static str)],
    /// Number of actions that succeed.
    pub success_count: usize,
    /// Drop of the cost rate in list dollars per hour.
    pub cost_rate_drop: f64,
    /// The text that no message contains after the fix; empty if no finding remains.
    pub word_gone: &'static str,
}

fn key(name: &str) -> KeyCode {
    match name {
        "enter" => KeyCode::Enter,
        letter => KeyCode::Char(letter.chars().next().unwrap()),
    }
}

async fn collect_inventory(harness: &Harness) -> Inventory {
    let regions = harness.mock.simulation().regions.clone();
    let regions: Vec<&str> = regions.iter().map(String::as_str).collect();
    let sessions = panes::open(&harness.mock.url(), &regions).await;
    let clock = harness.mock.clock();
    panes::collect_inventory(&sessions, &Clock::new(move || clock.now())).await
}

fn of<'a>(inventory: &'a Inventory, case: &FindingCase) -> Vec<&'a Finding> {
    inventory
        .findings()
        .iter()
        .filter(|finding| finding.rule == case.rule && finding.name.starts_with(case.on))
        .collect()
}

/// All findings as text for failure messages.
fn list(inventory: &Inventory) -> String {
    let line = |finding: &Finding| {
        format!(
            "{:>9.3} {} {}: {}",
            finding.waste.0, finding.rule, finding.name, finding.message
        )
    };
    inventory
        .findings()
        .iter()
        .map(line)
        .collect::<Vec<_>>()
        .join("\n")
}

/// Asserts that dollars are equal to the cent or within the relative `tolerance`.
fn assert_dollars(what: &str, found: f64, expected: f64, tolerance: f64) {
    assert!(
        (found - expected).abs() < (tolerance * expected).max(0.005),
        "{what}: {found}, worked out by hand: {expected}"
    );
}

/// The estimate of the last closed day is close to the bill of each service. Some model lines have
/// no list rate and are only in the estimate.
#[tokio::test(flavor = "multi_thread")]
async fn estimate_is_close_to_the_bill() {
    let harness = Harness::new("weekend-spike");
    let inventory = collect_inventory(&harness).await;
    let reconciliation = inventory.reconciliation();
    assert_eq!(reconciliation.len(), 3);
    for service in reconciliation {
        // The bill also has instances without accelerators, volumes and resources that ended.
        assert!(
            (service.estimate.0 / service.billed.0 - 1.0).abs() < 0.03,
            "{}: {} beside {}",
            service.service,
            service.estimate.0,
            service.billed.0
        );
    }
    harness.quit().await;
}

/// Asserts that `scenario` has no finding and the screen says so.
pub(crate) async fn assert_no_findings(scenario: &str) {
    let mut harness = Harness::new(scenario);
    let inventory = collect_inventory(&harness).await;
    assert!(inventory.findings().is_empty(), "{}", list(&inventory));
    harness.wait_for("No waste found").await;
    harness.quit().await;
}

impl FindingCase {
    /// Checks the finding, applies the fix and checks again.
    pub(crate) async fn check(self) {
        let mut harness = Harness::new(self.scenario);
        let before = collect_inventory(&harness).await;
        let found = of(&before, &self);
        assert_eq!(found.len(), self.findings, "{}", list(&before));
        let rank = before
            .findings()
            .iter()
            .position(|finding| finding.rule == self.rule && finding.name.starts_with(self.on));
        assert_eq!(rank, Some(self.rank), "{}", list(&before));
        let sum = |dollars: fn(&Finding) -> f64| {
            found.iter().map(|finding| dollars(finding)).sum::<f64>()
        };
        assert_dollars(
            "waste",
            sum(|finding| finding.waste.0),
            self.waste,
            self.tolerance,
        );
        if self.exposure > 0.0 {
            assert_dollars(
                "what it is about",
                sum(|finding| finding.exposure.0),
                self.exposure,
                self.tolerance,
            );
        }
        for word in self.message_words {
            assert!(
                found.iter().all(|finding| finding.message.contains(word)),
                "no `{word}` in:\n{}",
                list(&before)
            );
        }
        assert!(
            found
                .iter()
                .all(|finding| !finding.evidence.is_empty() && !finding.arithmetic.is_empty())
        );
        if !self.fix.is_empty() {
            // Waits for the finding, not only for its row in a pane.
            let message_start: String = found[0].message.chars().take(10).collect();
            harness
                .wait("the finding", |frame| {
                    frame
                        .lines()
                        .any(|line| line.contains(self.on) && line.contains(&message_start))
                })
                .await;
            self.apply_fix(&mut harness, &before).await;
        }
        harness.quit().await;
    }

    async fn apply_fix(&self, harness: &mut Harness, before: &Inventory) {
        assert!(self.fix.len() <= KEYS, "{} keys", self.fix.len());
        for (name, shown) in self.fix {
            match name.strip_prefix("type:") {
                // Typing a name counts as one key.
                Some(text) => harness.type_text(text),
                None if *name == "y" => harness.confirm().await,
                None => harness.press(key(name)),
            }
            if !shown.is_empty() {
                harness.wait_for(shown).await;
            }
        }
        let success_count = self.success_count;
        harness
            .wait_for_journal("all succeeded", |lines| {
                count_succeeded(lines) == success_count
            })
            .await;
        let after = collect_inventory(harness).await;
        assert_dollars(
            "the burn falls by",
            before.totals(None).burn.0 - after.totals(None).burn.0,
            self.cost_rate_drop,
            self.tolerance,
        );
        assert!(
            of(&after, self)
                .iter()
                .all(|finding| !finding.message.contains(self.word_gone)),
            "still there:\n{}",
            list(&after)
        );
    }
}
