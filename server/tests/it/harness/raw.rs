//! A TCP connection without manners, for what no HTTP client would send.

use std::{net::SocketAddr, time::Duration};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

/// Longer than any test waits for an answer that comes at all.
const PATIENCE: Duration = Duration::from_secs(20);

/// A connection.
pub(crate) struct Raw(TcpStream);

impl Raw {
    pub(crate) async fn to(address: SocketAddr) -> Self {
        Self(TcpStream::connect(address).await.unwrap())
    }

    pub(crate) async fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.0.write_all(bytes.as_ref()).await.unwrap();
    }

    /// Sends what the other end may not want any more.
    pub(crate) async fn try_send(&mut self, bytes: impl AsRef<[u8]>) -> bool {
        self.0.write_all(bytes.as_ref()).await.is_ok()
    }

    /// Everything until the other end closes.
    pub(crate) async fn rest(&mut self) -> String {
        let mut bytes = Vec::new();
        // A reset is an end too.
        let _ = timeout(PATIENCE, self.0.read_to_end(&mut bytes))
            .await
            .expect("the connection was closed");
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// One answer's head and the body its Content-Length names.
    pub(crate) async fn answer(&mut self) -> String {
        let mut text = String::new();
        let mut buffer = [0; 4096];
        loop {
            if let Some((head, body)) = text.split_once("\r\n\r\n")
                && body.len() >= length(head)
            {
                return text;
            }
            let read = timeout(PATIENCE, self.0.read(&mut buffer))
                .await
                .expect("an answer")
                .unwrap();
            assert!(read > 0, "the connection was closed after {text:?}");
            text.push_str(&String::from_utf8_lossy(&buffer[..read]));
        }
    }
}

fn length(head: &str) -> usize {
    let line = head.lines().find_map(|line| {
        line.to_ascii_lowercase()
            .strip_prefix("content-length:")
            .map(str::to_owned)
    });
    line.and_then(|value| value.trim().parse().ok()).unwrap_or(0)
}

/// The status of an answer.
pub(crate) fn status(answer: &str) -> u16 {
    answer
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok())
        .unwrap_or(0)
}
