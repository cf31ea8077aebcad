//! Credentials that change while the console runs, on a stub that knows nothing of the mock.

use super::{PtySession, TIMEOUT};
use crate::stub::{Stub, refuse};
use std::{
    fs,
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

/// k9s#2048, boto3#1073: a helper writes session keys into the file, and new ones when they expire.
#[test]
fn renewed_keys_in_the_file_are_read_by_the_running_console() {
    let home = Arc::new(tempfile::tempdir().unwrap());
    let folder = home.path().join(".aws");
    fs::create_dir(&folder).unwrap();
    let write = |key: &str| {
        let text = format!(
            "[default]\naws_access_key_id = {key}\naws_secret_access_key = s\n\
             aws_session_token = t\n"
        );
        fs::write(folder.join("credentials"), text).unwrap();
    };
    write("ASIAFORMER");
    fs::write(folder.join("config"), "[default]\nregion = us-east-1\n").unwrap();
    let stub = Stub::new(|request| {
        let is_expired = request.key == "ASIAFORMER" && request.service != "sts";
        is_expired.then(|| {
            let code = if request.service == "ec2" {
                "RequestExpired"
            } else {
                "ExpiredTokenException"
            };
            refuse(
                request,
                code,
                "The security token included in the request is expired",
            )
        })
    });
    let console = PtySession::at(
        home.clone(),
        &[],
        &[
            ("AWS_ENDPOINT_URL", &stub.url),
            ("AWS_EC2_METADATA_DISABLED", "true"),
        ],
        (120, 40),
    );
    wait(&stub, "ASIAFORMER");
    write("ASIARENEWED");
    let mut console = console;
    // ctrl-r reads the files again at once.
    console.press("\u{12}");
    wait(&stub, "ASIARENEWED");
    console.press("q");
}

fn wait(stub: &Stub, key: &str) {
    let start = Instant::now();
    while !stub.keys().iter().any(|known| known == key) {
        assert!(start.elapsed() < 2 * TIMEOUT, "no request with {key}");
        thread::sleep(Duration::from_millis(100));
    }
}
