//! Curves that grow for ever in bounded memory.

use serde::{Deserialize, Serialize};

/// A value for each iteration, kept as at most [`MOST`](Series::MOST) buckets of equal length, each with mean,
/// lowest and highest value. While the run is short a bucket is one iteration, so the values are exact.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Series {
    /// Iterations in each bucket but the last.
    stride: u64,
    buckets: Vec<Bucket>,
}

/// Values of successive iterations.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bucket {
    /// The last iteration in it, counted from 1.
    pub iteration: u64,
    /// How many.
    pub count: u64,
    /// Their sum.
    pub sum: f64,
    /// The lowest.
    pub low: f64,
    /// The highest.
    pub high: f64,
}

impl Bucket {
    /// The mean.
    pub fn mean(&self) -> f64 {
        self.sum / self.count as f64
    }
}

impl Default for Series {
    fn default() -> Self {
        Self { stride: 1, buckets: Vec::new() }
    }
}

impl Series {
    /// The most buckets: as many as a wide chart has pixels.
    pub const MOST: usize = 1000;

    /// Whether this is what pushing can make; a series from outside may be anything.
    pub(super) fn is_sound(&self) -> bool {
        let last = self.buckets.len().saturating_sub(1);
        let full = |(index, bucket): (usize, &Bucket)| {
            (1..=self.stride).contains(&bucket.count) && (index == last || bucket.count == self.stride)
        };
        self.buckets.len() <= Self::MOST
            && self.stride.is_power_of_two()
            && self.buckets.iter().enumerate().all(full)
            && self.buckets.windows(2).all(|pair| pair[0].iteration < pair[1].iteration)
    }

    /// Adds the value of the next iteration.
    pub fn push(&mut self, iteration: u64, value: f64) {
        match self.buckets.last_mut().filter(|last| last.count < self.stride) {
            Some(last) => {
                last.iteration = iteration;
                last.count += 1;
                last.sum += value;
                last.low = last.low.min(value);
                last.high = last.high.max(value);
            }
            None => {
                if self.buckets.len() == Self::MOST {
                    self.halve();
                }
                self.buckets.push(Bucket { iteration, count: 1, sum: value, low: value, high: value });
            }
        }
    }

    /// The curve.
    pub fn buckets(&self) -> &[Bucket] {
        &self.buckets
    }

    /// The curve up to an iteration; a bucket that goes beyond it is left out.
    pub(super) fn until(&self, iteration: u64) -> Self {
        let buckets = self.buckets.iter().take_while(|bucket| bucket.iteration <= iteration);
        Self { stride: self.stride, buckets: buckets.copied().collect() }
    }

    /// The mean of the bucket that holds an iteration, or of the first one.
    pub(super) fn at(&self, iteration: u64) -> Option<f64> {
        let place = self.buckets.partition_point(|bucket| bucket.iteration < iteration);
        self.buckets.get(place).or(self.buckets.last()).map(Bucket::mean)
    }

    /// Joins neighbours, two by two.
    fn halve(&mut self) {
        self.stride *= 2;
        let join = |pair: &[Bucket]| {
            pair.iter().skip(1).fold(pair[0], |first, second| Bucket {
                iteration: second.iteration,
                count: first.count + second.count,
                sum: first.sum + second.sum,
                low: first.low.min(second.low),
                high: first.high.max(second.high),
            })
        };
        self.buckets = self.buckets.chunks(2).map(join).collect();
    }
}

/// Values of some iterations, of which at most [`MOST`](Points::MOST) are kept, evenly spread over all that were added;
/// the first and the last one always. While they are few all are kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Points {
    /// Of the values added, those whose index is a multiple of this are kept.
    stride: u64,
    /// How many were added.
    added: u64,
    /// The kept ones, and last the last one added.
    kept: Vec<(u64, f64)>,
}

impl Default for Points {
    fn default() -> Self {
        Self { stride: 1, added: 0, kept: Vec::new() }
    }
}

impl Points {
    /// The most values: a thousand epochs and what was before them are kept each.
    pub const MOST: usize = 1024;

    /// Adds a value.
    pub fn push(&mut self, iteration: u64, value: f64) {
        let last_stays = self.added == 0 || (self.added - 1).is_multiple_of(self.stride);
        if !last_stays {
            self.kept.pop();
        }
        if self.kept.len() == Self::MOST {
            self.stride *= 2;
            let mut index = 0;
            self.kept.retain(|_| {
                index += 1;
                index % 2 == 1
            });
        }
        self.kept.push((iteration, value));
        self.added += 1;
    }

