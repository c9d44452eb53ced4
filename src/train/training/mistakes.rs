//! The test examples that a network gets wrong, as far as it has been evaluated.

use super::Training;
use crate::nn::network::Input;
use crate::train::report::{Mistake, Mistakes};

/// What is known of the mistakes of one evaluation. It grows while that is under way.
#[derive(Clone, Debug, Default)]
pub(super) struct Found {
    /// The iteration of the network that was evaluated.
    iteration: u64,
    pub(super) told: Mistakes,
}

impl Training {
    /// Brings what is known of the mistakes up to date. Guesses come with their probabilities while the network is still
    /// the one that was evaluated; where it has gone on, what was found before stays.
    pub(super) fn find_mistakes(&mut self) {
        let now = self.iteration();
        let Some((iteration, classes)) = self.evaluations.newest(now) else { return };
        if iteration != now {
            return;
        }
        let count = classes.len().min(self.test.len());
        let is_older = |found: &Found| found.iteration != now || found.told.seen as usize > count;
        let mut found = self.mistakes.take().filter(|found| !is_older(found)).unwrap_or_default();
        let of = self.plan.evaluation.test.of(self.test.expected());
        found.iteration = now;
        let mut fresh: Vec<(usize, u8)> = Vec::new();
        let room = Mistakes::MOST - found.told.listed.len();
        for (example, &class) in classes[..count].iter().enumerate().skip(found.told.seen as usize) {
            if self.test.label(example) == class {
                continue;
            }
            found.told.count += 1;
            if fresh.len() < room {
                fresh.push((example, class));
            }
        }
        found.told.seen = count as u32;
        found.told.of = of as u32;
        found.told.width = self.test.size().map_or(0, |(_, width)| width as u32);
        let probabilities = self.probabilities(&fresh);
        let mistake = |(&(example, guess), probability)| Mistake {
            index: example as u32,
            label: self.test.label(example),
            guess,
            probability,
            pixels: self.test.pixels(example).unwrap_or_default(),
        };
        found.told.listed.extend(fresh.iter().zip(probabilities).map(mistake));
        self.mistakes = Some(found);
    }

    /// The output of the network for each of some test examples and the class it is taken for.
    fn probabilities(&mut self, guesses: &[(usize, u8)]) -> Vec<f32> {
        if !self.gives_probabilities() {
            return vec![f32::NAN; guesses.len()];
        }
        let (network, _) = self.trainer.network_and_training();
        let mut found = Vec::with_capacity(guesses.len());
        for some in guesses.chunks(network.images_at_once()) {
            self.test.gather(some.iter().map(|&(example, _)| example), &mut self.batch);
            let outputs = network.predict(Input::Sparse(self.batch.rows.rows()));
            let of = |(row, &(_, class)): (usize, &(usize, u8))| {
                outputs.get((row, usize::from(class))).copied().unwrap_or(f32::NAN)
            };
            found.extend(some.iter().enumerate().map(of));
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::digits::Digits;
    use crate::data::sets::Sets;
    use crate::nn::networks;
    use crate::train::report::{Phase, Want};
    use crate::train::task::{Count, EvaluatePlan, SetName, Share, Task};
    use crate::train::weights::Precision;
    use crate::train::work::{Progress, Work};

    const IMAGES: usize = 700;

    fn plan() -> EvaluatePlan {
        let test = vec![Share { set: SetName::Mnist, count: Count::All }];
        EvaluatePlan { spec: networks::named("two-layer").expect("listed"), test }
    }

    fn sets() -> Sets {
        let mut digits = Digits::empty(28, 28);
        for image in 0..IMAGES {
            let pixels: Vec<u8> = (0..784).map(|pixel| ((image * 31 + pixel * 17) % 251) as u8).collect();
            digits.push(&pixels, (image % 10) as u8);
        }
        let mut sets = Sets::default();
        sets.mnist_test.push(0, digits, IMAGES).expect("fits");
        sets
    }

    fn told(work: &mut dyn Work) -> Option<Mistakes> {
        work.report(0.0, &[Want::Mistakes]).training().and_then(|training| training.mistakes.clone())
    }

    #[test]
    fn a_network_of_a_file_is_evaluated_and_tells_each_mistake_with_its_guess() {
        let task = Task::Evaluate(plan());
        assert!(task.starts_by_itself());
        let mut work = task.begin().expect("valid");
        work.set_data(&sets()).expect("fits");
        assert_eq!(work.work(), Progress::Waiting, "no network has come");
        assert_eq!(told(&mut *work), None);
        let mut other = Training::new(&plan().training()).expect("valid");
        let file = other.save(Precision::Single).expect("finite");
        work.training().expect("a training").take_file(&file).expect("784 to 10");
        assert_eq!(work.work(), Progress::Between);
        let first = told(&mut *work).expect("some are known");
        assert!(first.seen > 0 && (first.seen as usize) < IMAGES, "{}", first.seen);
        while work.work() == Progress::Between {
            told(&mut *work);
        }
        let report = work.report(0.0, &[Want::Mistakes]);
        let training = report.training().expect("a training");
        assert_eq!((report.phase, training.file_bytes), (Phase::Finished, Some(file.len() as u32)));
        let found = training.mistakes.as_ref().expect("all are known");
        assert_eq!((found.seen, found.of, found.width), (IMAGES as u32, IMAGES as u32, 28));
        let accuracy = training.present_test_accuracy.expect("evaluated");
        assert_eq!(f64::from(found.count), ((1.0 - accuracy) * IMAGES as f64).round());
        assert_eq!(found.listed.len(), Mistakes::MOST.min(found.count as usize));
        assert!(found.listed.starts_with(&first.listed), "what was told before stays");
        let test = sets().mnist_test;
        for mistake in &found.listed {
            let pixels = test.pixels(mistake.index as usize).expect("an image");
            let values: Vec<f32> = pixels.iter().map(|&pixel| f32::from(pixel) / 255.0).collect();
            let answer = other.answer(&values).expect("fits");
            assert_eq!(answer.class, Some(usize::from(mistake.guess)));
            assert!((answer.outputs[usize::from(mistake.guess)] - mistake.probability).abs() < 1e-5);
            assert_ne!(mistake.guess, mistake.label);
            assert_eq!((mistake.label, &mistake.pixels), (test.label(mistake.index as usize), &pixels));
        }
        assert!(
            work.report(0.0, &[]).training().is_some_and(|training| training.mistakes.is_none()),
            "not asked for"
        );
    }
}
