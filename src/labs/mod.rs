//! The labs, one file each: what may be set, what is computed, which charts show it. One list, [`ALL`].
//!
//! A lab is a description ([`Lab`]) and a run ([`Run`]). The page makes its form, its URL and its figures from the
//! description, the checks and the tests walk the same list: a new lab is a new file and a line here. Labs hold
//! no drawing and nothing of the browser.

mod descent;
mod digits;
pub mod field;
mod learning_rate;
mod parts;
pub mod settings;
pub mod training;

use std::collections::BTreeMap;

use serde::Serialize;

use self::field::Field;
use self::settings::Settings;
use self::training::Training;
use crate::chart::Chart;
use crate::data::collection::Collection;
use crate::error::Result;
use crate::text::Text;
use crate::train::course::Course;

/// Every lab, in the order of the book.
pub static ALL: &[Lab] = &[digits::LAB, descent::LAB, learning_rate::LAB];

/// What a lab is.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Lab {
    /// The name in the URL.
    pub id: &'static str,
    /// The sections of the book, such as `4.5, 5.7`.
    pub book: &'static str,
    /// The title.
    pub title: Text,
    /// Two or three sentences.
    pub intro: Text,
    /// Its formula, as MathML.
    pub formula: &'static str,
    /// What may be set.
    pub fields: &'static [Field],
    /// The charts its runs may have.
    pub charts: &'static [ChartSlot],
    /// Settings worth trying.
    pub tries: &'static [Try],
    /// Where its images come from.
    pub data: Data,
    /// It needs those only while a field holds one of these values.
    pub data_when: Option<(&'static str, &'static [&'static str])>,
    /// Steps a second when played, where watching is the point; as fast as it goes otherwise.
    pub pace: Option<f64>,
    /// The list of numbers of which each gets a run of its own, side by side.
    pub lanes_from: Option<&'static str>,
    /// Begins a run.
    #[serde(skip)]
    pub open: fn(&Settings, Lane) -> Result<Box<dyn Run>>,
}

/// Where a lab's images come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Data {
    /// It needs none.
    None,
    /// MNIST, 60,000 images to learn and 10,000 to be judged by.
    Mnist,
}

/// A place for a chart on the page.
#[derive(Clone, Debug, Serialize)]
pub struct ChartSlot {
    /// The chart's name in a [`View`].
    pub name: &'static str,
    /// The caption.
    pub title: Text,
    /// What it shows and how to read it, in a sentence.
    pub help: Text,
    /// How much room it wants.
    pub shape: Shape,
}

/// The room a chart wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Shape {
    /// Wider than tall: curves.
    Wide,
    /// As wide as tall: planes.
    Square,
    /// As tall as its pictures need.
    Grid,
}

/// Settings worth trying.
#[derive(Clone, Debug, Serialize)]
pub struct Try {
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

/// Which of several runs side by side this is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lane(pub usize);

/// An experiment at work. What it does depends on its settings, its lane, its images and the calls made, never on
/// the clock.
pub trait Run {
    /// The training that the run is, if it is one; then what follows can stay as it is, but for `set` and `view`.
    fn training(&mut self) -> Option<&mut Training> {
        None
    }

    /// Does a piece of work of at most a few milliseconds; whether it was one of the reader's steps.
    fn work(&mut self) -> Progress {
        self.training().map_or(Progress::Done, Training::work)
    }

    /// Brings what is shown up to date when the run is paused.
    fn settle(&mut self) {
        if let Some(course) = self.course() {
            course.judge_now();
        }
    }

    /// Back to the state before the first step.
    ///
    /// # Errors
    /// None for settings that were checked.
    fn rewind(&mut self) -> Result<()> {
        self.training().map_or(Ok(()), Training::rewind)
    }

    /// Takes over settings that differ in live fields only.
    ///
    /// # Errors
    /// A field does not fit the run as it is.
    fn set(&mut self, settings: &Settings) -> Result<()>;

    /// What is to be seen now. `seconds` is how long the run has been at work.
    fn view(&mut self, seconds: f64) -> View;

    /// Gives the images that have arrived so far.
    ///
    /// # Errors
    /// They do not fit the network.
    fn set_images(&mut self, training: &Collection, test: &Collection) -> Result<()> {
        self.training().map_or(Ok(()), |run| run.set_images(training, test))
    }

    /// The network over digits that the run trains, if it does: to read drawings, to be saved and loaded.
    fn course(&mut self) -> Option<&mut Course> {
        self.training().map(|training| &mut training.course)
    }

    /// Puts another network in place of the one being trained.
    ///
    /// # Errors
    /// The run trains none.
    fn set_course(&mut self, _course: Course) -> Result<()> {
        Err(crate::error::Error::new(crate::error::Code::NotReady, "file", "a lab with a network", ""))
    }
}

/// What a piece of work came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// One of the steps that the reader counts.
    Step,
    /// Work between steps.
    Between,
    /// Nothing can be done before more images arrive.
    Waiting,
    /// Nothing is left to do.
    Done,
}

/// What is to be seen of a run.
#[derive(Clone, Debug, Default)]
pub struct View {
    /// Whether it can go on.
    pub phase: Phase,
    /// Something worth saying in words.
    pub notice: Option<Notice>,
    /// Single numbers.
    pub numbers: Vec<Number>,
    /// Numbers in rows.
    pub table: Option<Table>,
    /// The charts, by the names of the lab's slots.
    pub charts: Vec<(&'static str, Chart)>,
    /// The iteration of the last good weights, when the run has diverged.
    pub can_go_back: Option<u64>,
    /// Images learned so far, for the speed.
    pub images: Option<u64>,
}

/// Whether a run can go on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Phase {
    /// For images.
    Waiting,
    /// It can.
    #[default]
    Ready,
    /// All steps are done.
    Finished,
    /// It cannot: see the notice.
    Stopped,
}

/// A message with its numbers; the page has the words.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Notice {
    /// Which message.
    pub code: &'static str,
    /// Its numbers, formatted.
    pub params: BTreeMap<&'static str, String>,
}

/// A number that is shown by itself.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Number {
    /// Its name, such as `iteration`.
    pub name: &'static str,
    /// What stands beside it.
    pub label: Text,
    /// The number, plain; an em dash when there is none yet.
    pub value: String,
}

/// Rows of numbers.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Table {
    /// The heads.
    pub columns: Vec<Text>,
    /// The rows, each with a cell for each column.
    pub rows: Vec<Vec<Text>>,
}

/// The lab of an id.
pub fn find(id: &str) -> Option<&'static Lab> {
    ALL.iter().find(|lab| lab.id == id)
}
