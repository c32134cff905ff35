//! The shared transaction trait on a connection.

use deadpool_postgres::Object;
use futures_util::TryStreamExt;
use futures_util::future::try_join_all;
use store_sql::{Columns, FromRow, Query, StoreError, Tx, Value};
use tokio_postgres::types::private::BytesMut;
use tokio_postgres::types::{IsNull, ToSql, Type, to_sql_checked};
use tokio_postgres::{Error, Row, RowStream, Statement};

use crate::error::{is_passing, translate};

/// Statements sent ahead of their answers.
const AHEAD: usize = 24;

/// What a transaction is begun for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// To write.
    Write,
    /// To read, each statement for itself: no transaction at all.
    Read,
    /// To read at one moment, for long.
    Snapshot,
}

impl Mode {
    fn begin(self) -> Option<&'static str> {
        match self {
            Self::Write => Some("BEGIN"),
            Self::Read => None,
            Self::Snapshot => {
                Some("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL statement_timeout = '30s'")
            }
        }
    }
}

/// An open transaction. Dropped before its end or in the middle of a statement, it takes its connection with it.
#[derive(Debug)]
pub struct PgTx {
    connection: Option<Object>,
    /// What is still to be sent, together with the first statement.
    begin: Option<&'static str>,
    open: bool,
    /// A statement is under way; whoever comes next would wait for its answer.
    awaiting: bool,
    failed: bool,
    again: bool,
}

impl PgTx {
    pub(crate) fn new(connection: Object, mode: Mode) -> Self {
        Self {
            connection: Some(connection),
            begin: mode.begin(),
            open: false,
            awaiting: false,
            failed: false,
            again: false,
        }
    }

    /// Whether what failed may succeed another time.
    pub(crate) fn again(&self) -> bool {
        self.again
    }

    /// Makes what was written durable.
    pub(crate) async fn commit(&mut self) -> Result<(), StoreError> {
        if self.failed {
            self.roll_back().await;
            return Err(StoreError::Internal(
                "an operation went on after a statement had failed".to_owned(),
            ));
        }
        if !self.open {
            return Ok(());
        }
        let ended = self.connection()?.batch_execute("COMMIT").await;
        match ended {
            Ok(()) => {
                self.open = false;
                Ok(())
            }
            Err(error) => {
                // Once the connection is gone nobody knows whether it was committed: then not again.
                self.again = error.code().is_some() && is_passing(&error);
                Err(translate(&error))
            }
        }
    }

    /// Undoes what was written.
    pub(crate) async fn roll_back(&mut self) {
        if self.open
            && let Ok(connection) = self.connection()
            && connection.batch_execute("ROLLBACK").await.is_ok()
        {
            self.open = false;
        }
    }

    fn connection(&self) -> Result<&Object, StoreError> {
        self.connection
            .as_ref()
            .ok_or_else(|| StoreError::Internal("the transaction has ended".to_owned()))
    }

    /// Notes how a statement went.
    fn noted<T>(&mut self, result: Result<T, Error>) -> Result<T, StoreError> {
        result.map_err(|error| {
            self.failed = true;
            self.again = is_passing(&error);
            translate(&error)
        })
    }

    /// Runs a statement; the first one together with `BEGIN`, in one round trip.
    async fn run<T>(
        &mut self,
        statement: impl AsyncFnOnce(&Object) -> Result<T, Error>,
    ) -> Result<T, StoreError> {
        let begin = self.begin.take();
        self.open |= begin.is_some();
        self.awaiting = true;
        let connection = self.connection()?;
        let result = match begin {
            None => statement(connection).await,
            Some(begin) => {
                let (begun, result) = tokio::join!(connection.batch_execute(begin), statement(connection));
                begun.and(result)
            }
        };
        self.awaiting = false;
        self.noted(result)
    }
}

impl Drop for PgTx {
    fn drop(&mut self) {
        if (self.open || self.awaiting)
            && let Some(connection) = self.connection.take()
        {
            drop(Object::take(connection));
        }
    }
}

