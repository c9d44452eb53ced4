//! What the network says of every place in a plane of two of the four numbers.

use super::SAMPLES;
use super::fields::axes;
use super::task::Setup;
use crate::chart::{Chart, Key, Line, Mark, Scatter, Symbol};
use crate::data::collection::Collection;
use crate::labs::parts::{Run, fixed, line, number, plane, significant, told};
use crate::labs::settings::Settings;
use crate::labs::sheet::Number;
use crate::nn::init;
use crate::nn::plain::Plain;
use crate::text::Text;

/// Places along each axis.
const PLACES: usize = 41;
/// Far below the plot.
const FAR: f64 = -1e6;

/// The network as it is, and the samples.
pub(super) struct Decision<'a> {
    setup: &'a Setup,
    /// None once its numbers are not finite.
    network: Option<Plain<f64>>,
}

impl<'a> Decision<'a> {
    /// The network of the last run that has one; before training that of the seed.
    pub(super) fn new(setup: &'a Setup, runs: &[Run<'_>]) -> Self {
        let reported = runs.iter().rev().filter_map(Run::training).map(|training| &training.parameters);
        let known = reported.into_iter().find(|parameters| !parameters.is_empty()).cloned();
        let parameters = known.or_else(|| initial(setup)).unwrap_or_default();
        let mut network = Plain::new(&setup.spec).ok();
        let mut numbers = parameters.iter().copied();
        for param in network.iter_mut().flat_map(Plain::params_mut) {
            // Numbers of another network are too few or too many.
            param.iter_mut().for_each(|to| *to = numbers.next().map_or(f64::NAN, f64::from));
        }
        let fits = numbers.next().is_none();
        let is_finite = |network: &Plain<f64>| network.params().flatten().all(|value| value.is_finite());
        Self { setup, network: network.filter(|network| fits && is_finite(network)) }
    }

    /// The samples over what the network says between them.
    pub(super) fn chart(&self, settings: &Settings) -> Chart {
        let (x, y) = axes(settings.words("axes"));
        let all: Vec<&[f64]> = self.setup.samples.iter().flat_map(rows).collect();
        let ranges = [x, y].map(|column| range(&all, column));
        let mean = |column: usize| all.iter().map(|row| row[column]).sum::<f64>() / all.len().max(1) as f64;
        let center = [0, 1, 2, 3].map(mean);
        let mut marks: Vec<Mark> = self.regions(center, (x, y), ranges).into_iter().map(Mark::Line).collect();
        for (kind, name) in self.setup.kinds.iter().enumerate() {
            let first = SAMPLES as usize;
            let offsets = [first, first + self.setup.samples[0].len()];
            for (is_test, samples) in [false, true].into_iter().zip(&self.setup.samples) {
                let of = (0..samples.len()).filter(|&sample| usize::from(samples.label(sample)) == kind);
                let place = |sample: usize| samples.row(sample).map_or([f64::NAN; 2], |row| [row[x], row[y]]);
                let key = |sample: usize| Key((offsets[usize::from(is_test)] + sample) as u32);
                let (points, keys) = of.map(|sample| (place(sample), key(sample))).unzip();
                let name = match is_test {
                    false => Text::same(name),
                    true => told(format!("{name}, test"), format!("{name}（测试）")),
                };
                let symbol = if is_test { Symbol::Cross } else { Symbol::Dot };
                marks.push(Mark::Scatter(Scatter {
                    name,
                    color: kind as u8,
                    points,
                    symbol,
                    keys,
                    grip: None,
                }));
            }
        }
        let [x_axis, y_axis] = [(x, ranges[0]), (y, ranges[1])]
            .map(|(column, range)| fixed(self.setup.columns[column].clone(), range));
        Chart::Plane(plane(x_axis, y_axis, marks))
    }

    /// The probability of each kind.
    fn shares(network: &mut Plain<f64>, values: &[f64]) -> Vec<f64> {
        match network.predict(values) {
            &[of_second] => vec![1.0 - of_second, of_second],
            shares => shares.to_vec(),
        }
    }

    /// Where each kind is the likeliest: bands from place to place along x.
    fn regions(&self, center: [f64; 4], (x, y): (usize, usize), ranges: [(f64, f64); 2]) -> Vec<Line> {
        let Some(mut network) = self.network.clone() else { return Vec::new() };
        let at =
            |(low, high): (f64, f64), place: usize| low + (high - low) * place as f64 / (PLACES - 1) as f64;
        let mut columns = Vec::with_capacity(PLACES);
        for place in 0..PLACES {
            let mut values = center;
            values[x] = at(ranges[0], place);
            let shares: Vec<Vec<f64>> = (0..PLACES)
                .map(|row| {
                    values[y] = at(ranges[1], row);
                    Self::shares(&mut network, &values)
                })
                .collect();
            columns.push((values[x], pieces(&shares, ranges[1])));
        }
        let mut lines = Vec::new();
        for kind in 0..self.setup.kinds.len() {
            let of = |column: &[Piece]| -> Vec<[f64; 2]> {
                let own = column.iter().filter(|piece| piece.kind == kind);
                own.map(|piece| [piece.low, piece.high]).collect()
            };
            let most = columns.iter().map(|(_, column)| of(column).len()).max().unwrap_or(0);
            for nth in 0..most {
                let (mut points, mut band) = (Vec::new(), Vec::new());
                let piece = |column: Option<&(f64, Vec<Piece>)>| {
                    column.and_then(|(_, column)| of(column).get(nth).copied())
                };
                for (place, (x, column)) in columns.iter().enumerate() {
                    // Beside its first and its last column a region runs out at the edge that it touches there.
                    let edge = |[low, high]: [f64; 2]| {
                        let (bottom, top) = ranges[1];
                        if low <= bottom && high < top { [bottom; 2] } else { [top; 2] }
                    };
                    let beside = [place.checked_sub(1), Some(place + 1)].into_iter().flatten();
                    let ends = || beside.clone().find_map(|beside| piece(columns.get(beside))).map(edge);
                    let own = of(column).get(nth).copied().or_else(ends);
                    // The outline itself is not drawn: it is off the plot.
                    points.push([*x, if own.is_some() { FAR } else { f64::NAN }]);
                    band.push(own.unwrap_or([f64::NAN; 2]));
                }
                lines.push(Line { band, ..line(Text::same(""), kind as u8, points) });
            }
        }
        lines
    }

    /// A chosen sample in words.
    pub(super) fn told(&self, sample: usize) -> Option<Number> {
        let [training, test] = &self.setup.samples;
        let (samples, sample) = match sample.checked_sub(training.len()) {
            None => (training, sample),
            Some(later) => (test, later),
        };
        let row = (sample < samples.len()).then(|| samples.row(sample)).flatten()?;
        let values: Vec<_> = row.iter().map(|value| significant(*value, 6)).collect();
        let kind = self.setup.kinds.get(usize::from(samples.label(sample)))?;
        let mut words = format!("{} {kind}", values.join(", "));
        if let Some(mut network) = self.network.clone() {
            let shares = Self::shares(&mut network, row);
            let best = (0..shares.len()).max_by(|&one, &other| shares[one].total_cmp(&shares[other]))?;
            words += &format!(" → {} {}%", self.setup.kinds.get(best)?, significant(100.0 * shares[best], 3));
        }
        number("sample", Text::new("Sample", "样本"), Some(words))
    }
}

