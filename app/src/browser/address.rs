//! Takes out of the address what only told of the act before: a reload then does not tell it again.

use super::window;
use crate::act::TOLD;
use wasm_bindgen::JsValue;
use web_sys::UrlSearchParams;

pub(super) fn tidy() {
    let _ = try_tidy();
}

fn try_tidy() -> Result<(), JsValue> {
    let location = window().location();
    let query = UrlSearchParams::new_with_str(&location.search()?)?;
    if !query.has("done") && !query.has("refused") {
        return Ok(());
    }
    TOLD.iter().for_each(|name| query.delete(name));
    let rest = String::from(query.to_string());
    let question = if rest.is_empty() { "" } else { "?" };
    let address = format!("{}{question}{rest}{}", location.pathname()?, location.hash()?);
    window()
        .history()?
        .replace_state_with_url(&JsValue::NULL, "", Some(&address))
}
