//! The dialogs of later and snooze, the list of both, and what they add to a row's details.

use super::parts::{field, keys, named};
use crate::screen::view::{
    overlay::Overlay,
    styled_line::{StyledLine, labelled, lines},
};
use crate::{
    domain::{Record, ResourceKey, UsdPerHour, action::schedule::ScheduleEntry, text, time::when},
    screen::{
        App,
        actions::Action,
        dialogs::{
            ScheduleActionInput, ScheduledList, SnoozeInput,
            schedule_action::{ScheduleChoice, ScheduleExecutor},
        },
        input::keymap::Context,
        theme::Role,
    },
};

/// What, when, who.
pub fn later(app: &App, ask: &ScheduleActionInput, width: u16) -> Overlay {
    let operation = ask.chosen();
    let title = format!(
        "Later: {}",
        text::cut(
            &named(&ask.names, ask.targets.len()),
            usize::from(width).saturating_sub(9)
        )
    );
    let mut out = Overlay::new(StyledLine::of(title, Role::Focus), width);
    for old in ask.agreed.iter().take(3) {
        let at = when::comes_to(old.due(), app.now, &app.zone);
        out.head.extend(lines(
            &format!("agreed: {} at {at}", old.operation()),
            Role::Changing,
            0,
            width,
        ));
    }
    out.head.push(choice(
        "what  ",
        &ask.operations
            .iter()
            .map(|operation| operation.id())
            .collect::<Vec<_>>(),
        ask.operation,
    ));
    let who = [
        ScheduleExecutor::Console,
        ScheduleExecutor::Mark,
        ScheduleExecutor::Hours,
    ]
    .iter()
    .position(|who| *who == ask.who)
    .unwrap_or(0);
    out.head.push(choice(
        "who   ",
        &["this console", "a mark by tag", "off-hours by tag"],
        who,
    ));
    let label = if ask.who == ScheduleExecutor::Hours {
        "runs  "
    } else {
        "when  "
    };
    let (line, column) = field(label, &ask.field, width);
    out.typing = Some((out.head.len(), column));
    out.head.push(if ask.field.is_empty() {
        line.add(
            if ask.who == ScheduleExecutor::Hours {
                "mon-fri 07-19"
            } else {
                when::FORMS
            },
            Role::Dim,
        )
    } else {
        line
    });
    out.head.push(StyledLine::new());
    let meant = ask.meant(&app.schedules.tags, app.now, &app.zone);
    match (&ask.error, meant) {
        (Some(error), _) => out.head.extend(lines(error, Role::Error, 0, width)),
        (None, Err(error)) if !ask.field.is_empty() => {
            out.head.extend(lines(&error, Role::Warning, 0, width));
        }
        (None, Err(_)) => out.head.extend(lines(why(ask.who), Role::Dim, 0, width)),
        (None, Ok(ScheduleChoice::AtTime(_, due))) => {
            let saves = ask
                .rate
                .filter(|rate| rate.0 > 0.0)
                .map_or_else(String::new, |rate| format!("  {rate:#} until then"));
            let at = when::comes_to(due, app.now, &app.zone);
            out.head.push(
                StyledLine::of(format!("{operation} "), Role::Dim)
                    .add(at, Role::Success)
                    .add(saves, Role::Dim),
            );
            out.head.extend(lines(why(ask.who), Role::Dim, 0, width));
        }
        (
            None,
            Ok(ScheduleChoice::Tag(crate::domain::ActionRequest {
                input: crate::domain::Input::Tags { set, .. },
                ..
            })),
        ) => {
            for (key, value) in &set {
                out.head
                    .extend(lines(&format!("{key} = {value}"), Role::Success, 0, width));
            }
            out.head.extend(lines(why(ask.who), Role::Dim, 0, width));
        }
        (None, Ok(ScheduleChoice::Tag(_))) => {}
    }
    let remove: &[Action] = if ask.agreed.is_empty() {
        &[]
    } else {
        &[Action::RemoveLine]
    };
    out.foot = keys(
        app,
        Context::Input,
        &[
            (&[Action::Accept], "shows the plan"),
            (&[Action::Up, Action::Down], "what"),
            (&[Action::Complete], "who"),
            (remove, "takes it back"),
            (&[Action::Cancel], "leaves"),
        ],
    );
    out
}

fn why(who: ScheduleExecutor) -> &'static str {
    match who {
        ScheduleExecutor::Console => "done only if a console runs then, and all is still as agreed",
        ScheduleExecutor::Mark => {
            "nothing happens here: a policy engine that reads this tag does it"
        }
        ScheduleExecutor::Hours => {
            "nothing happens here: an engine that reads this tag stops and starts it"
        }
    }
}

/// `label`, then words of which one is selected.
fn choice(label: &str, all: &[&str], selected: usize) -> StyledLine {
    let mut words = StyledLine::of(label, Role::Key);
    for (place, word) in all.iter().enumerate() {
        let (sign, role) = if place == selected {
            ("▸ ", Role::Emphasis)
        } else {
            ("  ", Role::Dim)
        };
        words = words.add(format!("{sign}{word} "), role);
    }
    words
}

