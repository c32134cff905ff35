//! The control surface of `serve`.
