//! Numbers or shades in cells.

mod layout;

use crate::chart::{Cell, CellFrame, Matrix};
use crate::text::Text;

use super::brush::{Align, Brush, Point, Stroke};
use super::clip::Area;
use super::found::{Readout, Row};
use super::theme::{self, Color, SMALL, Theme, blend, faded};
use super::{PlotError, dash, number};
use layout::{GAP, Layout, layout};

pub use layout::Cells;
pub(crate) use layout::{height, shape};

/// Cells smaller than this, css px, have no lines between them.
const LEAST_FOR_LINES: f64 = 7.0;
/// More cells than this are one bitmap where the backend has bitmaps.
const MOST_RECTANGLES: usize = 256;
/// Width of a frame, css px.
const FRAME: f64 = 2.2;

pub(crate) fn draw(brush: &Brush<'_>, matrix: &Matrix, area: Area) -> Result<Cells, PlotError> {
    let look = brush.look;
    let measure = |words: &str, size: f64| brush.text_width(words, size);
    let layout = layout(matrix, area, look.ratio, look.language, &measure);
    let cells = layout.cells;
    if matrix.cells.is_empty() {
        return Ok(cells);
    }
    if look.bitmaps
        && matrix.cells.len() > MOST_RECTANGLES
        && cells.size.0.min(cells.size.1) * look.ratio >= 1.0
    {
        bitmap(brush, matrix, &cells)?;
    } else {
        rectangles(brush, matrix, &cells)?;
    }
    lines(brush, &cells)?;
    if let Some(size) = layout.words {
        for (index, cell) in matrix.cells.iter().enumerate().filter(|(_, cell)| !cell.words.is_empty()) {
            let Area { left, top, width, height } = cells.cell(index / cells.columns, index % cells.columns);
            let at = (left + width / 2.0, top + height / 2.0);
            brush.text(&cell.words, at, Align::Center, size, words_color(brush.theme, cell))?;
        }
    }
    names(brush, matrix, &layout)?;
    for frame in &matrix.frames {
        draw_frame(brush, frame, &cells)?;
    }
    lit(brush, matrix, &cells)?;
    Ok(cells)
}

/// The colour of a cell.
fn fill(theme: &Theme, cell: &Cell) -> Color {
    let color = theme.shade(cell.shade);
    if cell.faint { blend(blend(theme.background, theme.grid, 0.55), color, 0.3) } else { color }
}

fn words_color(theme: &Theme, cell: &Cell) -> Color {
    let fill = fill(theme, cell);
    let plain = theme::contrast(theme.faint_text, fill) >= 4.5;
    if cell.faint && plain { theme.faint_text } else { theme.words_on(fill) }
}

/// Neighbouring cells of one colour as one rectangle.
fn rectangles(brush: &Brush<'_>, matrix: &Matrix, cells: &Cells) -> Result<(), PlotError> {
    let paper = brush.theme.background;
    for (row, line) in matrix.cells.chunks(cells.columns).enumerate() {
        brush.rectangle(cells.block(row, 0, 1, line.len()), paper)?;
        let mut column = 0;
        for run in line.chunk_by(|one, other| (one.shade, one.faint) == (other.shade, other.faint)) {
            let color = fill(brush.theme, &run[0]);
            if color != paper {
                brush.rectangle(cells.block(row, column, 1, run.len()), color)?;
            }
            column += run.len();
        }
    }
    Ok(())
}

/// All cells as one bitmap; each is a whole number of device pixels.
fn bitmap(brush: &Brush<'_>, matrix: &Matrix, cells: &Cells) -> Result<(), PlotError> {
    let device = |css: f64| (css * brush.look.ratio).round().max(1.0) as usize;
    let (wide, high) = (device(cells.size.0), device(cells.size.1));
    let paper = brush.theme.background;
    let mut rgb = Vec::with_capacity(cells.columns * wide * cells.rows * high * 3);
    for line in matrix.cells.chunks(cells.columns) {
        let begin = rgb.len();
        for column in 0..cells.columns {
            let color = line.get(column).map_or(paper, |cell| fill(brush.theme, cell));
            (0..wide).for_each(|_| rgb.extend([color.0, color.1, color.2]));
        }
        let end = rgb.len();
        (1..high).for_each(|_| rgb.extend_from_within(begin..end));
    }
    brush.bitmap((cells.left, cells.top), (cells.columns * wide) as u32, (cells.rows * high) as u32, rgb)
}

/// The lines between cells, and the border.
fn lines(brush: &Brush<'_>, cells: &Cells) -> Result<(), PlotError> {
    let area = cells.area();
    let color = faded(brush.theme.axis, 0.7);
    if cells.size.0.min(cells.size.1) >= LEAST_FOR_LINES {
        for column in 1..cells.columns {
            let x = cells.left + column as f64 * cells.size.0;
            brush.hairline((x, area.top), (x, area.bottom()), color)?;
        }
        for row in 1..cells.rows {
            let y = cells.top + row as f64 * cells.size.1;
            brush.hairline((area.left, y), (area.right(), y), color)?;
        }
    }
    brush.frame(area, Stroke { color: brush.theme.axis, width: brush.hair() })
}

