//! The sheets about one resource: all its fields, and why it is called waste.
//!
//! Every number has its calculation.

use super::{by_rule, why::verdicts};
use crate::screen::notices::details as wording;
use crate::screen::view::{
    action_progress, amounts,
    dialogs::scheduled,
    key_labels,
    overlay::Overlay,
    styled_line::{StyledLine, labelled, lines},
    table::waste_ranking,
    times,
};
use crate::{
    domain::{
        CostWindow, FieldMeta, HourlyCost, Measured, Operation, Record, ResourceKey, Usd, Value,
        pane::FieldSource, text, time::timestamp,
    },
    screen::{
        App, Tile,
        actions::Action,
        state::{group::by_rule::RuleGroup, modal_stack::Sheet},
        theme::Role,
    },
};

/// Column of the values.
pub const AT: usize = 18;

/// A heading between parts of a sheet.
pub fn part(title: &str) -> [StyledLine; 2] {
    [
        StyledLine::new(),
        StyledLine::of(format!(" {title}"), Role::Emphasis),
    ]
}

fn title(sheet: &Sheet, word: &str) -> StyledLine {
    let words = StyledLine::of(waste_ranking::name(&sheet.record), Role::Focus)
        .add(format!("  {}", sheet.record.head.key.kind), Role::Dim);
    let words = if word.is_empty() {
        words
    } else {
        words.add(format!("  {word}"), Role::Emphasis)
    };
    if sheet.gone {
        words.add(format!("  {}", wording::GONE), Role::Error)
    } else {
        words
    }
}

/// All fields of a resource.
pub fn details(app: &App, sheet: &Sheet, width: u16) -> Overlay {
    let mut out = Overlay::new(title(sheet, ""), width);
    out.scroll = sheet.scroll;
    if let Some(alike) = alike_of(app, &sheet.key) {
        out.lines = by_rule::body(app, alike, width);
        return out;
    }
    out.lines = body(app, &sheet.record, width);
    out
}

/// The group of the row `key` of the ranking, if that row is the group of a rule.
pub fn alike_of<'a>(app: &'a App, key: &ResourceKey) -> Option<&'a RuleGroup> {
    app.table(Tile::Waste)
        .and_then(|table| table.alike(key))
        .map(AsRef::as_ref)
}

/// Its cost since launch, since Friday, today and this month.
fn accrued(app: &App, record: &Record, width: u16) -> Vec<StyledLine> {
    let head = &record.head;
    let is_priced = matches!(head.burn, HourlyCost::Priced { .. }) || head.prepaid.is_some();
    if !is_priced && head.history.spans.is_empty() {
        return Vec::new();
    }
    let windows = [
        CostWindow::Launch,
        CostWindow::Friday,
        CostWindow::Today,
        CostWindow::Month,
    ];
    let mut parts = Vec::new();
    for (window, name) in windows.into_iter().zip(wording::WINDOWS) {
        match head.accrued(window, app.now) {
            Value::Usd(amount) => parts.push(wording::accrued(name, amount)),
            Value::Unknown(why) => {
                return labelled(
                    "accrued",
                    &wording::unknown(&why.to_string()),
                    Role::Dim,
                    AT,
                    width,
                );
            }
            _ => {}
        }
    }
    labelled("accrued", &parts.join(", "), Role::Text, AT, width)
}

/// Everything about a record, in lines.
pub fn body(app: &App, record: &Record, width: u16) -> Vec<StyledLine> {
    let mut out = money(record, width);
    out.extend(accrued(app, record, width));
    if let Some(pending) = app.inventory.pending(&record.head.key) {
        let (_, role) = action_progress::pending(pending);
        out.extend(labelled("action", &pending.text(), role, AT, width));
    }
    out.extend(scheduled::upcoming(app, record, AT, width));
    out.extend(verdicts(app, record, width, false));
    out.extend(part(wording::FIELDS));
    let fields: &[FieldMeta] = app
        .pane_of(&record.head.key)
        .map_or(&[], |pane| &pane.fields);
    for field in fields
        .iter()
        .filter(|field| field.id != "tags" && field.id != "name")
    {
        out.extend(value(app, record, field, width));
    }
    out.extend(part(wording::TAGS));
    out.extend(tags(record, width));
    out.extend(part(wording::ACTIONS));
    let operations = app
        .pane_of(&record.head.key)
        .map_or(Operation::ALL, |pane| pane.operations);
    for operation in Operation::ALL
        .iter()
        .filter(|operation| operations.contains(operation))
    {
        out.extend(capability(app, record, *operation, width));
    }
    let age = timestamp::short(timestamp::seconds_between(record.head.read_at, app.now).max(0.0));
    out.extend(part(wording::SOURCE));
    let profile = if record.head.profile.is_empty() {
        wording::ENVIRONMENT
    } else {
        &record.head.profile
    };
    out.extend(labelled(
        "read",
        &wording::read_ago(&age, profile),
        Role::Text,
        AT,
        width,
    ));
    out
}

