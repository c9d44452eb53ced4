//! Nodes and edges with numbers.

mod labels;
mod layout;
mod routes;
mod strokes;

use crate::chart::{Diagram, Edge, Node};
use crate::text::Text;

use super::brush::{Brush, Point};
use super::clip::Area;
use super::found::{self, Readout, Row};
use super::theme::{self, Theme};
use super::{PlotError, number};
use labels::Numbers;
use routes::Route;

pub use layout::NodePlace;
pub(crate) use layout::height;

/// The colour of the palette of what goes forward.
pub(crate) const FORWARD: u8 = 6;
/// The colour of the palette of what comes back.
pub(crate) const BACKWARD: u8 = 3;
/// How far the pointer may be from a line, css px.
const REACH: f64 = 7.0;

/// Where the nodes and edges of a diagram lie, in css pixels.
#[derive(Clone, Debug, PartialEq)]
pub struct Drawing {
    /// The nodes, in the order of the diagram.
    pub nodes: Vec<NodePlace>,
    pub(crate) routes: Vec<Route>,
    pub(crate) numbers: Vec<Numbers>,
}

pub(crate) fn draw(brush: &Brush<'_>, diagram: &Diagram, area: Area) -> Result<Drawing, PlotError> {
    let measure = |words: &str, size: f64| brush.text_width(words, size);
    let layout = layout::layout(diagram, area, brush.look.language, &measure);
    let routes = routes::routes(diagram, &layout, area);
    let dense = routes::is_dense(diagram, &routes);
    let numbers = labels::place(diagram, &layout, &routes, dense, area, brush.look.highlight, &measure);
    strokes::edges(brush, diagram, &routes, dense)?;
    strokes::nodes(brush, diagram, &layout)?;
    strokes::numbers(brush, diagram, &numbers, layout.label)?;
    Ok(Drawing { nodes: layout.nodes, routes, numbers })
}

/// Whether some edge has a number that comes back, so that the two colours need telling.
pub(crate) fn goes_back(diagram: &Diagram) -> bool {
    diagram.edges.iter().any(|edge| !edge.backward.is_empty())
}

/// The node or else the edge at a place.
pub(crate) fn readout(diagram: &Diagram, drawing: &Drawing, place: Point, theme: &Theme) -> Option<Readout> {
    let node = drawing.nodes.iter().position(|node| node.area().shrunk(-2.0).contains(place));
    if let Some((node, at)) = node.and_then(|index| diagram.nodes.get(index).zip(drawing.nodes.get(index))) {
        let (title, color) = (node.words.clone(), theme::css(theme.shade(node.shade)));
        // A note is what the node holds; in both languages, which the value of a row cannot be.
        let row = Row { name: node.note.clone(), color, value: String::new() };
        let noted = (!node.note.en.is_empty()).then_some(row);
        let rows = noted.into_iter().chain(found::rows(&node.values, theme)).collect();
        return Some(Readout { place: at.center, title, rows, index: None, key: node.key });
    }
    let index = nearest(drawing, place)?;
    let edge = diagram.edges.get(index)?;
    let row = |name: Text, color: u8, value: &str| {
        let color = theme::css(theme.series(color));
        let value = number::typeset(value).into_owned();
        (!value.is_empty()).then_some(Row { name, color, value })
    };
    let rows = [row(forward(), FORWARD, &edge.forward), row(backward(), BACKWARD, &edge.backward)];
    let place = drawing.routes.get(index)?.at(0.5)?.0;
    let title = title(diagram, edge);
    Some(Readout { place, title, rows: rows.into_iter().flatten().collect(), index: None, key: edge.key })
}

/// The edge whose numbers are at a place, or whose line is nearest.
fn nearest(drawing: &Drawing, place: Point) -> Option<usize> {
    let at_number = |numbers: &Numbers| {
        [numbers.forward, numbers.backward].iter().flatten().any(|area| area.contains(place))
    };
    let by_line = || {
        let distances = drawing.routes.iter().map(|route| route.distance(place)).enumerate();
        let (index, distance) = distances.min_by(|one, other| one.1.total_cmp(&other.1))?;
        (distance <= REACH).then_some(index)
    };
    drawing.numbers.iter().position(at_number).or_else(by_line)
}

/// From which node to which an edge goes.
pub(crate) fn title(diagram: &Diagram, edge: &Edge) -> Text {
    let words = |index: usize, say: fn(&Node) -> &str| diagram.nodes.get(index).map_or("", say);
    let both = |say: fn(&Node) -> &str| format!("{} → {}", words(edge.from, say), words(edge.to, say));
    Text { en: both(|node| &node.words.en).into(), zh: both(|node| &node.words.zh).into() }
}

/// What the numbers above edges are called.
pub(crate) fn forward() -> Text {
    Text::new("forward", "正向传播")
}

/// What the numbers below edges are called.
pub(crate) fn backward() -> Text {
    Text::new("backward", "反向传播")
}
