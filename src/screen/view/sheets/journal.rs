//! The journal: a line a deed, newest first; one deed in full. What is wrong with its chain stands
//! on top, in red.

use crate::screen::view::{
    overlay::Overlay,
    phrases,
    styled_line::{StyledLine, beside, labelled, lines},
};
use crate::{
    domain::{
        UsdPerHour,
        audit::{AuditEntry, AuditEvent, Outcome},
        text,
    },
    screen::{
        App,
        state::journal::{EntrySheet, JournalDeed, JournalSheet},
        theme::Role,
    },
};

/// Most breaches that are named.
const BREACHES: usize = 4;
/// Columns of when, who, operation, name, result.
const COLUMNS: [usize; 5] = [11, 10, 9, 20, 11];
/// Where the facts of a deed stand.
const AT: usize = 14;

/// The sheet.
pub fn journal(app: &App, sheet: &JournalSheet, width: u16) -> Overlay {
    let mut out = Overlay::new(
        StyledLine::of("Journal", Role::Focus).add(format!("  {}", sheet.path), Role::Dim),
        width,
    );
    out.scroll = sheet.scroll;
    let Some(read) = &sheet.read else {
        out.lines.push(StyledLine::of("reading …", Role::Changing));
        return out;
    };
    if read.breaches.is_empty() {
        let torn = if read.torn > 0 {
            format!("; {} cut short by a crash", read.torn)
        } else {
            String::new()
        };
        out.head.push(StyledLine::of(
            format!("chain whole: {} lines{torn}", read.chained),
            Role::Good,
        ));
    } else {
        out.role = Role::Bad;
        let count = read.breaches.len();
        let noun = if count == 1 { "place" } else { "places" };
        out.head.push(StyledLine::of(
            format!("THE JOURNAL WAS ALTERED: its chain is broken in {count} {noun}"),
            Role::Bad,
        ));
        out.head.extend(
            read.breaches
                .iter()
                .take(BREACHES)
                .flat_map(|breach| lines(breach, Role::Bad, 2, width)),
        );
        if count > BREACHES {
            out.head.push(StyledLine::of(
                format!(
                    "  and {} more: `spendtop journal --verify` names all",
                    count - BREACHES
                ),
                Role::Bad,
            ));
        }
    }
    if sheet.typing || !sheet.filter.is_empty() {
        let (line, column) = crate::screen::view::dialogs::parts::field(
            "/",
            &sheet.filter,
            width.saturating_sub(14),
        );
        out.typing = sheet.typing.then_some((out.head.len(), column));
        out.head.push(line.add(
            format!("  {} of {}", sheet.shown.len(), sheet.total()),
            Role::Mark,
        ));
    }
    out.head.push(row(
        ["when", "who", "operation", "name", "result", "why"]
            .map(|title| (title.to_owned(), Role::Dim)),
        width,
    ));
    out.lines = sheet
        .shown
        .iter()
        .map(|deed| line(app, deed, width))
        .collect();
    if out.lines.is_empty() {
        out.lines.push(StyledLine::of(
            if sheet.total() == 0 {
                "Nothing was done yet."
            } else {
                "Nothing is so."
            },
            Role::Dim,
        ));
    } else {
        out.lit = Some(sheet.cursor);
        out.list = Some(0);
    }
    out
}

fn row(cells: [(String, Role); 6], width: u16) -> StyledLine {
    let used: usize = COLUMNS.iter().map(|column| column + 1).sum();
    // A wide screen gives what is left over to the name first.
    let more = usize::from(width).saturating_sub(used + 24).min(16);
    let mut line = StyledLine::new();
    for (place, (cell, role)) in cells.into_iter().enumerate() {
        let room = usize::from(width).saturating_sub(line.width());
        let column = COLUMNS
            .get(place)
            .map_or(room, |column| column + if place == 3 { more } else { 0 });
        let cell = text::fit(&text::printable(&cell), column.min(room), false);
        line = line.add(cell, role);
        if place < COLUMNS.len() {
            line = line.add(" ", Role::Text);
        }
    }
    line
}

fn line(app: &App, deed: &JournalDeed, width: u16) -> StyledLine {
    let Some(first) = deed.first() else {
        return StyledLine::new();
    };
    let when = first
        .at
        .to_zoned(app.zone.clone())
        .strftime("%m-%d %H:%M")
        .to_string();
    let name = if first.name.trim().is_empty() {
        &first.id
    } else {
        &first.name
    };
    row(
        [
            (when, Role::Dim),
            (deed.who(), Role::Text),
            (first.operation.to_string(), Role::Strong),
            (name.to_string(), Role::Text),
            (deed.result().to_owned(), role(deed)),
            (deed.why(), Role::Dim),
        ],
        width,
    )
}

