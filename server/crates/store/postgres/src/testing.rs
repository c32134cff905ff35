//! The driver alone, for `make bench`.

use std::collections::HashMap;

use futures_util::TryStreamExt;
use futures_util::future::try_join_all;
use store_sql::testing::READ_VERSION;
use store_sql::{Query, StoreError, Value};
use tokio_postgres::{Client, Error, NoTls, Row, Statement};

use crate::error::translate;
use crate::pool;
use crate::tx::Bind;

/// The driver alone, as durable as the store: what the store's speed is held against. One connection.
#[derive(Debug)]
pub struct Raw {
    client: Client,
    prepared: HashMap<&'static str, Statement>,
}

impl Raw {
    /// Connects with the store's own settings.
    ///
    /// # Errors
    /// [`StoreError`] when there is no server.
    pub async fn connect(url: &str) -> Result<Self, StoreError> {
        let (client, connection) = pool::config(url)?
            .connect(NoTls)
            .await
            .map_err(|error| translate(&error))?;
        tokio::spawn(connection);
        let prepared = HashMap::new();
        Ok(Self { client, prepared })
    }

    /// Runs an act's statements in one transaction; returns when it is durable. The first statement that locks a row is
    /// waited for, and [`READ_VERSION`] stands for the row's `version` in those after it; the rest goes out together.
    ///
    /// # Errors
    /// [`StoreError`] for the first statement that fails.
    pub async fn commit(&mut self, act: &[(&'static Query, Vec<Value<'_>>)]) -> Result<(), StoreError> {
        for (query, _) in act {
            self.prepare(query).await?;
        }
        self.commit_prepared(act).await.map_err(|error| translate(&error))
    }

    async fn commit_prepared(&self, act: &[(&'static Query, Vec<Value<'_>>)]) -> Result<(), Error> {
        let (locks, rest) = match act {
            [(query, args), rest @ ..] if query.locks_rows => (Some((query, args)), rest),
            all => (None, all),
        };
        let Some((query, args)) = locks else {
            return self.send(true, rest, 0).await;
        };
        let (_, rows) = tokio::try_join!(self.client.batch_execute("BEGIN"), self.rows(query, args))?;
        let version = rows.first().map_or(Ok(0), |row| row.try_get("version"))?;
        self.send(false, rest, version).await
    }

    async fn send(
        &self,
        begin: bool,
        rest: &[(&'static Query, Vec<Value<'_>>)],
        version: i64,
    ) -> Result<(), Error> {
        let known = |value: &Value<'_>| *value == READ_VERSION;
        let rest: Vec<(_, Vec<Value<'_>>)> = rest
            .iter()
            .filter_map(|(query, args)| {
                let args = args
                    .iter()
                    .map(|arg| if known(arg) { Value::Int(version) } else { *arg });
                Some((self.prepared.get(query.postgres)?, args.collect()))
            })
            .collect();
        let run = rest
            .iter()
            .map(|(statement, args)| self.client.execute_raw(*statement, args.iter().map(Bind)));
        let begun = async {
            if begin {
                self.client.batch_execute("BEGIN").await?;
            }
            Ok(())
        };
        tokio::try_join!(begun, try_join_all(run), self.client.batch_execute("COMMIT")).map(drop)
    }

    async fn rows(&self, query: &'static Query, args: &[Value<'_>]) -> Result<Vec<Row>, Error> {
        let Some(statement) = self.prepared.get(query.postgres) else {
            return Ok(Vec::new());
        };
        let rows = self.client.query_raw(statement, args.iter().map(Bind)).await?;
        rows.try_collect().await
    }

    /// Runs a statement outside of transactions and forgets its rows.
    ///
    /// # Errors
    /// [`StoreError`] when it fails.
    pub async fn select(&mut self, query: &'static Query, args: &[Value<'_>]) -> Result<(), StoreError> {
        self.prepare(query).await?;
        self.rows(query, args)
            .await
            .map(drop)
            .map_err(|error| translate(&error))
    }

    async fn prepare(&mut self, query: &'static Query) -> Result<(), StoreError> {
        if !self.prepared.contains_key(query.postgres) {
            let statement = self
                .client
                .prepare(query.postgres)
                .await
                .map_err(|error| translate(&error))?;
            self.prepared.insert(query.postgres, statement);
        }
        Ok(())
    }
}
