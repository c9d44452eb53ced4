//! One axis in numbers: where a value lies on it, and which values get a tick.

use crate::chart::Scale;

use super::number;

/// Values beyond this are shown as if they were this, so that no difference of two of them overflows.
pub(crate) const LARGEST: f64 = 1e300;
/// A logarithmic axis begins here at the lowest.
const SMALLEST: f64 = 1e-250;

/// A range of values and how they are spaced. Always finite, with `low` below `high`; above 0 when logarithmic.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Span {
    low: f64,
    high: f64,
    scale: Scale,
}

/// A value that is written beside an axis.
#[derive(Clone, Debug, PartialEq)]
pub struct Tick {
    /// The value.
    pub value: f64,
    /// What is written.
    pub label: String,
}

impl Span {
    /// The span from one value to another. Where that is no range at all (not finite, empty, 0 on a logarithmic
    /// axis), the nearest that is one.
    pub fn new(low: f64, high: f64, scale: Scale) -> Self {
        let (low, high) = if low <= high { (low, high) } else { (high, low) };
        let (low, high) = match (low.is_nan(), high.is_nan()) {
            (false, false) => (low.clamp(-LARGEST, LARGEST), high.clamp(-LARGEST, LARGEST)),
            _ => default(scale),
        };
        let (low, high) = match scale {
            Scale::Linear => widened(low, high),
            Scale::Log => widened_by_factor(low, high),
        };
        Self { low, high, scale }
    }

    /// The lowest value.
    pub fn low(&self) -> f64 {
        self.low
    }

    /// The highest value.
    pub fn high(&self) -> f64 {
        self.high
    }

    /// How values are spaced.
    pub fn scale(&self) -> Scale {
        self.scale
    }

    /// Where a value lies: 0 at the low end, 1 at the high end, other numbers outside. `None` for what has no place:
    /// not a finite number, or not above 0 on a logarithmic axis.
    pub fn fraction(&self, value: f64) -> Option<f64> {
        // Far outside, the exact place no longer matters, and the arithmetic of clipping stays finite.
        const FAR: f64 = 1e6;
        let fraction = match self.scale {
            _ if !value.is_finite() => return None,
            Scale::Linear => (value.clamp(-LARGEST, LARGEST) - self.low) / (self.high - self.low),
            Scale::Log if value <= 0.0 => return None,
            Scale::Log => {
                let low = libm::log10(self.low);
                (libm::log10(value.clamp(SMALLEST, LARGEST)) - low) / (libm::log10(self.high) - low)
            }
        };
        Some(fraction.clamp(-FAR, FAR))
    }

    /// The value at a place between 0 and 1.
    pub fn value(&self, fraction: f64) -> f64 {
        match self.scale {
            Scale::Linear => self.low + (self.high - self.low) * fraction,
            Scale::Log => {
                let (low, high) = (libm::log10(self.low), libm::log10(self.high));
                libm::pow(10.0, low + (high - low) * fraction)
            }
        }
    }

    /// Whether a value lies between the ends.
    pub fn contains(&self, value: f64) -> bool {
        (self.low..=self.high).contains(&value)
    }

    /// At most about `most` round values, rising; only whole numbers if `whole`.
    pub fn ticks(&self, most: usize, whole: bool) -> Vec<Tick> {
        self.at_least(1, most, whole)
    }

    /// The same, but so many that one can read a value between them: three and more, unless whole numbers are wanted and
    /// there are fewer. May be somewhat more than `most`.
    pub fn readable_ticks(&self, most: usize, whole: bool) -> Vec<Tick> {
        self.at_least(3, most, whole)
    }

