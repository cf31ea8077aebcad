//! Notes: facts about the rows and the bill that a person should know although nothing failed.

use super::{Currency, Service, Timestamp, Usd};
use std::sync::Arc;

/// A note: its wording is in `screen::notices`.
#[derive(Clone, Debug, PartialEq)]
pub enum Note {
    /// The bill of a usage type is so many times its list price that one of the two is misread. No
    /// discount is inferred from it.
    LineNotAtList {
        /// The usage type, with the model where only the service names it.
        usage: Arc<str>,
        /// Paid over list.
        ratio: f64,
    },
    /// The bill of a service is so many times its list price that no discount is inferred.
    ServiceNotAtList {
        /// The service.
        service: Service,
        /// Paid over list.
        ratio: f64,
    },
    /// One usage type differs from its list price by more than all of its service together.
    LineOutweighsService {
        /// The service.
        service: Service,
        /// The usage type.
        usage: Arc<str>,
    },
    /// The bill of a closed day and the rows of that day are too far apart for the discount of the
    /// bill to be applied to the rows.
    BillNotBurn {
        /// The service.
        service: Service,
        /// The bill in the regions that are read.
        billed: Usd,
        /// The cost of the rows at list.
        estimate: Usd,
    },
    /// Instances with an unknown operating system are billed above the list price of Linux.
    SystemUnknown,
    /// The bill is not in dollars: its amounts are shown in its currency, and no discount is
    /// inferred from price lists in dollars.
    Currency {
        /// Its currency.
        currency: Currency,
    },
    /// The answer of Cost Explorer has more pages than the source reads at once.
    PartialBill {
        /// Pages read.
        pages: usize,
        /// End of the last day with usage types.
        through: Timestamp,
    },
    /// A budget is exceeded by nearly any cost: an alarm for any cost, not a plan.
    NegligibleBudget {
        /// Its name.
        name: Arc<str>,
        /// Its limit.
        limit: Usd,
    },
    /// The account has budgets, and none follows AI/ML or the whole account.
    NoAiBudget {
        /// How many.
        budgets: usize,
    },
    /// No cost has a value of the tag: it is probably not activated as cost allocation tag.
    TagWithoutValues {
        /// The tag key.
        key: Arc<str>,
    },
    /// The bill of another watched account includes this account, which is counted there.
    BilledByPayer {
        /// The account.
        account: Arc<str>,
        /// The account that pays for it.
        payer: Arc<str>,
    },
    /// A service is billed and has no row.
    BilledWithoutRows {
        /// The service.
        service: Service,
        /// A day, mean of the last 7 closed days.
        daily: Usd,
        /// The currency of `daily`.
        currency: Currency,
    },
    /// A region has AI/ML costs and no source reads its resources.
    RegionNotWatched {
        /// The region code.
        region: &'static str,
        /// A day, mean of the last 7 closed days.
        daily: Usd,
        /// The currency of `daily`.
        currency: Currency,
    },
    /// Billed usage that no pane lists.
    Unlisted {
        /// The billed feature.
        name: &'static str,
        /// A day, mean of the last 7 closed days.
        daily: Usd,
        /// The currency of `daily`.
        currency: Currency,
    },
}
