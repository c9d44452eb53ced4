//! A network with given weights at work on images, in batches of one size (book 3.6).

use serde::{Deserialize, Serialize};

use super::packed::{self, Floats, Kind};
use super::report::{self, Distribution, Phase, Report, Want};
use super::task::{InferPlan, Task};
use super::weights;
use super::work::{Progress, Work};
use crate::data::collection::{Batch, Collection};
use crate::data::sets::Sets;
use crate::error::{Code, Error, Result};
use crate::nn::apart::Apart;
use crate::nn::layer::Mode;
use crate::nn::network::{Input, Network};
use crate::nn::spec::LayerSpec;
use crate::nn::statistics::{Bounds, Extent, Summary};
use crate::train::task::Needs;

/// Images of a piece of work, at least: single ones would be outweighed by the look at the clock between pieces.
const PIECE: usize = 100;
/// The largest batch, and the most passes.
const MOST: u32 = 10_000;

/// A network that classifies images in batches. Its weights come with a file; until then it waits.
pub struct Inference {
    plan: InferPlan,
    network: Network<f32>,
    /// The weights as the file has them.
    given: Option<Vec<Floats>>,
    apart: Apart<f32>,
    /// The activation functions, as indices in the spec.
    layers: Vec<usize>,
    images: Collection,
    batch: Batch<f32>,
    classes: Vec<u8>,
    found: Found,
}

/// What it has come to.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Found {
    pass: u32,
    /// Images of the present pass.
    done: usize,
    /// Of the images of the first pass.
    correct: u64,
    /// The range of the outputs of activation functions, found in a pass before the one that counts them.
    extents: Vec<Extent>,
    summaries: Vec<Summary>,
}

/// The content of a mark.
#[derive(Serialize, Deserialize)]
struct Content {
    plan: InferPlan,
    given: Option<Vec<Floats>>,
    found: Found,
}

impl Inference {
    /// The work of a plan, without weights and images.
    ///
    /// # Errors
    /// The field that is wrong: `batch`, `passes`, `scale`, or one of the spec.
    pub fn new(plan: &InferPlan) -> Result<Self> {
        for (field, value) in [("batch", plan.batch), ("passes", plan.passes)] {
            if !(1..=MOST).contains(&value) {
                return Err(Error::new(Code::OutsideRange, field, value, format!("1 … {MOST}")));
            }
        }
        if !(plan.scale.is_finite() && plan.scale > 0.0) {
            return Err(Error::new(Code::OutsideRange, "scale", plan.scale, "> 0"));
        }
        let network = Network::new(&plan.spec)?;
        let is_activation =
            |layer: &LayerSpec| matches!(layer, LayerSpec::Sigmoid | LayerSpec::Tanh | LayerSpec::Relu);
        let layers = plan.spec.layers.iter().enumerate().filter(|(_, layer)| is_activation(layer));
        let layers: Vec<usize> = layers.map(|(index, _)| index).filter(|_| plan.inside).collect();
        Ok(Self {
            plan: plan.clone(),
            given: None,
            apart: Apart::new(&network),
            layers,
            images: Collection::default(),
            batch: Batch::new(network.inputs()),
            classes: Vec::new(),
            found: Found::default(),
            network,
        })
    }

    /// Passes through the images: where outputs are looked at there is one more, which finds their range.
    fn passes(&self) -> u32 {
        self.plan.passes + u32::from(self.plan.inside)
    }

    /// Whether it has what it needs.
    fn is_ready(&self) -> bool {
        self.given.is_some() && self.images.is_complete() && !self.images.is_empty()
    }

    /// Gives the network these weights; pixels are multiplied by the plan's scale by multiplying the weights that they
    /// meet: (s·x)·W = x·(s·W).
    fn use_weights(&mut self, given: Vec<Floats>) -> Result<()> {
        let fits = given.len() == self.network.params().len()
            && given.iter().zip(self.network.params()).all(|(from, to)| from.0.len() == to.value.len());
        if !fits {
            return Err(Error::new(Code::SizeMismatch, "", "other layers", ""));
        }
        for (index, (param, from)) in self.network.params_mut().iter_mut().zip(&given).enumerate() {
            let scale = if index == 0 { self.plan.scale } else { 1.0 };
            param.value.iter_mut().zip(&from.0).for_each(|(to, &from)| *to = scale * from);
        }
        self.given = Some(given);
        Ok(())
    }

    /// Classifies the next batch.
    fn classify(&mut self) {
        let from = self.found.done;
        let to = (from + self.plan.batch as usize).min(self.images.len());
        self.images.gather(from..to, &mut self.batch);
        if self.plan.inside {
            self.look_inside(to - from);
        }
        self.classes.clear();
        self.network.classify(Input::Sparse(self.batch.rows.rows()), &mut self.classes);
        if self.found.pass == 0 {
            let pairs = self.classes.iter().zip(&self.batch.labels);
            self.found.correct += pairs.filter(|(class, label)| class == label).count() as u64;
        }
        self.found.done = to;
    }

