//! ZIP archives as far as `numpy.savez` and `numpy.savez_compressed` write them: a few files, stored or deflated.
//!
//! Format: PKWARE's APPNOTE. The central directory at the end says what there is; NumPy's local headers hold ZIP64
//! sizes, which are therefore not needed. What a small file may unpack to is limited before it is unpacked.

use std::borrow::Cow;
use std::io::Read as _;

use flate2::bufread::DeflateDecoder;

use super::crc::Crc;
use crate::error::{Code, Error, Result};

const LOCAL: &[u8; 4] = b"PK\x03\x04";
const CENTRAL: &[u8; 4] = b"PK\x01\x02";
const END: &[u8; 4] = b"PK\x05\x06";
/// Bytes of each of these records, without names, extra fields and comment.
const LOCAL_LENGTH: usize = 30;
const CENTRAL_LENGTH: usize = 46;
const END_LENGTH: usize = 22;
/// The most bytes of the archive's comment.
const LONGEST_COMMENT: usize = u16::MAX as usize;
/// Where a central directory puts a number that does not fit, the true one stands in the extra field of this kind.
const MOVED: u32 = u32::MAX;
const ZIP64: u16 = 1;
/// The first of January 1980, the earliest date there is, as NumPy writes it.
const DATE: u16 = 0x21;
/// Deflate makes at most 258 bytes of two bits, so a file that claims more than this many times its size lies.
const MOST_RATIO: usize = 1032;

/// How large an archive may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the archive, and of all its files together when unpacked.
    pub bytes: usize,
    /// Files in the archive.
    pub files: usize,
}

/// An archive whose directory has been read and found to keep its limits; its files unpack one at a time.
#[derive(Clone, Debug)]
pub struct Archive<'a> {
    field: &'a str,
    files: Vec<File<'a>>,
}

/// A file in an archive.
#[derive(Clone, Copy, Debug)]
pub struct File<'a> {
    name: &'a str,
    packed: &'a [u8],
    is_deflated: bool,
    /// Bytes when unpacked.
    length: usize,
    checksum: u32,
}

impl<'a> Archive<'a> {
    /// Whether these bytes begin as an archive does.
    pub fn is_one(bytes: &[u8]) -> bool {
        bytes.starts_with(LOCAL) || bytes.starts_with(END)
    }

    /// Reads the directory of an archive; `field` names it in messages, and `field.name` a file in it.
    ///
    /// # Errors
    /// It is no archive or a broken one, larger than `limits` allow, or one of its files is encrypted, compressed
    /// in another way, or there under the same name twice.
    pub fn open(field: &'a str, bytes: &'a [u8], limits: Limits) -> Result<Self> {
        if bytes.len() > limits.bytes {
            return Err(Error::new(Code::TooLarge, field, size(bytes.len()), size(limits.bytes)));
        }
        let wrong = |value: &str| Error::new(Code::WrongKind, field, value, "zip");
        let Some((end, directory)) = find_end(bytes) else {
            let is_cut = Self::is_one(bytes);
            return Err(if is_cut {
                Error::new(Code::Truncated, field, size(bytes.len()), "")
            } else {
                wrong(&format!("{:02x?}", &bytes[..bytes.len().min(4)]))
            });
        };
        let count = usize::from(u16_at(end, 10));
        if count > limits.files {
            let value = format!("{count} files");
            return Err(Error::new(Code::TooLarge, field, value, format!("{} files", limits.files)));
        }
        let start = u32_at(end, 16) as usize;
        // Archives in several parts, and those with something before them, are nothing that NumPy writes.
        if u32_at(end, 4) != 0 || start.checked_add(u32_at(end, 12) as usize) != Some(directory) {
            return Err(wrong("a directory elsewhere"));
        }
        let (contents, mut entries) = bytes[..directory].split_at(start);
        let mut files: Vec<File<'a>> = Vec::with_capacity(count);
        let mut total = 0_usize;
        for _ in 0..count {
            let (file, rest) = File::parse(field, contents, entries)?;
            entries = rest;
            total = total.saturating_add(file.length);
            if total > limits.bytes {
                let allowed = size(limits.bytes);
                return Err(Error::new(Code::TooLarge, file.field(field), size(file.length), allowed));
            }
            if files.iter().any(|other| other.name == file.name) {
                return Err(Error::new(Code::WrongKind, file.field(field), "2 ×", "1 ×"));
            }
            files.push(file);
        }
        if entries.is_empty() {
            Ok(Self { field, files })
        } else {
            Err(wrong(&format!("a directory of more than {count} files")))
        }
    }

