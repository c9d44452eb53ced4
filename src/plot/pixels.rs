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

    /// The picture in another size, three bytes a pixel: squares when larger, means when smaller.
    pub(crate) fn resampled(&self, theme: &Theme, width: u32, height: u32) -> Vec<u8> {
        // The pixels of the picture, along one axis, that lie under each pixel of the result.
        let spans = |count: usize, size: u32| -> Vec<(usize, usize)> {
            let of = |place: u32| (u64::from(place) * count as u64 / u64::from(size.max(1))) as usize;
            (0..size).map(|place| (of(place), of(place + 1).max(of(place) + 1))).collect()
        };
        let (columns, rows) = (spans(self.width, width), spans(self.height, height));
        let table: Vec<Color> = (0..=255).map(|value| self.color(theme, value)).collect();
        let mut rgb = Vec::with_capacity(columns.len() * rows.len() * 3);
        for &(top, bottom) in &rows {
            for &(left, right) in &columns {
                let covered =
                    (top..bottom).flat_map(|row| (left..right).map(move |column| row * self.width + column));
                let (mut sum, mut count) = (0u32, 0u32);
                for index in covered {
                    sum += u32::from(self.values.get(index).copied().unwrap_or_default());
                    count += 1;
                }
                let color = table[(sum / count.max(1)) as usize];
                rgb.extend([color.0, color.1, color.2]);
            }
        }
        rgb
    }
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
