//! What evaluations find of each share of the test examples, where the plan has several.

use serde::{Deserialize, Serialize};

use super::Training;
use crate::data::collection::Collection;
use crate::train::report::{Judged, Shares};

/// What is remembered of it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Found {
    /// Iteration and how many of each share are right.
    right: Vec<(u64, Vec<u32>)>,
    /// What the examples of the first share were taken for, at the first evaluation and at the last.
    before: Vec<u8>,
    now: Vec<u8>,
}

impl Found {
    /// Notes what an evaluation found, in place of what was found at the same iteration or later. `lengths` is how many
    /// examples each share has, `classes` what they were taken for.
    pub(super) fn note(&mut self, iteration: u64, lengths: &[usize], test: &Collection, classes: &[u8]) {
        if lengths.len() < 2 {
            return;
        }
        let mut rest = 0..classes.len().min(test.len());
        let right = lengths.iter().map(|&length| {
            let share = rest.start..rest.end.min(rest.start + length);
            rest.start = share.end;
            share.filter(|&example| test.label(example) == classes[example]).count() as u32
        });
        let right = right.collect();
        self.right.retain(|(at, _)| *at < iteration);
        // The first one stays: everything is held against it.
        if self.right.len() >= Shares::MOST {
            self.right.remove(1);
        }
        self.right.push((iteration, right));
        let first = &classes[..classes.len().min(lengths[0]).min(Shares::MOST)];
        if self.right.len() == 1 {
            self.before = first.to_vec();
        }
        self.now = first.to_vec();
    }

    /// What was found up to an iteration. What each example was taken for then is not known any more.
    pub(super) fn until(&self, iteration: u64) -> Self {
        let right: Vec<_> = self.right.iter().filter(|(at, _)| *at <= iteration).cloned().collect();
        let now = if right.len() == self.right.len() { self.now.clone() } else { Vec::new() };
        let before = if right.is_empty() { Vec::new() } else { self.before.clone() };
        Self { right, before, now }
    }

    /// Whether this is what evaluations can find; a mark from outside may hold anything.
    pub(super) fn is_sound(&self) -> bool {
        let most = Shares::MOST;
        let shares = self.right.first().map_or(0, |(_, right)| right.len());
        self.right.len() <= most
            && self.before.len() <= most
            && self.now.len() <= most
            && shares <= most
            && self.right.is_sorted_by(|(one, _), (other, _)| one < other)
            && self.right.iter().all(|(_, right)| right.len() == shares)
    }
}

impl Training {
    /// What was found of each share; none where the plan has one, and before the first one has arrived.
    pub(super) fn shares(&self) -> Option<Shares> {
        let shares = self.plan.needs.test_shares(&self.sets);
        if shares.len() < 2 || !shares[0].is_complete() {
            return None;
        }
        let lengths: Vec<_> = shares.iter().map(Collection::len).collect();
        let found = &self.record.shares;
        let judged = |example: usize| Judged {
            label: self.test.label(example),
            before: found.before.get(example).copied(),
            now: found.now.get(example).copied(),
            pixels: self.test.pixels(example).unwrap_or_default(),
        };
        let count = lengths[0].min(self.test.len()).min(Shares::MOST);
        Some(Shares {
            lengths: lengths.iter().map(|&length| length as u32).collect(),
            right: found.right.clone(),
            width: self.test.size().map_or(0, |(_, width)| width as u32),
            first: (0..count).map(judged).collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::digits::Digits;

    #[test]
    fn each_share_is_counted_by_itself_and_the_first_evaluation_stays() {
        let mut digits = Digits::empty(1, 1);
        [1, 2, 3, 4, 5].into_iter().for_each(|label| digits.push(&[9], label));
        let test = Collection::whole(digits);
        let mut found = Found::default();
        found.note(0, &[5], &test, &[1; 5]);
        assert_eq!(found, Found::default(), "one share is no comparison");
        found.note(0, &[2, 3], &test, &[1, 7, 3, 4, 0]);
        assert_eq!(
            (found.right.as_slice(), &found.before, &found.now),
            (&[(0, vec![1, 2])][..], &vec![1, 7], &vec![1, 7])
        );
        found.note(10, &[2, 3], &test, &[1, 2, 0, 0, 0]);
        found.note(10, &[2, 3], &test, &[1, 2, 3, 0, 0]);
        assert_eq!(found.right, [(0, vec![1, 2]), (10, vec![2, 1])]);
        assert_eq!((&found.before, &found.now), (&vec![1, 7], &vec![1, 2]));
        assert!(found.is_sound() && found.until(9).is_sound());
        assert_eq!(found.until(9).right, [(0, vec![1, 2])]);
        for iteration in 11..2000 {
            found.note(iteration, &[2, 3], &test, &[1, 2, 3, 4, 5]);
        }
        assert!(found.is_sound() && found.right.len() == Shares::MOST);
        assert_eq!(found.right[0], (0, vec![1, 2]));
        found.right.push((3, vec![1, 1]));
        assert!(!found.is_sound());
    }

    #[test]
    fn shares_that_lack_samples_count_what_there_is() {
        let mut digits = Digits::empty(1, 1);
        digits.push(&[9], 4);
        let mut found = Found::default();
        found.note(0, &[0, 3], &Collection::whole(digits), &[4, 4]);
        assert_eq!(found.right, [(0, vec![0, 1])]);
        assert!(found.before.is_empty());
    }
}
