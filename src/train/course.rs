//! A training run that can be watched: learned and judged in pieces of a few milliseconds, so that whoever runs it
//! can stop, look and go on at any time.

use serde::{Deserialize, Serialize};

use super::evaluation::{Confusion, Evaluation};
use super::history::Series;
use super::trainer::{Progress, Step, Tensor, Trainer, check_images};
use crate::data::batches::Place;
use crate::data::collection::{Batch, Collection};
use crate::error::{Code, Error, Result};
use crate::nn::spec::{NetSpec, OptimizerSpec};

/// Every how many iterations the weights are kept as the last good ones.
const KEEP_EVERY: u64 = 50;
/// A loss above this many times the first one is no longer good, finite or not.
const STILL_GOOD: f64 = 3.0;
/// A loss above this many times the first one is the end of a run, finite or not: at a learning rate of 10 it climbs to
/// thousands within five steps, then every unit is dead and it stands still at a number that looks harmless.
const RUINED: f64 = 100.0;

/// A network learning, with its curves.
pub struct Course {
    trainer: Trainer<f32>,
    test: Collection,
    /// Iterations after which it is finished; none for a run without end.
    limit: Option<u64>,
    record: Record,
    judging: Option<Judging>,
    evaluation: Evaluation,
    batch: Batch<f32>,
    /// What the test images were last read as, and at which iteration.
    readings: Vec<u8>,
    read_at: Option<u64>,
    good: Option<Kept>,
    diverged: Option<Divergence>,
}

/// The curves of a run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// Loss of each mini-batch before its update.
    pub loss: Series,
    /// Iteration and share of training images read right, once an epoch.
    pub training_accuracy: Vec<(u64, f64)>,
    /// Iteration and share of test images read right, once an epoch.
    pub test_accuracy: Vec<(u64, f64)>,
    /// The loss of the last mini-batch, or the last one that was a number.
    pub last_loss: Option<f64>,
    first_loss: Option<f64>,
}

/// When the loss stopped being a number, or any use.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Divergence {
    /// The iteration that found it, counted from 1.
    pub iteration: u64,
    /// The loss: infinite, not a number, or a hundred times the first one.
    pub loss: f64,
}

/// What a piece of work was, or why there is none to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    /// A mini-batch was learned.
    Learned,
    /// A part of what several nets do together, or something between mini-batches that is no judging.
    Part,
    /// Some images were judged.
    Judged,
    /// The next mini-batch has not arrived.
    Waiting,
    /// All iterations are done.
    Finished,
    /// The loss is no longer a number, or any use.
    Diverged,
}

/// Which images are being judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Judging {
    Test,
    Training,
}

/// Weights that were good.
struct Kept {
    iteration: u64,
    weights: Vec<Tensor<f32>>,
}

#[derive(Serialize, Deserialize)]
struct Snapshot {
    weights: Vec<Vec<f32>>,
    progress: Progress<f32>,
    record: Record,
}

impl Course {
    /// A run of a new network.
    ///
    /// # Errors
    /// The field of the spec that is wrong.
    pub fn new(spec: &NetSpec, limit: Option<u64>) -> Result<Self> {
        Ok(Self::of(Trainer::new(spec)?, limit))
    }

    /// A run that goes on with an existing network.
    pub fn of(trainer: Trainer<f32>, limit: Option<u64>) -> Self {
        let inputs: usize = trainer.spec().input.iter().product();
        Self {
            trainer,
            test: Collection::default(),
            limit,
            record: Record::default(),
            judging: None,
            evaluation: Evaluation::default(),
            batch: Batch::new(inputs),
            readings: Vec::new(),
            read_at: None,
            good: None,
            diverged: None,
        }
    }

    /// Gives the images: to learn, and to be judged by. May be called again when more have arrived.
    ///
    /// # Errors
    /// The images do not fit the network; then nothing changed.
    pub fn set_images(&mut self, training: Collection, test: Collection) -> Result<()> {
        check_images(self.trainer.network(), &test)?;
        let are_others = !training.continues(self.trainer.training()) || !test.continues(&self.test);
        self.trainer.set_training(training)?;
        if are_others {
            self.judging = None;
            self.readings.clear();
            self.read_at = None;
        }
        self.test = test;
        Ok(())
    }

    /// The trainer.
    pub fn trainer(&mut self) -> &mut Trainer<f32> {
        &mut self.trainer
    }

    /// Mini-batches learned.
    pub fn iteration(&self) -> u64 {
        self.trainer.iteration()
    }

    /// The curves.
    pub fn record(&self) -> &Record {
        &self.record
    }

