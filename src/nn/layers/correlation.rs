//! The sums that convolution is made of, forward and backward, for one image at a time.
//!
//! Where filters move by one place, a line of outputs needs lines of the image, each shifted by so many places: the
//! sums walk over the image itself, in SIMD registers, and no matrix of windows (the book's im2col, 7.4.3) is laid out.
//! Where they move by more, the windows are laid out first, and are then lines of an image like any other. Lines
//! without a value other than 0 are passed over: more than a quarter of the lines of MNIST's images.

use super::product::groups;
use crate::lanes::{LANES, Lanes as _};
use crate::real::Real;

/// How far a register may reach over the end of a line: three registers of which one number is wanted.
const SLACK: usize = 3 * LANES;

/// An image laid out for sums: lines, at fixed distances, of which tap k of a filter reads with a shift.
#[derive(Clone, Debug)]
pub(super) struct Source<T> {
    values: Vec<T>,
    /// Numbers from the beginning of one line to the next.
    pitch: usize,
    /// Whether each line is 0 throughout.
    blank: Vec<bool>,
}

/// Which lines of a [`Source`] the outputs are made of.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    /// For each run of taps (a channel and a row of the filter) the line that the first line of outputs reads.
    pub(super) first_lines: Vec<usize>,
    /// Taps in a run, each reading one place further.
    pub(super) run: usize,
    /// Lines of outputs; each reads one line further than the one before.
    pub(super) lines: usize,
    /// Outputs in a line.
    pub(super) width: usize,
}

impl Plan {
    /// Taps of a filter.
    pub(super) fn taps(&self) -> usize {
        self.first_lines.len() * self.run
    }

    /// Outputs of a filter.
    fn outputs(&self) -> usize {
        self.lines * self.width
    }
}

impl<T: Real> Source<T> {
    /// An empty image of so many lines.
    pub(super) fn new(lines: usize, pitch: usize) -> Self {
        Self { values: vec![T::zero(); lines * pitch + SLACK], pitch, blank: vec![true; lines] }
    }

    /// The lines, to be written; [`mark_blank`](Self::mark_blank) must follow.
    pub(super) fn lines_mut(&mut self) -> impl Iterator<Item = &mut [T]> {
        self.values.chunks_exact_mut(self.pitch).take(self.blank.len())
    }

    /// Looks which lines are 0 throughout.
    pub(super) fn mark_blank(&mut self) {
        for (blank, line) in self.blank.iter_mut().zip(self.values.chunks_exact(self.pitch)) {
            // All of them, rather than up to the first: that is SIMD. NaN is no 0.
            *blank = line.iter().fold(true, |blank, &value| blank & (value == T::zero()));
        }
    }
}

/// Weights in the order in which the sums read them: filters in groups, and within a
/// group tap by tap.
#[derive(Clone, Debug, Default)]
pub(super) struct Packed<T> {
    values: Vec<T>,
}

impl<T: Real> Packed<T> {
    /// Takes over weights: `weight(filter, tap)`.
    pub(super) fn fill(&mut self, filters: usize, taps: usize, weight: impl Fn(usize, usize) -> T) {
        self.values.clear();
        for (first, group) in groups::<T>(filters, 3) {
            for tap in 0..taps {
                self.values.extend((first..first + group).map(|filter| weight(filter, tap)));
            }
        }
    }
}

/// output[filter][place] = bias[filter] + Σ weight[filter][tap] · source at the place, shifted by the tap.
///
/// # Shapes
/// `output` is `[filters, lines, width]` of the plan; one bias a filter.
pub(super) fn correlate<T: Real>(
    plan: &Plan,
    source: &Source<T>,
    weights: &Packed<T>,
    bias: impl Fn(usize) -> T,
    output: &mut [T],
    starts: &mut Vec<(usize, usize)>,
) {
    let (outputs, taps, filters) = (plan.outputs(), plan.taps(), output.len() / plan.outputs());
    for line in 0..plan.lines {
        starts.clear();
        let runs = plan.first_lines.iter().enumerate().filter(|&(_, first)| !source.blank[first + line]);
        starts.extend(runs.map(|(run, first)| ((first + line) * source.pitch, run * plan.run)));
        for (first, group) in groups::<T>(filters, 3) {
            let work = Work {
                source: &source.values,
                starts,
                run: plan.run,
                weights: &weights.values[first * taps..(first + group) * taps],
                width: plan.width,
            };
            let output = &mut output[first * outputs..(first + group) * outputs];
            let place = Place { distance: outputs, from: line * plan.width };
            match group {
                _ if !T::TILED => line_of::<T, 1>(work, &[bias(first)], output, place),
                3 => line_of::<T, 3>(work, &std::array::from_fn(|f| bias(first + f)), output, place),
                2 => line_of::<T, 2>(work, &std::array::from_fn(|f| bias(first + f)), output, place),
                _ => line_of::<T, 1>(work, &std::array::from_fn(|f| bias(first + f)), output, place),
            }
        }
    }
}

