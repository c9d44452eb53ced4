//! The data sets that a worker holds, each once, whatever its jobs take of them.

use super::collection::Collection;
use super::iris;

/// What has arrived so far. Copies share the samples.
#[derive(Clone, Debug)]
pub struct Sets {
    /// MNIST's training images.
    pub mnist_train: Collection,
    /// MNIST's test images.
    pub mnist_test: Collection,
    /// The visitor's own images.
    pub own: Collection,
    /// All iris flowers in Fisher's order, 50 of each species; the core holds them.
    pub iris: Collection,
}

impl Default for Sets {
    /// Nothing has arrived but what the core holds.
    fn default() -> Self {
        let empty = Collection::default;
        Self {
            mnist_train: empty(),
            mnist_test: empty(),
            own: empty(),
            iris: Collection::whole(iris::flowers(iris::SPECIES.len() as u8)),
        }
    }
}
