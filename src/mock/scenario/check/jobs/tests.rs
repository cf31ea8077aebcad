//! Jobs that a scenario may not have.

use crate::mock::scenario::tests::refused;

const WRONG_JOBS: &[(&str, usize, &str)] = &[
    (
        "[[training]]\nname = \"t\"\ntype = \"ml.m5.large\"\ncreated = \"-1d\"\n\
         gpu = \"steady 3\"",
        9,
        "has no accelerators, so no `gpu`; write `cpu`",
    ),
    (
        "[[training]]\nname = \"t_1\"\ntype = \"ml.m5.large\"\ncreated = \"-1d\"",
        6,
        "letters, digits and inner hyphens",
    ),
    (
        "[[training]]\nname = \"t\"\ncount = 2\ntype = \"ml.m5.large\"\ncreated = \"-1d\"",
        7,
        "need `{n}` in their name",
    ),
    (
        "[[training]]\nname = \"t\"\ntype = \"ml.m5.large\"\ncreated = \"-3d\"\n\
         ended = \"-2d\"",
        9,
        "`ended` needs an outcome",
    ),
    (
        "[[training]]\nname = \"t\"\ntype = \"ml.m5.large\"\ncreated = \"-3d\"\n\
         ended = \"-1d\"\noutcome = \"completed\"",
        9,
        "`max-hours` (24) ends it at 2026-11-21T08:34:00Z",
    ),
    (
        "[[training]]\nname = \"t\"\ntype = \"ml.m5.large\"\ncreated = \"-1d\"\n\
         duration = \"25h\"",
        9,
        "`max-hours` (24) ends it before that",
    ),
    (
        "[[training]]\nname = \"t\"\ntype = \"ml.m5.large\"\ncreated = \"-1d\"\n\
         duration = \"soon\"",
        9,
        "is no length of time",
    ),
    (
        "[[training]]\nname = \"t\"\ntype = \"ml.m5.large\"\ncreated = \"-1d\"\n\
         duration = \"2h\"\nfails-after = \"1h\"",
        10,
        "write only one of `ended`",
    ),
    (
        "[[training]]\nname = \"t\"\ntype = \"ml.m5.large\"\ncreated = \"-1d\"\n\
         outcome = \"failed\"",
        9,
        "belongs to `ended` or `duration`",
    ),
    (
        "[[training]]\nname = \"t\"\ntype = \"ml.m5.large\"\ncreated = \"-1d\"\n\
         failure = \"x\"",
        6,
        "a `failure` needs",
    ),
    (
        "[[training]]\nname = \"t\"\ntype = \"ml.m5.large\"\ncreated = \"-1d\"\n\
         repeat-until = \"now\"",
        9,
        "`repeat-until` needs `repeat-every`",
    ),
    (
        "[[training]]\nname = \"t\"\ntype = \"ml.m5.large\"\ncreated = \"-30d\"\n\
         repeat-every = \"5m\"",
        9,
        "at most 2000",
    ),
    (
        "[[training]]\nname = \"t{n}\"\ncount = 2\ntype = \"ml.m5.large\"\ncreated = \"-1d\"\n\
         repeat-every = \"1h\"",
        10,
        "`count` or `repeat-every`",
    ),
    (
        "[[training]]\nname = \"t{n}\"\ncount = 2\ntype = \"ml.m5.large\"\ncreated = \"-1d\"\n\
         earlier-runs = [\"1h\"]",
        10,
        "`count` or `earlier-runs`",
    ),
    (
        "[[training]]\nname = \"t\"\ntype = \"ml.m5.large\"\ncreated = \"-1d\"\n\
         max-hours = 1000",
        9,
        "at most 672",
    ),
    (
        "[[training]]\nname = \"t\"\ntype = \"ml.m5.large\"\ncreated = \"-1d\"\n\
         keep-alive = 500",
        9,
        "from 1 to 360",
    ),
    (
        "[[training]]\nname = \"t\"\ntype = \"ml.m5.large\"\ncreated = \"-1d\"\n\
         spot-billed-share = 0.5",
        9,
        "needs `spot = true`",
    ),
    (
        "[[training]]\nname = \"t\"\ntype = \"ml.m5.large\"\ncreated = \"-1d\"\nmodel = \"m\"",
        9,
        "`model` is of [[transform]] only",
    ),
    (
        "[[training]]\nname = \"t\"\ntype = \"ml.m5.large\"\ncreated = \"-1d\"\ninput = [\n\
         \"/data\"]",
        10,
        "is an S3 URI",
    ),
    (
        "[[processing]]\nname = \"p\"\ntype = \"ml.m5.large\"\ncreated = \"-1d\"\nspot = true",
        9,
        "`spot` is of [[training]] only",
    ),
    (
        "[[processing]]\nname = \"p\"\ntype = \"ml.m5.large\"\ncreated = \"-1d\"\n\
         keep-alive = 5",
        9,
        "`keep-alive` is of [[training]] only",
    ),
    (
        "[[processing]]\nname = \"p\"\ntype = \"ml.m5.lagre\"\ncreated = \"-1d\"",
        7,
        "did you mean `ml.m5.large`?",
    ),
    (
        "[[transform]]\nname = \"p\"\ntype = \"ml.m5.large\"\ncreated = \"-1d\"\nmax-hours = 3",
        9,
        "a transform job has no `max-hours`",
    ),
    (
        "[[tuning]]\nname = \"h\"\ntype = \"ml.m5.large\"\ncreated = \"-1d\"\ntrials = 0",
        9,
        "from 1 to 750",
    ),
    (
        "[[tuning]]\nname = \"h\"\ntype = \"ml.m5.large\"\ncreated = \"-1d\"\n\
         strategy = \"luck\"",
        9,
        "unknown variant `luck`",
    ),
    (
        "[[tuning]]\nname = \"a-name-that-is-rather-long-for-tuning\"\n\
         type = \"ml.m5.large\"\ncreated = \"-1d\"",
        6,
        "here at most 32",
    ),
];

#[test]
fn a_wrong_job_is_refused_at_its_line_with_the_correction() {
    refused(WRONG_JOBS);
}