    /// The files in the order of the directory.
    pub fn files(&self) -> &[File<'a>] {
        &self.files
    }

    /// The bytes of one of the [`files`](Self::files).
    ///
    /// # Errors
    /// It is broken, or longer or shorter than the directory says.
    pub fn unpack(&self, file: &File<'a>) -> Result<Cow<'a, [u8]>> {
        file.unpack(self.field)
    }

    /// The first bytes of one of the [`files`](Self::files), at most `most`, without a look at the rest.
    ///
    /// # Errors
    /// They are broken.
    pub fn head(&self, file: &File<'a>, most: usize) -> Result<Cow<'a, [u8]>> {
        let most = most.min(file.length);
        if !file.is_deflated {
            return Ok(Cow::Borrowed(&file.packed[..most]));
        }
        let mut bytes = Vec::with_capacity(most);
        let read = DeflateDecoder::new(file.packed).take(most as u64).read_to_end(&mut bytes);
        read.map_err(|error| Error::new(Code::Compression, file.field(self.field), error, ""))?;
        Ok(Cow::Owned(bytes))
    }
}

impl<'a> File<'a> {
    /// Its name, with folders.
    pub fn name(&self) -> &'a str {
        self.name
    }

    /// How many bytes it has when it is unpacked, as the directory says.
    pub fn length(&self) -> usize {
        self.length
    }

    /// The first file of a directory, and the rest of the directory.
    fn parse(field: &str, contents: &'a [u8], directory: &'a [u8]) -> Result<(Self, &'a [u8])> {
        let wrong = |value: &str| Error::new(Code::WrongKind, field, value, "zip");
        let cut = || wrong("a broken directory");
        let (entry, rest) = directory.split_at_checked(CENTRAL_LENGTH).ok_or_else(cut)?;
        if !entry.starts_with(CENTRAL) {
            return Err(cut());
        }
        let [name, extra, comment] = [28, 30, 32].map(|at| usize::from(u16_at(entry, at)));
        let (name, rest) = rest.split_at_checked(name).ok_or_else(cut)?;
        let (extra, rest) = rest.split_at_checked(extra).ok_or_else(cut)?;
        let (_, rest) = rest.split_at_checked(comment).ok_or_else(cut)?;
        let name = std::str::from_utf8(name).map_err(|_| wrong("a name that is not UTF-8"))?;
        let mut moved = Moved::find(extra);
        let [length, packed_length, start] = [24, 20, 42].map(|at| match u32_at(entry, at) {
            MOVED => moved.next(),
            length => Some(length as usize),
        });
        let unpacked = Self { name, packed: &[], is_deflated: false, length: 0, checksum: u32_at(entry, 16) };
        let fault =
            |code, value: &str, allowed: &str| Err(Error::new(code, unpacked.field(field), value, allowed));
        let (Some(length), Some(packed_length), Some(start)) = (length, packed_length, start) else {
            return fault(Code::WrongKind, "sizes that are missing", "zip");
        };
        if u16_at(entry, 8) & 1 == 1 {
            return fault(Code::NotSupported, "encrypted", "");
        }
        let is_deflated = match u16_at(entry, 10) {
            0 => false,
            8 => true,
            method => return fault(Code::NotSupported, &format!("zip method {method}"), "0 | 8"),
        };
        let Some(packed) = contents_of(contents, start, packed_length, name) else {
            return fault(Code::Truncated, &size(packed_length), "");
        };
        let possible = if is_deflated { packed.len().saturating_mul(MOST_RATIO) } else { packed.len() };
        if length > possible || (!is_deflated && length != possible) {
            return fault(Code::SizeMismatch, &size(length), &size(possible));
        }
        Ok((Self { packed, is_deflated, length, ..unpacked }, rest))
    }

    fn field(&self, archive: &str) -> String {
        const LONGEST: usize = 40;
        format!("{archive}.{}", self.name.chars().take(LONGEST).collect::<String>())
    }

    fn unpack(&self, archive: &str) -> Result<Cow<'a, [u8]>> {
        let broken = |value: &str| Error::new(Code::Compression, self.field(archive), value, "");
        let bytes = if self.is_deflated {
            // Grows with what comes out: the length is only what the directory claims.
            let mut bytes = Vec::new();
            let mut stream = DeflateDecoder::new(self.packed).take(self.length as u64 + 1);
            stream.read_to_end(&mut bytes).map_err(|error| broken(&error.to_string()))?;
            Cow::Owned(bytes)
        } else {
            Cow::Borrowed(self.packed)
        };
        if bytes.len() != self.length {
            let value = if bytes.len() > self.length { "more than".to_owned() } else { size(bytes.len()) };
            return Err(Error::new(Code::SizeMismatch, self.field(archive), value, size(self.length)));
        }
        // A fuzzer never guesses a checksum; it is to get behind it.
        if !cfg!(fuzzing) && Crc::of(&bytes) != self.checksum {
            return Err(broken("CRC-32"));
        }
        Ok(bytes)
    }
}

