//! Random search for hyperparameters with validation data (book 6.5.2).

mod median;
mod range;

pub use median::MedianRule;
pub use range::{Range, Scale};

use super::task::{Count, EvaluationPlan, Needs, TrainPlan};
use super::trainer::check_images;
use super::training::{Record, Training};
use super::work::{Progress, Work as _};
use crate::data::collection::Collection;
use crate::error::{Code, Error, Result};
use crate::nn::network::Network;
use crate::nn::spec::NetSpec;
use crate::rng::{Purpose, Rng};

/// What is searched, and how.
#[derive(Clone, Debug, PartialEq)]
pub struct SearchSpec {
    /// The network with everything that is not drawn. Each trial has a seed of its own, drawn as well.
    pub net: NetSpec,
    /// What is drawn for each trial.
    pub ranges: Vec<Range>,
    /// How many trials, 1 to 1000; the book takes 100.
    pub trials: u32,
    /// Passes of each trial over the training images, 1 to 1000; the book takes 50.
    pub epochs: u32,
    /// How many images to work with, the first ones, 2 or more; all when absent. The book takes 500.
    pub images: Option<usize>,
    /// Which share of them judges the trials instead of being learned, above 0 and below 1; the book takes 0.2 (6.5.1).
    pub validation: f64,
    /// When hopeless trials are stopped; never when absent, as in the book.
    pub stopping: Option<MedianRule>,
    /// The seed of the split, of the numbers drawn and of the trials' own seeds.
    pub seed: u32,
}

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
    /// To learn and to judge by.
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

    /// The images, once there are enough: those to learn and those to judge by.
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
        let mut rng = Rng::new(self.spec.seed, Purpose::Trial(index));
        let mut spec = NetSpec { seed: rng.bits(), ..self.spec.net.clone() };
        let values = self.spec.ranges.iter().map(|range| range.draw(&mut spec, &mut rng)).collect();
        (values, spec)
    }

    /// How a trial is trained on so many images.
    fn plan(&self, spec: NetSpec, images: usize) -> TrainPlan {
        let mini_batches = images.div_ceil(spec.batch_size.max(1)) as u64;
        TrainPlan {
            spec,
            needs: Needs::default(),
            limit: Some(mini_batches * u64::from(self.spec.epochs)),
            evaluation: EvaluationPlan { every: None, train: Count::All, test: Count::All },
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

/// How many of some images are to learn and how many to judge by: the share rounded, and at least one of each.
///
/// # Errors
/// There are fewer than two.
fn share_out(images: usize, validation: f64) -> Result<(usize, usize)> {
    if images < 2 {
        return Err(Error::new(Code::OutsideRange, "images", images, "≥ 2"));
    }
    let validation = ((images as f64 * validation).round() as usize).clamp(1, images - 1);
    Ok((images - validation, validation))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::digits::Digits;
    use crate::nn::spec::{InitSpec, LayerSpec, LossSpec, OptimizerKind, OptimizerSpec};

    /// Two kinds of 2×2 images that a line tells apart.
    fn images(count: usize) -> Collection {
        let mut digits = Digits::empty(2, 2);
        for index in 0..count {
            let shade = 100 + (index * 37 % 150) as u8;
            let label = (index % 2) as u8;
            digits.push(&if label == 0 { [255, shade, 0, 0] } else { [0, 0, shade, 255] }, label);
        }
        Collection::whole(digits)
    }

    fn spec() -> SearchSpec {
        let net = NetSpec {
            input: vec![4],
            layers: vec![LayerSpec::Dense { units: 3 }, LayerSpec::Relu, LayerSpec::Dense { units: 2 }],
            loss: LossSpec::SoftmaxCrossEntropy,
            optimizer: OptimizerSpec::new(OptimizerKind::Sgd, 0.1),
            init: InitSpec::He,
            batch_size: 10,
            seed: 0,
        };
        SearchSpec {
            net,
            ranges: vec![
                Range::new("optimizer.learningRate", Scale::Log, 1e-6, 1.0),
                Range::new("optimizer.weightDecay", Scale::Log, 1e-8, 1e-4),
                Range::new("layers[0].units", Scale::Linear, 2.0, 8.0),
            ],
            trials: 12,
            epochs: 4,
            images: Some(60),
            validation: 0.2,
            stopping: None,
            seed: 7,
        }
    }

    fn searched(spec: SearchSpec) -> Search {
        let mut search = Search::new(spec).expect("valid");
        search.set_images(&images(80)).expect("fits");
        while search.work() != Progress::Done {}
        search
    }

    #[test]
    fn the_same_seed_is_the_same_search() {
        let (first, again) = (searched(spec()), searched(spec()));
        assert_eq!(first.trials(), again.trials());
        let longer = searched(SearchSpec { trials: 15, ..spec() });
        assert_eq!(longer.trials()[..12], *first.trials());
        let other = searched(SearchSpec { seed: 8, ..spec() });
        assert!(first.trials().iter().zip(other.trials()).all(|(a, b)| a.values != b.values));
        let seeds: std::collections::BTreeSet<u32> =
            first.trials().iter().map(|trial| trial.spec.seed).collect();
        assert_eq!(seeds.len(), 12);
    }

    #[test]
    fn trials_are_drawn_in_their_ranges_and_ranked_by_validation() {
        let search = searched(spec());
        for trial in search.trials() {
            let [rate, decay, units] = trial.values[..] else { panic!("three ranges") };
            assert_eq!(trial.spec.optimizer.learning_rate, rate);
            assert_eq!(trial.spec.optimizer.weight_decay, Some(decay));
            assert_eq!(trial.spec.layers[0], LayerSpec::Dense { units: units as usize });
            for (range, value) in search.spec().ranges.iter().zip(&trial.values) {
                assert!((range.low..=range.high).contains(value));
            }
            let evaluated: Vec<u64> =
                trial.record.test_accuracy.as_slice().iter().map(|&(at, _)| at).collect();
            assert_eq!(evaluated, [0, 5, 10, 15, 20], "48 images to learn, in batches of 10");
            assert_eq!(
                (trial.record.training_accuracy.as_slice().len(), trial.outcome.clone()),
                (5, Outcome::Finished)
            );
        }
        let ranking: Vec<f64> = search.ranking().iter().filter_map(|trial| trial.accuracy()).collect();
        assert!(ranking.len() == 12 && ranking.windows(2).all(|pair| pair[0] >= pair[1]), "{ranking:?}");
        assert!(ranking[0] > ranking[11], "{ranking:?}");
        let mut indices: Vec<u32> = search.ranking().iter().map(|trial| trial.index).collect();
        indices.sort_unstable();
        assert_eq!(indices, (0..12).collect::<Vec<_>>());
    }

    #[test]
    fn the_best_trial_can_be_had_again_alone() {
        let search = searched(SearchSpec { stopping: Some(MedianRule::default()), ..spec() });
        let best = search.ranking()[0];
        let (training, validation) = search.parts().expect("given");
        assert_eq!((training.len(), validation.len()), (48, 12));
        let mut alone = Training::new(&search.plan(best.spec.clone(), training.len())).expect("valid");
        alone.set_samples(training.clone(), validation.clone()).expect("fits");
        while alone.work() != Progress::Done {}
        assert_eq!(alone.record(), &best.record);
        let accuracies = alone.record().test_accuracy.as_slice();
        assert_eq!(best.accuracy(), accuracies.last().map(|&(_, accuracy)| accuracy));
    }

    #[test]
    fn hopeless_trials_are_stopped_and_the_others_not_changed() {
        let all = searched(SearchSpec { trials: 30, epochs: 8, ..spec() });
        let rule = MedianRule { after_trials: 5, after_epochs: 2 };
        let some = searched(SearchSpec { trials: 30, epochs: 8, stopping: Some(rule), ..spec() });
        let stopped: Vec<&Trial> =
            some.trials().iter().filter(|trial| trial.outcome == Outcome::Stopped).collect();
        assert!((3..25).contains(&stopped.len()), "{}", stopped.len());
        assert!(stopped.iter().all(|trial| trial.index >= 5 && accuracies(&trial.record).len() >= 2));
        for (trial, whole) in some.trials().iter().zip(all.trials()) {
            let evaluated = trial.record.test_accuracy.as_slice();
            assert_eq!(evaluated, &whole.record.test_accuracy.as_slice()[..evaluated.len()]);
            assert_eq!(trial.outcome == Outcome::Finished, evaluated.len() == 9, "{}", trial.index);
        }
        assert_eq!(some.ranking()[0].accuracy(), all.ranking()[0].accuracy());
    }

    #[test]
    fn what_diverges_comes_last() {
        let ranges = vec![Range::new("optimizer.learningRate", Scale::Log, 0.1, 1e30)];
        let search = searched(SearchSpec { ranges, ..spec() });
        let ranking = search.ranking();
        assert!(ranking[0].outcome == Outcome::Finished && ranking[11].outcome == Outcome::Diverged);
        let first = ranking.iter().position(|trial| trial.outcome == Outcome::Diverged).expect("some");
        assert!(ranking[first..].iter().all(|trial| trial.outcome == Outcome::Diverged));
    }

    #[test]
    fn it_can_be_watched() {
        let mut search = Search::new(spec()).expect("valid");
        assert_eq!((search.work(), search.progress()), (Progress::Waiting, 0.0));
        search.set_images(&images(80)).expect("fits");
        let (mut before, mut works) = (0.0, Vec::new());
        while !search.is_finished() {
            let work = search.work();
            works.push(work);
            assert!(search.progress() >= before && search.progress() <= 1.0);
            before = search.progress();
            let ended = search.trials().len() as u32;
            if let Some(running) = search.running() {
                assert_eq!(running.index, ended);
            }
        }
        assert_eq!((search.work(), search.progress()), (Progress::Done, 1.0));
        // Five evaluations in two pieces each, and a beginning and an end.
        let count = |wanted| works.iter().filter(|work| **work == wanted).count();
        assert_eq!((count(Progress::Step), count(Progress::Between)), (12 * 20, 12 * (2 + 5 * 2)));
    }

    #[test]
    fn images_that_cannot_be_split_are_refused() {
        let mut search = Search::new(SearchSpec { images: None, ..spec() }).expect("valid");
        let fault =
            |search: &mut Search, images: &Collection| search.set_images(images).expect_err("refused").field;
        assert_eq!(fault(&mut search, &Collection::default()), "images");
        assert_eq!(fault(&mut search, &images(1)), "images");
        assert_eq!(fault(&mut search, &Collection::whole(Digits::empty(2, 2))), "images");
        let mut digits = Digits::empty(2, 2);
        (0..9).for_each(|label| digits.push(&[1; 4], label));
        assert_eq!(fault(&mut search, &Collection::whole(digits)), "labels");
        assert_eq!(search.work(), Progress::Waiting);

        // Two images: one to learn, one to judge by, whatever the share.
        for validation in [1e-9, 0.999_999] {
            let spec = SearchSpec { images: None, validation, trials: 1, ..spec() };
            let mut search = Search::new(spec).expect("valid");
            search.set_images(&images(2)).expect("enough");
            while search.work() != Progress::Done {}
            let trial = &search.trials()[0];
            assert!(trial.record.test_accuracy.as_slice().iter().all(|(_, accuracy)| accuracy.is_finite()));
        }

        let mut search = Search::new(spec()).expect("valid");
        assert_eq!(fault(&mut search, &images(59)), "images");
        // Enough are on their way.
        let mut parts = Collection::default();
        let part = |count: usize| {
            let mut digits = Digits::empty(2, 2);
            let all = images(80);
            (0..count).for_each(|image| digits.push(&all.pixels(image).expect("an image"), all.label(image)));
            digits
        };
        parts.push(0, part(40), 80).expect("fits");
        search.set_images(&parts).expect("enough on their way");
        assert_eq!(search.work(), Progress::Waiting);
        parts.push(1, part(40), 80).expect("fits");
        search.set_images(&parts).expect("enough");
        assert_eq!(search.work(), Progress::Between);
        assert_eq!(fault(&mut search, &Collection::default()), "images");
        assert_eq!(search.parts().map(|(training, _)| training.len()), Some(48));
    }

    #[test]
    fn each_fault_names_its_field() {
        let fault = |change: fn(&mut SearchSpec)| {
            let mut spec = spec();
            change(&mut spec);
            Search::new(spec).err().map(|error| error.field).unwrap_or_default()
        };
        assert_eq!(fault(|spec| spec.trials = 0), "trials");
        assert_eq!(fault(|spec| spec.epochs = 1001), "epochs");
        assert_eq!(fault(|spec| spec.validation = 0.0), "validation");
        assert_eq!(fault(|spec| spec.validation = 1.0), "validation");
        assert_eq!(fault(|spec| spec.validation = f64::NAN), "validation");
        assert_eq!(fault(|spec| spec.images = Some(1)), "images");
        assert_eq!(fault(|spec| spec.ranges.clear()), "ranges.length");
        assert_eq!(fault(|spec| spec.ranges[2].high = 1.0), "ranges[2].high");
        assert_eq!(fault(|spec| spec.ranges[1].paths[0].push('x')), "ranges[1].paths[0]");
        assert_eq!(fault(|spec| spec.ranges[1].paths = spec.ranges[0].paths.clone()), "ranges[1].paths[0]");
        assert_eq!(fault(|spec| spec.ranges[2].high = 70_000.0), "net.layers[0].units");
        assert_eq!(fault(|spec| spec.ranges[1].high = 11.0), "net.optimizer.weightDecay");
        assert_eq!(fault(|spec| spec.net.batch_size = 0), "net.batchSize");
    }

    #[test]
    fn numbers_that_do_not_go_together_end_a_trial_and_not_the_search() {
        let dense = |units| LayerSpec::Dense { units };
        let branches = vec![vec![dense(2)], vec![dense(2)]];
        let mut spec = spec();
        spec.net.layers[0] = LayerSpec::Branches { join: crate::nn::spec::Join::Add, branches };
        spec.ranges = [0, 1]
            .map(|branch| {
                Range::new(&format!("layers[0].branches[{branch}][0].units"), Scale::Linear, 2.0, 3.0)
            })
            .to_vec();
        let search = searched(spec);
        let refused = |trial: &&Trial| matches!(&trial.outcome, Outcome::Refused(error) if error.field == "layers[0].branches[1]");
        let count = search.trials().iter().filter(refused).count();
        assert!((1..12).contains(&count), "{count}");
        assert!(search.ranking()[0].outcome == Outcome::Finished);
        assert_eq!(search.ranking()[11].accuracy(), None);
    }
}
