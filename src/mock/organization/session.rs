//! Who signs a request: the user of the management account, an account by its id, or the session of
//! an assumed role.

use super::{Account, Organization};
use crate::{domain::Timestamp, mock::load_shape::hash};
use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

/// The caller of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The account whose resources it sees.
    pub account: String,
    /// Its ARN, for `GetCallerIdentity` and denials.
    pub arn: String,
    /// Its unique id, for `GetCallerIdentity`.
    pub user_id: String,
}

/// The sessions of assumed roles, by access key id.
#[derive(Debug, Default)]
pub(super) struct Sessions(Mutex<HashMap<String, Caller>>);

/// The members of `AssumeRole`.
#[derive(Clone, Copy, Debug)]
pub struct RoleRequest<'a> {
    /// `RoleArn`.
    pub role_arn: &'a str,
    /// `RoleSessionName`.
    pub session_name: &'a str,
    /// `ExternalId`.
    pub external_id: Option<&'a str>,
    /// `SerialNumber` and `TokenCode`.
    pub mfa: Option<(&'a str, &'a str)>,
}

/// Why a role is not assumed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The ARN is none of a role.
    NoRoleArn,
    /// The trust policy does not admit the caller; AWS does not say why.
    Denied,
    /// The code is not the device's.
    WrongCode,
}

/// The code that no device shows, for tests of wrong ones.
const WRONG_CODE: &str = "000000";

impl Organization {
    /// The caller that signs with `key`: a session, an account if the key is its id, else the user
    /// of the management account, who has any other key.
    pub fn caller(&self, key: &str) -> Caller {
        let sessions = self.sessions.0.lock();
        let sessions = sessions.unwrap_or_else(PoisonError::into_inner);
        if let Some(caller) = sessions.get(key) {
            return caller.clone();
        }
        let account = self.account(key).unwrap_or_else(|| self.management());
        let identity = &account.simulation().account;
        Caller {
            account: account.id.clone(),
            arn: identity.caller_arn.clone(),
            user_id: identity.caller_id.clone(),
        }
    }

    /// The account of `caller`.
    pub fn account_of(&self, caller: &Caller) -> &Account {
        self.account(&caller.account)
            .unwrap_or_else(|| self.management())
    }

    /// Opens a session of a role: its access key id and its caller.
    pub fn assume_role(
        &self,
        request: &RoleRequest<'_>,
        now: Timestamp,
    ) -> Result<(String, Caller), Refusal> {
        let (id, path) = role_of(request.role_arn).ok_or(Refusal::NoRoleArn)?;
        let account = self.account(id).ok_or(Refusal::Denied)?;
        let role = path.rsplit('/').next().unwrap_or(path);
        self.admits(account, role, request)?;
        let session = request.session_name;
        let role_id = format!("AROA{}", key_letters(hash(0, request.role_arn)));
        let caller = Caller {
            account: id.to_owned(),
            arn: format!("arn:aws:sts::{id}:assumed-role/{role}/{session}"),
            user_id: format!("{role_id}:{session}"),
        };
        let mut sessions = self.sessions.0.lock();
        let open = sessions.as_mut().unwrap_or_else(|error| error.get_mut());
        let key = format!("{}/{now}/{}", caller.arn, open.len());
        let key = format!("ASIA{}", key_letters(hash(0, &key)));
        open.insert(key.clone(), caller.clone());
        Ok((key, caller))
    }

    fn admits(
        &self,
        account: &Account,
        role: &str,
        request: &RoleRequest<'_>,
    ) -> Result<(), Refusal> {
        if !account.trusts_caller || account.state != "ACTIVE" {
            return Err(Refusal::Denied);
        }
        let Some(trust) = &self.trust else {
            return Ok(());
        };
        let external_id = trust.external_id.as_deref();
        if role != trust.role || external_id.is_some() && external_id != request.external_id {
            return Err(Refusal::Denied);
        }
        match (trust.mfa_device.as_deref(), request.mfa) {
            (None, _) => Ok(()),
            (Some(device), Some((serial, code))) if serial == device => {
                if code == WRONG_CODE {
                    Err(Refusal::WrongCode)
                } else {
                    Ok(())
                }
            }
            (Some(_), _) => Err(Refusal::Denied),
        }
    }
}

/// Account and path of `arn:aws:iam::444455556666:role/path/name`.
fn role_of(arn: &str) -> Option<(&str, &str)> {
    let (id, path) = arn.strip_prefix("arn:aws:iam::")?.split_once(":role/")?;
    let digits = id.len() == 12 && id.bytes().all(|byte| byte.is_ascii_digit());
    (digits && !path.is_empty()).then_some((id, path))
}

/// Sixteen capital letters and digits.
fn key_letters(mut number: u64) -> String {
    const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let mut letters = String::with_capacity(16);
    for _ in 0..16 {
        letters.push(char::from(LETTERS[(number % 32) as usize]));
        number = number.rotate_right(5).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
    letters
}
