//! Lists, soon.