/// An archive of files that are stored as they are; the same files give the same bytes.
///
/// There may be up to 65,535 files of 4 GiB together: what is written here is far less.
pub fn write(files: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut archive = Vec::new();
    let mut directory = Vec::new();
    for (name, bytes) in files {
        let start = archive.len() as u32;
        // Version 2.0; flag 11: the name is UTF-8; method 0: stored; midnight.
        let mut facts: Vec<u8> = [20, 1 << 11, 0, 0, DATE].into_iter().flat_map(u16::to_le_bytes).collect();
        let sizes = [Crc::of(bytes), bytes.len() as u32, bytes.len() as u32];
        facts.extend(sizes.into_iter().flat_map(u32::to_le_bytes));
        facts.extend((name.len() as u16).to_le_bytes());
        archive.extend_from_slice(LOCAL);
        archive.extend_from_slice(&facts);
        archive.extend([0; 2]);
        archive.extend_from_slice(name.as_bytes());
        archive.extend_from_slice(bytes);
        directory.extend_from_slice(CENTRAL);
        directory.extend(20_u16.to_le_bytes());
        directory.extend_from_slice(&facts);
        // No extra field, no comment, disk 0, no attributes.
        directory.extend([0; 12]);
        directory.extend(start.to_le_bytes());
        directory.extend_from_slice(name.as_bytes());
    }
    let start = archive.len() as u32;
    let count = (files.len() as u16).to_le_bytes();
    archive.extend_from_slice(&directory);
    archive.extend_from_slice(END);
    archive.extend([0; 4]);
    archive.extend(count.into_iter().chain(count));
    archive.extend((directory.len() as u32).to_le_bytes());
    archive.extend(start.to_le_bytes());
    archive.extend([0; 2]);
    archive
}

/// The record at the end, and where it begins.
fn find_end(bytes: &[u8]) -> Option<(&[u8], usize)> {
    let last = bytes.len().checked_sub(END_LENGTH)?;
    let first = last.saturating_sub(LONGEST_COMMENT);
    // A comment may hold anything, so a record counts only where its own comment ends with the file.
    (first..=last)
        .rev()
        .map(|at| (&bytes[at..], at))
        .find(|(end, _)| end.starts_with(END) && usize::from(u16_at(end, 20)) == end.len() - END_LENGTH)
}

