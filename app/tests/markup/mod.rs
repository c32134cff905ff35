//! Just enough reading of markup to check a page: its tags with their attributes, and its texts.

use std::collections::BTreeMap;

/// A tag as it stands; a closing one has a name with `/`.
#[derive(Debug)]
pub(crate) struct Tag {
    /// `input`, `/label`
    pub(crate) name: String,
    /// Its attributes, decoded.
    pub(crate) attributes: BTreeMap<String, String>,
}

impl Tag {
    /// An attribute's value.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.attributes.get(name).map(String::as_str)
    }
}

/// Every tag of a page in order. Our own pages only: no CDATA, and no `>` in a comment.
pub(crate) fn tags(page: &str) -> Vec<Tag> {
    pieces(page).into_iter().filter_map(|piece| piece.err()).collect()
}

/// Every text of a page that a person reads, without those marked with a language or taken from data.
pub(crate) fn texts(page: &str) -> Vec<String> {
    let mut texts = Vec::new();
    let mut hidden = 0_i32;
    for piece in pieces(page) {
        match piece {
            Err(tag) if ["script", "code", "bdi", "time", "del", "ins"].contains(&tag.name.as_str()) => {
                hidden += 1
            }
            Err(tag)
                if ["/script", "/code", "/bdi", "/time", "/del", "/ins"].contains(&tag.name.as_str()) =>
            {
                hidden -= 1
            }
            Err(tag) => {
                let spoken = ["aria-label", "placeholder"]
                    .iter()
                    .filter_map(|name| tag.get(name));
                texts.extend(spoken.map(str::to_owned));
            }
            Ok(text) if hidden == 0 && !text.trim().is_empty() => texts.push(text.trim().to_owned()),
            Ok(_) => {}
        }
    }
    texts
}

/// Does a text that is the same in both languages hold English words that German has not?
pub(crate) fn reads_english(text: &str) -> bool {
    const TELLING: [&str; 25] = [
        "the", "and", "of", "with", "is", "are", "here", "users", "groups", "search", "changed", "done",
        "show", "activity", "created", "cancel", "delete", "rename", "revoke", "access", "last", "steps",
        "checks", "open", "not",
    ];
    // Names of products and what people named: the made-up data speaks English.
    if ["First token", "Second token", "Trial"].contains(&text) || text.contains(" (Non-gallery)") {
        return false;
    }
    let lower = text.to_lowercase();
    lower
        .split(|character: char| !character.is_alphabetic())
        .any(|word| TELLING.contains(&word))
}

fn pieces(page: &str) -> Vec<Result<String, Tag>> {
    let mut pieces = Vec::new();
    let mut rest = page;
    while let Some(start) = rest.find('<') {
        pieces.push(Ok(decode(&rest[..start])));
        let end = end_of(&rest[start..]);
        let inner = &rest[start + 1..start + end - 1];
        rest = &rest[start + end..];
        if !inner.starts_with('!') {
            let tag = read(inner);
            let is_script = tag.name == "script";
            pieces.push(Err(tag));
            if is_script {
                rest = &rest[rest.find("</script").expect("the script ends")..];
            }
        }
    }
    pieces
}

/// Where the tag at the start ends: after the first `>` outside of quotes.
fn end_of(text: &str) -> usize {
    let mut quoted = false;
    for (at, character) in text.char_indices() {
        match character {
            '"' => quoted = !quoted,
            '>' if !quoted => return at + 1,
            _ => {}
        }
    }
    panic!("a tag never ends: {}", &text[..text.len().min(80)]);
}

fn read(inner: &str) -> Tag {
    let (name, mut rest) = inner.split_once(char::is_whitespace).unwrap_or((inner, ""));
    let mut attributes = BTreeMap::new();
    while !rest.trim().is_empty() {
        rest = rest.trim_start();
        let end = rest
            .find(|character: char| character == '=' || character.is_whitespace())
            .unwrap_or(rest.len());
        let name = rest[..end].trim_end_matches('/').to_owned();
        rest = &rest[end..];
        let value = match rest.strip_prefix("=\"") {
            Some(quoted) => {
                let (value, after) = quoted.split_once('"').expect("a closing quote");
                rest = after;
                decode(value)
            }
            None => String::new(),
        };
        assert!(
            attributes.insert(name.clone(), value).is_none(),
            "{name} twice in <{inner}>"
        );
    }
    attributes.remove("");
    Tag {
        name: name.trim_end_matches('/').to_owned() + if name == "/" { "/" } else { "" },
        attributes,
    }
}

fn decode(text: &str) -> String {
    [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#x27;", "'"),
        ("&amp;", "&"),
    ]
    .into_iter()
    .fold(text.to_owned(), |text, (entity, character)| {
        text.replace(entity, character)
    })
}