/// What the sums of one line of outputs are made of.
#[derive(Clone, Copy)]
struct Work<'a, T> {
    source: &'a [T],
    /// For each run of taps that is not blank where it begins in the source, and its first tap.
    starts: &'a [(usize, usize)],
    run: usize,
    weights: &'a [T],
    width: usize,
}

/// Where the outputs of a group of filters go.
#[derive(Clone, Copy)]
struct Place {
    /// From one filter to the next.
    distance: usize,
    /// The beginning of the line.
    from: usize,
}

/// One line of outputs of F filters.
fn line_of<T: Real, const F: usize>(work: Work<'_, T>, bias: &[T; F], output: &mut [T], place: Place) {
    let mut x = 0;
    while x < work.width {
        match (work.width - x).div_ceil(LANES) {
            _ if !T::TILED => x += registers_of::<T, F, 1>(work, bias, output, place, x),
            3.. => x += registers_of::<T, F, 3>(work, bias, output, place, x),
            2 => x += registers_of::<T, F, 2>(work, bias, output, place, x),
            _ => x += registers_of::<T, F, 1>(work, bias, output, place, x),
        }
    }
}

/// N registers of outputs of F filters, from place `x` of the line; returns how many places that was.
#[inline(always)]
fn registers_of<T: Real, const F: usize, const N: usize>(
    work: Work<'_, T>,
    bias: &[T; F],
    output: &mut [T],
    place: Place,
    x: usize,
) -> usize {
    let mut sums: [[T::Lanes; N]; F] = std::array::from_fn(|filter| [T::Lanes::splat(bias[filter]); N]);
    for &(start, tap) in work.starts {
        let numbers = &work.source[start + x..start + x + work.run - 1 + N * LANES];
        let (weights, _) = work.weights[tap * F..(tap + work.run) * F].as_chunks::<F>();
        for (shift, weights) in weights.iter().enumerate() {
            let (numbers, _) = numbers[shift..shift + N * LANES].as_chunks::<LANES>();
            let numbers: [T::Lanes; N] = std::array::from_fn(|register| T::Lanes::load(&numbers[register]));
            for (sums, &weight) in sums.iter_mut().zip(weights) {
                let weight = T::Lanes::splat(weight);
                for (sum, &numbers) in sums.iter_mut().zip(&numbers) {
                    *sum = sum.plus_product(weight, numbers);
                }
            }
        }
    }
    let wanted = (work.width - x).min(N * LANES);
    for (filter, sums) in sums.iter().enumerate() {
        let from = filter * place.distance + place.from + x;
        let line = &mut output[from..from + wanted];
        let (whole, rest) = line.as_chunks_mut::<LANES>();
        // One by one, because a copy of a length not known before is a call in WebAssembly.
        if let Some(sum) = sums.get(whole.len()) {
            rest.iter_mut().zip(sum.numbers()).for_each(|(to, sum)| *to = sum);
        }
        whole.iter_mut().zip(sums).for_each(|(to, sum)| *to = sum.numbers());
    }
    N * LANES
}

