//! Turns one element into another without replacing what stays: focus, selection, open details and scroll positions
//! survive, and a row with a new `data-key` is marked as arrived.

use super::document;
use std::time::Duration;
use wasm_bindgen::JsCast;
use web_sys::{Element, Node};

const ARRIVED: &str = "data-arrived";

/// What the reader or the browser set, and the server does not know of.
const OURS: [&str; 4] = ["open", "title", ARRIVED, "data-state"];

/// What is left alone: islands, open dialogs, and what the server will not send again.
const KEPT: &str = "leptos-island, dialog[open], [data-kept]";

/// Makes `old` look like `new`.
pub(super) fn morph(old: &Element, new: &Element) {
    if is_kept(old) || old.is_equal_node(Some(new)) {
        return;
    }
    if old.local_name() == "time" {
        return morph_time(old, new);
    }
    morph_attributes(old, new);
    morph_children(old, new);
}

fn is_kept(node: &Node) -> bool {
    node.dyn_ref::<Element>()
        .is_some_and(|element| element.matches(KEPT).unwrap_or(false))
}

/// The clock writes what a time says; only the moment matters here.
fn morph_time(old: &Element, new: &Element) {
    let moment = new.get_attribute("datetime").unwrap_or_default();
    if old.get_attribute("datetime").as_ref() != Some(&moment) {
        let _ = old.set_attribute("datetime", &moment);
    }
}

fn morph_attributes(old: &Element, new: &Element) {
    for (name, value) in attributes(new) {
        if !OURS.contains(&name.as_str()) && old.get_attribute(&name).as_ref() != Some(&value) {
            let _ = old.set_attribute(&name, &value);
        }
    }
    for (name, _) in attributes(old) {
        if !OURS.contains(&name.as_str()) && !new.has_attribute(&name) {
            let _ = old.remove_attribute(&name);
        }
    }
}

fn attributes(of: &Element) -> Vec<(String, String)> {
    let all = of.attributes();
    (0..all.length())
        .filter_map(|index| all.item(index))
        .map(|one| (one.name(), one.value()))
        .collect()
}

fn morph_children(old: &Element, new: &Element) {
    let mut stale = children(old);
    let mut place = old.first_child();
    for wanted in children(new) {
        let found = stale
            .iter()
            .position(|node| are_same(node, &wanted))
            .map(|index| stale.remove(index));
        let Some(node) = found.or_else(|| bring(&wanted)) else {
            continue;
        };
        place = beyond_kept(place, &node);
        if place.as_ref() == Some(&node) {
            place = node.next_sibling();
        } else {
            let _ = old.insert_before(&node, place.as_ref());
        }
        morph_node(&node, &wanted);
    }
    for node in stale.iter().filter(|node| !is_kept(node)) {
        let _ = old.remove_child(node);
    }
}

/// What is kept stays where it is: whatever comes after it in the page comes after it here.
fn beyond_kept(mut place: Option<Node>, node: &Node) -> Option<Node> {
    while let Some(here) = place.clone().filter(|here| here != node && is_kept(here)) {
        place = here.next_sibling();
    }
    place
}

fn children(of: &Element) -> Vec<Node> {
    let nodes = of.child_nodes();
    (0..nodes.length())
        .filter_map(|index| nodes.item(index))
        .collect()
}

/// Rows are the same by their key, dialogs and headings by their id, everything else by its kind.
fn are_same(old: &Node, new: &Node) -> bool {
    let kind = (old.node_type(), old.node_name()) == (new.node_type(), new.node_name());
    let marked = |node: &Node| {
        node.dyn_ref::<Element>()
            .is_some_and(|element| element.has_attribute("data-kept"))
    };
    kind && key(old) == key(new) && marked(old) == marked(new)
}

fn key(node: &Node) -> Option<String> {
    let element = node.dyn_ref::<Element>()?;
    element
        .get_attribute("data-key")
        .or_else(|| element.get_attribute("id"))
}

fn morph_node(old: &Node, new: &Node) {
    match (old.dyn_ref::<Element>(), new.dyn_ref::<Element>()) {
        (Some(old), Some(new)) => morph(old, new),
        _ if old.node_value() != new.node_value() => old.set_node_value(new.node_value().as_deref()),
        _ => {}
    }
}

/// A copy for this document; a row is tinted for as long as its animation lasts.
fn bring(wanted: &Node) -> Option<Node> {
    let node = document().import_node_with_deep(wanted, true).ok()?;
    if let Some(row) = node
        .dyn_ref::<Element>()
        .filter(|element| element.has_attribute("data-key"))
    {
        let _ = row.set_attribute(ARRIVED, "");
        let row = row.clone();
        leptos::prelude::set_timeout(
            move || drop(row.remove_attribute(ARRIVED)),
            Duration::from_millis(2_200),
        );
    }
    Some(node)
}
