//! The pages over a made-up portal.
mod fake;
