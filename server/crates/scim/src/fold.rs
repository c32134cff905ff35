//! The one case fold of the house (threats T35, RFC 7644 §7.8).

/// Folds a value for comparison: two values of a case-insensitive attribute are equal if and only if their folds are.
///
/// The rules, in this order:
/// 1. characters that cannot be seen are dropped: soft hyphen, zero-width and joining characters, bidirectional
///    controls, byte order mark (U+00AD, U+200B–U+200F, U+202A–U+202E, U+2060–U+2069, U+FEFF);
/// 2. white space (Unicode `White_Space`) at both ends is dropped; inside, it is kept as it is;
/// 3. each character is mapped to lower case with Unicode's full mapping, without regard to language or position
///    (as PRECIS `UsernameCaseMapped` does, RFC 8265 §3.3), and final sigma `ς` becomes `σ`.
///
/// What equals what: `JANE` = `jane` = `jane ` = `ja\u{202E}ne`; `ÉCOLE` = `école`; `ΟΔΟΣ` = `οδος` = `οδοσ`; the Kelvin sign
/// = `k`; `ẞ` = `ß`. What does not: `ı` ≠ `i` and `İ` ≠ `i` (`I` folds to `i`); `ß` ≠ `ss`; `é` composed (NFC) ≠ `e` with a
/// combining accent (NFD); letters of different scripts that look alike. Folding is idempotent.
///
/// ```
/// assert_eq!(scim::fold(" Jane@Contoso.com"), "jane@contoso.com");
/// ```
pub fn fold(value: &str) -> String {
    if value.is_ascii() {
        return value.trim().to_ascii_lowercase();
    }
    let visible: String = value.chars().filter(|c| !is_invisible(*c)).collect();
    lower(visible.trim())
}

/// Folds the literal of a substring comparison (`co`, `sw`, `ew`): like [`fold`], but white space at the ends counts.
///
/// `displayName sw "Jane "` finds `Jane Doe` and not `Janet`.
pub fn fold_part(value: &str) -> String {
    if value.is_ascii() {
        return value.to_ascii_lowercase();
    }
    let visible: String = value.chars().filter(|c| !is_invisible(*c)).collect();
    lower(&visible)
}

fn lower(value: &str) -> String {
    value
        .chars()
        .flat_map(char::to_lowercase)
        .map(|c| if c == 'ς' { 'σ' } else { c })
        .collect()
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}')
}
