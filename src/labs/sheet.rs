//! What is to be seen of a lab at one moment, as data.

use serde::Serialize;

use super::parts::significant;
use crate::chart::{Chart, Image, Key};
use crate::text::Text;

/// Everything that is to be seen.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sheet {
    /// What is worth saying in words.
    pub notices: Vec<Notice>,
    /// Single numbers, for the run bar.
    pub numbers: Vec<Number>,
    /// Numbers in rows.
    pub table: Option<Table>,
    /// The figures. Several may stand in one slot.
    pub pictures: Vec<Picture>,
}

/// A figure in its slot.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    /// The slot's name.
    pub slot: &'static str,
    /// What the whole picture stands for. Two pictures in one slot have different keys.
    pub key: Option<Key>,
    /// What stands above it, where a slot holds several; may be empty.
    pub caption: Text,
    /// What it shows.
    pub chart: Chart,
}

/// A message of the experiment.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Notice {
    /// Its name, in kebab-case: a notice that stays is not said twice.
    pub code: &'static str,
    /// How urgent it is.
    pub tone: Tone,
    /// The sentence.
    pub text: Text,
    /// What can be done about it.
    pub remedies: Vec<Remedy>,
}

/// How urgent a notice is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Tone {
    /// Stands beside what the run is doing, as long as it is true.
    Quiet,
    /// Worth knowing.
    Info,
    /// Something went wrong.
    Warning,
}

/// Something that can be done about a notice.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum Remedy {
    /// Goes back to the kept weights of a job.
    GoBack {
        /// What the button says.
        text: Text,
        /// The job, by its index.
        job: usize,
    },
    /// Looks at another moment of every job, or at where they had come.
    Look {
        /// What the button says.
        text: Text,
        /// The iteration; none for the newest.
        step: Option<u64>,
    },
    /// Goes on with the run from what is seen.
    Continue {
        /// What the button says.
        text: Text,
    },
    /// Takes over settings.
    Set {
        /// What the button says.
        text: Text,
        /// Field and value, as the address spells them.
        settings: Vec<(&'static str, String)>,
    },
    /// The same, and trains again from the start: where a change on the way would mend nothing.
    Restart {
        /// What the button says.
        text: Text,
        /// Field and value, as the address spells them.
        settings: Vec<(&'static str, String)>,
    },
}

/// A question that a visitor may answer before the run does.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Guess {
    /// The question.
    pub question: Text,
    /// What may be answered, at least two.
    pub options: Vec<Text>,
    /// What the run came to, once it is known.
    pub answer: Option<Answer>,
}

/// The answer to a [`Guess`].
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Answer {
    /// The option that is right, by its index.
    pub option: usize,
    /// What came out, in a sentence.
    pub told: Text,
}

/// A number that is shown by itself.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Number {
    /// Its name in kebab-case, such as `iteration`.
    pub name: &'static str,
    /// What stands beside it.
    pub label: Text,
    /// The number, plain. What has no value yet is no number of a sheet.
    pub value: String,
}

/// Rows of cells.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    /// The heads.
    pub columns: Vec<Text>,
    /// The rows, each with a cell for each column.
    pub rows: Vec<Row>,
}

/// A row of a table.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Row {
    /// What it stands for.
    pub key: Option<Key>,
    /// Its cells.
    pub cells: Vec<Cell>,
}

/// A cell of a table.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Words.
    Words(Text),
    /// A number, written with six significant digits.
    Number(f64),
    /// A small picture, 0 to 255 in each pixel, `width` of them in a row.
    Image {
        /// The pixels and what they show.
        image: Image,
        /// Pixels in a row.
        width: usize,
    },
    /// The way into a lab with these settings.
    Link {
        /// What the link says.
        text: Text,
        /// The lab's id.
        lab: &'static str,
        /// Field and value, as the address spells them.
        settings: Vec<(&'static str, String)>,
    },
}

/// A number of a table as it is written: six significant digits, plain where that is readable.
pub fn spelled(number: f64) -> String {
    significant(number, 6)
}

/// A small picture of a table as red, green, blue and opacity of each pixel: black ink on nothing, so that the page gives
/// paper and ink its colours.
pub fn ink(image: &Image) -> Vec<u8> {
    image.pixels.iter().flat_map(|&pixel| [0, 0, 0, pixel]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ink_is_opacity_and_paper_is_clear() {
        let image = Image { pixels: vec![0, 255], caption: Text::same("1"), ..Image::default() };
        assert_eq!(ink(&image), [0, 0, 0, 0, 0, 0, 0, 255]);
        assert_eq!(spelled(1.0 / 3.0), "0.333333");
    }
}
