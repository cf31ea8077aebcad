//! Every action: one line gives its variant, its word in keymaps and palette, where it can be
//! bound, its footer word and its help text. Parser, help, hints and docs are generated from this
//! list; `super::update` knows what each does.

use super::input::keymap::Context;
use crate::domain::Operation;
use std::{fmt, sync::Arc};

/// What the lists below know of an action.
#[derive(Clone, Copy, Debug)]
pub struct ActionMeta {
    /// Its word.
    pub id: &'static str,
    /// Where it can be bound.
    pub contexts: &'static [Context],
    /// Its word in the footer; empty if it is never there.
    pub hint: &'static str,
    /// What it does.
    pub doc: &'static str,
}

macro_rules! actions {
    ($($name:ident $id:literal [$($context:ident)+] $hint:literal $doc:literal;)*) => {
        /// Something a key or a command does.
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        pub enum Action {
            $(#[doc = $doc] $name,)*
            /// An operation on the marked rows, or on the row under the cursor.
            Operation(Operation),
            /// The page with this number.
            Tab(u8),
            /// A line of the command palette.
            Command(Arc<str>),
        }

        /// Every action without an argument, in the order of help.
        pub const ENTRIES: &[ActionMeta] = &[$(ActionMeta {
            id: $id,
            contexts: &[$(Context::$context),+],
            hint: $hint,
            doc: $doc,
        },)*];

        impl Action {
            /// Every action without an argument, in the order of [`ENTRIES`].
            pub const PLAIN: &'static [Self] = &[$(Self::$name,)*];

            /// What is known of it; `None` for one with an argument.
            pub fn entry(&self) -> Option<&'static ActionMeta> {
                let at = Self::PLAIN.iter().position(|action| action == self)?;
                ENTRIES.get(at)
            }
        }
    };
}

actions! {
    NextGrouping "next-grouping" [Table] "group"
        "next grouping of the pane: service, usage type, tag, account, ...";
    PreviousGrouping "previous-grouping" [Table] "" "previous grouping of the pane";
    Chart "chart" [Table] "chart" "chart the row under the cursor, or the sum of all rows";
    ChartGranularity "chart-granularity" [Table] "" "chart by day or by hour";
    Mark "mark" [Table] "mark" "mark or unmark the row and move down";
    MarkAll "mark-all" [Table] "" "mark or unmark all rows shown";
    ClearMarks "clear-marks" [Table] "" "clear all marks of this table";
    Operations "operations" [Table] "all operations"
        "all operations of the row, with the reason where one is not offered";
    ScheduleAction "schedule-action" [Table] "schedule"
        "schedule an action: at a time by this console, or by a tag for a policy engine \
         (asks first)";
    Snooze "snooze" [Table] "" "snooze the finding of the row, or wake it";
    Undo "undo" [Table] ""
        "undo the last plan; on a sheet: the last action on its resource (asks first)";
    Why "why" [Table] "why" "explain the finding: rule, evidence, arithmetic, fix";
    Contributors "contributors" [Table] "contributors"
        "contributors to an anomaly: live resources, by the share each explains";
    Open "open" [Table] "open"
        "open a fleet's members, the row's details, or on the Overview the tile in full";
    Details "details" [Table] "details" "all fields of the row";
    Zoom "zoom" [Table] "" "toggle the tile in full";
    Filter "filter" [Table] "filter" "filter the rows as you type";
    NextMatch "next-match" [Table] "" "the next row that the last filter matches";
    PreviousMatch "previous-match" [Table] "" "the previous row that the last filter matches";
    Sort "sort" [Table] "sort" "choose the field to sort by";
    Invert "invert" [Table] "" "reverse the sort order";
    WasteOnly "waste-only" [Table] "" "toggle only rows with waste";
    Pause "pause" [Table] "" "pause or resume the rows";
    Regions "regions" [Table] "" "choose the regions to show";
    Profiles "profiles" [Table] "" "choose the profiles to show";
    CopyId "copy-id" [Table] "" "copy the id (of the marked rows: one a line)";
    CopyArn "copy-arn" [Table] "" "copy the ARN (of the marked rows: one a line)";
    Export "export" [Table] "" "write this view to a file: CSV, JSON or Markdown";
    Palette "palette" [Global] "command" "the command palette";
    Help "help" [Global] "help" "all keys";
    Up "up" [Global Dialog Input] "" "up";
    Down "down" [Global Dialog Input] "" "down";
    HalfUp "half-up" [Global Dialog] "" "half a page up";
    HalfDown "half-down" [Global Dialog] "" "half a page down";
    PageUp "page-up" [Global Dialog Input] "" "a page up";
    PageDown "page-down" [Global Dialog Input] "" "a page down";
    Top "top" [Global Dialog] "" "to the first row";
    Bottom "bottom" [Global Dialog] "" "to the last row";
    NextTab "next-tab" [Global] "" "the next tile of the Overview, the next page elsewhere";
    PreviousTab "previous-tab" [Global] ""
        "the previous tile of the Overview, the previous page elsewhere";
    Back "back" [Global] "" "back one level: sheet, filter, page";
    Quit "quit" [Global] ""
        "back one level; at the root: quit (asks if actions are running or scheduled)";
    Interrupt "interrupt" [Global Dialog Input] "" "close all layers; without one: quit";
    Refresh "refresh" [Global] "" "refresh from AWS now";
    Forecast "forecast" [Global] ""
        "forecast: month end, budgets, estimate and bill, discounts, coverage";
    Watch "watch" [Global] ""
        "the cost of watching: requests, dollars and the age of metrics, by account";
    Unpriced "unpriced" [Global] "" "billed resources without a known price, with the reasons";
    Errors "errors" [Global] "" "list errors";
    Journal "journal" [Global] "" "open the journal";
    OpenEntry "open-entry" [Journal] "open"
        "open the entry: requests, prior state, its lines in the chain";
    FilterEntries "filter-entries" [Journal] "filter" "show only entries with all these words";
    UndoEntry "undo-entry" [Journal] "undo" "undo the plan under the cursor (asks first)";
    Activity "activity" [Global] "" "activity of this run, with the result of each target";
    NextTheme "next-theme" [Global] "" "the next theme";
    Redraw "redraw" [Global Dialog Input] "" "redraw the screen";
    Accept "accept" [Dialog Input] "ok"
        "accept the choice; in a confirm dialog the selected answer, at first No";
    Cancel "cancel" [Dialog Input] "cancel" "close without changes";
    Yes "yes" [Dialog] "yes" "answer yes";
    No "no" [Dialog] "no" "answer no";
    Switch "switch" [Dialog] "" "switch between No and Yes";
    Toggle "toggle" [Dialog] "" "select or deselect the line";
    Remove "remove" [Dialog] "" "in the scheduled list: cancel the entry";
    Complete "complete" [Input] "complete" "complete the text, or edit the line under the cursor";
    CompleteBack "complete-back" [Input] "" "the previous completion";
    RemoveLine "remove-line" [Input] ""
        "remove the tag under the cursor; when scheduling: cancel the scheduled action";
    CharLeft "char-left" [Input] "" "one character left";
    CharRight "char-right" [Input] "" "one character right";
    WordLeft "word-left" [Input] "" "one word left";
    WordRight "word-right" [Input] "" "one word right";
    LineStart "line-start" [Input] "" "to the start of the line";
    LineEnd "line-end" [Input] "" "to the end of the line";
    DeleteBack "delete-back" [Input] "" "delete the character before the cursor";
    DeleteHere "delete-here" [Input] "" "delete the character under the cursor";
    DeleteWord "delete-word" [Input] "" "delete the word before the cursor";
    DeleteLine "delete-line" [Input] "" "empty the line";
    DeleteRest "delete-rest" [Input] "" "delete to the end of the line";
}

