//! A worker's side: jobs at work on the data that has arrived. It knows tasks and no lab.

mod data;
mod files;
mod gallery;
pub mod own_digits;
mod predictions;
mod python;
mod reasons;

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use js_sys::{Array, Object, Uint8Array};
use serde::Deserialize as _;
use serde::de::IntoDeserializer as _;
use serde::de::value::Error as Plain;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::convert::{set, text_from_js};
use super::error::to_js;
use super::plain::to_plain;
use crate::data::sets::Sets;
use crate::error::{Code, Error};
use crate::train::report::{Report, Want};
use crate::train::task::Task;
use crate::train::training::Training;
use crate::train::work::{Progress, Work};

#[wasm_bindgen]
extern "C" {
    /// Milliseconds since the worker began; in pages, workers and Node alike.
    #[wasm_bindgen(js_namespace = performance)]
    fn now() -> f64;
}

/// Works for about so many milliseconds, bit by bit; whether more is left, as the last bit said.
fn slice(budget: f64, mut work: impl FnMut() -> bool) -> bool {
    let begun = now();
    loop {
        let more = work();
        if !more || now() - begun >= budget {
            return more;
        }
    }
}

/// The data of a worker, each set once, and the jobs that work on it. Freed once, by ending the worker.
#[wasm_bindgen]
#[derive(Default)]
pub struct Workshop {
    sets: Sets,
    jobs: BTreeMap<u32, Job>,
}

/// A job that is open.
struct Job {
    work: Box<dyn Work>,
    /// Time at work.
    milliseconds: f64,
}

#[wasm_bindgen]
impl Workshop {
    /// A workshop without data or jobs.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Workshop {
        Self::default()
    }

    /// Begins a task as the job of this number, in place of one that has it.
    ///
    /// # Errors
    /// The bytes are no task, or the field of the task that is wrong; then the job before stays.
    pub fn open(&mut self, job: u32, task: &[u8]) -> Result<(), JsValue> {
        let begin = || {
            let mut work = Task::from_bytes(task)?.begin()?;
            work.set_data(&self.sets)?;
            Ok(Job { work, milliseconds: 0.0 })
        };
        let opened = begin().map_err(to_js)?;
        self.jobs.insert(job, opened);
        Ok(())
    }

    /// Ends a job, if it is open.
    pub fn close(&mut self, job: u32) {
        self.jobs.remove(&job);
    }

    /// Takes over a changed task on the way; false, and nothing done, where the job has to be opened again for it.
    ///
    /// # Errors
    /// There is no such job, the bytes are no task, or the field of the task that is wrong.
    pub fn change(&mut self, job: u32, task: &[u8]) -> Result<bool, JsValue> {
        let task = Task::from_bytes(task).map_err(to_js)?;
        self.find(job)?.work.change(&task).map_err(to_js)
    }

    /// Works on a job for about `budget` milliseconds.
    ///
    /// # Errors
    /// There is no such job.
    #[wasm_bindgen(unchecked_return_type = "Worked")]
    pub fn work(&mut self, job: u32, budget: f64) -> Result<JsValue, JsValue> {
        self.find(job)?.work_until(u32::MAX, budget)
    }

    /// Takes up to `count` steps of a job, as far as about `budget` milliseconds allow: what is due before a step, such as
    /// an evaluation, takes of that time too.
    ///
    /// # Errors
    /// There is no such job.
    #[wasm_bindgen(unchecked_return_type = "Worked")]
    pub fn step(&mut self, job: u32, count: u32, budget: f64) -> Result<JsValue, JsValue> {
        self.find(job)?.work_until(count, budget)
    }

    /// Asks for an evaluation of a job as it is, because it rests; [`finish_evaluation`](Self::finish_evaluation) makes it.
    ///
    /// # Errors
    /// There is no such job.
    pub fn evaluate(&mut self, job: u32) -> Result<(), JsValue> {
        self.find(job)?.work.evaluate();
        Ok(())
    }

    /// Goes on with an evaluation for about `budget` milliseconds; whether more of it is left.
    ///
    /// # Errors
    /// There is no such job.
    #[wasm_bindgen(js_name = finishEvaluation)]
    pub fn finish_evaluation(&mut self, job: u32, budget: f64) -> Result<bool, JsValue> {
        let job = self.find(job)?;
        let begun = now();
        let more = slice(budget, || job.work.finish_evaluation());
        job.milliseconds += now() - begun;
        Ok(more)
    }

    /// Goes on for about `budget` milliseconds with what takes long and is on screen, while a job rests; `wants` as in
    /// [`report`](Self::report). Whether more of it is left. It is not counted as time at work.
    ///
    /// # Errors
    /// There is no such job, or nothing of such a name.
    pub fn survey(
        &mut self,
        job: u32,
        #[wasm_bindgen(unchecked_param_type = "string[]")] wants: Array,
        budget: f64,
    ) -> Result<bool, JsValue> {
        let wants = wants_of(&wants)?;
        let job = self.find(job)?;
        Ok(slice(budget, || job.work.survey(&wants)))
    }

    /// Takes a job back to before its first step, with the network of its task.
    ///
    /// # Errors
    /// There is no such job, or the data does not fit its task.
    pub fn rewind(&mut self, job: u32) -> Result<(), JsValue> {
        let job = self.find(job)?;
        job.work.rewind().map_err(to_js)?;
        job.milliseconds = 0.0;
        Ok(())
    }

    /// Takes a training that diverged back to the last weights whose loss was good.
    ///
    /// # Errors
    /// There is no such training, it has not diverged, or it kept no weights.
    #[wasm_bindgen(js_name = goBack)]
    pub fn go_back(&mut self, job: u32) -> Result<(), JsValue> {
        self.training(job)?.go_back().map_err(to_js)
    }

    /// Makes a training what it was at an iteration, or as near to that as is kept; without one, what it had come to.
    ///
    /// # Errors
    /// There is no such training, or it keeps nothing of its past.
    pub fn look(&mut self, job: u32, iteration: Option<f64>) -> Result<(), JsValue> {
        self.training(job)?.look(iteration.map(|iteration| iteration as u64)).map_err(to_js)
    }

    /// The same for one who moves by keys, to the one side or the other: at least to the next step that is kept.
    ///
    /// # Errors
    /// As [`look`](Self::look).
    #[wasm_bindgen(js_name = lookOn)]
    pub fn look_on(&mut self, job: u32, iteration: f64, forward: bool) -> Result<(), JsValue> {
        self.training(job)?.look_on(iteration as u64, forward).map_err(to_js)
    }

    /// Everything that a job has become, but the data.
    ///
    /// # Errors
    /// There is no such job.
    pub fn mark(&mut self, job: u32) -> Result<Vec<u8>, JsValue> {
        let job = self.find(job)?;
        let mut mark = job.milliseconds.to_le_bytes().to_vec();
        mark.extend(job.work.mark());
        Ok(mark)
    }

    /// Makes a job what a mark of the same task says.
    ///
    /// # Errors
    /// There is no such job, the bytes are no mark of its task, or the data does not fit; then nothing changed.
    #[wasm_bindgen(js_name = goTo)]
    pub fn go_to(&mut self, job: u32, mark: &[u8]) -> Result<(), JsValue> {
        let job = self.find(job)?;
        let short = || Error::new(Code::Truncated, "mark", format!("{} bytes", mark.len()), "≥ 8 bytes");
        let (milliseconds, mark) = mark.split_first_chunk::<8>().ok_or_else(|| to_js(short()))?;
        job.work.go_to(mark).map_err(to_js)?;
        job.milliseconds = f64::from_le_bytes(*milliseconds);
        Ok(())
    }

    /// What a job has come to. `wants` are the names of what the report is to hold beyond progress and curves.
    ///
    /// # Errors
    /// There is no such job, or nothing of such a name.
    #[wasm_bindgen(unchecked_return_type = "JobReport")]
    pub fn report(
        &mut self,
        job: u32,
        #[wasm_bindgen(unchecked_param_type = "string[]")] wants: Array,
    ) -> Result<JsValue, JsValue> {
        let wants = wants_of(&wants)?;
        let job = self.find(job)?;
        report(&job.work.report(job.milliseconds / 1000.0, &wants))
    }
}

