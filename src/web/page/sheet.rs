//! What is to be seen of a lab.

use js_sys::{Array, Object, Reflect, Uint8Array, Uint8ClampedArray};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast as _, JsValue};

use super::catalogue::{lab_of, settings_of};
use super::picture::Picture;
use crate::chart::{Chart, Key};
use crate::error::{Code, Error};
use crate::labs::Moment;
use crate::labs::sheet::{self, Cell, Row, Table};
use crate::text::Text;
use crate::train::explanation::Explanation;
use crate::train::report::Report;
use crate::web::convert::set;
use crate::web::error::to_js;
use crate::web::plain::to_plain;

/// What is to be seen of a lab at one moment. Call `free()` when there is a newer one.
#[wasm_bindgen]
pub struct Sheet {
    guess: Option<sheet::Guess>,
    notices: Vec<sheet::Notice>,
    numbers: Vec<sheet::Number>,
    table: Option<Table>,
    /// Slot, key and caption of each picture.
    pictures: Vec<(&'static str, Option<Key>, Text)>,
    /// The charts of the pictures, until they are taken.
    charts: Vec<Option<Chart>>,
}

#[wasm_bindgen]
impl Sheet {
    /// Shows a lab with checked settings. `reports` holds the bytes of each job's last report, null before the first.
    ///
    /// # Errors
    /// There is no such lab, the first setting that is wrong, or a moment, an explanation or a report that is none.
    #[wasm_bindgen(constructor)]
    pub fn new(
        #[wasm_bindgen(unchecked_param_type = "string")] lab: JsValue,
        #[wasm_bindgen(unchecked_param_type = "Settings")] settings: JsValue,
        #[wasm_bindgen(
            unchecked_param_type = "{ step: number; chosen: number | null; drawing?: Uint8Array | null }"
        )]
        moment: JsValue,
        #[wasm_bindgen(unchecked_param_type = "(Uint8Array | null)[]")] reports: JsValue,
    ) -> Result<Sheet, JsValue> {
        let lab = lab_of(&lab)?;
        let settings = settings_of(lab, &settings)?;
        let moment = moment_from_js(&moment).map_err(to_js)?;
        let reports = reports_from_js(&reports).map_err(to_js)?;
        let sheet::Sheet { notices, numbers, table, pictures } = (lab.show)(&settings, &moment, &reports);
        let guess = (lab.guess)(&settings, &moment, &reports);
        let apart =
            |picture: sheet::Picture| ((picture.slot, picture.key, picture.caption), Some(picture.chart));
        let (pictures, charts) = pictures.into_iter().map(apart).unzip();
        Ok(Self { guess, notices, numbers, table, pictures, charts })
    }

    /// All but the rows of the table and the charts.
    ///
    /// # Errors
    /// None; the type is what the conversion has.
    #[wasm_bindgen(unchecked_return_type = "SheetHead")]
    pub fn head(&self) -> Result<JsValue, JsValue> {
        let head: JsValue = Object::new().into();
        set(&head, "guess", to_plain(&self.guess)?);
        set(&head, "notices", to_plain(&self.notices)?);
        set(&head, "numbers", to_plain(&self.numbers)?);
        set(&head, "table", self.table.as_ref().map_or(Ok(JsValue::NULL), table_head)?);
        let picture = |(slot, key, caption): &(&str, Option<Key>, Text)| {
            let plain: JsValue = Object::new().into();
            set(&plain, "slot", *slot);
            set(&plain, "key", key_to_js(*key));
            set(&plain, "caption", to_plain(caption)?);
            Ok(plain)
        };
        set(&head, "pictures", self.pictures.iter().map(picture).collect::<Result<Array, JsValue>>()?);
        Ok(head)
    }

    /// Up to `count` rows of the table, those from `from` on.
    ///
    /// # Errors
    /// None; the type is what the conversion has.
    #[wasm_bindgen(unchecked_return_type = "TableRow[]")]
    pub fn rows(&self, from: u32, count: u32) -> Result<Array, JsValue> {
        let rows = self.table.as_ref().map_or(&[][..], |table| &table.rows);
        rows.iter().skip(from as usize).take(count as usize).map(row).collect()
    }

    /// The chart of a picture, which moves out: each can be taken once.
    ///
    /// # Errors
    /// There is no such picture, or it was taken.
    pub fn picture(&mut self, index: u32) -> Result<Picture, JsValue> {
        let count = self.charts.len();
        let chart = self.charts.get_mut(index as usize).and_then(Option::take);
        let missing =
            || Error::new(Code::OutsideRange, "index", index, format!("less than {count}, once each"));
        Ok(Picture::of(chart.ok_or_else(|| to_js(missing()))?))
    }
}

/// The key of an output of the network that reads the drawing: choosing it explains that output.
#[wasm_bindgen(js_name = outputKey)]
pub fn output_key(output: u32) -> u32 {
    crate::labs::output_key(output).0
}

/// The key of a test digit, by its place in the test set: choosing it puts it on the pad.
#[wasm_bindgen(js_name = testDigitKey)]
pub fn test_digit_key(index: u32) -> u32 {
    crate::labs::digit_key(index).0
}

