//! A figure as an SVG document.

use plotters::backend::SVGBackend;
use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind, FontFamily,
    FontStyle, FontTransform, text_anchor,
};

use super::{Look, letters};
use crate::chart::Chart;

/// Units in a css pixel: coordinates are whole numbers, so curves need finer ones to be smooth.
const GRAIN: u32 = 10;
/// plotters divides font sizes by this on their way into SVG.
const FONT_FACTOR: f64 = 1.24;

/// The figure as an SVG document of `look.width` by `look.height` css pixels. The same chart and look give the same
/// text on every run and every target.
pub fn svg(chart: &Chart, look: &Look) -> String {
    let look = Look { ratio: 1.0, grain: GRAIN, bitmaps: false, ..*look };
    let mut document = String::new();
    let size = (look.width.saturating_mul(GRAIN), look.height.saturating_mul(GRAIN));
    let drawn = super::draw(Svg(SVGBackend::with_string(&mut document, size)), chart, &look);
    debug_assert!(drawn.is_ok(), "a string takes every stroke");
    let fine = format!("width=\"{}\" height=\"{}\"", size.0, size.1);
    let coarse = format!("width=\"{}\" height=\"{}\" stroke-linejoin=\"round\"", look.width, look.height);
    document.replacen(&fine, &coarse, 1)
}

/// plotters' SVG backend with true font sizes and an estimate of text widths that knows wide letters.
struct Svg<'document>(SVGBackend<'document>);

/// A text style whose size comes out of plotters' SVG backend as it went in.
struct TrueSize<'style, S>(&'style S);

impl<S: BackendTextStyle> BackendTextStyle for TrueSize<'_, S> {
    type FontError = S::FontError;

    fn color(&self) -> BackendColor {
        self.0.color()
    }
    fn size(&self) -> f64 {
        self.0.size() * FONT_FACTOR
    }
    fn transform(&self) -> FontTransform {
        self.0.transform()
    }
    fn style(&self) -> FontStyle {
        self.0.style()
    }
    fn anchor(&self) -> text_anchor::Pos {
        self.0.anchor()
    }
    fn family(&self) -> FontFamily<'_> {
        self.0.family()
    }
    fn layout_box(&self, text: &str) -> Result<((i32, i32), (i32, i32)), Self::FontError> {
        self.0.layout_box(text)
    }
    fn draw<E, DrawFunc: FnMut(i32, i32, BackendColor) -> Result<(), E>>(
        &self,
        text: &str,
        pos: BackendCoord,
        draw: DrawFunc,
    ) -> Result<Result<(), E>, Self::FontError> {
        self.0.draw(text, pos, draw)
    }
}

type Outcome<E> = Result<(), DrawingErrorKind<E>>;

impl DrawingBackend for Svg<'_> {
    type ErrorType = std::io::Error;

    fn get_size(&self) -> (u32, u32) {
        self.0.get_size()
    }
    fn ensure_prepared(&mut self) -> Outcome<Self::ErrorType> {
        self.0.ensure_prepared()
    }
    fn present(&mut self) -> Outcome<Self::ErrorType> {
        self.0.present()
    }
    fn draw_pixel(&mut self, point: BackendCoord, color: BackendColor) -> Outcome<Self::ErrorType> {
        self.0.draw_pixel(point, color)
    }
    fn draw_line<S: BackendStyle>(
        &mut self,
        from: BackendCoord,
        to: BackendCoord,
        style: &S,
    ) -> Outcome<Self::ErrorType> {
        self.0.draw_line(from, to, style)
    }
    fn draw_rect<S: BackendStyle>(
        &mut self,
        upper_left: BackendCoord,
        bottom_right: BackendCoord,
        style: &S,
        fill: bool,
    ) -> Outcome<Self::ErrorType> {
        self.0.draw_rect(upper_left, bottom_right, style, fill)
    }
    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Outcome<Self::ErrorType> {
        self.0.draw_path(path, style)
    }
    fn draw_circle<S: BackendStyle>(
        &mut self,
        center: BackendCoord,
        radius: u32,
        style: &S,
        fill: bool,
    ) -> Outcome<Self::ErrorType> {
        self.0.draw_circle(center, radius, style, fill)
    }
    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        corners: I,
        style: &S,
    ) -> Outcome<Self::ErrorType> {
        self.0.fill_polygon(corners, style)
    }
    fn draw_text<S: BackendTextStyle>(
        &mut self,
        text: &str,
        style: &S,
        at: BackendCoord,
    ) -> Outcome<Self::ErrorType> {
        self.0.draw_text(text, &TrueSize(style), at)
    }
    fn estimate_text_size<S: BackendTextStyle>(
        &self,
        text: &str,
        style: &S,
    ) -> Result<(u32, u32), DrawingErrorKind<Self::ErrorType>> {
        let width = letters::width(text) * style.size();
        Ok((width.round() as u32, style.size().round() as u32))
    }
}
