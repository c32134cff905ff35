//! Deleting users: they go to *Deleted users*.

use super::super::call::{Answer, Answered, Call};
use super::find;
use super::write::allowed;

pub(super) fn delete(call: &Call<'_>, id: &str) -> Answered {
    allowed(call)?;
    let user = find(call, id)?;
    call.home.delete(user.id)?;
    Ok(Answer::nothing())
}
