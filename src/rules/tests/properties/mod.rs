//! Invariants of rules over random rows.

mod strategies;

use self::strategies::{any_head, any_owner};
use super::*;
use crate::domain::{
    Prepaid, Tags, Usd,
    evidence::{
        AdjacentType, AdjacentTypes, BudgetCrossing, DuplicateJob, FailedAttempts, JobEvidence,
        PastRuns, TokenUse,
    },
    money::costs::Forecast,
};
use proptest::{collection::vec, option, prelude::*};

/// Whether the evidence has no known value.
fn is_blank(evidence: &Evidence) -> bool {
    match evidence {
        Evidence::None | Evidence::Anomaly(_) | Evidence::Charges(_) => true,
        Evidence::Accelerators {
            utilization, past, ..
        } => utilization.known().is_none() && past.known().is_none(),
        Evidence::Units { utilization, .. } => utilization.known().is_none(),
        Evidence::Workspace { last_activity, .. } => last_activity.known().is_none(),
        Evidence::Replicas {
            utilization,
            invocations,
            hourly,
            ..
        } => {
            utilization.known().is_none()
                && invocations.known().is_none()
                && hourly.known().is_none()
        }
        Evidence::Spend { days } => days.known().is_none(),
        Evidence::Tokens(tokens) => tokens.dollars.known().is_none(),
        // Their own running time, amounts spent and counts are readings.
        Evidence::Job(_) | Evidence::Budget { .. } | Evidence::Capacity { .. } => false,
    }
}