fn role(deed: &JournalDeed) -> Role {
    let Some(last) = deed.last() else {
        return Role::Dim;
    };
    match (last.step, last.result) {
        (AuditEvent::Settled, _) | (AuditEvent::Recovered, Some(Outcome::Done)) => Role::Good,
        (AuditEvent::Accepted, _) => Role::Changing,
        (AuditEvent::Cancelled, _) | (AuditEvent::Recovered, Some(Outcome::NotDone)) => Role::Off,
        (AuditEvent::Drifted | AuditEvent::Unsettled | AuditEvent::Intent, _) => Role::Warn,
        (AuditEvent::Refused | AuditEvent::Unknown | AuditEvent::Recovered, _) => Role::Bad,
    }
}

/// One deed: what was asked, what was before, each line with its place in the chain.
pub fn entry(app: &App, sheet: &EntrySheet, width: u16) -> Overlay {
    let deed = &sheet.deed;
    let Some(first) = deed.first() else {
        return Overlay::new(StyledLine::of("Deed", Role::Focus), width);
    };
    let name = if first.name.trim().is_empty() {
        &first.id
    } else {
        &first.name
    };
    let title = StyledLine::of(
        format!("{} {}", first.operation, text::printable(name)),
        Role::Focus,
    );
    let mut out = Overlay::new(title.add(format!("  {}", deed.result()), role(deed)), width);
    out.scroll = sheet.scroll;
    out.lines = about(first, width);
    out.lines.push(StyledLine::new());
    out.lines.extend(
        first.requests.iter().flat_map(|request| {
            labelled("request", &text::printable(request), Role::Text, AT, width)
        }),
    );
    out.lines.extend(before(first, width));
    out.lines.extend(labelled(
        "wanted",
        &text::printable(&first.expected),
        Role::Text,
        AT,
        width,
    ));
    out.lines.push(StyledLine::new());
    out.lines
        .extend(deed.lines.iter().flat_map(|line| step(app, line, width)));
    out
}

fn about(line: &AuditEntry, width: u16) -> Vec<StyledLine> {
    let saves = line.saves_usd_per_hour.map_or_else(
        || "unpriced".to_owned(),
        |saves| {
            if saves >= 0.0 {
                format!("saves {:#}", UsdPerHour(saves))
            } else {
                format!("costs {:#} more", UsdPerHour(-saves))
            }
        },
    );
    let place = format!("{}  {}  {}", line.account, line.region, line.profile);
    let mut out: Vec<StyledLine> = Vec::new();
    for (label, value) in [
        ("resource", format!("{} {}", line.kind.0, line.id)),
        ("where", place),
        (
            "who",
            line.who.as_deref().unwrap_or("not known to AWS").to_owned(),
        ),
        ("user", line.by.to_string()),
        ("why", line.why.as_deref().unwrap_or("").to_owned()),
        ("dollars", saves),
        ("plan", line.plan.to_string()),
        (
            "takes back",
            line.undoes
                .as_ref()
                .map(ToString::to_string)
                .unwrap_or_default(),
        ),
    ] {
        if !value.trim().is_empty() {
            out.extend(labelled(
                label,
                &text::printable(&value),
                Role::Text,
                AT,
                width,
            ));
        }
    }
    out
}

fn before(line: &AuditEntry, width: u16) -> Vec<StyledLine> {
    let before = &line.before;
    let mut told = vec![before.state.clone()];
    if let (Some(count), Some(desired)) = (before.count, before.desired) {
        told.push(if count == desired {
            format!("{count} run")
        } else {
            format!("{count} run, {desired} asked for")
        });
    }
    for (key, value) in before.tags.iter().flatten() {
        told.push(
            value
                .as_ref()
                .map_or_else(|| format!("no tag {key}"), |value| format!("{key}={value}")),
        );
    }
    told.extend(before.setting.iter().map(ToString::to_string));
    told.extend(
        before
            .scheduled_actions
            .iter()
            .flatten()
            .map(|timed| format!("{} {} {}", timed.name, timed.cron, timed.bounds())),
    );
    let told = told.join(", ");
    labelled("before", &text::printable(&told), Role::Text, AT, width)
}

/// One line of the journal: when, what, its note, its place in the chain.
fn step(app: &App, line: &AuditEntry, width: u16) -> Vec<StyledLine> {
    let class = line.result.map_or_else(String::new, |class| {
        format!(" ({})", class.id().replace('_', " "))
    });
    let head = StyledLine::of(format!(" {}", phrases::date(app, line.at)), Role::Dim);
    let mut out = beside(
        head,
        &format!("{}{class}", line.step.id()),
        Role::Strong,
        20,
        width,
    );
    out.extend(
        line.note
            .iter()
            .flat_map(|note| lines(&text::printable(note), Role::Text, 20, width)),
    );
    let chain = if line.seq == 0 {
        "written before there was a chain".to_owned()
    } else {
        let short = |hash: &str| hash.chars().take(12).collect::<String>();
        format!(
            "line {} of the chain: {} after {}",
            line.seq,
            short(&line.hash),
            short(&line.prev)
        )
    };
    out.extend(lines(&chain, Role::Dim, 20, width));
    out.extend(line.broken.iter().flat_map(|broken| {
        lines(
            &format!("found broken then: {}", text::printable(broken)),
            Role::Bad,
            20,
            width,
        )
    }));
    out
}
