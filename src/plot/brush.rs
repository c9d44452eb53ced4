//! The few strokes every figure is made of, in css pixels with fractions, on any plotters backend.
//!
//! Backends take whole numbers. So that curves stay smooth, a backend may count in fractions of its pixels
//! ([`Look::grain`](super::Look::grain) units in each): everything here scales by that.

use plotters::coord::Shift;
use plotters::drawing::DrawingArea;
use plotters::element::{Circle, Drawable, PathElement, PointCollection, Polygon, Rectangle};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color as _, FontDesc, FontFamily, FontStyle, ShapeStyle, TextStyle};
use plotters_backend::{BackendCoord, DrawingBackend, DrawingErrorKind};

use super::clip::Area;
pub(crate) use super::clip::Point;
use super::theme::{Color, FONT, Theme};
use super::{Look, PlotError, number};

/// The colour and the width (css px) of a line.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stroke {
    pub(crate) color: Color,
    pub(crate) width: f64,
}

/// Which end of the words stands at the given place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Align {
    Left,
    Center,
    Right,
}

/// A plotters drawing area without its backend's type, so that what is drawn on it is compiled once.
pub(crate) trait Paper {
    fn path(&self, places: Vec<BackendCoord>, style: ShapeStyle) -> Result<(), PlotError>;
    fn polygon(&self, places: Vec<BackendCoord>, style: ShapeStyle) -> Result<(), PlotError>;
    fn rectangle(&self, corners: [BackendCoord; 2], style: ShapeStyle) -> Result<(), PlotError>;
    fn circle(&self, center: BackendCoord, radius: u32, style: ShapeStyle) -> Result<(), PlotError>;
    fn bitmap(&self, bitmap: Bitmap) -> Result<(), PlotError>;
    fn text(&self, words: &str, style: &TextStyle<'_>, at: BackendCoord) -> Result<(), PlotError>;
    /// The width of words, backend units.
    fn text_width(&self, words: &str, style: &TextStyle<'_>) -> Option<u32>;
}

impl<DB: DrawingBackend> Paper for DrawingArea<DB, Shift> {
    fn path(&self, places: Vec<BackendCoord>, style: ShapeStyle) -> Result<(), PlotError> {
        self.draw(&PathElement::new(places, style)).map_err(PlotError::from_backend)
    }

    fn polygon(&self, places: Vec<BackendCoord>, style: ShapeStyle) -> Result<(), PlotError> {
        self.draw(&Polygon::new(places, style)).map_err(PlotError::from_backend)
    }

    fn rectangle(&self, corners: [BackendCoord; 2], style: ShapeStyle) -> Result<(), PlotError> {
        self.draw(&Rectangle::new(corners, style)).map_err(PlotError::from_backend)
    }

    fn circle(&self, center: BackendCoord, radius: u32, style: ShapeStyle) -> Result<(), PlotError> {
        self.draw(&Circle::new(center, radius, style)).map_err(PlotError::from_backend)
    }

    fn bitmap(&self, bitmap: Bitmap) -> Result<(), PlotError> {
        self.draw(&bitmap).map_err(PlotError::from_backend)
    }

    fn text(&self, words: &str, style: &TextStyle<'_>, at: BackendCoord) -> Result<(), PlotError> {
        self.draw_text(words, style, at).map_err(PlotError::from_backend)
    }

    fn text_width(&self, words: &str, style: &TextStyle<'_>) -> Option<u32> {
        self.estimate_text_size(words, style).ok().map(|(width, _)| width)
    }
}

/// Draws on one paper with one look.
pub(crate) struct Brush<'a> {
    pub(crate) look: &'a Look,
    pub(crate) theme: &'static Theme,
    paper: &'a dyn Paper,
}

impl<'a> Brush<'a> {
    pub(crate) fn new(paper: &'a dyn Paper, look: &'a Look) -> Self {
        Self { look, theme: Theme::of(look.dark), paper }
    }

    /// Backend units in a css pixel.
    pub(crate) fn scale(&self) -> f64 {
        self.look.ratio * f64::from(self.look.grain)
    }

    /// A place in backend units; what lies absurdly far outside stays near enough not to overflow.
    pub(crate) fn place(&self, (x, y): Point) -> (i32, i32) {
        let unit = |value: f64| (value * self.scale()).round().clamp(-1e6, 1e6) as i32;
        (unit(x), unit(y))
    }

    /// A length in backend units, at least 1.
    pub(crate) fn length(&self, css: f64) -> u32 {
        (css * self.scale()).round().clamp(1.0, 1e6) as u32
    }

    /// The middle of the device pixel at a place along one axis, so that thin lines are sharp.
    pub(crate) fn snap(&self, css: f64) -> f64 {
        let ratio = self.look.ratio;
        if self.look.grain > 1 {
            ((css * ratio - 0.5).round() + 0.5) / ratio
        } else {
            (css * ratio).round() / ratio
        }
    }

    /// The width of the thinnest sharp line, css px.
    pub(crate) fn hair(&self) -> f64 {
        self.look.ratio.round().max(1.0) / self.look.ratio
    }

    fn style(&self, stroke: Stroke) -> ShapeStyle {
        stroke.color.stroke_width(self.length(stroke.width))
    }

