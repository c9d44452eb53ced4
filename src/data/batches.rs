//! The order in which images are drawn into mini-batches.

use super::collection::Collection;
use crate::rng::{Purpose, Rng};

/// A new random order for each pass (epoch), cut into batches. The last batch of a pass may be smaller.
///
/// Images that arrive in blocks (shards) are drawn block by block in the first pass, each block shuffled by itself:
/// training starts with the first block, and yet the batches depend on the seed alone, not on when the blocks came.
/// Later passes shuffle everything together. The book draws each batch from all images instead; in passes every
/// image is seen equally often.
#[derive(Clone, Debug)]
pub struct Order {
    seed: u32,
    blocks: Vec<u32>,
    complete: bool,
    pass: u32,
    /// The order of this pass as far as it is known.
    order: Vec<u32>,
    /// How many blocks are in `order`.
    known: usize,
    /// How many of `order` have been drawn.
    drawn: usize,
}

/// Where in its passes an [`Order`] is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// Passes completed.
    pub pass: u32,
    /// Images drawn of this pass.
    pub drawn: u32,
}

/// What [`Order::draw`] found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Drawn<'a> {
    /// The images of the next batch.
    Batch(&'a [u32]),
    /// The next batch needs images that have not arrived.
    Waiting,
}

impl Order {
    /// The order of one seed, over no images yet.
    pub fn new(seed: u32) -> Self {
        Self { seed, blocks: vec![], complete: false, pass: 0, order: vec![], known: 0, drawn: 0 }
    }

    /// Draws from `images` instead of from `before`. Where they are the same ones, and perhaps more that have arrived,
    /// the order goes on; over other images it begins again. So the batches depend on the seed and the images alone.
    pub fn change(&mut self, before: &Collection, images: &Collection) {
        if !images.continues(before) {
            self.go_to(Place::default());
        }
        self.set_blocks(images.shard_lengths(), images.is_complete());
    }

    /// Tells how many images each block has, and whether these are all. Blocks known before must be unchanged.
    fn set_blocks(&mut self, lengths: impl Iterator<Item = usize>, complete: bool) {
        self.blocks.clear();
        self.blocks.extend(lengths.map(|length| length as u32));
        self.complete = complete;
    }

