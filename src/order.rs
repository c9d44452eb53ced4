//! Sorting, by one function for everything.
//!
//! The sorts of std are made again for each type and each comparison, 5 to 10 kB of machine code every time. What is sorted
//! here is short, or sorted once.

use std::cmp::Ordering;

/// The places of `count` things, those first whose `key` is largest. Of equal ones the earlier comes first.
///
/// Numbers are ordered as by [`f64::total_cmp`]: one that is none comes before infinity.
pub fn largest_first(count: usize, key: impl Fn(usize) -> f64) -> Vec<usize> {
    let keys: Vec<f64> = (0..count).map(key).collect();
    places(count, &|one, other| keys[other].total_cmp(&keys[one]))
}

/// The places of `count` things in ascending order of their `key`. Of equal ones the earlier comes first.
pub fn smallest_first(count: usize, key: impl Fn(usize) -> f64) -> Vec<usize> {
    let keys: Vec<f64> = (0..count).map(key).collect();
    places(count, &|one, other| keys[one].total_cmp(&keys[other]))
}

/// Sorts numbers in ascending order, as by [`f64::total_cmp`].
pub fn ascending(values: &mut [f64]) {
    values.sort_unstable_by(f64::total_cmp);
}

/// The places of `count` things in the order that `compare` gives to two of them. Of equal ones the earlier comes first.
pub fn places(count: usize, compare: &dyn Fn(usize, usize) -> Ordering) -> Vec<usize> {
    let mut places: Vec<usize> = (0..count).collect();
    let mut merged = Vec::with_capacity(count);
    // Runs of so many are sorted already.
    let mut sorted = 1;
    while sorted < count {
        merged.clear();
        for pair in places.chunks(2 * sorted) {
            let (mut left, mut right) = pair.split_at(sorted.min(pair.len()));
            while let ([one, later @ ..], [other, others @ ..]) = (left, right) {
                if compare(*one, *other) == Ordering::Greater {
                    merged.push(*other);
                    right = others;
                } else {
                    merged.push(*one);
                    left = later;
                }
            }
            merged.extend_from_slice(left);
            merged.extend_from_slice(right);
        }
        std::mem::swap(&mut places, &mut merged);
        sorted *= 2;
    }
    places
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn places_are_those_of_a_stable_sort(keys in proptest::collection::vec(0..9_u8, 0..70)) {
            let mut expected: Vec<usize> = (0..keys.len()).collect();
            expected.sort_by_key(|&place| keys[place]);
            prop_assert_eq!(&places(keys.len(), &|one, other| keys[one].cmp(&keys[other])), &expected);
            prop_assert_eq!(&smallest_first(keys.len(), |place| f64::from(keys[place])), &expected);
            expected.sort_by_key(|&place| std::cmp::Reverse(keys[place]));
            prop_assert_eq!(&largest_first(keys.len(), |place| f64::from(keys[place])), &expected);
        }
    }
}
