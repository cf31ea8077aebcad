//! One planned fault: its scope, time and counts.

use super::super::glob::matches;
use super::FaultEffect;
use crate::{
    domain::Timestamp,
    mock::{protocol::MockService, simulation::ResourceName},
};

/// A call about to be answered.
#[derive(Clone, Copy, Debug)]
pub struct IncomingCall<'a> {
    /// The service.
    pub service: MockService,
    /// The operation.
    pub operation: &'a str,
    /// The id and the name of the caller's account.
    pub account: (&'a str, &'a str),
    /// The region it was signed for.
    pub region: &'a str,
    /// The resources it names.
    pub resources: &'a [ResourceName],
    /// Whether it is an EC2 dry run.
    pub dry_run: bool,
    /// The mock's now.
    pub now: Timestamp,
}

/// A fault for some calls. Texts are patterns: `*` any characters, `?` one.
#[derive(Clone, Debug, PartialEq)]
pub struct FaultRule {
    /// The kind.
    pub fault: FaultEffect,
    /// The service, by the name in IAM actions or in signatures: `ec2`, `cloudwatch`, `monitoring`.
    pub service: String,
    /// The operation.
    pub operation: String,
    /// The caller's account, by id or name.
    pub account: String,
    /// The region.
    pub region: String,
    /// The name, id or ARN of a resource that the request names.
    pub resource: Option<String>,
    /// Active from then on.
    pub from: Option<Timestamp>,
    /// Inactive from then on.
    pub until: Option<Timestamp>,
    /// The most calls that may fail.
    pub times: usize,
    /// Calls that succeed first.
    pub skip: usize,
    /// After the skipped calls, fail only every nth one.
    pub every_nth: usize,
    /// Calls in its scope and time.
    pub matched: usize,
    /// Calls that it failed.
    pub fired: usize,
}

impl FaultRule {
    /// `fault` for every call, at any time.
    pub fn new(fault: FaultEffect) -> Self {
        let any = || "*".to_owned();
        Self {
            fault,
            service: any(),
            operation: any(),
            account: any(),
            region: any(),
            resource: None,
            from: None,
            until: None,
            times: usize::MAX,
            skip: 0,
            every_nth: 1,
            matched: 0,
            fired: 0,
        }
    }

    /// Only calls of `operation` of `service`.
    #[must_use]
    pub fn of(mut self, service: &str, operation: &str) -> Self {
        service.clone_into(&mut self.service);
        operation.clone_into(&mut self.operation);
        self
    }

    /// Only calls that name the resource.
    #[must_use]
    pub fn resource(mut self, resource: &str) -> Self {
        self.resource = Some(resource.to_owned());
        self
    }

    /// Only calls of the account, by id or name.
    #[must_use]
    pub fn account(mut self, account: &str) -> Self {
        account.clone_into(&mut self.account);
        self
    }

    /// Only calls in the region.
    #[must_use]
    pub fn region(mut self, region: &str) -> Self {
        region.clone_into(&mut self.region);
        self
    }

    /// At most `times` calls fail.
    #[must_use]
    pub fn times(mut self, times: usize) -> Self {
        self.times = times;
        self
    }

    /// Calls that succeed first.
    #[must_use]
    pub fn skip(mut self, calls: usize) -> Self {
        self.skip = calls;
        self
    }

    /// Whether it has fired `times` times.
    pub fn is_exhausted(&self) -> bool {
        self.fired >= self.times
    }

    /// Whether the rule fires on the call, which it counts. A dry run gets a denial that the next
    /// call would get, gets no other fault, and does not count.
    pub(super) fn matches(&mut self, incoming: &IncomingCall<'_>) -> bool {
        if self.is_exhausted()
            || !self.is_for(incoming)
            || (incoming.dry_run && self.fault != FaultEffect::Deny)
        {
            return false;
        }
        let met = self.matched + 1;
        let fails = met
            .checked_sub(self.skip)
            .is_some_and(|later| later > 0 && later.is_multiple_of(self.every_nth.max(1)));
        if !incoming.dry_run {
            self.matched = met;
            self.fired += usize::from(fails);
        }
        fails
    }

    fn is_for(&self, incoming: &IncomingCall<'_>) -> bool {
        self.from.is_none_or(|from| incoming.now >= from)
            && self.until.is_none_or(|until| incoming.now < until)
            && matches_service(&self.service, incoming.service)
            && matches(&self.operation, incoming.operation)
            && (matches(&self.account, incoming.account.0)
                || matches(&self.account, incoming.account.1))
            && matches(&self.region, incoming.region)
            && self.resource.as_ref().is_none_or(|pattern| {
                let mut resources = incoming.resources.iter();
                resources.any(|resource| resource.matches(pattern))
            })
            // A call that names no resource cannot find one missing.
            && (self.fault != FaultEffect::Gone || !incoming.resources.is_empty())
    }
}

