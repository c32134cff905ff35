//! stand-in until `scim` compiles
pub(crate) fn fold(value: &str) -> String {
    value.trim().to_lowercase()
}
