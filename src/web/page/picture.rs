//! A chart on the page: converts and delegates to `plot`.

use js_sys::{Object, Reflect, Uint8ClampedArray};
use serde::Serialize;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::JsCast as _;
use wasm_bindgen::prelude::*;
use web_sys::HtmlCanvasElement;

use super::canvas::Canvas;
use crate::chart::{Chart, Grip, Key};
use crate::error::{Code, Error};
use crate::plot::table::Cell;
use crate::plot::theme::Theme;
use crate::plot::{self, Frame, Look, Part, grips, image_grid, legend, readout, table};
use crate::text::{Language, Text};
use crate::web::error::to_js;

/// Parts of a device pixel between which curves are drawn.
const GRAIN: u32 = 8;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** How a picture is to look; lengths in css px, angles in radians. `highlight` is the key that is pointed at. */
export interface Look {
    width: number; height: number; ratio: number; dark: boolean; chinese: boolean;
    yaw?: number; pitch?: number; columns?: number; highlight?: number;
}
export interface LegendEntry {
    name: { en: string; zh: string }; color: string; dash: number[];
    sample: "line" | "dot" | "handle" | "cross" | "fill";
}
export interface Readout {
    px: number; py: number; title: { en: string; zh: string };
    rows: { name: { en: string; zh: string }; color: string; value: string }[];
    index?: number; key?: number;
}
/** Something that can be moved: where it is in units of the axes (column and row of a matrix, index and value of a bar)
    and in css px. All bars of one series have the same `grip`. */
export interface Handle {
    grip: number; x: number; y: number; px: number; py: number; name: { en: string; zh: string };
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
    backdrop: Option<Backdrop>,
}

/// What stands still of a chart, as it was drawn for a look.
struct Backdrop {
    chart: Chart,
    look: Look,
    canvas: HtmlCanvasElement,
}

#[derive(Serialize)]
struct Readout {
    px: f64,
    py: f64,
    title: Text,
    rows: Vec<readout::Row>,
    #[serde(skip_serializing_if = "Option::is_none")]
    index: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<Key>,
}

