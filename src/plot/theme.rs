//! Colours, dashes, shapes and sizes: one table for the light page and one for the dark.
//!
//! Every series colour has at least 3:1 contrast on its background and stays apart from the others for the common
//! kinds of colour blindness; the dash pattern and the shape of points tell series apart without any colour.

use plotters::style::RGBAColor;

/// A colour with its opacity, from 0 to 1.
pub(crate) type Color = RGBAColor;

/// The font of every word in a figure: the one of the page.
pub(crate) const FONT: &str = "system-ui, sans-serif";
/// Size of tick labels and captions, css px.
pub(crate) const SMALL: f64 = 11.0;
/// Size of axis labels and legends, css px.
pub(crate) const NORMAL: f64 = 12.0;
/// Width of the lines of series, css px.
pub(crate) const LINE_WIDTH: f64 = 1.8;
/// Number of series colours; further series use them again.
pub const SERIES: usize = 7;

/// Lengths drawn and left out along a line, css px, one pattern for each series colour; empty is solid.
const DASHES: [&[f64]; SERIES] = [
    &[],
    &[7.0, 3.5],
    &[2.0, 3.0],
    &[9.0, 3.0, 2.0, 3.0],
    &[14.0, 4.0],
    &[5.0, 2.0, 5.0, 6.0],
    &[9.0, 3.0, 2.0, 3.0, 2.0, 3.0],
];

/// The colours of one figure.
#[derive(Debug)]
pub struct Theme {
    /// What lies behind; drawn only in exports, since the page has a background of its own.
    pub background: Color,
    /// Axis labels, captions and legends; contrast of 7:1 and more.
    pub text: Color,
    /// Tick labels; contrast of 4.5:1 and more.
    pub faint_text: Color,
    /// The border of the plot area.
    pub axis: Color,
    /// The mesh, which should hardly be noticed.
    pub grid: Color,
    /// The frame and the cross of an image that is wrong.
    pub wrong: Color,
    /// Level lines.
    pub level: Color,
    /// The shade of the lowest and of the highest place of a contour.
    pub shade: [Color; 2],
    /// Five colours of a surface, the lowest first.
    pub height: [Color; 5],
    /// Arrows, and the edges of diagrams.
    pub arrow: Color,
    /// The present step of a diagram: the accent of the page.
    pub active: Color,
    /// The colours of series.
    series: [Color; SERIES],
    /// The most negative (orange), zero and the most positive value (blue).
    signed: [Color; 3],
    /// Paper and ink.
    ink: [Color; 2],
}

static LIGHT: Theme = Theme {
    background: rgb(0xffffff),
    text: rgb(0x1f2630),
    faint_text: rgb(0x5a6472),
    axis: rgb(0xaab2bd),
    grid: rgb(0xe8ebef),
    wrong: rgb(0xc2261c),
    level: rgb(0x8fa3ba),
    shade: [rgb(0xd3e1f1), rgb(0xfbfcfe)],
    height: [rgb(0x2f5d9b), rgb(0x5f97c6), rgb(0xa5cbd8), rgb(0xe6e6c6), rgb(0xf2c186)],
    arrow: rgb(0x6b7686),
    active: rgb(0x0b5cb8),
    series: [
        rgb(0x0b5fc0),
        rgb(0xd9480f),
        rgb(0x00735a),
        rgb(0xb2479a),
        rgb(0x80901f),
        rgb(0x3d97e8),
        rgb(0x43374a),
    ],
    signed: [rgb(0xc64600), rgb(0xffffff), rgb(0x0b4fa8)],
    ink: [rgb(0xffffff), rgb(0x15191f)],
};

static DARK: Theme = Theme {
    background: rgb(0x14171c),
    text: rgb(0xe6e9ee),
    faint_text: rgb(0x9aa4b2),
    axis: rgb(0x555e6b),
    grid: rgb(0x272c34),
    wrong: rgb(0xff6b5e),
    level: rgb(0x4a5e78),
    shade: [rgb(0x1d3350), rgb(0x16191f)],
    height: [rgb(0x23406e), rgb(0x336d9a), rgb(0x5fa3b3), rgb(0xb9bb8f), rgb(0xe3a860)],
    arrow: rgb(0x8b96a6),
    active: rgb(0x71b4ff),
    series: [
        rgb(0x5b9bf0),
        rgb(0xf0783a),
        rgb(0x35d69b),
        rgb(0xe08ab8),
        rgb(0xf2cb3d),
        rgb(0xa5d4ff),
        rgb(0xe4e8d8),
    ],
    signed: [rgb(0xff8b3d), rgb(0x14171c), rgb(0x6db1ff)],
    ink: [rgb(0x14171c), rgb(0xf2f4f7)],
};

