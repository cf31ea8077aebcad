//! What may stand between a console and AWS: a gateway that passes requests on, and answers chosen
//! ones itself, before or after AWS did what was asked.

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

/// What comes for an answer.
#[derive(Clone, Copy, Debug)]
pub enum Shape {
    /// Status, content type, body.
    Page(u16, &'static str, &'static str),
    /// The same, and the connection ends before the body does.
    Cut(u16, &'static str, &'static str),
    /// Bytes that are no HTTP.
    Noise,
    /// The connection is closed.
    Close,
    /// Nothing.
    Silence,
}

/// A request that is answered by the gateway.
#[derive(Clone, Debug)]
pub struct Odd {
    /// Texts that the request has.
    pub needles: [String; 2],
    /// It is passed on first.
    pub done: bool,
    pub shape: Shape,
    /// How often it was asked.
    pub asked: usize,
}

/// A running gateway.
pub struct Gateway {
    pub url: String,
    pub odd: Arc<Mutex<Vec<Odd>>>,
    task: JoinHandle<()>,
}

impl Gateway {
    pub async fn before(mock: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let odd = Arc::<Mutex<Vec<Odd>>>::default();
        let known = odd.clone();
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let known = known.clone();
                tokio::spawn(async move { serve(stream, mock, &known).await });
            }
        });
        Self { url, odd, task }
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// One connection, until somebody closes it.
async fn serve(mut stream: TcpStream, mock: SocketAddr, odd: &Mutex<Vec<Odd>>) -> Option<()> {
    loop {
        let request = message(&mut stream).await?;
        let text = String::from_utf8_lossy(&request).into_owned();
        let met = {
            let mut odd = odd.lock().unwrap();
            let met = odd.iter_mut().find(|odd| {
                odd.needles.iter().all(|needle| text.contains(needle))
                    && !text.contains("DryRun=true")
            });
            met.map(|odd| {
                odd.asked += 1;
                odd.clone()
            })
        };
        let passed = match &met {
            Some(odd) if !odd.done => Vec::new(),
            _ => {
                let mut upstream = TcpStream::connect(mock).await.ok()?;
                upstream.write_all(&request).await.ok()?;
                message(&mut upstream).await?
            }
        };
        match met.map(|odd| odd.shape) {
            None => stream.write_all(&passed).await.ok()?,
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

/// A whole request or answer, by its length.
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