/// Checks one finding: its evidence, its dollars against the burn, and its texts.
fn check_finding(head: &CommonFields, finding: &Finding) -> Result<(), TestCaseError> {
    let rule = finding.rule;
    let of_money = matches!(
        head.evidence,
        Evidence::Spend { .. } | Evidence::Budget { .. } | Evidence::Tokens(_)
    );
    let judges_absence = matches!(rule, "untagged" | "no-auto-stop");
    prop_assert!(judges_absence || !is_blank(&head.evidence), "{rule}");
    let failed = rule == "retry-loop" && head.state.phase == Phase::Failed;
    prop_assert!(
        head.state.phase == Phase::Running || of_money || failed,
        "{rule}"
    );
    prop_assert!(finding.waste.0 == 0.0 || !of_money, "{rule}");
    for money in [finding.waste, finding.exposure, finding.saving] {
        prop_assert!(money.0.is_finite() && money.0 >= 0.0, "{rule}: {money:?}");
    }
    prop_assert!(
        finding.waste.0 <= finding.exposure.0 && finding.waste.0 <= finding.saving.0,
        "{rule}"
    );
    if head.is_prepaid() {
        let told = (finding.waste, finding.saving, finding.fix);
        prop_assert_eq!(told, (UsdPerHour::ZERO, UsdPerHour::ZERO, None), "{}", rule);
    }
    if let HourlyCost::Priced { unit, quantity, .. } = head.burn {
        let burn = unit.0 * quantity;
        prop_assert!(
            finding.waste.0 <= burn * (1.0 + 1e-12),
            "{rule}: {} > {burn}",
            finding.waste.0
        );
    }
    prop_assert!(
        !finding.evidence.is_empty()
            && !finding.recommendation.is_empty()
            && !finding.arithmetic.is_empty(),
        "{rule}"
    );
    for text in [
        &finding.message,
        &finding.arithmetic,
        &finding.recommendation,
    ] {
        prop_assert!(
            !text.contains("NaN") && !text.contains("inf ") && !text.contains("$?"),
            "{rule}: {text}"
        );
    }
    if let Some(operation) = finding.fix {
        prop_assert!(head.capability(operation).known().is_some(), "{rule}");
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn findings_need_evidence_and_stay_below_the_cost_rate(head in any_head()) {
        let verdicts = judge(&head, &Thresholds::default(), now());
        let mut rules: Vec<_> = Vec::new();
        for verdict in &verdicts {
            let rule = match verdict {
                Verdict::Finding(finding) => finding.rule,
                Verdict::Unknown { rule, .. } | Verdict::Pass { rule, .. } => rule,
            };
            prop_assert!(RULES.contains(&rule) && !rules.contains(&rule), "{rule}");
            rules.push(rule);
            let Verdict::Finding(finding) = verdict else {
                continue;
            };
            check_finding(&head, finding)?;
        }
        for (speaks, silent) in [
            ("gpu-idle", "gpu-unused"),
            ("gpu-idle", "right-size"),
            ("idle-endpoint", "office-hours"),
            ("idle-endpoint", "oversized-endpoint"),
        ] {
            let found = |rule: &str| {
                verdicts.iter().any(
                    |verdict| matches!(verdict, Verdict::Finding(finding) if finding.rule == rule),
                )
            };
            prop_assert!(!(found(speaks) && found(silent)), "{speaks} and {silent}");
        }
    }

    #[test]
    fn findings_rank_by_waste_then_exposure(heads in vec(any_head(), 2..9)) {
        let mut findings: Vec<Finding> = heads
            .iter()
            .flat_map(|head| judge(head, &Thresholds::default(), now()))
            .filter_map(|verdict| {
                if let Verdict::Finding(finding) = verdict {
                    Some(*finding)
                } else {
                    None
                }
            })
            .collect();
        findings.sort_by(Finding::by_rank);
        for pair in findings.windows(2) {
            let [a, b] = pair else { continue };
            let rank = |one: &Finding| one.waste_estimate.unwrap_or(one.waste).0;
            let (x, y) = (rank(a), rank(b));
            prop_assert!(x > y || (x == y && a.is_waste() >= b.is_waste()));
            let is_alike = x == y && a.is_waste() == b.is_waste();
            prop_assert!(!is_alike || a.exposure.0 >= b.exposure.0);
        }
    }

    #[test]
    fn duplicate_jobs_always_keeps_one(jobs in vec((any_owner(), 0u8..4, 0u8..6), 2..6)) {
        // Jobs with the same image and data: each has all the others as twins.
        let twins: Vec<DuplicateJob> = jobs
            .iter()
            .enumerate()
            .map(|(place, (owner, hours, name))| DuplicateJob {
                name: format!(
                    "{}-{place}",
                    ["fraud", "churn", "score"][usize::from(*name) % 3]
                )
                .into(),
                owner: owner.clone(),
                created: Some(ago(f64::from(*hours))),
            })
            .collect();
        let duplicates = (0..twins.len()).filter(|own| {
            let others = twins
                .iter()
                .enumerate()
                .filter(|(place, _)| place != own)
                .map(|(_, twin)| twin.clone())
                .collect();
            let job = JobEvidence {
                created: twins[*own].created,
                elapsed: 3600.0,
                limit: None,
                accelerators: 0.0,
                utilization: Measured::unknown("none"),
                cpu: Measured::unknown("none"),
                past: Measured::unknown("none"),
                failures: Measured::unknown("none"),
                twins: Measured::Known(others),
                cpu_type: None,
                ends_in: None,
            };
            let mut head = head("ml.p3.16xlarge", 1, 28.0, Evidence::Job(Box::new(job)));
            head.name = twins[*own].name.clone();
            head.owner.clone_from(&twins[*own].owner);
            matches!(verdict_of(&head, "duplicate-jobs"), Some(Verdict::Finding(_)))
        });
        prop_assert!(duplicates.count() < twins.len());
    }

    #[test]
    fn min_replicas_stay_below_the_utilization_limit(
        running in 1u32..200,
        peak in 0.0f64..1.0,
        minimum in 0u32..10,
    ) {
        let count = min_replicas(running, peak, 0.7, minimum);
        prop_assert!(count >= minimum.max(1));
        if count < running {
            prop_assert!(peak * f64::from(running) / f64::from(count) <= 0.7 + 1e-6);
        }
    }
}
