//! The pixels of a small picture: as a bitmap where the backend shows one, else as rectangles.

use crate::chart::Meaning;

use super::PlotError;
use super::brush::Brush;
use super::clip::Area;
use super::theme::{Color, Theme, blend};

/// The share of its colours that a picture at rest keeps.
const AT_REST: f64 = 0.22;

/// The pixels of a small picture.
#[derive(Clone, Copy)]
pub(crate) struct Pixels<'a> {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) meaning: Meaning,
    /// The top row first; what is missing counts as 0.
    pub(crate) values: &'a [u8],
    /// How strongly it is at work, −1 to 1; none shows it as it is.
    pub(crate) level: Option<f64>,
}

impl Pixels<'_> {
    /// Fills a place with the picture. The place's upper left corner should lie on a whole device pixel, so that bitmaps
    /// stay sharp.
    pub(crate) fn draw(&self, brush: &Brush<'_>, place: Area) -> Result<(), PlotError> {
        if !brush.look.bitmaps {
            return self.rectangles(brush, place);
        }
        let ratio = brush.look.ratio;
        let (width, height) = ((place.width * ratio).round() as u32, (place.height * ratio).round() as u32);
        brush.bitmap((place.left, place.top), width, height, self.resampled(brush.theme, width, height))
    }

    /// The colour of a value, paler the less the picture is at work.
    fn color(&self, theme: &Theme, value: u8) -> Color {
        let full = color(self.meaning, theme, value);
        let Some(level) = self.level else { return full };
        let strength = if level.is_nan() { 0.0 } else { level.abs().min(1.0) };
        blend(theme.background, full, AT_REST + (1.0 - AT_REST) * strength)
    }

    /// Neighbouring pixels of one colour as one rectangle.
    fn rectangles(&self, brush: &Brush<'_>, place: Area) -> Result<(), PlotError> {
        let blank = if self.meaning == Meaning::Ink { 0 } else { 128 };
        brush.rectangle(place, self.color(brush.theme, blank))?;
        let (across, down) =
            (place.width / self.width.max(1) as f64, place.height / self.height.max(1) as f64);
        for (row, pixels) in self.values.chunks(self.width.max(1)).take(self.height).enumerate() {
            let mut column = 0;
            for run in pixels.chunk_by(|one, other| one == other) {
                let left = place.left + column as f64 * across;
                let top = place.top + row as f64 * down;
                let part = Area { left, top, width: run.len() as f64 * across, height: down };
                if run[0] != blank {
                    brush.rectangle(part, self.color(brush.theme, run[0]))?;
                }
                column += run.len();
            }
        }
        Ok(())
    }

    /// The picture in another size, three bytes a pixel: squares when it is a whole number of times larger, else smooth
    /// when larger, and means when smaller.
    pub(crate) fn resampled(&self, theme: &Theme, width: u32, height: u32) -> Vec<u8> {
        let is_uneven = |size: u32, count: usize| {
            let (size, count) = (size as usize, count.max(1));
            size > count && !size.is_multiple_of(count)
        };
        if is_uneven(width, self.width) && is_uneven(height, self.height) {
            return self.smooth(theme, width, height);
        }
        // The pixels of the picture, along one axis, that lie under each pixel of the result.
        let spans = |count: usize, size: u32| -> Vec<(usize, usize)> {
            let of = |place: u32| (u64::from(place) * count as u64 / u64::from(size.max(1))) as usize;
            (0..size).map(|place| (of(place), of(place + 1).max(of(place) + 1))).collect()
        };
        let (columns, rows) = (spans(self.width, width), spans(self.height, height));
        let (values, across, table) = (&self.whole()[..], self.width.max(1), &self.colors(theme)[..]);
        let length = columns.len() * 3;
        let mut rgb = vec![0; rows.len() * length];
        let mut done: Option<(usize, usize)> = None;
        for (line, &(top, bottom)) in rows.iter().enumerate() {
            let (before, own) = rgb.split_at_mut(line * length);
            if done == Some((top, bottom)) {
                own[..length].copy_from_slice(&before[before.len() - length..]);
                continue;
            }
            done = Some((top, bottom));
            let mut at = 0;
            for &(left, right) in &columns {
                let (mut sum, mut count) = (0u32, 0u32);
                for row in top..bottom {
                    for column in left..right {
                        sum += u32::from(values[row * across + column]);
                        count += 1;
                    }
                }
                put(own, at, table[(sum / count) as usize]);
                at += 3;
            }
        }
        rgb
    }

    /// Each value between those of its four neighbours: squares would differ in size.
    fn smooth(&self, theme: &Theme, width: u32, height: u32) -> Vec<u8> {
        // Along one axis, the two neighbours of each pixel and how much of 256 the second counts.
        let neighbours = |count: usize, size: u32| -> Vec<(usize, usize, u32)> {
            let last = count.saturating_sub(1);
            let of = |place: u32| {
                let at = ((f64::from(place) + 0.5) * count as f64 / f64::from(size.max(1)) - 0.5).max(0.0);
                let first = (at as usize).min(last);
                (first, (first + 1).min(last), ((at - first as f64) * 256.0) as u32)
            };
            (0..size).map(of).collect()
        };
        let (columns, rows) = (neighbours(self.width, width), neighbours(self.height, height));
        let (values, across, table) = (&self.whole()[..], self.width.max(1), &self.colors(theme)[..]);
        let mut rgb = vec![0; columns.len() * rows.len() * 3];
        // Two rows of the picture mixed, then two of its pixels.
        let line = &mut vec![0; across][..];
        let mut at = 0;
        for &(top, bottom, lower) in &rows {
            let (above, below) = (&values[top * across..][..across], &values[bottom * across..][..across]);
            for column in 0..across {
                line[column] = u32::from(above[column]) * (256 - lower) + u32::from(below[column]) * lower;
            }
            for &(left, right, later) in &columns {
                let mixed = line[left] * (256 - later) + line[right] * later;
                put(&mut rgb, at, table[((mixed + (1 << 15)) >> 16).min(255) as usize]);
                at += 3;
            }
        }
        rgb
    }

    /// The values, as many as there should be.
    fn whole(&self) -> Vec<u8> {
        let mut values = self.values.to_vec();
        values.resize(self.width.max(1) * self.height.max(1), 0);
        values
    }

    /// The colour of every value there is.
    fn colors(&self, theme: &Theme) -> Vec<Color> {
        (0..=255).map(|value| self.color(theme, value)).collect()
    }
}

