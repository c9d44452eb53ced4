//! Random search for hyperparameters with validation data (book 6.5.2).

mod median;
pub mod plan;
mod range;

pub use median::MedianRule;
pub use plan::{Range, Scale, SearchSpec};

use plan::share_out;

use super::task::{Count, EvaluationPlan, Gradient, Needs, TrainPlan};
use super::trainer::check_images;
use super::training::{Record, Training};
use super::work::{Progress, Work as _};
use crate::data::collection::Collection;
use crate::error::{Code, Error, Result};
use crate::nn::network::Network;
use crate::nn::spec::NetSpec;

/// How a trial ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// All epochs were learned.
    Finished,
    /// It was hopeless.
    Stopped,
    /// Its loss was no number any more, or no use.
    Diverged,
    /// The numbers drawn do not go together: each by itself is right, but this field is not.
    Refused(Error),
}

/// A trial that has ended.
#[derive(Clone, Debug, PartialEq)]
pub struct Trial {
    /// Which one, from 0 in the order of drawing.
    pub index: u32,
    /// The number drawn for each range.
    pub values: Vec<f64>,
    /// The network with these numbers and its seed. Trained alone on the search's
    /// [`parts`](Search::parts) for as many epochs, it gives the same curves to the last bit.
    pub spec: NetSpec,
    /// How it ended.
    pub outcome: Outcome,
    /// Its curves: loss, training accuracy, and as test accuracy that on the validation images, before the first
    /// mini-batch and after each epoch.
    pub record: Record,
}

impl Trial {
    /// The share of validation images read right after the last epoch learned; none where there was none.
    pub fn accuracy(&self) -> Option<f64> {
        accuracies(&self.record).last().copied()
    }

    /// The validation accuracy by which it is ranked; what diverged is no use, whatever it was before.
    fn merit(&self) -> Option<f64> {
        self.accuracy().filter(|_| matches!(self.outcome, Outcome::Finished | Outcome::Stopped))
    }
}

/// A search at work, in pieces of a few milliseconds: a mini-batch, or some images classified. The trials run one after the
/// other and depend on the spec and the images alone; the first ones are the same however many follow.
pub struct Search {
    spec: SearchSpec,
    /// For training and for validation.
    parts: Option<(Collection, Collection)>,
    running: Option<Running>,
    trials: Vec<Trial>,
}

/// The trial at work.
pub struct Running {
    /// Which one, from 0 in the order of drawing.
    pub index: u32,
    /// The number drawn for each range.
    pub values: Vec<f64>,
    /// The network learning; its test images are the validation images.
    pub training: Training,
}

impl Search {
    /// A search without images yet.
    ///
    /// # Errors
    /// The field that is wrong: `ranges[0].low`, `trials`, `validation`, `net.layers[2].units`. The network must take
    /// all numbers at their lowest and all at their highest; then the field is the network's, and the value the bound.
    pub fn new(spec: SearchSpec) -> Result<Self> {
        let outside = |field: &str, value: String, allowed: String| {
            Err(Error::new(Code::OutsideRange, field, value, allowed))
        };
        spec.net.check().map_err(|error| error.within("net"))?;
        for (field, value) in [("trials", spec.trials), ("epochs", spec.epochs)] {
            if !(1..=1000).contains(&value) {
                return outside(field, value.to_string(), "1 … 1000".into());
            }
        }
        if !(spec.validation > 0.0 && spec.validation < 1.0) {
            return outside("validation", spec.validation.to_string(), "0 < x < 1".into());
        }
        if let Some(images) = spec.images {
            share_out(images, spec.validation)?;
        }
        if spec.ranges.is_empty() || spec.ranges.len() > range::MOST {
            return outside("ranges.length", spec.ranges.len().to_string(), format!("1 … {}", range::MOST));
        }
        let (mut lowest, mut highest) = (spec.net.clone(), spec.net.clone());
        let mut paths: Vec<&String> = Vec::new();
        for (index, range) in spec.ranges.iter().enumerate() {
            range.check(&spec.net).map_err(|error| error.within(&format!("ranges[{index}]")))?;
            if let Some(place) = range.paths.iter().position(|path| paths.contains(&path)) {
                let field = format!("ranges[{index}].paths[{place}]");
                return Err(Error::new(Code::NotAChoice, field, &range.paths[place], "once"));
            }
            paths.extend(&range.paths);
            range.put(&mut lowest, range.low);
            range.put(&mut highest, range.high);
        }
        for bound in [lowest, highest] {
            bound.check().map_err(|error| error.within("net"))?;
        }
        Ok(Self { spec, parts: None, running: None, trials: Vec::new() })
    }

    /// What is searched.
    pub fn spec(&self) -> &SearchSpec {
        &self.spec
    }

    /// Gives the images. While too few have arrived the search waits; may be called again when more have. Once they
    /// are split what comes later is passed over, for the trials must have the same images.
    ///
    /// # Errors
    /// There is no image, there will never be enough for both parts, or they do not fit the network; then nothing
    /// changed.
    pub fn set_images(&mut self, images: &Collection) -> Result<()> {
        let wanted = self.spec.images.unwrap_or(images.expected());
        let (training, validation) = share_out(wanted.min(images.expected()), self.spec.validation)?;
        if wanted > images.expected() {
            let allowed = format!("≥ {wanted}");
            return Err(Error::new(Code::OutsideRange, "images", images.expected(), allowed));
        }
        // The number of outputs is the same in all trials, unless it is drawn: then in the one with the fewest.
        let mut fewest = self.spec.net.clone();
        self.spec.ranges.iter().for_each(|range| range.put(&mut fewest, range.low));
        check_images(&Network::<f32>::new(&fewest)?, images)?;
        if self.parts.is_none() && images.len() >= wanted {
            self.parts = Some(images.split(training, validation, self.spec.seed)?);
        }
        Ok(())
    }

