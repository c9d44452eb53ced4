//! Backpropagation held against differences, number by number (book 5.7.3).

use serde::{Deserialize, Serialize};

use super::packed::{self, Kind};
use super::report::{self, Apart, Checked, Phase, Report, Want};
use super::task::{CheckPlan, Task};
use super::trainer::check_images;
use super::work::{Progress, Work};
use crate::data::collection::{Batch, Collection};
use crate::data::sets::Sets;
use crate::error::{Code, Error, Result};
use crate::nn::network::Network;
use crate::nn::plain::{Plain, Samples};
use crate::real::Real;

/// The most numbers that a checked network may have.
const MOST_NUMBERS: usize = 200_000;
/// The most samples.
const MOST_SAMPLES: u32 = 100;
/// Multiplications in a piece of work, about.
const PIECE: usize = 1_000_000;
/// The powers of ten that are tried as h at the end, from 1 to 1e-12.
const POWERS: i32 = 13;
/// With how many numbers each of them is tried.
const TRIED: usize = 48;

/// A check of a network with its initial weights, in double and in single precision side by side: both networks have the
/// same weights and see the same samples.
pub struct Check {
    plan: CheckPlan,
    sets: Sets,
    names: Vec<(String, Vec<usize>)>,
    /// How many numbers each parameter has.
    lengths: Vec<usize>,
    double: Side<f64>,
    single: Side<f32>,
    /// The samples as images; empty until they have arrived.
    images: Vec<(u8, Vec<u8>)>,
    found: Found,
}

/// A network in one precision.
struct Side<T> {
    plain: Plain<T>,
    samples: Samples<T>,
    /// By backpropagation, with the mistake of the plan.
    gradients: Vec<Vec<T>>,
}

/// What it has become.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Found {
    /// Pieces done.
    done: u64,
    /// For each parameter, as far as it is checked.
    checked: Vec<Checked>,
    /// h and the mean error of the differences in double and in single precision.
    errors: Vec<[f64; 3]>,
}

/// The content of a mark.
#[derive(Serialize, Deserialize)]
struct Content {
    plan: CheckPlan,
    found: Found,
}

impl Check {
    /// The check that a plan asks for, without data.
    ///
    /// # Errors
    /// The field that is wrong: `samples`, `h`, or one of the spec.
    pub fn new(plan: &CheckPlan) -> Result<Self> {
        if !(1..=MOST_SAMPLES).contains(&plan.samples) {
            return Err(Error::new(
                Code::OutsideRange,
                "samples",
                plan.samples,
                format!("1 … {MOST_SAMPLES}"),
            ));
        }
        if !(plan.h > 0.0 && plan.h <= 1.0) {
            return Err(Error::new(Code::OutsideRange, "h", plan.h, "0 < h ≤ 1"));
        }
        let numbers = plan.spec.weights()?;
        if numbers > MOST_NUMBERS {
            return Err(Error::new(Code::TooLarge, "layers", numbers, format!("1 … {MOST_NUMBERS}")));
        }
        let network = Network::<f32>::new(&plan.spec)?;
        let params = network.params();
        let mut check = Self {
            plan: plan.clone(),
            sets: Sets::default(),
            names: params.iter().map(|param| (param.name.clone(), param.shape.clone())).collect(),
            lengths: params.iter().map(|param| param.value.len()).collect(),
            double: Side::new(&network)?,
            single: Side::new(&network)?,
            images: Vec::new(),
            found: Found::default(),
        };
        check.found.checked = check.fresh();
        Ok(check)
    }

    /// Nothing checked yet.
    fn fresh(&self) -> Vec<Checked> {
        let of = |((name, shape), &length): (&(String, Vec<usize>), &usize)| Checked {
            name: name.clone(),
            shape: shape.clone(),
            count: 0,
            double: Apart::default(),
            single: Apart::default(),
            shades: vec![0; length],
        };
        self.names.iter().zip(&self.lengths).map(of).collect()
    }

