//! How numbers inside a network are spread: activations, gradients (book 6.2).

use serde::{Deserialize, Serialize};

use super::spec::LayerSpec;
use crate::real::Real;

/// How many values there are of what size: all that must be known before they can be counted in bins. Values that are
/// not finite are counted and left out of everything else.
///
/// Values may be given in parts of any size: the sums go through them in their order, so the parts change no bit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Extent {
    bounds: Option<Bounds>,
    count: u64,
    not_finite: u64,
    zeros: u64,
    saturated: u64,
    sum: f64,
    low: f64,
    high: f64,
}

/// How the values of one array are spread.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    extent: Extent,
    /// The finite values in equal bins.
    pub histogram: Bins,
    /// The sum of squared distances from the mean.
    squares: f64,
}

/// Counts in bins of equal width.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bins {
    /// The lower edge of the first.
    pub low: f64,
    /// The upper edge of the last; what lies on an edge belongs to the bin above, on this one to the last.
    pub high: f64,
    /// How many values each has.
    pub counts: [u32; Bins::COUNT],
}

impl Bins {
    /// How many there are: the book's 30 (6.2.2).
    pub const COUNT: usize = 30;
}

/// Between which values an array's must lie, and from where on they are saturated.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bounds {
    low: f64,
    high: f64,
    /// Saturated is what lies closer than this to a bound.
    margin: f64,
}

/// √0.9: where the derivative 1 − y² of tanh has fallen to a tenth of its highest value.
const TENTH_OF_SLOPE: f64 = 0.948_683_298_050_513_8;

impl Bounds {
    /// The bounds of a layer's output; none where there are none.
    pub fn of(layer: &LayerSpec) -> Option<Self> {
        match layer {
            // σ(x) = (1 + tanh(x / 2)) / 2, so it saturates where tanh does, in half the range.
            LayerSpec::Sigmoid => Some(Self { low: 0.0, high: 1.0, margin: (1.0 - TENTH_OF_SLOPE) / 2.0 }),
            LayerSpec::Tanh => Some(Self { low: -1.0, high: 1.0, margin: 1.0 - TENTH_OF_SLOPE }),
            _ => None,
        }
    }
}

impl Extent {
    /// That of no values; of a function with bounds the share that is saturated is counted.
    pub fn new(bounds: Option<Bounds>) -> Self {
        let (low, high) = (f64::INFINITY, f64::NEG_INFINITY);
        Self { bounds, count: 0, not_finite: 0, zeros: 0, saturated: 0, sum: 0.0, low, high }
    }

    /// Takes more values into account.
    pub fn add<T: Real>(&mut self, values: impl Iterator<Item = T>) {
        for value in values.map(T::double) {
            if !value.is_finite() {
                self.not_finite += 1;
                continue;
            }
            self.count += 1;
            self.sum += value;
            self.low = self.low.min(value);
            self.high = self.high.max(value);
            self.zeros += u64::from(value == 0.0);
            if let Some(Bounds { low, high, margin }) = self.bounds {
                self.saturated += u64::from(value < low + margin || value > high - margin);
            }
        }
    }

    /// Whether it may have grown out of another one; an extent from outside may be anything.
    pub fn continues(&self, earlier: &Self) -> bool {
        let counts = |extent: &Self| [extent.count, extent.not_finite, extent.zeros, extent.saturated];
        let grown = |(now, before): (u64, u64)| (before..1 << 53).contains(&now);
        self.bounds == earlier.bounds && counts(self).into_iter().zip(counts(earlier)).all(grown)
    }

    fn mean(&self) -> f64 {
        self.sum / self.count as f64
    }

    /// As [`Summary::saturated`].
    pub fn saturated(&self) -> Option<f64> {
        self.bounds?;
        (self.count > 0).then(|| self.saturated as f64 / self.count as f64)
    }