/// The packed bytes of a file whose local header is at `start`.
fn contents_of<'a>(contents: &'a [u8], start: usize, length: usize, name: &str) -> Option<&'a [u8]> {
    let local = contents.get(start..)?;
    let (header, rest) = local.split_at_checked(LOCAL_LENGTH)?;
    let [name_length, extra_length] = [26, 28].map(|at| usize::from(u16_at(header, at)));
    if !header.starts_with(LOCAL) || rest.get(..name_length)? != name.as_bytes() {
        return None;
    }
    rest.get(name_length + extra_length..)?.get(..length)
}

/// The numbers of a ZIP64 extra field, in their fixed order.
struct Moved<'a>(&'a [u8]);

impl<'a> Moved<'a> {
    fn find(mut extra: &'a [u8]) -> Self {
        while let Some((header, rest)) = extra.split_at_checked(4) {
            let Some((field, rest)) = rest.split_at_checked(usize::from(u16_at(header, 2))) else { break };
            if u16_at(header, 0) == ZIP64 {
                return Self(field);
            }
            extra = rest;
        }
        Self(&[])
    }

    fn next(&mut self) -> Option<usize> {
        let (number, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        usize::try_from(u64::from_le_bytes(*number)).ok()
    }
}

/// A number of a record; 0 where the record ends, which the callers have ruled out.
fn u16_at(record: &[u8], at: usize) -> u16 {
    record.get(at..).and_then(|bytes| bytes.first_chunk()).map_or(0, |bytes| u16::from_le_bytes(*bytes))
}

fn u32_at(record: &[u8], at: usize) -> u32 {
    record.get(at..).and_then(|bytes| bytes.first_chunk()).map_or(0, |bytes| u32::from_le_bytes(*bytes))
}

fn size(bytes: usize) -> String {
    format!("{bytes} bytes")
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::Compression;
    use flate2::write::DeflateEncoder;

    use super::*;

    const LIMITS: Limits = Limits { bytes: 10_000, files: 3 };

    fn small() -> Vec<u8> {
        write(&[("a".to_owned(), b"first".to_vec()), ("b".to_owned(), vec![])])
    }

    fn read(bytes: &[u8]) -> Result<Vec<(String, Vec<u8>)>> {
        let archive = Archive::open("file", bytes, LIMITS)?;
        let unpack = |file: &File<'_>| {
            let bytes = archive.unpack(file)?.into_owned();
            for most in [0, 1, file.length(), usize::MAX] {
                assert!(bytes.starts_with(&archive.head(file, most)?));
            }
            Ok((file.name().to_owned(), bytes))
        };
        archive.files().iter().map(unpack).collect()
    }

    fn refused(bytes: &[u8]) -> (Code, String) {
        let error = read(bytes).expect_err("refused");
        (error.code, error.field)
    }

