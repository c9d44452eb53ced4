//! The network, its data and its two trainings.

use crate::data::collection::Collection;
use crate::data::csv;
use crate::data::iris;
use crate::data::sets::Sets;
use crate::error::Result;
use crate::labs::parts;
use crate::labs::settings::Settings;
use crate::nn::spec::{LayerSpec, LossSpec, NetSpec, OptimizerKind, OptimizerSpec};
use crate::text::Text;
use crate::train::task::{Count, EvaluationPlan, Gradient, HeldOut, Needs, SetName, Share, Task, TrainPlan};

/// Where the gradient comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Method {
    Numerical = 0,
    Backpropagation = 1,
}

impl Method {
    pub(super) const ALL: [Self; 2] = [Self::Numerical, Self::Backpropagation];

    pub(super) fn name(self) -> Text {
        match self {
            Self::Numerical => Text::new("numerical gradient", "数值微分"),
            Self::Backpropagation => Text::new("backpropagation", "误差反向传播法"),
        }
    }
}

/// What is trained on what.
pub(super) struct Setup {
    pub(super) spec: NetSpec,
    pub(super) needs: Needs,
    /// What the labels stand for.
    pub(super) kinds: Vec<String>,
    /// What the four numbers are.
    pub(super) columns: [Text; csv::COLUMNS],
    /// The samples to learn from, and those to test with.
    pub(super) samples: [Collection; 2],
    h: f64,
    epochs: u64,
}

const COLUMNS: [Text; csv::COLUMNS] = [
    Text::new("sepal length, cm", "萼片长度（cm）"),
    Text::new("sepal width, cm", "萼片宽度（cm）"),
    Text::new("petal length, cm", "花瓣长度（cm）"),
    Text::new("petal width, cm", "花瓣宽度（cm）"),
];

impl Setup {
    pub(super) fn new(settings: &Settings) -> Result<Self> {
        let mut columns = COLUMNS;
        let species = |count: usize| iris::SPECIES[..count].iter().map(|name| (*name).to_owned()).collect();
        let flowers = |count| vec![Share { set: SetName::Iris, count }];
        let (kinds, train, given, all): (Vec<String>, _, _, _) = match settings.words("data") {
            "own" => {
                let table = csv::parse("rows", settings.words("rows"))?;
                columns = match table.columns {
                    Some(names) => names.map(Text::same),
                    None => [1, 2, 3, 4].map(|column| Text::same(format!("x{column}"))),
                };
                let all = table.rows.len();
                (table.kinds, Vec::new(), Some(table.rows), all)
            }
            "three" => (species(3), flowers(Count::All), None, iris::FLOWERS),
            _ => (species(2), flowers(Count::First(100)), None, 100),
        };
        let seed = settings.count("seed");
        let count = (all * settings.count("test") as usize).div_ceil(100) as u32;
        let needs = Needs { train, given, held_out: Some(HeldOut { count, seed }), ..Needs::default() };
        let (training, test) = needs.collect(&Sets::default())?;
        Ok(Self {
            spec: spec(settings, kinds.len())?,
            needs,
            kinds,
            columns,
            samples: [training, test],
            h: settings.number("h"),
            epochs: u64::from(settings.count("epochs")),
        })
    }

    pub(super) fn limit(&self) -> u64 {
        self.epochs * self.samples[0].len().div_ceil(self.spec.batch_size) as u64
    }

    pub(super) fn task(&self, method: Method) -> Task {
        Task::Train(TrainPlan {
            spec: self.spec.clone(),
            needs: self.needs.clone(),
            limit: Some(self.limit()),
            evaluation: EvaluationPlan { every: None, train: Count::All, test: Count::All },
            observed: false,
            gradient: match method {
                Method::Numerical => Gradient::Numerical { h: self.h },
                Method::Backpropagation => Gradient::Backpropagation,
            },
        })
    }
}

/// The 4-5-5-1 net, or one with an output for each of more kinds.
fn spec(settings: &Settings, kinds: usize) -> Result<NetSpec> {
    let units = settings.count("hidden") as usize;
    let (outputs, loss) = match kinds {
        2 => (1, LossSpec::BinaryCrossEntropy),
        _ => (kinds, LossSpec::SoftmaxCrossEntropy),
    };
    let mut spec = parts::named_net("iris", settings)?;
    let mut dense = spec.layers.iter_mut().filter_map(|layer| match layer {
        LayerSpec::Dense { units } => Some(units),
        _ => None,
    });
    for size in [units, units, outputs] {
        dense.next().into_iter().for_each(|units| *units = size);
    }
    let optimizer = OptimizerSpec::new(OptimizerKind::Sgd, settings.number("learningRate"));
    Ok(NetSpec { loss, optimizer, ..spec })
}
