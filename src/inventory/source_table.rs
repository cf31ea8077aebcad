//! The rows of one source, with their verdicts and sums.

use super::{
    Totals,
    discount_table::DiscountTable,
    past_costs::{EndedRows, carry_over},
    sources::{Health, name_account},
    totals,
};
use crate::{
    domain::{
        CommonFields, Evidence, Fault, Freshness, Measured, PaneMeta, Prepaid, PriceEstimate,
        Record, Report, ResourceKey, Timestamp, UsdPerHour, Value, pane::FieldSource,
    },
    pricing::budget::{self, BudgetOutlook},
    rules::{self, Finding, Thresholds, Verdict},
};
use std::{
    collections::{BTreeSet, HashMap, HashSet},
    sync::Arc,
};

/// The thresholds and discounts that apply to a row.
#[derive(Clone, Copy)]
pub(super) struct RuleInputs<'a> {
    pub thresholds: &'a Thresholds,
    pub discounts: &'a DiscountTable,
}

/// A row with its verdicts.
#[derive(Clone, Debug)]
pub(super) struct JudgedRow {
    pub record: Arc<Record>,
    pub verdicts: Arc<[Verdict]>,
}

impl JudgedRow {
    fn new(mut record: Record, judge: &RuleInputs<'_>, now: Timestamp) -> Self {
        record.head.discount = judge.discounts.of(&record.head);
        let verdicts = rules::judge(&record.head, judge.thresholds, now);
        set_waste(&mut record.head, &verdicts);
        Self {
            record: Arc::new(record),
            verdicts: verdicts.into(),
        }
    }

    fn key(&self) -> &ResourceKey {
        &self.record.head.key
    }

    /// Judges it again.
    fn judge(&mut self, thresholds: &Thresholds, now: Timestamp) {
        let record = Arc::make_mut(&mut self.record);
        let verdicts = rules::judge(&record.head, thresholds, now);
        set_waste(&mut record.head, &verdicts);
        self.verdicts = verdicts.into();
    }
}

/// Sets the waste of a row from its findings.
fn set_waste(head: &mut CommonFields, verdicts: &[Verdict]) {
    head.waste = waste(verdicts);
    let estimates = verdicts.iter().filter_map(|verdict| match verdict {
        Verdict::Finding(finding) => finding.waste_estimate,
        _ => None,
    });
    head.waste_estimate = estimates.max_by(|a, b| a.0.total_cmp(&b.0));
    if head.waste_estimate.is_some() && head.waste == Measured::Known(UsdPerHour::ZERO) {
        head.waste = Measured::unknown("its price is not known");
    }
}

/// The waste of a row: that of its dearest finding; unknown while a required rule lacks data and no
/// rule found waste; else zero.
fn waste(verdicts: &[Verdict]) -> Measured<UsdPerHour> {
    let mut unknown = None;
    let mut worst: Option<UsdPerHour> = None;
    for verdict in verdicts {
        match verdict {
            // A finding without waste does not make the waste known.
            Verdict::Finding(finding) if finding.waste > worst.unwrap_or_default() => {
                worst = Some(finding.waste);
            }
            Verdict::Unknown { rule, why } if unknown.is_none() && rules::is_required(rule) => {
                unknown = Some(why);
            }
            _ => {}
        }
    }
    match (worst, unknown) {
        (Some(waste), _) => Measured::Known(waste),
        (None, Some(why)) => Measured::Unknown(why.clone()),
        (None, None) => Measured::Known(UsdPerHour::ZERO),
    }
}

/// One source's rows.
#[derive(Clone, Debug)]
pub(super) struct SourceTable {
    pub health: Health,
    /// When the report was taken that changed the rows last.
    applied: Option<Timestamp>,
    totals: Totals,
    rows: Vec<JudgedRow>,
    places: HashMap<ResourceKey, usize>,
    ended: EndedRows,
}

impl SourceTable {
    pub(super) fn new(at: Timestamp) -> Self {
        Self {
            health: Health::new(at),
            applied: None,
            totals: Totals::default(),
            rows: Vec::new(),
            places: HashMap::new(),
            ended: EndedRows::default(),
        }
    }