    fn take_over(&mut self, samples: &Collection) {
        let count = self.plan.samples as usize;
        self.double.take(samples, count);
        self.single.take(samples, count);
        self.double.differentiate(&self.plan);
        self.single.differentiate(&self.plan);
        let image = |sample: usize| (samples.label(sample), samples.pixels(sample).unwrap_or_default());
        self.images = (0..count).map(image).collect();
    }

    /// Numbers in a piece of work.
    fn piece(&self) -> usize {
        let widest: usize = self.names.iter().map(|(_, shape)| shape[0]).max().unwrap_or(1);
        let behind: usize = self.lengths.iter().skip(2).sum();
        (PIECE / (2 * self.plan.samples as usize * (widest + behind))).max(1)
    }

    fn numbers(&self) -> usize {
        self.lengths.iter().sum()
    }

    /// Pieces in all: those of the check, then one for each h.
    fn pieces(&self) -> u64 {
        self.check_pieces() + POWERS as u64
    }

    fn check_pieces(&self) -> u64 {
        self.numbers().div_ceil(self.piece()) as u64
    }

    /// The place of a number: its parameter, and its index there.
    fn place(&self, mut number: usize) -> Option<(usize, usize)> {
        for (param, &length) in self.lengths.iter().enumerate() {
            if number < length {
                return Some((param, number));
            }
            number -= length;
        }
        None
    }

    fn check_piece(&mut self) {
        let first = self.found.done as usize * self.piece();
        for number in first..(first + self.piece()).min(self.numbers()) {
            let Some(place) = self.place(number) else { return };
            let (double, single) =
                (self.double.compare(place, self.plan.h), self.single.compare(place, self.plan.h));
            let Some(checked) = self.found.checked.get_mut(place.0) else { return };
            checked.count += 1;
            checked.double.add(place.1, double);
            checked.single.add(place.1, single);
            if let Some(shade) = checked.shades.get_mut(place.1) {
                *shade = report::shade_of(double[0] - double[1]);
            }
        }
    }

    /// How far differences with one h are from the gradient by backpropagation without a mistake.
    fn try_step(&mut self, power: i32) {
        let h = libm::pow(10.0, f64::from(-power));
        let exact = self.double.plain.backward(&self.double.samples, None);
        let mut numbers: Vec<(usize, usize)> = Vec::new();
        for (param, gradient) in exact.iter().enumerate() {
            numbers.extend(
                (0..gradient.len()).filter(|&index| gradient[index] != 0.0).map(|index| (param, index)),
            );
        }
        let every = numbers.len().div_ceil(TRIED).max(1);
        let (mut sums, mut count) = ([0.0; 2], 0.0);
        for &(param, index) in numbers.iter().step_by(every) {
            let right = exact[param][index];
            let double = self.double.compare((param, index), h)[0];
            let single = self.single.compare((param, index), h)[0];
            sums[0] += (double - right).abs();
            sums[1] += (single - right).abs();
            count += 1.0;
        }
        // Of a network that passes no slope back there is nothing to try.
        let count = f64::max(count, 1.0);
        self.found.errors.push([h, sums[0] / count, sums[1] / count]);
    }

    fn with(self, found: Found) -> Result<Self> {
        let same = |found: &Checked, fresh: &Checked| {
            (&found.name, &found.shape, found.shades.len()) == (&fresh.name, &fresh.shape, fresh.shades.len())
        };
        let tried = found.done.saturating_sub(self.check_pieces()) as usize;
        let fits = found.done <= self.pieces()
            && found.checked.len() == self.found.checked.len()
            && found.checked.iter().zip(&self.found.checked).all(|(found, fresh)| same(found, fresh))
            && found.errors.len() == tried;
        if fits {
            Ok(Self { found, ..self })
        } else {
            Err(Error::new(Code::SizeMismatch, "", "another network", ""))
        }
    }
}

impl<T: Real> Side<T> {
    fn new(network: &Network<f32>) -> Result<Self> {
        let mut plain = Plain::new(network.spec())?;
        for (to, from) in plain.params_mut().zip(network.params()) {
            to.iter_mut().zip(&from.value).for_each(|(to, &from)| *to = T::from_f64(f64::from(from)));
        }
        Ok(Self { plain, samples: Samples::default(), gradients: Vec::new() })
    }

