//! A network learning, in pieces of a few milliseconds, so that a worker can stop, report and go on at any time.

pub mod change;
mod evaluations;
mod explain;
mod health;
mod inspection;
mod landscape;
mod mark;
mod mistakes;
mod past;
mod record;
mod shares;
mod work;

pub use explain::Attribution;
pub use inspection::{Contributions, LayerOutput, Predictions};
pub use record::Record;

use evaluations::Evaluations;
use landscape::Landscape;
use past::{Ahead, Past};
use record::Kept;

use super::course::Course;
use super::differences::Differences;
use super::evaluation::Confusion;
use super::history::Points;
use super::progress::Progress;
use super::report::{self, Phase, Report, Want};
use super::task::{Count, Gradient, SetName, Share, TrainPlan};
use super::trainer::{Step, Trainer, check_images};
use super::weights::Evaluated;
use crate::data::collection::{Batch, Collection};
use crate::data::sets::Sets;
use crate::error::{Code, Error, Result};
use crate::nn::apart::Apart;
use crate::nn::spec::{LayerSpec, NetSpec};

/// Every how many iterations the weights are kept as the last good ones.
const KEEP_EVERY: u64 = 50;
/// A loss above this many times the first one is no longer good, finite or not.
const STILL_GOOD: f64 = 3.0;
/// A loss above this many times the first one is the end of a run, finite or not: at a learning rate of 10 it climbs to
/// thousands within five steps, then every unit is dead and it stands still at a number that looks harmless.
const RUINED: f64 = 100.0;

/// A network learning, with its curves. It is [evaluated](super::task::EvaluationPlan) as its plan says; a loss that is
/// no number, or a hundred times the first one, ends it, and it can then go back to weights that were good.
pub struct Training {
    plan: TrainPlan,
    /// What has arrived, for the case that a mark asks for other shares.
    sets: Sets,
    trainer: Trainer<f32>,
    /// What takes the gradients, where they are [numerical](Gradient::Numerical).
    differences: Option<Differences>,
    test: Collection,
    record: Record,
    /// What it takes to repeat its beginning.
    course: Course,
    evaluations: Evaluations,
    kept: Option<Kept>,
    diverged_at: Option<u64>,
    past: Past,
    /// What it had come to, while it is looked back.
    ahead: Option<Ahead>,
    ghost: Option<report::Ghost>,
    batch: Batch<f32>,
    /// What is known of the mistakes, once anybody has asked for them.
    mistakes: Option<mistakes::Found>,
    /// The layers one by one, once anybody has asked for them.
    apart: Option<Apart<f32>>,
    /// The loss around the weights, once anybody has asked for it.
    landscape: Option<Landscape>,
}

impl Training {
    /// The training of a plan, without data.
    ///
    /// # Errors
    /// The field that is wrong: `evaluation.every`, or `layers[2].units` of the spec.
    pub fn new(plan: &TrainPlan) -> Result<Self> {
        check(plan)?;
        Self::of(plan.clone(), Trainer::new(&plan.spec)?, Sets::default())
    }

    /// The training of a trainer that has no data yet.
    fn of(plan: TrainPlan, trainer: Trainer<f32>, sets: Sets) -> Result<Self> {
        let spec = trainer.spec();
        let differences = match plan.gradient {
            Gradient::Backpropagation => None,
            Gradient::Numerical { h } => Some(Differences::new(&spec, h)?),
        };
        let inputs: usize = spec.input.iter().product();
        let mut training = Self {
            plan,
            sets: Sets::default(),
            trainer,
            differences,
            test: Collection::default(),
            record: Record::default(),
            course: Course::default(),
            evaluations: Evaluations::default(),
            kept: None,
            diverged_at: None,
            past: Past::default(),
            ahead: None,
            ghost: None,
            batch: Batch::new(inputs),
            mistakes: None,
            apart: None,
            landscape: None,
        };
        training.take_over(&sets)?;
        Ok(training)
    }