    /// A line through all points.
    pub(crate) fn path(&self, points: &[Point], stroke: Stroke) -> Result<(), PlotError> {
        if points.len() < 2 {
            return Ok(());
        }
        let mut places: Vec<_> = points.iter().map(|&point| self.place(point)).collect();
        places.dedup();
        if let [only] = places[..] {
            places.push((only.0 + 1, only.1));
        }
        self.paper.path(places, self.style(stroke))
    }

    /// A straight line of the thinnest width, moved onto whole device pixels where it is upright or level.
    pub(crate) fn hairline(&self, from: Point, to: Point, color: Color) -> Result<(), PlotError> {
        let (mut from, mut to) = (from, to);
        if from.0 == to.0 {
            from.0 = self.snap(from.0);
            to.0 = from.0;
        }
        if from.1 == to.1 {
            from.1 = self.snap(from.1);
            to.1 = from.1;
        }
        self.path(&[from, to], Stroke { color, width: self.hair() })
    }

    /// The outline of a rectangle.
    pub(crate) fn frame(&self, area: Area, stroke: Stroke) -> Result<(), PlotError> {
        let (left, right) = (self.snap(area.left), self.snap(area.right()));
        let (top, bottom) = (self.snap(area.top), self.snap(area.bottom()));
        // The first side comes again, so that the first corner is joined like the others.
        let corners = [(left, top), (right, top), (right, bottom), (left, bottom), (left, top), (right, top)];
        self.path(&corners, stroke)
    }

    /// A filled area with straight sides.
    pub(crate) fn polygon(&self, points: &[Point], color: Color) -> Result<(), PlotError> {
        if points.len() < 3 {
            return Ok(());
        }
        let places: Vec<_> = points.iter().map(|&point| self.place(point)).collect();
        self.paper.polygon(places, color.filled())
    }

    /// A filled rectangle.
    pub(crate) fn rectangle(&self, area: Area, color: Color) -> Result<(), PlotError> {
        let corners = [self.place((area.left, area.top)), self.place((area.right(), area.bottom()))];
        self.paper.rectangle(corners, color.filled())
    }

    /// A filled disc.
    pub(crate) fn disc(&self, center: Point, radius: f64, color: Color) -> Result<(), PlotError> {
        self.paper.circle(self.place(center), self.length(radius), color.filled())
    }

    /// A circle.
    pub(crate) fn ring(&self, center: Point, radius: f64, stroke: Stroke) -> Result<(), PlotError> {
        self.paper.circle(self.place(center), self.length(radius), self.style(stroke))
    }

    /// An opaque bitmap, `width` device pixels wide, three bytes each; the corner lies on a whole device pixel.
    pub(crate) fn bitmap(
        &self,
        corner: Point,
        width: u32,
        height: u32,
        rgb: Vec<u8>,
    ) -> Result<(), PlotError> {
        self.paper.bitmap(Bitmap { corner: self.place(corner), size: (width, height), rgb })
    }

    /// The style of words of a size in css px.
    pub(crate) fn font(&self, size: f64, color: Color) -> TextStyle<'static> {
        let font = FontDesc::new(FontFamily::Name(FONT), size * self.scale(), FontStyle::Normal);
        TextStyle { color: color.to_backend_color(), ..TextStyle::from(font) }
    }

    /// Words with their middle at the height of a place.
    pub(crate) fn text(
        &self,
        words: &str,
        at: Point,
        align: Align,
        size: f64,
        color: Color,
    ) -> Result<(), PlotError> {
        let side = match align {
            Align::Left => HPos::Left,
            Align::Center => HPos::Center,
            Align::Right => HPos::Right,
        };
        let style = self.font(size, color).pos(Pos::new(side, VPos::Center));
        self.paper.text(&number::typeset(words), &style, self.place(at))
    }

    /// The width of words, css px.
    pub(crate) fn text_width(&self, words: &str, size: f64) -> f64 {
        // Asked of the backend, never of plotters' fonts: on the web those put elements into the document.
        let measured = self.paper.text_width(&number::typeset(words), &self.font(size, self.theme.text));
        measured.map_or(0.0, |width| f64::from(width) / self.scale())
    }

    /// The words, cut with an ellipsis where they are wider than there is room.
    pub(crate) fn fitted(&self, words: &str, size: f64, room: f64) -> String {
        if self.text_width(words, size) <= room {
            return words.to_owned();
        }
        let letters: Vec<char> = words.chars().collect();
        (1..letters.len())
            .rev()
            .map(|kept| letters[..kept].iter().collect::<String>().trim_end().to_owned() + "…")
            .find(|shorter| self.text_width(shorter, size) <= room)
            .unwrap_or_default()
    }
}

/// A bitmap; plotters has such an element only together with its encoders of image files.
pub(crate) struct Bitmap {
    corner: BackendCoord,
    size: (u32, u32),
    rgb: Vec<u8>,
}

impl<'a> PointCollection<'a, BackendCoord> for &'a Bitmap {
    type Point = &'a BackendCoord;
    type IntoIter = std::iter::Once<&'a BackendCoord>;

    fn point_iter(self) -> Self::IntoIter {
        std::iter::once(&self.corner)
    }
}

impl<DB: DrawingBackend> Drawable<DB> for Bitmap {
    fn draw<I: Iterator<Item = BackendCoord>>(
        &self,
        mut corners: I,
        backend: &mut DB,
        _: (u32, u32),
    ) -> Result<(), DrawingErrorKind<DB::ErrorType>> {
        match corners.next() {
            Some(corner) => backend.blit_bitmap(corner, self.size, &self.rgb),
            None => Ok(()),
        }
    }
}
