//! Several networks that learn the same mini-batches side by side, as the book compares update rules (6.1.8), initial
//! values (6.2.4) and batch normalization (6.3.2).

use super::course::{Course, Work};
use super::trainer::check_images;
use crate::data::batches::{Drawn, Order, Place};
use crate::data::collection::{Batch, Collection};
use crate::error::{Code, Error, Result};
use crate::nn::spec::NetSpec;

/// The most lanes: the book's sixteen initial scales, with batch normalization and without, and as much again.
const MOST: usize = 64;

/// Networks, each in a lane of its own, that learn identical mini-batches: one order of images, and each mini-batch
/// gathered once. A lane is a [`Course`], so it has its curves, stops alone when it diverges, and is judged when a
/// course is: before the first mini-batch, after each epoch and at the end, all lanes at the same iterations.
///
/// The mini-batches are those that a [`Trainer`](super::trainer::Trainer) of the same seed draws, and every lane learns
/// what it would learn alone, to the last bit. So a race may be shared out over several workers as well: each runs its
/// lane as a [`Course`] of its own, and as long as they have one seed and one batch size they learn identical
/// mini-batches without a word between them.
pub struct Race {
    lanes: Vec<Course>,
    feed: Feed,
    /// The lane whose turn it is.
    turn: usize,
    iteration: u64,
}

/// Where the mini-batches come from.
struct Feed {
    training: Collection,
    order: Order,
    batch_size: usize,
    batch: Batch<f32>,
    /// Where the order is after the mini-batch in `batch`; none when all lanes have learned that.
    drawn: Option<Place>,
}

impl Feed {
    /// The mini-batch of this iteration, drawn and gathered if it was not yet; none when its images have not arrived.
    fn batch(&mut self) -> Option<(&Batch<f32>, Place)> {
        if self.drawn.is_none() {
            let Drawn::Batch(images) = self.order.draw(self.batch_size) else { return None };
            self.training.gather(images.iter().map(|&image| image as usize), &mut self.batch);
            self.drawn = Some(self.order.place());
        }
        self.drawn.map(|after| (&self.batch, after))
    }
}

impl Race {
    /// A race of new networks, of `limit` mini-batches or without end. They may differ in anything but what decides
    /// the mini-batches: the number of values in an image, the batch size, and the seed.
    ///
    /// # Errors
    /// The field that is wrong, or that differs from the first lane's: `lanes[2].batchSize`.
    pub fn new(specs: &[NetSpec], limit: Option<u64>) -> Result<Self> {
        if specs.is_empty() || specs.len() > MOST {
            return Err(Error::new(Code::OutsideRange, "lanes.length", specs.len(), format!("1 … {MOST}")));
        }
        let course = |(index, spec)| {
            let course = same_batches(&specs[0], spec).and_then(|()| Course::new(spec, limit));
            course.map_err(|error| error.within(&format!("lanes[{index}]")))
        };
        let lanes = specs.iter().enumerate().map(course).collect::<Result<_>>()?;
        let feed = Feed {
            training: Collection::default(),
            order: Order::new(specs[0].seed),
            batch_size: specs[0].batch_size,
            batch: Batch::new(specs[0].input.iter().product()),
            drawn: None,
        };
        Ok(Self { lanes, feed, turn: 0, iteration: 0 })
    }

    /// Gives the images: to learn, and to be judged by. May be called again when more have arrived.
    ///
    /// # Errors
    /// The images do not fit the network of a lane; then nothing changed.
    pub fn set_images(&mut self, training: Collection, test: Collection) -> Result<()> {
        for (index, lane) in self.lanes.iter_mut().enumerate() {
            let network = lane.trainer().network();
            for images in [&training, &test] {
                check_images(network, images).map_err(|error| error.within(&format!("lanes[{index}]")))?;
            }
        }
        for lane in &mut self.lanes {
            lane.set_images(training.clone(), test.clone())?;
        }
        self.feed.order.change(&self.feed.training, &training);
        if self.feed.drawn.is_some() && !training.continues(&self.feed.training) {
            // The lanes that have not learned the present mini-batch still do; then all begin the new images.
            self.feed.drawn = Some(self.feed.order.place());
        }
        self.feed.training = training;
        Ok(())
    }

    /// The lanes, in the order of the specs.
    pub fn lanes(&self) -> &[Course] {
        &self.lanes
    }

    /// The same, to read a drawing with them, to look into their networks or to change an update rule. A lane that
    /// learns by itself goes other ways than the race.
    pub fn lanes_mut(&mut self) -> &mut [Course] {
        &mut self.lanes
    }

    /// Mini-batches that all lanes have learned, but those that diverged.
    pub fn iteration(&self) -> u64 {
        self.iteration
    }

    /// Whether all iterations are done; lanes that diverged have none left.
    pub fn is_finished(&self) -> bool {
        self.lanes.iter().all(|lane| lane.diverged().is_some() || lane.is_finished())
    }