    /// Draws the next batch of up to `size` images.
    pub fn draw(&mut self, size: usize) -> Drawn<'_> {
        // A place beyond the images is one of other images: it ends the pass as well.
        if self.complete && self.drawn > 0 && self.drawn >= self.total() {
            self.go_to(Place { pass: self.pass.wrapping_add(1), drawn: 0 });
        }
        // A place may come from a file: the sum of its number and the size of a batch may overflow.
        let wanted = self.drawn.saturating_add(size);
        while self.order.len() < wanted && self.learn_block() {}
        let end = wanted.min(self.order.len());
        if end <= self.drawn || (end < wanted && !self.complete) {
            return Drawn::Waiting;
        }
        let batch = self.drawn..end;
        self.drawn = end;
        Drawn::Batch(&self.order[batch])
    }

    /// Whether the next batch of up to `size` images has to wait for images.
    pub fn is_waiting(&self, size: usize) -> bool {
        if self.complete {
            return self.total() == 0;
        }
        // Later passes shuffle all images.
        self.pass > 0 || self.drawn.saturating_add(size) > self.total()
    }

    /// How many images, from the first, the order has come to: those of the blocks from which this pass has drawn, at
    /// least the first block. It depends on what was drawn, not on what has arrived; none while some of these images
    /// have not.
    pub fn reached(&self) -> Option<usize> {
        if self.pass > 0 {
            return self.complete.then(|| self.total());
        }
        let mut images = 0;
        for &length in &self.blocks {
            images += length as usize;
            if images >= self.drawn {
                return Some(images);
            }
        }
        self.complete.then_some(images)
    }

    /// Where the order is.
    pub fn place(&self) -> Place {
        Place { pass: self.pass, drawn: self.drawn as u32 }
    }

    /// Goes to a place, as if everything before it had been drawn. What was drawn is found again with the next batch,
    /// so that going on and on costs nothing.
    pub fn go_to(&mut self, place: Place) {
        self.pass = place.pass;
        self.order.clear();
        self.known = 0;
        self.drawn = place.drawn as usize;
    }

    fn total(&self) -> usize {
        self.blocks.iter().map(|&length| length as usize).sum()
    }

    /// Adds one more block to the known order of this pass; false when there is none.
    fn learn_block(&mut self) -> bool {
        let start = self.order.len() as u32;
        let length = if self.pass == 0 {
            let Some(&length) = self.blocks.get(self.known) else { return false };
            length
        } else if self.known == 0 && self.complete {
            self.total() as u32
        } else {
            return false;
        };
        self.order.extend(start..start + length);
        Rng::new(self.seed, Purpose::Order(self.pass, self.known as u32))
            .shuffle(&mut self.order[start as usize..]);
        self.known += 1;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(blocks: &[usize], complete: bool) -> Order {
        let mut order = Order::new(7);
        order.set_blocks(blocks.iter().copied(), complete);
        order
    }

    fn drawn(order: &mut Order, size: usize) -> Vec<u32> {
        match order.draw(size) {
            Drawn::Batch(images) => images.to_vec(),
            Drawn::Waiting => vec![],
        }
    }

    #[test]
    fn a_pass_draws_each_image_once_and_the_next_in_another_order() {
        let mut order = order(&[250], true);
        let mut passes = Vec::new();
        for _ in 0..2 {
            let batches: Vec<_> = (0..3).map(|_| drawn(&mut order, 100)).collect();
            assert_eq!(batches.iter().map(Vec::len).collect::<Vec<_>>(), [100, 100, 50]);
            passes.push(batches.concat());
        }
        assert_ne!(passes[0], passes[1]);
        for mut pass in passes {
            pass.sort_unstable();
            assert_eq!(pass, (0..250).collect::<Vec<_>>());
        }
    }

    #[test]
    fn when_the_blocks_arrive_changes_no_batch() {
        let mut early = order(&[30, 30, 20], true);
        let mut late = order(&[30], false);
        let mut arrived = 1;
        for _ in 0..20 {
            let expected = drawn(&mut early, 16);
            let mut found = drawn(&mut late, 16);
            while found.is_empty() {
                arrived += 1;
                late.set_blocks([30, 30, 20].into_iter().take(arrived), arrived == 3);
                found = drawn(&mut late, 16);
            }
            assert_eq!(found, expected);
        }
    }

    #[test]
    fn it_knows_whether_it_waits() {
        for (blocks, complete) in
            [(&[][..], false), (&[], true), (&[30], false), (&[30, 20], false), (&[30, 20], true)]
        {
            for size in [7, 30, 60] {
                let mut order = order(blocks, complete);
                for _ in 0..20 {
                    let waits = order.is_waiting(size);
                    assert_eq!(waits, order.draw(size) == Drawn::Waiting, "{blocks:?} {complete} {size}");
                }
            }
            let mut later = order(blocks, complete);
            later.go_to(Place { pass: 3, drawn: 10 });
            assert_eq!(later.is_waiting(5), later.draw(5) == Drawn::Waiting);
        }
    }

    #[test]
    fn what_it_has_reached_depends_on_what_was_drawn_alone() {
        let mut order = order(&[30, 30, 20], true);
        let mut reached = vec![order.reached()];
        for _ in 0..6 {
            order.draw(16);
            reached.push(order.reached());
        }
        // After 16, 32, 48, 64, 80 images, and 16 of the next pass.
        assert_eq!(reached, [30, 30, 60, 60, 80, 80, 80].map(Some));
        let mut late = self::order(&[30], false);
        assert_eq!((late.reached(), self::order(&[], false).reached()), (Some(30), None));
        late.go_to(Place { pass: 0, drawn: 31 });
        assert_eq!(late.reached(), None);
        assert_eq!(self::order(&[], true).reached(), Some(0));
    }

    #[test]
    fn a_place_is_enough_to_go_on() {
        let mut first = order(&[30, 20], true);
        for batches in 0..12 {
            let mut second = order(&[30, 20], true);
            second.go_to(first.place());
            assert_eq!(drawn(&mut second, 16), drawn(&mut first.clone(), 16), "after {batches}");
            first.draw(16);
        }
    }

    #[test]
    fn a_place_at_the_end_of_the_images_or_beyond_begins_the_next_pass() {
        for beyond in [50, 51, u32::MAX] {
            let mut order = order(&[30, 20], true);
            order.go_to(Place { pass: 7, drawn: beyond });
            let found = drawn(&mut order, 16);
            assert_eq!(order.place(), Place { pass: 8, drawn: 16 });
            order.go_to(Place { pass: 8, drawn: 0 });
            assert_eq!(found, drawn(&mut order, 16));
            order.go_to(Place { pass: u32::MAX, drawn: beyond });
            assert_eq!(drawn(&mut order, 16).len(), 16);
        }
        let mut late = order(&[30], false);
        late.go_to(Place { pass: 0, drawn: u32::MAX });
        assert_eq!(late.draw(16), Drawn::Waiting);
    }

    #[test]
    fn no_images_is_waiting() {
        assert_eq!(order(&[], false).draw(10), Drawn::Waiting);
        assert_eq!(order(&[], true).draw(10), Drawn::Waiting);
    }
}