/// A part of a column of the plane in which one kind is the likeliest.
struct Piece {
    kind: usize,
    low: f64,
    high: f64,
}

/// The parts of a column, from the probabilities at even distances; between two places each changes evenly.
fn pieces(shares: &[Vec<f64>], (low, high): (f64, f64)) -> Vec<Piece> {
    let best = |shares: &[f64]| {
        (1..shares.len()).fold(0, |best, kind| if shares[kind] > shares[best] { kind } else { best })
    };
    let step = (high - low) / (shares.len() - 1) as f64;
    let mut pieces: Vec<Piece> = Vec::new();
    let mut begun = low;
    for (row, pair) in shares.windows(2).enumerate() {
        let (one, other) = (best(&pair[0]), best(&pair[1]));
        if one != other {
            let (before, after) = (pair[0][one] - pair[0][other], pair[1][one] - pair[1][other]);
            let at = low + step * (row as f64 + (before / (before - after)).clamp(0.0, 1.0));
            pieces.push(Piece { kind: one, low: begun, high: at });
            begun = at;
        }
    }
    let last = shares.last().map_or(0, |shares| best(shares));
    pieces.push(Piece { kind: last, low: begun, high });
    pieces
}

fn rows(samples: &Collection) -> impl Iterator<Item = &[f64]> {
    (0..samples.len()).filter_map(|sample| samples.row(sample))
}

/// What is shown of a column: all samples, with room around them.
fn range(all: &[&[f64]], column: usize) -> (f64, f64) {
    let values = || all.iter().map(|row| row[column]);
    let (low, high) = (values().fold(f64::INFINITY, f64::min), values().fold(f64::NEG_INFINITY, f64::max));
    let room = if high > low { 0.08 * (high - low) } else { 1.0 };
    (low - room, high + room)
}

/// The numbers that the network begins with.
fn initial(setup: &Setup) -> Option<Vec<f32>> {
    let params = init::params::<f32>(&setup.spec, &setup.spec.check().ok()?);
    Some(params.iter().flat_map(|param| param.value.iter().copied()).collect())
}
