//! The HTTP server: connections, bodies, request ids.

use super::{
    ClockMode, MockClock, Options, Simulation,
    callers::Callers,
    contract::{self, LoggedMismatch, MismatchLog},
    control,
    dispatch::{self, DispatchOutcome},
    faults::{self, FaultEffect, FaultRule, Faults},
    limits::RequestLimits,
    organization::Organization,
    protocol::{self, Error, MockService, Request, response},
    reply_body::{self, BodyEnd, ConnectionClosed, ReplyBody},
    request_log::{LoggedCall, RequestLog},
};
use crate::domain::{Timestamp, time::timestamp::seconds_between};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::{
    Response, StatusCode,
    body::{Body, Bytes, Incoming},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::{TokioIo, TokioTimer};
use std::{
    io,
    net::{SocketAddr, TcpListener},
    pin::pin,
    sync::{
        Arc, RwLockReadGuard, RwLockWriteGuard,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::{net::TcpStream, task::JoinHandle, task::JoinSet};
use tokio_util::sync::CancellationToken;

/// The largest request body that is accepted.
const MAX_BODY_BYTES: usize = 1 << 20;
/// How long open requests may take after the mock stops.
const GRACE: Duration = Duration::from_secs(1);

/// A running mock AWS. Dropping it stops it without waiting, and in debug builds panics if a
/// request or an answer broke AWS's contract.
#[derive(Debug)]
pub struct Mock {
    addr: SocketAddr,
    shared: Arc<Shared>,
    server: JoinHandle<()>,
}

#[derive(Debug)]
pub(super) struct Shared {
    pub(super) organization: Organization,
    pub(super) clock: MockClock,
    pub(super) request_log: RequestLog,
    pub(super) faults: Faults,
    /// The delays of the scenario: rules that never keep a call from executing.
    pub(super) latencies: Faults,
    /// AWS's request limits, if the scenario has them.
    pub(super) limits: Option<RequestLimits>,
    pub(super) mismatches: MismatchLog,
    callers: Callers,
    receive_timeout: Duration,
    served: AtomicU64,
    stop: CancellationToken,
}

impl Shared {
    /// The resources of the management account, to read.
    pub(super) fn simulation(&self) -> RwLockReadGuard<'_, Simulation> {
        self.organization.management().simulation()
    }
}

impl Mock {
    /// Starts serving. Must be called inside a tokio runtime.
    pub fn start(options: Options) -> io::Result<Self> {
        let Options {
            scenario,
            listen,
            clock,
            speed,
            pace,
            hosts,
            receive_timeout,
        } = options;
        let listener = TcpListener::bind(listen)?;
        listener.set_nonblocking(true)?;
        let addr = listener.local_addr()?;
        let listener = tokio::net::TcpListener::from_std(listener)?;
        // Read before the clock starts, so that the first answer does not wait for it.
        contract::contract(MockService::Ec2);
        let now = match clock {
            ClockMode::Scenario => scenario.now,
            ClockMode::Real => Timestamp::now(),
        };
        let shared = Arc::new(Shared {
            organization: Organization::new(&scenario, now, pace),
            clock: MockClock::new(now, speed),
            request_log: RequestLog::default(),
            faults: Faults::default(),
            latencies: Faults::default(),
            limits: scenario.has_rate_limits().then(RequestLimits::default),
            mismatches: MismatchLog::default(),
            callers: Callers::new(listen, hosts),
            receive_timeout,
            served: AtomicU64::new(0),
            stop: CancellationToken::new(),
        });
        shared.faults.add(faults::parse::from_scenario(
            &scenario,
            seconds_between(scenario.now, now).trunc(),
        ));
        shared.latencies.add(faults::parse::latencies_of(&scenario));
        let server = tokio::spawn(serve(listener, shared.clone()));
        Ok(Self {
            addr,
            shared,
            server,
        })
    }

    /// The address it listens on.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// The endpoint URL for clients.
    pub fn url(&self) -> String {
        format!("http://{}", self.addr)
    }

    /// Its virtual clock.
    pub fn clock(&self) -> MockClock {
        self.shared.clock.clone()
    }

    /// The virtual time.
    pub fn now(&self) -> Timestamp {
        self.shared.clock.now()
    }

    /// The accounts, the one that pays first.
    pub fn organization(&self) -> &Organization {
        &self.shared.organization
    }

    /// The resources of the management account, to compare with a client's view.
    pub fn simulation(&self) -> RwLockReadGuard<'_, Simulation> {
        self.shared.simulation()
    }

    /// The resources of the management account, to change without a call.
    pub fn simulation_mut(&self) -> RwLockWriteGuard<'_, Simulation> {
        self.shared.organization.management().simulation_mut()
    }

    /// The calls answered so far, the oldest first.
    pub fn calls(&self) -> Vec<LoggedCall> {
        self.shared.request_log.calls()
    }

    /// How many calls of an operation were answered, dry runs apart; `service` is the prefix of IAM
    /// actions.
    pub fn count(&self, service: &str, operation: &str) -> usize {
        self.calls()
            .iter()
            .filter(|requested| {
                !requested.dry_run
                    && requested.service == service
                    && requested.operation == operation
            })
            .count()
    }

    /// How many calls of an operation had an effect, whether or not the caller got an answer.
    pub fn effects(&self, service: &str, operation: &str) -> usize {
        self.calls()
            .iter()
            .filter(|requested| {
                requested.effect && requested.service == service && requested.operation == operation
            })
            .count()
    }

    /// Clears the call log.
    pub fn clear_calls(&self) {
        self.shared.request_log.clear();
    }

    /// Fails the next `times` calls of `operation` of `service`; `*` means any.
    pub fn fail(&self, service: &str, operation: &str, fault: FaultEffect, times: usize) {
        self.add_fault(FaultRule::new(fault).of(service, operation).times(times));
    }

    /// Appends a fault.
    pub fn add_fault(&self, rule: FaultRule) {
        self.shared.faults.add([rule]);
    }

    /// The planned faults with their counts, those of the scenario first.
    pub fn faults(&self) -> Vec<FaultRule> {
        self.shared.faults.list()
    }

    /// Removes all planned faults.
    pub fn clear_faults(&self) {
        self.shared.faults.clear();
    }

    /// The mismatches of requests and answers with AWS's contract so far.
    pub fn mismatches(&self) -> Vec<LoggedMismatch> {
        self.shared.mismatches.entries()
    }

    /// Returns and clears the mismatches of requests and answers with AWS's contract. For tests
    /// that send requests AWS refuses: in a debug build a mock dropped with mismatches panics.
    pub fn take_mismatches(&self) -> Vec<LoggedMismatch> {
        self.shared.mismatches.take()
    }

    /// Completes open answers and stops.
    pub async fn stop(mut self) {
        self.shared.stop.cancel();
        // It only fails if the server's task panicked, and then it has stopped too.
        let _ = (&mut self.server).await;
    }
}

