//! All styles in one file.
//!
//! # Order
//! `style/layers.css` comes first: it holds the one `@layer …;` statement that decides who wins. Then `tokens`, `base`
//! and `ui` (a file `ui.css` before the folder `ui/`), then all the others; within each, by path. Every file but the
//! first puts its rules into a layer, so this order decides nothing but what one reads first.
//!
//! # Minifying
//! Comments go, runs of white space become one blank, blanks beside `{ } ; ,` go. Strings and `url(…)` stay as they are.
//! Nothing cleverer: brotli takes what is left, and a rule is never rewritten.

use crate::site;
use anyhow::{Context, Result, bail};
use std::path::Path;

/// The file that comes first.
const LAYERS: &str = "layers.css";

/// Folders and files that come next, in this order.
const FIRST: [&str; 3] = ["tokens", "base", "ui"];

/// Joins every `.css` below `folder`; nothing at all if there is none.
pub(crate) fn join(folder: &Path) -> Result<String> {
    let mut files: Vec<(String, String)> = Vec::new();
    for asset in site::read_folder(folder)?
        .into_iter()
        .filter(|asset| asset.path.ends_with(".css"))
    {
        let text =
            String::from_utf8(asset.bytes).with_context(|| format!("style/{} is not UTF-8", asset.path))?;
        files.push((asset.path, text));
    }
    files.sort_by_key(|(path, _)| place(path));
    match files.first() {
        None => Ok(String::new()),
        Some((path, _)) if path == LAYERS => files.iter().map(|(path, text)| minify(path, text)).collect(),
        Some(_) => bail!("style/{LAYERS} is missing: it says `@layer a, b, …;`, the order of the layers"),
    }
}

fn place(path: &str) -> (usize, String) {
    let top = path.split('/').next().unwrap_or(path).trim_end_matches(".css");
    let rank = match FIRST.iter().position(|first| *first == top) {
        _ if path == LAYERS => 0,
        Some(position) => position + 1,
        None => FIRST.len() + 1,
    };
    (rank, path.replace(".css", ""))
}

fn minify(path: &str, css: &str) -> Result<String> {
    let mut out = String::with_capacity(css.len());
    let mut rest = css.trim_start_matches('\u{feff}');
    while let Some(next) = rest.chars().next() {
        let taken = match next {
            '/' if rest.starts_with("/*") => comment(rest, &mut out),
            '"' | '\'' => verbatim(rest, next, &mut out),
            'u' | 'U' if is_bare_url(rest, &out) => verbatim(rest, ')', &mut out),
            '\\' => escape(rest, &mut out),
            _ if next.is_ascii_whitespace() => white_space(rest, &mut out),
            _ => plain(next, &mut out),
        };
        let taken = taken.with_context(|| format!("style/{path}: a comment, string or url( never ends"))?;
        rest = &rest[taken..];
    }
    Ok(out.trim_end().to_owned())
}

/// A comment parts words as a blank does.
fn comment(rest: &str, out: &mut String) -> Option<usize> {
    let end = rest[2..].find("*/")? + 4;
    blank(out);
    Some(end)
}

/// From here to the closing character, as it stands.
fn verbatim(rest: &str, close: char, out: &mut String) -> Option<usize> {
    let mut escaped = false;
    for (at, found) in rest.char_indices().skip(1) {
        match found {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if found == close => {
                let end = at + found.len_utf8();
                out.push_str(&rest[..end]);
                return Some(end);
            }
            _ => {}
        }
    }
    None
}

/// `url(` without a quote behind it, and not the tail of a longer word.
fn is_bare_url(rest: &str, out: &str) -> bool {
    let word = rest
        .get(..4)
        .is_some_and(|word| word.eq_ignore_ascii_case("url("));
    let quoted = rest
        .get(4..)
        .is_some_and(|inside| inside.trim_start().starts_with(['"', '\'']));
    let tail = out.ends_with(|last: char| last.is_alphanumeric() || last == '-' || last == '_');
    word && !quoted && !tail
}

fn escape(rest: &str, out: &mut String) -> Option<usize> {
    let end = 1 + rest[1..].chars().next()?.len_utf8();
    out.push_str(&rest[..end]);
    Some(end)
}

fn white_space(rest: &str, out: &mut String) -> Option<usize> {
    blank(out);
    Some(
        rest.len()
            - rest
                .trim_start_matches(|found: char| found.is_ascii_whitespace())
                .len(),
    )
}

fn blank(out: &mut String) {
    if !out.is_empty() && !out.ends_with([' ', '{', '}', ';', ',']) {
        out.push(' ');
    }
}

fn plain(next: char, out: &mut String) -> Option<usize> {
    if matches!(next, '{' | '}' | ';' | ',') && out.ends_with(' ') && !out.ends_with("\\ ") {
        out.pop();
    }
    out.push(next);
    Some(next.len_utf8())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn minified(css: &str) -> String {
        minify("test.css", css).unwrap()
    }

    fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        folder
    }

    #[test]
    fn joins_in_the_documented_order() {
        let style = folder(&[
            ("activity.css", "g{}"),
            ("base.css", "c{}"),
            ("layers.css", "@layer a;"),
            ("people/users.css", "h{}"),
            ("tokens/colour.css", "b{}"),
            ("ui/badge.css", "e{}"),
            ("ui/table.css", "f{}"),
            ("ui.css", "d{}"),
            ("README.md", "not a style"),
        ]);
        assert_eq!(join(style.path()).unwrap(), "@layer a;b{}c{}d{}e{}f{}g{}h{}");
    }

    #[test]
    fn says_so_when_the_order_of_layers_is_missing() {
        let style = folder(&[("base.css", "a{}")]);
        assert!(join(style.path()).unwrap_err().to_string().contains("layers.css"));
        assert_eq!(join(folder(&[]).path()).unwrap(), "");
    }

    #[test]
    fn takes_out_comments_and_white_space() {
        let css = "/* head */\n.a ,\n.b  >  .c {\n  color : red ;\n\tmargin: 0   auto;\n}\n/* tail */\n";
        assert_eq!(minified(css), ".a,.b > .c{color : red;margin: 0 auto;}");
    }

    #[test]
    fn keeps_what_means_something() {
        for css in [
            ".a :hover{width: calc(1px + (2px - 3px));}",
            "@media (min-width: 40rem) and (not (hover)){a{b: c}}",
            r#"a::after{content: "/* no  comment */ \" ; {"}"#,
            "a{background: url(data:image/svg+xml;a  /*b*/,c)}",
            r".sm\:w\;x{a: b}",
            r".a\ {b: c}",
            "a{--empty:;--x: light-dark(#fff,#000)}",
        ] {
            assert_eq!(minified(css), css);
        }
    }

    #[test]
    fn a_comment_parts_words() {
        assert_eq!(minified("a/**/b{c: d/* x */e}"), "a b{c: d e}");
    }

    #[test]
    fn what_never_ends_is_an_error_with_the_file() {
        for css in ["a{} /* b", "a{b: 'c}", "a{b: url(c"] {
            let error = minify("ui/x.css", css).unwrap_err().to_string();
            assert!(error.contains("style/ui/x.css"), "{error}");
        }
    }
}
