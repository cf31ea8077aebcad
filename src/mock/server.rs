//! The HTTP server: connections, bodies, request ids, planned faults, and a page for people who look at `/`.
//!
//! Must not know what operations do.

use super::{
    ClockMode, MockClock, Options, World,
    ledger::{self, Asked, Fault, Ledger},
    service,
    wire::{self, Call, Error, Node, Request, reply},
};
use crate::domain::Stamp;
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::{
    Response,
    body::{Body, Bytes, Incoming},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::{TokioIo, TokioTimer};
use std::{
    convert::Infallible,
    io,
    net::{SocketAddr, TcpListener},
    pin::pin,
    sync::{
        Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::{net::TcpStream, task::JoinHandle, task::JoinSet};
use tokio_util::sync::CancellationToken;

/// Larger than any request a client has a reason to send.
const LARGEST_BODY: usize = 1 << 20;
/// How long answers under way may take once the mock stops.
const GRACE: Duration = Duration::from_secs(1);

/// A running mock AWS. Dropping it stops it without waiting.
#[derive(Debug)]
pub struct Mock {
    addr: SocketAddr,
    shared: Arc<Shared>,
    server: JoinHandle<()>,
}

#[derive(Debug)]
struct Shared {
    world: RwLock<World>,
    clock: MockClock,
    ledger: Ledger,
    served: AtomicU64,
    stop: CancellationToken,
}

impl Mock {
    /// Starts serving. Must be called inside a tokio runtime.
    pub fn start(options: Options) -> io::Result<Self> {
        let Options { scenario, listen, clock, speed, pace } = options;
        let listener = TcpListener::bind(listen)?;
        listener.set_nonblocking(true)?;
        let addr = listener.local_addr()?;
        let listener = tokio::net::TcpListener::from_std(listener)?;
        let now = match clock {
            ClockMode::Scenario => scenario.now,
            ClockMode::Real => Stamp::now(),
        };
        let shared = Arc::new(Shared {
            world: RwLock::new(World::new(&scenario, now, pace)),
            clock: MockClock::new(now, speed),
            ledger: Ledger::default(),
            served: AtomicU64::new(0),
            stop: CancellationToken::new(),
        });
        let server = tokio::spawn(serve(listener, shared.clone()));
        Ok(Self { addr, shared, server })
    }

    /// Where it listens.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// What to pass as endpoint URL.
    pub fn url(&self) -> String {
        format!("http://{}", self.addr)
    }

    /// Its virtual clock.
    pub fn clock(&self) -> MockClock {
        self.shared.clock.clone()
    }

    /// The virtual moment.
    pub fn now(&self) -> Stamp {
        self.shared.clock.now()
    }

    /// The world as it is, to compare with what a client sees.
    pub fn world(&self) -> RwLockReadGuard<'_, World> {
        self.shared.world.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// The world, to change it behind the client's back.
    pub fn change(&self) -> RwLockWriteGuard<'_, World> {
        self.shared.world.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// The calls answered so far, the oldest first.
    pub fn calls(&self) -> Vec<Asked> {
        self.shared.ledger.calls()
    }

    /// How many calls of an operation were answered; `service` is the prefix of IAM actions.
    pub fn count(&self, service: &str, operation: &str) -> usize {
        self.calls().iter().filter(|asked| asked.service == service && asked.operation == operation).count()
    }

    /// Forgets the calls so far.
    pub fn forget_calls(&self) {
        self.shared.ledger.forget();
    }

    /// Fails the next `times` calls of `operation` of `service`; `*` means any.
    pub fn fail(&self, service: &str, operation: &str, fault: Fault, times: usize) {
        self.shared.ledger.plan(service, operation, fault, times);
    }

    /// Forgets all planned faults.
    pub fn heal(&self) {
        self.shared.ledger.heal();
    }

    /// Ends answers under way and stops.
    pub async fn stop(mut self) {
        self.shared.stop.cancel();
        // It only fails if the server's task panicked, and then it has stopped too.
        let _ = (&mut self.server).await;
    }
}

impl Drop for Mock {
    fn drop(&mut self) {
        self.shared.stop.cancel();
    }
}

async fn serve(listener: tokio::net::TcpListener, shared: Arc<Shared>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            biased;
            () = shared.stop.cancelled() => break,
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(connection(stream, shared.clone()));
                }
                // Out of file handles, say: wait for some to close.
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            },
            Some(_) = connections.join_next() => {}
        }
    }
    drop(listener);
    let drained = async { while connections.join_next().await.is_some() {} };
    if tokio::time::timeout(GRACE, drained).await.is_err() {
        connections.shutdown().await;
    }
}

async fn connection(stream: TcpStream, shared: Arc<Shared>) {
    // Small answers should not wait for more.
    let _ = stream.set_nodelay(true);
    let stop = shared.stop.clone();
    let service = service_fn(move |request| respond(request, shared.clone()));
    let mut served = pin!(http1::Builder::new().timer(TokioTimer::new()).serve_connection(TokioIo::new(stream), service));
    // A connection that breaks is the client's affair.
    tokio::select! {
        _ = served.as_mut() => {}
        () = stop.cancelled() => {
            served.as_mut().graceful_shutdown();
            let _ = served.await;
        }
    }
}

