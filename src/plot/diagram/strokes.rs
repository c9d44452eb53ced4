//! Edges, nodes and numbers as strokes.

use crate::chart::{Diagram, Edge, Node, Outline, Thumbnail, Tone};
use crate::order::smallest_first;

use super::super::PlotError;
use super::super::brush::{Align, Brush, Point, Stroke};
use super::super::clip::Area;
use super::super::image_grid;
use super::super::pixels::Pixels;
use super::super::theme::{Color, Theme, blend, faded};
use super::labels::{APART, Numbers, upwards};
use super::layout::{BAR, Layout, NodePlace};
use super::routes::Route;
use super::{BACKWARD, FORWARD};

/// The radius of the corners of a box, css px.
const ROUND: f64 = 5.0;
/// No line is wider, css px.
const WIDEST: f64 = 12.0;

pub(crate) fn edges(
    brush: &Brush<'_>,
    diagram: &Diagram,
    routes: &[Route],
    dense: bool,
) -> Result<(), PlotError> {
    let is_lit = |edge: &Edge| edge.key.is_some() && edge.key == brush.look.highlight;
    let matters = |index: usize| {
        let edge = &diagram.edges[index];
        let lit = if is_lit(edge) { 3.0 } else { 0.0 };
        lit + match edge.tone {
            Tone::Active | Tone::Wrong => 2.0,
            Tone::Plain => 1.0,
            Tone::Faint => 0.0,
        }
    };
    // What matters most lies on top.
    for index in smallest_first(routes.len(), matters) {
        let (edge, route) = (&diagram.edges[index], &routes[index]);
        let usual = if edge.width.is_finite() { edge.width.clamp(0.4, WIDEST) } else { 1.0 };
        let width = match edge.tone {
            Tone::Active | Tone::Wrong => usual + 0.8,
            Tone::Plain | Tone::Faint => usual,
        };
        if is_lit(edge) {
            brush.path(&route.points, Stroke { color: brush.theme.text, width: width + 4.5 })?;
            brush.path(&route.points, Stroke { color: brush.theme.background, width: width + 2.0 })?;
        } else if edge.tone == Tone::Active {
            brush
                .path(&route.points, Stroke { color: faded(brush.theme.active, 0.22), width: width + 6.0 })?;
        }
        let color = edge_color(brush.theme, edge);
        arrow(brush, &route.points, Stroke { color, width })?;
        if !dense && !edge.backward.is_empty() {
            // Back along the lower side.
            let Some((_, direction)) = route.at(0.5) else { continue };
            let left = (direction.1, -direction.0);
            let up = upwards(direction);
            let below = if left.0 * up.0 + left.1 * up.1 > 0.0 { -APART } else { APART };
            let mut back = route.beside(below, 3.0);
            back.reverse();
            let color = if edge.tone == Tone::Faint { 0.4 } else { 1.0 };
            let color = faded(brush.theme.series(BACKWARD), color);
            arrow(brush, &back, Stroke { color, width: 1.2 })?;
        }
    }
    Ok(())
}

fn edge_color(theme: &Theme, edge: &Edge) -> Color {
    let ink = match edge.tone {
        Tone::Plain | Tone::Faint => theme.arrow,
        Tone::Active => theme.active,
        Tone::Wrong => theme.wrong,
    };
    let shade = if edge.shade.is_nan() { 0.0 } else { edge.shade.clamp(-1.0, 1.0) };
    let color = match edge.tone {
        Tone::Wrong => ink,
        _ => blend(ink, theme.shade(shade.signum()), shade.abs()),
    };
    if edge.tone == Tone::Faint { faded(color, 0.4) } else { color }
}

/// A line with a head at its end.
fn arrow(brush: &Brush<'_>, points: &[Point], stroke: Stroke) -> Result<(), PlotError> {
    let [.., before, tip] = points else { return Ok(()) };
    let (dx, dy) = (tip.0 - before.0, tip.1 - before.1);
    let length = libm::hypot(dx, dy);
    if length < 1e-6 {
        return Ok(());
    }
    let (dx, dy) = (dx / length, dy / length);
    let head = (4.5 + 1.6 * stroke.width).min(14.0);
    let side = head * 0.42;
    let neck = (tip.0 - dx * head * 0.85, tip.1 - dy * head * 0.85);
    let mut line = points.to_vec();
    if let Some(last) = line.last_mut() {
        // The line ends within the head, else a wide one would stand out beyond the tip.
        *last = if length > head { neck } else { *before };
    }
    brush.path(&line, stroke)?;
    let back = (tip.0 - dx * head, tip.1 - dy * head);
    let corners = [*tip, (back.0 - dy * side, back.1 + dx * side), (back.0 + dy * side, back.1 - dx * side)];
    brush.polygon(&corners, stroke.color)
}

