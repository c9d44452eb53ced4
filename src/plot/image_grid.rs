//! Small pictures side by side: digits, weights, filters.

use crate::chart::{Image, ImageGrid, Meaning};

use super::PlotError;
use super::brush::{Align, Brush, Point, Stroke};
use super::clip::Area;
use super::theme::{Color, SMALL, Theme};

/// Between tiles, css px.
const GAP: f64 = 6.0;
/// The height of a caption, css px.
const CAPTION: f64 = 16.0;
/// Captions wider than this are cut, css px.
const LONGEST: f64 = 96.0;

/// Where the tiles of an image grid lie, in css pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tiles {
    /// How many images there are.
    pub count: usize,
    /// How many stand side by side.
    pub columns: usize,
    /// The upper left corner of the first.
    pub left: f64,
    /// The upper left corner of the first.
    pub top: f64,
    /// Width and height of an image.
    pub size: (f64, f64),
    /// The distance from one image to the next, across and down.
    pub step: (f64, f64),
}

impl Tiles {
    /// The tiles within an area: in `columns`, or in as many as make them largest. Pixels are squares of whole device
    /// pixels wherever they are at least one. `words` is the width of the widest caption, 0 when there is none.
    fn new(grid: &ImageGrid, area: Area, columns: Option<usize>, ratio: f64, words: f64) -> Self {
        let count = grid.images.len();
        let (width, height) = (grid.width.max(1) as f64, grid.height.max(1) as f64);
        // Room for the frames of images at the border.
        let area = area.shrunk(3.0);
        // Gap, the room for a caption (width, height) and the least width of a tile that goes with them: where captions
        // would make the images too small or be cut themselves, the images have all the room.
        let caption = if words > 0.0 { (words.min(LONGEST), CAPTION) } else { (0.0, 0.0) };
        let spacings = [(GAP, caption, 24.0), (4.0, (0.0, 0.0), 7.0), (0.0, (0.0, 0.0), 0.0)];
        let all = spacings.map(|(gap, caption, least)| {
            let pixel = |columns: usize| {
                let rows = count.div_ceil(columns).max(1) as f64;
                let across = (area.width + gap) / columns as f64 - gap;
                let down = (area.height + gap) / rows - gap - caption.1;
                let pixel =
                    if across < caption.0 { 0.0 } else { (across / width).min(down / height).max(0.0) };
                if pixel * ratio >= 1.0 { (pixel * ratio).floor() / ratio } else { pixel }
            };
            let columns =
                columns.map_or_else(|| best(count, pixel), |columns| columns.clamp(1, count.max(1)));
            (gap, caption, columns, pixel(columns), pixel(columns) * width >= least)
        });
        let [.., bare] = all;
        let (gap, caption, columns, pixel, _) = all.into_iter().find(|spacing| spacing.4).unwrap_or(bare);
        let size = (pixel * width, pixel * height);
        let cell = size.0.max(caption.0);
        let step = (cell + gap, size.1 + caption.1 + gap);
        let free = area.width - (columns as f64 * step.0 - gap);
        let left = area.left + (free / 2.0).max(0.0) + (cell - size.0) / 2.0;
        Self { count, columns, left, top: area.top, size, step }
    }

    /// Where image `index` lies.
    pub fn tile(&self, index: usize) -> Area {
        let (row, column) = (index / self.columns, index % self.columns);
        let left = self.left + column as f64 * self.step.0;
        let top = self.top + row as f64 * self.step.1;
        Area { left, top, width: self.size.0, height: self.size.1 }
    }

    /// The image at a place, its caption included.
    pub fn index_at(&self, (x, y): Point) -> Option<usize> {
        let (column, row) = ((x - self.left) / self.step.0, (y - self.top) / self.step.1);
        let inside = column >= 0.0 && row >= 0.0 && column < self.columns as f64;
        let within = (x - self.left) - column.floor() * self.step.0 <= self.size.0;
        let index =
            (row.clamp(0.0, 1e9) as usize).checked_mul(self.columns)?.checked_add(column.max(0.0) as usize)?;
        (inside && within && index < self.count).then_some(index)
    }
}

/// The number of columns with the largest pixels: as few rows as that allows, and these as even as they can be.
fn best(count: usize, pixel: impl Fn(usize) -> f64) -> usize {
    let most = count.clamp(1, 4096);
    let largest = (1..=most).map(&pixel).fold(0.0, f64::max);
    let widest = (1..=most).rev().find(|&columns| pixel(columns) == largest).unwrap_or(1);
    let rows = count.div_ceil(widest).max(1);
    count.div_ceil(rows).max(1)
}

