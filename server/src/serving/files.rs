//! How many files, and so connections, the operating system lets this process open.

/// Kept free for the database, logs and libraries.
const RESERVE: usize = 64;

/// The soft limit on open files; `None` where `/proc` does not say.
pub fn open_file_limit() -> Option<usize> {
    parse(&std::fs::read_to_string("/proc/self/limits").ok()?)
}

/// The number of connections asked for, or what the limit leaves of it.
pub(super) fn affordable(wanted: usize) -> usize {
    let Some(limit) = open_file_limit() else {
        return wanted;
    };
    let most = limit.saturating_sub(RESERVE).max(1);
    if wanted > most {
        tracing::info!(wanted, most, "connections are held below the limit on open files");
    }
    wanted.min(most)
}

fn parse(limits: &str) -> Option<usize> {
    let line = limits
        .lines()
        .find_map(|line| line.strip_prefix("Max open files"))?;
    let soft = line.split_whitespace().next()?;
    if soft == "unlimited" {
        None
    } else {
        soft.parse().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_soft_limit() {
        let text =
            "Limit   Soft Limit Hard Limit Units\nMax open files            1024       4096       files\n";
        assert_eq!(parse(text), Some(1024));
        assert_eq!(parse("Max open files  unlimited unlimited files"), None);
        assert_eq!(parse(""), None);
    }

    #[test]
    fn never_asks_for_more_than_wanted() {
        assert_eq!(affordable(1), 1);
    }
}
