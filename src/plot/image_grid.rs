//! Small pictures side by side: digits, weights, filters.

use crate::chart::{Foot, Image, ImageGrid};
use crate::text::Language;

use super::PlotError;
use super::brush::{Align, Brush, Point, Stroke};
use super::clip::Area;
use super::pixels::{self, Pixels};
use super::theme::{SMALL, Theme, blend};

/// Between tiles, css px.
const GAP: f64 = 6.0;
/// The height of a caption, css px.
const CAPTION: f64 = 16.0;
/// The height of a bar and of the gap above it, css px.
const BAR: f64 = 5.0;
/// Pixels become squares of whole device pixels where these are at least this share of what there is room for.
const WHOLE: f64 = 0.85;
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
    /// The tiles within an area: in `columns`, or in as many as make them largest. Tiles are whole device pixels wide and
    /// tall, and so are their pixels where that makes them hardly smaller. `words` is the width of the widest caption, 0 when there is none.
    fn new(grid: &ImageGrid, area: Area, columns: Option<usize>, ratio: f64, words: f64) -> Self {
        let count = grid.images.len();
        let (width, height) = (grid.width.max(1) as f64, grid.height.max(1) as f64);
        // Room for the frames of images at the border.
        let area = area.shrunk(3.0);
        // Gap, the room for a caption (width, height) and the least width of a tile that goes with them: where captions
        // would make the images too small or be cut themselves, the images have all the room.
        let spacings = match grid.foot {
            Foot::Captions => {
                let caption = if words > 0.0 { (words.min(LONGEST), CAPTION) } else { (0.0, 0.0) };
                [(GAP, caption, 24.0), (4.0, (0.0, 0.0), 7.0), (0.0, (0.0, 0.0), 0.0)]
            }
            Foot::Levels => [(5.0, (0.0, BAR), 12.0), (3.0, (0.0, 0.0), 7.0), (0.0, (0.0, 0.0), 0.0)],
        };
        let all = spacings.map(|(gap, caption, least)| {
            let pixel = |columns: usize| {
                let rows = count.div_ceil(columns).max(1) as f64;
                let across = (area.width + gap) / columns as f64 - gap;
                let down = (area.height + gap) / rows - gap - caption.1;
                let pixel =
                    if across < caption.0 { 0.0 } else { (across / width).min(down / height).max(0.0) };
                let (device, whole) = (pixel * ratio, (pixel * ratio).floor());
                if device < 1.0 {
                    pixel
                } else if whole >= WHOLE * device {
                    whole / ratio
                } else {
                    (device * width).floor() / width / ratio
                }
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

/// The height of what stands below an image, css px.
pub(crate) fn foot(grid: &ImageGrid, language: Language) -> f64 {
    let captioned = || grid.images.iter().any(|image| !image.caption.in_language(language).is_empty());
    match grid.foot {
        Foot::Captions if captioned() => CAPTION,
        Foot::Captions => 0.0,
        Foot::Levels => BAR,
    }
}

/// The height of `count` images of `size` pixels at a width in css px: in `columns`, or in as many as there is room for
/// when each is about `usual` css px wide, with `foot` css px below each.
pub(crate) fn height(
    count: usize,
    size: (f64, f64),
    width: f64,
    columns: Option<usize>,
    usual: f64,
    foot: f64,
) -> f64 {
    let room = (width - 6.0).max(1.0);
    let pixel = (usual / size.0).floor().max(1.0).min(usual.max(1.0));
    let fitting = ((room + GAP) / (pixel * size.0 + GAP)).floor().max(1.0);
    let columns = columns.map_or(fitting, |columns| columns.max(1) as f64).min(count.max(1) as f64);
    // Not larger than usual: few images in a row keep their size.
    let pixel = pixel.min((room + GAP) / columns / size.0).max(0.0);
    let rows = (count as f64 / columns).ceil();
    (rows * (pixel * size.1 + foot + GAP) + 6.0).ceil()
}

pub(crate) fn draw(brush: &Brush<'_>, grid: &ImageGrid, area: Area) -> Result<Tiles, PlotError> {
    let captioned = grid.foot == Foot::Captions;
    let captions = grid.images.iter().filter(|_| captioned);
    let captions = captions.map(|image| image.caption.in_language(brush.look.language));
    let words = captions.map(|words| brush.text_width(words, SMALL)).fold(0.0, f64::max);
    let tiles = Tiles::new(grid, area, brush.look.columns, brush.look.ratio, words);
    let hair = brush.hair();
    for (index, image) in grid.images.iter().enumerate() {
        let ratio = brush.look.ratio;
        // Whole device pixels, so that bitmaps stay sharp.
        let mut tile = tiles.tile(index);
        tile.left = (tile.left * ratio).round() / ratio;
        tile.top = (tile.top * ratio).round() / ratio;
        pixels_of(grid, image).draw(brush, tile)?;
        if image.hatched {
            hatch(brush, tile)?;
        }
        if let Some(level) = image.level.filter(|_| tiles.step.1 - tiles.size.1 >= BAR && !captioned) {
            bar(brush, tile, level)?;
        }
        if image.key.is_some() && image.key == brush.look.highlight {
            let around = tile.shrunk(-3.0);
            brush.frame(around, Stroke { color: brush.theme.text, width: 2.4 })?;
        }
        if image.wrong {
            let stroke = Stroke { color: brush.theme.wrong, width: 2.0 };
            brush.frame(tile.shrunk(-1.5), stroke)?;
            cross(brush, tile)?;
        } else if image.shade != 0.0 && !image.shade.is_nan() {
            let strength = 0.4 + 0.6 * image.shade.abs().min(1.0);
            let color = blend(brush.theme.axis, brush.theme.shade(image.shade.signum()), strength);
            brush.frame(tile.shrunk(-1.0), Stroke { color, width: 2.0 })?;
        } else {
            let color = if image.level.is_some() { brush.theme.grid } else { brush.theme.axis };
            brush.frame(tile.shrunk(-hair / 2.0), Stroke { color, width: hair })?;
        }
        let caption = image.caption.in_language(brush.look.language);
        if captioned && !caption.is_empty() && tiles.step.1 - tiles.size.1 >= CAPTION {
            let words = brush.fitted(caption, SMALL, tiles.step.0 - 2.0);
            let at = (tile.left + tile.width / 2.0, tile.bottom() + CAPTION * 0.55 + 1.0);
            let color = if image.wrong { brush.theme.wrong } else { brush.theme.faint_text };
            brush.text(&words, at, Align::Center, SMALL, color)?;
        }
    }
    Ok(tiles)
}

fn pixels_of<'a>(grid: &ImageGrid, image: &'a Image) -> Pixels<'a> {
    let ImageGrid { width, height, meaning, .. } = *grid;
    Pixels { width, height, meaning, values: &image.pixels, level: image.level }
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

/// Lines across a tile from its lower left to its upper right: out of order is told by more than a colour.
fn hatch(brush: &Brush<'_>, tile: Area) -> Result<(), PlotError> {
    let gap = (tile.width / 4.0).clamp(3.0, 9.0);
    let stroke = Stroke { color: brush.theme.faint_text, width: 1.2 };
    let (wide, high) = (tile.width, tile.height);
    // Each line is x + y = sum, seen from the tile's corner.
    let sums = (1..).map(|line| (f64::from(line) - 0.5) * gap).take_while(|&sum| sum < wide + high);
    for sum in sums {
        let (low, up) = ((sum - high).max(0.0), sum.min(wide));
        let at = |x: f64| (tile.left + x, tile.top + sum - x);
        brush.path(&[at(low), at(up)], stroke)?;
    }
    Ok(())
}

/// Image `index`, unscaled, four bytes (red, green, blue, opacity) a pixel. `None` when there is no such image.
pub fn rgba(grid: &ImageGrid, index: usize, theme: &Theme) -> Option<Vec<u8>> {
    let image = grid.images.get(index)?;
    let pixels =
        (0..grid.width.checked_mul(grid.height)?).map(|at| image.pixels.get(at).copied().unwrap_or_default());
    Some(
        pixels
            .flat_map(|value| {
                let c = pixels::color(grid.meaning, theme, value);
                [c.0, c.1, c.2, 255]
            })
            .collect(),
    )
}

/// A bar below a tile, as long as the level is high.
fn bar(brush: &Brush<'_>, tile: Area, level: f64) -> Result<(), PlotError> {
    let share = if level.is_nan() { 0.0 } else { level.abs().min(1.0) };
    let place = Area { top: tile.bottom() + 2.0, height: BAR - 2.0, ..tile };
    brush.rectangle(place, brush.theme.grid)?;
    let filled = Area { width: place.width * share, ..place };
    if share > 0.0 { brush.rectangle(filled, brush.theme.shade(level.signum())) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::Meaning;
    use crate::text::Text;

    fn grid(count: usize, caption: &'static str) -> ImageGrid {
        let image = Image { pixels: vec![200; 28 * 28], caption: Text::same(caption), ..Image::default() };
        let foot = Foot::Captions;
        ImageGrid { width: 28, height: 28, meaning: Meaning::Ink, foot, images: vec![image; count] }
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
    fn tiles_are_whole_device_pixels_and_their_pixels_too_where_that_costs_little() {
        let whole = |length: f64| (length - length.round()).abs() < 1e-9;
        for ratio in [1.0, 1.5, 2.0] {
            for width in (60..800).step_by(7) {
                let area = Area { width: f64::from(width), ..AREA };
                let size = |count| Tiles::new(&grid(count, ""), area, Some(count), ratio, 0.0).size.0 * ratio;
                let free = ((f64::from(width) - 6.0 + GAP) - GAP).min(294.0) * ratio;
                let (side, whole_pixels) = (size(1), whole(size(1) / 28.0));
                assert!(side < 28.0 || whole(side), "{ratio} {width}: {side}");
                assert!(side >= WHOLE * free - 1.0, "{ratio} {width}: {side} of {free}");
                let squares = (free / 28.0).floor() * 28.0;
                assert!(whole_pixels || squares < WHOLE * free, "{ratio} {width}: {side} of {free}");
            }
        }
    }

    #[test]
    fn a_short_image_is_filled_up() {
        let mut short = grid(1, "");
        short.images[0].pixels.truncate(10);
        assert_eq!(rgba(&short, 0, Theme::of(false)).unwrap().len(), 28 * 28 * 4);
        assert_eq!(rgba(&short, 1, Theme::of(false)), None);
    }
}
