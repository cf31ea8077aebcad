//! An open connection to AWS, and how the loop gets one.

use crate::{
    domain::{Fault, Location},
    engine::{Engine, Event},
    inventory::Store,
    screen::AccountAliases,
};
use futures_util::future::BoxFuture;
use std::sync::Arc;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// An open connection to AWS, ready to start the engine.
pub struct Connection {
    /// Header text: profile and account.
    pub title: String,
    /// Profiles, accounts and regions that the engine will read.
    pub places: Vec<Location>,
    /// Aliases of the accounts.
    pub aliases: AccountAliases,
    /// Regions and profiles that are left out, and why.
    pub notes: Vec<Fault>,
    /// The inventory before the first report.
    pub store: Arc<Store>,
    /// Starts the engine.
    pub start: StartEngine,
    /// Resolves to a replacement for this connection once an unknown account is known.
    pub reconnect: Option<ConnectFuture>,
}

/// Starts the engine, which sends its events into the channel.
pub type StartEngine = Box<dyn FnOnce(mpsc::Sender<Event>, &CancellationToken) -> Engine + Send>;

/// Resolves credentials, accounts and regions. Polled only after the first frame.
pub type ConnectFuture = BoxFuture<'static, Result<Connection, Fault>>;
