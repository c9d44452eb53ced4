//! What settings ask for, and what moving a mark means.

use js_sys::{Array, Object, Uint8Array};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::catalogue::{lab_of, settings_of};
use crate::chart::Grip;
use crate::error::{Code, Error};
use crate::labs::Job;
use crate::train::task::{Count, Needs, SetName, Share, Task};
use crate::web::convert::set;
use crate::web::error::to_js;
use crate::web::plain::to_plain;

/// The jobs that checked settings of a lab ask for, and how many steps its figures can be moved through.
///
/// # Errors
/// There is no such lab, or the first setting that is wrong.
#[wasm_bindgen(unchecked_return_type = "Plan")]
pub fn plan(
    #[wasm_bindgen(unchecked_param_type = "string")] lab: JsValue,
    #[wasm_bindgen(unchecked_param_type = "Settings")] settings: JsValue,
) -> Result<JsValue, JsValue> {
    let lab = lab_of(&lab)?;
    let settings = settings_of(lab, &settings)?;
    let jobs = (lab.jobs)(&settings).map_err(to_js)?;
    let plan: JsValue = Object::new().into();
    set(&plan, "steps", (lab.steps)(&settings) as f64);
    set(&plan, "jobs", jobs.iter().map(describe).collect::<Result<Array, JsValue>>()?);
    Ok(plan)
}

/// What moving something to a place in the units of its chart comes to: settings, the step of the figure, both or
/// nothing.
///
/// # Errors
/// There is no such lab, the first setting that is wrong, or a `grip` that is no whole number below 65,536.
#[wasm_bindgen(unchecked_return_type = "Dragged")]
pub fn drag(
    #[wasm_bindgen(unchecked_param_type = "string")] lab: JsValue,
    #[wasm_bindgen(unchecked_param_type = "Settings")] settings: JsValue,
    grip: f64,
    x: f64,
    y: f64,
) -> Result<JsValue, JsValue> {
    let lab = lab_of(&lab)?;
    let settings = settings_of(lab, &settings)?;
    if !(0.0..=f64::from(u16::MAX)).contains(&grip) || grip.fract() != 0.0 {
        return Err(to_js(Error::new(Code::OutsideRange, "grip", grip, format!("0 … {}", u16::MAX))));
    }
    let edits = (lab.drag)(&settings, Grip(grip as u16), [x, y]);
    let changes: JsValue = Object::new().into();
    for (name, value) in edits.settings {
        set(&changes, name, value);
    }
    let dragged: JsValue = Object::new().into();
    set(&dragged, "settings", changes);
    set(&dragged, "step", edits.step.map_or(JsValue::NULL, |step| (step as f64).into()));
    Ok(dragged)
}

fn describe(job: &Job) -> Result<JsValue, JsValue> {
    let described: JsValue = Object::new().into();
    set(&described, "name", to_plain(&job.name)?);
    set(&described, "color", job.color);
    set(&described, "task", Uint8Array::from(job.task.to_bytes().as_slice()));
    set(&described, "pretrained", job.pretrained.map_or(JsValue::NULL, JsValue::from));
    set(&described, "continues", job.continues);
    set(&described, "abreast", job.abreast);
    set(&described, "limit", job.task.limit().map_or(JsValue::NULL, |limit| (limit as f64).into()));
    set(&described, "starts", job.task.starts_by_itself());
    set(&described, "learns", matches!(job.task, Task::Train(_)));
    set(&described, "needs", needs(&job.task.needs()));
    Ok(described)
}

fn needs(needs: &Needs) -> JsValue {
    let share = |share: &Share| -> JsValue {
        let plain: JsValue = Object::new().into();
        let name = match share.set {
            SetName::Mnist => "mnist",
            SetName::Iris => "iris",
            SetName::Own | SetName::OwnVaried => "own",
        };
        set(&plain, "set", name);
        let count = match share.count {
            Count::All => JsValue::NULL,
            Count::First(count) => count.into(),
        };
        set(&plain, "count", count);
        plain
    };
    let plain: JsValue = Object::new().into();
    set(&plain, "train", needs.train.iter().map(share).collect::<Array>());
    set(&plain, "test", needs.test.iter().map(share).collect::<Array>());
    plain
}

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
export type Plan = {
  /** how many steps a figure can be moved through; 0 where nothing moves, or where jobs do */
  steps: number;
  jobs: JobDescription[];
};
export type JobDescription = {
  name: Text;
  /** of the palette, from 0 */
  color: number;
  /** for `Workshop.open`; equal tasks have equal bytes and give equal results */
  task: Uint8Array;
  /** the name of a network that stands in for it until it is trained */
  pretrained: string | null;
  /** whether training goes on from that network, instead of beginning with random weights */
  continues: boolean;
  /** whether all begin again where it joins them */
  abreast: boolean;
  /** its steps; null for one without end */
  limit: number | null;
  /** whether it is begun as soon as it is there */
  starts: boolean;
  /** whether it is a training */
  learns: boolean;
  needs: Needs;
};
export type Needs = { train: Share[]; test: Share[] };
/** So many of a data set, from its beginning; null: all. */
export type Share = { set: "mnist" | "iris" | "own"; count: number | null };
export type Dragged = { settings: Settings; step: number | null };
"#;
