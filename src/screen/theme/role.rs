//! Roles: the meanings that a theme gives styles to. The only file that maps a [`Phase`] to a role.

use crate::domain::Phase;
use ratatui::style::Modifier;
use serde::Deserialize;
use toml::Spanned;

macro_rules! roles {
    ($($name:ident $field:ident $plain:expr, $doc:literal;)*) => {
        /// The meaning of a piece of the screen; a theme maps it to a style.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Role { $(#[doc = $doc] $name,)* }

        impl Role {
            /// Every role.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];
            /// Its word in a theme file.
            pub fn word(self) -> &'static str {
                match self { $(Self::$name => stringify!($field),)* }
            }
            /// Its meaning, for help and error messages.
            pub fn doc(self) -> &'static str { match self { $(Self::$name => $doc,)* } }
            /// Its style on a terminal without colours.
            pub(super) fn plain(self) -> Modifier { match self { $(Self::$name => $plain,)* } }
        }

        /// The styles that a theme file gives to roles.
        #[derive(Default, Deserialize)]
        #[serde(default, deny_unknown_fields)]
        pub(super) struct Roles { $($field: Option<Spanned<String>>,)* }

        impl Roles {
            pub(super) fn get(&self, role: Role) -> Option<&Spanned<String>> {
                match role { $(Role::$name => self.$field.as_ref(),)* }
            }
        }
    };
}

const PLAIN: Modifier = Modifier::empty();
const BOLD: Modifier = Modifier::BOLD;

roles! {
    Background background PLAIN, "background of the screen";
    Surface surface PLAIN, "background of a dialog";
    Text text PLAIN, "normal text";
    Dim dim PLAIN, "secondary text: units, n/a, stale rows";
    Emphasis emphasis BOLD, "emphasis: titles, totals";
    Border border PLAIN, "frames and rules";
    Focus focus BOLD, "frame and title of the focused part";
    Cursor cursor Modifier::REVERSED, "row or button under the cursor";
    Marked marked BOLD, "marked rows, and matches of a search";
    Key key BOLD, "a key to press";
    ProgramName program_name BOLD, "name of the program";
    Success success PLAIN, "success: running, done";
    Changing changing Modifier::UNDERLINED, "changing to another state";
    Stopped stopped PLAIN, "stopped: costs nothing";
    Warning warning Modifier::UNDERLINED, "warning";
    Error error BOLD.union(Modifier::UNDERLINED), "failed, refused, denied";
    Protected protected BOLD.union(Modifier::REVERSED), "protected account, and read-only mode";
    MediumCost medium_cost PLAIN, "noticeable hourly cost";
    HighCost high_cost BOLD, "high hourly cost, or waste";
    Chart chart PLAIN, "sparklines and bars";
}

impl Role {
    /// The role of a resource's phase.
    pub fn of(phase: Phase) -> Self {
        match phase {
            Phase::Running => Self::Success,
            Phase::Changing => Self::Changing,
            Phase::Stopped | Phase::Gone => Self::Stopped,
            Phase::Failed => Self::Error,
            Phase::Still => Self::Text,
        }
    }

    /// The role of an hourly cost in US dollars.
    pub fn of_cost(per_hour: f64) -> Self {
        match per_hour {
            rate if rate >= 20.0 => Self::HighCost,
            rate if rate >= 2.0 => Self::MediumCost,
            rate if rate > 0.0 => Self::Text,
            _ => Self::Dim,
        }
    }
}
