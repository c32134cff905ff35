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

/// Whether two values have the same [`fold`]; quicker than folding both.
pub(crate) fn same_fold(a: &str, b: &str) -> bool {
    if a.is_ascii() && b.is_ascii() {
        a.trim().eq_ignore_ascii_case(b.trim())
    } else {
        fold(a) == fold(b)
    }
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn same(a: &str, b: &str) -> bool {
        assert_eq!(same_fold(a, b), fold(a) == fold(b), "{a:?} {b:?}");
        fold(a) == fold(b)
    }

    #[test]
    fn case_does_not_count_in_any_script() {
        assert!(same("JANE@Contoso.COM", "jane@contoso.com"));
        assert!(same("ÉCOLE", "école"));
        assert!(same("ЖУК", "жук"));
        assert!(same("ԲԱՐԵՎ", "բարեվ"));
        assert!(same("ẞ", "ß"));
        assert!(same("K\u{212A}", "kk"), "the Kelvin sign is a k");
    }

    #[test]
    fn sigma_is_the_same_letter_at_the_end_of_a_word() {
        assert!(same("ΟΔΟΣ", "οδος"));
        assert!(same("οδος", "οδοσ"));
        assert!(same("ΟΔΟΣ ΑΒΓ", "οδοσ αβγ"));
    }

    #[test]
    fn letters_that_only_look_alike_differ() {
        assert!(!same("ı", "i"));
        assert!(!same("İ", "i"));
        assert!(!same("I", "ı"));
        assert!(!same("ß", "ss"));
        assert!(!same("а", "a"), "Cyrillic and Latin a");
        assert!(!same("é", "e\u{301}"), "composed and decomposed");
    }

    #[test]
    fn blanks_at_the_ends_and_invisible_characters_do_not_count() {
        assert!(same("jane", " jane\t"));
        assert!(same("jane", "jane\u{A0}"));
        assert!(same("jane", "ja\u{202E}ne"));
        assert!(same("jane", "\u{FEFF}jane\u{200B}"));
        assert!(same("jane", "jane \u{200B} "));
        assert!(!same("jane doe", "jane  doe"), "blanks inside count");
        assert_eq!(fold("\u{200B} \u{2060}"), "");
    }

    #[test]
    fn the_literal_of_a_substring_keeps_its_blanks() {
        assert_eq!(fold_part(" Jane "), " jane ");
        assert_eq!(fold_part("ÉCOLE\u{200B} "), "école ");
    }

    proptest! {
        #[test]
        fn folding_twice_is_folding_once(text in "\\PC*") {
            prop_assert_eq!(fold(&fold(&text)), fold(&text));
        }

        #[test]
        fn the_quick_comparison_agrees(a in "[aAbB \u{E9}\u{C9}\u{200B}]{0,4}", b in "[aAbB \u{E9}\u{C9}\u{200B}]{0,4}") {
            prop_assert_eq!(same_fold(&a, &b), fold(&a) == fold(&b));
        }
    }
}