impl Tx for PgTx {
    async fn execute(&mut self, query: &'static Query, args: &[Value<'_>]) -> Result<u64, StoreError> {
        self.run(async |connection| {
            let statement = connection.prepare_cached(query.postgres).await?;
            connection.execute_raw(&statement, args.iter().map(Bind)).await
        })
        .await
    }

    async fn execute_each(
        &mut self,
        query: &'static Query,
        rows: &[&[Value<'_>]],
    ) -> Result<u64, StoreError> {
        self.run(async |connection| {
            let statement = connection.prepare_cached(query.postgres).await?;
            let mut changed = 0;
            for rows in rows.chunks(AHEAD) {
                let all = rows
                    .iter()
                    .map(|args| connection.execute_raw(&statement, args.iter().map(Bind)));
                changed += try_join_all(all).await?.into_iter().sum::<u64>();
            }
            Ok(changed)
        })
        .await
    }

    async fn first<R: FromRow>(
        &mut self,
        query: &'static Query,
        args: &[Value<'_>],
    ) -> Result<Option<R>, StoreError> {
        let rows = self.rows(query, args).await?;
        rows.first().map(|row| R::from_row(&PgRow(row))).transpose()
    }

    async fn all<R: FromRow>(
        &mut self,
        query: &'static Query,
        args: &[Value<'_>],
    ) -> Result<Vec<R>, StoreError> {
        let rows = self.rows(query, args).await?;
        rows.iter().map(|row| R::from_row(&PgRow(row))).collect()
    }

    async fn all_of<R: FromRow>(&mut self, sql: &str, args: &[Value<'_>]) -> Result<Vec<R>, StoreError> {
        // Not prepared: each shape of a filter would stay with the server for good.
        let rows = self
            .run(async |connection| {
                let args = args.iter().map(|value| (Bind(value), kind(value)));
                collect(connection.query_typed_raw(sql, args).await?).await
            })
            .await?;
        rows.iter().map(|row| R::from_row(&PgRow(row))).collect()
    }

    async fn script(&mut self, sql: &str) -> Result<(), StoreError> {
        self.run(async |connection| connection.batch_execute(sql).await)
            .await
    }

    async fn prepare(&mut self, query: &'static Query) -> Result<(), StoreError> {
        self.run(async |connection| connection.prepare(query.postgres).await.map(|_: Statement| ()))
            .await
    }
}

impl PgTx {
    async fn rows(&mut self, query: &'static Query, args: &[Value<'_>]) -> Result<Vec<Row>, StoreError> {
        self.run(async |connection| {
            let statement = connection.prepare_cached(query.postgres).await?;
            collect(connection.query_raw(&statement, args.iter().map(Bind)).await?).await
        })
        .await
    }
}

async fn collect(rows: RowStream) -> Result<Vec<Row>, Error> {
    rows.try_collect().await
}

#[derive(Debug)]
pub(crate) struct Bind<'a>(pub(crate) &'a Value<'a>);

impl ToSql for Bind<'_> {
    fn to_sql(
        &self,
        kind: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match self.0 {
            Value::Null => Ok(IsNull::Yes),
            Value::Int(number) => number.to_sql_checked(kind, out),
            Value::Bool(truth) => truth.to_sql_checked(kind, out),
            Value::Text(text) => text.to_sql_checked(kind, out),
            Value::Blob(bytes) => bytes.to_sql_checked(kind, out),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

fn kind(value: &Value<'_>) -> Type {
    match value {
        Value::Null => Type::UNKNOWN,
        Value::Int(_) => Type::INT8,
        Value::Bool(_) => Type::BOOL,
        Value::Text(_) => Type::TEXT,
        Value::Blob(_) => Type::BYTEA,
    }
}

struct PgRow<'a>(&'a Row);

impl PgRow<'_> {
    fn get<'r, T: tokio_postgres::types::FromSql<'r>>(&'r self, column: usize) -> Result<T, StoreError> {
        self.0
            .try_get(column)
            .map_err(|error| StoreError::Internal(error.to_string()))
    }
}

impl Columns for PgRow<'_> {
    fn maybe_text(&self, column: usize) -> Result<Option<&str>, StoreError> {
        self.get(column)
    }

    fn maybe_int(&self, column: usize) -> Result<Option<i64>, StoreError> {
        self.get(column)
    }

    fn bool(&self, column: usize) -> Result<bool, StoreError> {
        self.get(column)
    }

    fn maybe_blob(&self, column: usize) -> Result<Option<&[u8]>, StoreError> {
        self.get(column)
    }
}