fn key_to_js(key: Option<Key>) -> JsValue {
    key.map_or(JsValue::NULL, |Key(key)| key.into())
}

fn table_head(table: &Table) -> Result<JsValue, JsValue> {
    let head: JsValue = Object::new().into();
    set(&head, "columns", to_plain(&table.columns)?);
    set(&head, "rows", table.rows.len() as u32);
    Ok(head)
}

fn row(row: &Row) -> Result<JsValue, JsValue> {
    let plain: JsValue = Object::new().into();
    set(&plain, "key", key_to_js(row.key));
    set(&plain, "cells", row.cells.iter().map(cell).collect::<Result<Array, JsValue>>()?);
    Ok(plain)
}

fn cell(cell: &Cell) -> Result<JsValue, JsValue> {
    let plain: JsValue = Object::new().into();
    match cell {
        Cell::Words(text) => {
            set(&plain, "type", "words");
            set(&plain, "text", to_plain(text)?);
        }
        Cell::Number(number) => {
            set(&plain, "type", "number");
            set(&plain, "text", sheet::spelled(*number));
        }
        Cell::Image { image, width } => {
            set(&plain, "type", "image");
            set(&plain, "rgba", Uint8ClampedArray::from(sheet::ink(image).as_slice()));
            set(&plain, "width", *width as u32);
            set(&plain, "height", (image.pixels.len() / (*width).max(1)) as u32);
            set(&plain, "caption", to_plain(&image.caption)?);
        }
        Cell::Link { text, lab, settings } => {
            let values: JsValue = Object::new().into();
            for (name, value) in settings {
                set(&values, name, value.as_str());
            }
            set(&plain, "type", "link");
            set(&plain, "text", to_plain(text)?);
            set(&plain, "lab", *lab);
            set(&plain, "settings", values);
        }
    }
    Ok(plain)
}

fn moment_from_js(moment: &JsValue) -> Result<Moment, Error> {
    let number = |name: &str, most: f64| {
        let value = Reflect::get(moment, &name.into()).unwrap_or_default();
        if value.is_undefined() || value.is_null() {
            return Ok(None);
        }
        let number = value.as_f64().filter(|number| (0.0..=most).contains(number) && number.fract() == 0.0);
        let wrong =
            || Error::new(Code::OutsideRange, format!("moment.{name}"), format!("{value:?}"), "0, 1, 2, …");
        number.map(Some).ok_or_else(wrong)
    };
    // Beyond this a number of JavaScript is no longer exact.
    let step = number("step", 2_f64.powi(53))?.unwrap_or_default() as u64;
    let chosen = number("chosen", f64::from(u32::MAX))?.map(|key| Key(key as u32));
    let drawing = Reflect::get(moment, &"drawing".into()).unwrap_or_default();
    let drawing = match drawing.dyn_ref::<Uint8Array>() {
        Some(bytes) => Some(Explanation::from_bytes(&bytes.to_vec())?),
        None if drawing.is_undefined() || drawing.is_null() => None,
        None => return Err(Error::new(Code::WrongKind, "moment.drawing", "no bytes", "Uint8Array | null")),
    };
    Ok(Moment { step, chosen, drawing })
}

fn reports_from_js(reports: &JsValue) -> Result<Vec<Option<Report>>, Error> {
    let wrong = |field: String| Error::new(Code::WrongKind, field, "no bytes", "(Uint8Array | null)[]");
    let list: &Array = reports.dyn_ref().ok_or_else(|| wrong("reports".to_owned()))?;
    let report = |(index, bytes): (usize, JsValue)| {
        if bytes.is_null() || bytes.is_undefined() {
            return Ok(None);
        }
        let bytes: &Uint8Array = bytes.dyn_ref().ok_or_else(|| wrong(format!("reports[{index}]")))?;
        Report::from_bytes(&bytes.to_vec()).map(Some)
    };
    list.iter().enumerate().map(report).collect()
}

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
export type SheetHead = {
  /** What may be guessed before the run, and what it came to. */
  guess: { question: Text; options: Text[]; answer: { option: number; told: Text } | null } | null;
  notices: Notice[];
  numbers: { name: string; label: Text; value: string }[];
  table: { columns: Text[]; rows: number } | null;
  pictures: { slot: string; key: number | null; caption: Text }[];
};
/** What the experiment has to say. */
export type Notice = { code: string; tone: "quiet" | "info" | "warning"; text: Text; remedies: Remedy[] };
export type Remedy =
  | { type: "go-back"; text: Text; job: number }
  | { type: "look"; text: Text; step: number | null }
  | { type: "continue"; text: Text }
  | { type: "set" | "restart"; text: Text; settings: [string, string][] };
export type TableRow = { key: number | null; cells: TableCell[] };
export type TableCell =
  | { type: "words"; text: Text }
  | { type: "number"; text: string }
  | { type: "image"; rgba: Uint8ClampedArray; width: number; height: number; caption: Text }
  | { type: "link"; text: Text; lab: string; settings: Settings };
"#;
