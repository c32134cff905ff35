//! Pieces with looks and no meaning: what a button, a table row, a copy field is, everywhere the same.
//! Their styles stand in `style/ui` under the same names.

mod button;
mod callout;
mod code_block;
mod copy_field;
mod dialog;
mod diff;
mod empty_state;
mod facts;
mod field;
mod icon;
mod mark;
mod pager;
mod prose;
mod search;
mod sparkline;
mod table;
mod tabs;
mod timeline;
mod timestamp;

pub use button::{Kind, copy_button, link_button, open_button, submit_button};
pub use callout::{Tone, callout};
pub use code_block::code_block;
pub use copy_field::{copy_field, copy_value};
pub use dialog::{Dialog, confirm_name, dialog};
pub use diff::diff;
pub use empty_state::empty_state;
pub use facts::{fact, facts};
pub use field::{Field, field};
pub use icon::{icon, provider_mark};
pub use mark::{access_mark, check_mark, erp_mark, health_mark, outcome_mark, step_mark};
pub use pager::{Pager, page_request, pager};
pub use prose::prose;
pub use search::search;
pub use sparkline::sparkline;
pub use table::{cell, heading, number_cell, number_heading, row_heading, sorted_heading, table};
pub use tabs::{Tab, tabs};
pub use timeline::timeline;
pub use timestamp::{timestamp, timestamp_or};