    /// A summary that counts no value in its bins yet; the same values are to be [added](Summary::add) again.
    ///
    /// The histogram's range is that of the bounds. Without bounds it is a round number in each direction that values
    /// lie in, 1, 2 or 5 times a power of ten, and 0 in one that none lies in: it stays the same while the values
    /// change a little.
    pub fn summary(self) -> Summary {
        let (low, high) = match self.bounds {
            Some(Bounds { low, high, .. }) => (low, high),
            None if self.count == 0 => (0.0, 1.0),
            None => round_range(self.low, self.high),
        };
        Summary { extent: self, histogram: Bins { low, high, counts: [0; Bins::COUNT] }, squares: 0.0 }
    }
}

impl Summary {
    /// The summary of these values.
    pub fn of<T: Real>(values: impl Iterator<Item = T> + Clone, bounds: Option<Bounds>) -> Self {
        let mut extent = Extent::new(bounds);
        extent.add(values.clone());
        let mut summary = extent.summary();
        summary.add(values);
        summary
    }

    /// Counts values that the extent knows.
    pub fn add<T: Real>(&mut self, values: impl Iterator<Item = T>) {
        let mean = self.extent.mean();
        let bins = &mut self.histogram;
        // Halves, so that the width of the widest range is a number still.
        let (start, width) = (bins.low / 2.0, bins.high / 2.0 - bins.low / 2.0);
        for value in values.map(T::double).filter(|value| value.is_finite()) {
            self.squares += (value - mean) * (value - mean);
            let place = (value / 2.0 - start) / width * Bins::COUNT as f64;
            let count = &mut bins.counts[(place as usize).min(Bins::COUNT - 1)];
            *count = count.saturating_add(1);
        }
    }

    /// Finite values.
    pub fn count(&self) -> u64 {
        self.extent.count
    }

    /// Values that are infinite or no number.
    pub fn not_finite(&self) -> u64 {
        self.extent.not_finite
    }

    /// The mean; none without values, here and below.
    pub fn mean(&self) -> Option<f64> {
        self.known(self.extent.mean())
    }

    /// The standard deviation: the square root of the mean squared distance from the mean, over n as the book's NumPy
    /// has it.
    pub fn deviation(&self) -> Option<f64> {
        self.known((self.squares / self.extent.count as f64).sqrt())
    }

    /// The lowest value.
    pub fn low(&self) -> Option<f64> {
        self.known(self.extent.low)
    }

    /// The highest value.
    pub fn high(&self) -> Option<f64> {
        self.known(self.extent.high)
    }

    /// The share of values that are exactly 0, 0 to 1: after ReLU those of units that are off.
    pub fn zeros(&self) -> Option<f64> {
        self.known(self.extent.zeros as f64 / self.extent.count as f64)
    }

    /// The share of values so near to the bounds of sigmoid or tanh that the derivative there is below a tenth of its
    /// highest value, 0 to 1: what the vanishing gradient of 6.2.2 comes from. None for other functions.
    pub fn saturated(&self) -> Option<f64> {
        self.extent.saturated()
    }

    fn known(&self, value: f64) -> Option<f64> {
        (self.extent.count > 0).then_some(value)
    }
}

/// A range around values from `low` to `high` and around 0, whose ends are round.
fn round_range(low: f64, high: f64) -> (f64, f64) {
    let most = low.abs().max(high.abs());
    let most = if most > 0.0 { round_up(most) } else { 1.0 };
    (if low < 0.0 { -most } else { 0.0 }, if high > 0.0 || low >= 0.0 { most } else { 0.0 })
}

