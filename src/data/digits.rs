//! Labelled images, as MNIST has them.

use super::gzip::unpack;
use super::idx::{self, Idx};
use crate::error::{Code, Error, Result};

/// Labelled images of one size, non-zero pixels only: 27 MB for MNIST's 60,000 instead of 47 MB, and already in the
/// form in which a first layer is quickest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Digits {
    height: usize,
    width: usize,
    /// Image i has the entries `starts[i]..starts[i + 1]`.
    starts: Vec<u32>,
    columns: Vec<u16>,
    /// 1 to 255.
    values: Vec<u8>,
    labels: Vec<u8>,
}

impl Digits {
    /// Reads images and labels from IDX files, each optionally gzip; labels lie below `classes`.
    ///
    /// # Errors
    /// `images` or `labels` is no such file, they differ in number, an image has more than 65,536 pixels, there is
    /// none, or a label is too high.
    pub fn parse(images: &[u8], labels: &[u8], classes: usize) -> Result<Self> {
        let (images, labels) = (unpack("images", images)?, unpack("labels", labels)?);
        let Idx { shape: [count, height, width], bytes: pixels } = idx::parse("images", &images)?;
        let Idx { shape: [labelled], bytes: labels } = idx::parse("labels", &labels)?;
        if count == 0 || height * width == 0 || height * width > 65_536 {
            let value = format!("{count} of {height}×{width}");
            return Err(Error::new(Code::OutsideRange, "images", value, "1 … of 1×1 … 256×256"));
        }
        if labelled != count {
            return Err(Error::new(Code::SizeMismatch, "labels", labelled, format!("{count}")));
        }
        if let Some((index, label)) =
            labels.iter().enumerate().find(|&(_, &label)| usize::from(label) >= classes)
        {
            let field = format!("labels[{index}]");
            return Err(Error::new(Code::OutsideRange, field, label, format!("0 … {}", classes - 1)));
        }
        let mut digits = Self {
            height,
            width,
            starts: Vec::with_capacity(count + 1),
            columns: Vec::new(),
            values: Vec::new(),
            labels: labels.to_vec(),
        };
        let inked = pixels.iter().filter(|&&pixel| pixel != 0).count();
        let room =
            digits.columns.try_reserve_exact(inked).and_then(|()| digits.values.try_reserve_exact(inked));
        room.map_err(|_| Error::new(Code::TooLarge, "images", format!("{inked} pixels"), ""))?;
        digits.starts.push(0);
        for image in pixels.chunks_exact(height * width) {
            digits.push_pixels(image);
        }
        Ok(digits)
    }

    /// No images yet, of this size; for data that is made rather than read.
    pub fn empty(height: usize, width: usize) -> Self {
        Self { height, width, starts: vec![0], columns: vec![], values: vec![], labels: vec![] }
    }

    /// Adds an image of `height · width` pixels.
    pub fn push(&mut self, pixels: &[u8], label: u8) {
        self.push_pixels(pixels);
        self.labels.push(label);
    }

    /// Adds a copy of an image of the same size.
    pub(super) fn push_copy(&mut self, from: &Self, image: usize) {
        let (columns, values) = from.ink(image);
        self.columns.extend_from_slice(columns);
        self.values.extend_from_slice(values);
        self.starts.push(self.columns.len() as u32);
        self.labels.push(from.labels[image]);
    }

    fn push_pixels(&mut self, pixels: &[u8]) {
        for (column, &pixel) in pixels.iter().enumerate().filter(|&(_, &pixel)| pixel != 0) {
            self.columns.push(column as u16);
            self.values.push(pixel);
        }
        self.starts.push(self.columns.len() as u32);
    }

    /// How many images.
    pub fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Height and width of each image.
    pub fn size(&self) -> (usize, usize) {
        (self.height, self.width)
    }

    /// The labels, image by image.
    pub fn labels(&self) -> &[u8] {
        &self.labels
    }

    /// Where the ink of an image is, and how much, 1 to 255.
    #[inline(always)]
    pub fn ink(&self, image: usize) -> (&[u16], &[u8]) {
        let entries = self.starts[image] as usize..self.starts[image + 1] as usize;
        (&self.columns[entries.clone()], &self.values[entries])
    }

    /// All pixels of an image, 0 to 255, the top row first.
    pub fn pixels(&self, image: usize) -> Vec<u8> {
        let mut pixels = vec![0; self.height * self.width];
        let (columns, values) = self.ink(image);
        for (&column, &value) in columns.iter().zip(values) {
            pixels[usize::from(column)] = value;
        }
        pixels
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn images(count: u32, pixels: &[u8]) -> Vec<u8> {
        let sizes = [count, 2, 2].into_iter().flat_map(u32::to_be_bytes);
        [0, 0, 8, 3].into_iter().chain(sizes).chain(pixels.iter().copied()).collect()
    }

    fn labels(labels: &[u8]) -> Vec<u8> {
        let size = (labels.len() as u32).to_be_bytes();
        [0, 0, 8, 1].into_iter().chain(size).chain(labels.iter().copied()).collect()
    }

    #[test]
    fn pixels_survive() {
        let digits = Digits::parse(&images(2, &[0, 255, 0, 7, 0, 0, 0, 0]), &labels(&[3, 9]), 10)
            .expect("well formed");
        assert_eq!((digits.len(), digits.size(), digits.labels()), (2, (2, 2), &[3, 9][..]));
        assert_eq!(digits.pixels(0), [0, 255, 0, 7]);
        assert_eq!(digits.pixels(1), [0; 4]);
    }

    #[test]
    fn files_that_do_not_fit_are_refused() {
        let refused = |images: &[u8], labels: &[u8]| {
            let error = Digits::parse(images, labels, 10).expect_err("refused");
            (error.code, error.field)
        };
        let one = images(1, &[1; 4]);
        assert_eq!(refused(&one, &labels(&[1, 2])), (Code::SizeMismatch, "labels".into()));
        assert_eq!(refused(&one, &labels(&[10])), (Code::OutsideRange, "labels[0]".into()));
        assert_eq!(refused(&labels(&[1]), &labels(&[1])), (Code::WrongKind, "images".into()));
        assert_eq!(refused(&images(0, &[]), &labels(&[])), (Code::OutsideRange, "images".into()));
        assert_eq!(refused(&[0x1f, 0x8b, 8], &labels(&[1])), (Code::Compression, "images".into()));
    }
}
