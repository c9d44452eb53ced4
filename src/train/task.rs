//! What can be run, as data without code: it crosses to a worker as bytes. Equal tasks on equal data give equal results.

use serde::{Deserialize, Serialize};

use crate::nn::spec::NetSpec;

/// Something to run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Task {
    /// Trains a network.
    Train(TrainPlan),
    /// Looks at how activations and gradients are spread in a network that has not learned.
    Spread(SpreadPlan),
}

/// How a network is trained.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrainPlan {
    /// The network and its update rule. Its seed decides the initial weights and the mini-batches.
    #[serde(with = "spec_as_json")]
    pub spec: NetSpec,
    /// The data it needs.
    pub needs: Needs,
    /// Mini-batches to learn; none for a run without end.
    pub limit: Option<u64>,
    /// When and on what it is evaluated.
    pub evaluation: EvaluationPlan,
}

/// When and on how many images a network is evaluated. It is always evaluated before the first mini-batch, and at the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvaluationPlan {
    /// Mini-batches between two evaluations; none for one after each epoch.
    pub every: Option<u64>,
    /// How many training images, the first ones.
    pub train: Count,
    /// How many test images, the first ones.
    pub test: Count,
}

/// The data that a task needs: the shares in their order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Needs {
    /// To learn from.
    pub train: Vec<Share>,
    /// To be evaluated on.
    pub test: Vec<Share>,
}

/// A part of a data set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Share {
    /// The data set.
    pub set: SetName,
    /// How much of it, from its beginning.
    pub count: Count,
}

/// A data set that the project knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SetName {
    /// MNIST: 60,000 images to learn, 10,000 to test.
    Mnist,
    /// Iris: 150 rows of four numbers, in three kinds; it is part of the core.
    Iris,
    /// What the visitor made: images of MNIST's size.
    Own,
}

/// How many examples.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Count {
    /// All there are.
    All,
    /// So many, the first ones; all where there are fewer.
    First(u32),
}

/// How values spread through a network that has not learned (book 6.2.2).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SpreadPlan {
    /// The network; its seed decides the initial weights, the inputs and the labels.
    #[serde(with = "spec_as_json")]
    pub spec: NetSpec,
    /// How many inputs, drawn from a normal distribution of mean 0 and deviation 1; the book takes 1,000.
    pub rows: u32,
}

/// A spec says what it leaves out, which postcard cannot; so it crosses as JSON.
mod spec_as_json {
    use serde::{Deserialize, Deserializer, Serializer, de, ser};

    use crate::nn::spec::{self, NetSpec};

    pub(super) fn serialize<S: Serializer>(spec: &NetSpec, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&serde_json::to_string(spec).map_err(ser::Error::custom)?)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<NetSpec, D::Error> {
        spec::from_json(&String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}
