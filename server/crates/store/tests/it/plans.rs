//! How SQLite goes about the statements: by an index that leads to the few rows meant, wherever rows are many.

use scim::{Filter, ResourceType};
use store::ids::DirectoryId;
use store::scim_list::{self, ScimList, ScimStart};
use store::testing::TestStore;
use store::{Columns, FromRow, Operation, Query, StoreError, Tx, Value, queries};

/// What goes through a directory from end to end, and is meant to.
const WHOLE: [&str; 16] = [
    "activity::NEWEST",
    "activity::PRUNE",
    "directories::COUNT_GROUPS",
    "directories::COUNT_USERS",
    "directories::PURGE_ACTIVITY",
    "directories::PURGE_EMAILS",
    "directories::PURGE_GROUPS",
    "directories::PURGE_MEMBERS",
    "directories::PURGE_SIGNALS",
    "directories::PURGE_USERS",
    "events::PRUNE",
    "groups::COUNT",
    "organizations::LIST",
    "signals::LIST",
    "signals::LIST_ALL",
    "users::COUNT",
];

struct Step(String);

impl FromRow for Step {
    fn from_row<C: Columns>(row: &C) -> Result<Self, StoreError> {
        Ok(Self(row.string(3)?))
    }
}

/// A step that looks at every row of a table with many, or at every one of a directory.
fn goes_through_many(step: &str) -> bool {
    let mut words = step.split_whitespace();
    let (verb, table) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let many = [
        "users",
        "u",
        "groups",
        "g",
        "members",
        "m",
        "user_emails",
        "e",
        "activity",
        "a",
        "events",
        "signals",
    ];
    many.contains(&table) && (verb == "SCAN" || step.ends_with("(directory_id=?)"))
}

async fn plan<T: Tx>(tx: &mut T, sql: &str) -> Result<Vec<String>, StoreError> {
    let steps: Vec<Step> = tx.all_of(&format!("EXPLAIN QUERY PLAN {sql}"), &[]).await?;
    Ok(steps.into_iter().map(|step| step.0).collect())
}

#[tokio::test]
async fn statements_go_to_the_rows_they_mean() {
    struct Explain;
    impl Operation for Explain {
        type Output = Vec<String>;
        type Error = StoreError;
        async fn run<T: Tx>(&self, tx: &mut T) -> Result<Vec<String>, StoreError> {
            let mut bad = Vec::new();
            for query in queries::all().filter(|query| !WHOLE.iter().any(|name| query.name.starts_with(name)))
            {
                let plan = plan(tx, query.sqlite).await?;
                if plan.iter().any(|step| goes_through_many(step)) {
                    bad.push(format!("{}: {}", query.name, plan.join(" | ")));
                }
            }
            Ok(bad)
        }
    }
    let bad = TestStore::sqlite().await.read(Explain).await.unwrap();
    assert!(bad.is_empty(), "{}", bad.join("\n"));
    assert!(goes_through_many("SCAN users"));
    assert!(goes_through_many(
        "SEARCH u USING INDEX users_directory (directory_id=?)"
    ));
    assert!(!goes_through_many(
        "SEARCH u USING INDEX users_external (directory_id=? AND external_id=?)"
    ));
}

/// Passes everything on and remembers what was composed.
struct Spy<'a, T> {
    tx: &'a mut T,
    composed: Vec<String>,
}

impl<T: Tx> Tx for Spy<'_, T> {
    async fn execute(&mut self, query: &'static Query, args: &[Value<'_>]) -> Result<u64, StoreError> {
        self.tx.execute(query, args).await
    }
    async fn execute_each(
        &mut self,
        query: &'static Query,
        rows: &[&[Value<'_>]],
    ) -> Result<u64, StoreError> {
        self.tx.execute_each(query, rows).await
    }
    async fn first<R: FromRow>(
        &mut self,
        query: &'static Query,
        args: &[Value<'_>],
    ) -> Result<Option<R>, StoreError> {
        self.tx.first(query, args).await
    }
    async fn all<R: FromRow>(
        &mut self,
        query: &'static Query,
        args: &[Value<'_>],
    ) -> Result<Vec<R>, StoreError> {
        self.composed.push(query.sqlite.to_owned());
        self.tx.all(query, args).await
    }
    async fn all_of<R: FromRow>(&mut self, sql: &str, args: &[Value<'_>]) -> Result<Vec<R>, StoreError> {
        self.composed.push(sql.replace('$', "?"));
        self.tx.all_of(sql, args).await
    }
    async fn script(&mut self, sql: &str) -> Result<(), StoreError> {
        self.tx.script(sql).await
    }
    async fn prepare(&mut self, query: &'static Query) -> Result<(), StoreError> {
        self.tx.prepare(query).await
    }
}

/// Asks for a list and explains the statements it took.
struct Listed(&'static str, ResourceType);

impl Operation for Listed {
    type Output = Vec<String>;
    type Error = StoreError;

    async fn run<T: Tx>(&self, tx: &mut T) -> Result<Vec<String>, StoreError> {
        let filter = Filter::parse(self.0).unwrap().resolve(self.1).unwrap();
        assert!(scim_list::is_quick(Some(&filter), self.1), "{}", self.0);
        let list = ScimList {
            filter: Some(&filter),
            sort: None,
            start: ScimStart::Skip(0),
            limit: 100,
            endpoint: "",
        };
        let mut spy = Spy {
            tx,
            composed: Vec::new(),
        };
        let home = DirectoryId::new("dir_a");
        match self.1 {
            ResourceType::User => drop(scim_list::users(&mut spy, &home, &list).await?),
            ResourceType::Group => drop(scim_list::groups(&mut spy, &home, &list).await?),
        }
        let Spy { tx, composed } = spy;
        let mut steps = Vec::new();
        for sql in composed {
            steps.extend(plan(tx, &sql).await?);
        }
        Ok(steps)
    }
}

#[tokio::test]
async fn what_entra_asks_is_one_look_into_an_index() {
    let db = TestStore::sqlite().await;
    let users = [
        r#"userName eq "a""#,
        r#"externalId eq "a""#,
        r#"id eq "a""#,
        r#"id eq "a" and manager eq "b""#,
        r#"emails[type eq "work"].value eq "a""#,
        r#"emails.value eq "a""#,
        r#"userName eq "a" or externalId eq "b""#,
        r#"userName eq "a" and active eq true"#,
    ];
    let groups = [
        r#"displayName eq "a""#,
        r#"externalId eq "a""#,
        r#"id eq "a" and members eq "b""#,
        r#"members eq "b""#,
        r#"members[value eq "b"]"#,
    ];
    let all = users.map(|filter| Listed(filter, ResourceType::User));
    for listed in all
        .into_iter()
        .chain(groups.map(|filter| Listed(filter, ResourceType::Group)))
    {
        let filter = listed.0;
        let steps = db.read(listed).await.unwrap();
        assert!(!steps.is_empty(), "{filter}");
        assert!(
            !steps.iter().any(|step| goes_through_many(step)),
            "{filter}: {}",
            steps.join(" | ")
        );
    }
}
