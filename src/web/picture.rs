//! A chart on the page: converts and delegates to `plot`.

use js_sys::{Object, Reflect, Uint8Array, Uint8ClampedArray};
use serde::Serialize;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::prelude::*;
use web_sys::HtmlCanvasElement;

use super::canvas::Canvas;
use super::error::to_js;
use crate::chart::Chart;
use crate::error::{Code, Error};
use crate::plot::table::Cell;
use crate::plot::theme::Theme;
use crate::plot::{self, Frame, Look, image_grid, legend, readout, table};
use crate::text::{Language, Text};

/// Parts of a device pixel between which curves are drawn.
const GRAIN: u32 = 8;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** How a picture is to look; lengths in css px, angles in radians. */
export interface Look {
    width: number; height: number; ratio: number; dark: boolean; chinese: boolean;
    yaw?: number; pitch?: number; columns?: number;
}
export interface LegendEntry { name: { en: string; zh: string }; color: string; dash: number[] }
export interface Readout {
    px: number; py: number; title: { en: string; zh: string };
    rows: { name: { en: string; zh: string }; color: string; value: string }[];
    index?: number;
}
export interface PictureTable { columns: { en: string; zh: string }[]; rows: (number | string)[][] }
export interface PictureImage { rgba: Uint8ClampedArray; caption: { en: string; zh: string }; wrong: boolean }
"#;

/// One chart on the page. Call `free()` when it is no longer shown.
#[wasm_bindgen]
pub struct Picture {
    chart: Chart,
    /// How and where it was drawn last.
    drawn: Option<(Look, Frame)>,
}

#[derive(Serialize)]
struct Readout {
    px: f64,
    py: f64,
    title: Text,
    rows: Vec<readout::Row>,
    #[serde(skip_serializing_if = "Option::is_none")]
    index: Option<usize>,
}

#[derive(Serialize)]
struct Images {
    width: usize,
    height: usize,
    count: usize,
}

#[derive(Serialize)]
struct Table {
    columns: Vec<Text>,
    rows: Vec<Vec<Field>>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Field {
    Number(f64),
    Words(String),
}

#[wasm_bindgen]
impl Picture {
    /// The chart whose parts, one per lane, these bytes are.
    ///
    /// # Errors
    /// When there are none, or when they are not bytes of a chart of this version.
    #[wasm_bindgen(constructor)]
    pub fn new(parts: Vec<Uint8Array>) -> Result<Picture, JsValue> {
        let count = parts.len();
        let read = |(index, bytes): (usize, Uint8Array)| {
            let wrong = || {
                Error::new(
                    Code::WrongKind,
                    format!("parts[{index}]"),
                    format!("{} bytes", bytes.length()),
                    "Chart",
                )
            };
            Chart::from_bytes(&bytes.to_vec()).ok_or_else(wrong)
        };
        let charts: Result<Vec<Chart>, Error> = parts.into_iter().enumerate().map(read).collect();
        let chart = Chart::merge(charts.map_err(to_js)?);
        let chart = chart.ok_or_else(|| to_js(Error::new(Code::OutsideRange, "parts", count, "1 …")))?;
        Ok(Self { chart, drawn: None })
    }

    /// Draws the chart on a canvas, whose size in device pixels it sets. `look` is
    /// `{width, height, ratio, dark, chinese, yaw?, pitch?, columns?}`, lengths in css px.
    ///
    /// # Errors
    /// When a field of `look` is wrong, or the canvas refuses.
    pub fn draw(
        &mut self,
        canvas: &HtmlCanvasElement,
        #[wasm_bindgen(unchecked_param_type = "Look")] look: &JsValue,
    ) -> Result<(), JsValue> {
        self.draw_with(canvas, look_from(look).map_err(to_js)?)
    }

