//! The TCP stream of a connection: tells the meter of every byte, and watches the heads of HTTP/1.

use std::{
    io,
    pin::Pin,
    sync::{Arc, atomic::Ordering},
    task::{Context, Poll},
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
};

use super::meter::Meter;

/// What an HTTP/2 client says first (RFC 9113 §3.4).
const HTTP2_PREFACE: &[u8; 24] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// The stream, with the bytes already read to tell the protocol.
#[derive(Debug)]
pub(super) struct Stream {
    tcp: TcpStream,
    meter: Arc<Meter>,
    first: [u8; 24],
    first_len: usize,
    first_taken: usize,
    heads: Option<Heads>,
}

/// What the client speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Protocol {
    Http1,
    Http2,
}

impl Stream {
    /// Reads the first bytes until they tell which protocol it is. `None`: the client left.
    pub(super) async fn open(tcp: TcpStream, meter: &Arc<Meter>) -> io::Result<Option<(Protocol, Self)>> {
        let (mut first, mut len) = ([0; 24], 0);
        loop {
            tcp.readable().await?;
            match tcp.try_read(&mut first[len..]) {
                Ok(0) => return Ok(None),
                Ok(read) => len += read,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => continue,
                Err(error) => return Err(error),
            }
            if first[..len] != HTTP2_PREFACE[..len] {
                let heads = Some(Heads::default());
                return Ok(Some((Protocol::Http1, Self::new(tcp, meter, first, len, heads))));
            }
            if len == HTTP2_PREFACE.len() {
                meter.speaks_http2();
                return Ok(Some((Protocol::Http2, Self::new(tcp, meter, first, len, None))));
            }
        }
    }

    fn new(
        tcp: TcpStream,
        meter: &Arc<Meter>,
        first: [u8; 24],
        first_len: usize,
        heads: Option<Heads>,
    ) -> Self {
        Self {
            tcp,
            meter: Arc::clone(meter),
            first,
            first_len,
            first_taken: 0,
            heads,
        }
    }

    fn came(&mut self, bytes: &[u8]) {
        if bytes.is_empty() {
            return;
        }
        self.meter.read();
        if self.heads.as_mut().is_some_and(|heads| heads.smuggle(bytes)) {
            self.meter.smuggling.store(true, Ordering::Relaxed);
        }
    }

    fn wrote<T>(&self, outcome: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        self.meter.wrote(outcome.is_ready());
        outcome
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        if self.first_taken < self.first_len {
            let take = (self.first_len - self.first_taken).min(buffer.remaining());
            let from = self.first_taken;
            buffer.put_slice(&self.first[from..from + take]);
            self.first_taken += take;
        } else {
            match Pin::new(&mut self.tcp).poll_read(cx, buffer) {
                Poll::Ready(Ok(())) => {}
                other => return other,
            }
        }
        self.came(&buffer.filled()[before..]);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Stream {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let outcome = Pin::new(&mut self.tcp).poll_write(cx, bytes);
        self.wrote(outcome)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let outcome = Pin::new(&mut self.tcp).poll_write_vectored(cx, parts);
        self.wrote(outcome)
    }

    fn is_write_vectored(&self) -> bool {
        true
    }
}

/// Looks for heads that carry both Content-Length and Transfer-Encoding.
///
/// hyper follows RFC 9112 §6.3 and lets such a request pass with the length dropped, so nothing above it can tell any
/// more; ASVS 4.2.1 and threats T90 want it refused. Lines are watched without regard to where bodies begin: a body
/// that imitates a head can raise a false alarm, which only costs its own connection, but a head cannot slip through.
#[derive(Debug, Default)]
struct Heads {
    line: [u8; 18],
    len: usize,
    length: bool,
    coding: bool,
}

impl Heads {
    /// True when a block of lines with both headers ended in `bytes`.
    fn smuggle(&mut self, bytes: &[u8]) -> bool {
        let mut found = false;
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            let (text, ends) = match piece.split_last() {
                Some((b'\n', text)) => (text, true),
                _ => (piece, false),
            };
            self.extend(text);
            if ends {
                found |= self.end_line();
            }
        }
        found
    }

    fn extend(&mut self, text: &[u8]) {
        let kept = self.len.min(self.line.len());
        let take = text.len().min(self.line.len() - kept);
        self.line[kept..kept + take].copy_from_slice(&text[..take]);
        self.len += text.len();
    }

    fn end_line(&mut self) -> bool {
        let line = &self.line[..self.len.min(self.line.len())];
        let begins = |name: &[u8]| line.len() >= name.len() && line[..name.len()].eq_ignore_ascii_case(name);
        let blank = line.is_empty() || line == b"\r";
        self.length |= begins(b"content-length:");
        self.coding |= begins(b"transfer-encoding:");
        let both = blank && self.length && self.coding;
        if blank {
            (self.length, self.coding) = (false, false);
        }
        self.len = 0;
        both
    }
}

#[cfg(test)]
mod tests {
    use super::Heads;

    const BOTH: &[u8] =
        b"POST / HTTP/1.1\r\nHost: h\r\ncontent-LENGTH: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";

    #[test]
    fn finds_both_headers_however_the_bytes_are_cut() {
        for size in 1..BOTH.len() {
            let mut heads = Heads::default();
            let found = BOTH
                .chunks(size)
                .map(|part| heads.smuggle(part))
                .filter(|found| *found)
                .count();
            assert_eq!(found, 1, "in pieces of {size}");
        }
    }

    #[test]
    fn finds_them_behind_a_body_and_with_bare_line_feeds() {
        let mut heads = Heads::default();
        assert!(!heads.smuggle(b"POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}"));
        assert!(heads.smuggle(b"POST / HTTP/1.1\nTransfer-Encoding: chunked\nContent-Length: 2\n\n"));
    }

    #[test]
    fn one_of_them_is_fine() {
        for name in [
            "Content-Length: 4",
            "Transfer-Encoding: chunked",
            "X-Content-Length: 4\r\nTE: trailers",
        ] {
            let head = format!("POST / HTTP/1.1\r\nHost: h\r\n{name}\r\n\r\n");
            assert!(!Heads::default().smuggle(head.repeat(3).as_bytes()), "{name}");
        }
        let two = b"POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\nPOST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";
        assert!(!Heads::default().smuggle(two), "two requests with one each");
    }
}
