//! An app's accent, and the colours made of it: legible in light and in dark whatever the accent is (WCAG 2.2, 1.4.3 and
//! 1.4.11). The names are those of `style/tokens/colour.css`.

use std::{fmt, str::FromStr};

const BLACK: Colour = Colour(0, 0, 0);
const WHITE: Colour = Colour(255, 255, 255);
/// The darkest ground of the light pages that text stands on, and the lightest of the dark ones.
const LIGHT_GROUND: Colour = Colour(0xee, 0xf1, 0xf5);
const DARK_GROUND: Colour = Colour(0x2a, 0x2d, 0x38);
/// Contrast of text with its ground, and of a control with what is around it.
const TEXT: f64 = 4.5;
const CONTROL: f64 = 3.0;

/// A colour in sRGB, written `#rrggbb`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Colour(u8, u8, u8);

/// It is not written so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a colour is written #rrggbb, such as #3355ff")]
pub struct NoColour;

impl FromStr for Colour {
    type Err = NoColour;

    fn from_str(text: &str) -> Result<Self, NoColour> {
        let digits = text
            .strip_prefix('#')
            .filter(|digits| digits.len() == 6)
            .ok_or(NoColour)?;
        if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return Err(NoColour);
        }
        let part = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).map_err(|_| NoColour);
        Ok(Self(part(0)?, part(2)?, part(4)?))
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{:02x}{:02x}{:02x}", self.0, self.1, self.2)
    }
}

impl Colour {
    /// The tokens that an accent changes, as a style sheet.
    pub fn stylesheet(self) -> String {
        let (light, dark) = (self.shades(Ground::LIGHT), self.shades(Ground::DARK));
        let token =
            |name: &str, light: Colour, dark: Colour| format!("  --{name}: light-dark({light}, {dark});\n");
        let tokens = [
            token("accent", light.text, dark.text),
            token("accent-solid", light.solid, dark.solid),
            token("accent-solid-hover", light.hover, dark.hover),
            token("on-accent", light.on, dark.on),
            token("accent-tint", light.tint, dark.tint),
            token("accent-line", light.line, dark.line),
        ];
        format!("@layer tokens {{ :root {{\n{}}} }}\n", tokens.concat())
    }

    fn shades(self, ground: Ground) -> Shades {
        let tint = ground.base.mixed(self, ground.tint);
        let solid = self.moved(ground.away, |colour| colour.contrast(ground.base) >= CONTROL);
        let on = if solid.contrast(WHITE) >= solid.contrast(BLACK) {
            WHITE
        } else {
            BLACK
        };
        let back = if on == WHITE { BLACK } else { WHITE };
        Shades {
            text: self.moved(ground.away, |colour| {
                colour.contrast(ground.base).min(colour.contrast(tint)) >= TEXT
            }),
            solid,
            hover: solid.mixed(back, 0.14),
            on,
            tint,
            line: ground.base.mixed(self, 0.4),
        }
    }

    /// The nearest colour on the way to another that will do.
    fn moved(self, to: Self, will_do: impl Fn(Self) -> bool) -> Self {
        let steps = (0..=20).map(|step| self.mixed(to, f64::from(step) / 20.0));
        steps.into_iter().find(|colour| will_do(*colour)).unwrap_or(to)
    }

    /// So much of the other in it, 0 to 1.
    fn mixed(self, other: Self, share: f64) -> Self {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a mean of two bytes is one"
        )]
        let part =
            |own: u8, other: u8| (f64::from(own) * (1.0 - share) + f64::from(other) * share).round() as u8;
        Self(
            part(self.0, other.0),
            part(self.1, other.1),
            part(self.2, other.2),
        )
    }

    /// WCAG's contrast ratio, 1 to 21.
    fn contrast(self, other: Self) -> f64 {
        let (own, other) = (self.luminance(), other.luminance());
        (own.max(other) + 0.05) / (own.min(other) + 0.05)
    }

    /// WCAG's relative luminance.
    fn luminance(self) -> f64 {
        let part = |byte: u8| {
            let share = f64::from(byte) / 255.0;
            if share <= 0.04045 {
                share / 12.92
            } else {
                ((share + 0.055) / 1.055).powf(2.4)
            }
        };
        0.2126 * part(self.0) + 0.7152 * part(self.1) + 0.0722 * part(self.2)
    }
}

/// What colours stand on.
struct Ground {
    base: Colour,
    /// Where contrast with it grows.
    away: Colour,
    /// How much of the accent tints it.
    tint: f64,
}

impl Ground {
    const LIGHT: Self = Self {
        base: LIGHT_GROUND,
        away: BLACK,
        tint: 0.08,
    };
    const DARK: Self = Self {
        base: DARK_GROUND,
        away: WHITE,
        tint: 0.18,
    };
}

struct Shades {
    text: Colour,
    solid: Colour,
    hover: Colour,
    on: Colour,
    tint: Colour,
    line: Colour,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_colour_is_written_one_way() {
        assert_eq!("#3355FF".parse::<Colour>().unwrap().to_string(), "#3355ff");
        for text in [
            "",
            "3355ff",
            "#35f",
            "#3355fg",
            "#3355ff ",
            "#+355ff",
            "red",
            "#3355ff;}",
            "#éff3f",
        ] {
            assert_eq!(text.parse::<Colour>(), Err(NoColour), "{text}");
        }
    }

    #[test]
    fn contrast_is_wcags() {
        assert!((BLACK.contrast(WHITE) - 21.0).abs() < 1e-9);
        // The grey that WCAG's own examples give as just enough on white.
        assert!((Colour(0x76, 0x76, 0x76).contrast(WHITE) - 4.54).abs() < 0.005);
    }

    #[test]
    fn every_accent_is_legible() {
        for (r, g, b) in (0..=255).step_by(15).flat_map(|r| {
            (0..=255)
                .step_by(15)
                .flat_map(move |g| (0..=255).step_by(15).map(move |b| (r, g, b)))
        }) {
            let accent = Colour(r, g, b);
            for (ground, base) in [(Ground::LIGHT, LIGHT_GROUND), (Ground::DARK, DARK_GROUND)] {
                let made = accent.shades(ground);
                assert!(
                    made.text.contrast(base) >= TEXT && made.text.contrast(made.tint) >= TEXT,
                    "{accent}"
                );
                assert!(
                    made.on.contrast(made.solid) >= TEXT && made.on.contrast(made.hover) >= TEXT,
                    "{accent}"
                );
                assert!(made.solid.contrast(base) >= CONTROL, "{accent}");
            }
        }
    }

    #[test]
    fn a_good_accent_stays_what_it_is() {
        let accent: Colour = "#3355ff".parse().unwrap();
        assert_eq!(accent.shades(Ground::LIGHT).solid, accent);
        assert_eq!(accent.shades(Ground::LIGHT).on, WHITE);
        assert_eq!(Colour(0xff, 0xd4, 0).shades(Ground::DARK).on, BLACK);
        assert!(
            accent
                .stylesheet()
                .starts_with("@layer tokens { :root {\n  --accent: light-dark(#")
        );
    }
}
