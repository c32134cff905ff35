//! Markup that cannot be injected into: what is written by hand is `&'static str`, everything else is escaped.

use std::fmt::{self, Display, Write as _};

use axum::response::{IntoResponse, Response};

/// A piece of a page.
#[derive(Clone, Debug, Default)]
pub(crate) struct Html(String);

impl Html {
    /// Markup as it stands in this source.
    pub(crate) fn raw(&mut self, markup: &'static str) {
        self.0.push_str(markup);
    }

    /// Text of anybody's making, escaped for content and for double-quoted attributes.
    pub(crate) fn text(&mut self, text: impl Display) {
        let _ = write!(Escaping(&mut self.0), "{text}");
    }

    /// Other pieces.
    pub(crate) fn add(&mut self, pieces: impl IntoIterator<Item = Html>) {
        pieces.into_iter().for_each(|piece| self.0.push_str(&piece.0));
    }
}

impl IntoIterator for Html {
    type Item = Html;
    type IntoIter = std::iter::Once<Html>;

    fn into_iter(self) -> Self::IntoIter {
        std::iter::once(self)
    }
}

impl IntoResponse for Html {
    fn into_response(self) -> Response {
        axum::response::Html(self.0).into_response()
    }
}

struct Escaping<'a>(&'a mut String);

impl fmt::Write for Escaping<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for character in text.chars() {
            match character {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '"' => self.0.push_str("&quot;"),
                '\'' => self.0.push_str("&#39;"),
                other => self.0.push(other),
            }
        }
        Ok(())
    }
}

/// Builds [`Html`]: `"<b>"` is markup, `(name)` is text, `[piece]` is further markup (one piece, an option, a list).
macro_rules! html {
    () => {
        $crate::web::pages::html::Html::default()
    };
    ($($part:tt)+) => {{
        let mut out = $crate::web::pages::html::Html::default();
        $( $crate::web::pages::html::part!(out $part); )+
        out
    }};
}

macro_rules! part {
    ($out:ident $markup:literal) => {
        $out.raw($markup)
    };
    ($out:ident ($text:expr)) => {
        $out.text(&$text)
    };
    ($out:ident [$pieces:expr]) => {
        $out.add($pieces)
    };
}

pub(crate) use {html, part};

#[cfg(test)]
mod tests {

    #[test]
    fn text_is_escaped_markup_is_not() {
        let hostile = "<img src=x onerror=\"alert('1')\">&";
        let page = html!("<p title=\"" (hostile) "\">" (hostile) [Some(html!("<b>" (1 + 1) "</b>"))] [Vec::new()] "</p>");
        let escaped = "&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;";
        assert_eq!(page.0, format!("<p title=\"{escaped}\">{escaped}<b>2</b></p>"));
    }
}
