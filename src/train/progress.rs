//! How far a piece of work has come.

/// What a piece of work came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// One of the steps that the visitor counts.
    Step,
    /// Work between steps.
    Between,
    /// Nothing can be done before more data arrives.
    Waiting,
    /// Nothing is left to do.
    Done,
}