    /// Takes the samples of the plan out of what has arrived.
    fn take_over(&mut self, sets: &Sets) -> Result<()> {
        let needs = &self.plan.needs;
        let are_there = needs.are_given() && !self.trainer.training().is_empty();
        if !are_there && !needs.holds_out_the_same(&self.sets, sets) {
            let (training, test) = needs.collect(sets)?;
            self.set_samples(training, test)?;
        }
        self.sets = sets.clone();
        Ok(())
    }

    /// Gives the samples to learn and those to be evaluated on directly. May be called again when more have arrived.
    ///
    /// # Errors
    /// They do not fit the network; then nothing changed.
    pub fn set_samples(&mut self, training: Collection, test: Collection) -> Result<()> {
        check_images(self.trainer.network(), &test).map_err(|error| error.within("test"))?;
        let others = !test.continues(&self.test) || !training.continues(self.trainer.training());
        self.trainer.set_training(training).map_err(|error| error.within("train"))?;
        self.test = test;
        if others {
            self.evaluations.forget_results();
            self.landscape = None;
            self.mistakes = None;
            self.record.shares = shares::Found::default();
            if self.iteration() == 0 {
                // Where it begins is to be known of these samples.
                self.evaluations = Evaluations::default();
                self.record.test_accuracy = Points::default();
                self.record.training_accuracy = Points::default();
            }
        }
        Ok(())
    }

    /// How it is trained: what was asked for, with the changes since. The network may be another one, of a file.
    pub fn plan(&self) -> &TrainPlan {
        &self.plan
    }

    /// What the network is, with the update rule as it is now.
    pub fn spec(&self) -> NetSpec {
        self.trainer.spec()
    }

    /// The trainer, to look at its weights.
    pub fn trainer(&self) -> &Trainer<f32> {
        &self.trainer
    }

