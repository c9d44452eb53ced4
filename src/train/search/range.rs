//! A number that a search draws, and where it stands in a spec.

use crate::error::{Code, Error, Result};
use crate::nn::spec::{InitSpec, LayerSpec, NetSpec, OptimizerKind};
use crate::rng::Rng;

/// One number that a search draws for each trial, and between which bounds.
#[derive(Clone, Debug, PartialEq)]
pub struct Range {
    /// Where the number goes, as errors of a spec name it: `optimizer.learningRate`, `optimizer.weightDecay`,
    /// `optimizer.momentum`, `optimizer.beta1`, `optimizer.beta2`, `init.std`, `batchSize`, `layers[0].units`,
    /// `layers[0].filters`, `layers[2].rate`, in branches `layers[1].branches[0][2].units`. All of them get the same
    /// number, so that one range serves the hidden layers of a deep net.
    pub paths: Vec<String>,
    /// How it is drawn.
    pub scale: Scale,
    /// The lowest; above 0 where the scale is [`Scale::Log`].
    pub low: f64,
    /// The highest, itself drawn too.
    pub high: f64,
}

/// How a number is drawn between its bounds. Numbers that count something, such as units, are drawn whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    /// All values alike.
    Linear,
    /// All powers alike, as the book's 10ˣ with x drawn evenly (6.5.2): between 0.001 and 0.01 as often as between 0.1
    /// and 1. A whole n is drawn in proportion to ln(n + 1) − ln n.
    Log,
}

/// A number of a spec.
enum Place<'a> {
    Number(&'a mut f64),
    /// One that may be absent.
    Option(&'a mut Option<f64>),
    Count(&'a mut usize),
}

/// The most numbers of one range, and the most ranges.
pub(super) const MOST: usize = 64;

/// Counts beyond this are beyond every limit of a spec, and below it `f64` has no gaps.
const MOST_COUNT: f64 = 1e9;

impl Range {
    /// A range for one place.
    pub fn new(path: &str, scale: Scale, low: f64, high: f64) -> Self {
        Self { paths: vec![path.to_owned()], scale, low, high }
    }

    /// Checks the bounds, and that the spec has these places; whether the spec takes the bounds is its own to say.
    ///
    /// # Errors
    /// The field that is wrong: `paths[0]`, `low`, `high`.
    pub(super) fn check(&self, spec: &NetSpec) -> Result<()> {
        let Self { paths, scale, low, high } = self;
        if paths.is_empty() || paths.len() > MOST {
            return Err(Error::new(Code::OutsideRange, "paths.length", paths.len(), format!("1 … {MOST}")));
        }
        let lowest = match scale {
            Scale::Log => f64::MIN_POSITIVE,
            Scale::Linear => 0.0,
        };
        // Written so that what is no number is refused.
        if !(*low >= lowest && low.is_finite()) {
            let allowed = if lowest > 0.0 { "> 0" } else { "≥ 0" };
            return Err(Error::new(Code::OutsideRange, "low", low, allowed));
        }
        if !(high >= low && high.is_finite()) {
            return Err(Error::new(Code::OutsideRange, "high", high, format!("≥ {low}")));
        }
        let mut spec = spec.clone();
        for (index, path) in paths.iter().enumerate() {
            let Some(place) = find(&mut spec, path) else {
                return Err(Error::new(Code::NotAChoice, format!("paths[{index}]"), path, PATHS));
            };
            if paths[..index].contains(path) {
                return Err(Error::new(Code::NotAChoice, format!("paths[{index}]"), path, "once"));
            }
            if let Place::Count(_) = place {
                for (field, bound) in [("low", *low), ("high", *high)] {
                    if bound.fract() != 0.0 || !(1.0..=MOST_COUNT).contains(&bound) {
                        let allowed = format!("1, 2, 3 … {MOST_COUNT}");
                        return Err(Error::new(Code::OutsideRange, field, bound, allowed));
                    }
                }
            }
        }
        Ok(())
    }

    /// Draws a number for the places of a spec that was checked.
    pub(super) fn draw(&self, spec: &mut NetSpec, rng: &mut Rng) -> f64 {
        let counts = |path: &String| matches!(find(spec, path), Some(Place::Count(_)));
        let is_count = self.paths.iter().any(counts);
        // A whole number takes all up to the next one.
        let end = if is_count { self.high + 1.0 } else { self.high };
        let share = rng.uniform();
        let drawn = match self.scale {
            Scale::Linear => self.low + share * (end - self.low),
            Scale::Log => {
                let (low, end) = (libm::log(self.low), libm::log(end));
                libm::exp(low + share * (end - low))
            }
        };
        // Rounding may lead out by a last digit.
        let drawn = if is_count { drawn.floor() } else { drawn }.clamp(self.low, self.high);
        self.put(spec, drawn);
        drawn
    }

    /// Puts a number into the places of a spec that was checked.
    pub(super) fn put(&self, spec: &mut NetSpec, value: f64) {
        for path in &self.paths {
            match find(spec, path) {
                Some(Place::Number(number)) => *number = value,
                Some(Place::Option(number)) => *number = Some(value),
                Some(Place::Count(count)) => *count = value as usize,
                None => {}
            }
        }
    }
}

const PATHS: &str = "optimizer.learningRate | optimizer.weightDecay | optimizer.momentum | optimizer.beta1 \
                     | optimizer.beta2 | init.std | batchSize | layers[i].units | layers[i].filters | layers[i].rate";

/// The number at a path; none where the spec has no such number, or its update rule does not use it.
fn find<'a>(spec: &'a mut NetSpec, path: &str) -> Option<Place<'a>> {
    use OptimizerKind::{Adam, Momentum, Nesterov};
    let optimizer = &mut spec.optimizer;
    Some(match path {
        "batchSize" => Place::Count(&mut spec.batch_size),
        "optimizer.learningRate" => Place::Number(&mut optimizer.learning_rate),
        "optimizer.weightDecay" => Place::Option(&mut optimizer.weight_decay),
        "optimizer.momentum" if matches!(optimizer.kind, Momentum | Nesterov) => {
            Place::Option(&mut optimizer.momentum)
        }
        "optimizer.beta1" if optimizer.kind == Adam => Place::Option(&mut optimizer.beta1),
        "optimizer.beta2" if optimizer.kind == Adam => Place::Option(&mut optimizer.beta2),
        "init.std" => match &mut spec.init {
            InitSpec::Normal { std } => Place::Number(std),
            InitSpec::Xavier | InitSpec::He => return None,
        },
        _ => return find_in_layers(&mut spec.layers, path.strip_prefix("layers")?),
    })
}

