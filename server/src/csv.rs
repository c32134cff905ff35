//! Users as CSV (RFC 4180), safe to open in a spreadsheet (threats T72).

use std::sync::Arc;

use bytes::Bytes;
use contract::page::Page;
use contract::people::{UserRow, UsersQuery};
use contract::{Portal, Refusal, Viewer};
use futures_util::Stream;

const HEAD: &str = "id,userName,displayName,email,active,lastModified\r\n";

struct Walk {
    portal: Arc<dyn Portal>,
    viewer: Viewer,
    organization: String,
    query: UsersQuery,
    page: Option<Page<UserRow>>,
    begun: bool,
}

/// All users the query finds, beginning with its first page. A fault on the way breaks the download off, visibly.
pub fn users(
    portal: Arc<dyn Portal>,
    viewer: Viewer,
    organization: String,
    query: UsersQuery,
    first: Page<UserRow>,
) -> impl Stream<Item = Result<Bytes, Refusal>> {
    let walk = Walk {
        portal,
        viewer,
        organization,
        query,
        page: Some(first),
        begun: false,
    };
    futures_util::stream::try_unfold(walk, next)
}

async fn next(mut walk: Walk) -> Result<Option<(Bytes, Walk)>, Refusal> {
    let Some(page) = walk.page.take() else {
        return Ok(None);
    };
    let mut text = String::new();
    if !std::mem::replace(&mut walk.begun, true) {
        text.push_str(HEAD);
    }
    for row in &page.rows {
        push_row(&mut text, row);
    }
    if page.next.is_some() {
        walk.query.page.after = page.next;
        walk.page = Some(
            walk.portal
                .users(&walk.viewer, &walk.organization, &walk.query)
                .await?,
        );
    }
    Ok(Some((Bytes::from(text), walk)))
}

fn push_row(text: &mut String, row: &UserRow) {
    let modified = jiff::Timestamp::from_microsecond(row.updated_at)
        .map(|at| at.to_string())
        .unwrap_or_default();
    let active = if row.active { "true" } else { "false" };
    let cells = [
        row.id.as_str(),
        &row.user_name,
        row.display_name.as_deref().unwrap_or_default(),
        row.email.as_deref().unwrap_or_default(),
        active,
        &modified,
    ];
    for (number, cell) in cells.iter().enumerate() {
        text.push_str(if number > 0 { "," } else { "" });
        push_cell(text, cell);
    }
    text.push_str("\r\n");
}

/// Quoted; what a spreadsheet would take for a formula gets an apostrophe in front.
fn push_cell(text: &mut String, cell: &str) {
    text.push('"');
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        text.push('\'');
    }
    text.push_str(&cell.replace('"', "\"\""));
    text.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(text: &str) -> String {
        let mut out = String::new();
        push_cell(&mut out, text);
        out
    }

    #[test]
    fn formulas_and_quotes_are_harmless() {
        assert_eq!(cell("=cmd|' /C calc'!A0"), "\"'=cmd|' /C calc'!A0\"");
        assert_eq!(cell("say \"hi\",\nall"), "\"say \"\"hi\"\",\nall\"");
        assert_eq!(cell("Ünï"), "\"Ünï\"");
    }
}
