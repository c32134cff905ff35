//! The shared transaction trait on a connection. Nothing here waits, so every future is ready.

use std::future::{Future, Ready, ready};

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{CachedStatement, Connection, Row, ToSql};
use store_sql::{Columns, FromRow, Query, StoreError, Tx, Value};

use crate::error::translate;

/// An open transaction.
#[derive(Debug)]
pub struct SqliteTx<'a> {
    connection: &'a mut Connection,
    failed: bool,
}

impl<'a> SqliteTx<'a> {
    pub(crate) fn new(connection: &'a mut Connection) -> Self {
        Self {
            connection,
            failed: false,
        }
    }

    /// Refuses an operation that went on after a statement had failed: on PostgreSQL nothing of it would be kept, so it
    /// must not come to pass here either.
    pub(crate) fn sound(&self) -> Result<(), StoreError> {
        if self.failed {
            return Err(StoreError::Internal(
                "an operation went on after a statement had failed".to_owned(),
            ));
        }
        Ok(())
    }

    fn noted<T>(&mut self, result: Result<T, StoreError>) -> Ready<Result<T, StoreError>> {
        self.failed |= result.is_err();
        ready(result)
    }

    fn bound(&self, sql: &str, args: &[Value<'_>]) -> Result<CachedStatement<'_>, StoreError> {
        let mut statement = self.connection.prepare_cached(sql).map_err(translate)?;
        bind(&mut statement, args)?;
        Ok(statement)
    }

    fn execute_now(&self, sql: &str, args: &[Value<'_>]) -> Result<u64, StoreError> {
        let changed = self.bound(sql, args)?.raw_execute().map_err(translate)?;
        Ok(changed as u64)
    }

    fn execute_each_now(&self, sql: &str, rows: &[&[Value<'_>]]) -> Result<u64, StoreError> {
        let mut statement = self.connection.prepare_cached(sql).map_err(translate)?;
        let mut changed = 0;
        for args in rows {
            bind(&mut statement, args)?;
            changed += statement.raw_execute().map_err(translate)? as u64;
        }
        Ok(changed)
    }

    fn first_now<R: FromRow>(&self, sql: &str, args: &[Value<'_>]) -> Result<Option<R>, StoreError> {
        let mut statement = self.bound(sql, args)?;
        let mut rows = statement.raw_query();
        let first = match rows.next().map_err(translate)? {
            Some(row) => Some(R::from_row(&SqliteRow(row))?),
            None => None,
        };
        // A statement that changes rows and returns them does its work only if it is run to its end.
        while rows.next().map_err(translate)?.is_some() {}
        Ok(first)
    }

    fn all_now<R: FromRow>(&self, sql: &str, args: &[Value<'_>]) -> Result<Vec<R>, StoreError> {
        let mut statement = self.bound(sql, args)?;
        let mut rows = statement.raw_query();
        let mut all = Vec::new();
        while let Some(row) = rows.next().map_err(translate)? {
            all.push(R::from_row(&SqliteRow(row))?);
        }
        Ok(all)
    }
}

impl Tx for SqliteTx<'_> {
    fn execute(
        &mut self,
        query: &'static Query,
        args: &[Value<'_>],
    ) -> impl Future<Output = Result<u64, StoreError>> + Send {
        let result = self.execute_now(query.sqlite, args);
        self.noted(result)
    }

    fn execute_each(
        &mut self,
        query: &'static Query,
        rows: &[&[Value<'_>]],
    ) -> impl Future<Output = Result<u64, StoreError>> + Send {
        let result = self.execute_each_now(query.sqlite, rows);
        self.noted(result)
    }

    fn first<R: FromRow>(
        &mut self,
        query: &'static Query,
        args: &[Value<'_>],
    ) -> impl Future<Output = Result<Option<R>, StoreError>> + Send {
        let result = self.first_now(query.sqlite, args);
        self.noted(result)
    }

    fn all<R: FromRow>(
        &mut self,
        query: &'static Query,
        args: &[Value<'_>],
    ) -> impl Future<Output = Result<Vec<R>, StoreError>> + Send {
        let result = self.all_now(query.sqlite, args);
        self.noted(result)
    }

    fn all_of<R: FromRow>(
        &mut self,
        sql: &str,
        args: &[Value<'_>],
    ) -> impl Future<Output = Result<Vec<R>, StoreError>> + Send {
        let result = self.all_now(&sql.replace('$', "?"), args);
        self.noted(result)
    }

    fn script(&mut self, sql: &str) -> impl Future<Output = Result<(), StoreError>> + Send {
        let result = self.connection.execute_batch(sql).map_err(translate);
        self.noted(result)
    }

    fn prepare(&mut self, query: &'static Query) -> impl Future<Output = Result<(), StoreError>> + Send {
        let result = self.connection.prepare(query.sqlite).map(drop).map_err(translate);
        self.noted(result)
    }
}

pub(crate) fn bind(statement: &mut CachedStatement<'_>, args: &[Value<'_>]) -> Result<(), StoreError> {
    for (index, value) in args.iter().enumerate() {
        statement
            .raw_bind_parameter(index + 1, Bind(value))
            .map_err(translate)?;
    }
    Ok(())
}

struct Bind<'a>(&'a Value<'a>);

impl ToSql for Bind<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match *self.0 {
            Value::Null => ValueRef::Null,
            Value::Int(number) => ValueRef::Integer(number),
            Value::Bool(truth) => ValueRef::Integer(i64::from(truth)),
            Value::Text(text) => ValueRef::Text(text.as_bytes()),
            Value::Blob(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

struct SqliteRow<'a>(&'a Row<'a>);

impl SqliteRow<'_> {
    fn value(&self, column: usize) -> Result<ValueRef<'_>, StoreError> {
        self.0.get_ref(column).map_err(translate)
    }
}

impl Columns for SqliteRow<'_> {
    fn maybe_text(&self, column: usize) -> Result<Option<&str>, StoreError> {
        match self.value(column)? {
            ValueRef::Null => Ok(None),
            ValueRef::Text(bytes) => match std::str::from_utf8(bytes) {
                Ok(text) => Ok(Some(text)),
                Err(_) => Err(StoreError::Corrupt(format!("column {column} is not UTF-8"))),
            },
            other => Err(unexpected(column, other)),
        }
    }

    fn maybe_int(&self, column: usize) -> Result<Option<i64>, StoreError> {
        match self.value(column)? {
            ValueRef::Null => Ok(None),
            ValueRef::Integer(number) => Ok(Some(number)),
            other => Err(unexpected(column, other)),
        }
    }

    fn bool(&self, column: usize) -> Result<bool, StoreError> {
        match self.value(column)? {
            ValueRef::Integer(number) => Ok(number != 0),
            other => Err(unexpected(column, other)),
        }
    }

    fn maybe_blob(&self, column: usize) -> Result<Option<&[u8]>, StoreError> {
        match self.value(column)? {
            ValueRef::Null => Ok(None),
            ValueRef::Blob(bytes) => Ok(Some(bytes)),
            other => Err(unexpected(column, other)),
        }
    }
}

fn unexpected(column: usize, value: ValueRef<'_>) -> StoreError {
    StoreError::Internal(format!("column {column} holds {}", value.data_type()))
}