    /// Applies a report, without the rows `held` elsewhere.
    pub(super) fn apply(
        &mut self,
        mut report: Report,
        held: &HashSet<ResourceKey>,
        judge: &RuleInputs<'_>,
        now: Timestamp,
    ) {
        let Freshness {
            listed,
            is_failing,
            is_new,
            ..
        } = report.freshness;
        if report.at >= self.health.last_try {
            self.health.last_try = report.at;
            (self.health.notes, self.health.faults) = std::mem::take(&mut report.faults)
                .into_iter()
                .partition(Fault::is_quiet);
            self.health.remarks = std::mem::take(&mut report.notes);
            self.health.failures = if is_failing {
                self.health.failures.saturating_add(1)
            } else {
                0
            };
        }
        self.health.last_good = self.health.last_good.max(listed);
        let is_newest = self.applied.is_none_or(|applied| report.at >= applied);
        if !is_new || !is_newest {
            return;
        }
        self.applied = Some(report.at);
        self.health.complete = report.complete;
        if !held.is_empty() {
            report.rows.retain(|row| !held.contains(&row.head.key));
        }
        let mut before = HashMap::new();
        if report.complete {
            let rows = std::mem::take(&mut self.rows).into_iter();
            before = rows.map(|row| (row.key().clone(), row.record)).collect();
            self.places.clear();
        }
        self.merge(report.rows, (report.at, &mut before), judge, now);
        for (_, gone) in before.iter().filter(|(key, _)| !held.contains(*key)) {
            self.ended.leave(gone, report.at);
        }
        for record in &mut report.ended {
            record.head.discount = judge.discounts.of(&record.head);
        }
        self.ended.take(report.ended);
        self.ended.forget(now);
        self.totals = totals::sum(&self.rows, &BTreeSet::new());
    }

    /// Adds the rows of a report taken `at` a time, and replaces known ones, whose costs carry
    /// over; takes listed rows out of `before`, the rows before a complete report. Of a resource
    /// that a report lists twice, the first row counts.
    fn merge(
        &mut self,
        records: Vec<Record>,
        (at, before): (Timestamp, &mut HashMap<ResourceKey, Arc<Record>>),
        judge: &RuleInputs<'_>,
        now: Timestamp,
    ) {
        let mut seen = HashSet::new();
        for mut record in records {
            let key = record.head.key.clone();
            if !seen.insert(key.clone()) {
                continue;
            }
            let place = self.places.get(&key).copied();
            let listed = place.and_then(|place| self.rows.get(place));
            let old = listed.map(|row| row.record.clone());
            let old = old.or_else(|| before.remove(&key));
            if let Some(old) = old.or_else(|| self.ended.back(&key)) {
                carry_over(&old.head, &mut record.head, at);
            }
            let row = JudgedRow::new(record, judge, now);
            if let Some(known) = place.and_then(|place| self.rows.get_mut(place)) {
                *known = row;
            } else {
                self.places.insert(key, self.rows.len());
                self.rows.push(row);
            }
        }
    }

    /// The sums over the rows; the waste of the rows in `snoozed` is summed apart.
    pub(super) fn totals(&self, snoozed: &BTreeSet<ResourceKey>) -> Totals {
        if snoozed.iter().any(|key| self.places.contains_key(key)) {
            totals::sum(&self.rows, snoozed)
        } else {
            self.totals
        }
    }

    /// Sets the present discount of every row.
    pub(super) fn discount(&mut self, discounts: &DiscountTable) {
        for row in &mut self.rows {
            let discount = discounts.of(&row.record.head);
            if row.record.head.discount != discount {
                Arc::make_mut(&mut row.record).head.discount = discount;
            }
        }
        self.ended.discount(|head| discounts.of(head));
        self.totals = totals::sum(&self.rows, &BTreeSet::new());
    }

    /// Sets the prepaid capacity of the rows for which `of` returns one, and judges them again.
    pub(super) fn apply_prepaid(
        &mut self,
        of: &dyn Fn(&CommonFields) -> Option<Prepaid>,
        thresholds: &Thresholds,
        now: Timestamp,
    ) {
        for row in &mut self.rows {
            let Some(prepaid) = of(&row.record.head) else {
                continue;
            };
            let record = Arc::make_mut(&mut row.record);
            record.head.prepaid = Some(Box::new(prepaid));
            row.judge(thresholds, now);
        }
        self.totals = totals::sum(&self.rows, &BTreeSet::new());
    }

    /// Sets the price estimates of rows, and judges them again.
    pub(super) fn apply_price_estimates(
        &mut self,
        estimates: Vec<(ResourceKey, Arc<PriceEstimate>)>,
        thresholds: &Thresholds,
        now: Timestamp,
    ) {
        for (key, estimate) in estimates {
            let place = self.places.get(&key).copied();
            if let Some(row) = place.and_then(|place| self.rows.get_mut(place)) {
                Arc::make_mut(&mut row.record).head.price_estimate = Some(estimate);
                row.judge(thresholds, now);
            }
        }
        self.totals = totals::sum(&self.rows, &BTreeSet::new());
    }

