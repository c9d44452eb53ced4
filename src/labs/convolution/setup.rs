//! What the settings ask for.

use super::Settings;
use crate::nn::im2col::{Pooling, Windows};

/// An input, what is done to it, and how windows lie on it.
pub(super) struct Setup {
    /// What is done with each window; none for a convolution.
    pub(super) pooling: Option<Pooling>,
    /// Channels, height and width of the input.
    pub(super) shape: [usize; 3],
    /// The input, channel by channel.
    pub(super) image: Vec<f64>,
    /// Height and width of a window.
    pub(super) window: [usize; 2],
    /// The weights, channel by channel; none for pooling.
    pub(super) filter: Vec<f64>,
    pub(super) bias: f64,
    pub(super) stride: usize,
    pub(super) pad: usize,
    /// How many images im2col unrolls.
    pub(super) images: usize,
    /// Whether the output for the shifted input is compared.
    pub(super) shift: bool,
    /// Where the windows lie; none where they are larger than the padded input.
    pub(super) windows: Option<Windows>,
    /// The fields of further channels that are not as large as the first.
    pub(super) misfits: Vec<Misfit>,
}

/// A channel that is not as large as the first.
pub(super) struct Misfit {
    pub(super) field: &'static str,
    pub(super) found: [usize; 2],
    pub(super) wanted: [usize; 2],
    /// The same numbers, cut or with zeros, as the address spells them.
    pub(super) mended: String,
}

/// A setup whose windows fit, at one of them.
pub(super) struct At<'s> {
    pub(super) setup: &'s Setup,
    pub(super) windows: Windows,
    pub(super) place: usize,
    /// One number for each place.
    pub(super) output: Vec<f64>,
}

const INPUTS: [&str; 3] = ["input", "input2", "input3"];
const FILTERS: [&str; 3] = ["filter", "filter2", "filter3"];

impl Setup {
    pub(super) fn new(settings: &Settings) -> Self {
        let operation = settings.words("operation");
        let channels = if operation == "conv3" { 3 } else { 1 };
        let pooling = match operation {
            "max" => Some(Pooling::Max),
            "average" => Some(Pooling::Average),
            _ => None,
        };
        let mut misfits = Vec::new();
        let (size, image) = stack(settings, &INPUTS[..channels], &mut misfits);
        let (window, filter, stride, pad) = if pooling.is_some() {
            let size = settings.count("window") as usize;
            ([size; 2], Vec::new(), size, 0)
        } else {
            let (window, filter) = stack(settings, &FILTERS[..channels], &mut misfits);
            (window, filter, settings.count("stride") as usize, settings.count("pad") as usize)
        };
        let shape = [channels, size[0], size[1]];
        Self {
            pooling,
            shape,
            image,
            window,
            filter,
            bias: settings.number("bias"),
            stride,
            pad,
            images: if pooling.is_none() && settings.words("batch") == "10" { 10 } else { 1 },
            shift: pooling.is_some() && settings.is_on("shift"),
            windows: Windows::new(shape, window, stride, pad),
            misfits,
        }
    }

    /// The window of a step, the last if there are fewer; none where windows do not fit.
    pub(super) fn at(&self, step: u64) -> Option<At<'_>> {
        let windows = self.windows?;
        let place = usize::try_from(step).unwrap_or(usize::MAX).min(windows.places() - 1);
        Some(At { setup: self, windows, place, output: self.output(&windows, &self.image) })
    }

    /// The output for an image of the same shape.
    pub(super) fn output(&self, windows: &Windows, image: &[f64]) -> Vec<f64> {
        match self.pooling {
            Some(pooling) => windows.pool(image, pooling),
            None => windows.convolve(image, &self.filter, self.bias),
        }
    }

    /// The image moved to the right, its first column repeated.
    pub(super) fn shifted(&self) -> Vec<f64> {
        let rows = self.image.chunks(self.shape[2]);
        rows.flat_map(|row| row.iter().take(1).chain(&row[..row.len() - 1])).copied().collect()
    }

    /// One image of the batch: the input moved to the right by so many columns, those that leave coming back on the left.
    pub(super) fn rolled(&self, columns: usize) -> Vec<f64> {
        let mut image = self.image.clone();
        for row in image.chunks_mut(self.shape[2]) {
            let length = row.len();
            row.rotate_right(columns % length);
        }
        image
    }
}

/// Matrices of fields one after the other, each as large as the first.
fn stack(settings: &Settings, names: &[&'static str], misfits: &mut Vec<Misfit>) -> ([usize; 2], Vec<f64>) {
    let size_of = |rows: &[Vec<f64>]| [rows.len(), rows.first().map_or(0, Vec::len)];
    let wanted = names.first().map_or([0, 0], |name| size_of(settings.rows(name)));
    let mut all = Vec::with_capacity(names.len() * wanted[0] * wanted[1]);
    for field in names {
        let rows = settings.rows(field);
        let found = size_of(rows);
        let number =
            |row: usize, column: usize| rows.get(row).and_then(|row| row.get(column)).copied().unwrap_or(0.0);
        let mended = (0..wanted[0]).map(|row| (0..wanted[1]).map(|column| number(row, column)).collect());
        let mended: Vec<Vec<f64>> = mended.collect();
        if found != wanted {
            let lines =
                mended.iter().map(|row| row.iter().map(f64::to_string).collect::<Vec<_>>().join(", "));
            let mended = lines.collect::<Vec<_>>().join("; ");
            misfits.push(Misfit { field, found, wanted, mended });
        }
        all.extend(mended.into_iter().flatten());
    }
    (wanted, all)
}