impl Action {
    /// Reads a keymap's word: an action, `operation:stop`, `tab:2` or `:` and a line of the
    /// palette.
    pub fn parse(word: &str) -> Option<Self> {
        if let Some(line) = word.strip_prefix(':') {
            return (!line.trim().is_empty()).then(|| Self::Command(line.trim().into()));
        }
        match word.split_once(':') {
            Some(("operation", id)) => Operation::ALL
                .iter()
                .find(|operation| operation.id() == id)
                .copied()
                .map(Self::Operation),
            Some(("tab", number)) => number
                .parse()
                .ok()
                .filter(|number| *number > 0)
                .map(Self::Tab),
            Some(_) => None,
            None => ENTRIES
                .iter()
                .zip(Self::PLAIN)
                .find(|(entry, _)| entry.id == word)
                .map(|(_, action)| action.clone()),
        }
    }

    /// Where it can be bound.
    pub fn contexts(&self) -> &'static [Context] {
        match self {
            Self::Operation(_) => &[Context::Table],
            Self::Tab(_) => &[Context::Global],
            Self::Command(_) => &[Context::Table, Context::Global],
            _ => self.entry().map_or(&[], |entry| entry.contexts),
        }
    }

    /// Whether it can be bound in `context`: what holds everywhere can be had on rows alone, too.
    pub fn fits(&self, context: Context) -> bool {
        let contexts = self.contexts();
        contexts.contains(&context)
            || (context == Context::Table && contexts.contains(&Context::Global))
    }

    /// What it does, in words.
    pub fn doc(&self) -> String {
        match self {
            Self::Operation(operation) => format!("{} (asks first)", operation.doc()),
            Self::Tab(number) => {
                format!("page {number}; on the Overview: its tile, again for the page")
            }
            Self::Command(line) => format!("the command `{line}`"),
            _ => self
                .entry()
                .map_or_else(String::new, |entry| entry.doc.to_owned()),
        }
    }

    /// Every word a keymap may use in `context`.
    pub fn words(context: Context) -> Vec<String> {
        let arguments = Operation::ALL
            .iter()
            .copied()
            .map(Self::Operation)
            .chain((1..=9).map(Self::Tab));
        Self::PLAIN
            .iter()
            .cloned()
            .chain(arguments)
            .filter(|action| action.fits(context))
            .map(|action| action.to_string())
            .collect()
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Operation(operation) => write!(f, "operation:{operation}"),
            Self::Tab(number) => write!(f, "tab:{number}"),
            Self::Command(line) => write!(f, ":{line}"),
            _ => f.write_str(self.entry().map_or("", |entry| entry.id)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_action_reads_back_and_has_a_description() {
        let mut seen = BTreeSet::new();
        for action in Action::PLAIN.iter().cloned().chain([
            Action::Operation(Operation::Stop),
            Action::Tab(3),
            Action::Command("sort burn".into()),
        ]) {
            assert_eq!(Action::parse(&action.to_string()), Some(action.clone()));
            assert!(seen.insert(action.to_string()), "{action} twice");
            assert!(
                !action.doc().is_empty() && !action.contexts().is_empty(),
                "{action}"
            );
        }
        for bad in ["", "dwon", "operation:burn", "tab:0", "tab:x", ":", "x:y"] {
            assert_eq!(Action::parse(bad), None, "{bad}");
        }
    }
}
