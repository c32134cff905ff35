//! A transaction, and what runs inside one.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use crate::{FromRow, Query, StoreError, Value};

/// An open transaction on either database.
///
/// Statements run one after the other. On SQLite every future is ready when it is returned; on PostgreSQL it waits for
/// the server. An error leaves the transaction fit only for being given up: return it.
pub trait Tx: Send {
    /// Runs a statement; the number of rows it changed.
    fn execute(
        &mut self,
        query: &'static Query,
        args: &[Value<'_>],
    ) -> impl Future<Output = Result<u64, StoreError>> + Send;

    /// Runs a statement once for each row of arguments, on PostgreSQL without waiting in between; the number of rows
    /// they changed together.
    fn execute_each(
        &mut self,
        query: &'static Query,
        rows: &[&[Value<'_>]],
    ) -> impl Future<Output = Result<u64, StoreError>> + Send;

    /// The first row, or `None`.
    fn first<R: FromRow>(
        &mut self,
        query: &'static Query,
        args: &[Value<'_>],
    ) -> impl Future<Output = Result<Option<R>, StoreError>> + Send;

    /// All rows.
    fn all<R: FromRow>(
        &mut self,
        query: &'static Query,
        args: &[Value<'_>],
    ) -> impl Future<Output = Result<Vec<R>, StoreError>> + Send;

    /// All rows of a statement that was composed for this request, with `$1…$n`. Its text holds no input, and `$` only
    /// before numbers.
    fn all_of<R: FromRow>(
        &mut self,
        sql: &str,
        args: &[Value<'_>],
    ) -> impl Future<Output = Result<Vec<R>, StoreError>> + Send;

    /// Runs a script of several statements without arguments: migrations.
    fn script(&mut self, sql: &str) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Prepares a statement without running it, to prove that it fits the schema.
    fn prepare(&mut self, query: &'static Query) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// The one row there must be.
    fn one<R: FromRow>(
        &mut self,
        query: &'static Query,
        args: &[Value<'_>],
    ) -> impl Future<Output = Result<R, StoreError>> + Send {
        async move {
            let row = self.first(query, args).await?;
            row.ok_or_else(|| StoreError::Internal(format!("{} gave no row", query.name)))
        }
    }
}

/// Something done to the store as a whole: all of it is kept, or nothing.
///
/// Takes `&self` because PostgreSQL may ask for it again after a deadlock. It must await nothing but its `tx`.
pub trait Operation: Send + Sync + 'static {
    /// What it answers.
    type Output: Send + 'static;
    /// How it refuses; an error rolls back everything this operation wrote.
    type Error: From<StoreError> + Send + 'static;

    /// Does it.
    fn run<T: Tx>(&self, tx: &mut T) -> impl Future<Output = Result<Self::Output, Self::Error>> + Send;

    /// Operations of one lane wait for each other before those of another lane do (threat T38): give a directory's
    /// writes its own number. Asked once.
    fn lane(&self) -> u64 {
        0
    }
}

/// The result of a future that never waits.
///
/// # Errors
/// [`StoreError::Internal`] when it does wait: an operation awaited something that is not its transaction.
pub fn ready<T, E: From<StoreError>>(future: impl Future<Output = Result<T, E>>) -> Result<T, E> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(result) => result,
        Poll::Pending => Err(StoreError::Internal(
            "an operation awaited something that is not its transaction".to_owned(),
        )
        .into()),
    }
}
