//! The canvas of the page as a plotters backend.

use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind,
};
use plotters_canvas::CanvasBackend;
use wasm_bindgen::{Clamped, JsCast as _, JsValue};
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, ImageData};

use crate::plot::Look;

/// plotters-canvas, with three things it lacks: words measured on the canvas itself (its own way puts elements into
/// the document, which the page's security policy forbids), places between pixels, and bitmaps in one go.
pub(crate) struct Canvas {
    inner: CanvasBackend,
    context: CanvasRenderingContext2d,
    size: (u32, u32),
    grain: u32,
}

/// What the canvas refused to do.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct CanvasError(String);

type Outcome<T = ()> = Result<T, DrawingErrorKind<CanvasError>>;

impl Canvas {
    /// The canvas, with nothing but what is `behind`, of the size and grain of `look`. `None` where the browser gives no
    /// drawing context.
    pub(crate) fn prepare(
        canvas: &HtmlCanvasElement,
        behind: Option<&HtmlCanvasElement>,
        look: &Look,
    ) -> Option<Self> {
        let (width, height) = look.device_size();
        // Setting a size throws the pixels away, even when it is the old one.
        if (canvas.width(), canvas.height()) != (width, height) {
            canvas.set_width(width);
            canvas.set_height(height);
        }
        let context: CanvasRenderingContext2d = canvas.get_context("2d").ok()??.dyn_into().ok()?;
        context.set_transform(1.0, 0.0, 0.0, 1.0, 0.0, 0.0).ok()?;
        context.clear_rect(0.0, 0.0, f64::from(width), f64::from(height));
        if let Some(behind) = behind {
            context.draw_image_with_html_canvas_element(behind, 0.0, 0.0).ok()?;
        }
        let unit = 1.0 / f64::from(look.grain);
        context.set_transform(unit, 0.0, 0.0, unit, 0.0, 0.0).ok()?;
        context.set_line_join("round");
        let inner = CanvasBackend::with_canvas_object(canvas.clone())?;
        let size = (width.saturating_mul(look.grain), height.saturating_mul(look.grain));
        Some(Self { inner, context, size, grain: look.grain })
    }
}

fn own<E: std::error::Error + Send + Sync>(error: DrawingErrorKind<E>) -> DrawingErrorKind<CanvasError> {
    DrawingErrorKind::DrawingError(CanvasError(error.to_string()))
}

fn refused(value: JsValue) -> DrawingErrorKind<CanvasError> {
    DrawingErrorKind::DrawingError(CanvasError(format!("{value:?}")))
}

impl DrawingBackend for Canvas {
    type ErrorType = CanvasError;

    fn get_size(&self) -> (u32, u32) {
        self.size
    }

    fn ensure_prepared(&mut self) -> Outcome {
        self.inner.ensure_prepared().map_err(own)
    }

    fn present(&mut self) -> Outcome {
        self.inner.present().map_err(own)
    }

    fn draw_pixel(&mut self, point: BackendCoord, color: BackendColor) -> Outcome {
        self.inner.draw_pixel(point, color).map_err(own)
    }

    fn draw_line<S: BackendStyle>(&mut self, from: BackendCoord, to: BackendCoord, style: &S) -> Outcome {
        self.inner.draw_line(from, to, style).map_err(own)
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        upper_left: BackendCoord,
        bottom_right: BackendCoord,
        style: &S,
        fill: bool,
    ) -> Outcome {
        self.inner.draw_rect(upper_left, bottom_right, style, fill).map_err(own)
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Outcome {
        self.inner.draw_path(path, style).map_err(own)
    }

    fn draw_circle<S: BackendStyle>(
        &mut self,
        center: BackendCoord,
        radius: u32,
        style: &S,
        fill: bool,
    ) -> Outcome {
        self.inner.draw_circle(center, radius, style, fill).map_err(own)
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        corners: I,
        style: &S,
    ) -> Outcome {
        self.inner.fill_polygon(corners, style).map_err(own)
    }

    fn draw_text<S: BackendTextStyle>(&mut self, text: &str, style: &S, at: BackendCoord) -> Outcome {
        self.inner.draw_text(text, style, at).map_err(own)
    }

    fn estimate_text_size<S: BackendTextStyle>(&self, text: &str, style: &S) -> Outcome<(u32, u32)> {
        let font = format!("{} {}px {}", style.style().as_str(), style.size(), style.family().as_str());
        // Setting a font makes the browser parse it.
        if self.context.font() != font {
            self.context.set_font(&font);
        }
        let width = self.context.measure_text(text).map_err(refused)?.width();
        Ok((width.ceil() as u32, style.size().ceil() as u32))
    }

    fn blit_bitmap(&mut self, at: BackendCoord, (width, height): (u32, u32), rgb: &[u8]) -> Outcome {
        if width == 0 || height == 0 {
            return Ok(());
        }
        // Plain indices: compiled for size, iterators would be calls.
        let rgba = &mut vec![255; rgb.len() / 3 * 4][..];
        for pixel in 0..rgb.len() / 3 {
            rgba[4 * pixel] = rgb[3 * pixel];
            rgba[4 * pixel + 1] = rgb[3 * pixel + 1];
            rgba[4 * pixel + 2] = rgb[3 * pixel + 2];
        }
        let image =
            ImageData::new_with_u8_clamped_array_and_sh(Clamped(rgba), width, height).map_err(refused)?;
        // Image data goes onto device pixels, whatever the transform.
        let device = |units: i32| f64::from(units) / f64::from(self.grain);
        self.context.put_image_data(&image, device(at.0), device(at.1)).map_err(refused)
    }
}