/// The height of `count` images of `size` pixels at a width in css px: in `columns`, or in as many as there is room for
/// when each is about `usual` css px wide.
pub(crate) fn height(
    count: usize,
    size: (f64, f64),
    width: f64,
    columns: Option<usize>,
    usual: f64,
    captioned: bool,
) -> f64 {
    let room = (width - 6.0).max(1.0);
    let pixel = (usual / size.0).floor().max(1.0).min(usual.max(1.0));
    let fitting = ((room + GAP) / (pixel * size.0 + GAP)).floor().max(1.0);
    let columns = columns.map_or(fitting, |columns| columns.max(1) as f64).min(count.max(1) as f64);
    // Not larger than usual: few images in a row keep their size.
    let pixel = pixel.min((room + GAP) / columns / size.0).max(0.0);
    let rows = (count as f64 / columns).ceil();
    let caption = if captioned { CAPTION } else { 0.0 };
    (rows * (pixel * size.1 + caption + GAP) + 6.0).ceil()
}

pub(crate) fn draw(brush: &Brush<'_>, grid: &ImageGrid, area: Area) -> Result<Tiles, PlotError> {
    let captions = grid.images.iter().map(|image| image.caption.in_language(brush.look.language));
    let words = captions.map(|words| brush.text_width(words, SMALL)).fold(0.0, f64::max);
    let tiles = Tiles::new(grid, area, brush.look.columns, brush.look.ratio, words);
    let hair = brush.hair();
    for (index, image) in grid.images.iter().enumerate() {
        let ratio = brush.look.ratio;
        // Whole device pixels, so that bitmaps stay sharp.
        let mut tile = tiles.tile(index);
        tile.left = (tile.left * ratio).round() / ratio;
        tile.top = (tile.top * ratio).round() / ratio;
        if brush.look.bitmaps {
            let (width, height) = ((tile.width * ratio).round() as u32, (tile.height * ratio).round() as u32);
            let rgb = resampled(grid, image, brush.theme, width, height);
            brush.bitmap((tile.left, tile.top), width, height, rgb)?;
        } else {
            rectangles(brush, grid, image, tile)?;
        }
        if image.key.is_some() && image.key == brush.look.highlight {
            let around = tile.shrunk(-3.0);
            brush.frame(around, Stroke { color: brush.theme.text, width: 2.4 })?;
        }
        if image.wrong {
            let stroke = Stroke { color: brush.theme.wrong, width: 2.0 };
            brush.frame(tile.shrunk(-1.5), stroke)?;
            cross(brush, tile)?;
        } else {
            brush.frame(tile.shrunk(-hair / 2.0), Stroke { color: brush.theme.axis, width: hair })?;
        }
        let caption = image.caption.in_language(brush.look.language);
        if !caption.is_empty() && tiles.step.1 - tiles.size.1 >= CAPTION {
            let words = brush.fitted(caption, SMALL, tiles.step.0 - 2.0);
            let at = (tile.left + tile.width / 2.0, tile.bottom() + CAPTION * 0.55 + 1.0);
            let color = if image.wrong { brush.theme.wrong } else { brush.theme.faint_text };
            brush.text(&words, at, Align::Center, SMALL, color)?;
        }
    }
    Ok(tiles)
}

/// A cross on a small plate in the upper right corner: wrong is told by more than a colour.
pub(crate) fn cross(brush: &Brush<'_>, tile: Area) -> Result<(), PlotError> {
    let size = (tile.width * 0.3).clamp(7.0, 13.0);
    let (right, top) = (tile.right() + 2.5, tile.top - 2.5);
    brush.rectangle(Area { left: right - size, top, width: size, height: size }, brush.theme.wrong)?;
    let (low, high) = (size * 0.28, size * 0.72);
    let stroke = Stroke { color: brush.theme.background, width: 1.5 };
    brush.path(&[(right - high, top + low), (right - low, top + high)], stroke)?;
    brush.path(&[(right - high, top + high), (right - low, top + low)], stroke)
}

/// Neighbouring pixels of one colour as one rectangle.
fn rectangles(brush: &Brush<'_>, grid: &ImageGrid, image: &Image, tile: Area) -> Result<(), PlotError> {
    let blank = if grid.meaning == Meaning::Ink { 0 } else { 128 };
    brush.rectangle(tile, color(grid.meaning, brush.theme, blank))?;
    let (across, down) = (tile.width / grid.width.max(1) as f64, tile.height / grid.height.max(1) as f64);
    for (row, pixels) in image.pixels.chunks(grid.width.max(1)).take(grid.height).enumerate() {
        let mut column = 0;
        for run in pixels.chunk_by(|one, other| one == other) {
            let left = tile.left + column as f64 * across;
            let place = Area {
                left,
                top: tile.top + row as f64 * down,
                width: run.len() as f64 * across,
                height: down,
            };
            if run[0] != blank {
                brush.rectangle(place, color(grid.meaning, brush.theme, run[0]))?;
            }
            column += run.len();
        }
    }
    Ok(())
}