/// Adds to the gradient of each weight Σ slope[filter][place] · source at the place, shifted by the tap.
///
/// # Shapes
/// `slopes` is `[filters, lines, width]`, `sums` `[filters, taps]`, four parts of each sum, to be added up when all
/// images have been through.
pub(super) fn add_weight_gradient<T: Real>(
    plan: &Plan,
    source: &Source<T>,
    slopes: &[T],
    sums: &mut [[T; LANES]],
) {
    let (outputs, taps) = (plan.outputs(), plan.taps());
    for (first, group) in groups::<T>(slopes.len() / outputs, 3) {
        let slopes = &slopes[first * outputs..(first + group) * outputs];
        let sums = &mut sums[first * taps..(first + group) * taps];
        match group {
            _ if !T::TILED => group_gradient::<T, 1>(plan, source, slopes, sums),
            3 => group_gradient::<T, 3>(plan, source, slopes, sums),
            2 => group_gradient::<T, 2>(plan, source, slopes, sums),
            _ => group_gradient::<T, 1>(plan, source, slopes, sums),
        }
    }
}

fn group_gradient<T: Real, const F: usize>(
    plan: &Plan,
    source: &Source<T>,
    slopes: &[T],
    sums: &mut [[T; LANES]],
) {
    for (run, &line) in plan.first_lines.iter().enumerate() {
        let mut tap = 0;
        while tap < plan.run {
            let at = (line, tap, run * plan.run + tap);
            match plan.run - tap {
                _ if !T::TILED => tap += taps_gradient::<T, F, 1>(plan, source, slopes, sums, at),
                3.. => tap += taps_gradient::<T, F, 3>(plan, source, slopes, sums, at),
                2 => tap += taps_gradient::<T, F, 2>(plan, source, slopes, sums, at),
                _ => tap += taps_gradient::<T, F, 1>(plan, source, slopes, sums, at),
            }
        }
    }
}

/// The gradients of N neighbouring taps of F filters; returns N.
#[inline(always)]
fn taps_gradient<T: Real, const F: usize, const N: usize>(
    plan: &Plan,
    source: &Source<T>,
    slopes: &[T],
    sums: &mut [[T; LANES]],
    (first_line, shift, tap): (usize, usize, usize),
) -> usize {
    let (outputs, taps) = (plan.outputs(), plan.taps());
    let mut registers: [[T::Lanes; N]; F] = std::array::from_fn(|filter| {
        std::array::from_fn(|next| T::Lanes::load(&sums[filter * taps + tap + next]))
    });
    let mut add = |slopes: [T::Lanes; F], numbers: [T::Lanes; N]| {
        for (registers, slope) in registers.iter_mut().zip(slopes) {
            for (register, numbers) in registers.iter_mut().zip(numbers) {
                *register = register.plus_product(slope, numbers);
            }
        }
    };
    for line in 0..plan.lines {
        if source.blank[first_line + line] {
            continue;
        }
        let start = (first_line + line) * source.pitch + shift;
        let numbers = &source.values[start..start + plan.width + SLACK - LANES];
        let shifted: [_; N] =
            std::array::from_fn(|next| numbers[next..next + plan.width].as_chunks::<LANES>().0);
        let lines: [_; F] = std::array::from_fn(|filter| {
            let from = filter * outputs + line * plan.width;
            slopes[from..from + plan.width].as_chunks::<LANES>()
        });
        let whole = plan.width / LANES;
        #[expect(clippy::needless_range_loop, reason = "the same place in several lines")]
        for place in 0..whole {
            add(
                std::array::from_fn(|filter| T::Lanes::load(&lines[filter].0[place])),
                std::array::from_fn(|next| T::Lanes::load(&shifted[next][place])),
            );
        }
        if !plan.width.is_multiple_of(LANES) {
            // What lies behind the line counts 0 times.
            let rest = |filter: usize| {
                let mut rest = [T::zero(); LANES];
                let slopes = lines[filter].1;
                rest[..slopes.len()].copy_from_slice(slopes);
                T::Lanes::load(&rest)
            };
            let behind = |next: usize| match numbers[whole * LANES + next..].first_chunk() {
                Some(numbers) => T::Lanes::load(numbers),
                None => T::Lanes::splat(T::zero()),
            };
            add(std::array::from_fn(rest), std::array::from_fn(behind));
        }
    }
    for (filter, registers) in registers.iter().enumerate() {
        for (next, register) in registers.iter().enumerate() {
            sums[filter * taps + tap + next] = register.numbers();
        }
    }
    N
}