type Answer = Response<Full<Bytes>>;

async fn respond(request: hyper::Request<Incoming>, shared: Arc<Shared>) -> Result<Answer, Infallible> {
    let (head, body) = request.into_parts();
    let id = reply::request_id(shared.served.fetch_add(1, Ordering::Relaxed));
    let read = body_of(body).await;
    let (path, query) = (head.uri.path(), head.uri.query().unwrap_or_default());
    let bytes = read.as_deref().unwrap_or_default();
    let routed = wire::route::route(&Request { method: &head.method, path, query, headers: &head.headers, body: bytes });
    let Some(mut call) = routed else { return Ok(page(&shared)) };
    if let Err(error) = read {
        call.input = Err(error.into());
    }
    Ok(answer(call, id, &shared).await)
}

async fn body_of<B>(body: B) -> Result<Bytes, Error>
where
    B: Body<Data = Bytes>,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    match Limited::new(body, LARGEST_BODY).collect().await {
        Ok(body) => Ok(body.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => {
            Err(Error::new("RequestEntityTooLarge", format!("The body is larger than {LARGEST_BODY} bytes")).status(413))
        }
        Err(error) => Err(Error::new("RequestTimeout", format!("The body did not arrive: {error}"))),
    }
}

async fn answer(call: Call, id: String, shared: &Arc<Shared>) -> Answer {
    let planned = if call.input.is_ok() { shared.ledger.fault(call.service, &call.operation) } else { None };
    let (service, operation, region) = (call.service, call.operation.clone(), call.region.clone());
    let note = |status| shared.ledger.note(Asked { service: service.prefix(), operation, region, status });
    let answered = match planned {
        None => work(call, id, shared).await,
        Some(Fault::Hang) => {
            note(0);
            shared.stop.cancelled().await;
            return plain(503, "text/plain", Vec::new(), "stopped");
        }
        Some(fault) => {
            let caller = shared.world.read().unwrap_or_else(PoisonError::into_inner).account.caller_arn.clone();
            match ledger::refusal(fault, call.service, &call.operation, &caller) {
                Some(error) => reply::failure(&call, &error, &id),
                None => wire::Reply { body: b"<<{[\xff not an answer".to_vec(), ..reply::success(&call, &Node::EMPTY, &id) },
            }
        }
    };
    note(answered.status);
    let mut response = Response::new(Full::new(Bytes::from(answered.body)));
    *response.status_mut() = hyper::StatusCode::from_u16(answered.status).unwrap_or(hyper::StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in answered.headers {
        if let Ok(value) = value.parse() {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

/// Answers off the runtime's own threads: a week of metrics is real work.
async fn work(call: Call, id: String, shared: &Arc<Shared>) -> wire::Reply {
    let (inside, spare, spare_id) = (shared.clone(), call.clone(), id.clone());
    let worked = tokio::task::spawn_blocking(move || match service::answer(&call, &inside.world, inside.clock.now()) {
        Ok(output) => reply::success(&call, &output, &id),
        Err(error) => reply::failure(&call, &error, &id),
    });
    worked.await.unwrap_or_else(|_| {
        let error =
            ledger::refusal(Fault::Status500, spare.service, &spare.operation, "").unwrap_or_else(|| Error::new("InternalFailure", ""));
        reply::failure(&spare, &error, &spare_id)
    })
}

fn plain(status: u16, kind: &'static str, headers: Vec<(&'static str, String)>, body: &str) -> Answer {
    let mut response = Response::new(Full::new(Bytes::from(body.to_owned())));
    *response.status_mut() = hyper::StatusCode::from_u16(status).unwrap_or_default();
    for (name, value) in headers.into_iter().chain([("content-type", kind.to_owned())]) {
        if let Ok(value) = value.parse() {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

fn page(shared: &Shared) -> Answer {
    let world = shared.world.read().unwrap_or_else(PoisonError::into_inner);
    let text = format!(
        "spendtop mock: an AWS to practise on. Nothing here is real and nothing costs money.\n\n\
         account   {} ({})\nregions   {}\nnow       {}\n\n\
         It speaks EC2, SageMaker, Bedrock, CloudWatch, Cost Explorer, Application Auto Scaling and STS to any AWS client.\n\
         Any access key will do:\n\n\
         \x20 AWS_ACCESS_KEY_ID=mock AWS_SECRET_ACCESS_KEY=mock aws --endpoint-url http://<this address> --region {} ec2 describe-instances\n",
        world.account.id,
        world.account.alias,
        world.regions.join(", "),
        shared.clock.now(),
        world.regions.first().map_or(wire::route::HOME, String::as_str),
    );
    drop(world);
    plain(200, "text/plain; charset=utf-8", Vec::new(), &text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_body_too_large_is_refused() {
        let body = Full::new(Bytes::from(vec![0; LARGEST_BODY + 1]));
        assert_eq!(body_of(body).await.unwrap_err().status, 413);
        assert_eq!(body_of(Full::new(Bytes::from_static(b"x"))).await.unwrap(), "x");
    }
}
