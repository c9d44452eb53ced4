//! A task at work, in pieces of a few milliseconds.

pub use super::progress::Progress;
use super::report::{Report, Want};
use super::task::Task;
use super::training::Training;
use crate::data::sets::Sets;
use crate::error::{Code, Error, Result};

/// A task at work. What it does depends on its task, its data and the calls made, never on the clock.
pub trait Work {
    /// Takes over the data that has arrived so far; called again when more has.
    ///
    /// # Errors
    /// The data does not fit the task; then nothing changed.
    fn set_data(&mut self, sets: &Sets) -> Result<()>;

    /// Does a piece of work of at most a few milliseconds: a mini-batch, or some examples of an evaluation that is due. An
    /// evaluation that was only asked for and is not done yet is dropped, because the run no longer rests.
    fn work(&mut self) -> Progress;

    /// Does a piece of what is left to do between two steps: an evaluation that is due, or one that
    /// [`evaluate`](Self::evaluate) asked for. Takes no step. False when nothing is left, or nothing before more data
    /// arrives.
    fn finish_evaluation(&mut self) -> bool {
        false
    }

    /// Asks for an evaluation of the present state, because the run rests; [`finish_evaluation`](Self::finish_evaluation)
    /// makes it. Asking again changes nothing. It adds no point to the curves, unless one is due.
    fn evaluate(&mut self) {}

    /// Does a piece of what takes long and is on screen, while the run rests and is evaluated; it changes nothing of the run.
    /// False when nothing is left, or nothing before more data arrives.
    fn survey(&mut self, _wants: &[Want]) -> bool {
        false
    }

    /// What it has come to. `seconds` is how long it was at work.
    fn report(&mut self, seconds: f64, wants: &[Want]) -> Report;

    /// Takes over a changed task on the way, where it can; false, and nothing done, where it must begin again.
    ///
    /// # Errors
    /// The field that is wrong.
    fn change(&mut self, task: &Task) -> Result<bool>;

    /// Everything that it has become, its task included, but the data: [`go_to`](Self::go_to) in another worker goes on
    /// to the last bit.
    fn mark(&mut self) -> Vec<u8>;

    /// Becomes what a mark says, its task included, on the data that has arrived here. The data may also come later.
    ///
    /// # Errors
    /// The bytes are no mark of this kind of task, or the data does not fit; then nothing changed.
    fn go_to(&mut self, mark: &[u8]) -> Result<()>;

    /// Begins again: the network of the task, from its seed.
    ///
    /// # Errors
    /// The data does not fit the task; then nothing changed.
    fn rewind(&mut self) -> Result<()>;

    /// Takes the network of a file in place of its own: a safetensors file of ours, or one of NumPy's.
    ///
    /// # Errors
    /// It has no network, the file is malformed, or its network is not one for this task; then nothing changed.
    fn take_file(&mut self, _bytes: &[u8]) -> Result<()> {
        Err(Error::new(Code::NotReady, "job", "a network", ""))
    }

    /// The training, to ask its network; none for another kind of task.
    fn training(&mut self) -> Option<&mut Training> {
        None
    }
}
