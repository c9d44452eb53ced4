//! A curve that grows for ever in bounded memory.

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

    /// Forgets the values after an iteration, as far as the buckets tell them apart.
    pub fn cut(&mut self, iteration: u64) {
        self.buckets.retain(|bucket| bucket.iteration <= iteration);
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