    /// Sets the outlooks that `of` returns for rows of budgets, and judges them again.
    pub(super) fn apply_outlooks<'a>(
        &mut self,
        pane: &PaneMeta,
        of: &dyn Fn(&CommonFields) -> Option<&'a BudgetOutlook>,
        thresholds: &Thresholds,
        now: Timestamp,
    ) {
        for row in &mut self.rows {
            let known = of(&row.record.head).filter(|new| is_new(&row.record.head, new));
            let Some(outlook) = known else { continue };
            let record = Arc::make_mut(&mut row.record);
            show_outlook(record, pane, outlook);
            row.judge(thresholds, now);
        }
    }

    /// Sets the own value at `place` of rows.
    pub(super) fn set_cells(&mut self, place: usize, values: Vec<(ResourceKey, Value)>) {
        for (key, value) in values {
            let row = self.places.get(&key).copied();
            let row = row.and_then(|row| self.rows.get_mut(row));
            let cell = row.and_then(|row| Arc::make_mut(&mut row.record).own.get_mut(place));
            if let Some(cell) = cell {
                *cell = value;
            }
        }
    }

    /// Whether any of its rows is billed.
    pub(super) fn is_billed(&self) -> bool {
        self.totals.billed_rows > 0
    }

    fn index(&mut self) {
        self.places = self
            .rows
            .iter()
            .enumerate()
            .map(|(place, row)| (row.key().clone(), place))
            .collect();
    }

    /// Sets the account of rows without one.
    pub(super) fn name_account(&mut self, account: &Arc<str>) {
        for row in &mut self.rows {
            name_account(&mut Arc::make_mut(&mut row.record).head.key, account);
            let mut verdicts = row.verdicts.to_vec();
            for verdict in &mut verdicts {
                if let Verdict::Finding(finding) = verdict {
                    name_account(&mut finding.key, account);
                }
            }
            row.verdicts = verdicts.into();
        }
        self.index();
    }

    /// Removes these rows, where it has them.
    pub(super) fn drop_rows<'a>(&mut self, keys: impl Iterator<Item = &'a ResourceKey>) {
        let drop: HashSet<&ResourceKey> =
            keys.filter(|key| self.places.contains_key(*key)).collect();
        if !drop.is_empty() {
            self.rows.retain(|row| !drop.contains(row.key()));
            self.index();
            self.totals = totals::sum(&self.rows, &BTreeSet::new());
        }
    }

    pub(super) fn row(&self, key: &ResourceKey) -> Option<&JudgedRow> {
        self.rows.get(*self.places.get(key)?)
    }

    pub(super) fn records(&self) -> impl Iterator<Item = &Arc<Record>> {
        self.rows.iter().map(|row| &row.record)
    }

    /// Rows that it no longer lists, with their costs.
    pub(super) fn ended(&self) -> impl Iterator<Item = &Arc<Record>> {
        self.ended.records()
    }

    pub(super) fn findings(&self) -> impl Iterator<Item = &Finding> {
        self.rows
            .iter()
            .flat_map(|row| row.verdicts.iter())
            .filter_map(|verdict| match verdict {
                Verdict::Finding(finding) => Some(&**finding),
                _ => None,
            })
    }
}

/// Whether a budget's row shows another amount or day than `outlook`.
fn is_new(head: &CommonFields, outlook: &BudgetOutlook) -> bool {
    matches!(&head.evidence, Evidence::Budget { spent, crossing, .. }
        if (spent.0 - outlook.spent.0).abs() >= 0.01 || *crossing != outlook.crossing)
}

/// Writes `outlook` into the row of a budget.
fn show_outlook(record: &mut Record, pane: &PaneMeta, outlook: &BudgetOutlook) {
    let Evidence::Budget {
        limit,
        spent,
        crossing,
        month_end,
    } = &mut record.head.evidence
    else {
        return;
    };
    *spent = outlook.spent;
    *crossing = outlook.crossing.clone();
    *month_end = outlook.month_end.clone();
    let money = (*limit, outlook.spent);
    let share = outlook.spent.0 / limit.0.max(f64::MIN_POSITIVE);
    record.head.state.name = budget::state(money, &outlook.crossing).into();
    for (id, value) in [
        ("month", Value::Usd(outlook.spent)),
        ("share", Value::Percent(share)),
        ("exceeds_on", budget::exceeds_on(money, &outlook.crossing)),
        (
            "forecast",
            Value::read(&outlook.month_end, |end| Value::Usd(end.mean)),
        ),
    ] {
        let place = pane.field(id).map(|field| &field.from);
        if let Some(FieldSource::Own(place)) = place
            && let Some(cell) = record.own.get_mut(*place)
        {
            *cell = value;
        }
    }
}
