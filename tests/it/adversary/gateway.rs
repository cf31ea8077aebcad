//! A gateway between the console and AWS that forwards requests and answers chosen ones itself,
//! with or without forwarding them.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

/// The response of the gateway.
#[derive(Clone, Copy, Debug)]
pub(super) enum Shape {
    /// Status, content type, body.
    Page(u16, &'static str, &'static str),
    /// The same, but the connection closes before the body is complete.
    Cut(u16, &'static str, &'static str),
    /// Bytes that are not HTTP.
    Noise,
    /// The connection is closed.
    Close,
    /// No response.
    Silence,
}

/// A request that the gateway answers itself.
#[derive(Clone, Debug)]
pub(super) struct Interception {
    /// Texts that the request contains.
    pub needles: [String; 2],
    /// The gateway forwards the request first.
    pub is_forwarded: bool,
    pub shape: Shape,
    /// Number of matching requests.
    pub request_count: usize,
}

/// A running gateway.
pub(super) struct Gateway {
    pub url: String,
    pub interceptions: Arc<Mutex<Vec<Interception>>>,
    task: JoinHandle<()>,
}

impl Gateway {
    pub(super) async fn before(mock: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let interceptions = Arc::<Mutex<Vec<Interception>>>::default();
        let known = interceptions.clone();
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let known = known.clone();
                tokio::spawn(async move { serve(stream, mock, &known).await });
            }
        });
        Self {
            url,
            interceptions,
            task,
        }
    }

    /// Number of intercepted requests that contain `id`.
    pub(super) fn count_requests(&self, id: &str) -> usize {
        let interceptions = self.interceptions.lock().unwrap();
        let of_id = interceptions.iter().filter(|one| one.needles[1] == *id);
        of_id.map(|one| one.request_count).sum()
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Serves one connection until it closes.
async fn serve(
    mut stream: TcpStream,
    mock: SocketAddr,
    interceptions: &Mutex<Vec<Interception>>,
) -> Option<()> {
    loop {
        let request = message(&mut stream).await?;
        let text = String::from_utf8_lossy(&request).into_owned();
        let matched = {
            let mut interceptions = interceptions.lock().unwrap();
            let matched = interceptions.iter_mut().find(|interception| {
                interception
                    .needles
                    .iter()
                    .all(|needle| text.contains(needle))
                    && !text.contains("DryRun=true")
            });
            matched.map(|interception| {
                interception.request_count += 1;
                interception.clone()
            })
        };
        let upstream_response = match &matched {
            Some(interception) if !interception.is_forwarded => Vec::new(),
            _ => {
                let mut upstream = TcpStream::connect(mock).await.ok()?;
                upstream.write_all(&request).await.ok()?;
                message(&mut upstream).await?
            }
        };
        match matched.map(|interception| interception.shape) {
            None => stream.write_all(&upstream_response).await.ok()?,
            Some(Shape::Page(status, kind, body)) => stream
                .write_all(page(status, kind, body, body.len()).as_bytes())
                .await
                .ok()?,
            Some(Shape::Cut(status, kind, body)) => {
                stream
                    .write_all(page(status, kind, body, body.len() + 9).as_bytes())
                    .await
                    .ok()?;
                return None;
            }
            Some(Shape::Noise) => {
                stream
                    .write_all(b"SSH-2.0-OpenSSH_9.9 invalid token expired\r\n\r\n")
                    .await
                    .ok()?;
                return None;
            }
            Some(Shape::Close) => return None,
            Some(Shape::Silence) => tokio::time::sleep(Duration::from_mins(2)).await,
        }
    }
}

fn page(status: u16, kind: &str, body: &str, length: usize) -> String {
    format!(
        "HTTP/1.1 {status} Odd\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\n\r\n{body}"
    )
}

/// Reads a complete HTTP message.
async fn message(stream: &mut TcpStream) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    loop {
        if let Some(head) = bytes.windows(4).position(|end| end == b"\r\n\r\n") {
            let text = String::from_utf8_lossy(&bytes[..head]).to_lowercase();
            let length = text.lines().find_map(|line| {
                line.strip_prefix("content-length:")?
                    .trim()
                    .parse::<usize>()
                    .ok()
            });
            if bytes.len() >= head + 4 + length.unwrap_or(0) {
                return Some(bytes);
            }
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
}
