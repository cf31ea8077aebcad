//! `spendtop ls` against the mock: the panes it names, and the filter over findings.

use super::cli::MockServer;

#[test]
fn ls_help_names_every_pane() {
    let help = MockServer::new("weekend-spike").ask(&["ls", "--help"]).out;
    let words: Vec<&str> = help.split(|c: char| !c.is_ascii_alphanumeric()).collect();
    for pane in spendtop::domain::pane_id::ALL {
        assert!(words.contains(pane), "{pane} in {help}");
    }
}

#[test]
fn findings_are_filtered_by_the_id_of_their_rule() {
    let server = MockServer::new("weekend-spike");
    let kinds = |filter: &[&str]| -> Vec<String> {
        let args = [&["ls", "findings", "--output", "json"], filter].concat();
        let output = server.ask(&args);
        assert_eq!(output.code, 0, "{}", output.err);
        let findings: Vec<serde_json::Value> = serde_json::from_str(&output.out).unwrap();
        findings
            .iter()
            .map(|finding| finding["kind"].as_str().unwrap().to_owned())
            .collect()
    };
    let all = kinds(&[]);
    let idle = all.iter().filter(|kind| *kind == "gpu-idle").count();
    assert!(idle > 0 && idle < all.len(), "{all:?}");
    assert_eq!(kinds(&["kind:gpu-idle"]), vec!["gpu-idle"; idle]);
    assert_eq!(kinds(&["!kind:gpu-idle"]).len(), all.len() - idle);
    let words = kinds(&["gpu-idle"]);
    assert_eq!(
        words.iter().filter(|kind| *kind == "gpu-idle").count(),
        idle
    );
}
