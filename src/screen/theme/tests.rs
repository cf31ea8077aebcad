//! Parsing of themes, their contrast and their errors.

use super::*;

fn contrast(a: Color, b: Color) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

#[test]
fn every_shipped_theme_parses() {
    let mut known = Vec::new();
    for (name, text) in SHIPPED {
        let theme =
            Theme::parse(name, text, name, &known).unwrap_or_else(|error| panic!("{error}"));
        known.push(theme);
    }
    assert_eq!(Theme::shipped(), known);
}

#[test]
fn text_has_contrast_on_every_background() {
    for theme in Theme::shipped().iter().filter(|theme| theme.name != "mono") {
        let least = if theme.name == "high-contrast" {
            7.0
        } else {
            4.5
        };
        let styles = theme.styles(ColorSupport::True);
        for ground in [Role::Background, Role::Surface] {
            let under = styles.of(ground).bg.unwrap();
            for role in Role::ALL.iter().filter(|role| {
                !matches!(
                    role,
                    Role::Background | Role::Surface | Role::Border | Role::Chart
                )
            }) {
                let style = styles.of(*role);
                let ratio = contrast(style.fg.unwrap(), style.bg.unwrap_or(under));
                assert!(
                    ratio >= least,
                    "{}: {} on {}: {ratio:.2}",
                    theme.name,
                    role.word(),
                    ground.word()
                );
            }
        }
        // Rows keep their colours under the cursor.
        let cursor = styles.of(Role::Cursor).bg.unwrap();
        for role in [
            Role::Text,
            Role::Emphasis,
            Role::Success,
            Role::Changing,
            Role::MediumCost,
            Role::HighCost,
            Role::Error,
            Role::Marked,
        ] {
            let ratio = contrast(styles.of(role).fg.unwrap(), cursor);
            assert!(
                ratio >= 3.0,
                "{}: {} on the cursor row: {ratio:.2}",
                theme.name,
                role.word()
            );
        }
    }
}

#[test]
fn text_differs_from_background_at_every_color_depth() {
    for theme in Theme::shipped() {
        for depth in [
            ColorSupport::True,
            ColorSupport::Indexed,
            ColorSupport::Ansi,
        ] {
            let styles = theme.styles(depth);
            let ground = styles.of(Role::Background).bg;
            for role in Role::ALL {
                let style = styles.of(*role);
                let under = style.bg.or(ground);
                assert!(
                    style.fg.is_none() || style.fg == Some(Color::Reset) || style.fg != under,
                    "{} {} {depth:?}",
                    theme.name,
                    role.word()
                );
            }
        }
        for role in Role::ALL {
            let style = theme.styles(ColorSupport::None).of(*role);
            assert_eq!((style.fg, style.bg), (None, None), "no colour means none");
        }
    }
}

#[test]
fn errors_name_line_and_nearest_word() {
    let known = Theme::shipped();
    let error = |text: &str| {
        Theme::parse("mine", text, "mine.toml", &known)
            .unwrap_err()
            .to_string()
    };
    assert_eq!(
        error("inherits = \"dark\"\n[roles]\nhigh_cots = \"red\"\n"),
        "mine.toml:3: unknown word `high_cots`: did you mean `high_cost`?"
    );
    assert_eq!(
        error("inherits = \"drak\"\n"),
        "mine.toml:1: there is no theme `drak` to inherit from: did you mean `dark`?"
    );
    assert_eq!(
        error("inherits = \"dark\"\n[palette]\nrouge = \"#f00\"\n"),
        "mine.toml:3: `#f00` is not a colour: write \"#rrggbb\" or \"default\""
    );
    assert!(
        error("inherits = \"dark\"\n\n[roles]\nhigh_cost = \"bold blod\"\n")
            .starts_with("mine.toml:4: high_cost: `blod` is neither")
    );
    assert!(error("[roles]\ntext = \"#ffffff\"\n").contains("`background`"));
    assert!(error("colors = 1\n").contains("unknown word `colors`"));
    assert!(error("inherits = \n").starts_with("mine.toml:1: "));
}

#[test]
fn child_theme_overrides_one_palette_color() {
    let known = Theme::shipped();
    let child = Theme::parse(
        "mine",
        "inherits = \"dark\"\n[palette]\nred = \"#123456\"\n",
        "mine.toml",
        &known,
    )
    .unwrap();
    assert_eq!(
        child.styles(ColorSupport::True).of(Role::Error).fg,
        Some(Color::Rgb(0x12, 0x34, 0x56))
    );
    assert_eq!(
        child.styles(ColorSupport::True).of(Role::Text),
        known[0].styles(ColorSupport::True).of(Role::Text)
    );
}

#[test]
fn colors_degrade_to_the_nearest() {
    assert_eq!(
        degrade(Color::Rgb(255, 0, 0), ColorSupport::Indexed),
        Color::Indexed(196)
    );
    assert_eq!(
        degrade(Color::Rgb(9, 9, 9), ColorSupport::Indexed),
        Color::Indexed(232)
    );
    assert_eq!(
        degrade(Color::Rgb(250, 10, 10), ColorSupport::Ansi),
        Color::LightRed
    );
    assert_eq!(degrade(Color::Reset, ColorSupport::Ansi), Color::Reset);
}