/// The number of a layer at what follows `layers` in a path: `[0].units`, `[1].branches[0][2].rate`.
fn find_in_layers<'a>(layers: &'a mut [LayerSpec], path: &str) -> Option<Place<'a>> {
    let (layer, rest) = index(path)?;
    let field = rest.strip_prefix('.')?;
    match (layers.get_mut(layer)?, field) {
        (LayerSpec::Dense { units }, "units") => Some(Place::Count(units)),
        (LayerSpec::Conv2d { filters, .. }, "filters") => Some(Place::Count(filters)),
        (LayerSpec::Dropout { rate }, "rate") => Some(Place::Number(rate)),
        (LayerSpec::Branches { branches, .. }, _) => {
            let (branch, rest) = index(field.strip_prefix("branches")?)?;
            find_in_layers(branches.get_mut(branch)?, rest)
        }
        _ => None,
    }
}

/// The number in brackets at the start of a path, and what follows.
fn index(path: &str) -> Option<(usize, &str)> {
    let (digits, rest) = path.strip_prefix('[')?.split_once(']')?;
    Some((digits.parse().ok()?, rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::spec::{Join, LossSpec, OptimizerSpec};
    use crate::rng::Purpose;

    fn spec() -> NetSpec {
        let dense = |units| LayerSpec::Dense { units };
        NetSpec {
            input: vec![4],
            layers: vec![
                dense(5),
                LayerSpec::Branches {
                    join: Join::Add,
                    branches: vec![vec![], vec![dense(9), LayerSpec::Dropout { rate: 0.1 }, dense(5)]],
                },
                dense(3),
            ],
            loss: LossSpec::SoftmaxCrossEntropy,
            optimizer: OptimizerSpec::new(OptimizerKind::Momentum, 0.1),
            init: InitSpec::Normal { std: 0.01 },
            batch_size: 8,
            seed: 1,
        }
    }

    fn drawn(range: &Range, count: usize) -> Vec<f64> {
        range.check(&spec()).expect("valid");
        let mut rng = Rng::new(1, Purpose::Trial(0));
        let mut values: Vec<f64> = (0..count).map(|_| range.draw(&mut spec(), &mut rng)).collect();
        values.sort_unstable_by(f64::total_cmp);
        values
    }

    #[test]
    fn numbers_fill_their_range() {
        // Quantiles of 10,000: three standard deviations of the share below one are at most 0.015.
        for (scale, at) in [
            (Scale::Log, (|share| 10_f64.powf(-6.0 + 4.0 * share)) as fn(f64) -> f64),
            (Scale::Linear, |share| 1e-6 + share * (1e-2 - 1e-6)),
        ] {
            let values = drawn(&Range::new("optimizer.learningRate", scale, 1e-6, 1e-2), 10_000);
            assert!(values[0] >= 1e-6 && values[9999] <= 1e-2);
            for share in [0.0, 0.1, 0.25, 0.5, 0.75, 0.9, 1.0] {
                let below = values.iter().filter(|&&value| value <= at(share)).count() as f64 / 1e4;
                assert!((below - share).abs() < 0.015, "{scale:?} {share}: {below}");
            }
        }
    }

    #[test]
    fn counts_are_whole_and_all_of_them_come() {
        let linear = drawn(&Range::new("layers[0].units", Scale::Linear, 3.0, 6.0), 10_000);
        for count in [3.0, 4.0, 5.0, 6.0] {
            let share = linear.iter().filter(|&&value| value == count).count() as f64 / 1e4;
            assert!((share - 0.25).abs() < 0.015, "{count}: {share}");
        }
        let log = drawn(&Range::new("batchSize", Scale::Log, 1.0, 7.0), 10_000);
        for count in 1..=7 {
            let count = f64::from(count);
            let share = log.iter().filter(|&&value| value == count).count() as f64 / 1e4;
            let expected = ((count + 1.0) / count).log2() / 3.0;
            assert!((share - expected).abs() < 0.015, "{count}: {share}, not {expected}");
        }
        assert_eq!(drawn(&Range::new("batchSize", Scale::Log, 7.0, 7.0), 3), [7.0; 3]);
    }

    #[test]
    fn one_number_goes_into_all_its_places() {
        let mut spec = spec();
        let both = ["layers[0].units", "layers[1].branches[1][2].units"].map(str::to_owned);
        let range = Range { paths: both.to_vec(), scale: Scale::Linear, low: 7.0, high: 7.0 };
        range.check(&spec).expect("valid");
        range.put(&mut spec, 7.0);
        assert_eq!(spec.check().map(|shapes| shapes[2].clone()), Ok(vec![7]));
        for (path, value) in [
            ("optimizer.learningRate", 0.5),
            ("optimizer.weightDecay", 0.25),
            ("optimizer.momentum", 0.75),
            ("init.std", 2.0),
            ("layers[1].branches[1][1].rate", 0.125),
        ] {
            let before = spec.clone();
            Range::new(path, Scale::Linear, value, value).put(&mut spec, value);
            assert_ne!(spec, before, "{path}");
        }
        assert_eq!((spec.optimizer.weight_decay, spec.optimizer.momentum), (Some(0.25), Some(0.75)));
    }

    #[test]
    fn each_fault_names_its_field() {
        let fault = |path: &str, scale, low, high| {
            Range::new(path, scale, low, high).check(&spec()).expect_err(path).field
        };
        let rate = "optimizer.learningRate";
        assert_eq!(fault(rate, Scale::Log, 0.0, 1.0), "low");
        assert_eq!(fault(rate, Scale::Linear, -1.0, 1.0), "low");
        assert_eq!(fault(rate, Scale::Log, f64::NAN, 1.0), "low");
        assert_eq!(fault(rate, Scale::Log, 0.1, f64::INFINITY), "high");
        assert_eq!(fault(rate, Scale::Log, 0.1, f64::NAN), "high");
        assert_eq!(fault(rate, Scale::Log, 0.1, 0.01), "high");
        assert_eq!(fault("batchSize", Scale::Linear, 1.5, 2.0), "low");
        assert_eq!(fault("batchSize", Scale::Linear, 0.0, 2.0), "low");
        assert_eq!(fault("batchSize", Scale::Linear, 1.0, 1e300), "high");
        for path in [
            "",
            "seed",
            "optimizer.beta1",
            "layers",
            "layers[0]",
            "layers[3].units",
            "layers[0].rate",
            "layers[-1].units",
            "layers[0.units",
            "layers[99999999999999999999].units",
            "layers[1].branches[2][0].units",
            "layers[1].branches[1].units",
            "layers[1].units",
        ] {
            assert_eq!(fault(path, Scale::Linear, 1.0, 2.0), "paths[0]", "{path}");
        }
        let twice = Range { paths: vec![rate.into(), rate.into()], ..Range::new(rate, Scale::Log, 0.1, 1.0) };
        assert_eq!(twice.check(&spec()).expect_err("twice").field, "paths[1]");
        let nowhere = Range { paths: vec![], ..twice };
        assert_eq!(nowhere.check(&spec()).expect_err("nowhere").field, "paths.length");
    }
}
