//! Where the cells of a matrix and its names lie.

use crate::chart::Matrix;
use crate::text::{Language, Text};

use super::super::brush::Point;
use super::super::clip::Area;
use super::super::letters;
use super::super::theme::SMALL;

/// Cells are no wider and no higher than this, css px.
pub(crate) const LARGEST: f64 = 56.0;
/// Cells are this wide at most where their words would not fit otherwise, css px.
const WIDEST: f64 = 2.0 * LARGEST;
/// Cells of tall matrices are no larger than lets all rows have this height, css px, but no smaller for it than
/// [`LEAST_OF_TALL`].
const TALL: f64 = 560.0;
/// The size that cells keep however many rows there are, where the width allows it, css px.
const LEAST_OF_TALL: f64 = 22.0;
/// Room for frames around cells at the border, css px.
const MARGIN: f64 = 3.0;
/// The height of a line of names, css px.
const LINE: f64 = 16.0;
/// Between row names and cells, css px.
pub(crate) const GAP: f64 = 6.0;
/// The smallest words in cells, css px.
const SMALLEST: f64 = 9.0;
/// The largest words in cells, css px.
const LARGE: f64 = 14.0;

/// Where the cells of a matrix lie, in css pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cells {
    /// How many columns there are.
    pub columns: usize,
    /// How many rows there are.
    pub rows: usize,
    /// The upper left corner of the first cell.
    pub left: f64,
    /// The upper left corner of the first cell.
    pub top: f64,
    /// Width and height of a cell.
    pub size: (f64, f64),
}

impl Cells {
    /// All cells together.
    pub fn area(&self) -> Area {
        self.block(0, 0, self.rows, self.columns)
    }

    /// One cell.
    pub fn cell(&self, row: usize, column: usize) -> Area {
        self.block(row, column, 1, 1)
    }

    /// Several rows and columns of cells; those beyond the last are left out.
    pub(crate) fn block(&self, row: usize, column: usize, rows: usize, columns: usize) -> Area {
        let span = |first: usize, count: usize, most: usize| {
            let first = first.min(most);
            (first as f64, count.min(most - first) as f64)
        };
        let ((row, rows), (column, columns)) =
            (span(row, rows, self.rows), span(column, columns, self.columns));
        Area {
            left: self.left + column * self.size.0,
            top: self.top + row * self.size.1,
            width: columns * self.size.0,
            height: rows * self.size.1,
        }
    }

    /// Row and column of the cell at a place.
    pub fn at(&self, place: Point) -> Option<(usize, usize)> {
        let (across, down) = ((place.0 - self.left) / self.size.0, (place.1 - self.top) / self.size.1);
        let inside = across >= 0.0 && down >= 0.0 && across < self.columns as f64 && down < self.rows as f64;
        inside.then_some((down as usize, across as usize))
    }

    /// The middle of the cell in a row and a column. `None` where there is no such cell.
    pub fn middle(&self, row: f64, column: f64) -> Option<Point> {
        let known = |at: f64, count: usize| at >= 0.0 && at < count as f64;
        let middle = |at: f64, first: f64, size: f64| first + (at + 0.5) * size;
        (known(row, self.rows) && known(column, self.columns))
            .then(|| (middle(column, self.left, self.size.0), middle(row, self.top, self.size.1)))
    }
}

/// A matrix laid out.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Layout {
    pub(crate) cells: Cells,
    /// The size of the words in cells, css px. `None` where they do not fit.
    pub(crate) words: Option<f64>,
    /// The room for row names, css px; the names end at the cells.
    pub(crate) row_names: f64,
    /// Every how many rows there is a name.
    pub(crate) row_stride: usize,
    /// Every how many columns there is a name.
    pub(crate) column_stride: usize,
    /// The room for a column name, css px.
    pub(crate) column_room: f64,
    /// Where the words of the corner begin, the height of their middle, and the room for them.
    pub(crate) corner: Option<(Point, f64)>,
    /// The height of the middle of column names. `None` where there is no room for them.
    pub(crate) column_names: Option<f64>,
}

/// Rows and columns; a last row may be incomplete.
pub(crate) fn shape(matrix: &Matrix) -> (usize, usize) {
    let columns = matrix.columns.clamp(1, matrix.cells.len().max(1));
    (matrix.cells.len().div_ceil(columns), columns)
}

/// The most that cells of so many rows measure, css px.
fn largest(rows: usize) -> f64 {
    (TALL / rows.max(1) as f64).clamp(LEAST_OF_TALL, LARGEST)
}

/// What the names take of a picture's width and height, css px.
struct Heads {
    left: f64,
    top: f64,
    corner_line: bool,
    columns_line: bool,
}

