//! How large a request's body may be and how long it may take (threats T27, T84).

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU8, Ordering},
    },
    task::{Context, Poll, ready},
    time::Duration,
};

use bytes::Bytes;
use http::StatusCode;
use http_body::{Body, Frame, SizeHint};
use tokio::time::{Instant, Sleep, sleep_until};

use crate::config::Limits;

/// Before this has passed a body's speed is not judged.
const GRACE: Duration = Duration::from_secs(5);
/// Then it is judged this often.
const JUDGED: Duration = Duration::from_secs(1);

/// What was wrong with a body, told to the edge past whatever the handler made of the error.
#[derive(Debug, Clone, Default)]
pub(super) struct Verdict(Arc<AtomicU8>);

impl Verdict {
    fn pass(&self, wrong: Wrong) {
        self.0.store(wrong as u8, Ordering::Relaxed);
    }

    /// The status to answer with and why; `None` while nothing is wrong.
    pub(super) fn refusal(&self) -> Option<(StatusCode, &'static str)> {
        match self.0.load(Ordering::Relaxed) {
            1 => Some((
                StatusCode::PAYLOAD_TOO_LARGE,
                "The request's body is larger than this server accepts.",
            )),
            2 => Some((
                StatusCode::REQUEST_TIMEOUT,
                "The request's body did not arrive in time.",
            )),
            _ => None,
        }
    }
}

/// Why a body was given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[repr(u8)]
pub(super) enum Wrong {
    #[error("the body is too large")]
    TooLarge = 1,
    #[error("the body came too slowly")]
    TooSlow = 2,
}

/// A body that fails when it grows too large or comes too slowly.
#[derive(Debug)]
pub(super) struct LimitedBody<B> {
    inner: B,
    verdict: Verdict,
    begun: Instant,
    received: u64,
    largest: u64,
    within: Duration,
    least_per_second: u64,
    /// Made when the body first keeps us waiting: most are there at once.
    timer: Option<Pin<Box<Sleep>>>,
}

impl<B> LimitedBody<B> {
    pub(super) fn new(inner: B, limits: &Limits, verdict: &Verdict) -> Self {
        Self {
            inner,
            verdict: verdict.clone(),
            begun: Instant::now(),
            received: 0,
            largest: limits.body_bytes,
            within: Duration::from_secs(limits.body_seconds),
            least_per_second: limits.body_bytes_per_second,
            timer: None,
        }
    }

    fn fail<T>(&self, wrong: Wrong) -> Poll<Option<Result<T, axum::BoxError>>> {
        self.verdict.pass(wrong);
        Poll::Ready(Some(Err(wrong.into())))
    }

    /// Ready when the time is up or the speed too low.
    fn poll_too_slow(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let (begun, within) = (self.begun, self.within);
        let timer = self
            .timer
            .get_or_insert_with(|| Box::pin(sleep_until(begun + GRACE.min(within))));
        loop {
            ready!(timer.as_mut().poll(cx));
            let elapsed = begun.elapsed();
            if elapsed >= within || self.received < self.least_per_second * elapsed.as_secs() {
                return Poll::Ready(());
            }
            let next = (elapsed + JUDGED).min(within);
            timer.as_mut().reset(begun + next);
        }
    }
}

impl<B> Body for LimitedBody<B>
where
    B: Body<Data = Bytes> + Unpin,
    B::Error: Into<axum::BoxError>,
{
    type Data = Bytes;
    type Error = axum::BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::BoxError>>> {
        let this = &mut *self;
        match Pin::new(&mut this.inner).poll_frame(cx) {
            Poll::Ready(Some(Ok(frame))) => {
                this.received += frame.data_ref().map_or(0, |data| data.len() as u64);
                if this.received > this.largest {
                    return this.fail(Wrong::TooLarge);
                }
                Poll::Ready(Some(Ok(frame)))
            }
            Poll::Ready(other) => Poll::Ready(other.map(|frame| frame.map_err(Into::into))),
            Poll::Pending => {
                ready!(this.poll_too_slow(cx));
                this.fail(Wrong::TooSlow)
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use futures_util::{StreamExt, stream};
    use http_body_util::{BodyExt, StreamBody};

    use super::*;

    fn limits() -> Limits {
        crate::config::Config::from_sources(None, &[])
            .unwrap()
            .settings
            .limits
    }

    /// `size` bytes every `every`, for ever.
    fn dripping(size: usize, every: Duration) -> impl Body<Data = Bytes, Error = std::io::Error> + Unpin {
        let chunks = stream::unfold((), move |()| async move {
            tokio::time::sleep(every).await;
            Some((Ok(Frame::data(Bytes::from(vec![b'x'; size]))), ()))
        });
        StreamBody::new(chunks.boxed())
    }

    async fn outcome(size: usize, every: Duration) -> (Option<StatusCode>, Duration) {
        let verdict = Verdict::default();
        let begun = Instant::now();
        let body = LimitedBody::new(dripping(size, every), &limits(), &verdict);
        body.collect().await.unwrap_err();
        (verdict.refusal().map(|(status, _)| status), begun.elapsed())
    }

    #[tokio::test(start_paused = true)]
    async fn a_drip_is_given_up_after_the_grace() {
        let (status, after) = outcome(1, Duration::from_millis(300)).await;
        assert_eq!(status, Some(StatusCode::REQUEST_TIMEOUT));
        assert_eq!(after.as_secs(), 5);
    }

    #[tokio::test(start_paused = true)]
    async fn a_steady_body_is_given_up_at_its_deadline() {
        let (status, after) = outcome(1024, Duration::from_millis(500)).await;
        assert_eq!(status, Some(StatusCode::REQUEST_TIMEOUT));
        assert_eq!(after.as_secs(), 30);
    }

    #[tokio::test(start_paused = true)]
    async fn a_large_body_is_given_up_at_its_first_byte_too_many() {
        let (status, after) = outcome(1 << 20, Duration::from_millis(10)).await;
        assert_eq!(status, Some(StatusCode::PAYLOAD_TOO_LARGE));
        assert_eq!(after.as_millis(), 30);
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_in_time_passes_whole() {
        let chunks =
            stream::iter((0..4u8).map(|byte| Ok::<_, std::io::Error>(Frame::data(Bytes::from(vec![byte])))));
        let verdict = Verdict::default();
        let body = LimitedBody::new(StreamBody::new(chunks), &limits(), &verdict);
        assert_eq!(body.collect().await.unwrap().to_bytes().as_ref(), [0, 1, 2, 3]);
        assert_eq!(verdict.refusal(), None);
    }
}
