//! The data that a task needs, out of what has arrived.

use super::task::{Count, Needs, SetName, Share};
use crate::data::collection::Collection;
use crate::data::sets::Sets;
use crate::error::Result;

/// What a share is for.
#[derive(Clone, Copy)]
enum Split {
    Training,
    Test,
}

impl Needs {
    /// The samples to learn from and those to be evaluated on, as far as they have arrived.
    ///
    /// # Errors
    /// `needs.train` or `needs.test` names sets whose samples differ in form.
    pub fn collect(&self, sets: &Sets) -> Result<(Collection, Collection)> {
        let training = self.training(sets)?;
        let Some(held_out) = self.held_out else {
            let test: Vec<_> = self.test.iter().map(|share| share.of(sets, Split::Test)).collect();
            return Ok((training, Collection::joined(&test).map_err(|error| error.within("needs.test"))?));
        };
        // Which ones are held out is not known before all are there.
        if !training.is_complete() {
            return Ok((Collection::default(), Collection::default()));
        }
        let all = training.len();
        let count = (held_out.count as usize).min(all.saturating_sub(1));
        if count == 0 {
            Ok((training, Collection::expecting(0)))
        } else {
            training.split(all - count, count, held_out.seed)
        }
    }

    /// Whether of these sets the same samples are held out as of earlier ones. They are copies, which would otherwise
    /// count as other samples each time that more data arrives.
    pub(super) fn holds_out_the_same(&self, earlier: &Sets, sets: &Sets) -> bool {
        let both = self.training(earlier).and_then(|before| Ok((before, self.training(sets)?)));
        self.held_out.is_some()
            && both.is_ok_and(|(before, now)| {
                before.is_complete() && !before.is_empty() && now.continues(&before)
            })
    }

    /// Whether all samples come with the task, so that none can arrive.
    pub(super) fn are_given(&self) -> bool {
        self.given.is_some() && self.train.is_empty() && self.test.is_empty()
    }

    /// The shares of the samples to be evaluated on, as far as they have arrived.
    pub(super) fn test_shares(&self, sets: &Sets) -> Vec<Collection> {
        self.test.iter().map(|share| share.of(sets, Split::Test)).collect()
    }

    fn training(&self, sets: &Sets) -> Result<Collection> {
        let given = self.given.clone().map(Collection::whole);
        let shares = self.train.iter().map(|share| share.of(sets, Split::Training));
        let parts: Vec<_> = given.into_iter().chain(shares).collect();
        Collection::joined(&parts).map_err(|error| error.within("needs.train"))
    }
}

impl Share {
    fn of(self, sets: &Sets, split: Split) -> Collection {
        let set = match (self.set, split) {
            (SetName::Mnist, Split::Training) => &sets.mnist_train,
            (SetName::Mnist, Split::Test) => &sets.mnist_test,
            (SetName::Own, _) => &sets.own,
            (SetName::OwnVaried, _) => &sets.own_varied,
            (SetName::Iris, _) => &sets.iris,
        };
        match self.count {
            Count::All => set.clone(),
            Count::First(count) => set.first(count as usize),
        }
    }
}

