//! Reads and checks configuration, themes, keymap, colours and start page, before the terminal is
//! touched.

use super::color_support::color_support;
use crate::app::{cli::GlobalArgs, cli_error::CliError};
use crate::{
    collectors,
    domain::{
        PaneId,
        pane_id::{FINDINGS, OVERVIEW},
    },
    engine::{
        config::{Config, RegionCode},
        folders::Folders,
    },
    inventory::query::Query,
    pricing::Prices,
    screen::{
        App, Page, Tile,
        input::keymap::{self, Keymap},
        theme::{ColorSupport, Theme},
    },
};
use std::{
    env, fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

/// Bad rows of rate cards that are named one by one.
const MAX_CARD_ERRORS: usize = 3;

/// The checked settings of a run.
pub struct Bootstrap {
    /// The folders of the user.
    pub folders: Folders,
    /// The configuration.
    pub config: Config,
    /// The command line.
    pub global: GlobalArgs,
    /// The shipped themes and those of the user.
    pub themes: Vec<Theme>,
    /// Index in `themes` of the requested theme; `None`: none was requested.
    pub theme: Option<usize>,
    /// The keymap.
    pub keymap: Keymap,
    /// Number of colours.
    pub color_support: ColorSupport,
    /// The start page.
    pub page: Page,
}

impl Bootstrap {
    /// Reads and checks all settings.
    pub fn new(global: GlobalArgs, folders: Folders) -> Result<Self, CliError> {
        let config = Config::load(global.config.as_deref(), folders.config_file().as_deref())
            .map_err(CliError::unusable)?;
        for region in &global.region {
            RegionCode::try_from(region.clone()).map_err(CliError::unusable)?;
        }
        let (themes, theme) = load_themes(
            global.theme.as_deref().or(config.theme.as_deref()),
            folders.user_files("themes").as_deref(),
        )?;
        let keymap = load_keymap(
            global.keymap.as_deref().or(config.keymap.as_deref()),
            folders.user_files("keymaps").as_deref(),
        )?;
        let color_support =
            color_support(global.no_color, config.color, |name| env::var(name).ok());
        let page = parse_page(global.pane.as_deref())?;
        let bootstrap = Self {
            folders,
            config,
            global,
            themes,
            theme,
            keymap,
            color_support,
            page,
        };
        bootstrap.check_filter()?;
        Ok(bootstrap)
    }

    /// Loads the embedded, refreshed and configured prices of accounts whose Price List is at
    /// `endpoint`, AWS's own if it is `None`. Reports invalid rows of refreshed rate cards on
    /// stderr.
    pub fn load_prices(&self, endpoint: Option<&str>) -> &'static Prices {
        let folder = self.folders.prices(endpoint);
        let prices = Prices::load(folder.as_deref(), self.config.price.clone());
        let errors = prices.errors();
        for error in errors {
            tracing::warn!(%error, "skipped a row of a rate card");
        }
        // A closed stderr is not an error.
        let report = |line: String| drop(writeln!(io::stderr(), "spendtop: {line}"));
        for error in errors.iter().take(MAX_CARD_ERRORS) {
            report(format!("{error}; using the embedded price"));
        }
        let more = errors.len().saturating_sub(MAX_CARD_ERRORS);
        if more > 0 {
            report(format!(
                "{more} more rows of rate cards are skipped: spendtop prices lists them"
            ));
        }
        prices
    }

    /// Whether an option, the configuration or the lack of a journal folder disables actions.
    pub fn read_only(&self) -> bool {
        self.folders.problem().is_some()
            || self.global.read_only
            || (self.config.read_only && !self.global.write)
    }

    /// Why spendtop writes no files, reads no configuration and disables actions, in one line.
    pub fn folder_problem(&self) -> Option<String> {
        let why = self.folders.problem()?;
        Some(format!(
            "{why}: spendtop writes no files, reads no configuration and disables actions"
        ))
    }

    /// Applies the start page and filter of the command line.
    pub fn apply_view(&self, app: &mut App) {
        let tile = match self.page {
            Page::Overview => Tile::Waste,
            Page::Full(tile) => tile,
        };
        app.page = self.page;
        app.focus = tile;
        if let (Some(filter), Some(table)) = (&self.global.filter, app.table_mut(tile)) {
            table.set_filter(filter);
        }
    }

    fn check_filter(&self) -> Result<(), CliError> {
        let Some(filter) = &self.global.filter else {
            return Ok(());
        };
        let metas = collectors::metas();
        let fields = match self.page {
            Page::Full(Tile::Pane(id)) => metas.iter().find(|pane| pane.id == id),
            Page::Full(Tile::Waste) | Page::Overview => metas.first(),
        };
        let fields = fields
            .map(|pane| pane.fields.as_slice())
            .unwrap_or_default();
        Query::parse(filter, fields)
            .map(drop)
            .map_err(|error| CliError::unusable(format!("--filter: {}", error.message)))
    }
}