pub(crate) fn nodes(brush: &Brush<'_>, diagram: &Diagram, layout: &Layout) -> Result<(), PlotError> {
    for (index, (node, place)) in diagram.nodes.iter().zip(&layout.nodes).enumerate() {
        let theme = brush.theme;
        let paper = theme.background;
        let shade = theme.shade(node.shade);
        let fill = if node.tone == Tone::Faint { blend(paper, shade, 0.35) } else { shade };
        let stroke = match node.tone {
            Tone::Plain => Stroke { color: blend(theme.axis, theme.text, 0.45), width: 1.4 },
            Tone::Active => Stroke { color: theme.active, width: 2.6 },
            Tone::Faint => Stroke { color: theme.axis, width: 1.0 },
            Tone::Wrong => Stroke { color: theme.wrong, width: 2.4 },
        };
        let lit = node.key.is_some() && node.key == brush.look.highlight;
        let bare = node.outline == Outline::None;
        if lit {
            outline(brush, place, 4.0, theme.text)?;
            outline(brush, place, 2.0, paper)?;
        } else if node.tone == Tone::Active {
            outline(brush, place, 4.0, faded(theme.active, 0.22))?;
        }
        if let Some(level) = node.level {
            bar(brush, place, level)?;
        }
        if let Some(picture) = &node.picture {
            thumbnail(brush, node, place, picture)?;
            if let Some(area) = layout.notes.get(index).copied().flatten() {
                note(brush, node, area, layout)?;
            }
            continue;
        }
        if !bare {
            outline(brush, place, 0.0, stroke.color)?;
            outline(brush, place, -stroke.width, fill)?;
        } else if node.shade != 0.0 || lit {
            outline(brush, place, 0.0, fill)?;
        }
        let color = match node.tone {
            Tone::Faint => theme.faint_text,
            Tone::Active if bare && !lit && node.shade == 0.0 => theme.active,
            Tone::Wrong if bare && !lit && node.shade == 0.0 => theme.wrong,
            _ => theme.words_on(fill),
        };
        words(brush, node, place, layout.words, color)?;
        if let Some(area) = layout.notes.get(index).copied().flatten() {
            note(brush, node, area, layout)?;
        }
        if node.tone == Tone::Wrong && !bare {
            image_grid::cross(brush, place.area())?;
        }
    }
    Ok(())
}

/// The picture of a node in a frame as coloured as the node is filled.
fn thumbnail(
    brush: &Brush<'_>,
    node: &Node,
    place: &NodePlace,
    picture: &Thumbnail,
) -> Result<(), PlotError> {
    let ratio = brush.look.ratio;
    let whole = |length: f64| (length * ratio).round() / ratio;
    let area = place.area();
    let area = Area { left: whole(area.left), top: whole(area.top), ..area };
    let Thumbnail { width, height, meaning, ref pixels } = *picture;
    Pixels { width, height, meaning, values: pixels, level: None }.draw(brush, area)?;
    let shade = if node.shade.is_nan() { 0.0 } else { node.shade.clamp(-1.0, 1.0) };
    let color = blend(brush.theme.axis, brush.theme.shade(shade.signum()), shade.abs());
    let width = if shade == 0.0 { brush.hair() } else { 2.0 };
    brush.frame(area.shrunk(-width / 2.0), Stroke { color, width })
}

/// The bar below a node.
fn bar(brush: &Brush<'_>, place: &NodePlace, level: f64) -> Result<(), PlotError> {
    let share = if level.is_nan() { 0.0 } else { level.abs().min(1.0) };
    let area = place.area();
    let track = Area { top: area.bottom() + 2.5, height: BAR - 2.0, ..area };
    brush.rectangle(track, brush.theme.grid)?;
    let filled = Area { width: track.width * share, ..track };
    if share > 0.0 { brush.rectangle(filled, brush.theme.shade(level.signum())) } else { Ok(()) }
}

