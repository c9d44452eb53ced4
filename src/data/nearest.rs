//! The images of a collection that are most like another one, by the Euclidean distance of their pixels: what a classifier
//! by the nearest neighbour would go by (Cover and Hart, "Nearest neighbor pattern classification", 1967).

use super::collection::Collection;

/// An image that is near.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Near {
    /// The squared distance, of pixels of 0 to 255.
    squared: u64,
    /// Its place in the collection.
    pub image: usize,
}

impl Near {
    /// The Euclidean distance √Σ(x − y)² of pixels in [0, 1].
    pub fn distance(self) -> f64 {
        (self.squared as f64).sqrt() / 255.0
    }
}

/// A search on its way through a collection. It holds the images that were there when it began.
#[derive(Clone, Debug)]
pub struct Search {
    images: Collection,
    /// The pixels that are compared with, 0 to 255.
    pixels: Vec<i64>,
    /// The sum of their squares.
    square: i64,
    most: usize,
    searched: usize,
    /// At most so many, the nearest first.
    found: Vec<Near>,
}

impl Search {
    /// The images that one [`go_on`](Self::go_on) compares.
    pub const AT_ONCE: usize = 500;

    /// Begins to look for the `most` images nearest to these pixels, 0 to 255. Nothing is found in a collection whose
    /// samples are not images of so many pixels.
    pub fn new(images: &Collection, pixels: &[u8], most: usize) -> Self {
        let fits = images.size().is_some_and(|(height, width)| height * width == pixels.len());
        let pixels: Vec<i64> = pixels.iter().map(|&pixel| i64::from(pixel)).collect();
        let square = pixels.iter().map(|pixel| pixel * pixel).sum();
        let images = if fits { images.clone() } else { Collection::default() };
        Self { images, pixels, square, most, searched: 0, found: Vec::new() }
    }

    /// Compares some more images; whether there are others left.
    pub fn go_on(&mut self) -> bool {
        let end = self.images.len().min(self.searched + Self::AT_ONCE);
        for image in self.searched..end {
            let Some((places, shades)) = self.images.ink(image) else { continue };
            // Σ(x − y)² = Σx² + Σ(y² − 2xy), and where y has no ink there is nothing to add.
            let difference: i64 = places
                .iter()
                .zip(shades)
                .map(|(&place, &shade)| {
                    i64::from(shade) * (i64::from(shade) - 2 * self.pixels[usize::from(place)])
                })
                .sum();
            let near = Near { squared: (self.square + difference).unsigned_abs(), image };
            let place = self.found.partition_point(|other| other < &near);
            if place < self.most {
                self.found.insert(place, near);
                self.found.truncate(self.most);
            }
        }
        self.searched = end;
        end < self.images.len()
    }

    /// How many images were compared so far.
    pub fn searched(&self) -> usize {
        self.searched
    }

    /// The nearest ones of these, the nearest first; of equally near ones the earlier.
    pub fn found(&self) -> &[Near] {
        &self.found
    }

    /// The images that are searched.
    pub fn images(&self) -> &Collection {
        &self.images
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::digits::Digits;
    use crate::rng::{Purpose, Rng};

    fn images(pixels: &[[u8; 4]]) -> Collection {
        let mut digits = Digits::empty(2, 2);
        for (image, pixels) in pixels.iter().enumerate() {
            digits.push(pixels, (image % 10) as u8);
        }
        Collection::whole(digits)
    }

    #[test]
    fn distances_are_those_of_the_definition_and_the_nearest_come_first() {
        let mut rng = Rng::new(5, Purpose::Split);
        let mut any =
            || [0; 4].map(|_: i32| if rng.uniform() < 0.5 { 0 } else { (255.0 * rng.uniform()) as u8 });
        let all: Vec<[u8; 4]> = (0..1200).map(|_| any()).collect();
        let wanted = any();
        let mut search = Search::new(&images(&all), &wanted, 5);
        let mut turns = 1;
        while search.go_on() {
            turns += 1;
        }
        assert_eq!((turns, search.searched()), (3, 1200));
        let square = |image: &[u8; 4]| {
            image.iter().zip(&wanted).map(|(&x, &y)| (f64::from(x) - f64::from(y)).powi(2)).sum::<f64>()
        };
        let mut expected: Vec<(u64, usize)> =
            all.iter().enumerate().map(|(at, image)| (square(image) as u64, at)).collect();
        expected.sort_unstable();
        let found: Vec<(u64, usize)> = search.found().iter().map(|near| (near.squared, near.image)).collect();
        assert_eq!(found, expected[..5]);
    }

    #[test]
    fn the_distance_counts_full_ink_as_1() {
        let mut search =
            Search::new(&images(&[[0, 0, 0, 0], [255, 0, 0, 0], [255, 0, 255, 0]]), &[255, 0, 0, 0], 9);
        assert!(!search.go_on());
        let found: Vec<_> = search.found().iter().map(|near| (near.image, near.distance())).collect();
        assert_eq!(found, [(1, 0.0), (0, 1.0), (2, 1.0)]);
    }

    #[test]
    fn where_there_is_nothing_to_compare_nothing_is_found() {
        for (images, pixels) in [(Collection::default(), 4), (images(&[[1; 4]]), 9)] {
            let mut search = Search::new(&images, &vec![0; pixels], 5);
            assert!(!search.go_on());
            assert_eq!((search.searched(), search.found()), (0, &[][..]));
        }
    }
}
