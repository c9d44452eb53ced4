//! Collections, whatever arrives when: properties of shards in any order, of first samples and of mixes.
#![cfg(not(target_arch = "wasm32"))]

use fishbowl::data::collection::{Batch, Collection};
use fishbowl::data::digits::Digits;
use fishbowl::data::rows::Rows;
use fishbowl::data::shard::Shard;
use fishbowl::sparse::Entry;
use proptest::prelude::*;

/// Samples `from` to `to` of an endless data set, as images or as rows.
fn samples(from: usize, to: usize, as_rows: bool) -> Shard {
    let (mut digits, mut rows) = (Digits::empty(1, 2), Rows::new(2).expect("two numbers"));
    for index in from..to {
        let (low, high) = ((index * 7 % 5) as u8, (index % 251) as u8);
        digits.push(&[low, high], (index % 10) as u8);
        rows.push(&[f64::from(low), f64::from(high)], (index % 10) as u8).expect("two numbers");
    }
    if as_rows { rows.into() } else { digits.into() }
}

/// Where shards of these lengths begin and end.
fn ranges(lengths: &[usize]) -> Vec<(usize, usize)> {
    let mut end = 0;
    lengths
        .iter()
        .map(|length| {
            (end, {
                end += length;
                end
            })
        })
        .collect()
}

/// Everything that a trainer can see of a collection.
type Seen = (Vec<Vec<Entry<f64>>>, Vec<u8>, bool, usize, Vec<usize>, Option<u8>);

fn seen(collection: &Collection) -> Seen {
    let mut batch = Batch::new(2);
    collection.gather(0..collection.len(), &mut batch);
    let rows = batch.rows.rows();
    let entries = (0..rows.rows()).map(|row| rows.row(row).to_vec()).collect();
    let lengths = collection.shard_lengths().collect();
    (
        entries,
        batch.labels,
        collection.is_complete(),
        collection.expected(),
        lengths,
        collection.highest_label(),
    )
}

/// The first samples of the data set, in shards of these lengths.
fn built(lengths: &[usize], expected: usize, as_rows: bool) -> Collection {
    let mut collection = Collection::expecting(expected);
    for (index, (from, to)) in ranges(lengths).into_iter().enumerate() {
        collection.push(index, samples(from, to, as_rows), expected).expect("in order");
    }
    collection
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn shards_in_any_order_and_several_times_are_the_collection_in_order(
        lengths in prop::collection::vec(1_usize..6, 1..6),
        pushes in prop::collection::vec(0_usize..6, 0..20),
        as_rows: bool,
    ) {
        let expected = lengths.iter().sum();
        let ranges = ranges(&lengths);
        let mut collection = Collection::default();
        let mut arrived = vec![false; lengths.len()];
        for index in pushes.into_iter().filter(|&index| index < ranges.len()) {
            let before = collection.clone();
            let (from, to) = ranges[index];
            collection.push(index, samples(from, to, as_rows), expected).expect("its own shard");
            arrived[index] = true;
            let prefix = arrived.iter().take_while(|&&there| there).count();
            prop_assert_eq!(seen(&collection), seen(&built(&lengths[..prefix], expected, as_rows)));
            prop_assert!(collection.continues(&before));
        }
    }

    #[test]
    fn the_first_are_a_collection_of_these_alone_while_shards_arrive(
        lengths in prop::collection::vec(1_usize..6, 1..6), arrived in 0_usize..7, count in 0_usize..30, as_rows: bool,
    ) {
        let expected: usize = lengths.iter().sum();
        let all = built(&lengths[..arrived.min(lengths.len())], expected, as_rows);
        let first = all.first(count);
        let wanted = count.min(expected);
        let cut = |(from, to): (usize, usize)| (to.min(wanted) > from).then(|| to.min(wanted) - from);
        let kept: Vec<usize> =
            ranges(&lengths).into_iter().take(arrived).map_while(cut).collect();
        prop_assert_eq!(seen(&first), seen(&built(&kept, wanted, as_rows)));
        // Asked for again, or when more have arrived, it is the same one or goes on from it.
        prop_assert!(all.first(count).continues(&first) && first.continues(&all.first(count)));
        prop_assert!(built(&[], expected, as_rows).first(count).expected() == wanted);
        let mut more = all.clone();
        if let Some(&(from, to)) = ranges(&lengths).get(arrived) {
            more.push(arrived, samples(from, to, as_rows), expected).expect("the next");
        }
        prop_assert!(more.first(count).continues(&first));
    }

    #[test]
    fn joined_ones_are_one_collection_while_shards_arrive(
        own in prop::collection::vec(1_usize..4, 0..4),
        share in prop::collection::vec(1_usize..6, 1..5),
        own_arrived in 0_usize..5, share_arrived in 0_usize..6, count in 0_usize..20, as_rows: bool,
    ) {
        let (own_total, share_total) = (own.iter().sum::<usize>(), share.iter().sum::<usize>());
        let own_arrived = own_arrived.min(own.len());
        let mine = built(&own[..own_arrived], own_total, as_rows);
        let theirs = built(&share[..share_arrived.min(share.len())], share_total, as_rows).first(count);
        let joined = Collection::joined(&[mine.clone(), theirs.clone()]).expect("one form");

        let one_by_one = |parts: &[&Collection]| {
            let mut all = Seen::default();
            for part in parts {
                let (entries, labels, _, expected, lengths, _) = seen(part);
                all.0.extend(entries);
                all.1.extend(labels);
                all.3 += expected;
                all.4.extend(lengths);
            }
            all.2 = mine.is_complete() && theirs.is_complete();
            all.3 = own_total + count.min(share_total);
            all.5 = all.1.iter().copied().max();
            all
        };
        let there: &[&Collection] = if mine.is_complete() { &[&mine, &theirs] } else { &[&mine] };
        prop_assert_eq!(seen(&joined), one_by_one(there));
        let again = Collection::joined(&[mine, theirs]).expect("one form");
        prop_assert!(again.continues(&joined));
    }
}

#[test]
fn a_part_of_unknown_size_keeps_a_join_incomplete() {
    let own = Collection::whole(samples(0, 3, false));
    let joined = Collection::joined(&[own.clone(), Collection::default()]).expect("one form");
    assert_eq!((joined.len(), joined.is_complete()), (3, false));
    let none = Collection::joined(&[own.clone(), Collection::expecting(0)]).expect("one form");
    assert_eq!((none.len(), none.is_complete()), (3, true));
    let rows = Collection::whole(samples(0, 3, true));
    let error = Collection::joined(&[own.clone(), own, rows]).expect_err("two forms");
    assert_eq!((error.field.as_str(), error.value.as_str()), ("parts[2].images", "2 values"));
}

#[test]
fn only_the_very_samples_are_continued() {
    let whole = || Collection::whole(samples(0, 5, false));
    let (first, second) = (whole(), whole());
    assert_eq!(seen(&first), seen(&second));
    assert!(first.continues(&first.clone()) && !first.continues(&second));
    assert!(first.continues(&Collection::default()) && !Collection::default().continues(&first));
    // A complete collection that grows is another one: its passes were over fewer samples.
    let grown =
        Collection::joined(&[first.clone(), Collection::whole(samples(5, 9, false))]).expect("one form");
    assert!(!grown.continues(&first));
    assert!(
        !Collection::joined(&[first.clone(), Collection::expecting(4)]).expect("one form").continues(&first)
    );
    assert!(grown.continues(&Collection::joined(&[first, Collection::expecting(4)]).expect("one form")));
}