    /// The same, for what needs scratch space of the network.
    pub(super) fn trainer_mut(&mut self) -> &mut Trainer<f32> {
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

    /// What it takes to repeat its beginning.
    pub(super) fn course(&self) -> &Course {
        &self.course
    }

    /// The samples to be evaluated on, as far as they have arrived.
    pub fn test(&self) -> &Collection {
        &self.test
    }

    /// The iteration that diverged, counted from 1.
    pub fn diverged_at(&self) -> Option<u64> {
        self.diverged_at
    }

    /// Whether it has diverged and is not looked at before that.
    pub(super) fn has_diverged(&self) -> bool {
        self.diverged_at.is_some() && self.ahead.is_none()
    }

    /// Whether more mini-batches are to be learned.
    pub fn goes_on(&self) -> bool {
        !self.has_diverged() && self.plan.limit.is_none_or(|limit| self.iteration() < limit)
    }

    /// The iteration of the kept weights, once the training has diverged.
    pub fn way_back(&self) -> Option<u64> {
        self.diverged_at.and(self.kept.as_ref()).map(|kept| kept.state.iteration)
    }

    /// Goes back to the last weights whose loss was good, with the order of the data and the memory of the update rule
    /// that belong to them: with the same settings it goes on as if it had never diverged. The settings are those of
    /// now; a rule that is another one by now begins without memory. What came after is left behind.
    ///
    /// # Errors
    /// It has not diverged, or did so before any weights were kept.
    pub fn go_back(&mut self) -> Result<()> {
        let Some(kept) = self.diverged_at.and(self.kept.as_ref()) else {
            return Err(Error::new(Code::NotReady, "goBack", "a training that diverged", ""));
        };
        self.trainer.go_back_to(&kept.state)?;
        let (iteration, record) = (kept.state.iteration, kept.record.clone());
        self.evaluations = Evaluations::made_at(kept.evaluated_at);
        self.leave_behind(iteration);
        self.record = record;
        self.diverged_at = None;
        self.ahead = None;
        Ok(())
    }

    /// Puts the network of a file in place of the present one and begins again with it. Its layers and its loss are the
    /// file's; optimizer, batch size and seed are the plan's. [Rewinding](super::work::Work::rewind) brings back the
    /// network of the plan.
    ///
    /// # Errors
    /// The network does not have the plan's inputs and outputs (`file`), the batch size is too large for it, or the
    /// samples do not fit it; then nothing changed.
    pub fn take_network(&mut self, other: &Trainer<f32>) -> Result<()> {
        let ends = |spec: &NetSpec| -> Result<[usize; 2]> {
            let shapes = spec.check()?;
            let values = |shape: Option<&Vec<usize>>| shape.map_or(0, |shape| shape.iter().product());
            Ok([values(shapes.first()), values(shapes.last())])
        };
        let file = other.spec();
        let ([inputs, outputs], wanted): ([usize; 2], [usize; 2]) = (ends(&file)?, ends(&self.plan.spec)?);
        if [inputs, outputs] != wanted {
            let allowed = format!("{} → {}", wanted[0], wanted[1]);
            return Err(Error::new(Code::SizeMismatch, "file", format!("{inputs} → {outputs}"), allowed));
        }
        let NetSpec { optimizer, batch_size, seed, .. } = self.plan.spec;
        let mut trainer = Trainer::new(&NetSpec { optimizer, batch_size, seed, ..file })?;
        trainer.set_weights(&other.state())?;
        *self = Self::of(self.plan.clone(), trainer, self.sets.clone())?;
        self.record.is_given = true;
        let state = self.trainer.state();
        self.course = Course::given(state.into_iter().flat_map(|tensor| tensor.values).collect());
        Ok(())
    }

    /// The accuracy of these very weights on all of MNIST's test images, for a file of the network; none where they were
    /// not evaluated.
    pub fn evaluated(&self) -> Option<Evaluated> {
        let present = self.evaluations.present(self.iteration()).filter(|_| self.is_evaluated_on_mnist());
        let accuracy = present.and_then(|present| present.test)?;
        Some(Evaluated { iteration: self.iteration(), accuracy })
    }

    /// Whether the plan evaluates on all of MNIST's test images.
    fn is_evaluated_on_mnist(&self) -> bool {
        self.plan.needs.test == [Share { set: SetName::Mnist, count: Count::All }]
            && self.plan.evaluation.test.of(self.test.len()) == self.test.len()
    }

    /// Takes over what is known of the file of its network: its size, and what it says of the accuracy on all of MNIST's test images, until it is
    /// evaluated.
    pub(in crate::train) fn note_file(&mut self, bytes: usize, accuracy: Option<f64>) {
        self.record.said_accuracy = accuracy;
        self.record.file_bytes = u32::try_from(bytes).ok();
    }

    /// Learns a mini-batch.
    fn learn(&mut self) -> Progress {
        if self.trainer.is_waiting() {
            return Progress::Waiting;
        }
        self.go_on_from_here();
        self.remember();
        // Kept before the step, believed after it: the step's loss is that of the weights before it.
        let candidate = self.iteration().is_multiple_of(KEEP_EVERY).then(|| self.keep());
        let before = self.before_step();
        let (rule, steps) = (self.trainer.optimizer.spec(), self.trainer.optimizer.steps());
        let step = match &mut self.differences {
            None => self.trainer.step(),
            Some(differences) => {
                self.trainer.step_by(|network, batch| differences.differentiate(network.params_mut(), batch))
            }
        };
        let loss = match step {
            Step::Learned(loss) => loss,
            Step::Waiting => return Progress::Waiting,
        };
        let iteration = self.iteration();
        self.course.note(iteration - 1, loss, rule, steps);
        let loss = f64::from(loss);
        self.record.push_loss(iteration, loss);
        let first = self.record.first_loss.unwrap_or(loss).max(1.0);
        // Written so that a loss that is no number counts.
        if !(loss.is_finite() && loss <= RUINED * first) {
            self.diverged_at = Some(iteration);
        } else if let Some(kept) = candidate.filter(|_| loss <= STILL_GOOD * first) {
            self.kept = Some(kept);
        }
        self.look_inside(before);
        Progress::Step
    }

    fn keep(&mut self) -> Kept {
        Kept {
            state: self.trainer.capture(),
            record: self.record.clone(),
            evaluated_at: self.evaluations.last_made(),
        }
    }

    /// How often each label was predicted as each class, from the last predictions.
    pub fn confusion(&mut self) -> Option<Confusion> {
        let classes = self.trainer.network().classes();
        let predictions = self.predictions()?;
        let labels = (0..predictions.classes.len()).map(|sample| self.test.label(sample));
        let pairs = labels.zip(predictions.classes.iter().copied());
        (!predictions.classes.is_empty()).then(|| Confusion::new(classes, pairs))
    }

    /// All parameters, one after the other, where they are few.
    fn few_parameters(&self) -> Vec<f32> {
        let params = self.trainer.params();
        let count: usize = params.iter().map(|param| param.value.len()).sum();
        let few = params.iter().filter(|_| count <= report::Training::MOST_PARAMETERS);
        few.flat_map(|param| param.value.iter().copied()).collect()
    }

    fn phase(&self) -> Phase {
        if self.has_diverged() {
            Phase::Diverged
        } else if self.is_evaluation_due() {
            if self.lacks_samples_to_evaluate() { Phase::Waiting } else { Phase::Ready }
        } else if !self.goes_on() {
            Phase::Finished
        } else if self.trainer.is_waiting() {
            Phase::Waiting
        } else {
            Phase::Ready
        }
    }

    /// Whether it only evaluates a network that a file is to bring.
    fn only_evaluates(&self) -> bool {
        self.plan.limit == Some(0) && self.plan.needs.train.is_empty()
    }

    fn report(&self, seconds: f64, wants: &[Want]) -> Report {
        let spec = self.spec();
        let per_epoch = self.trainer.training().expected().div_ceil(spec.batch_size.max(1)) as u64;
        let dense = spec.layers.iter().filter_map(|layer| match layer {
            LayerSpec::Dense { units } => Some(*units),
            _ => None,
        });
        let present = self.evaluations.present(self.iteration());
        let is_as_in_file = self.iteration() == 0 && self.is_evaluated_on_mnist();
        let said = self.record.said_accuracy.filter(|_| is_as_in_file);
        let training = report::Training {
            examples: self.trainer.examples(),
            per_epoch,
            sizes: std::iter::once(spec.input.iter().product()).chain(dense).collect(),
            loss: self.record.loss.buckets().to_vec(),
            last_loss: self.record.last_loss,
            training_accuracy: self.record.training_accuracy.as_slice().to_vec(),
            test_accuracy: self.record.test_accuracy.as_slice().to_vec(),
            present_training_accuracy: present.and_then(|present| present.training),
            present_test_accuracy: present.and_then(|present| present.test).or(said),
            reached: self.record.reached,
            looking: self.looking(),
            ghost: self.ghost.clone(),
            diverged_at: self.diverged_at,
            way_back: self.way_back(),
            health: self.record.health.clone(),
            landscape: self
                .landscape
                .as_ref()
                .filter(|_| wants.contains(&Want::Landscape))
                .map(Landscape::report),
            mistakes: self
                .mistakes
                .as_ref()
                .filter(|_| wants.contains(&Want::Mistakes))
                .map(|found| found.told.clone()),
            shares: self.shares(),
            file_bytes: self.record.file_bytes,
            weights: wants.contains(&Want::Weights).then(|| self.weight_images()).flatten(),
            parameters: if wants.contains(&Want::Parameters) { self.few_parameters() } else { Vec::new() },
            spec: Some(spec),
        };
        Report {
            phase: self.phase(),
            done: self.iteration(),
            of: self.plan.limit,
            seconds,
            findings: report::Findings::Training(training),
        }
    }
}

/// Checks what is not the spec's.
fn check(plan: &TrainPlan) -> Result<()> {
    match plan.evaluation.every {
        Some(0) => Err(Error::new(Code::OutsideRange, "evaluation.every", 0, "≥ 1")),
        _ => Ok(()),
    }
}