/// The image in another size, three bytes a pixel: squares when larger, means when smaller.
fn resampled(grid: &ImageGrid, image: &Image, theme: &Theme, width: u32, height: u32) -> Vec<u8> {
    // The pixels of the image, along one axis, that lie under each pixel of the result.
    let spans = |count: usize, size: u32| -> Vec<(usize, usize)> {
        let of = |place: u32| (u64::from(place) * count as u64 / u64::from(size.max(1))) as usize;
        (0..size).map(|place| (of(place), of(place + 1).max(of(place) + 1))).collect()
    };
    let (columns, rows) = (spans(grid.width, width), spans(grid.height, height));
    let table: Vec<Color> = (0..=255).map(|value| color(grid.meaning, theme, value)).collect();
    let mut rgb = Vec::with_capacity(columns.len() * rows.len() * 3);
    for &(top, bottom) in &rows {
        for &(left, right) in &columns {
            let covered =
                (top..bottom).flat_map(|row| (left..right).map(move |column| row * grid.width + column));
            let (mut sum, mut count) = (0u32, 0u32);
            for index in covered {
                sum += u32::from(image.pixels.get(index).copied().unwrap_or_default());
                count += 1;
            }
            let color = table[(sum / count.max(1)) as usize];
            rgb.extend([color.0, color.1, color.2]);
        }
    }
    rgb
}

/// Image `index`, unscaled, four bytes (red, green, blue, opacity) a pixel. `None` when there is no such image.
pub fn rgba(grid: &ImageGrid, index: usize, theme: &Theme) -> Option<Vec<u8>> {
    let image = grid.images.get(index)?;
    let pixels =
        (0..grid.width.checked_mul(grid.height)?).map(|at| image.pixels.get(at).copied().unwrap_or_default());
    Some(
        pixels
            .flat_map(|value| {
                let c = color(grid.meaning, theme, value);
                [c.0, c.1, c.2, 255]
            })
            .collect(),
    )
}

fn color(meaning: Meaning, theme: &Theme, value: u8) -> Color {
    match meaning {
        Meaning::Ink => theme.ink(value),
        Meaning::Signed => theme.signed(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Text;

    fn grid(count: usize, caption: &'static str) -> ImageGrid {
        let image =
            Image { pixels: vec![200; 28 * 28], caption: Text::same(caption), wrong: false, key: None };
        ImageGrid { width: 28, height: 28, meaning: Meaning::Ink, images: vec![image; count] }
    }

    const AREA: Area = Area { left: 0.0, top: 0.0, width: 360.0, height: 300.0 };

    #[test]
    fn every_tile_lies_inside_and_is_found_again() {
        for count in [0, 1, 2, 10, 50, 100, 1000] {
            for columns in [None, Some(1), Some(10), Some(99)] {
                let tiles = Tiles::new(&grid(count, "7"), AREA, columns, 2.0, 7.0);
                for index in 0..count {
                    let tile = tiles.tile(index);
                    assert!(tile.right() <= AREA.right() + 1e-6 && tile.bottom() <= AREA.bottom() + 1e-6);
                    if tile.width > 1.0 {
                        let middle = (tile.left + tile.width / 2.0, tile.top + tile.height / 2.0);
                        assert_eq!(tiles.index_at(middle), Some(index));
                    }
                }
                assert_eq!(tiles.index_at((-5.0, 10.0)), None);
                assert_eq!(tiles.index_at((10.0, 1e12)), None);
            }
        }
    }

    #[test]
    fn pixels_are_whole_device_pixels() {
        let tiles = Tiles::new(&grid(7, ""), AREA, None, 1.5, 0.0);
        assert_eq!((tiles.size.0 / 28.0 * 1.5).fract(), 0.0);
    }

    #[test]
    fn a_short_image_is_filled_up() {
        let mut short = grid(1, "");
        short.images[0].pixels.truncate(10);
        assert_eq!(rgba(&short, 0, Theme::of(false)).unwrap().len(), 28 * 28 * 4);
        assert_eq!(resampled(&short, &short.images[0], Theme::of(true), 14, 14).len(), 14 * 14 * 3);
        assert_eq!(rgba(&short, 1, Theme::of(false)), None);
    }
}