fn tags(record: &Record, width: u16) -> Vec<StyledLine> {
    match &record.head.tags {
        Measured::Known(tags) if tags.is_empty() => {
            vec![StyledLine::of(
                format!(" {}", wording::NO_TAGS),
                Role::Warning,
            )]
        }
        Measured::Known(tags) => tags
            .iter()
            .flat_map(|(key, value)| {
                let key = text::printable(key);
                labelled(&text::cut(&key, AT - 3), value, Role::Text, AT, width)
            })
            .collect(),
        Measured::Unknown(why) => lines(&wording::unknown(&why.to_string()), Role::Dim, 1, width),
    }
}

/// quantity x rate x (1 - discount) = dollars, with the sources and dates; prepaid capacity on a
/// line of its own.
pub fn money(record: &Record, width: u16) -> Vec<StyledLine> {
    let mut out = burn(record, width);
    if let Some(prepaid) = &record.head.prepaid {
        let words = wording::prepaid(prepaid);
        out.extend(labelled("prepaid", &words, Role::Text, AT, width));
    }
    out
}

fn burn(record: &Record, width: u16) -> Vec<StyledLine> {
    match &record.head.burn {
        HourlyCost::Priced {
            unit,
            quantity,
            source,
            estimate,
        } => {
            let list = *unit * *quantity;
            let rate = record.head.effective().unwrap_or(list);
            let mut out =
                vec![
                    StyledLine::of(" burn", Role::Dim)
                        .tab(AT)
                        .and(amounts::per_hour_and_month(
                            rate,
                            record.head.evidence.hours_left(),
                            Role::of_cost(rate.0),
                        )),
                ];

            out.extend(labelled(
                "",
                &wording::list_price(*quantity, *unit, list, *estimate, source),
                Role::Dim,
                AT,
                width,
            ));
            if let Some(discount) = record
                .head
                .discount
                .as_ref()
                .filter(|discount| amounts::is_off(discount))
            {
                let off = wording::effective_price(list, discount, rate);
                out.extend(labelled("", &off, Role::Dim, AT, width));
            }
            out
        }
        HourlyCost::Nothing(why) => labelled(
            "burn",
            &wording::free(&why.to_string()),
            Role::Stopped,
            AT,
            width,
        ),
        HourlyCost::Unpriced(why) => labelled(
            "burn",
            &wording::unpriced(&why.to_string()),
            Role::Warning,
            AT,
            width,
        ),
    }
}

fn value(app: &App, record: &Record, field: &FieldMeta, width: u16) -> Vec<StyledLine> {
    let value = field.value(record, app.now);
    let (shown, role) = match &value {
        Value::Unknown(why) => (wording::unknown(why.text()), Role::Dim),
        Value::None => return Vec::new(),
        Value::State(state) => (state.name.to_string(), Role::of(state.phase)),
        Value::Moment(at) => (times::date(app, *at), Role::Text),
        Value::Rate(rate) => (format!("{rate:#}"), Role::Text),
        Value::Usd(Usd(amount)) => (format!("{:#}", Usd(*amount)), Role::Text),
        Value::Series(series) => (series_text(series), Role::Chart),
        other => (other.show().into_owned(), Role::Text),
    };
    let mut out = labelled(field.title, &shown, role, AT, width);
    // The meaning of the field follows where there is room.
    let doc = if matches!(field.from, FieldSource::Head(_)) && !value.is_known() {
        ""
    } else {
        field.doc
    };
    if let [only] = out.as_slice()
        && !doc.is_empty()
        && only.width().max(44) + 2 + text::width(doc) <= usize::from(width)
    {
        out = vec![only.clone().tab(44).add(doc, Role::Dim)];
    }
    out
}

/// Bars and the range they span.
fn series_text(series: &crate::domain::Series) -> String {
    let Some(seen) = series.observed() else {
        return wording::NO_DATA.to_owned();
    };
    let show = |n: f64| Value::Number(n).show().into_owned();
    wording::series(
        &show(series.last().unwrap_or(0.0)),
        &show(seen.mean),
        &show(seen.max),
        &timestamp::short(seen.window * 3600.0),
    )
}

fn capability(app: &App, record: &Record, operation: Operation, width: u16) -> Vec<StyledLine> {
    let key = key_labels::key(app, &Action::Operation(operation));
    let (text, role) = match record.head.capability(operation) {
        Measured::Known(capability) => (capability.summary(), Role::Text),
        Measured::Unknown(why) => (wording::unavailable(&why.to_string()), Role::Dim),
    };
    let mut out = labelled(&format!("{key} {operation}"), &text, role, AT, width);
    if role == Role::Text
        && let Some(first) = out.first_mut()
    {
        *first = StyledLine::of(format!(" {key}"), Role::Key)
            .add(format!(" {operation}"), Role::Text)
            .tab(AT)
            .add(
                text::cut(&text, usize::from(width).saturating_sub(AT)),
                Role::Text,
            );
        out.truncate(1);
    }
    out
}

/// The findings about a resource, or about a group of findings.
pub fn why(app: &App, sheet: &Sheet, width: u16) -> Overlay {
    let mut out = Overlay::new(title(sheet, wording::WHY), width);
    out.scroll = sheet.scroll;
    if let Some(alike) = alike_of(app, &sheet.key) {
        out.lines = by_rule::body(app, alike, width);
        return out;
    }
    out.lines = money(&sheet.record, width);
    out.lines.extend(verdicts(app, &sheet.record, width, true));
    out
}
