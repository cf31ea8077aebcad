//! Amazon Resource Names, parsed once.

use std::{fmt, str::FromStr, sync::Arc};

/// `arn:partition:service:region:account:resource`. Global resources have an empty region or
/// account.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Arn(Arc<str>);

/// The text is no ARN.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an ARN: expected arn:partition:service:region:account:resource")]
pub struct NotAnArn(String);

impl Arn {
    fn part(&self, place: usize) -> &str {
        self.0.splitn(6, ':').nth(place).unwrap_or_default()
    }
    /// `ec2`, `sagemaker`, `bedrock`.
    pub fn service(&self) -> &str {
        self.part(2)
    }
    /// The region code, or empty.
    pub fn region(&self) -> &str {
        self.part(3)
    }
    /// Twelve digits, or empty.
    pub fn account(&self) -> &str {
        self.part(4)
    }
    /// All after the fifth colon: `instance/i-0ab`, `endpoint/rec`.
    pub fn resource(&self) -> &str {
        self.part(5)
    }
    /// The last part of the resource, after `/`: `i-0ab`, `rec`.
    pub fn name(&self) -> &str {
        self.resource().rsplit('/').next().unwrap_or_default()
    }
    /// The whole text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Arn {
    type Err = NotAnArn;
    fn from_str(text: &str) -> Result<Self, NotAnArn> {
        let parts: Vec<&str> = text.splitn(6, ':').collect();
        match parts.as_slice() {
            ["arn", partition, service, _, _, resource]
                if !partition.is_empty() && !service.is_empty() && !resource.is_empty() =>
            {
                Ok(Self(text.into()))
            }
            _ => Err(NotAnArn(text.to_owned())),
        }
    }
}

impl fmt::Display for Arn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arn_has_six_parts() {
        let arn: Arn = "arn:aws:sagemaker:us-east-1:111122223333:endpoint/rec:v2"
            .parse()
            .unwrap();
        assert_eq!(
            (
                arn.service(),
                arn.region(),
                arn.account(),
                arn.resource(),
                arn.name()
            ),
            (
                "sagemaker",
                "us-east-1",
                "111122223333",
                "endpoint/rec:v2",
                "rec:v2"
            )
        );
        for bad in [
            "",
            "arn",
            "arn:aws:ec2",
            "i-0ab",
            "arn::ec2:r:a:x",
            "arn:aws:ec2:r:a:",
        ] {
            assert!(bad.parse::<Arn>().is_err(), "{bad}");
        }
    }
}