    /// The archive of one file `x`, deflated, that claims to have `length` bytes.
    fn deflated(bytes: &[u8], length: u32) -> Vec<u8> {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes).expect("in memory");
        let mut archive = write(&[("x".to_owned(), encoder.finish().expect("in memory"))]);
        let central = archive.len() - END_LENGTH - CENTRAL_LENGTH - 1;
        archive[central + 10] = 8;
        archive[central + 16..central + 20].copy_from_slice(&Crc::of(bytes).to_le_bytes());
        archive[central + 24..central + 28].copy_from_slice(&length.to_le_bytes());
        archive
    }

    #[test]
    fn what_was_written_is_read() {
        let files = read(&small()).expect("our own");
        assert_eq!(files, [("a".to_owned(), b"first".to_vec()), ("b".to_owned(), vec![])]);
        assert_eq!(read(&write(&[])), Ok(vec![]));
        let commented = [&small()[..small().len() - 2], &[3, 0], b"PK!"].concat();
        assert_eq!(read(&commented), Ok(files));
    }

    #[test]
    fn deflated_files_are_read() {
        let bytes = vec![7; 5000];
        assert_eq!(read(&deflated(&bytes, 5000)), Ok(vec![("x".to_owned(), bytes)]));
    }

    #[test]
    fn sizes_are_limited_before_anything_is_unpacked() {
        assert_eq!(refused(&vec![0; 10_001]), (Code::TooLarge, "file".to_owned()));
        let four: Vec<_> = ["a", "b", "c", "d"].map(|name| (name.to_owned(), vec![])).into();
        assert_eq!(refused(&write(&four)), (Code::TooLarge, "file".to_owned()));
        // A bomb that says so, one that says less, and one that says more than deflate can make of it.
        assert_eq!(refused(&deflated(&vec![0; 20_000], 20_000)), (Code::TooLarge, "file.x".to_owned()));
        assert_eq!(refused(&deflated(&vec![0; 1 << 20], 9_999)), (Code::SizeMismatch, "file.x".to_owned()));
        assert_eq!(refused(&deflated(b"", 9_999)), (Code::SizeMismatch, "file.x".to_owned()));
    }

    #[test]
    fn each_way_of_being_wrong_has_its_name() {
        let good = small();
        let with = |at: usize, value: u8| {
            let mut changed = good.clone();
            changed[at] = value;
            refused(&changed)
        };
        let central = good.len() - END_LENGTH - 2 * (CENTRAL_LENGTH + 1);
        let file = |code| (code, "file".to_owned());
        let in_file = |code| (code, "file.a".to_owned());
        assert_eq!(refused(b""), file(Code::WrongKind));
        assert_eq!(refused(b"<!doctype html>, which is long enough"), file(Code::WrongKind));
        assert_eq!(refused(&good[..good.len() - 1]), file(Code::Truncated));
        assert_eq!(refused(&[b"more", &good[..]].concat()), file(Code::WrongKind));
        assert_eq!(with(central, 0), file(Code::WrongKind));
        assert_eq!(with(central + 8, 1), in_file(Code::NotSupported));
        assert_eq!(with(central + 10, 12), in_file(Code::NotSupported));
        assert_eq!(with(central + 24, 4), in_file(Code::SizeMismatch));
        assert_eq!(with(central + 42, 1), in_file(Code::Truncated));
        assert_eq!(with(0, 0), in_file(Code::Truncated));
        assert_eq!(with(LOCAL_LENGTH + 1, b'F'), in_file(Code::Compression));
        let twice = write(&[("a".to_owned(), vec![]), ("a".to_owned(), vec![])]);
        assert_eq!(refused(&twice), in_file(Code::WrongKind));
    }

    #[test]
    fn sizes_that_were_moved_into_a_zip64_field_are_found() {
        // As some writers do it however small the file: both sizes, and with them the start.
        let plain = write(&[("a".to_owned(), b"first".to_vec())]);
        let central = plain.len() - END_LENGTH - CENTRAL_LENGTH - 1;
        let numbers = [5_u64, 5, 0].map(u64::to_le_bytes).concat();
        let field = [&[ZIP64 as u8, 0, 24, 0], &numbers[..]].concat();
        let mut archive = plain[..plain.len() - END_LENGTH].to_vec();
        for at in [20, 24, 42] {
            archive[central + at..central + at + 4].fill(0xff);
        }
        archive[central + 30] = field.len() as u8;
        archive.extend_from_slice(&field);
        let mut end = plain[plain.len() - END_LENGTH..].to_vec();
        end[12] += field.len() as u8;
        archive.extend_from_slice(&end);
        assert_eq!(read(&archive), Ok(vec![("a".to_owned(), b"first".to_vec())]));
    }
}