fn names(brush: &Brush<'_>, matrix: &Matrix, layout: &Layout) -> Result<(), PlotError> {
    let cells = layout.cells;
    let color = brush.theme.faint_text;
    let say = |words: &Text, room: f64| brush.fitted(words.in_language(brush.look.language), SMALL, room);
    if let Some(((x, y), room)) = layout.corner {
        brush.text(&say(&matrix.corner, room), (x, y), Align::Left, SMALL, color)?;
    }
    for (row, name) in matrix.row_names.iter().enumerate().take(cells.rows).step_by(layout.row_stride) {
        let at = (cells.left - GAP, cells.top + (row as f64 + 0.5) * cells.size.1);
        brush.text(&say(name, layout.row_names), at, Align::Right, SMALL, color)?;
    }
    let Some(y) = layout.column_names else { return Ok(()) };
    for (column, name) in
        matrix.column_names.iter().enumerate().take(cells.columns).step_by(layout.column_stride)
    {
        let words = say(name, layout.column_room);
        let half = brush.text_width(&words, SMALL) / 2.0;
        // The name of the last column may be wider than the column, but not leave the picture.
        let edge = (f64::from(brush.look.width) - half).max(half);
        let x = (cells.left + (column as f64 + 0.5) * cells.size.0).min(edge);
        brush.text(&words, (x, y), Align::Center, SMALL, color)?;
    }
    Ok(())
}

/// A frame around the outer edge of its cells. Around small cells it lies outside, else it would hide them.
fn draw_frame(brush: &Brush<'_>, frame: &CellFrame, cells: &Cells) -> Result<(), PlotError> {
    let area = cells.block(frame.row, frame.column, frame.rows, frame.columns);
    if area.width <= 0.0 || area.height <= 0.0 {
        return Ok(());
    }
    let small = cells.size.0.min(cells.size.1) < 7.0 * FRAME;
    let area = area.shrunk(if small { -FRAME / 2.0 } else { FRAME / 2.0 });
    let color = brush.theme.series(frame.color);
    // A rim keeps the frame apart from shades of any colour.
    let rim = if small { 0.0 } else { 1.6 };
    brush.frame(area, Stroke { color: faded(brush.theme.background, 0.8), width: FRAME + rim })?;
    let (left, top, right, bottom) = (area.left, area.top, area.right(), area.bottom());
    let outline: Vec<Point> = vec![(left, top), (right, top), (right, bottom), (left, bottom), (left, top)];
    for dash in dash::dashes(vec![outline], theme::dash(frame.color)) {
        brush.path(&dash, Stroke { color, width: FRAME })?;
    }
    Ok(())
}

/// A line around all cells that are lit.
fn lit(brush: &Brush<'_>, matrix: &Matrix, cells: &Cells) -> Result<(), PlotError> {
    let Some(key) = brush.look.highlight else { return Ok(()) };
    let is_lit = |row: Option<usize>, column: Option<usize>| {
        let (Some(row), Some(column)) = (row, column) else { return false };
        let cell = matrix.cells.get(row * cells.columns + column);
        column < cells.columns && cell.is_some_and(|cell| cell.key == Some(key))
    };
    for index in (0..matrix.cells.len()).filter(|&index| matrix.cells[index].key == Some(key)) {
        let (row, column) = (index / cells.columns, index % cells.columns);
        let Area { left, top, .. } = cells.cell(row, column);
        let (right, bottom) = (left + cells.size.0, top + cells.size.1);
        let sides = [
            (is_lit(row.checked_sub(1), Some(column)), [(left, top), (right, top)]),
            (is_lit(Some(row + 1), Some(column)), [(left, bottom), (right, bottom)]),
            (is_lit(Some(row), column.checked_sub(1)), [(left, top), (left, bottom)]),
            (is_lit(Some(row), Some(column + 1)), [(right, top), (right, bottom)]),
        ];
        for (_, side) in sides.iter().filter(|(inner, _)| !inner) {
            brush.path(side, Stroke { color: brush.theme.background, width: 4.2 })?;
        }
        for (_, side) in sides.iter().filter(|(inner, _)| !inner) {
            brush.path(side, Stroke { color: brush.theme.text, width: 2.2 })?;
        }
    }
    Ok(())
}

/// The cell at a place.
pub(crate) fn readout(matrix: &Matrix, cells: &Cells, place: Point, theme: &Theme) -> Option<Readout> {
    let (row, column) = cells.at(place)?;
    let cell = matrix.cells.get(row * cells.columns + column)?;
    let value = cell.value.map_or_else(|| number::typeset(&cell.words).into_owned(), number::exact);
    let color = theme::css(fill(theme, cell));
    let rows = if value.is_empty() { vec![] } else { vec![Row { name: Text::same(""), color, value }] };
    let place = cells.middle(row as f64, column as f64)?;
    Some(Readout { place, title: title(matrix, row, column), rows, index: None, key: cell.key })
}

/// Row and column in words, counted from 1 where they have no names.
pub(crate) fn title(matrix: &Matrix, row: usize, column: usize) -> Text {
    let (row, column) = (row_name(matrix, row), column_name(matrix, column));
    let (en, zh) = (format!("{}, {}", row.en, column.en), format!("{}，{}", row.zh, column.zh));
    Text { en: en.into(), zh: zh.into() }
}

/// The name of a row, or its number.
pub(crate) fn row_name(matrix: &Matrix, row: usize) -> Text {
    named(&matrix.row_names, row, |at| (format!("row {at}"), format!("第 {at} 行")))
}

/// The name of a column, or its number.
pub(crate) fn column_name(matrix: &Matrix, column: usize) -> Text {
    named(&matrix.column_names, column, |at| (format!("column {at}"), format!("第 {at} 列")))
}

fn named(names: &[Text], index: usize, number: impl Fn(usize) -> (String, String)) -> Text {
    names.get(index).filter(|name| !name.en.is_empty()).cloned().unwrap_or_else(|| {
        let (en, zh) = number(index + 1);
        Text { en: en.into(), zh: zh.into() }
    })
}