    /// Like [`draw`](Self::draw), on a background and with the legend inside.
    ///
    /// # Errors
    /// As there.
    #[wasm_bindgen(js_name = drawForExport)]
    pub fn draw_for_export(
        &mut self,
        canvas: &HtmlCanvasElement,
        #[wasm_bindgen(unchecked_param_type = "Look")] look: &JsValue,
    ) -> Result<(), JsValue> {
        let before = self.drawn.clone();
        let look = Look { legend: true, ..look_from(look).map_err(to_js)? };
        let outcome = self.draw_with(canvas, look);
        // The picture on the page is still the old one.
        self.drawn = before;
        outcome
    }

    /// The chart as an SVG document with the legend inside.
    ///
    /// # Errors
    /// When a field of `look` is wrong.
    pub fn svg(
        &self,
        #[wasm_bindgen(unchecked_param_type = "Look")] look: &JsValue,
    ) -> Result<String, JsValue> {
        let look = Look { legend: true, ..look_from(look).map_err(to_js)? };
        Ok(plot::svg(&self.chart, &look))
    }

    /// The named marks: `{name, color, dash}[]`.
    #[wasm_bindgen(unchecked_return_type = "LegendEntry[]")]
    pub fn legend(&self, dark: bool) -> Result<JsValue, JsValue> {
        plain(&legend::legend(&self.chart, dark))
    }

    /// What is at a place of the canvas it was drawn on last, css px; undefined where there is nothing.
    #[wasm_bindgen(unchecked_return_type = "Readout | undefined")]
    pub fn readout(&self, x: f64, y: f64) -> Result<JsValue, JsValue> {
        let found = self
            .drawn
            .as_ref()
            .and_then(|(look, frame)| readout::readout(&self.chart, frame, (x, y), look.dark));
        let Some(found) = found else { return Ok(JsValue::UNDEFINED) };
        plain(&Readout {
            px: found.place.0,
            py: found.place.1,
            title: found.title,
            rows: found.rows,
            index: found.index,
        })
    }

    /// The axis values at a place of the canvas it was drawn on last, css px; undefined outside the plot area.
    pub fn at(&self, x: f64, y: f64) -> Option<Vec<f64>> {
        let (_, frame) = self.drawn.as_ref()?;
        frame.at(x, y).map(|(x, y)| vec![x, y])
    }

    /// The place of a point given in axis values, css px of the canvas it was drawn on last; undefined without one.
    #[wasm_bindgen(js_name = pixelOf)]
    pub fn pixel_of(&self, x: f64, y: f64) -> Option<Vec<f64>> {
        let (_, frame) = self.drawn.as_ref()?;
        frame.pixel_of(x, y).map(|(x, y)| vec![x, y])
    }

    /// The numbers behind the chart, `{columns, rows}`, at most 100 rows; words in the language it was drawn in last.
    #[wasm_bindgen(unchecked_return_type = "PictureTable")]
    pub fn table(&self) -> Result<JsValue, JsValue> {
        let language = self.drawn.as_ref().map_or(Language::English, |(look, _)| look.language);
        let table = table::table(&self.chart);
        let field = |cell: Cell| match cell {
            Cell::Number(value) => Field::Number(value),
            Cell::Words(words) => Field::Words(words.in_language(language).to_owned()),
            Cell::Empty => Field::Words(String::new()),
        };
        let rows = table.rows.into_iter().map(|row| row.into_iter().map(field).collect()).collect();
        plain(&Table { columns: table.columns, rows })
    }

    /// Size and number of the images of an image grid; undefined for other charts.
    #[wasm_bindgen(unchecked_return_type = "{ width: number; height: number; count: number } | undefined")]
    pub fn images(&self) -> Result<JsValue, JsValue> {
        match &self.chart {
            Chart::ImageGrid(grid) => {
                plain(&Images { width: grid.width, height: grid.height, count: grid.images.len() })
            }
            Chart::Plane(_) | Chart::Surface(_) => Ok(JsValue::UNDEFINED),
        }
    }