impl Count {
    /// How many of so many samples.
    pub fn of(self, all: usize) -> usize {
        match self {
            Self::All => all,
            Self::First(count) => all.min(count as usize),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::digits::Digits;
    use crate::train::task::HeldOut;

    fn images(labels: std::ops::Range<u8>) -> Digits {
        let mut digits = Digits::empty(1, 2);
        labels.for_each(|label| digits.push(&[label, 1], label));
        digits
    }

    fn labels(collection: &Collection) -> Vec<u8> {
        (0..collection.len()).map(|sample| collection.label(sample)).collect()
    }

    fn share(set: SetName, count: Count) -> Share {
        Share { set, count }
    }

    #[test]
    fn shares_come_in_their_order_and_wait_for_those_before() {
        let mut sets = Sets::default();
        let needs = Needs {
            train: vec![share(SetName::Own, Count::All), share(SetName::Mnist, Count::First(3))],
            test: vec![share(SetName::Mnist, Count::All)],
            ..Needs::default()
        };
        let collect = |sets: &Sets| needs.collect(sets).expect("of one form");
        sets.mnist_train.push(0, images(0..5), 10).expect("fits");
        let (training, test) = collect(&sets);
        assert!(training.is_empty() && !training.is_complete(), "own images come first");
        assert!(test.is_empty() && !test.is_complete());
        sets.own.push(0, images(7..9), 2).expect("fits");
        assert_eq!(needs.test_shares(&sets).iter().map(Collection::len).collect::<Vec<_>>(), [0]);
        let (training, _) = collect(&sets);
        assert_eq!(labels(&training), [7, 8, 0, 1, 2]);
        assert!(training.is_complete(), "of MNIST no more are needed");
        assert!(collect(&sets).0.continues(&training), "the same samples");
    }

    #[test]
    fn what_is_held_out_is_split_once_all_is_there() {
        let mut sets = Sets::default();
        let held_out = Some(HeldOut { count: 2, seed: 7 });
        let needs =
            Needs { train: vec![share(SetName::Mnist, Count::First(6))], held_out, ..Needs::default() };
        // Nothing is known of sets that are on their way, not even that they hold anything.
        let (training, validation) = needs.collect(&sets).expect("one form");
        assert!(!training.is_complete() && !validation.is_complete());
        sets.mnist_train.push(0, images(0..4), 9).expect("fits");
        let (training, validation) = needs.collect(&sets).expect("one form");
        assert!(training.is_empty() && validation.is_empty(), "which ones is not known yet");
        assert!(!training.is_complete() && !validation.is_complete());
        let few = sets.clone();
        sets.mnist_train.push(1, images(4..8), 9).expect("fits");
        let (training, validation) = needs.collect(&sets).expect("one form");
        let mut all = [labels(&training), labels(&validation)].concat();
        assert_eq!((training.len(), validation.len()), (4, 2));
        all.sort_unstable();
        assert_eq!(all, [0, 1, 2, 3, 4, 5], "each of the first six once");
        // As a search shares them out.
        let whole = sets.mnist_train.first(6).split(4, 2, 7).expect("six");
        assert_eq!((labels(&training), labels(&validation)), (labels(&whole.0), labels(&whole.1)));
        let mut more = sets.clone();
        more.mnist_train.push(2, images(8..9), 9).expect("fits");
        assert!(needs.holds_out_the_same(&sets, &more) && !needs.holds_out_the_same(&few, &sets));
        // One is left to learn from, whatever is asked for.
        let needs = Needs { held_out: Some(HeldOut { count: 99, seed: 1 }), ..needs };
        assert_eq!(needs.collect(&sets).map(|(training, _)| training.len()), Ok(1));
    }

    #[test]
    fn iris_is_there_and_nothing_is_complete() {
        let sets = Sets::default();
        let needs = Needs {
            train: vec![share(SetName::Iris, Count::First(100))],
            test: vec![share(SetName::Iris, Count::All)],
            ..Needs::default()
        };
        let (training, test) = needs.collect(&sets).expect("rows");
        assert_eq!((training.len(), test.len()), (100, 150));
        assert_eq!(training.highest_label(), Some(1), "two species");
        assert!(training.is_complete() && test.is_complete());
        let (training, test) = Needs::default().collect(&sets).expect("nothing");
        assert!(training.is_complete() && test.is_complete() && training.is_empty() && test.is_empty());
    }

    #[test]
    fn images_and_rows_do_not_mix() {
        let mut sets = Sets::default();
        sets.own.push(0, images(0..2), 2).expect("fits");
        let both = vec![share(SetName::Own, Count::All), share(SetName::Iris, Count::All)];
        let error = Needs { train: both, ..Needs::default() }.collect(&sets).expect_err("mixed");
        assert!(error.field.starts_with("needs.train"), "{error}");
    }

    #[test]
    fn rows_that_come_along_are_learned_before_shares_and_never_arrive_again() {
        let rows = crate::data::iris::flowers(2);
        let given = Needs { given: Some(rows.clone()), ..Needs::default() };
        let sets = Sets::default();
        let (training, test) = given.collect(&sets).expect("rows");
        assert!(given.are_given() && training.is_complete() && test.is_empty());
        assert_eq!(labels(&training), rows.labels());
        let more = Needs { train: vec![share(SetName::Iris, Count::First(3))], ..given };
        assert!(!more.are_given());
        let (training, _) = more.collect(&sets).expect("rows");
        assert_eq!((training.len(), training.label(100)), (103, 0));
    }
}
