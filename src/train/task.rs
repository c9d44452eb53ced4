//! What can be run, as data without code: it crosses to a worker as bytes. Equal tasks on equal data give equal results.

use serde::{Deserialize, Serialize};

use super::packed;
use crate::data::rows::Rows;
use crate::error::{Error, Result};
use crate::nn::plain::Mistake;
use crate::nn::spec::NetSpec;

/// Something to run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Task {
    /// Trains a network.
    Train(TrainPlan),
    /// Looks at how activations and gradients are spread in a network that has not learned.
    Spread(SpreadPlan),
    /// Lets a network that a file brings classify images, in batches of one size.
    Infer(InferPlan),
    /// Evaluates a network that a file brings, without training it.
    Evaluate(EvaluatePlan),
    /// Holds backpropagation against differences.
    Check(CheckPlan),
}

impl Task {
    /// Whether it is begun as soon as it is there: it is short, and what it finds is the figure. A training waits for the
    /// visitor.
    pub fn starts_by_itself(&self) -> bool {
        match self {
            Self::Spread(_) | Self::Evaluate(_) => true,
            // Before a planted mistake is found, the visitor may guess.
            Self::Check(plan) => plan.mistake.is_none(),
            Self::Train(_) | Self::Infer(_) => false,
        }
    }

    /// The task as bytes, for the way to a worker of the same version.
    pub fn to_bytes(&self) -> Vec<u8> {
        postcard::to_allocvec(self).unwrap_or_default()
    }

    /// The task that [`to_bytes`](Self::to_bytes) made these bytes from.
    ///
    /// # Errors
    /// There is none.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        packed::unpack(bytes).map_err(|error| Error {
            field: "task".to_owned(),
            allowed: "Task".to_owned(),
            ..error
        })
    }

    /// The data that it needs.
    pub fn needs(&self) -> Needs {
        match self {
            Self::Train(plan) => plan.needs.clone(),
            Self::Spread(_) => Needs::default(),
            Self::Infer(plan) => Needs { test: plan.test.clone(), ..Needs::default() },
            Self::Evaluate(plan) => plan.training().needs,
            Self::Check(plan) => plan.needs.clone(),
        }
    }

    /// How many steps it takes; none for one without end, and where that is not known before.
    pub fn limit(&self) -> Option<u64> {
        match self {
            Self::Train(plan) => plan.limit,
            Self::Spread(_) | Self::Check(_) | Self::Infer(_) => None,
            Self::Evaluate(_) => Some(0),
        }
    }
}

/// How a network is trained.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrainPlan {
    /// The network and its update rule. Its seed decides the initial weights and the mini-batches.
    #[serde(with = "packed::net_spec")]
    pub spec: NetSpec,
    /// The data it needs.
    pub needs: Needs,
    /// Mini-batches to learn; none for a run without end.
    pub limit: Option<u64>,
    /// When and on what it is evaluated.
    pub evaluation: EvaluationPlan,
    /// Whether it is observed closely: states of its past are kept, in at most 64 MB, so that one can
    /// [look](super::training::Training::look) back, and its network is looked into, to tell how it
    /// [fares](super::health::Health).
    pub observed: bool,
    /// Where its gradients come from.
    pub gradient: Gradient,
}

/// Where the gradients of a training come from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub enum Gradient {
    /// From backpropagation (book chapter 5).
    #[default]
    Backpropagation,
    /// From central differences (4.4): twice as many forward passes as there are parameters, for small networks of dense
    /// layers.
    Numerical {
        /// Half the distance of the two places; the book's is 1e-4.
        h: f64,
    },
}

/// When and on how many examples a network is evaluated. It is always evaluated before the first mini-batch, and at the
/// end. Training examples arrive in shards: during the first pass those count that are in shards from which mini-batches
/// have been drawn, at least the first one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvaluationPlan {
    /// Mini-batches between two evaluations, at least 1; none for one after each epoch.
    pub every: Option<u64>,
    /// How many training examples, the first ones.
    pub train: Count,
    /// How many test examples, the first ones.
    pub test: Count,
}

/// The data that a task needs: the shares in their order.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Needs {
    /// To learn from.
    pub train: Vec<Share>,
    /// To be evaluated on.
    pub test: Vec<Share>,
    /// What of [`train`](Self::train) is held out to validate hyperparameters (book 6.5.1), in place of
    /// [`test`](Self::test): it is not learned but evaluated on.
    pub held_out: Option<HeldOut>,
    /// Rows that the task brings along, to learn from before [`train`](Self::train).
    pub given: Option<Rows>,
}

/// Samples that are held out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldOut {
    /// How many; at least one sample is left to learn from.
    pub count: u32,
    /// Which ones: they are drawn.
    pub seed: u32,
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
    /// These with distorted copies of them, [`Sets::VARIED`](crate::data::sets::Sets::VARIED) at least.
    OwnVaried,
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
    #[serde(with = "packed::net_spec")]
    pub spec: NetSpec,
    /// How many inputs, drawn from a normal distribution of mean 0 and deviation 1; the book takes 1,000.
    pub rows: u32,
}

/// A network that classifies images (book 3.6).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct InferPlan {
    /// The network; its weights come with a file, and nothing is done before that.
    #[serde(with = "packed::net_spec")]
    pub spec: NetSpec,
    /// The images.
    pub test: Vec<Share>,
    /// Images at a time, at least 1.
    pub batch: u32,
    /// How often it goes through all images, at least once: one pass is too short to be timed.
    pub passes: u32,
    /// What pixels in [0, 1] are multiplied by: 1 where they are normalized, 255 where they are as in the file.
    pub scale: f32,
    /// Whether the outputs of activation functions are counted in bins. That takes time.
    pub inside: bool,
}

/// A network that is evaluated as it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EvaluatePlan {
    /// The network; its weights come with a file, and nothing is evaluated before that.
    #[serde(with = "packed::net_spec")]
    pub spec: NetSpec,
    /// What it is evaluated on.
    pub test: Vec<Share>,
}

impl EvaluatePlan {
    /// The same as a training in which nothing is learned.
    pub fn training(&self) -> TrainPlan {
        TrainPlan {
            spec: self.spec.clone(),
            needs: Needs { test: self.test.clone(), ..Needs::default() },
            limit: Some(0),
            evaluation: EvaluationPlan { every: None, train: Count::First(0), test: Count::All },
            observed: false,
            gradient: Gradient::default(),
        }
    }
}

/// How backpropagation is held against differences (book 5.7.3).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CheckPlan {
    /// The network, of dense layers; its seed decides the weights.
    #[serde(with = "packed::net_spec")]
    pub spec: NetSpec,
    /// The data it needs.
    pub needs: Needs,
    /// How many samples, the first ones; the book takes 3.
    pub samples: u32,
    /// Half the distance of the two places of a difference; the book's is 1e-4.
    pub h: f64,
    /// What is wrong in the backward pass.
    pub mistake: Option<Mistake>,
}