    /// One image of an image grid, unscaled: `{rgba, caption, wrong}`, in the colours it was drawn in last.
    ///
    /// # Errors
    /// When there is no such image.
    #[wasm_bindgen(unchecked_return_type = "PictureImage")]
    pub fn image(&self, index: usize) -> Result<JsValue, JsValue> {
        let dark = self.drawn.as_ref().is_some_and(|(look, _)| look.dark);
        let count = if let Chart::ImageGrid(grid) = &self.chart { grid.images.len() } else { 0 };
        let found = match &self.chart {
            Chart::ImageGrid(grid) => {
                image_grid::rgba(grid, index, Theme::of(dark)).zip(grid.images.get(index))
            }
            Chart::Plane(_) | Chart::Surface(_) => None,
        };
        let (rgba, image) = found.ok_or_else(|| {
            to_js(Error::new(Code::OutsideRange, "index", index, format!("less than {count}")))
        })?;
        let object = Object::new();
        Reflect::set(&object, &"rgba".into(), &Uint8ClampedArray::from(&rgba[..]))?;
        Reflect::set(&object, &"caption".into(), &plain(&image.caption)?)?;
        Reflect::set(&object, &"wrong".into(), &image.wrong.into())?;
        Ok(object.into())
    }
}

impl Picture {
    fn draw_with(&mut self, canvas: &HtmlCanvasElement, look: Look) -> Result<(), JsValue> {
        let refused = |reason: &str| JsValue::from(JsError::new(reason));
        let backend =
            Canvas::prepare(canvas, &look).ok_or_else(|| refused("the canvas gives no drawing context"))?;
        let frame = plot::draw(backend, &self.chart, &look).map_err(|error| refused(&error.to_string()))?;
        self.drawn = Some((look, frame));
        Ok(())
    }
}

fn plain(value: &impl Serialize) -> Result<JsValue, JsValue> {
    Ok(value.serialize(&Serializer::json_compatible())?)
}

/// A checked look; `given` is an object of the page.
fn look_from(given: &JsValue) -> Result<Look, Error> {
    const FIELDS: [&str; 8] = ["width", "height", "ratio", "dark", "chinese", "yaw", "pitch", "columns"];
    let Some(object) = given.dyn_ref::<Object>() else {
        return Err(Error::new(Code::WrongKind, "look", format!("{given:?}"), "{width, height, …}"));
    };
    let keys = Object::keys(object);
    if let Some(key) =
        keys.iter().filter_map(|key| key.as_string()).find(|key| !FIELDS.contains(&key.as_str()))
    {
        return Err(Error::new(Code::UnknownField, format!("look.{key}"), key, FIELDS.join(" | ")));
    }
    let number = |name: &str, low: f64, high: f64| -> Result<Option<f64>, Error> {
        let field = || format!("look.{name}");
        let value = Reflect::get(object, &name.into()).unwrap_or_default();
        if value.is_undefined() || value.is_null() {
            return Ok(None);
        }
        let allowed = format!("{low} … {high}");
        let Some(value) = value.as_f64() else {
            return Err(Error::new(Code::NotANumber, field(), format!("{value:?}"), allowed));
        };
        let inside = (low..=high).contains(&value);
        if inside { Ok(Some(value)) } else { Err(Error::new(Code::OutsideRange, field(), value, allowed)) }
    };
    let needed = |name: &str, low: f64, high: f64| {
        let missing = || Error::new(Code::Missing, format!("look.{name}"), "", format!("{low} … {high}"));
        number(name, low, high)?.ok_or_else(missing)
    };
    let flag = |name: &str| Reflect::get(object, &name.into()).is_ok_and(|value| value.is_truthy());
    let default = Look::default();
    Ok(Look {
        width: needed("width", 1.0, 16_384.0)? as u32,
        height: needed("height", 1.0, 16_384.0)? as u32,
        ratio: needed("ratio", 0.1, 16.0)?,
        grain: GRAIN,
        dark: flag("dark"),
        language: if flag("chinese") { Language::Chinese } else { Language::English },
        yaw: number("yaw", -1e6, 1e6)?.unwrap_or(default.yaw),
        pitch: number("pitch", -1e6, 1e6)?.unwrap_or(default.pitch),
        columns: number("columns", 1.0, 4096.0)?.map(|columns| columns as usize),
        legend: false,
        bitmaps: true,
    })
}