fn heads(matrix: &Matrix, language: Language, room: (f64, f64), measure: &dyn Fn(&str, f64) -> f64) -> Heads {
    let (rows, columns) = shape(matrix);
    let wide = |words: &Text| measure(words.in_language(language), SMALL);
    let names = matrix.row_names.iter().take(rows).map(wide).fold(0.0, f64::max);
    let corner = wide(&matrix.corner);
    let most = 0.35 * room.0;
    // The corner stands over the row names where it is hardly wider than they are, else on a line of its own.
    let beside = names > 0.0 && corner <= names + 24.0 && corner + GAP <= most;
    let widest = if beside { names.max(corner) } else { names };
    let left = if widest > 0.0 { (widest + GAP).min(most) } else { 0.0 };
    let columns_line = matrix.column_names.iter().any(|name| !name.in_language(language).is_empty());
    let corner_line = corner > 0.0 && !(beside && columns_line);
    let top = LINE * (f64::from(u8::from(columns_line)) + f64::from(u8::from(corner_line)));
    // In a picture that is hardly higher than the names, the cells have all the room.
    let cells = ((room.0 - left) / columns as f64).clamp(0.0, largest(rows)) * rows as f64;
    let enough = room.1 - top >= 0.6 * cells.min(room.1) - 1e-9;
    Heads {
        left,
        top: if enough { top } else { 0.0 },
        corner_line: corner_line && enough,
        columns_line: columns_line && enough,
    }
}

/// Lays a matrix out in the middle of an area. `measure` gives the width of words of a size, both in css px.
pub(crate) fn layout(
    matrix: &Matrix,
    area: Area,
    ratio: f64,
    language: Language,
    measure: &dyn Fn(&str, f64) -> f64,
) -> Layout {
    let area = area.shrunk(MARGIN.min(area.width.min(area.height) / 4.0).max(0.0));
    let (rows, columns) = shape(matrix);
    let heads = heads(matrix, language, (area.width, area.height), measure);
    let room = ((area.width - heads.left).max(0.0), (area.height - heads.top).max(0.0));
    let most = (room.0 / columns as f64).min(largest(rows));
    let side = most.min(room.1 / rows.max(1) as f64);
    // Long words, such as numbers with many digits, get wider cells rather than none, or than being hard to read.
    let wider = (room.0 / columns as f64).min(WIDEST);
    let [square, wider] = [most, wider].map(|width| word_size(matrix, (width, side), measure));
    let words = square.filter(|&(size, _)| size >= SMALL).or(wider).or(square);
    let wide = |name: &Text| measure(name.in_language(language), SMALL);
    let widest = matrix.column_names.iter().take(columns).map(wide).fold(0.0, f64::max);
    // Cells are squares, but wider where words in them, and names above these, ask for it.
    let wide = words.map_or(side, |(_, needed)| needed.max((widest + 6.0).min(most)).max(side));
    // Whole device pixels, so that lines are sharp and no cell looks larger than another.
    let whole = |length: f64| if length * ratio >= 1.0 { (length * ratio).floor() / ratio } else { length };
    let size = (whole(wide), whole(side));
    let free = |room: f64, count: usize, size: f64| ((room - count as f64 * size) / 2.0).max(0.0);
    let snapped = |at: f64, size: f64| {
        if size * ratio >= 1.0 { (at * ratio).round() / ratio } else { at }
    };
    let left = snapped(area.left + heads.left + free(room.0, columns, size.0), size.0);
    let top = snapped(area.top + heads.top + free(room.1, rows, size.1), size.1);

    let stride = |needed: f64, size: f64| (needed / size.max(1e-3)).ceil().clamp(1.0, 1e6) as usize;
    // Names too wide for their column are cut if enough of them is left, else left out.
    let column_stride = if size.0 >= 3.0 * SMALL { 1 } else { stride(widest + 4.0, size.0) };
    let corner_line = if heads.corner_line { LINE } else { 0.0 };
    let corner = if heads.corner_line {
        let begin = left - heads.left;
        Some(((begin, top - heads.top + LINE / 2.0), area.right() - begin))
    } else {
        let words = heads.columns_line && heads.left > 0.0 && !matrix.corner.in_language(language).is_empty();
        words.then_some(((left - heads.left, top - LINE / 2.0), heads.left - GAP))
    };
    Layout {
        cells: Cells { columns, rows, left, top, size },
        words: words.map(|(size, _)| size),
        row_names: (heads.left - GAP).max(0.0),
        row_stride: stride(SMALL, size.1),
        column_stride,
        column_room: column_stride as f64 * size.0 - 2.0,
        corner,
        column_names: heads.columns_line.then_some(top - heads.top + corner_line + LINE / 2.0),
    }
}

/// The largest size of words that fit into cells of a width and a height, and the width they need. All words are of
/// one size or left out: a matrix where some numbers are missing would be misread.
fn word_size(matrix: &Matrix, most: (f64, f64), measure: &dyn Fn(&str, f64) -> f64) -> Option<(f64, f64)> {
    if most.0 < SMALLEST || most.1 < 1.2 * SMALLEST {
        return None;
    }
    // Measuring thousands of words would take longer than drawing them: only those that look widest are measured.
    let mut widest: [(f64, &str); 3] = [(0.0, ""); 3];
    for cell in &matrix.cells {
        let wide = letters::width(&cell.words);
        if let Some(place) = widest.iter().position(|known| wide > known.0) {
            widest[place..].rotate_right(1);
            widest[place] = (wide, &cell.words);
        }
    }
    let needed = |size: f64| widest.iter().map(|known| measure(known.1, size)).fold(0.0, f64::max) + 8.0;
    let largest = (most.1 / 2.0).clamp(SMALLEST, LARGE).floor();
    (0..=(largest - SMALLEST) as usize)
        .map(|less| largest - less as f64)
        .map(|size| (size, needed(size)))
        .find(|&(size, needed)| needed <= most.0 && 1.2 * size <= most.1)
}