/// For how long?
pub fn snooze(app: &App, ask: &SnoozeInput, width: u16) -> Overlay {
    let title = format!(
        "Snooze {}",
        text::cut(
            &named(&ask.names, ask.targets.len()),
            usize::from(width).saturating_sub(10)
        )
    );
    let mut out = Overlay::new(StyledLine::of(title, Role::Focus), width);
    let waste = if ask.waste.0 > 0.0 {
        format!(
            "{:#} leaves the ranking for that long; it goes on",
            ask.waste
        )
    } else {
        "no waste is known".to_owned()
    };
    out.head.push(StyledLine::of(waste, Role::Dim));
    if ask.agreed > 0 {
        out.head.push(StyledLine::of(
            "what is agreed for later is put off by as much",
            Role::Changing,
        ));
    }
    out.head.push(StyledLine::new());
    let (line, column) = field("for how long: ", &ask.field, width);
    out.typing = Some((out.head.len(), column));
    out.head.push(line);
    out.head.extend(match (&ask.error, ask.seconds()) {
        (Some(error), _) => lines(error, Role::Error, 0, width),
        (None, Err(error)) => lines(&error, Role::Warning, 0, width),
        (None, Ok(seconds)) => {
            let length = jiff::SignedDuration::try_from_secs_f64(seconds).unwrap_or_default();
            let until = app.now.checked_add(length).unwrap_or(app.now);
            let lost = UsdPerHour(ask.waste.0).0 * seconds / 3600.0;
            let words = StyledLine::of("until ", Role::Dim)
                .add(when::told(until, &app.zone), Role::Success);
            vec![if lost > 0.0 {
                words.add(
                    format!("  {} by then", crate::domain::Usd(lost)),
                    Role::MediumCost,
                )
            } else {
                words
            }]
        }
    });
    out.foot = keys(
        app,
        Context::Input,
        &[
            (&[Action::Accept], "lets it rest"),
            (&[Action::Cancel], "leaves it"),
        ],
    );
    out
}

/// All that is ahead.
pub fn scheduled_list(app: &App, list: &ScheduledList, width: u16) -> Overlay {
    let all = ScheduledList::lines(&app.schedules.shelf);
    let title = if list.missed {
        "Later: something was missed"
    } else {
        "Later"
    };
    let role = if list.missed {
        Role::Warning
    } else {
        Role::Focus
    };
    let mut out = Overlay::new(
        StyledLine::of(title, role).add(format!("  {}", all.len()), Role::Dim),
        width,
    );
    out.role = role;
    out.lines = all.iter().map(|kept| line(app, kept, width)).collect();
    if all.is_empty() {
        out.lines.push(StyledLine::of(
            " nothing is agreed for later, and nothing rests",
            Role::Dim,
        ));
    } else {
        out.selected = Some(list.place(&all));
        out.list = Some(0);
    }
    let accept = match list.chosen(&app.schedules.shelf) {
        Some(ScheduleEntry::Later(later)) if later.is_missed(app.now) => "asks for it now",
        Some(ScheduleEntry::Later(_)) => "changes it",
        Some(ScheduleEntry::Snooze(_)) => "wakes it",
        None => "",
    };
    let (first, second): (&[Action], &[Action]) = if all.is_empty() {
        (&[], &[])
    } else {
        (&[Action::Accept], &[Action::Remove])
    };
    out.foot = keys(
        app,
        Context::Dialog,
        &[
            (first, accept),
            (second, "takes it back"),
            (&[Action::Cancel], "leaves"),
        ],
    );
    out
}

fn line(app: &App, kept: &ScheduleEntry, width: u16) -> StyledLine {
    let name = |name: &str| text::cut(&text::printable(name), usize::from(width / 3)).into_owned();
    let column = usize::from(width / 3) + 12;
    match kept {
        ScheduleEntry::Later(later) => {
            let words = StyledLine::of(format!(" {} ", later.operation()), Role::Emphasis)
                .tab(10)
                .add(name(later.name()), Role::Text)
                .tab(column);
            let at = when::told(later.due(), &app.zone);
            if later.is_missed(app.now) {
                words.add(format!("missed {at}"), Role::Error)
            } else if later.is_due(app.now) {
                words
                    .add("due", Role::Changing)
                    .add(format!("  {at}"), Role::Dim)
            } else {
                words
                    .add(
                        format!("in {}", when::until(later.due(), app.now)),
                        Role::Changing,
                    )
                    .add(format!("  {at}"), Role::Dim)
            }
        }
        ScheduleEntry::Snooze(snooze) => StyledLine::of(" rests ", Role::Dim)
            .tab(10)
            .add(name(&snooze.name), Role::Text)
            .tab(column)
            .add(when::until(snooze.until, app.now), Role::Changing)
            .add(
                format!("  until {}", when::told(snooze.until, &app.zone)),
                Role::Dim,
            ),
    }
}

/// What is ahead of a row, for its details.
pub fn upcoming(app: &App, record: &Record, at: usize, width: u16) -> Vec<StyledLine> {
    let key: &ResourceKey = &record.head.key;
    let mut out = Vec::new();
    for later in app
        .schedules
        .shelf
        .laters()
        .filter(|later| later.key() == key)
    {
        let due = if later.is_due(app.now) {
            when::told(later.due(), &app.zone)
        } else {
            when::comes_to(later.due(), app.now, &app.zone)
        };
        let text = format!(
            "{} {due}; agreed {}",
            later.operation(),
            when::brief(later.scheduled_at(), app.now, &app.zone)
        );
        out.extend(labelled("later", &text, Role::Changing, at, width));
    }
    if let Some(snooze) = app.schedules.shelf.snooze(key, app.now) {
        let text = format!(
            "its findings rest until {}",
            when::comes_to(snooze.until, app.now, &app.zone)
        );
        out.extend(labelled("snoozed", &text, Role::Changing, at, width));
    }
    for said in app.schedules.by_tag(record) {
        out.extend(labelled(
            "by tag",
            &format!("{} ({})", said.text, said.key),
            Role::Changing,
            at,
            width,
        ));
    }
    out
}