    fn at_least(&self, least: usize, most: usize, whole: bool) -> Vec<Tick> {
        let most = most.clamp(2, 30);
        if self.scale == Scale::Log {
            // 1, 2 and 5 of each power of ten come thrice as dense.
            let dense = [most, if least > 1 { most * 3 } else { most }];
            let enough = |ticks: &Vec<Tick>| ticks.len() >= least.max(2);
            if let Some(ticks) = dense.into_iter().map(|most| self.log_ticks(most)).find(enough) {
                return ticks;
            }
        }
        let raw = (self.high - self.low) / most as f64;
        let mut decade = number::decade(raw);
        let unit = number::ten_to(decade);
        let mut multiple =
            [1.0, 2.0, 5.0, 10.0].into_iter().find(|m| m * unit >= raw * 0.999).unwrap_or(10.0);
        let mut ticks = self.linear_ticks(multiple, decade, whole);
        // The next coarser step may have fewer than half as many; each of these is finer than the one before.
        for _ in 0..3 {
            if ticks.len() >= least {
                break;
            }
            (multiple, decade) = match multiple {
                10.0 => (5.0, decade),
                5.0 => (2.0, decade),
                2.0 => (1.0, decade),
                _ => (5.0, decade - 1),
            };
            ticks = self.linear_ticks(multiple, decade, whole);
        }
        ticks
    }

    /// The multiples of `multiple` times ten to the power `decade`.
    fn linear_ticks(&self, multiple: f64, decade: i32, whole: bool) -> Vec<Tick> {
        let unit = number::ten_to(decade);
        let step = if whole { (multiple * unit).max(1.0) } else { multiple * unit };
        if !step.is_finite() || step <= 0.0 {
            return Vec::new();
        }
        let slack = 1e-9 * (self.high - self.low) / step;
        let first = libm::ceil(self.low / step - slack);
        let last = libm::floor(self.high / step + slack);
        let largest = self.low.abs().max(self.high.abs());
        // An axis from 1e9 to 1e9 + 1e-7 has steps that no f64 can count; it gets no ticks rather than wrong ones.
        let count =
            if last.abs().max(first.abs()) < 1e15 { (last - first + 1.0).clamp(0.0, 60.0) } else { 0.0 };
        (0..count as usize)
            .map(|index| (first + index as f64) * step)
            .map(|value| Tick { value, label: number::tick(value, step, largest) })
            .collect()
    }

    /// Powers of ten, with 2 and 5 times them when there is room.
    fn log_ticks(&self, most: usize) -> Vec<Tick> {
        let (first, last) = (number::decade(self.low), number::decade(self.high));
        let decades = libm::log10(self.high) - libm::log10(self.low);
        let multiples: &[f64] = match decades {
            _ if decades * 3.0 <= most as f64 => &[1.0, 2.0, 5.0],
            _ => &[1.0],
        };
        let stride = libm::ceil(decades / most as f64).max(1.0) as i32;
        (first..=last)
            .filter(|power| power.rem_euclid(stride) == 0)
            .flat_map(|power| multiples.iter().map(move |multiple| multiple * number::ten_to(power)))
            .filter(|value| (self.low * (1.0 - 1e-9)..=self.high * (1.0 + 1e-9)).contains(value))
            .map(|value| Tick { value, label: number::power(value) })
            .collect()
    }
}

fn default(scale: Scale) -> (f64, f64) {
    match scale {
        Scale::Linear => (0.0, 1.0),
        Scale::Log => (0.1, 10.0),
    }
}

/// A range too narrow to be told from a single value becomes one around that value.
fn widened(low: f64, high: f64) -> (f64, f64) {
    let middle = low / 2.0 + high / 2.0;
    if high - low > middle.abs() * 1e-12 && high - low > 1e-280 {
        return (low, high);
    }
    let half = if middle.abs() > 1e-250 { middle.abs() / 2.0 } else { 1.0 };
    (middle - half, middle + half)
}