#[derive(Serialize)]
struct Handle {
    grip: Grip,
    x: f64,
    y: f64,
    px: f64,
    py: f64,
    name: Text,
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
    /// What kind of chart it is.
    #[wasm_bindgen(
        getter,
        unchecked_return_type = "\"plane\" | \"image-grid\" | \"surface\" | \"matrix\" | \"diagram\""
    )]
    pub fn kind(&self) -> String {
        self.chart.kind().to_owned()
    }

    /// The height in css px that it needs at a width in css px; undefined when it can have any.
    pub fn height(&self, width: f64) -> Option<f64> {
        let look = self.drawn.as_ref().map(|(look, _)| *look).unwrap_or_default();
        plot::height(&self.chart, width, look.columns, look.language)
    }

    /// Takes the place of an earlier picture, which is freed. What stands still in both of them is not drawn again.
    pub fn replace(&mut self, earlier: Picture) {
        if self.backdrop.is_none() {
            self.backdrop = earlier.backdrop;
        }
    }

    /// Draws the chart on a canvas, whose size in device pixels it sets. `look` is
    /// `{width, height, ratio, dark, chinese, yaw?, pitch?, columns?, highlight?}`, lengths in css px.
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

    /// Like [`draw`](Self::draw), on a background and with the legend inside, by which the canvas is larger.
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
        let look = look_from(look).map_err(to_js)?.for_export(&self.chart);
        let outcome = self.draw_with(canvas, look);
        // The picture on the page is still the old one.
        self.drawn = before;
        outcome
    }

    /// The chart as an SVG document with the legend inside, by which it is larger than the look says.
    ///
    /// # Errors
    /// When a field of `look` is wrong.
    pub fn svg(
        &self,
        #[wasm_bindgen(unchecked_param_type = "Look")] look: &JsValue,
    ) -> Result<String, JsValue> {
        let look = look_from(look).map_err(to_js)?.for_export(&self.chart);
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
            key: found.key,
        })
    }

    /// What can be moved in it, where it was drawn last: `{grip, x, y, px, py, name}[]`.
    #[wasm_bindgen(unchecked_return_type = "Handle[]")]
    pub fn grips(&self) -> Result<JsValue, JsValue> {
        let handles = self.drawn.as_ref().map(|(_, frame)| grips::handles(&self.chart, frame));
        let plain_handle = |handle: grips::Handle| {
            let ((x, y), (px, py)) = (handle.at, handle.place);
            Handle { grip: handle.grip, x, y, px, py, name: handle.name }
        };
        plain(&handles.unwrap_or_default().into_iter().map(plain_handle).collect::<Vec<_>>())
    }

    /// What a press at a place of the canvas it was drawn on last takes hold of, css px; undefined for nothing.
    #[wasm_bindgen(js_name = gripAt)]
    pub fn grip_at(&self, px: f64, py: f64) -> Option<u16> {
        let (_, frame) = self.drawn.as_ref()?;
        grips::grip_at(&self.chart, frame, (px, py)).map(|grip| grip.0)
    }

    /// Where an arrow key moves a handle, `dx` to the right and `dy` upwards, each −1, 0 or 1: by a fortieth of the axis
    /// or by a cell. `which` is meant of the handles that share a grip, from 0 in the order of `grips()`. Undefined when
    /// there is no such handle.
    #[wasm_bindgen(unchecked_return_type = "[number, number] | undefined")]
    pub fn nudge(&self, grip: u16, dx: i32, dy: i32, which: Option<usize>) -> Option<Vec<f64>> {
        let (_, frame) = self.drawn.as_ref()?;
        let moved = grips::nudge(&self.chart, frame, Grip(grip), (dx, dy), which.unwrap_or(0))?;
        Some(vec![moved.0, moved.1])
    }

    /// The axis values at a place of the canvas it was drawn on last, css px, or the column and row of a matrix; undefined
    /// outside the plot area.
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
            _ => Ok(JsValue::UNDEFINED),
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
            _ => None,
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
    /// A chart that is here already.
    pub fn of(chart: Chart) -> Self {
        Self { chart, drawn: None, backdrop: None }
    }

    fn draw_with(&mut self, canvas: &HtmlCanvasElement, look: Look) -> Result<(), JsValue> {
        let behind = self.backdrop_for(canvas, look)?;
        let part = if behind.is_some() { Part::Front } else { Part::Whole };
        let frame = draw_part(canvas, behind.as_ref(), &self.chart, &look, part)?;
        self.drawn = Some((look, frame));
        Ok(())
    }

    /// A canvas with what stands still, drawn again where the kept one was of another chart or look.
    fn backdrop_for(
        &mut self,
        canvas: &HtmlCanvasElement,
        look: Look,
    ) -> Result<Option<HtmlCanvasElement>, JsValue> {
        let Some(chart) = plot::backdrop(&self.chart).filter(|_| !look.legend) else { return Ok(None) };
        // Nothing of it is ever lit.
        let look = Look { highlight: None, ..look };
        let kept = self.backdrop.as_ref().filter(|kept| kept.look == look && kept.chart == chart);
        if let Some(kept) = kept {
            return Ok(Some(kept.canvas.clone()));
        }
        let own = match self.backdrop.take() {
            Some(kept) => kept.canvas,
            None => canvas.clone_node()?.dyn_into()?,
        };
        draw_part(&own, None, &self.chart, &look, Part::Backdrop)?;
        self.backdrop = Some(Backdrop { chart, look, canvas: own.clone() });
        Ok(Some(own))
    }
}

fn draw_part(
    canvas: &HtmlCanvasElement,
    behind: Option<&HtmlCanvasElement>,
    chart: &Chart,
    look: &Look,
    part: Part,
) -> Result<Frame, JsValue> {
    let refused = |reason: &str| JsValue::from(JsError::new(reason));
    let backend = Canvas::prepare(canvas, behind, look)
        .ok_or_else(|| refused("the canvas gives no drawing context"))?;
    plot::draw_part(backend, chart, look, part).map_err(|error| refused(&error.to_string()))
}

fn plain(value: &impl Serialize) -> Result<JsValue, JsValue> {
    Ok(value.serialize(&Serializer::json_compatible())?)
}

/// A checked look; `given` is an object of the page.
fn look_from(given: &JsValue) -> Result<Look, Error> {
    const FIELDS: [&str; 9] =
        ["width", "height", "ratio", "dark", "chinese", "yaw", "pitch", "columns", "highlight"];
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
        highlight: number("highlight", 0.0, f64::from(u32::MAX))?.map(|key| Key(key as u32)),
    })
}
