//! Bodies of answers: whole ones, and those that a hostile network makes of them.

use futures_util::stream;
use http_body_util::{BodyExt, Full, StreamBody, combinators::UnsyncBoxBody};
use hyper::body::{Bytes, Frame};
use std::time::Duration;

/// A body of an answer.
pub(super) type ReplyBody = UnsyncBoxBody<Bytes, ConnectionClosed>;

/// Makes hyper close the connection instead of answering, or in the middle of an answer.
#[derive(Debug, thiserror::Error)]
#[error("closed for an answer")]
pub(super) struct ConnectionClosed;

/// The end of a body after its bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BodyEnd {
    /// It ends.
    Whole,
    /// The connection is closed before the end.
    Cut,
    /// Blanks without end, as fast as the client reads.
    Endless,
    /// Blanks without end, one a second.
    Dripping,
}

/// The content of an endless body: XML, JSON and HTML allow blanks.
const BLANKS: &[u8] = &[b' '; 64 * 1024];
const DRIP: Duration = Duration::from_secs(1);

/// A body of `bytes`, followed by `end`.
pub(super) fn body(bytes: Vec<u8>, end: BodyEnd) -> ReplyBody {
    let first = Ok(Frame::data(Bytes::from(bytes.clone())));
    match end {
        BodyEnd::Whole => Full::new(Bytes::from(bytes))
            .map_err(|never| match never {})
            .boxed_unsync(),
        BodyEnd::Cut => {
            StreamBody::new(stream::iter([first, Err(ConnectionClosed)])).boxed_unsync()
        }
        BodyEnd::Endless => {
            let blanks = || Ok(Frame::data(Bytes::from_static(BLANKS)));
            StreamBody::new(stream::repeat_with(blanks)).boxed_unsync()
        }
        BodyEnd::Dripping => {
            let drip = async |()| {
                tokio::time::sleep(DRIP).await;
                Some((Ok(Frame::data(Bytes::from_static(b" "))), ()))
            };
            StreamBody::new(stream::unfold((), drip)).boxed_unsync()
        }
    }
}
