//! Opens the sessions of a run, those of an organization's accounts among them, the dearest places
//! first.

use crate::{
    aws::{
        self, Session, SessionSet, SessionSettings,
        organization::{self, MemberAccount, OrganizationSettings, WatchedAccount},
    },
    collectors::{self, PlaceCost},
    domain::{Fault, FaultKind, Timestamp, region::ALL_REGIONS},
};
use std::{
    collections::{BTreeSet, HashMap},
    path::Path,
    sync::Arc,
};

/// The most places of an organization that are watched. Each has half a dozen clients and sources.
const MAX_PLACES: usize = 300;

/// The sessions of `settings` at `now`; `bills` is the folder of stored answers of Cost Explorer.
/// An organization whose accounts cannot be listed leaves the profiles, and a note.
pub(super) async fn open(
    settings: &SessionSettings,
    now: Timestamp,
    bills: Option<&Path>,
) -> Result<SessionSet, Fault> {
    let mut set = aws::sessions(settings).await?;
    let Some(organization) = &settings.organization else {
        return Ok(set);
    };
    let label = settings.label(organization.management_profile.as_deref());
    let mut known = set.sessions.iter();
    let management = known.find(|one| *one.place.profile == *label && one.unidentified.is_none());
    let Some(management) = management.cloned() else {
        return Ok(set);
    };
    let note = |fault: Fault| (management.place.profile.clone(), fault);
    let (members, places) = tokio::join!(
        organization::members(&management, organization),
        collectors::dearest_places(&management, now, bills),
    );
    let places = places.unwrap_or_else(|fault| {
        set.notes.push(note(fault));
        Vec::new()
    });
    let members = match members {
        Ok(members) => members,
        Err(fault) => {
            set.notes.push(note(fault));
            return Ok(set);
        }
    };
    let watched = Watched::of(&set.sessions, members, &places, settings, &management);
    let (sessions, faults) = organization::open(&management, settings, &watched.accounts).await;
    set.notes.extend(faults.into_iter().map(note));
    set.notes.extend(watched.left_out(organization).map(note));
    set.sessions.extend(sessions);
    order(&mut set.sessions, &places);
    Ok(set)
}

/// The dearest places first; the others in their order.
fn order(sessions: &mut [Session], places: &[PlaceCost]) {
    let ranks: HashMap<(&str, &str), usize> = places
        .iter()
        .enumerate()
        .map(|(rank, place)| ((&*place.account, &*place.region), rank))
        .collect();
    sessions.sort_by_key(|session| {
        let place = (&*session.place.account, &*session.place.region);
        ranks.get(&place).copied().unwrap_or(usize::MAX)
    });
}

/// Where the members are watched if the bill does not say it.
fn regions_without_bill(settings: &SessionSettings, management: &Session) -> Vec<Arc<str>> {
    let configured = settings.regions.iter();
    let configured = configured.filter(|region| *region != ALL_REGIONS);
    let regions: Vec<Arc<str>> = configured.map(|region| region.as_str().into()).collect();
    if regions.is_empty() {
        vec![management.place.region.clone()]
    } else {
        regions
    }
}

/// The accounts to open, and how many places are left out.
struct Watched {
    accounts: Vec<WatchedAccount>,
    left_out: usize,
}

impl Watched {
    /// Each of `members` that no profile reaches, in the regions in which the bill has AI/ML
    /// dollars of it, the dearest first. Without a bill: in the configured regions, or in that of
    /// the management account.
    fn of(
        sessions: &[Session],
        members: Vec<MemberAccount>,
        places: &[PlaceCost],
        settings: &SessionSettings,
        management: &Session,
    ) -> Self {
        let reached: BTreeSet<&str> = sessions.iter().map(|one| &*one.place.account).collect();
        let members = members
            .into_iter()
            .filter(|member| !reached.contains(&*member.id));
        let regions = if places.is_empty() {
            regions_without_bill(settings, management)
        } else {
            Vec::new()
        };
        let mut wanted: Vec<(usize, MemberAccount, Arc<str>)> = Vec::new();
        for member in members {
            let of_bill = places.iter().enumerate();
            let of_bill = of_bill.filter(|(_, place)| place.account == member.id);
            let of_bill = of_bill.map(|(rank, place)| (rank, place.region.clone()));
            let others = regions.iter().map(|region| (usize::MAX, region.clone()));
            let all = of_bill.chain(others);
            wanted.extend(all.map(|(rank, region)| (rank, member.clone(), region)));
        }
        wanted.sort_by_key(|(rank, ..)| *rank);
        let left_out = wanted.len().saturating_sub(MAX_PLACES);
        wanted.truncate(MAX_PLACES);
        let mut accounts: Vec<WatchedAccount> = Vec::new();
        for (_, member, region) in wanted {
            let mut known = accounts.iter_mut();
            match known.find(|account| account.member.id == member.id) {
                Some(account) => account.regions.push(region),
                None => accounts.push(WatchedAccount {
                    member,
                    regions: vec![region],
                }),
            }
        }
        Self { accounts, left_out }
    }

    /// The fault that says how many places are not watched.
    fn left_out(&self, organization: &OrganizationSettings) -> Option<Fault> {
        let profile = organization.management_profile.as_deref();
        (self.left_out > 0).then(|| {
            Fault::new(
                FaultKind::Incomplete,
                format!("spendtop:organization of {}", profile.unwrap_or("the demo")),
                format!(
                    "the {MAX_PLACES} dearest places of the organization are watched, and {} are \
                     not: name accounts with `include` or `exclude`",
                    self.left_out
                ),
            )
        })
    }
}
