//! The data sets that a worker holds, each once, whatever its jobs take of them.

use super::collection::Collection;

/// What has arrived so far.
#[derive(Clone, Debug, Default)]
pub struct Sets {
    /// MNIST's training images.
    pub mnist_train: Collection,
    /// MNIST's test images.
    pub mnist_test: Collection,
    /// The visitor's own images.
    pub own: Collection,
}