/// The next number that is 1, 2 or 5 times a power of ten; the value itself at the ends of what `f64` holds.
fn round_up(value: f64) -> f64 {
    let power = libm::pow(10.0, libm::floor(libm::log10(value)));
    // 10 for a value just below the next power, which the logarithm rounds down.
    let round = [1.0, 2.0, 5.0, 10.0].map(|factor| factor * power).into_iter().find(|&round| round >= value);
    round.filter(|round| round.is_normal()).unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_summary_by_hand() {
        let summary = Summary::of([-1.0, 0.0, 0.0, 3.0, f64::NAN, f64::INFINITY].into_iter(), None);
        let found = [summary.mean(), summary.low(), summary.high(), summary.zeros()];
        assert_eq!(found, [Some(0.5), Some(-1.0), Some(3.0), Some(0.5)]);
        assert!((summary.deviation().expect("values") - 2.25_f64.sqrt()).abs() < 1e-15);
        assert_eq!((summary.count(), summary.not_finite(), summary.saturated()), (4, 2, None));
        assert_eq!((summary.histogram.low, summary.histogram.high), (-5.0, 5.0));
        assert_eq!(summary.histogram.counts.iter().sum::<u32>(), 4);
        assert_eq!((summary.histogram.counts[15], summary.histogram.counts[24]), (2, 1));
    }

    #[test]
    fn parts_of_any_size_change_no_bit() {
        let values: Vec<f64> = (0..1000).map(|index| libm::sin(f64::from(index)) * 0.7).collect();
        let bounds = Bounds::of(&LayerSpec::Tanh);
        let whole = Summary::of(values.iter().copied(), bounds);
        for size in [1, 7, 999] {
            let mut extent = Extent::new(bounds);
            values.chunks(size).for_each(|part| extent.add(part.iter().copied()));
            let mut summary = extent.summary();
            values.chunks(size).for_each(|part| summary.add(part.iter().copied()));
            assert_eq!(summary, whole, "parts of {size}");
        }
    }

    #[test]
    fn saturated_is_what_lies_at_the_ends() {
        let share = |layer: LayerSpec, values: &[f64]| {
            Summary::of(values.iter().copied(), Bounds::of(&layer)).saturated()
        };
        // The derivative y(1 − y) of sigmoid is a tenth of its highest at y = 0.0257, that of tanh at y = 0.9487.
        assert_eq!(share(LayerSpec::Sigmoid, &[0.025, 0.026, 0.5, 0.975]), Some(0.5));
        assert_eq!(share(LayerSpec::Tanh, &[-0.95, -0.94, 0.0, 0.95]), Some(0.5));
        assert_eq!(share(LayerSpec::Relu, &[0.0, 5.0]), None);
        assert_eq!(share(LayerSpec::Sigmoid, &[]), None);
    }

    #[test]
    fn nothing_and_nothing_finite_have_no_numbers() {
        for values in [vec![], vec![f64::NAN, f64::NEG_INFINITY]] {
            let summary = Summary::of(values.iter().copied(), None);
            let found = [summary.mean(), summary.deviation(), summary.low(), summary.high(), summary.zeros()];
            assert_eq!(found, [None; 5]);
            assert_eq!(summary.not_finite(), values.len() as u64);
            assert_eq!(summary.histogram.counts, [0; Bins::COUNT]);
        }
    }

    #[test]
    fn ranges_are_round_and_hold_every_value() {
        for (values, expected) in [
            (vec![0.0, 0.0], (0.0, 1.0)),
            (vec![0.0, 0.3], (0.0, 0.5)),
            (vec![-0.013], (-0.02, 0.0)),
            (vec![-7.0, 1.0], (-10.0, 10.0)),
            (vec![0.1, 1000.0], (0.0, 1000.0)),
            (vec![f64::MIN, f64::MAX], (f64::MIN, f64::MAX)),
            (vec![5e-324, 1e-323], (0.0, 1e-323)),
        ] {
            let summary = Summary::of(values.iter().copied(), None);
            let (low, high) = (summary.histogram.low, summary.histogram.high);
            assert!((low - expected.0).abs() <= 1e-12 * low.abs(), "{values:?}: {low}");
            assert!((high - expected.1).abs() <= 1e-12 * high.abs(), "{values:?}: {high}");
            assert_eq!(summary.histogram.counts.iter().sum::<u32>() as usize, values.len());
        }
    }
}