/// The pane with this id.
pub fn find_pane(id: &str) -> Option<PaneId> {
    collectors::metas()
        .iter()
        .map(|pane| pane.id)
        .find(|known| *known == id)
}

/// The ids of all panes.
pub fn pane_ids() -> Vec<&'static str> {
    collectors::metas().iter().map(|pane| pane.id).collect()
}

fn parse_page(id: Option<&str>) -> Result<Page, CliError> {
    match id {
        None | Some(OVERVIEW) => Ok(Page::Overview),
        Some(FINDINGS) => Ok(Page::Full(Tile::Waste)),
        Some(id) => find_pane(id)
            .map(|pane| Page::Full(Tile::Pane(pane)))
            .ok_or_else(|| {
                CliError::unknown(
                    "pane",
                    id,
                    [OVERVIEW, FINDINGS].into_iter().chain(pane_ids()),
                )
            }),
    }
}

/// Whether a theme or keymap is given as a path.
fn is_path(name: &str) -> bool {
    name.contains('/')
        || Path::new(name)
            .extension()
            .is_some_and(|ending| ending == "toml")
}

fn read(path: &Path) -> Result<String, CliError> {
    fs::read_to_string(path)
        .map_err(|error| CliError::unusable(format!("{}: {error}", path.display())))
}

/// The `*.toml` files of a folder with their stems, sorted; empty if there is no folder.
fn list_toml_files(folder: Option<&Path>) -> Vec<(String, PathBuf)> {
    let Some(folder) = folder else {
        return Vec::new();
    };
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => {
            if error.kind() != io::ErrorKind::NotFound {
                tracing::warn!(folder = %folder.display(), %error, "cannot list folder");
            }
            return Vec::new();
        }
    };
    let mut files: Vec<(String, PathBuf)> = entries
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.extension().is_some_and(|ending| ending == "toml"))
        // A pipe would block.
        .filter(|path| path.is_file())
        .filter_map(|path| Some((path.file_stem()?.to_str()?.to_owned(), path)))
        .collect();
    files.sort();
    files
}

/// All themes, and the index of the one called `name`. A theme of the user replaces a shipped one
/// of the same name; an invalid one is an error only if it is requested.
fn load_themes(
    name: Option<&str>,
    folder: Option<&Path>,
) -> Result<(Vec<Theme>, Option<usize>), CliError> {
    let mut themes = Theme::shipped();
    let by_path = name
        .filter(|name| is_path(name))
        .map(|name| (stem(name), PathBuf::from(name)));
    let requested = by_path.as_ref().map(|(stem, _)| stem.as_str()).or(name);
    for (own, path) in list_toml_files(folder).into_iter().chain(by_path.clone()) {
        let theme = read(&path).and_then(|text| {
            Theme::parse(&own, &text, &path.display().to_string(), &themes)
                .map_err(CliError::unusable)
        });
        match theme {
            Ok(theme) => match themes.iter_mut().find(|known| known.name == own) {
                Some(known) => *known = theme,
                None => themes.push(theme),
            },
            Err(error) if requested == Some(&own) => return Err(error),
            Err(error) => tracing::warn!(%error, "skipped an invalid theme"),
        }
    }
    let index = match requested {
        None => None,
        Some(name) => Some(
            themes
                .iter()
                .position(|theme| theme.name == name)
                .ok_or_else(|| {
                    CliError::unknown(
                        "theme",
                        name,
                        themes.iter().map(|theme| theme.name.as_str()),
                    )
                })?,
        ),
    };
    Ok((themes, index))
}

