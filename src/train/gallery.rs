//! Test examples by what they are and what they were predicted as.

/// Which of them are wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Those of this class only.
    pub actual: Option<u8>,
    /// Those predicted as this class only.
    pub predicted: Option<u8>,
    /// Those predicted wrongly only.
    pub mistakes_only: bool,
}

/// What passes a filter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chosen {
    /// The indices of the first ones.
    pub examples: Vec<usize>,
    /// How many there are in all.
    pub count: usize,
}

impl Filter {
    /// Whether an example passes.
    pub fn takes(self, actual: u8, predicted: u8) -> bool {
        self.actual.is_none_or(|class| class == actual)
            && self.predicted.is_none_or(|class| class == predicted)
            && (!self.mistakes_only || actual != predicted)
    }

    /// Up to `most` examples that pass, of pairs of actual and predicted classes.
    pub fn choose(self, pairs: impl Iterator<Item = (u8, u8)>, most: usize) -> Chosen {
        let mut chosen = Chosen::default();
        for (example, (actual, predicted)) in pairs.enumerate() {
            if !self.takes(actual, predicted) {
                continue;
            }
            chosen.count += 1;
            if chosen.examples.len() < most {
                chosen.examples.push(example);
            }
        }
        chosen
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_takes_what_it_says_and_counts_all_of_it() {
        let pairs = [(3, 3), (3, 8), (8, 3), (3, 8), (1, 1)];
        let choose = |filter: Filter, most| filter.choose(pairs.into_iter(), most);
        let all = Filter::default();
        assert_eq!(choose(all, 9).examples, [0, 1, 2, 3, 4]);
        assert_eq!(choose(all, 2), Chosen { examples: vec![0, 1], count: 5 });
        assert_eq!(choose(Filter { mistakes_only: true, ..all }, 9).examples, [1, 2, 3]);
        let taken = Filter { actual: Some(3), predicted: Some(8), mistakes_only: false };
        assert_eq!(choose(taken, 1), Chosen { examples: vec![1], count: 2 });
        let right = Filter { actual: Some(3), predicted: Some(3), mistakes_only: true };
        assert_eq!(choose(right, 9), Chosen::default());
    }
}
