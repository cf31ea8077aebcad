//! What counts as a yes, and why: the guards' reasons, the line that is typed, and the accounts that are changed.
//!
//! Must not know how a demand came about.

use super::{
    overlay::Overlay,
    words::{Words, lines},
};
use crate::{
    domain::{Verb, text},
    screen::{App, access, dialog::Confirm, theme::Role},
};

/// Longest text in the prompt itself; what is longer stands above it in full.
const PROMPT: usize = 40;

/// Puts the reasons and, where something is to be typed, the line for it into the dialog's head.
pub fn ask(ask: &Confirm, out: &mut Overlay, width: u16) {
    let (Some(typed), Some(wanted)) = (&ask.typed, ask.plan.demand.wanted()) else { return };
    let wanted = text::printable(&wanted);
    for why in &ask.plan.because {
        out.head.extend(lines(&format!("! {why}"), Role::Warn, 0, width));
    }
    let label = if text::width(&wanted) > PROMPT {
        out.head.extend(lines(&format!("type {wanted}"), Role::Key, 0, width));
        "> ".to_owned()
    } else {
        format!("type {wanted} > ")
    };
    let (line, column) = super::dialogs::field(&label, &typed.field, width);
    out.typing = Some((out.head.len(), column));
    out.head.push(line);
    out.head.push(match (typed.wrong, ask.fits()) {
        (_, true) => Words::of(goes_ahead(ask.plan.verb), Role::Hot),
        (true, false) => Words::of("not what is to be typed: nothing was done", Role::Bad),
        (false, false) if ask.plan.verb.has_no_way_back() => Words::of("there is no way back; esc or an empty line leaves it", Role::Dim),
        (false, false) => Words::of("esc or an empty line leaves it", Role::Dim),
    });
    out.head.push(Words::new());
}

fn goes_ahead(verb: Verb) -> &'static str {
    match verb {
        Verb::Delete => "enter deletes",
        Verb::Terminate => "enter terminates",
        _ => "enter goes ahead",
    }
}

/// `account acme-prod 1111-2222-3333`, those to be careful with unlike others.
pub fn accounts<'a>(app: &App, accounts: impl Iterator<Item = &'a str>) -> Words {
    accounts.enumerate().fold(Words::of("account ", Role::Dim), |words, (place, account)| {
        let role = if access::is_protected(app, account) { Role::Protected } else { Role::Strong };
        let words = if place > 0 { words.add(", ", Role::Dim) } else { words };
        words.add(app.aliases.name(account), role)
    })
}