    fn take(&mut self, samples: &Collection, count: usize) {
        let mut batch = Batch::<T>::new(samples.width().unwrap_or(1));
        samples.gather(0..count, &mut batch);
        let rows = batch.rows.rows();
        let mut values = vec![T::zero(); count * rows.width];
        for (row, values) in values.chunks_exact_mut(rows.width).enumerate() {
            rows.row(row).iter().for_each(|entry| values[entry.index as usize] = entry.value);
        }
        self.samples = Samples { values, labels: batch.labels };
    }

    fn differentiate(&mut self, plan: &CheckPlan) {
        self.plain.forward(&self.samples);
        self.gradients = self.plain.backward(&self.samples, plan.mistake);
    }

    /// The difference along a number, and its gradient by backpropagation.
    fn compare(&mut self, place: (usize, usize), h: f64) -> [f64; 2] {
        let numerical = self.plain.difference(&self.samples, place, T::from_f64(h));
        let gradient = self.gradients.get(place.0).and_then(|gradient| gradient.get(place.1));
        [numerical.double(), gradient.map_or(f64::NAN, |gradient| gradient.double())]
    }
}

impl Work for Check {
    fn set_data(&mut self, sets: &Sets) -> Result<()> {
        let (samples, _) = self.plan.needs.collect(sets)?;
        check_images(&Network::<f32>::new(&self.plan.spec)?, &samples)?;
        if samples.len() >= self.plan.samples as usize && self.images.is_empty() {
            self.take_over(&samples);
        }
        self.sets = sets.clone();
        Ok(())
    }

    fn work(&mut self) -> Progress {
        if self.images.is_empty() {
            return Progress::Waiting;
        }
        if self.found.done >= self.pieces() {
            return Progress::Done;
        }
        match self.found.done.checked_sub(self.check_pieces()) {
            None => self.check_piece(),
            Some(power) => self.try_step(power as i32),
        }
        self.found.done += 1;
        Progress::Step
    }

    fn report(&mut self, seconds: f64, _: &[Want]) -> Report {
        let of = self.pieces();
        Report {
            phase: match self.found.done < of {
                false => Phase::Finished,
                true if self.images.is_empty() => Phase::Waiting,
                true => Phase::Ready,
            },
            done: self.found.done,
            of: Some(of),
            seconds,
            findings: report::Findings::Check(report::Check {
                params: self.found.checked.clone(),
                errors: self.found.errors.clone(),
                images: self.images.clone(),
            }),
        }
    }

    fn change(&mut self, task: &Task) -> Result<bool> {
        Ok(matches!(task, Task::Check(plan) if *plan == self.plan))
    }

    fn mark(&mut self) -> Vec<u8> {
        packed::seal(Kind::Check, &Content { plan: self.plan.clone(), found: self.found.clone() })
    }

    fn go_to(&mut self, mark: &[u8]) -> Result<()> {
        let Content { plan, found } = packed::open(Kind::Check, mark)?;
        let fresh = Self::new(&plan).and_then(|fresh| fresh.with(found));
        let mut moved = fresh.map_err(|error| error.within("mark"))?;
        moved.set_data(&self.sets)?;
        *self = moved;
        Ok(())
    }

    fn rewind(&mut self) -> Result<()> {
        self.found = Found { checked: self.fresh(), ..Found::default() };
        Ok(())
    }
}

impl Apart {
    /// Takes in a number's difference and its gradient.
    fn add(&mut self, index: usize, [numerical, gradient]: [f64; 2]) {
        let apart = (numerical - gradient).abs();
        self.sum += apart;
        self.size += numerical.abs() + gradient.abs();
        // What is no number is the worst, wherever it comes first.
        if apart > self.worst || (apart.is_nan() && !self.worst.is_nan()) {
            *self = Self { worst: apart, index: index as u32, numerical, gradient, ..*self };
        }
    }
}