    /// The images, once there are enough: those for training and those for validation.
    pub fn parts(&self) -> Option<(&Collection, &Collection)> {
        self.parts.as_ref().map(|(training, validation)| (training, validation))
    }

    /// The trial at work; none before the first, between two and after the last.
    pub fn running(&mut self) -> Option<&mut Running> {
        self.running.as_mut()
    }

    /// The trials that have ended, in the order of drawing.
    pub fn trials(&self) -> &[Trial] {
        &self.trials
    }

    /// The trials that have ended, the best on the validation images first, and last those that diverged; among equals
    /// the earlier first.
    pub fn ranking(&self) -> Vec<&Trial> {
        let mut trials: Vec<&Trial> = self.trials.iter().collect();
        let merit = |trial: &Trial| trial.merit().unwrap_or(f64::NEG_INFINITY);
        trials.sort_by(|first, second| merit(second).total_cmp(&merit(first)));
        trials
    }

    /// How much of all trials is done, 0 to 1; stopped trials are done.
    pub fn progress(&self) -> f64 {
        let running = self.running.as_ref().map_or(0.0, |running| {
            running.training.iteration() as f64 / running.training.plan().limit.unwrap_or(1) as f64
        });
        (self.trials.len() as f64 + running) / f64::from(self.spec.trials)
    }

    /// Whether all trials have ended.
    pub fn is_finished(&self) -> bool {
        self.trials.len() == self.spec.trials as usize
    }

    /// Does one piece of work: a mini-batch ([`Progress::Step`]), or some images classified, a trial begun or ended
    /// ([`Progress::Between`]).
    pub fn work(&mut self) -> Progress {
        let Some((training, validation)) = &self.parts else { return Progress::Waiting };
        if self.is_finished() {
            return Progress::Done;
        }
        let Some(running) = &mut self.running else {
            let (index, parts) = (self.trials.len() as u32, (training.clone(), validation.clone()));
            self.begin(index, parts);
            return Progress::Between;
        };
        let progress = running.training.work();
        let has_diverged = running.training.diverged_at().is_some();
        let is_evaluated = !running.training.has_evaluation_left();
        match progress {
            Progress::Between if is_evaluated && self.is_hopeless() => self.end(Outcome::Stopped),
            Progress::Done if has_diverged => self.end(Outcome::Diverged),
            Progress::Done => self.end(Outcome::Finished),
            progress => progress,
        }
    }

    /// The numbers and the network of a trial, a function of the search's spec and the index alone.
    pub fn draw(&self, index: u32) -> (Vec<f64>, NetSpec) {
        self.spec.draw(index)
    }

    /// How a trial is trained on so many images.
    fn plan(&self, spec: NetSpec, images: usize) -> TrainPlan {
        let mini_batches = images.div_ceil(spec.batch_size.max(1)) as u64;
        TrainPlan {
            spec,
            needs: Needs::default(),
            limit: Some(mini_batches * u64::from(self.spec.epochs)),
            evaluation: EvaluationPlan { every: None, train: Count::All, test: Count::All },
            observed: false,
            gradient: Gradient::Backpropagation,
        }
    }

    fn begin(&mut self, index: u32, (training, validation): (Collection, Collection)) {
        let (values, spec) = self.draw(index);
        let plan = self.plan(spec, training.len());
        let begun = Training::new(&plan).and_then(|mut running| {
            running.set_samples(training, validation)?;
            Ok(running)
        });
        match begun {
            Ok(training) => self.running = Some(Running { index, values, training }),
            Err(error) => {
                let (outcome, record) = (Outcome::Refused(error), Record::default());
                self.trials.push(Trial { index, values, spec: plan.spec, outcome, record });
            }
        }
    }

    fn end(&mut self, outcome: Outcome) -> Progress {
        if let Some(Running { index, values, training }) = self.running.take() {
            let (spec, record) = (training.spec(), training.record().clone());
            self.trials.push(Trial { index, values, spec, outcome, record });
        }
        Progress::Between
    }

    fn is_hopeless(&self) -> bool {
        let (Some(rule), Some(running)) = (self.spec.stopping, &self.running) else { return false };
        let earlier: Vec<Vec<f64>> = self.trials.iter().map(|trial| accuracies(&trial.record)).collect();
        // After the last epoch there is nothing left to stop.
        running.training.goes_on()
            && rule.stops(&accuracies(running.training.record()), earlier.iter().map(Vec::as_slice))
    }
}

/// The validation accuracy after each epoch, without the one before the first mini-batch.
fn accuracies(record: &Record) -> Vec<f64> {
    let evaluated = record.test_accuracy.as_slice().iter().filter(|&&(iteration, _)| iteration > 0);
    evaluated.map(|&(_, accuracy)| accuracy).collect()
}

#[cfg(test)]
mod tests;