    fn look_inside(&mut self, rows: usize) {
        let Found { pass, extents, summaries, .. } = &mut self.found;
        if *pass == 0 && extents.is_empty() {
            let layers = &self.plan.spec.layers;
            *extents = self.layers.iter().map(|&layer| Extent::new(Bounds::of(&layers[layer]))).collect();
        } else if *pass == 1 && summaries.is_empty() {
            *summaries = extents.iter().cloned().map(Extent::summary).collect();
        }
        let input = Input::Sparse(self.batch.rows.rows());
        self.apart.forward(&mut self.network, input, Mode::Evaluation);
        for (index, &layer) in self.layers.iter().enumerate() {
            let values = self.apart.output(layer, rows).into_iter();
            let values = values.flat_map(|outputs| outputs.iter().copied().collect::<Vec<f32>>());
            match *pass {
                0 => extents[index].add(values),
                1 => summaries[index].add(values),
                _ => {}
            }
        }
    }

    fn findings(&self) -> report::Inference {
        let Found { pass, done, correct, summaries, .. } = &self.found;
        let all = self.images.len() as u64;
        let images = u64::from(*pass) * all + *done as u64;
        // In bins only when all are counted.
        let activations = if *pass > 1 { &summaries[..] } else { &[] };
        report::Inference {
            images,
            different: images.min(all),
            correct: *correct,
            activations: activations.iter().map(Distribution::from).collect(),
        }
    }
}

impl Work for Inference {
    fn set_data(&mut self, sets: &Sets) -> Result<()> {
        let needs = Needs { test: self.plan.test.clone(), ..Needs::default() };
        let (_, images) = needs.collect(sets)?;
        if let Some(width) = images.width().filter(|&width| width != self.network.inputs()) {
            return Err(Error::new(
                Code::SizeMismatch,
                "test",
                format!("{width} values"),
                format!("{} values", self.network.inputs()),
            ));
        }
        if !images.continues(&self.images) {
            self.found = Found::default();
        }
        self.images = images;
        Ok(())
    }

    fn work(&mut self) -> Progress {
        if !self.is_ready() {
            return Progress::Waiting;
        }
        if self.found.pass >= self.passes() {
            return Progress::Done;
        }
        let end = (self.found.done + PIECE).min(self.images.len());
        while self.found.done < end {
            self.classify();
        }
        if self.found.done >= self.images.len() {
            (self.found.pass, self.found.done) = (self.found.pass + 1, 0);
        }
        Progress::Step
    }

    fn report(&mut self, seconds: f64, _: &[Want]) -> Report {
        let findings = self.findings();
        let all = u64::from(self.passes()) * self.images.expected() as u64;
        let phase = match self.is_ready() {
            false => Phase::Waiting,
            true if self.found.pass >= self.passes() => Phase::Finished,
            true => Phase::Ready,
        };
        let (done, of) = (findings.images, (all > 0).then_some(all));
        Report { phase, done, of, seconds, findings: report::Findings::Inference(findings) }
    }

    fn change(&mut self, task: &Task) -> Result<bool> {
        Ok(matches!(task, Task::Infer(plan) if *plan == self.plan))
    }

    fn mark(&mut self) -> Vec<u8> {
        let Self { plan, given, found, .. } = &*self;
        let content = Content { plan: plan.clone(), given: given.clone(), found: found.clone() };
        packed::seal(Kind::Inference, &content)
    }

    fn go_to(&mut self, mark: &[u8]) -> Result<()> {
        let Content { plan, given, found } = packed::open(Kind::Inference, mark)?;
        let within = |error: Error| error.within("mark");
        let mut fresh = Self::new(&plan).map_err(within)?;
        if let Some(given) = given {
            fresh.use_weights(given).map_err(within)?;
        }
        let counts = |arrays: usize| arrays == 0 || arrays == fresh.layers.len();
        let fits = found.pass <= fresh.passes()
            && counts(found.extents.len())
            && counts(found.summaries.len())
            && (found.pass == 0 || found.extents.len() == fresh.layers.len())
            && (found.pass < 2 || found.summaries.len() == fresh.layers.len());
        if !fits {
            return Err(Error::new(Code::SizeMismatch, "mark", "other layers", ""));
        }
        fresh.images = self.images.clone();
        // Of fewer images, which may be all that have arrived, it cannot have come so far.
        if found.done <= fresh.images.len() || !fresh.images.is_complete() {
            fresh.found = found;
        }
        *self = fresh;
        Ok(())
    }

    fn rewind(&mut self) -> Result<()> {
        self.found = Found::default();
        Ok(())
    }

    fn take_file(&mut self, bytes: &[u8]) -> Result<()> {
        let (network, _) = weights::load_any(bytes, &self.plan.spec)?;
        let (file, wanted) = (network.spec(), &self.plan.spec);
        if file.layers != wanted.layers || file.input != wanted.input {
            let layers =
                |layers: &[LayerSpec]| layers.iter().map(LayerSpec::kind).collect::<Vec<_>>().join("-");
            let (value, allowed) = (layers(&file.layers), layers(&wanted.layers));
            return Err(Error::new(Code::SizeMismatch, "file", value, allowed));
        }
        let given = network.params().iter().map(|param| Floats(param.value.iter().copied().collect()));
        self.use_weights(given.collect()).map_err(|error| error.within("file"))?;
        self.found = Found::default();
        Ok(())
    }
}