/// Fills a node's outline, `by` css px larger.
fn outline(brush: &Brush<'_>, place: &NodePlace, by: f64, color: Color) -> Result<(), PlotError> {
    if place.round {
        return brush.disc(place.center, (place.half.0 + by).max(0.5), color);
    }
    let Area { left, top, width, height } = place.area().shrunk(-by);
    if width <= 0.0 || height <= 0.0 {
        return Ok(());
    }
    let round = (ROUND + by).clamp(0.0, width.min(height) / 2.0);
    let corners = [
        (left + width - round, top + round, -0.25),
        (left + width - round, top + height - round, 0.0),
        (left + round, top + height - round, 0.25),
        (left + round, top + round, 0.5),
    ];
    // Each corner is a quarter of a circle in five steps; turns are counted clockwise from the right.
    let arc = |(x, y, turn): (f64, f64, f64)| {
        (0..=5).map(move |step| {
            let angle = (turn + f64::from(step) / 20.0) * std::f64::consts::TAU;
            (x + round * libm::cos(angle), y + round * libm::sin(angle))
        })
    };
    brush.polygon(&corners.into_iter().flat_map(arc).collect::<Vec<_>>(), color)
}

/// The words of a node, smaller or cut where they are too wide for it.
fn words(
    brush: &Brush<'_>,
    node: &Node,
    place: &NodePlace,
    usual: f64,
    color: Color,
) -> Result<(), PlotError> {
    let words = node.words.in_language(brush.look.language);
    if words.is_empty() {
        return Ok(());
    }
    let room = 2.0 * place.half.0 - if node.outline == Outline::None { 1.0 } else { 5.0 };
    // A sign of arithmetic would be lost in its circle.
    let sign = node.outline == Outline::Circle && words.chars().count() == 1;
    let usual = if sign { (place.half.0 * 1.15).min(20.0) } else { usual };
    let usual = usual.min(2.0 * place.half.1);
    let fits = |size: &f64| brush.text_width(words, *size) <= room;
    let size = [usual, usual * 0.88, usual * 0.78].into_iter().filter(|&size| size >= 8.5).find(fits);
    if let Some(size) = size {
        return brush.text(words, place.center, Align::Center, size, color);
    }
    // A number must be whole: the rest of one would be another number.
    if words.parse::<f64>().is_ok() {
        return Ok(());
    }
    let size = usual.min(9.0);
    let (x, y) = place.center;
    let high = node.outline == Outline::None || place.half.1 >= 1.1 * size;
    if let Some((upper, lower)) = halves(words).filter(|_| high) {
        for (words, y) in [(upper, y - 0.56 * size), (lower, y + 0.56 * size)] {
            brush.text(&brush.fitted(words, size, room), (x, y), Align::Center, size, color)?;
        }
        return Ok(());
    }
    brush.text(&brush.fitted(words, size, room), place.center, Align::Center, size, color)
}

/// Words in two lines, broken at the space nearest to the middle.
fn halves(words: &str) -> Option<(&str, &str)> {
    let middle = words.len() / 2;
    let (at, _) = words.match_indices(' ').min_by_key(|(at, _)| at.abs_diff(middle))?;
    Some((&words[..at], &words[at + 1..]))
}

fn note(brush: &Brush<'_>, node: &Node, area: Area, layout: &Layout) -> Result<(), PlotError> {
    let words = brush.fitted(node.note.in_language(brush.look.language), layout.note, area.width);
    // A plate keeps lines from running through the words.
    brush.rectangle(area, faded(brush.theme.background, 0.8))?;
    let middle = area.top + area.height / 2.0;
    let (at, align) = match layout.down {
        true => ((area.left, middle), Align::Left),
        false => ((area.left + area.width / 2.0, middle), Align::Center),
    };
    let color = match node.tone {
        Tone::Active => brush.theme.active,
        Tone::Wrong => brush.theme.wrong,
        Tone::Plain | Tone::Faint => brush.theme.faint_text,
    };
    brush.text(&words, at, align, layout.note, color)
}

/// The numbers of all edges, on plates that keep lines from running through them.
pub(crate) fn numbers(
    brush: &Brush<'_>,
    diagram: &Diagram,
    places: &[Numbers],
    size: f64,
) -> Result<(), PlotError> {
    let lit = |edge: &Edge| edge.key.is_some() && edge.key == brush.look.highlight;
    let all = || diagram.edges.iter().zip(places);
    for (edge, numbers) in all().filter(|(edge, _)| !lit(edge)).chain(all().filter(|(edge, _)| lit(edge))) {
        let parts = [(&edge.forward, numbers.forward, FORWARD), (&edge.backward, numbers.backward, BACKWARD)];
        for (words, area, color) in parts {
            let Some(area) = area else { continue };
            brush.rectangle(area, faded(brush.theme.background, 0.85))?;
            let series = brush.theme.series(color);
            let color = match edge.tone {
                Tone::Faint => blend(brush.theme.faint_text, series, 0.3),
                Tone::Plain | Tone::Active | Tone::Wrong => series,
            };
            let at = (area.left + area.width / 2.0, area.top + area.height / 2.0);
            brush.text(words, at, Align::Center, size, color)?;
        }
    }
    Ok(())
}
