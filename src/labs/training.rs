//! A network that learns MNIST, as several labs run it.

use super::Progress;
use crate::data::collection::Collection;
use crate::error::Result;
use crate::nn::spec::NetSpec;
use crate::train::course::{Course, Work};

/// A [`Course`] with what it takes to begin it anew.
pub struct Training {
    /// What the network is built from when it begins.
    pub spec: NetSpec,
    /// Mini-batches to learn; none for a run without end.
    pub limit: Option<u64>,
    /// The network learning.
    pub course: Course,
    /// Whether the next mini-batch has not arrived.
    pub waiting: bool,
    training: Collection,
    test: Collection,
}

impl Training {
    /// A new network, without images yet.
    ///
    /// # Errors
    /// The field of the spec that is wrong.
    pub fn new(spec: NetSpec, limit: Option<u64>) -> Result<Self> {
        let course = Course::new(&spec, limit)?;
        let (training, test) = (Collection::default(), Collection::default());
        Ok(Self { spec, limit, course, waiting: false, training, test })
    }

    /// Does a piece of work.
    pub fn work(&mut self) -> Progress {
        let work = self.course.work();
        self.waiting = work == Work::Waiting;
        work.into()
    }

    /// Begins anew.
    ///
    /// # Errors
    /// The field of the spec that is wrong.
    pub fn rewind(&mut self) -> Result<()> {
        self.take(Course::new(&self.spec, self.limit)?)
    }

    /// Goes on with another network on the same images.
    ///
    /// # Errors
    /// The images do not fit it; then nothing changed.
    pub fn take(&mut self, mut course: Course) -> Result<()> {
        course.set_images(self.training.clone(), self.test.clone())?;
        self.course = course;
        Ok(())
    }

    /// Gives the images that have arrived so far.
    ///
    /// # Errors
    /// They do not fit the network; then nothing changed.
    pub fn set_images(&mut self, training: &Collection, test: &Collection) -> Result<()> {
        self.course.set_images(training.clone(), test.clone())?;
        (self.training, self.test) = (training.clone(), test.clone());
        self.waiting = false;
        Ok(())
    }
}

impl From<Work> for Progress {
    fn from(work: Work) -> Self {
        match work {
            Work::Learned => Self::Step,
            Work::Judged | Work::Part => Self::Between,
            Work::Waiting => Self::Waiting,
            Work::Finished | Work::Diverged => Self::Done,
        }
    }
}