impl Theme {
    /// The colours for a dark or a light page.
    pub fn of(dark: bool) -> &'static Self {
        if dark { &DARK } else { &LIGHT }
    }

    /// The colour of series `index`.
    pub fn series(&self, index: u8) -> Color {
        self.series[usize::from(index) % SERIES]
    }

    /// The colour of a pixel of digits: 0 is paper, 255 is ink.
    pub(crate) fn ink(&self, value: u8) -> Color {
        blend(self.ink[0], self.ink[1], f64::from(value) / 255.0)
    }

    /// The colour of a pixel of weights: 0 is the most negative, 128 is zero (the background), 255 the most positive.
    pub(crate) fn signed(&self, value: u8) -> Color {
        let span = if value < 128 { 128.0 } else { 127.0 };
        self.shade((f64::from(value) - 128.0) / span)
    }

    /// The shade from −1, the most negative, over 0, paper, to 1; what is no number is paper.
    pub(crate) fn shade(&self, shade: f64) -> Color {
        let [negative, zero, positive] = self.signed;
        let strength = if shade.is_nan() { 0.0 } else { shade.abs().min(1.0) };
        blend(zero, if shade < 0.0 { negative } else { positive }, strength)
    }

    /// The colour of words on a filled place, light or dark.
    pub(crate) fn words_on(&self, fill: Color) -> Color {
        // Of black and white, one has 4.6:1 on any colour.
        let known = [self.text, self.background, rgb(0x000000), rgb(0xffffff)];
        known.into_iter().find(|&color| contrast(color, fill) >= 4.5).unwrap_or(self.text)
    }

    /// The colour of a surface at a height from 0, the lowest, to 1.
    pub(crate) fn at_height(&self, height: f64) -> Color {
        let last = self.height.len() - 1;
        let place = height.clamp(0.0, 1.0) * last as f64;
        let below = (place as usize).min(last - 1);
        blend(self.height[below], self.height[below + 1], place - below as f64)
    }
}

/// The contrast of two opaque colours, from 1 to 21, as WCAG 2.2 has it.
pub(crate) fn contrast(one: Color, other: Color) -> f64 {
    let linear = |channel: u8| {
        let value = f64::from(channel) / 255.0;
        if value <= 0.03928 { value / 12.92 } else { libm::pow((value + 0.055) / 1.055, 2.4) }
    };
    let luminance = |c: Color| 0.2126 * linear(c.0) + 0.7152 * linear(c.1) + 0.0722 * linear(c.2);
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

/// Lengths drawn and left out along the lines of series `index`, css px; empty is a solid line.
pub fn dash(index: u8) -> &'static [f64] {
    DASHES[usize::from(index) % SERIES]
}

/// The colour as CSS writes it, `#0b5fc0`, without its opacity.
pub fn css(color: Color) -> String {
    format!("#{:02x}{:02x}{:02x}", color.0, color.1, color.2)
}

/// The mixture of two colours: 0 is the first, 1 the second.
pub(crate) fn blend(from: Color, to: Color, share: f64) -> Color {
    let mix = |a: u8, b: u8| (f64::from(a) + (f64::from(b) - f64::from(a)) * share).round() as u8;
    RGBAColor(mix(from.0, to.0), mix(from.1, to.1), mix(from.2, to.2), from.3 + (to.3 - from.3) * share)
}

/// The colour with an opacity from 0 to 1.
pub(crate) const fn faded(color: Color, opacity: f64) -> Color {
    RGBAColor(color.0, color.1, color.2, opacity)
}

const fn rgb(hex: u32) -> Color {
    let [_, red, green, blue] = hex.to_be_bytes();
    RGBAColor(red, green, blue, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn series_and_words_can_be_told_from_the_background() {
        for theme in [&LIGHT, &DARK] {
            for color in theme.series {
                assert!(contrast(color, theme.background) >= 3.0, "{}", css(color));
                // Trajectories run over the deepest shade of a contour, too.
                assert!(contrast(color, theme.shade[0]) >= 2.3, "{} on the shade", css(color));
            }
            assert!(contrast(theme.text, theme.background) >= 7.0);
            assert!(contrast(theme.faint_text, theme.background) >= 4.5);
            assert!(contrast(theme.wrong, theme.background) >= 4.5);
        }
    }

    #[test]
    fn no_two_series_share_colour_or_dash() {
        for (index, other) in (0..SERIES as u8).flat_map(|i| (0..i).map(move |j| (i, j))) {
            assert_ne!(dash(index), dash(other));
            for theme in [&LIGHT, &DARK] {
                assert_ne!(css(theme.series(index)), css(theme.series(other)));
            }
        }
    }

    #[test]
    fn a_weight_of_zero_has_the_colour_of_the_background() {
        for theme in [&LIGHT, &DARK] {
            assert_eq!(css(theme.signed(128)), css(theme.background));
            assert_ne!(css(theme.signed(0)), css(theme.signed(255)));
        }
    }

    #[test]
    fn what_is_positive_is_blue_and_what_is_negative_is_orange() {
        for theme in [&LIGHT, &DARK] {
            let (negative, positive) = (theme.shade(-1.0), theme.shade(7.0));
            assert!(negative.0 > negative.2 && positive.2 > positive.0);
            assert_eq!(css(theme.signed(0)), css(negative));
            assert_eq!(css(theme.signed(255)), css(positive));
            assert_eq!(css(theme.shade(f64::NAN)), css(theme.background));
        }
    }

    #[test]
    fn words_can_be_read_on_every_shade() {
        for theme in [&LIGHT, &DARK] {
            for step in -20..=20 {
                let fill = theme.shade(f64::from(step) / 20.0);
                assert!(contrast(theme.words_on(fill), fill) >= 4.5, "{} {}", css(fill), step);
            }
        }
    }
}