/// Whether `pattern` matches a name of `service`.
pub fn matches_service(pattern: &str, service: MockService) -> bool {
    matches(pattern, service.prefix()) || matches(pattern, service.signing())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn worker() -> ResourceName {
        ResourceName {
            id: "i-0abc".into(),
            name: "hpo-worker-3".into(),
            arn: "arn:aws:ec2:us-east-1:111122223333:instance/i-0abc".into(),
        }
    }

    fn stop(resources: &[ResourceName]) -> IncomingCall<'_> {
        IncomingCall {
            service: MockService::Ec2,
            operation: "StopInstances",
            account: ("111122223333", "ml-prod"),
            region: "us-east-1",
            resources,
            dry_run: false,
            now: moment("2026-11-23T08:30:00Z"),
        }
    }

    #[test]
    fn rule_matches_service_operation_region_and_row() {
        let resources = [worker()];
        let any = || FaultRule::new(FaultEffect::Deny);
        for (mut rule, hits) in [
            (any(), true),
            (any().of("ec2", "Stop*"), true),
            (any().of("sagemaker", "Stop*"), false),
            (any().of("ec2", "Start*"), false),
            (any().region("us-*"), true),
            (any().region("eu-*"), false),
            (any().account("ml-*"), true),
            (any().account("111122223333"), true),
            (any().account("research"), false),
            (any().resource("hpo-*"), true),
            (any().resource("i-0abc"), true),
            (any().resource("arn:aws:ec2:*:instance/i-0*"), true),
            (any().resource("rag-*"), false),
        ] {
            assert_eq!(rule.matches(&stop(&resources)), hits, "{rule:?}");
        }
        let metrics = IncomingCall {
            service: MockService::CloudWatch,
            operation: "GetMetricData",
            ..stop(&[])
        };
        assert!(
            any().of("cloudwatch", "*").matches(&metrics)
                && any().of("monitoring", "*").matches(&metrics)
        );
        assert!(!any().resource("*").matches(&metrics), "it names nothing");
        assert!(
            !FaultRule::new(FaultEffect::Gone).matches(&metrics),
            "what is not named cannot be missing"
        );
    }

    #[test]
    fn rule_matches_within_its_time() {
        let mut rule = FaultRule {
            from: Some(moment("2026-11-23T08:31:00Z")),
            until: Some(moment("2026-11-23T08:32:00Z")),
            ..FaultRule::new(FaultEffect::Throttle)
        };
        for (at, hits) in [
            ("08:30:59", false),
            ("08:31:00", true),
            ("08:31:59", true),
            ("08:32:00", false),
        ] {
            let incoming = IncomingCall {
                now: moment(&format!("2026-11-23T{at}Z")),
                ..stop(&[])
            };
            assert_eq!(rule.matches(&incoming), hits, "{at}");
        }
        assert_eq!((rule.matched, rule.fired), (2, 2));
    }

    #[test]
    fn a_dry_run_gets_a_denial_and_does_not_count() {
        let dry = IncomingCall {
            dry_run: true,
            ..stop(&[])
        };
        let mut deny = FaultRule::new(FaultEffect::Deny).times(1);
        assert!(deny.matches(&dry) && deny.matches(&dry) && deny.matches(&stop(&[])));
        assert!(!deny.matches(&dry), "used up by the call itself");
        let mut hang = FaultRule::new(FaultEffect::TimeoutAfter).times(1);
        assert!(!hang.matches(&dry) && hang.matches(&stop(&[])));
    }

    #[test]
    fn rule_counts_calls() {
        for (after, every, times, want) in [
            (0, 1, usize::MAX, "xxxxxxxxx"),
            (2, 1, usize::MAX, "..xxxxxxx"),
            (0, 3, usize::MAX, "..x..x..x"),
            (1, 3, usize::MAX, "...x..x.."),
            (1, 2, 2, "..x.x...."),
            (0, 1, 2, "xx......."),
        ] {
            let mut rule = FaultRule {
                times,
                skip: after,
                every_nth: every,
                ..FaultRule::new(FaultEffect::Throttle)
            };
            let got: String = (0..9)
                .map(|_| if rule.matches(&stop(&[])) { 'x' } else { '.' })
                .collect();
            assert_eq!(got, want, "after {after}, every {every}, times {times}");
        }
    }
}
