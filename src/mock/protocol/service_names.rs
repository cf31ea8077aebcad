//! The services and their names on the wire.

/// The services that the mock answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum MockService {
    /// EC2.
    Ec2,
    /// SageMaker.
    SageMaker,
    /// Bedrock's control plane.
    Bedrock,
    /// CloudWatch metrics.
    CloudWatch,
    /// Cost Explorer.
    CostExplorer,
    /// Application Auto Scaling.
    AutoScaling,
    /// Security Token Service.
    Sts,
    /// IAM: account aliases only.
    Iam,
    /// Budgets.
    Budgets,
    /// CloudWatch Logs.
    Logs,
    /// The Price List.
    Pricing,
    /// Organizations.
    Organizations,
    /// Resource Groups Tagging API.
    Tagging,
    /// Any other service.
    Other,
}

/// Service, signing name, target prefix, query version, XML namespace.
const SERVICES: &[(MockService, &str, &str, &str, &str)] = &[
    (
        MockService::Ec2,
        "ec2",
        "",
        "2016-11-15",
        "http://ec2.amazonaws.com/doc/2016-11-15/",
    ),
    (MockService::SageMaker, "sagemaker", "SageMaker", "", ""),
    (MockService::Bedrock, "bedrock", "", "", ""),
    (
        MockService::CloudWatch,
        "monitoring",
        "GraniteServiceVersion20100801",
        "2010-08-01",
        "http://monitoring.amazonaws.com/doc/2010-08-01/",
    ),
    (
        MockService::CostExplorer,
        "ce",
        "AWSInsightsIndexService",
        "",
        "",
    ),
    (
        MockService::AutoScaling,
        "application-autoscaling",
        "AnyScaleFrontendService",
        "",
        "",
    ),
    (
        MockService::Budgets,
        "budgets",
        "AWSBudgetServiceGateway",
        "",
        "",
    ),
    (
        MockService::Pricing,
        "pricing",
        "AWSPriceListService",
        "",
        "",
    ),
    (MockService::Logs, "logs", "Logs_20140328", "", ""),
    (
        MockService::Organizations,
        "organizations",
        "AWSOrganizationsV20161128",
        "",
        "",
    ),
    (
        MockService::Tagging,
        "tagging",
        "ResourceGroupsTaggingAPI_20170126",
        "",
        "",
    ),
    (
        MockService::Sts,
        "sts",
        "",
        "2011-06-15",
        "https://sts.amazonaws.com/doc/2011-06-15/",
    ),
    (
        MockService::Iam,
        "iam",
        "",
        "2010-05-08",
        "https://iam.amazonaws.com/doc/2010-05-08/",
    ),
];

impl MockService {
    fn row(
        self,
    ) -> Option<&'static (Self, &'static str, &'static str, &'static str, &'static str)> {
        SERVICES.iter().find(|row| row.0 == self)
    }
    /// The name in signatures and in the call log: `ec2`, `monitoring`.
    pub fn signing(self) -> &'static str {
        self.row().map_or("other", |row| row.1)
    }
    /// The prefix of IAM actions: `ec2`, `cloudwatch`.
    pub fn prefix(self) -> &'static str {
        match self {
            Self::CloudWatch => "cloudwatch",
            Self::Tagging => "tag",
            _ => self.signing(),
        }
    }
    /// The version in query requests, or empty.
    pub fn version(self) -> &'static str {
        self.row().map_or("", |row| row.3)
    }
    /// The XML namespace, or empty.
    pub fn namespace(self) -> &'static str {
        self.row().map_or("", |row| row.4)
    }
    /// The services that the mock answers, without [`MockService::Other`].
    pub fn known() -> impl Iterator<Item = Self> {
        SERVICES.iter().map(|row| row.0)
    }
    /// The service with `name` in signatures or IAM actions.
    pub fn find(name: &str) -> Option<Self> {
        SERVICES
            .iter()
            .find(|row| row.1 == name || row.0.prefix() == name)
            .map(|row| row.0)
    }
    /// The service with that prefix in `X-Amz-Target`.
    pub fn targeted(prefix: &str) -> Option<Self> {
        SERVICES
            .iter()
            .find(|row| !row.2.is_empty() && row.2 == prefix)
            .map(|row| row.0)
    }
    /// The service whose query requests carry that version.
    pub fn versioned(version: &str) -> Option<Self> {
        SERVICES
            .iter()
            .find(|row| !row.3.is_empty() && row.3 == version)
            .map(|row| row.0)
    }
    /// The service at a host: `ec2.us-east-1.amazonaws.com`,
    /// `api.sagemaker.us-east-1.amazonaws.com`.
    pub fn at_host(host: &str) -> Option<Self> {
        host.split('.').take(2).find_map(Self::find)
    }
}
