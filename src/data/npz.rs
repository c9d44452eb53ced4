//! Archives of arrays, as `numpy.savez` and `numpy.savez_compressed` write them.

use super::npy::{self, Layout, Numbers};
use super::zip::{self, Archive, Limits};
use crate::error::{Code, Error, Result};

/// What NumPy adds to the name of an array.
const ENDING: &str = ".npy";

/// The arrays of a file as far as their names, kinds, shapes and sizes go. Of the values nothing has been unpacked: a
/// small file may hold very many, and who knows what is wanted refuses the file before.
#[derive(Clone, Debug)]
pub struct Arrays<'a> {
    field: &'a str,
    archive: Archive<'a>,
    /// Name and layout of each, in the order of the archive.
    layouts: Vec<(&'a str, Layout)>,
}

impl<'a> Arrays<'a> {
    /// Whether these bytes begin as such a file does.
    pub fn is_one(bytes: &[u8]) -> bool {
        Archive::is_one(bytes)
    }

    /// Looks at the arrays of a file; `field` names it in messages, and `field.W1` an array in it.
    ///
    /// # Errors
    /// It is no archive or a broken one, larger than `limits` allow, packed or unpacked, or holds anything but arrays of
    /// floating-point numbers with 16, 32 or 64 bits.
    pub fn open(field: &'a str, bytes: &'a [u8], limits: Limits) -> Result<Self> {
        let archive = Archive::open(field, bytes, limits)?;
        let layout = |file: &zip::File<'a>| {
            let name = file.name().strip_suffix(ENDING);
            let name = name.ok_or_else(|| Error::new(Code::WrongKind, field, file.name(), "*.npy"))?;
            let head = archive.head(file, npy::LONGEST_HEAD)?;
            Ok((name, Layout::parse(&array_in(field, name), &head, file.length())?))
        };
        let layouts = archive.files().iter().map(layout).collect::<Result<_>>()?;
        Ok(Self { field, archive, layouts })
    }

    /// Name and shape of each array, in the order of the file.
    pub fn shapes(&self) -> impl ExactSizeIterator<Item = (&'a str, &[usize])> {
        self.layouts.iter().map(|(name, layout)| (*name, layout.shape.as_slice()))
    }

    /// The shape of an array; none when there is no such array.
    pub fn shape(&self, name: &str) -> Option<&[usize]> {
        self.shapes().find(|&(other, _)| other == name).map(|(_, shape)| shape)
    }

    /// Unpacks an array.
    ///
    /// # Errors
    /// There is none of this name, it is broken, or holds a number that is not finite in 32 bits.
    pub fn read(&self, name: &str) -> Result<Numbers> {
        let field = array_in(self.field, name);
        let Some(place) = self.layouts.iter().position(|&(other, _)| other == name) else {
            let names: Vec<&str> = self.shapes().map(|(name, _)| name).collect();
            return Err(Error::new(Code::Missing, field, names.join(" "), name));
        };
        let bytes = self.archive.unpack(&self.archive.files()[place])?;
        self.layouts[place].1.read(&field, &bytes)
    }
}

/// A file of these arrays: name, shape, values. They are stored as they are; the same arrays give the same bytes.
pub fn write<'a>(arrays: impl Iterator<Item = (&'a str, &'a [usize], &'a [f32])>) -> Vec<u8> {
    let files = arrays.map(|(name, shape, values)| (format!("{name}{ENDING}"), npy::write(shape, values)));
    zip::write(&files.collect::<Vec<_>>())
}

/// How messages name an array; what a file calls it may be long.
pub fn array_in(field: &str, name: &str) -> String {
    const LONGEST: usize = 40;
    format!("{field}.{}", name.chars().take(LONGEST).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits { bytes: 10_000, files: 3 };

    #[test]
    fn what_was_written_is_read_in_any_order() {
        let file = write([("a", &[2, 1][..], &[1.0, 2.0][..]), ("b", &[0], &[])].into_iter());
        let arrays = Arrays::open("file", &file, LIMITS).expect("our own");
        assert!(Arrays::is_one(&file));
        assert_eq!(arrays.shapes().collect::<Vec<_>>(), [("a", &[2, 1][..]), ("b", &[0])]);
        assert_eq!((arrays.shape("b"), arrays.shape("c")), (Some(&[0][..]), None));
        assert_eq!(arrays.read("b"), Ok(Numbers { shape: vec![0], values: vec![] }));
        assert_eq!(arrays.read("a"), Ok(Numbers { shape: vec![2, 1], values: vec![1.0, 2.0] }));
        assert_eq!(arrays.read("c").map_err(|error| error.field), Err("file.c".to_owned()));
    }

    #[test]
    fn a_file_of_something_else_is_refused() {
        let refused = |files: &[(String, Vec<u8>)]| {
            let error = Arrays::open("file", &zip::write(files), LIMITS).expect_err("refused");
            (error.code, error.field)
        };
        assert_eq!(refused(&[("a.txt".to_owned(), vec![])]), (Code::WrongKind, "file".to_owned()));
        let long = "n".repeat(99);
        let named = refused(&[(format!("{long}.npy"), b"text".to_vec())]);
        assert_eq!(named, (Code::WrongKind, format!("file.{}", &long[..40])));
    }
}
