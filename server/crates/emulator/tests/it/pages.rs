//! The Contoso admin center.