impl Workshop {
    fn find(&mut self, job: u32) -> Result<&mut Job, JsValue> {
        match self.jobs.entry(job) {
            Entry::Occupied(found) => Ok(found.into_mut()),
            Entry::Vacant(_) => Err(to_js(Error::new(Code::NotReady, "job", job, ""))),
        }
    }

    /// The training of a job.
    fn training(&mut self, job: u32) -> Result<&mut Training, JsValue> {
        let missing = || to_js(Error::new(Code::NotReady, "job", "a network", ""));
        self.find(job)?.work.training().ok_or_else(missing)
    }
}

impl Job {
    fn work_until(&mut self, most: u32, budget: f64) -> Result<JsValue, JsValue> {
        let begun = now();
        let mut steps = 0;
        let mut more = true;
        while steps < most {
            match self.work.work() {
                Progress::Step => steps += 1,
                Progress::Between => {}
                Progress::Waiting | Progress::Done => {
                    more = false;
                    break;
                }
            }
            if now() - begun >= budget {
                break;
            }
        }
        self.milliseconds += now() - begun;
        let worked: JsValue = Object::new().into();
        set(&worked, "steps", steps);
        set(&worked, "more", more);
        Ok(worked)
    }
}

fn wants_of(wants: &Array) -> Result<Vec<Want>, JsValue> {
    wants.iter().map(|want| want_of(&want)).collect()
}

fn want_of(want: &JsValue) -> Result<Want, JsValue> {
    let name = text_from_js("wants", want)?;
    let known = Want::deserialize(name.as_str().into_deserializer());
    known.map_err(|error: Plain| to_js(Error::new(Code::NotAChoice, "wants", &name, error.to_string())))
}

fn report(report: &Report) -> Result<JsValue, JsValue> {
    let training = report.training();
    let count = |count: Option<u64>| count.map_or(JsValue::NULL, |count| (count as f64).into());
    let plain: JsValue = Object::new().into();
    set(&plain, "phase", to_plain(&report.phase)?);
    set(&plain, "done", report.done as f64);
    set(&plain, "of", count(report.of));
    set(&plain, "seconds", report.seconds);
    set(&plain, "examples", training.map_or(0, |training| training.examples) as f64);
    set(&plain, "wayBack", count(training.and_then(|training| training.way_back)));
    let looking = training.and_then(|training| training.looking);
    set(&plain, "looking", count(looking.map(|look| look.newest)));
    set(&plain, "bytes", Uint8Array::from(report.to_bytes().as_slice()));
    Ok(plain)
}

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** `more`: whether it may go on now; false where it is over, or waits for data. */
export type Worked = { steps: number; more: boolean };
/** What a job has come to. */
export type JobReport = {
  phase: "waiting" | "ready" | "finished" | "diverged";
  /** steps */
  done: number;
  /** steps in all; null for one without end */
  of: number | null;
  /** at work */
  seconds: number;
  /** learned so far, repeats counted */
  examples: number;
  /** the step of the kept weights, after it has diverged */
  wayBack: number | null;
  /** the step that it had come to, while it is looked at before that */
  looking: number | null;
  /** the whole report, for a `Sheet` */
  bytes: Uint8Array;
};
"#;