impl Drop for Mock {
    fn drop(&mut self) {
        self.shared.stop.cancel();
        if !std::thread::panicking() {
            let lines: Vec<String> = self.mismatches().iter().map(ToString::to_string).collect();
            debug_assert!(
                lines.is_empty(),
                "AWS's contract is broken:\n{}",
                lines.join("\n")
            );
        }
    }
}

async fn serve(listener: tokio::net::TcpListener, shared: Arc<Shared>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            biased;
            () = shared.stop.cancelled() => break,
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => {
                    connections.spawn(connection(stream, peer, shared.clone()));
                }
                // Out of file handles, for example: wait until some close.
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

async fn connection(stream: TcpStream, peer: SocketAddr, shared: Arc<Shared>) {
    // Small answers should not wait for more.
    let _ = stream.set_nodelay(true);
    let (stop, receive_timeout) = (shared.stop.clone(), shared.receive_timeout);
    let service = service_fn(move |request| respond(request, peer, shared.clone()));
    let mut served = pin!(
        http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(receive_timeout)
            .serve_connection(TokioIo::new(stream), service)
    );
    // The client handles a broken connection.
    tokio::select! {
        _ = served.as_mut() => {}
        () = stop.cancelled() => {
            served.as_mut().graceful_shutdown();
            let _ = served.await;
        }
    }
}

pub(super) type HttpResponse = Response<ReplyBody>;

async fn respond(
    request: hyper::Request<Incoming>,
    peer: SocketAddr,
    shared: Arc<Shared>,
) -> Result<HttpResponse, ConnectionClosed> {
    let (head, body) = request.into_parts();
    if let Some(why) = shared.callers.refusal(&head.uri, &head.headers) {
        return Ok(control::refused(StatusCode::FORBIDDEN, &why));
    }
    let id = response::request_id(shared.served.fetch_add(1, Ordering::Relaxed));
    let read = read_body(body, shared.receive_timeout).await;
    let (path, query) = (head.uri.path(), head.uri.query().unwrap_or_default());
    let bytes = read.as_deref().unwrap_or_default();
    if control::is_control_path(path) {
        if let Err(error) = &read {
            let status = StatusCode::from_u16(error.status).unwrap_or(StatusCode::BAD_REQUEST);
            return Ok(control::refused(status, &error.message));
        }
        return Ok(control::answer(
            &head.method,
            path,
            query,
            bytes,
            peer,
            &shared,
        ));
    }
    let routed = protocol::route::route(&Request {
        method: &head.method,
        path,
        query,
        headers: &head.headers,
        body: bytes,
    });
    let Some(mut call) = routed else {
        return Ok(control::index_page(&shared));
    };
    if let Err(error) = read {
        call.input = Err(error.into());
    }
    match dispatch::answer(call, id, &shared).await {
        DispatchOutcome::Reply(reply) => Ok(http_response(reply, BodyEnd::Whole)),
        DispatchOutcome::UnfinishedReply(reply, end) => Ok(http_response(reply, end)),
        DispatchOutcome::DelayedReply(reply, delay) => {
            tokio::select! {
                () = tokio::time::sleep(delay) => {}
                () = shared.stop.cancelled() => {}
            }
            Ok(http_response(reply, BodyEnd::Whole))
        }
        DispatchOutcome::NoReply => {
            shared.stop.cancelled().await;
            Err(ConnectionClosed)
        }
        DispatchOutcome::ConnectionClosed => Err(ConnectionClosed),
    }
}

fn http_response(reply: protocol::HttpReply, end: BodyEnd) -> HttpResponse {
    let mut response = Response::new(reply_body::body(reply.body, end));
    *response.status_mut() =
        StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in reply.headers {
        if let Ok(value) = value.parse() {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

async fn read_body<B>(body: B, timeout: Duration) -> Result<Bytes, Error>
where
    B: Body<Data = Bytes>,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let whole = Limited::new(body, MAX_BODY_BYTES).collect();
    let late = |why: String| Error::new("RequestTimeout", why).status(408);
    match tokio::time::timeout(timeout, whole).await {
        Ok(Ok(body)) => Ok(body.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(Error::new(
            "RequestEntityTooLarge",
            format!("The body is larger than {MAX_BODY_BYTES} bytes"),
        )
        .status(413)),
        Ok(Err(error)) => Err(late(format!("The body did not arrive: {error}"))),
        Err(_) => Err(late(format!(
            "The body did not arrive within {} seconds",
            timeout.as_secs_f64()
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http_body_util::Full;

    #[tokio::test]
    async fn too_large_body_is_refused() {
        let body = Full::new(Bytes::from(vec![0; MAX_BODY_BYTES + 1]));
        let long = Duration::from_mins(1);
        assert_eq!(read_body(body, long).await.unwrap_err().status, 413);
        let body = Full::new(Bytes::from_static(b"x"));
        assert_eq!(read_body(body, long).await.unwrap(), "x");
    }
}
