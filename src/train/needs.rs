//! The data that a task needs, out of what has arrived.

use super::task::{Count, Needs, SetName, Share};
use crate::data::collection::Collection;
use crate::data::sets::Sets;
use crate::error::{Error, Result};

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
        let collect = |shares: &[Share], split| {
            let parts: Vec<_> = shares.iter().map(|share| share.of(sets, split)).collect();
            Collection::joined(&parts)
        };
        let within = |name: &'static str| move |error: Error| error.within(name);
        Ok((
            collect(&self.train, Split::Training).map_err(within("needs.train"))?,
            collect(&self.test, Split::Test).map_err(within("needs.test"))?,
        ))
    }
}

impl Share {
    fn of(self, sets: &Sets, split: Split) -> Collection {
        let set = match (self.set, split) {
            (SetName::Mnist, Split::Training) => &sets.mnist_train,
            (SetName::Mnist, Split::Test) => &sets.mnist_test,
            (SetName::Own, _) => &sets.own,
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
        };
        let collect = |sets: &Sets| needs.collect(sets).expect("of one form");
        sets.mnist_train.push(0, images(0..5), 10).expect("fits");
        let (training, test) = collect(&sets);
        assert!(training.is_empty() && !training.is_complete(), "own images come first");
        assert!(test.is_empty() && !test.is_complete());
        sets.own.push(0, images(7..9), 2).expect("fits");
        let (training, _) = collect(&sets);
        assert_eq!(labels(&training), [7, 8, 0, 1, 2]);
        assert!(training.is_complete(), "of MNIST no more are needed");
        assert!(collect(&sets).0.continues(&training), "the same samples");
    }

    #[test]
    fn iris_is_there_and_nothing_is_complete() {
        let sets = Sets::default();
        let needs = Needs {
            train: vec![share(SetName::Iris, Count::First(100))],
            test: vec![share(SetName::Iris, Count::All)],
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
        let error = Needs { train: both, test: vec![] }.collect(&sets).expect_err("mixed");
        assert!(error.field.starts_with("needs.train"), "{error}");
    }
}
