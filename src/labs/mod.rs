//! The labs, one file each. One list, [`ALL`].
//!
//! A lab is two pure functions around its jobs, and a description. Its settings become jobs ([`Lab::jobs`]), which run in
//! workers and report; settings, the [`Moment`] and the reports become what is seen ([`Lab::show`]). Moving a mark
//! becomes settings again ([`Lab::drag`]). The page makes the form, the address and the figures from the description; the
//! checks and the tests walk the same list. Labs hold no worker, no drawing and nothing of the browser.

mod activations;
mod batch_norm;
pub mod check;
mod convnet;
mod convolution;
mod deep;
mod descent;
mod differentiation;
mod digits;
pub mod field;
mod forward;
mod gradient_check;
mod graph;
mod inference;
mod iris;
mod learning_rate;
mod loss;
mod optimizers;
mod overfitting;
mod parts;
mod perceptron;
mod search;
pub mod settings;
pub mod sheet;
mod weight_init;

use serde::Serialize;

use self::field::Field;
use self::settings::Settings;
use self::sheet::{Guess, Sheet};
use crate::chart::{Grip, Key};
use crate::error::Result;
use crate::text::Text;
use crate::train::explanation::Explanation;
use crate::train::report::{Report, Want};
use crate::train::task::Task;

/// Every lab. The page opens with the first one.
pub static ALL: &[Lab] = &[
    digits::LAB,
    perceptron::LAB,
    activations::LAB,
    forward::LAB,
    inference::LAB,
    loss::LAB,
    differentiation::LAB,
    descent::LAB,
    learning_rate::LAB,
    iris::LAB,
    graph::LAB,
    gradient_check::LAB,
    optimizers::LAB,
    weight_init::LAB,
    batch_norm::LAB,
    overfitting::LAB,
    search::LAB,
    convolution::LAB,
    convnet::LAB,
    deep::LAB,
];

/// What a lab is.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Lab {
    /// The name in the address.
    pub id: &'static str,
    /// The sections of the book, such as `4.5`; empty for what is in none.
    pub sections: &'static [&'static str],
    /// The title.
    pub title: Text,
    /// One sentence: what one does here, and what one sees.
    pub line: Text,
    /// A few more sentences, folded away at first.
    pub about: Text,
    /// Its formula, as MathML.
    pub formula: &'static str,
    /// What may be set, in the order of the form.
    pub fields: &'static [Field],
    /// The places of its figures, in their order.
    pub slots: &'static [Slot],
    /// The parts of the page that it asks for besides figures.
    pub inputs: &'static [Input],
    /// Settings worth trying.
    pub suggestions: &'static [Suggestion],
    /// Steps a second when a figure is played.
    pub pace: f64,
    /// The jobs that settings ask for; none for a figure, which the page shows by itself. The same settings give the
    /// same jobs, in the same order.
    ///
    /// # Errors
    /// The field that does not go together with the others.
    #[serde(skip)]
    pub jobs: fn(&Settings) -> Result<Vec<Job>>,
    /// How many steps a figure can be moved through ([`Moment::step`]); 0 where nothing moves, or where jobs do.
    #[serde(skip)]
    pub steps: fn(&Settings) -> u64,
    /// What is seen: at once, on the page, as a function of its arguments alone. `reports` holds the last report of each
    /// job, in the order of [`jobs`](Self::jobs); none before the first. May take 4 ms at the lab's largest settings.
    #[serde(skip)]
    pub show: fn(&Settings, &Moment, &[Option<Report>]) -> Sheet,
    /// What moving a mark to a place means. The place is in the units of the chart that holds the mark.
    #[serde(skip)]
    pub drag: fn(&Settings, Grip, [f64; 2]) -> Edits,
    /// What a visitor may guess before a run that teaches something, and how it went; none where nothing is to be guessed.
    #[serde(skip)]
    pub guess: fn(&Settings, &Moment, &[Option<Report>]) -> Option<Guess>,
}