/// Writes a pixel. Plain indices here and around, for the page's labs are compiled for size: iterators would be calls.
#[inline(always)]
fn put(rgb: &mut [u8], at: usize, color: Color) {
    let to = &mut rgb[at..at + 3];
    to[0] = color.0;
    to[1] = color.1;
    to[2] = color.2;
}

/// The colour of a value.
pub(crate) fn color(meaning: Meaning, theme: &Theme, value: u8) -> Color {
    match meaning {
        Meaning::Ink => theme.ink(value),
        Meaning::Signed => theme.signed(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_larger_picture_has_squares_or_is_smooth_and_never_leaves_its_colours() {
        let theme = Theme::of(false);
        let values: Vec<u8> = (0..16).map(|at| if at % 4 < 2 { 0 } else { 255 }).collect();
        let pixels = Pixels { width: 4, height: 4, meaning: Meaning::Ink, values: &values, level: None };
        let row = |size: u32| -> Vec<u8> {
            pixels.resampled(theme, size, size)[..3 * size as usize].iter().step_by(3).copied().collect()
        };
        let (blank, ink) = (theme.ink(0).0, theme.ink(255).0);
        assert_eq!(row(8), [blank, blank, blank, blank, ink, ink, ink, ink]);
        let smooth = row(10);
        assert!(smooth.is_sorted_by(|one, other| one >= other), "{smooth:?}");
        assert_eq!((smooth[0], smooth[9]), (blank, ink));
        assert!(smooth.iter().any(|&shade| shade != blank && shade != ink), "{smooth:?}");
    }

    #[test]
    fn a_pixel_is_the_mean_of_those_it_covers_whatever_the_sizes() {
        let theme = Theme::of(false);
        let table: Vec<Color> = (0..=255).map(|value| theme.ink(value)).collect();
        for (width, height, count) in [(3, 2, 6), (4, 4, 9), (1, 5, 5), (0, 3, 2), (5, 0, 0), (28, 28, 784)] {
            let values: Vec<u8> = (0..count).map(|at| (at * 37 % 256) as u8).collect();
            let pixels = Pixels { width, height, meaning: Meaning::Ink, values: &values, level: None };
            for (across, down) in [(0, 4), (4, 0), (1, 1), (2, 3), (6, 4), (7, 5), (12, 8), (9, 13), (56, 84)]
            {
                let found = pixels.resampled(theme, across, down);
                assert_eq!(found.len(), (across * down * 3) as usize, "{width}×{height} as {across}×{down}");
                // As many times as large, or a part of it: squares, or means of whole blocks.
                let fits = |size: u32, count: usize| count > 0 && (size as usize).is_multiple_of(count);
                if !fits(across, width) || !fits(down, height) || down == 0 || across == 0 {
                    continue;
                }
                let (wide, high) = (across as usize / width, down as usize / height);
                for (at, shown) in found.chunks(3).enumerate() {
                    let (row, column) = (at / across as usize / high, at % across as usize / wide);
                    let value = values.get(row * width + column).copied().unwrap_or_default();
                    let color = table[usize::from(value)];
                    assert_eq!(shown, [color.0, color.1, color.2], "{width}×{height} as {across}×{down}");
                }
            }
        }
    }

    #[test]
    fn a_short_picture_is_filled_up_and_a_resting_one_is_paler() {
        let theme = Theme::of(false);
        let mut pixels =
            Pixels { width: 28, height: 28, meaning: Meaning::Ink, values: &[200; 10], level: None };
        assert_eq!(pixels.resampled(Theme::of(true), 14, 14).len(), 14 * 14 * 3);
        let darkness = |pixels: &Pixels<'_>| 255 - pixels.color(theme, 200).0;
        let shown = [None, Some(1.0), Some(-1.0), Some(0.4), Some(0.0), Some(f64::NAN)].map(|level| {
            pixels.level = level;
            darkness(&pixels)
        });
        assert!(shown[0] == shown[1] && shown[1] == shown[2], "{shown:?}");
        assert!(shown[2] > shown[3] && shown[3] > shown[4] && shown[4] == shown[5], "{shown:?}");
        assert!(shown[4] > 0, "never gone: {shown:?}");
    }
}