    /// Those up to an iteration.
    pub(super) fn until(&self, iteration: u64) -> Self {
        let kept: Vec<_> = self.kept.iter().take_while(|(at, _)| *at <= iteration).copied().collect();
        if kept.len() == self.kept.len() {
            return self.clone();
        }
        // The last one, whose index need not be on the stride, is gone.
        let added = kept.len().checked_sub(1).map_or(0, |last| last as u64 * self.stride + 1);
        Self { stride: self.stride, added, kept }
    }

    /// Iteration and value.
    pub fn as_slice(&self) -> &[(u64, f64)] {
        &self.kept
    }

    /// Whether this is what pushing can make; points from outside may be anything.
    pub(super) fn is_sound(&self) -> bool {
        let last = self.added.saturating_sub(1);
        let on_stride = if self.added == 0 { 0 } else { last / self.stride.max(1) + 1 };
        let lonely = self.added > 0 && !last.is_multiple_of(self.stride.max(1));
        self.stride.is_power_of_two()
            && self.kept.len() <= Self::MOST
            && self.kept.len() as u64 == on_stride + u64::from(lonely)
            && self.kept.windows(2).all(|pair| pair[0].0 < pair[1].0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_lost_but_detail() {
        let mut series = Series::default();
        for iteration in 1..=123_456_u64 {
            series.push(iteration, (iteration % 97) as f64);
            assert!(series.buckets().len() <= Series::MOST);
        }
        let buckets = series.buckets();
        assert_eq!(buckets.iter().map(|bucket| bucket.count).sum::<u64>(), 123_456);
        let total: f64 = (1..=123_456_u64).map(|iteration| (iteration % 97) as f64).sum();
        assert_eq!(buckets.iter().map(|bucket| bucket.sum).sum::<f64>(), total);
        assert_eq!(buckets[buckets.len() - 1].iteration, 123_456);
        assert!(buckets.windows(2).all(|pair| pair[0].iteration < pair[1].iteration));
        assert!(buckets.iter().all(|b| b.low <= b.mean() && b.mean() <= b.high));
    }

    #[test]
    fn points_stay_few_and_evenly_spread() {
        let mut points = Points::default();
        for index in 0..1_000_000_u64 {
            let at = index * 7;
            points.push(at, index as f64);
            let kept = points.as_slice();
            assert!(kept.len() <= Points::MOST);
            assert_eq!((kept[0], kept[kept.len() - 1]), ((0, 0.0), (at, index as f64)));
            if index < 1024 {
                assert_eq!(kept.len() as u64, index + 1, "all of a short run");
            }
            // Looked at now and then: the distances are equal but the last one, which is no longer.
            if index % 997 == 0 {
                assert!(points.is_sound());
                let gaps: Vec<u64> = kept.windows(2).map(|pair| pair[1].0 - pair[0].0).collect();
                let first = gaps.first().copied().unwrap_or_default();
                assert!(gaps.iter().rev().skip(1).all(|&gap| gap == first));
                assert!(gaps.last().is_none_or(|&gap| gap <= first));
                assert!(index < 1024 || kept.len() > Points::MOST / 2);
            }
        }
    }

    #[test]
    fn what_no_pushing_makes_is_told_apart() {
        let mut series = Series::default();
        let mut points = Points::default();
        for iteration in 1..=3001 {
            series.push(iteration, 1.0);
            points.push(iteration, 1.0);
            assert!(series.is_sound() && points.is_sound(), "{iteration}");
        }
        let unsound_series = [
            Series { stride: 0, ..series.clone() },
            Series { stride: 2, ..series.clone() },
            Series { buckets: vec![series.buckets[0]; 2], ..series.clone() },
            Series { buckets: vec![Bucket { count: 0, ..series.buckets[0] }], ..series.clone() },
        ];
        assert!(unsound_series.iter().all(|series| !series.is_sound()));
        let unsound_points = [
            Points { stride: 0, ..points.clone() },
            Points { added: 0, ..points.clone() },
            Points { added: u64::MAX, ..points.clone() },
            Points { kept: vec![], ..points.clone() },
        ];
        assert!(unsound_points.iter().all(|points| !points.is_sound()));
    }

    #[test]
    fn a_short_run_is_kept_exactly() {
        let mut series = Series::default();
        (1..=1000).for_each(|iteration| series.push(iteration, iteration as f64));
        assert!(
            series
                .buckets()
                .iter()
                .all(|bucket| bucket.count == 1 && bucket.mean() == bucket.iteration as f64)
        );
    }
}