    /// When the loss stopped being a number, if it did.
    pub fn diverged(&self) -> Option<Divergence> {
        self.diverged
    }

    /// Whether all iterations are done.
    pub fn is_finished(&self) -> bool {
        self.limit.is_some_and(|limit| self.iteration() >= limit) && self.judging.is_none()
    }

    /// Whether the next mini-batch needs images that have not arrived. Known after a piece of work found it.
    pub fn is_empty(&self) -> bool {
        self.trainer.training().is_empty()
    }

    /// Does one piece of work: a mini-batch, or some images judged at the end of an epoch.
    pub fn work(&mut self) -> Work {
        self.work_between().unwrap_or_else(|| self.learn(Trainer::step))
    }

    /// The same where the mini-batch is one that several courses learn; `draw` is asked for it when its turn has come,
    /// and says where the order of images was afterwards.
    pub(super) fn work_on<'a>(&mut self, draw: impl FnOnce() -> Option<(&'a Batch<f32>, Place)>) -> Work {
        self.work_between().unwrap_or_else(|| match draw() {
            Some((batch, after)) => self.learn(|trainer| Step::Learned(trainer.learn(batch, after))),
            None => Work::Waiting,
        })
    }

    /// How many mini-batches are to be learned; none for a run without end.
    pub fn limit(&self) -> Option<u64> {
        self.limit
    }

    /// Whether more mini-batches are to be learned.
    pub fn goes_on(&self) -> bool {
        self.diverged.is_none() && self.limit.is_none_or(|limit| self.iteration() < limit)
    }

    /// Whether some images have been judged and others not.
    pub fn is_judging(&self) -> bool {
        self.judging.is_some()
    }

    /// What there is to do before the next mini-batch; none when that is next.
    fn work_between(&mut self) -> Option<Work> {
        if self.diverged.is_some() {
            return Some(Work::Diverged);
        }
        if self.judging.is_none() && self.is_due() {
            self.begin_judging();
        }
        if let Some(judging) = self.judging {
            self.judge(judging);
            return Some(Work::Judged);
        }
        (!self.goes_on()).then_some(Work::Finished)
    }

    /// Judges the test images with the weights as they are, all at once.
    pub fn judge_now(&mut self) {
        if self.test.is_empty() || self.read_at == Some(self.iteration()) {
            return;
        }
        self.judging = None;
        self.evaluation.begin(&self.test, self.test.len());
        while !self.evaluation.advance(self.trainer.network(), &self.test, &mut self.batch) {}
        self.keep_readings();
    }

    /// Changes the update rule of the running net.
    ///
    /// # Errors
    /// The field that is wrong.
    pub fn set_optimizer(&mut self, spec: OptimizerSpec) -> Result<()> {
        self.trainer.set_optimizer(spec)
    }

    /// What each test image was last read as, image by image; empty before the first judgement.
    pub fn readings(&self) -> &[u8] {
        &self.readings
    }

    /// The iteration of the readings.
    pub fn read_at(&self) -> Option<u64> {
        self.read_at
    }

    /// The test images.
    pub fn test(&self) -> &Collection {
        &self.test
    }

    /// How often each label was read as each class, from the last readings.
    pub fn confusion(&mut self) -> Option<Confusion> {
        let classes = self.trainer.network().classes();
        let pairs =
            self.readings.iter().enumerate().map(|(image, &reading)| (self.test.label(image), reading));
        (!self.readings.is_empty()).then(|| Confusion::new(classes, pairs))
    }

    /// The network's outputs for one image of values in [0, 1].
    ///
    /// # Errors
    /// The image does not have as many pixels as the network has inputs, or an output is not a finite number.
    pub fn read(&mut self, pixels: &[f32]) -> Result<Vec<f32>> {
        self.trainer.read(pixels)
    }

    /// The iteration of the last good weights, once the run has diverged.
    pub fn good_iteration(&self) -> Option<u64> {
        self.diverged.and(self.good.as_ref()).map(|kept| kept.iteration)
    }

    /// Goes back to the last weights whose loss was good. The curves lose what came after, the optimizer its memory.
    ///
    /// # Errors
    /// There are none.
    pub fn go_back(&mut self) -> Result<()> {
        let Some(kept) = &self.good else {
            return Err(Error::new(Code::NotReady, "goBack", "weights with a finite loss", ""));
        };
        self.trainer.set_weights(&kept.weights)?;
        self.trainer.set_iteration(kept.iteration);
        self.record.cut(kept.iteration);
        self.diverged = None;
        self.judging = None;
        self.read_at = None;
        Ok(())
    }

    /// Everything that this run became, but the data: [`restore`](Self::restore) in a run of the same spec on the same
    /// data goes on exactly as this one would have.
    pub fn snapshot(&mut self) -> Vec<u8> {
        let snapshot = Snapshot {
            weights: self.trainer.state().into_iter().map(|tensor| tensor.values).collect(),
            progress: self.trainer.progress(),
            record: self.record.clone(),
        };
        postcard::to_allocvec(&snapshot).unwrap_or_default()
    }

    /// Takes over a snapshot.
    ///
    /// # Errors
    /// The bytes are no snapshot, or one of another network.
    pub fn restore(&mut self, bytes: &[u8]) -> Result<()> {
        let wrong = |error: postcard::Error| Error::new(Code::WrongKind, "snapshot", error, "");
        let snapshot: Snapshot = postcard::from_bytes(bytes).map_err(wrong)?;
        let mut weights = self.trainer.state();
        if weights.len() != snapshot.weights.len() {
            let value = format!("{} tensors", snapshot.weights.len());
            return Err(Error::new(
                Code::SizeMismatch,
                "snapshot",
                value,
                format!("{} tensors", weights.len()),
            ));
        }
        for (tensor, values) in weights.iter_mut().zip(snapshot.weights) {
            tensor.values = values;
        }
        self.trainer.set_weights(&weights)?;
        self.trainer.resume(snapshot.progress);
        self.record = snapshot.record;
        self.diverged = None;
        self.judging = None;
        self.read_at = None;
        Ok(())
    }

    /// Judging is due before the first mini-batch and after each epoch, as in the book's 4.5.3, and at the end.
    fn is_due(&self) -> bool {
        let iteration = self.iteration();
        let at_end = self.limit == Some(iteration);
        let due = at_end || iteration.is_multiple_of(self.trainer.iterations_per_epoch());
        let judged = self.record.training_accuracy.last().is_some_and(|&(at, _)| at == iteration);
        due && !judged && !self.is_empty()
    }

    fn begin_judging(&mut self) {
        if self.test.is_empty() {
            self.begin_judging_training();
        } else {
            self.judging = Some(Judging::Test);
            self.evaluation.begin(&self.test, self.test.len());
        }
    }

    fn begin_judging_training(&mut self) {
        let training = self.trainer.training();
        // Before the first mini-batch only the first shard has surely arrived; the curve must not depend on more.
        let first = training.shard_lengths().next().unwrap_or(0);
        let images = if self.iteration() == 0 { first } else { training.len() };
        self.judging = Some(Judging::Training);
        self.evaluation.begin(training, images);
    }

    fn judge(&mut self, judging: Judging) {
        let training = self.trainer.training().clone();
        let images = if judging == Judging::Test { &self.test } else { &training };
        if !self.evaluation.advance(self.trainer.network(), images, &mut self.batch) {
            return;
        }
        let found = (self.iteration(), self.evaluation.accuracy());
        match judging {
            Judging::Test => {
                self.record.test_accuracy.push(found);
                self.keep_readings();
                self.begin_judging_training();
            }
            Judging::Training => {
                self.record.training_accuracy.push(found);
                self.judging = None;
            }
        }
    }

    fn keep_readings(&mut self) {
        self.readings.clear();
        self.readings.extend_from_slice(self.evaluation.readings());
        self.read_at = Some(self.iteration());
    }

    fn learn(&mut self, step: impl FnOnce(&mut Trainer<f32>) -> Step<f32>) -> Work {
        let iteration = self.iteration();
        // Kept before the step, believed after it: the step's loss is that of the weights before it.
        let candidate = iteration.is_multiple_of(KEEP_EVERY).then(|| self.trainer.state());
        let loss = match step(&mut self.trainer) {
            Step::Learned(loss) => f64::from(loss),
            Step::Waiting => return Work::Waiting,
        };
        let first = self.record.first_loss.unwrap_or(loss).max(1.0);
        // Written so that a loss that is no number counts.
        if !(loss.is_finite() && loss <= RUINED * first) {
            self.diverged = Some(Divergence { iteration: self.iteration(), loss });
            return Work::Diverged;
        }
        self.record.first_loss.get_or_insert(loss);
        if let Some(weights) = candidate.filter(|_| loss <= STILL_GOOD * first) {
            self.good = Some(Kept { iteration, weights });
        }
        self.record.last_loss = Some(loss);
        self.record.loss.push(self.trainer.iteration(), loss);
        Work::Learned
    }
}

