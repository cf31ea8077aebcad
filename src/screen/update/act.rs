//! Verbs: whose, what is asked first, the plan, the question. Nothing is carried out here.
//!
//! Must not know how a plan is carried out: see [`super::answer`].

use super::{
    super::{
        App, Cmd,
        alike::is_alike,
        app::Tone,
        dialog::{Confirm, CountInput, Dialog, ScheduleInput, TagEditor, VerbsMenu},
        layer::Layer,
        table::Table,
    },
    toast,
};
use crate::domain::{Ask, Key, Plan, PlanId, Record, Verb, Why};
use std::{collections::HashSet, sync::Arc};

/// Whose: the resource of the sheet on top, else the marked rows, else what the row under the cursor stands for. As known now, even if the
/// rows stand still.
pub fn targets(app: &App) -> Vec<Arc<Record>> {
    let keys: Vec<Key> = match (app.layers.last(), app.focused()) {
        (Some(Layer::Details(sheet) | Layer::Why(sheet)), Some(table)) if is_alike(&sheet.key) => table.members(&sheet.key),
        (Some(Layer::Details(sheet) | Layer::Why(sheet)), _) => vec![sheet.key.clone()],
        (_, Some(table)) if !table.marks.is_empty() => in_order(table, &table.marks),
        (_, Some(table)) => table.key().map(|key| table.members(key)).unwrap_or_default(),
        (_, None) => Vec::new(),
    };
    keys.iter().filter_map(|key| app.world.record(key)).cloned().collect()
}

/// The marked keys, those in sight first and in their order.
fn in_order(table: &Table, marks: &HashSet<Key>) -> Vec<Key> {
    let shown = table.rows.iter().flat_map(|record| table.members(&record.head.key));
    let mut once = HashSet::new();
    let mut keys: Vec<Key> = shown.filter(|key| marks.contains(key) && once.insert(key.clone())).collect();
    if keys.len() < marks.len() {
        let seen: HashSet<&Key> = keys.iter().collect();
        let mut hidden: Vec<Key> = marks.iter().filter(|key| !seen.contains(key)).cloned().collect();
        hidden.sort();
        keys.extend(hidden);
    }
    keys
}

/// Why no verb can be had now.
pub fn refused(app: &App) -> Option<Why> {
    if !app.may_write {
        Some(Why::new("read-only: started without the means to act"))
    } else if app.read_only {
        Some(Why::new("read-only: `:read-only off` lifts it"))
    } else {
        None
    }
}

/// A verb on the targets: asks what is to be asked, makes the plan, asks for a yes.
pub fn verb(app: &mut App, verb: Verb) -> Vec<Cmd> {
    if let Some(why) = refused(app) {
        return toast(app, Tone::Bad, &why.to_string());
    }
    let records = targets(app);
    if records.is_empty() {
        return toast(app, Tone::Info, "no row here to act on");
    }
    let able: Vec<Arc<Record>> = records.iter().filter(|record| record.head.offer(verb).known().is_some()).cloned().collect();
    if able.is_empty() {
        return nothing_to_do(app, verb, &records);
    }
    let keys: Vec<Key> = records.iter().map(|record| record.head.key.clone()).collect();
    let dialog = match verb {
        Verb::Stop => return propose(app, &Ask::Stop, &keys),
        Verb::Start => return propose(app, &Ask::Start, &keys),
        Verb::Reboot => return propose(app, &Ask::Reboot, &keys),
        Verb::Terminate => return propose(app, &Ask::Terminate, &keys),
        Verb::Delete => return propose(app, &Ask::Delete, &keys),
        // All rows go on into the plan, which says why some are left out.
        Verb::Scale => CountInput::new(&able).map(|ask| Dialog::Count(CountInput { targets: keys, ..ask })),
        Verb::Schedule => ScheduleInput::new(&able).map(|ask| Dialog::Schedule(ScheduleInput { targets: keys, ..ask })),
        Verb::Tag => TagEditor::new(&able).map(|editor| Dialog::Tags(TagEditor { targets: keys, ..editor })),
    };
    app.layers.extend(dialog.map(Layer::Dialog));
    Vec::new()
}

fn nothing_to_do(app: &mut App, verb: Verb, records: &[Arc<Record>]) -> Vec<Cmd> {
    let Some(first) = records.first() else { return Vec::new() };
    let why = first.head.offer(verb).why().map_or_else(String::new, ToString::to_string);
    let text = match records.len() {
        1 => format!("{verb} {}: {why}", first.head.name),
        many => format!("{verb}: not offered on any of {many} rows; {}: {why}", first.head.name),
    };
    toast(app, Tone::Bad, &text)
}

/// Makes the plan of `ask` on `keys`, as known now, and asks for a yes. A plan without a target says why instead.
pub fn propose(app: &mut App, ask: &Ask, keys: &[Key]) -> Vec<Cmd> {
    if let Some(why) = refused(app) {
        return toast(app, Tone::Bad, &why.to_string());
    }
    let records: Vec<Arc<Record>> = keys.iter().filter_map(|key| app.world.record(key)).cloned().collect();
    app.plans += 1;
    let id = PlanId::new(app.now, app.plans);
    let borrowed: Vec<&Record> = records.iter().map(AsRef::as_ref).collect();
    let plan = Plan::new(id, ask, &borrowed, app.now);
    if plan.targets.is_empty() {
        let text = match plan.skipped.first() {
            Some(skipped) if plan.skipped.len() == 1 => format!("{} {}: {}", plan.verb, skipped.name, skipped.why),
            Some(skipped) => format!("{}: nothing to do on {} rows; {}: {}", plan.verb, plan.skipped.len(), skipped.name, skipped.why),
            None => format!("{}: the rows are gone", plan.verb),
        };
        return toast(app, Tone::Bad, &text);
    }
    let confirm = Confirm::new(plan);
    let survey = confirm.is_reading().then(|| Cmd::Survey(Box::new(confirm.plan.clone())));
    app.layers.push(Layer::Dialog(Dialog::Confirm(confirm)));
    survey.into_iter().collect()
}

/// All verbs, with the reason where one is not offered.
pub fn menu(app: &mut App) -> Vec<Cmd> {
    let records = targets(app);
    let about = match records.as_slice() {
        [] => return toast(app, Tone::Info, "no row here to act on"),
        [one] => one.head.name.to_string(),
        many => format!("{} resources", many.len()),
    };
    let why = refused(app);
    app.layers.push(Layer::Dialog(Dialog::Verbs(VerbsMenu::new(about, &records, why.as_ref()))));
    Vec::new()
}

/// Leaves out what has not begun, of every plan under way.
pub fn cancel_running(app: &mut App) -> Vec<Cmd> {
    if app.running.is_empty() {
        return toast(app, Tone::Info, "nothing is under way");
    }
    app.running.keys().cloned().map(Cmd::Cancel).collect()
}
