//! Writing items as text: a tenant of a hundred thousand passes here, and a tree of values for each would be the cost.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde_json::Value;

use crate::tenant::ObjectId;

/// The items of a page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Items(Vec<String>);

impl Items {
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn push(&mut self, item: Item) {
        self.0.push(item.0 + "}");
    }

    /// Everything twice.
    pub(super) fn repeat(&mut self) {
        self.0.extend(self.0.clone());
    }

    /// Backwards.
    pub(super) fn reorder(&mut self) {
        self.0.reverse();
    }

    pub(super) fn text(&self) -> String {
        format!("[{}]", self.0.join(","))
    }
}

/// An object being written.
#[derive(Clone, Debug)]
pub(super) struct Item(String);

impl Item {
    pub(super) fn new(id: ObjectId) -> Self {
        let mut text = String::with_capacity(320);
        let _ = write!(text, "{{\"id\":\"{id}\"");
        Self(text)
    }

    /// An object that is gone.
    pub(super) fn removed(id: ObjectId, reason: &str) -> Self {
        let mut item = Self::new(id);
        let _ = write!(item.0, ",\"@removed\":{{\"reason\":\"{reason}\"}}");
        item
    }

    /// A property whose value is JSON already.
    pub(super) fn raw(&mut self, name: &str, json: &str) {
        let _ = write!(self.0, ",\"{name}\":{json}");
    }

    pub(super) fn text(&mut self, name: &str, text: &str) {
        let _ = write!(self.0, ",\"{name}\":");
        let plain = |byte: u8| byte >= 0x20 && byte != b'"' && byte != b'\\';
        if text.bytes().all(plain) {
            let _ = write!(self.0, "\"{text}\"");
        } else {
            self.0 += &Value::from(text).to_string();
        }
    }
}

/// What is to be written of an object.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Touched {
    /// It is new to the caller: everything selected.
    pub(super) whole: bool,
    /// Properties that changed: they are written even when they are null now.
    pub(super) names: BTreeSet<&'static str>,
    /// Members that came or went, or may have.
    pub(super) members: Vec<ObjectId>,
}

/// Which properties a round is about, and how much of an object is written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted<'a> {
    pub(super) select: Option<&'a [String]>,
    pub(super) minimal: bool,
    pub(super) touched: &'a Touched,
}

impl Wanted<'_> {
    fn selected(&self, name: &str, default: bool) -> bool {
        self.select
            .map_or(default, |names| names.iter().any(|selected| selected == name))
    }

    /// Whether the property is written, and whether also when it is null.
    pub(super) fn take(&self, name: &str, default: bool) -> Option<bool> {
        let changed = self.touched.names.contains(name);
        let shown = self.selected(name, default) && (changed || self.touched.whole || !self.minimal);
        shown.then_some(changed)
    }

    /// Whether a relation is written: only when it is tracked, and changed or new.
    pub(super) fn relation(&self, name: &str, default: bool) -> bool {
        self.selected(name, default) && (self.touched.whole || self.touched.names.contains(name))
    }

    /// Whether anything happened that the caller selected.
    pub(super) fn matters(&self, default: impl Fn(&str) -> bool) -> bool {
        let selected = |name: &&str| self.selected(name, default(name));
        self.touched.whole || self.touched.names.iter().any(selected)
    }
}
