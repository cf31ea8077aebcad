//! The generated parts of `docs/mock.md` are those of the code.
//!
//! `SPENDTOP_UPDATE_DOCS=1 cargo test --test it mock_wire` rewrites them.

use spendtop::mock::{SCENARIOS, Scenario};
use std::{fmt::Write as _, fs, path::Path, sync::Mutex};

/// Tests run at once and each rewrites its own part of the one file.
static FILE: Mutex<()> = Mutex::new(());

/// Compares the text between the marks of `part` with `text`, or rewrites it.
pub(super) fn check_part(part: &str, text: &str) {
    let _guard = FILE.lock().unwrap();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/mock.md");
    let page = fs::read_to_string(&path).unwrap();
    let (open, close) = (format!("<!-- {part} -->\n"), format!("<!-- /{part} -->"));
    let (before, rest) = page.split_once(&open).unwrap();
    let (found, after) = rest.split_once(&close).unwrap();
    let expected = format!("\n{text}\n");
    if std::env::var_os("SPENDTOP_UPDATE_DOCS").is_some() {
        fs::write(&path, format!("{before}{open}{expected}{close}{after}")).unwrap();
    } else {
        assert!(
            found == expected,
            "docs/mock.md is outdated: SPENDTOP_UPDATE_DOCS=1 cargo test --test it mock_wire"
        );
    }
}

#[test]
fn reference_lists_the_scenarios() {
    let mut table = "| scenario | what it shows |\n| --- | --- |\n".to_owned();
    for (name, _) in SCENARIOS {
        let description = Scenario::find(name).unwrap().description;
        writeln!(table, "| `{name}` | {description} |").unwrap();
    }
    check_part("scenarios", &table);
}
