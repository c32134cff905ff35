//! `/organizations/…`: what the pages show, to whom.

mod csv;
mod pages;
