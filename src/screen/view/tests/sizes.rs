//! The screen is well formed at any size, theme, color depth and with any name.

use super::*;
use proptest::prelude::*;

/// All screens at one size.
fn all_screens(size: (u16, u16)) -> Vec<App> {
    let keys = [
        "",
        "2 2",
        "3 3",
        "4 4 C",
        "5 5",
        "6 6",
        "7 7",
        "8 8",
        "9",
        "9 b",
        "9 ] ]",
        "d",
        "e",
        "?",
        ":",
        "S",
        "T",
        "a",
        "o",
        "R",
        "x",
        "/",
        "j j S",
        "j j S y",
        "j j S y q",
    ];
    keys.into_iter()
        .map(|keys| after(size, keys))
        .chain([fixture::loading(size), denied(size)])
        .collect()
}

#[test]
fn screen_is_well_formed_at_every_size() {
    for size in [
        (1, 1),
        (0, 0),
        (20, 5),
        (39, 9),
        (40, 10),
        (60, 15),
        (79, 23),
        (119, 30),
        (120, 11),
        (190, 24),
        (250, 80),
        (400, 10),
    ] {
        for app in all_screens(size) {
            well_formed(&drawn(&app));
        }
    }
}

#[test]
fn screen_is_well_formed_in_every_theme() {
    for depth in [
        ColorSupport::True,
        ColorSupport::Indexed,
        ColorSupport::Ansi,
        ColorSupport::None,
    ] {
        for theme in 0..crate::screen::theme::SHIPPED.len() {
            let mut app = fixture::app((100, 30));
            (app.theme, app.color_support) = (theme, depth);
            let buf = drawn(&app);
            well_formed(&buf);
            if depth == ColorSupport::None {
                let plain = |color| color == ratatui::style::Color::Reset;
                assert!(
                    buf.content
                        .iter()
                        .all(|cell| plain(cell.fg) && plain(cell.bg))
                );
            }
        }
    }
}

/// Asserts that every line has the screen's width and no control characters.
pub(super) fn well_formed(buf: &Buffer) {
    for row in buf.content.chunks(usize::from(buf.area.width).max(1)) {
        let mut skip = 0;
        let mut wide = 0;
        for cell in row {
            assert!(
                !cell.symbol().chars().any(char::is_control),
                "{:?}",
                cell.symbol()
            );
            if skip > 0 {
                skip -= 1;
                continue;
            }
            let own = width(cell.symbol());
            assert!(own > 0, "a cell without width");
            wide += own;
            skip = own - 1;
        }
        assert_eq!(wide, usize::from(buf.area.width));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]
    #[test]
    fn screen_is_well_formed_with_any_name(
        names in proptest::collection::vec(any::<String>(), 6),
        owner in any::<String>(),
        columns in 40u16..160,
    ) {
        let mut rows = fixture::estate();
        for (row, name) in rows.iter_mut().zip(names.iter().cycle()) {
            row.head.name = name.as_str().into();
            row.head.owner = Some(owner.as_str().into());
            row.head.tags = crate::domain::Measured::Known([(owner.clone(), name.clone())].into());
        }
        for keys in ["", "2 2", "d", "e", "j j S", "T", "a"] {
            let mut app = App::new(fixture::setup(fixture::inventory(&rows), (columns, 30)));
            press(&mut app, keys).unwrap();
            well_formed(&drawn(&app));
        }
    }
}