fn stem(name: &str) -> String {
    Path::new(name)
        .file_stem()
        .and_then(|stem| stem.to_str())
        .unwrap_or(name)
        .to_owned()
}

/// The keymap called `name`; those of the user precede shipped ones.
fn load_keymap(name: Option<&str>, folder: Option<&Path>) -> Result<Keymap, CliError> {
    let Some(name) = name else {
        return Ok(Keymap::default());
    };
    let own = list_toml_files(folder);
    let path = if is_path(name) {
        Some(PathBuf::from(name))
    } else {
        own.iter()
            .find(|(own, _)| own == name)
            .map(|(_, path)| path.clone())
    };
    if let Some(path) = path {
        let base = Keymap::default();
        return Keymap::parse(&read(&path)?, &path.display().to_string(), Some(&base))
            .map_err(CliError::unusable);
    }
    Keymap::shipped(name).ok_or_else(|| {
        let shipped = keymap::SHIPPED.iter().map(|(name, _)| *name);
        CliError::unknown(
            "keymap",
            name,
            shipped.chain(own.iter().map(|(name, _)| name.as_str())),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folders() -> (tempfile::TempDir, Folders) {
        let folder = tempfile::tempdir().unwrap();
        let folders = Folders::within(folder.path());
        (folder, folders)
    }

    fn start(change: impl FnOnce(&mut GlobalArgs)) -> Result<Bootstrap, CliError> {
        let mut global = GlobalArgs::default();
        change(&mut global);
        Bootstrap::new(global, folders().1)
    }

    #[test]
    fn unknown_name_is_rejected_with_known_names() {
        type Change = fn(&mut GlobalArgs);
        let cases: [(Change, &str); 5] = [
            (
                |global| global.pane = Some("gpu".into()),
                "there is no pane `gpu`: expected one of overview, findings, gpus, notebooks",
            ),
            (
                |global| global.theme = Some("drak".into()),
                "there is no theme `drak`: expected one of dark, light",
            ),
            (
                |global| global.keymap = Some("vmi".into()),
                "there is no keymap `vmi`: expected one of default, vim",
            ),
            (
                |global| global.region = vec!["useast".into()],
                "`useast` is not a region code",
            ),
            (|global| global.filter = Some("burn>".into()), "--filter: "),
        ];
        for (change, message) in cases {
            let failure = start(change).map(|_| ()).unwrap_err();
            assert!(failure.message.starts_with(message), "{failure}");
            assert_eq!(failure.code, crate::app::cli_error::UNUSABLE);
        }
    }

    #[test]
    fn user_theme_and_keymap_load_by_name_and_path() {
        let (folder, folders) = folders();
        for (folder, text) in [
            ("themes", "inherits = \"light\"\n"),
            ("keymaps", "inherits = \"vim\"\n"),
        ] {
            fs::create_dir_all(folders.user_files(folder).unwrap()).unwrap();
            fs::write(folders.user_files(folder).unwrap().join("mine.toml"), text).unwrap();
        }
        let path = folders
            .user_files("themes")
            .unwrap()
            .join("mine.toml")
            .display()
            .to_string();
        for name in ["mine", &path] {
            let global = GlobalArgs {
                theme: Some(name.to_owned()),
                keymap: Some("mine".into()),
                ..GlobalArgs::default()
            };
            let start = Bootstrap::new(global, folders.clone())
                .unwrap_or_else(|failure| panic!("{failure}"));
            assert_eq!(start.themes[start.theme.unwrap()].name, "mine");
            assert_eq!(start.keymap.name, "mine");
        }
        drop(folder);
    }

    #[test]
    fn only_the_command_line_overrides_read_only() {
        let (_folder, folders) = folders();
        fs::create_dir_all(folders.user_files("themes").unwrap()).unwrap();
        fs::write(folders.config_file().unwrap(), "read_only = true\n").unwrap();
        let read_only = |global| {
            Bootstrap::new(global, folders.clone())
                .unwrap_or_else(|failure| panic!("{failure}"))
                .read_only()
        };
        assert!(read_only(GlobalArgs::default()));
        assert!(!read_only(GlobalArgs {
            write: true,
            ..GlobalArgs::default()
        }));
    }
}