/// A place for figures on the page.
#[derive(Clone, Debug, Serialize)]
pub struct Slot {
    /// The name by which a [`Picture`](sheet::Picture) asks for it.
    pub name: &'static str,
    /// The caption.
    pub title: Text,
    /// What it shows and how to read it, in a sentence.
    pub help: Text,
    /// How much room it wants.
    pub shape: Shape,
    /// Whether it stands on the stage, in view at once, or below.
    pub place: Place,
    /// What reports must hold while it is on screen.
    pub wants: &'static [Want],
    /// That only while a field holds one of these values.
    pub only: Option<(&'static str, &'static [&'static str])>,
}

impl Slot {
    /// A slot on the stage that needs nothing special of reports.
    pub const fn new(name: &'static str, title: Text, help: Text, shape: Shape) -> Self {
        Self { name, title, help, shape, place: Place::Main, wants: &[], only: None }
    }

    /// The same further down.
    #[must_use]
    pub const fn more(mut self) -> Self {
        self.place = Place::More;
        self
    }

    /// The same, with what reports must hold while it is on screen.
    #[must_use]
    pub const fn wants(mut self, wants: &'static [Want]) -> Self {
        self.wants = wants;
        self
    }

    /// The same, whose [`wants`](Self::wants) stand only while a field holds one of some values.
    #[must_use]
    pub const fn only(mut self, field: &'static str, values: &'static [&'static str]) -> Self {
        self.only = Some((field, values));
        self
    }
}

/// The room a figure wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Shape {
    /// Wider than tall: curves, diagrams.
    Wide,
    /// As wide as tall: planes.
    Square,
    /// As tall as its images need, over the whole width.
    Grid,
    /// As large as its cells need: matrices.
    Cells,
    /// Many small pictures, each as wide as tall, as many in a row as fit.
    Multiples,
}

/// Where a slot or a field stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Place {
    /// In view at once: figures on the stage, controls in the run bar.
    Main,
    /// Further down, or folded away.
    More,
}

/// A part of the page that a lab asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Input {
    /// The drawing pad, and what the first job's network predicts.
    Drawing,
    /// The test images with their predictions, and the confusion matrix.
    TestDigits,
    /// Saving and loading the first job's network.
    NetFile,
}

/// Settings worth trying.
#[derive(Clone, Debug, Serialize)]
pub struct Suggestion {
    /// What to look for.
    pub text: Text,
    /// The settings, all others at their default.
    #[serde(serialize_with = "as_map")]
    pub settings: &'static [(&'static str, &'static str)],
}

fn as_map<S: serde::Serializer>(
    pairs: &&'static [(&'static str, &'static str)],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_map(pairs.iter().copied())
}

/// One thing that runs in a worker.
#[derive(Clone, Debug, PartialEq)]
pub struct Job {
    /// Its name in legends and tables: `η = 0.1`.
    pub name: Text,
    /// Which colour of the palette its curves have, from 0.
    pub color: u8,
    /// What it does.
    pub task: Task,
    /// The network, by its file's name in `www/weights`, that stands in for this job until training begins.
    pub pretrained: Option<&'static str>,
    /// Whether training goes on from the network that stands in, instead of beginning with random weights.
    pub continues: bool,
    /// Whether it is to be compared step by step: where one joins those that have begun, all begin again.
    pub abreast: bool,
}

impl Job {
    /// A job by itself, whose network begins with random weights.
    pub const fn new(name: Text, color: u8, task: Task) -> Self {
        Self { name, color, task, pretrained: None, continues: false, abreast: false }
    }
}

/// What the page knows besides settings and reports.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Moment {
    /// How far a figure was moved, 0 to [`Lab::steps`].
    pub step: u64,
    /// What the visitor chose by a click or with Enter.
    pub chosen: Option<Key>,
    /// What the first job's network makes of the drawing; none while the pad is blank, or where there is no pad.
    pub drawing: Option<Explanation>,
}

/// What moving a mark came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Edits {
    /// New values of fields, as the address spells them.
    pub settings: Vec<(&'static str, String)>,
    /// Where the figure is moved to; where jobs run, the step of theirs that is looked at.
    pub step: Option<u64>,
}

/// Outputs of the network that reads the drawing have keys from here on.
const OUTPUTS: u32 = 1 << 21;

/// What an output of the network that reads the drawing stands for, in every figure.
pub fn output_key(output: u32) -> Key {
    Key(OUTPUTS.saturating_add(output))
}

/// Test digits have keys from here on.
const DIGITS: u32 = 1 << 22;

/// What a test digit stands for, by its place in the test set: choosing it puts it on the pad, where there is one.
pub fn digit_key(index: u32) -> Key {
    Key(DIGITS.saturating_add(index))
}

/// The output that a key stands for.
pub(crate) fn output_of(key: Key) -> Option<usize> {
    key.0.checked_sub(OUTPUTS).map(|output| output as usize)
}

/// The lab of an id.
pub fn find(id: &str) -> Option<&'static Lab> {
    ALL.iter().find(|lab| lab.id == id)
}

/// The `jobs` of a lab that is a figure.
pub(crate) fn no_jobs(_: &Settings) -> Result<Vec<Job>> {
    Ok(Vec::new())
}

/// The `steps` of a lab in which nothing moves by steps.
pub(crate) fn no_steps(_: &Settings) -> u64 {
    0
}

/// The `drag` of a lab in which nothing can be moved.
pub(crate) fn no_drag(_: &Settings, _: Grip, _: [f64; 2]) -> Edits {
    Edits::default()
}

/// The `guess` of a lab in which nothing is to be guessed.
pub(crate) fn no_guess(_: &Settings, _: &Moment, _: &[Option<Report>]) -> Option<Guess> {
    None
}
