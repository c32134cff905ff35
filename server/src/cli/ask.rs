//! Asks before something is destroyed.

use std::io::{IsTerminal, Write};

/// Does nothing with `--yes`; otherwise wants the name typed. Without a terminal there is nobody to ask.
pub(super) fn confirm(yes: bool, what: &str, name: &str) -> anyhow::Result<()> {
    if yes {
        return Ok(());
    }
    anyhow::ensure!(
        std::io::stdin().is_terminal(),
        "this {what} Add --yes to do it without being asked."
    );
    let mut stderr = std::io::stderr();
    write!(stderr, "This {what}\nType its name, {name}, to go on: ")?;
    stderr.flush()?;
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer)?;
    anyhow::ensure!(answer.trim() == name, "that is not its name; nothing was changed");
    Ok(())
}