/// The height in css px at which a matrix has cells as large as a width of `width` css px allows.
pub(crate) fn height(
    matrix: &Matrix,
    width: f64,
    language: Language,
    measure: &dyn Fn(&str, f64) -> f64,
) -> f64 {
    let (rows, columns) = shape(matrix);
    let heads = heads(matrix, language, ((width - 2.0 * MARGIN).max(0.0), f64::INFINITY), measure);
    let side = ((width - 2.0 * MARGIN - heads.left) / columns as f64).clamp(0.0, largest(rows));
    (heads.top + side * rows as f64 + 2.0 * MARGIN).ceil()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::Cell;

    const AREA: Area = Area { left: 0.0, top: 0.0, width: 360.0, height: 360.0 };

    fn measure(words: &str, size: f64) -> f64 {
        letters::width(words) * size
    }

    fn matrix(rows: usize, columns: usize, words: &str) -> Matrix {
        let cell = Cell { words: words.to_owned(), ..Cell::default() };
        let name = |at: usize| Text::same(at.to_string());
        Matrix {
            corner: Text::same("actual \\ predicted"),
            row_names: (0..rows).map(name).collect(),
            column_names: (0..columns).map(name).collect(),
            columns,
            cells: vec![cell; rows * columns],
            frames: vec![],
            grip: None,
        }
    }

    fn laid(matrix: &Matrix, width: f64, height: f64) -> Layout {
        layout(matrix, Area { width, height, ..AREA }, 2.0, Language::English, &measure)
    }

    #[test]
    fn small_cells_have_shades_and_no_words() {
        assert!(laid(&matrix(3, 3, "−0.25"), 180.0, 180.0).words.is_some());
        for (rows, columns) in [(9, 75), (90, 75)] {
            let layout = laid(&matrix(rows, columns, "0.5"), 700.0, 400.0);
            assert_eq!(layout.words, None);
            assert!(layout.cells.size.0 == layout.cells.size.1, "shades are squares");
            assert!(layout.column_stride > 1 && layout.column_room > measure("74", SMALL));
        }
    }

    #[test]
    fn long_words_widen_their_cells_where_there_is_room() {
        let layout = laid(&matrix(5, 3, "0.26894142"), 500.0, 300.0);
        assert!(layout.words.is_some() && layout.cells.size.0 > LARGEST, "{layout:?}");
        assert_eq!(laid(&matrix(5, 3, "0.26894142"), 120.0, 300.0).words, None);
    }

    #[test]
    fn many_rows_take_no_more_height_than_their_words_need() {
        for (rows, size) in [(9, LARGEST), (16, 35.0), (36, LEAST_OF_TALL), (200, LEAST_OF_TALL)] {
            let high = height(&matrix(rows, 9, "1"), 2000.0, Language::English, &measure);
            let layout = laid(&matrix(rows, 9, "1"), 2000.0, high);
            assert!(
                (layout.cells.size.1 - size).abs() <= 0.5 && layout.words.is_some(),
                "{rows}: {layout:?}"
            );
        }
    }

    #[test]
    fn a_wide_picture_stretches_no_cell() {
        for (rows, columns) in [(1, 1), (2, 2), (3, 3), (10, 10)] {
            let Cells { size, .. } = laid(&matrix(rows, columns, "1"), 2000.0, 1500.0).cells;
            assert!(size == (LARGEST, LARGEST), "{size:?}");
        }
    }

    #[test]
    fn the_height_asked_for_is_enough_and_not_too_much() {
        for (rows, columns) in [(1, 3), (3, 3), (10, 10), (9, 75), (90, 75)] {
            for width in [180.0, 360.0, 700.0] {
                let matrix = matrix(rows, columns, "0.1");
                let high = height(&matrix, width, Language::English, &measure);
                let (there, more) = (laid(&matrix, width, high), laid(&matrix, width, high + 100.0));
                assert!(
                    (there.cells.size.1 - more.cells.size.1).abs() <= 0.5 + 1e-9,
                    "{rows}×{columns} {width}"
                );
                let area = there.cells.area();
                assert!(area.bottom() <= high && area.bottom() >= high - MARGIN - 0.5 * rows as f64 - 2.0);
            }
        }
    }

    #[test]
    fn rows_and_columns_follow_the_cells() {
        let mut short = matrix(2, 3, "");
        short.cells.truncate(4);
        assert_eq!(shape(&short), (2, 3));
        short.columns = usize::MAX;
        assert_eq!(shape(&short), (1, 4));
        short.cells.clear();
        assert_eq!(shape(&short), (0, 1));
    }
}