fn widened_by_factor(low: f64, high: f64) -> (f64, f64) {
    let (low, high) = match (low > 0.0, high > 0.0) {
        (_, false) => default(Scale::Log),
        (false, true) => (high / 1e3, high),
        (true, true) => (low, high),
    };
    let (low, high) = (low.clamp(SMALLEST, LARGEST), high.clamp(SMALLEST, LARGEST));
    if high / low > 1.0 + 1e-9 { (low, high) } else { (low / 3.0, high * 3.0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(span: Span, most: usize) -> Vec<String> {
        span.ticks(most, false).into_iter().map(|tick| tick.label).collect()
    }

    #[test]
    fn ticks_are_round() {
        assert_eq!(labels(Span::new(0.0, 1.0, Scale::Linear), 5), ["0", "0.2", "0.4", "0.6", "0.8", "1"]);
        assert_eq!(labels(Span::new(-3.0, 3.0, Scale::Linear), 4), ["−2", "0", "2"]);
        assert_eq!(labels(Span::new(0.0, 30_000.0, Scale::Linear), 3), ["0", "10k", "20k", "30k"]);
        assert_eq!(labels(Span::new(1e-3, 1e2, Scale::Log), 6), ["0.001", "0.01", "0.1", "1", "10", "100"]);
        assert_eq!(labels(Span::new(1e-12, 1.0, Scale::Log), 5), ["1e−12", "1e−9", "1e−6", "0.001", "1"]);
    }

    #[test]
    fn a_value_can_be_read_between_ticks() {
        let readable = |low, high, scale, most| -> Vec<String> {
            let ticks = Span::new(low, high, scale).readable_ticks(most, false);
            ticks.into_iter().map(|tick| tick.label).collect()
        };
        // With steps of 5 there would be the 0 alone.
        assert_eq!(readable(-4.9, 4.9, Scale::Linear, 4), ["−4", "−2", "0", "2", "4"]);
        assert_eq!(readable(0.5, 15.0, Scale::Log, 4), ["0.5", "1", "2", "5", "10"]);
        assert_eq!(readable(-49073.0, -2082.0, Scale::Linear, 2), ["−40k", "−30k", "−20k", "−10k"]);
        assert_eq!(readable(0.0, 1.0, Scale::Linear, 5), labels(Span::new(0.0, 1.0, Scale::Linear), 5));
    }

    #[test]
    fn an_axis_of_counts_has_whole_ticks() {
        let labels: Vec<_> =
            Span::new(0.0, 2.0, Scale::Linear).ticks(8, true).into_iter().map(|tick| tick.label).collect();
        assert_eq!(labels, ["0", "1", "2"]);
    }

    #[cfg(not(target_arch = "wasm32"))]
    mod properties {
        use proptest::prelude::*;

        use super::*;

        proptest! {
            #[test]
            fn any_span_is_usable(low in any::<f64>(), high in any::<f64>(), log in any::<bool>(), most in 0usize..40) {
                let scale = if log { Scale::Log } else { Scale::Linear };
                let span = Span::new(low, high, scale);
                prop_assert!(span.low().is_finite() && span.high().is_finite() && span.low() < span.high());
                prop_assert!(!log || span.low() > 0.0);
                let ticks = span.ticks(most, false);
                prop_assert!(ticks.len() <= 61 && span.readable_ticks(most, false).len() <= 61);
                prop_assert!(ticks.windows(2).all(|pair| pair[0].value < pair[1].value));
            }

            #[test]
            fn a_linear_axis_has_three_ticks_and_more(low in -1e6..1e6f64, size in 1e-3..1e6f64, most in 2usize..20) {
                let ticks = Span::new(low, low + size, Scale::Linear).readable_ticks(most, false);
                // Of two ticks, the next finer step makes seven at most.
                prop_assert!((3..=most.max(7)).contains(&ticks.len()), "{ticks:?}");
            }

            #[test]
            fn place_and_value_agree(low in -1e6..1e6f64, size in 1e-3..1e6f64, place in 0.0..1.0f64) {
                for span in [Span::new(low, low + size, Scale::Linear), Span::new(size, size * 50.0, Scale::Log)] {
                    let there = span.fraction(span.value(place)).unwrap();
                    prop_assert!((there - place).abs() < 1e-6, "{there} {place}");
                }
            }
        }
    }
}
