//! `gpu-unused`: a job without use of its accelerators.

use super::{jobs::running, *};

#[test]
fn gpu_unused_reports_a_job_without_gpu_use() {
    let unused = |max: f64, hours: f64, cpu: f64| {
        running(hours, |job| {
            job.utilization = Measured::Known(seen(max, hours, hours));
            job.cpu = Measured::Known(seen(cpu, hours, hours));
        })
    };
    let found = finding_of(&unused(0.004, 5.0, 0.01), "gpu-unused");
    assert_eq!(
        found.message,
        "GPU never used in 5 h (5 h of data): 0.4 % at most"
    );
    assert_eq!(
        (found.waste, found.confidence, found.fix),
        (UsdPerHour(25.25), Confidence::High, Some(Operation::Stop))
    );
    assert_eq!(
        found.recommendation,
        "stop it: $25.25/h, at most $2,903.75 at list until it ends in 115 h"
    );
    assert_eq!(pass_note(&unused(0.02, 5.0, 0.6), "gpu-unused"), "");
    assert_eq!(
        unknown_reason(&unused(0.0, 0.5, 0.6), "gpu-unused"),
        "only 0.5 h of data, gpu-unused needs 1 h"
    );
    assert_eq!(
        unknown_reason(
            &running(5.0, |job| job.utilization = Measured::unknown("denied")),
            "gpu-unused"
        ),
        "denied"
    );
    assert_eq!(
        verdict_of(&running(5.0, |job| job.accelerators = 0.0), "gpu-unused"),
        None
    );
}

#[test]
fn gpu_unused_of_a_cpu_job_saves_what_another_type_costs_less() {
    let busy = |cpu_type: bool| {
        let head = running(5.0, |job| {
            job.utilization = Measured::Known(seen(0.0, 5.0, 5.0));
            job.cpu = Measured::Known(seen(0.62, 5.0, 5.0));
            job.cpu_type = job.cpu_type.take().filter(|_| cpu_type);
        });
        finding_of(&head, "gpu-unused")
    };
    let found = busy(true);
    assert_eq!(
        found.message,
        "GPU never used in 5 h (5 h of data): 0 % at most; CPU 62 %: ml.r5.24xlarge has as many \
         vCPUs at $7.26/h"
    );
    assert!((found.waste.0 - (25.25 - 7.258)).abs() < 1e-9);
    assert_eq!(found.fix, None);
    assert!(
        found
            .recommendation
            .starts_with("start its next run on ml.r5.24xlarge: $17.99/h")
    );
    let found = busy(false);
    assert_eq!(
        (found.waste, found.saving),
        (UsdPerHour::ZERO, UsdPerHour::ZERO)
    );
    assert_eq!(found.exposure, UsdPerHour(25.25));
}