    /// Does one piece of work: one lane learns the mini-batch, or judges some images. It is [`Work::Learned`] when the
    /// last lane has learned, [`Work::Part`] before, and [`Work::Diverged`] only when no lane is left.
    pub fn work(&mut self) -> Work {
        // Twice around at most: through the lanes that are left in this iteration, and to the first of the next.
        for _ in 0..=2 * self.lanes.len() {
            if self.turn == self.lanes.len() {
                self.turn = 0;
                self.feed.drawn = None;
            }
            let lane = &mut self.lanes[self.turn];
            let before = lane.iteration();
            let feed = &mut self.feed;
            let work = lane.work_on(move || feed.batch());
            if matches!(work, Work::Judged | Work::Waiting) {
                return work;
            }
            let has_learned = lane.iteration() > before;
            self.turn += 1;
            if has_learned {
                if self.lanes[self.turn..].iter().any(Course::goes_on) {
                    return Work::Part;
                }
                self.turn = self.lanes.len();
                self.iteration += 1;
                return Work::Learned;
            }
        }
        let has_diverged = |lane: &Course| lane.diverged().is_some();
        if self.lanes.iter().all(has_diverged) { Work::Diverged } else { Work::Finished }
    }
}

/// Whether a network learns the same mini-batches as another.
fn same_batches(first: &NetSpec, spec: &NetSpec) -> Result<()> {
    let values =
        |spec: &NetSpec| spec.input.iter().try_fold(1_usize, |values, &length| values.checked_mul(length));
    let differs =
        |field, value: String, allowed: String| Err(Error::new(Code::SizeMismatch, field, value, allowed));
    // [784] and [1, 28, 28] take the same images.
    if values(spec) != values(first) {
        return differs("input", format!("{:?}", spec.input), format!("{:?}", first.input));
    }
    if spec.batch_size != first.batch_size {
        return differs("batchSize", spec.batch_size.to_string(), first.batch_size.to_string());
    }
    if spec.seed != first.seed {
        return differs("seed", spec.seed.to_string(), first.seed.to_string());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::digits::Digits;
    use crate::nn::spec::{InitSpec, LayerSpec, LossSpec, OptimizerKind, OptimizerSpec};
    use crate::train::trainer::{Step, Trainer};

    /// Three kinds of 3×3 images, 43 of them: batches of 8 do not come out even.
    fn images() -> Collection {
        let mut digits = Digits::empty(3, 3);
        for index in 0..43_u8 {
            let mut pixels = [0; 9];
            pixels[usize::from(index % 3) * 3 + usize::from(index % 2)] = 100 + 3 * index;
            pixels[4] = 5 * index;
            digits.push(&pixels, index % 3);
        }
        Collection::whole(digits)
    }

    fn spec() -> NetSpec {
        let dense = |units| LayerSpec::Dense { units };
        NetSpec {
            input: vec![9],
            layers: vec![dense(6), LayerSpec::Relu, dense(3)],
            loss: LossSpec::SoftmaxCrossEntropy,
            optimizer: OptimizerSpec::new(OptimizerKind::Sgd, 0.1),
            init: InitSpec::He,
            batch_size: 8,
            seed: 4,
        }
    }

    /// As different as lanes may be.
    fn specs() -> Vec<NetSpec> {
        let dense = |units| LayerSpec::Dense { units };
        let conv = LayerSpec::Conv2d { filters: 2, size: 2, stride: None, pad: None };
        let dropout = LayerSpec::Dropout { rate: 0.3 };
        vec![
            spec(),
            NetSpec {
                layers: vec![dense(5), LayerSpec::BatchNorm, LayerSpec::Tanh, dropout, dense(4)],
                optimizer: OptimizerSpec::new(OptimizerKind::Adam, 0.01),
                loss: LossSpec::MeanSquaredError,
                ..spec()
            },
            NetSpec {
                input: vec![1, 3, 3],
                layers: vec![conv, LayerSpec::Relu, LayerSpec::Flatten, dense(3)],
                init: InitSpec::Xavier,
                ..spec()
            },
        ]
    }

    fn race(specs: &[NetSpec], limit: u64) -> Race {
        let mut race = Race::new(specs, Some(limit)).expect("valid");
        race.set_images(images(), images()).expect("fits");
        race
    }

    fn run(mut race: Race) -> Race {
        while !matches!(race.work(), Work::Finished | Work::Diverged | Work::Waiting) {}
        race
    }

    #[test]
    fn lanes_of_equal_settings_are_equal() {
        let race = run(race(&[spec(), spec(), spec()], 40));
        assert_eq!(race.iteration(), 40);
        assert!(race.is_finished());
        assert!(race.lanes().iter().all(|lane| lane.record() == race.lanes()[0].record()));
    }

    #[test]
    fn company_changes_no_lane() {
        let specs = specs();
        let together = run(race(&specs, 40));
        for (spec, lane) in specs.iter().zip(together.lanes()) {
            let alone = run(race(std::slice::from_ref(spec), 40));
            assert_eq!(lane.record(), alone.lanes()[0].record());
            let judged: Vec<u64> = lane.record().test_accuracy.iter().map(|&(at, _)| at).collect();
            assert_eq!(judged, [0, 6, 12, 18, 24, 30, 36, 40], "43 images: six mini-batches an epoch");
        }
    }

    #[test]
    fn a_lane_is_what_a_trainer_and_a_course_are() {
        let specs = specs();
        let mut race = run(race(&specs, 40));
        for (spec, lane) in specs.iter().zip(race.lanes_mut()) {
            let mut trainer = Trainer::<f32>::new(spec).expect("valid");
            trainer.set_training(images()).expect("fits");
            for bucket in lane.record().loss.buckets() {
                assert_eq!((trainer.step(), bucket.count), (Step::Learned(bucket.sum as f32), 1));
            }
            assert_eq!(lane.trainer().state(), trainer.state());

            let mut course = Course::new(spec, Some(40)).expect("valid");
            course.set_images(images(), images()).expect("fits");
            while course.work() != Work::Finished {}
            assert_eq!(lane.record(), course.record());
            assert_eq!(lane.snapshot(), course.snapshot());
        }
    }

    #[test]
    fn a_lane_that_diverges_stops_alone() {
        let wild = NetSpec { optimizer: OptimizerSpec::new(OptimizerKind::Sgd, 1e30), ..spec() };
        let mut race = run(race(&[wild.clone(), spec(), wild.clone()], 40));
        let ends: Vec<_> =
            race.lanes().iter().map(|lane| (lane.diverged().is_some(), lane.iteration() < 5)).collect();
        assert_eq!(ends, [(true, true), (false, false), (true, true)]);
        assert_eq!((race.iteration(), race.work()), (40, Work::Finished));
        let alone = run(self::race(&[spec()], 40));
        assert_eq!(race.lanes()[1].record(), alone.lanes()[0].record());
        assert_eq!(run(self::race(&[wild], 40)).work(), Work::Diverged);
    }

    #[test]
    fn a_piece_of_work_is_one_lane_and_a_step_is_all() {
        let mut race = race(&specs(), 3);
        let mut works = Vec::new();
        while race.work() == Work::Judged {}
        for _ in 0..3 * 4 {
            works.push(race.work());
            let iterations: Vec<u64> = race.lanes().iter().map(Course::iteration).collect();
            assert!(iterations.windows(2).all(|pair| pair[0] == pair[1] || pair[0] == pair[1] + 1));
        }
        assert_eq!(works.iter().filter(|work| **work == Work::Learned).count(), 3);
        assert_eq!((race.iteration(), race.lanes()[2].iteration()), (3, 3));
    }

    #[test]
    fn it_waits_for_images_and_goes_on_when_they_come() {
        let mut race = Race::new(&specs(), Some(40)).expect("valid");
        assert_eq!(race.work(), Work::Waiting);
        let mut parts = Collection::default();
        let part = |from: usize, to: usize| {
            let mut digits = Digits::empty(3, 3);
            (from..to).for_each(|image| {
                digits.push(&images().pixels(image).expect("an image"), images().label(image));
            });
            digits
        };
        parts.push(0, part(0, 20), 43).expect("fits");
        race.set_images(parts.clone(), images()).expect("fits");
        let race = run(race);
        assert_eq!(race.iteration(), 2, "16 of 20 images");
        parts.push(1, part(20, 43), 43).expect("fits");
        let mut race = race;
        race.set_images(parts.clone(), images()).expect("fits");
        let race = run(race);
        let mut at_once = Race::new(&specs(), Some(40)).expect("valid");
        at_once.set_images(parts, images()).expect("fits");
        let at_once = run(at_once);
        for (lane, expected) in race.lanes().iter().zip(at_once.lanes()) {
            assert_eq!(lane.record(), expected.record());
        }
    }

    #[test]
    fn lanes_that_cannot_learn_the_same_are_refused() {
        let fault = |change: fn(&mut NetSpec)| {
            let mut specs = specs();
            change(&mut specs[2]);
            Race::new(&specs, None).err().map(|error| error.field)
        };
        assert_eq!(fault(|spec| spec.batch_size = 9).as_deref(), Some("lanes[2].batchSize"));
        assert_eq!(fault(|spec| spec.seed = 5).as_deref(), Some("lanes[2].seed"));
        assert_eq!(fault(|spec| spec.input = vec![1, 3, 4]).as_deref(), Some("lanes[2].input"));
        assert_eq!(fault(|spec| spec.input = vec![usize::MAX, 2, 2]).as_deref(), Some("lanes[2].input"));
        assert_eq!(fault(|spec| spec.layers.clear()).as_deref(), Some("lanes[2].layers.length"));
        assert_eq!(Race::new(&[], None).err().map(|error| error.field).as_deref(), Some("lanes.length"));
        let mut race = Race::new(&specs(), None).expect("valid");
        let wrong = Collection::whole(Digits::empty(2, 2));
        assert_eq!(race.set_images(wrong, images()).expect_err("size").field, "lanes[0].images");
    }
}
