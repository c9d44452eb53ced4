//! The iris flowers that Edgar Anderson measured and R. A. Fisher published ("The use of multiple measurements in
//! taxonomic problems", Annals of Eugenics 7, 1936): 50 flowers of each of three species, four lengths each.
//!
//! `iris.csv` is `sklearn/datasets/data/iris.csv` of scikit-learn 1.9.1 (BSD-3-Clause) byte for byte. Its flowers 35
//! and 38 are as Fisher printed them; the widespread copy of the UCI repository has three wrong numbers there.

use super::rows::Rows;

/// How many flowers there are.
pub const FLOWERS: usize = 150;

/// One flower.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Row {
    /// In centimetres, in the order of [`MEASUREMENTS`]; as measured, not standardized.
    pub measurements: [f64; 4],
    /// Its index in [`SPECIES`], 0 to 2.
    pub species: u8,
}

/// The names of the species, by the number that a [`Row`] has.
pub const SPECIES: [&str; 3] = ["setosa", "versicolor", "virginica"];

/// What was measured, each in centimetres.
pub const MEASUREMENTS: [&str; 4] = ["sepal-length", "sepal-width", "petal-length", "petal-width"];

/// All flowers in Fisher's order: 50 setosa, 50 versicolor, 50 virginica.
pub fn rows() -> &'static [Row; FLOWERS] {
    &ROWS
}

/// The flowers of the first `kinds` species, labelled by species: 2 for the setosas and versicolors, which a line tells
/// apart, 3 for all.
///
/// # Shapes
/// `[50 · kinds, 4]`, in centimetres.
pub fn flowers(kinds: u8) -> Rows {
    let mut flowers = Rows::empty(MEASUREMENTS.len());
    for row in rows().iter().filter(|row| row.species < kinds) {
        flowers.push_checked(&row.measurements, row.species);
    }
    flowers
}

// Read by the compiler: a file of another form does not compile, and the text itself is not in the program.
static ROWS: [Row; FLOWERS] = parse(include_bytes!("iris.csv"));

/// A header line, then a line `5.1,3.5,1.4,0.2,0` for each flower: numbers of one digit, a point and one digit.
const fn parse(file: &[u8]) -> [Row; FLOWERS] {
    const LINE: usize = "5.1,3.5,1.4,0.2,0\n".len();
    let mut rows = [Row { measurements: [0.0; 4], species: 0 }; FLOWERS];
    let mut at = 0;
    while file[at] != b'\n' {
        at += 1;
    }
    at += 1;
    assert!(file.len() == at + FLOWERS * LINE, "150 lines of 18 bytes after the header");
    let mut flower = 0;
    while flower < FLOWERS {
        let mut index = 0;
        while index < 4 {
            let (whole, tenth) = (digit(file[at]), digit(file[at + 2]));
            assert!(file[at + 1] == b'.' && file[at + 3] == b',', "a number, then a comma");
            // A quotient of two whole numbers is rounded once, as the decimal would be.
            rows[flower].measurements[index] = (whole * 10 + tenth) as f64 / 10.0;
            at += 4;
            index += 1;
        }
        rows[flower].species = digit(file[at]);
        assert!(rows[flower].species < 3 && file[at + 1] == b'\n', "a species, then the end of the line");
        at += 2;
        flower += 1;
    }
    rows
}

const fn digit(byte: u8) -> u8 {
    assert!(byte.is_ascii_digit(), "a digit");
    byte - b'0'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(species: u8) -> impl Iterator<Item = &'static Row> {
        rows().iter().filter(move |row| row.species == species)
    }

    #[test]
    fn there_are_fifty_of_each_species_in_order() {
        assert_eq!(rows().len(), 150);
        assert!(rows().is_sorted_by_key(|row| row.species));
        (0..3).for_each(|species| assert_eq!(of(species).count(), 50));
    }

    #[test]
    fn means_and_ranges_are_the_published_ones() {
        let means =
            [[5.006, 3.428, 1.462, 0.246], [5.936, 2.770, 4.260, 1.326], [6.588, 2.974, 5.552, 2.026]];
        for (species, means) in means.iter().enumerate() {
            for (index, mean) in means.iter().enumerate() {
                let sum: f64 = of(species as u8).map(|row| row.measurements[index]).sum();
                assert!((sum / 50.0 - mean).abs() < 1e-12, "{species} {index}: {}", sum / 50.0);
            }
        }
        for (index, (low, high)) in [(4.3, 7.9), (2.0, 4.4), (1.0, 6.9), (0.1, 2.5)].into_iter().enumerate() {
            let values = || rows().iter().map(|row| row.measurements[index]);
            assert_eq!((values().reduce(f64::min), values().reduce(f64::max)), (Some(low), Some(high)));
        }
    }

    #[test]
    fn flowers_are_those_of_the_first_species() {
        for (kinds, count) in [(0, 0), (1, 50), (2, 100), (3, 150), (u8::MAX, 150)] {
            let flowers = flowers(kinds);
            assert_eq!((flowers.len(), flowers.width()), (count, 4));
            for (index, row) in rows()[..count].iter().enumerate() {
                assert_eq!(
                    (flowers.row(index), flowers.labels()[index]),
                    (&row.measurements[..], row.species)
                );
            }
        }
    }

    #[test]
    fn flowers_35_and_38_are_fishers() {
        assert_eq!(rows()[0].measurements, [5.1, 3.5, 1.4, 0.2]);
        assert_eq!(rows()[34].measurements, [4.9, 3.1, 1.5, 0.2]);
        assert_eq!(rows()[37].measurements, [4.9, 3.6, 1.4, 0.1]);
    }
}