impl Record {
    /// Forgets everything after an iteration.
    fn cut(&mut self, iteration: u64) {
        self.loss.cut(iteration);
        self.training_accuracy.retain(|&(at, _)| at <= iteration);
        self.test_accuracy.retain(|&(at, _)| at <= iteration);
        self.last_loss = self.loss.buckets().last().map(|bucket| bucket.mean());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::digits::Digits;
    use crate::nn::spec::{InitSpec, LayerSpec, LossSpec, OptimizerKind, Schedule};

    /// Two kinds of 2×2 images that a line tells apart.
    fn images(count: usize) -> Collection {
        let mut digits = Digits::empty(2, 2);
        for index in 0..count {
            let shade = 100 + (index * 37 % 150) as u8;
            let label = (index % 2) as u8;
            let pixels = if label == 0 { [255, shade, 0, 0] } else { [0, 0, shade, 255] };
            digits.push(&pixels, label);
        }
        Collection::whole(digits)
    }

    fn course(rate: f64, limit: Option<u64>) -> Course {
        let spec = NetSpec {
            input: vec![4],
            layers: vec![LayerSpec::Dense { units: 3 }, LayerSpec::Relu, LayerSpec::Dense { units: 2 }],
            loss: LossSpec::SoftmaxCrossEntropy,
            optimizer: OptimizerSpec::new(OptimizerKind::Momentum, rate),
            init: InitSpec::He,
            batch_size: 8,
            seed: 2,
        };
        let mut course = Course::new(&spec, limit).expect("valid");
        course.set_images(images(40), images(10)).expect("fits");
        course
    }

    fn run(course: &mut Course, iterations: u64) {
        while course.iteration() < iterations && !matches!(course.work(), Work::Diverged | Work::Finished) {}
    }

    #[test]
    fn it_learns_and_judges_once_an_epoch() {
        let mut course = course(0.1, Some(60));
        while course.work() != Work::Finished {}
        let record = course.record();
        assert_eq!(
            record.training_accuracy.iter().map(|&(at, _)| at).collect::<Vec<_>>(),
            (0..=60).step_by(5).collect::<Vec<_>>()
        );
        assert_eq!(record.test_accuracy.last(), Some(&(60, 1.0)));
        assert_eq!(course.confusion().map(|confusion| confusion.accuracy()), Some(1.0));
        assert_eq!(course.record().loss.buckets().len(), 60);
    }

    #[test]
    fn a_snapshot_goes_on_exactly() {
        let mut whole = course(0.1, None);
        run(&mut whole, 33);
        let snapshot = whole.snapshot();
        run(&mut whole, 50);
        let mut resumed = course(0.1, None);
        resumed.restore(&snapshot).expect("of the same net");
        run(&mut resumed, 50);
        assert_eq!(resumed.trainer().weights(), whole.trainer().weights());
        assert_eq!(resumed.record().loss, whole.record().loss);
        assert!(resumed.restore(&snapshot[..20]).is_err());
    }

    #[test]
    fn a_schedule_goes_on_where_the_snapshot_left_it() {
        let scheduled = || {
            let mut course = course(0.1, None);
            let schedule = Some(Schedule::Cosine { iterations: 60, r#final: Some(0.01) });
            let rule = OptimizerSpec { schedule, ..OptimizerSpec::new(OptimizerKind::Momentum, 0.1) };
            course.set_optimizer(rule).expect("allowed");
            course
        };
        let mut whole = scheduled();
        run(&mut whole, 33);
        let snapshot = whole.snapshot();
        run(&mut whole, 70);
        let mut resumed = scheduled();
        resumed.restore(&snapshot).expect("of the same net");
        run(&mut resumed, 70);
        assert_eq!(resumed.trainer().weights(), whole.trainer().weights());
        let mut unscheduled = course(0.1, None);
        run(&mut unscheduled, 70);
        assert_ne!(unscheduled.trainer().weights(), whole.trainer().weights());
    }

    #[test]
    fn a_loss_that_is_no_number_stops_the_run_and_the_last_good_weights_come_back() {
        let mut course = course(0.1, None);
        run(&mut course, 120);
        let good = course.good.as_ref().map(|kept| (kept.iteration, kept.weights.clone())).expect("kept");
        course.set_optimizer(OptimizerSpec::new(OptimizerKind::Momentum, 1e38)).expect("allowed");
        run(&mut course, 200);
        let divergence = course.diverged().expect("diverged");
        assert!(
            divergence.iteration <= 130 && (divergence.loss.is_nan() || divergence.loss > 100.0),
            "{divergence:?}"
        );
        assert_eq!(course.work(), Work::Diverged);
        assert_eq!(course.good_iteration(), Some(good.0));
        course.go_back().expect("kept");
        assert_eq!((course.iteration(), course.trainer().weights()), good);
        assert_eq!(course.work(), Work::Learned);
    }
}
