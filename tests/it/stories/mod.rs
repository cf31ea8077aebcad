//! The overspend stories, told to the end: the finding stands where it must, its dollars are the
//! ones a person works out from the price lists, its fix takes at most five keys, and after it the
//! burn has fallen and the finding is gone.

pub mod ledger;
mod told;
mod usage;

use super::{panes, rig::Rig};
use crossterm::event::KeyCode;
use spendtop::{aws::Clock, inventory::Inventory, rules::Finding};

/// The most keys a fix may take, from the first screen to the confirmed call.
const KEYS: usize = 5;

/// What must be so.
#[derive(Default)]
pub struct Story {
    /// The scenario.
    pub scenario: &'static str,
    /// The rule that speaks.
    pub rule: &'static str,
    /// On what: the beginning of the resources' names.
    pub on: &'static str,
    /// How many findings of the rule there are on it.
    pub findings: usize,
    /// Its place among all findings by dollars, from zero.
    pub place: usize,
    /// Wasted dollars per hour of all of them together, from the price lists.
    pub waste: f64,
    /// Dollars per hour they are about, where nothing is wasted.
    pub exposure: f64,
    /// By how much of them the dollars may differ, where they rest on measured tokens; to the cent
    /// without.
    pub near: f64,
    /// Words of the sentence.
    pub says: &'static [&'static str],
    /// What is pressed on the first screen, and what must be shown before the next key; the last is
    /// the answer.
    pub fix: &'static [(&'static str, &'static str)],
    /// Resources that settle, by id.
    pub settles: usize,
    /// By how much the burn falls in list dollars per hour.
    pub falls: f64,
    /// The word that no finding's sentence has any more after the fix; empty where all of them are
    /// gone.
    pub gone: &'static str,
}

fn key(name: &str) -> KeyCode {
    match name {
        "enter" => KeyCode::Enter,
        letter => KeyCode::Char(letter.chars().next().unwrap()),
    }
}

async fn world_of(rig: &Rig) -> Inventory {
    let regions = rig.mock.simulation().regions.clone();
    let regions: Vec<&str> = regions.iter().map(String::as_str).collect();
    let sessions = panes::open(&rig.mock.url(), &regions).await;
    let clock = rig.mock.clock();
    panes::known(&sessions, &Clock::new(move || clock.now())).await
}

fn of<'a>(world: &'a Inventory, story: &Story) -> Vec<&'a Finding> {
    world
        .findings()
        .iter()
        .filter(|finding| finding.rule == story.rule && finding.name.starts_with(story.on))
        .collect()
}

/// Everything the rules found, for failures.
fn list(world: &Inventory) -> String {
    let line = |finding: &Finding| {
        format!(
            "{:>9.3} {} {}: {}",
            finding.waste.0, finding.rule, finding.name, finding.message
        )
    };
    world
        .findings()
        .iter()
        .map(line)
        .collect::<Vec<_>>()
        .join("\n")
}

/// Dollars are the same to the cent, or to the share `near` of them.
fn cents(what: &str, found: f64, expected: f64, near: f64) {
    assert!(
        (found - expected).abs() < (near * expected).max(0.005),
        "{what}: {found}, worked out by hand: {expected}"
    );
}

/// The own estimate of the last closed day is near the bill, service by service, where what was
/// billed still runs. Some lines of models have no list rate by their names: those are only in the
/// estimate.
#[tokio::test(flavor = "multi_thread")]
async fn estimate_is_close_to_the_bill() {
    let rig = Rig::new("weekend-spike");
    let world = world_of(&rig).await;
    let told = world.reconciliation();
    assert_eq!(told.len(), 3);
    for one in told {
        // The bill has what the panes do not: machines without accelerators, volumes, and what
        // ended before now.
        assert!(
            (one.estimate.0 / one.billed.0 - 1.0).abs() < 0.03,
            "{}: {} beside {}",
            one.service,
            one.estimate.0,
            one.billed.0
        );
    }
    rig.quit().await;
}

/// Nothing is found in `scenario`, and the screen says so.
pub async fn is_quiet(scenario: &str) {
    let mut rig = Rig::new(scenario);
    let world = world_of(&rig).await;
    assert!(world.findings().is_empty(), "{}", list(&world));
    rig.wait_for("Nothing").await;
    rig.quit().await;
}

impl Story {
    /// Plays it.
    pub async fn plays(self) {
        let mut rig = Rig::new(self.scenario);
        let before = world_of(&rig).await;
        let found = of(&before, &self);
        assert_eq!(found.len(), self.findings, "{}", list(&before));
        let place = before
            .findings()
            .iter()
            .position(|finding| finding.rule == self.rule && finding.name.starts_with(self.on));
        assert_eq!(place, Some(self.place), "{}", list(&before));
        let sum = |dollars: fn(&Finding) -> f64| {
            found.iter().map(|finding| dollars(finding)).sum::<f64>()
        };
        cents(
            "waste",
            sum(|finding| finding.waste.0),
            self.waste,
            self.near,
        );
        if self.exposure > 0.0 {
            cents(
                "what it is about",
                sum(|finding| finding.exposure.0),
                self.exposure,
                self.near,
            );
        }
        for word in self.says {
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
            // The finding itself, not only its row in a pane.
            let begins: String = found[0].message.chars().take(10).collect();
            rig.wait("the finding", |frame| {
                frame
                    .lines()
                    .any(|line| line.contains(self.on) && line.contains(&begins))
            })
            .await;
            self.is_fixed(&mut rig, &before).await;
        }
        rig.quit().await;
    }

    async fn is_fixed(&self, rig: &mut Rig, before: &Inventory) {
        assert!(self.fix.len() <= KEYS, "{} keys", self.fix.len());
        for (name, shown) in self.fix {
            match name.strip_prefix("type:") {
                // A name that must be typed is one deed, however long it is.
                Some(text) => rig.type_text(text),
                None if *name == "y" => rig.yes().await,
                None => rig.press(key(name)),
            }
            if !shown.is_empty() {
                rig.wait_for(shown).await;
            }
        }
        let settles = self.settles;
        rig.wait_in_journal("all succeeded", |lines| {
            lines
                .iter()
                .filter(|line| line.ends_with(" succeeded"))
                .count()
                == settles
        })
        .await;
        let after = world_of(rig).await;
        cents(
            "the burn falls by",
            before.totals(None).burn.0 - after.totals(None).burn.0,
            self.falls,
            self.near,
        );
        assert!(
            of(&after, self)
                .iter()
                .all(|finding| !finding.message.contains(self.gone)),
            "still there:\n{}",
            list(&after)
        );
    }
}
