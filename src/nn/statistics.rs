//! What the numbers inside a network look like: how activations, gradients and weights are spread (book 6.2).

use super::network::Network;
use super::spec::LayerSpec;
use crate::real::Real;
use crate::text::Text;

/// How the values of one array are spread. Those that are not finite are counted and left out of everything else.
#[derive(Clone, Debug, PartialEq)]
pub struct Summary {
    /// Finite values.
    pub count: usize,
    /// Values that are infinite or no number.
    pub not_finite: usize,
    /// The finite values in equal bins.
    pub histogram: Bins,
    mean: f64,
    deviation: f64,
    low: f64,
    high: f64,
    zeros: usize,
    /// None where the values come from no function that saturates.
    saturated: Option<usize>,
}

/// Counts in bins of equal width.
#[derive(Clone, Debug, PartialEq)]
pub struct Bins {
    /// The lower edge of the first.
    pub low: f64,
    /// The upper edge of the last; what lies on an edge belongs to the bin above, on this one to the last.
    pub high: f64,
    /// How many values each has.
    pub counts: [u32; Bins::COUNT],
}

impl Bins {
    /// How many there are: the book's 30 (6.2.2).
    pub const COUNT: usize = 30;
}

/// A number of a [`Summary`] that is worth showing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "each is the method of its name")]
pub enum Quantity {
    Mean,
    Deviation,
    Low,
    High,
    Zeros,
    Saturated,
    NotFinite,
}

impl Quantity {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 7] =
        [Self::Mean, Self::Deviation, Self::Low, Self::High, Self::Zeros, Self::Saturated, Self::NotFinite];

    /// Its name.
    pub const fn name(self) -> Text {
        match self {
            Self::Mean => Text::new("mean", "平均值"),
            Self::Deviation => Text::new("standard deviation", "标准差"),
            Self::Low => Text::new("lowest", "最小值"),
            Self::High => Text::new("highest", "最大值"),
            Self::Zeros => Text::new("share of zeros", "零的比例"),
            Self::Saturated => Text::new("share saturated", "饱和的比例"),
            Self::NotFinite => Text::new("not finite", "非有限值"),
        }
    }

    /// Its value; none where there is none, such as a mean of nothing.
    pub fn of(self, summary: &Summary) -> Option<f64> {
        match self {
            Self::Mean => summary.mean(),
            Self::Deviation => summary.deviation(),
            Self::Low => summary.low(),
            Self::High => summary.high(),
            Self::Zeros => summary.zeros(),
            Self::Saturated => summary.saturated(),
            Self::NotFinite => Some(summary.not_finite as f64),
        }
    }
}

/// Between which values an array's must lie, and from where on they are saturated.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Bounds {
    low: f64,
    high: f64,
    /// Saturated is what lies closer than this to a bound.
    margin: f64,
}

/// √0.9: where the derivative 1 − y² of tanh has fallen to a tenth of its highest value.
const TENTH_OF_SLOPE: f64 = 0.948_683_298_050_513_8;

impl Bounds {
    /// The bounds of a layer's output; none where there are none.
    fn of(layer: &LayerSpec) -> Option<Self> {
        match layer {
            // σ(x) = (1 + tanh(x / 2)) / 2, so it saturates where tanh does, in half the range.
            LayerSpec::Sigmoid => Some(Self { low: 0.0, high: 1.0, margin: (1.0 - TENTH_OF_SLOPE) / 2.0 }),
            LayerSpec::Tanh => Some(Self { low: -1.0, high: 1.0, margin: 1.0 - TENTH_OF_SLOPE }),
            _ => None,
        }
    }
}

impl Default for Summary {
    /// That of no values.
    fn default() -> Self {
        Self {
            count: 0,
            not_finite: 0,
            histogram: Bins { low: 0.0, high: 1.0, counts: [0; Bins::COUNT] },
            mean: 0.0,
            deviation: 0.0,
            low: 0.0,
            high: 0.0,
            zeros: 0,
            saturated: None,
        }
    }
}

impl Summary {
    /// The summary of any values. The histogram's range is a round number in each direction that values lie in, 1, 2 or
    /// 5 times a power of ten, and 0 in one that none lies in: it stays the same while the values change a little.
    pub fn of<T: Real>(values: impl Iterator<Item = T> + Clone) -> Self {
        Self::within(values, None)
    }

    fn within<T: Real>(values: impl Iterator<Item = T> + Clone, bounds: Option<Bounds>) -> Self {
        let mut summary = Self { saturated: bounds.map(|_| 0), ..Self::default() };
        let (mut low, mut high, mut sum, mut saturated) = (f64::INFINITY, f64::NEG_INFINITY, 0.0, 0);
        for value in values.clone() {
            let value = value.double();
            if !value.is_finite() {
                summary.not_finite += 1;
                continue;
            }
            summary.count += 1;
            sum += value;
            low = low.min(value);
            high = high.max(value);
            summary.zeros += usize::from(value == 0.0);
            if let Some(Bounds { low, high, margin }) = bounds {
                saturated += usize::from(value < low + margin || value > high - margin);
            }
        }
        if summary.count == 0 {
            return summary;
        }
        summary.saturated = bounds.map(|_| saturated);
        (summary.low, summary.high) = (low, high);
        summary.mean = sum / summary.count as f64;
        let bins = &mut summary.histogram;
        (bins.low, bins.high) = match bounds {
            Some(Bounds { low, high, .. }) => (low, high),
            None => round_range(low, high),
        };
        // Halves, so that the width of the widest range is a number still.
        let (start, width) = (bins.low / 2.0, bins.high / 2.0 - bins.low / 2.0);
        let mut squares = 0.0;
        for value in values.map(T::double).filter(|value| value.is_finite()) {
            squares += (value - summary.mean) * (value - summary.mean);
            let place = (value / 2.0 - start) / width * Bins::COUNT as f64;
            bins.counts[(place as usize).min(Bins::COUNT - 1)] += 1;
        }
        // Over n, as the book's NumPy has it.
        summary.deviation = (squares / summary.count as f64).sqrt();
        summary
    }

    /// The mean; none without values, here and below.
    pub fn mean(&self) -> Option<f64> {
        self.known(self.mean)
    }

    /// The standard deviation: the square root of the mean squared distance from the mean.
    pub fn deviation(&self) -> Option<f64> {
        self.known(self.deviation)
    }

    /// The lowest value.
    pub fn low(&self) -> Option<f64> {
        self.known(self.low)
    }

    /// The highest value.
    pub fn high(&self) -> Option<f64> {
        self.known(self.high)
    }

    /// The share of values that are exactly 0, 0 to 1: after ReLU those of units that are off, and a unit that is off
    /// for every image is dead.
    pub fn zeros(&self) -> Option<f64> {
        self.known(self.zeros as f64 / self.count as f64)
    }

    /// The share of values so near to the bounds of sigmoid or tanh that the derivative there is below a tenth of its
    /// highest value, 0 to 1: what the vanishing gradient of 6.2.2 comes from. None for other functions.
    pub fn saturated(&self) -> Option<f64> {
        self.known(self.saturated? as f64 / self.count as f64)
    }

    fn known(&self, value: f64) -> Option<f64> {
        (self.count > 0).then_some(value)
    }
}

/// A range around values from `low` to `high` and around 0, whose ends are round.
fn round_range(low: f64, high: f64) -> (f64, f64) {
    let most = low.abs().max(high.abs());
    let most = if most > 0.0 { round_up(most) } else { 1.0 };
    (if low < 0.0 { -most } else { 0.0 }, if high > 0.0 || low >= 0.0 { most } else { 0.0 })
}

/// The next number that is 1, 2 or 5 times a power of ten; the value itself at the ends of what `f64` holds.
fn round_up(value: f64) -> f64 {
    let power = libm::pow(10.0, libm::floor(libm::log10(value)));
    // 10 for a value just below the next power, which the logarithm rounds down.
    let round = [1.0, 2.0, 5.0, 10.0].map(|factor| factor * power).into_iter().find(|&round| round >= value);
    round.filter(|round| round.is_normal()).unwrap_or(value)
}

/// What an array between two layers holds.
#[derive(Clone, Debug, PartialEq)]
pub struct Activation {
    /// The layer that wrote it last, as an index in the spec. A layer that changes each value in its place, such as ReLU
    /// after a convolution, leaves nothing of what the layer before it wrote.
    pub layer: usize,
    /// What that layer is, in words.
    pub name: Text,
    /// The layer's output.
    pub output: Summary,
    /// The gradient of the loss with respect to what came into the layers that share the array: after dense and sigmoid
    /// with respect to the weighted sum (the book's affine output), not to the activation. None before the first
    /// backward pass.
    pub gradient: Option<Summary>,
}

/// What a parameter holds.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    /// Such as `0.weight`.
    pub name: String,
    /// Its values.
    pub value: Summary,
    /// The gradient of the loss, as the last backward pass or, with weight decay, the last step left it; none for what is
    /// not trained.
    pub gradient: Option<Summary>,
}

/// The summaries of everything in a network after a pass, first layer to last. Memory is kept from look to look: of the
/// same network every look but the first allocates nothing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Statistics {
    activations: Vec<Activation>,
    parameters: Vec<Parameter>,
}

impl Statistics {
    /// Looks at a network after a pass over a batch of `rows` images. What lies inside branches is seen only as their
    /// common output.
    pub fn look<T: Real>(&mut self, network: &Network<T>, rows: usize) {
        self.look_at_activations(network, rows);
        let params = network.params();
        self.parameters.truncate(params.len());
        for (index, param) in params.iter().enumerate() {
            if index == self.parameters.len() {
                let (name, value) = (String::new(), Summary::default());
                self.parameters.push(Parameter { name, value, gradient: None });
            }
            let parameter = &mut self.parameters[index];
            parameter.name.clone_from(&param.name);
            parameter.value = Summary::of(param.value.iter().copied());
            parameter.gradient = param.is_trained().then(|| Summary::of(param.gradient.iter().copied()));
        }
    }

    /// Each array between layers, once.
    pub fn activations(&self) -> &[Activation] {
        &self.activations
    }

    /// Each parameter, in the network's order.
    pub fn parameters(&self) -> &[Parameter] {
        &self.parameters
    }

    fn look_at_activations<T: Real>(&mut self, network: &Network<T>, rows: usize) {
        let layers = &network.spec().layers;
        let place = |layer: usize| network.output_of(layer, rows).map(|output| output.as_ptr());
        let mut count = 0;
        for (layer, spec) in layers.iter().enumerate() {
            // Without rows all places are the same one.
            let Some(output) = network.output_of(layer, rows).filter(|output| !output.is_empty()) else {
                continue;
            };
            let shares = |other: Option<usize>| other.is_some_and(|other| place(other) == place(layer));
            let only_reshapes = *spec == LayerSpec::Flatten && shares(layer.checked_sub(1));
            // The next layer that writes; a reshape between does not.
            let next = (layer + 1..layers.len()).find(|&next| layers[next] != LayerSpec::Flatten);
            if only_reshapes || shares(next) {
                continue;
            }
            let gradient = network.slope_of(layer, rows);
            let found = Activation {
                layer,
                name: name_of(spec),
                output: Summary::within(output.iter().copied(), Bounds::of(spec)),
                gradient: gradient.map(|gradient| Summary::of(gradient.iter().copied())),
            };
            match self.activations.get_mut(count) {
                Some(activation) => *activation = found,
                None => self.activations.push(found),
            }
            count += 1;
        }
        self.activations.truncate(count);
    }
}

/// What a layer is, in the book's words.
fn name_of(layer: &LayerSpec) -> Text {
    match layer {
        LayerSpec::Dense { .. } => Text::new("Affine", "Affine"),
        LayerSpec::Sigmoid => Text::new("sigmoid", "sigmoid"),
        LayerSpec::Tanh => Text::new("tanh", "tanh"),
        LayerSpec::Relu => Text::new("ReLU", "ReLU"),
        LayerSpec::Flatten => Text::new("flattened", "展平"),
        LayerSpec::BatchNorm => Text::new("batch normalization", "Batch Normalization"),
        LayerSpec::Dropout { .. } => Text::new("dropout", "Dropout"),
        LayerSpec::Conv2d { .. } => Text::new("convolution", "卷积"),
        LayerSpec::MaxPool2d(_) => Text::new("max pooling", "Max 池化"),
        LayerSpec::AveragePool2d(_) => Text::new("average pooling", "Average 池化"),
        LayerSpec::Branches { .. } => Text::new("branches", "分支"),
    }
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;

    use super::*;
    use crate::nn::layer::Mode;
    use crate::nn::network::Input;
    use crate::nn::spec::{InitSpec, LossSpec, NetSpec, OptimizerKind, OptimizerSpec, Windows};
    use crate::rng::{Purpose, Rng};

    fn spec(input: Vec<usize>, layers: Vec<LayerSpec>, init: InitSpec) -> NetSpec {
        NetSpec {
            input,
            layers,
            loss: LossSpec::SoftmaxCrossEntropy,
            optimizer: OptimizerSpec::new(OptimizerKind::Sgd, 0.1),
            init,
            batch_size: 1000,
            seed: 1,
        }
    }

    /// The book's 6.2.2: 1000 inputs of 100 normal numbers through five layers of 100 units.
    fn five_layers(activation: LayerSpec, init: InitSpec) -> Vec<Summary> {
        let layers =
            std::iter::repeat_n([LayerSpec::Dense { units: 100 }, activation], 5).flatten().collect();
        let mut network = Network::<f32>::new(&spec(vec![100], layers, init)).expect("valid");
        let mut rng = Rng::new(2, Purpose::Weights(0));
        let input = Array2::from_shape_simple_fn((1000, 100), || rng.normal() as f32);
        network.forward(Input::Dense(input.view()), Mode::Evaluation);
        let mut statistics = Statistics::default();
        statistics.look(&network, 1000);
        let found = statistics.activations();
        assert_eq!(found.iter().map(|array| array.layer).collect::<Vec<_>>(), [1, 3, 5, 7, 9]);
        assert!(found.iter().all(|array| array.gradient.is_none() && array.output.count == 100_000));
        found.iter().map(|array| array.output.clone()).collect()
    }

    fn deviations(layers: &[Summary]) -> Vec<f64> {
        layers.iter().filter_map(Summary::deviation).collect()
    }

    /// The share of values in these bins.
    fn share(summary: &Summary, bins: impl Iterator<Item = usize>) -> f64 {
        bins.map(|bin| f64::from(summary.histogram.counts[bin])).sum::<f64>() / summary.count as f64
    }

    #[test]
    fn a_deviation_of_1_drives_sigmoid_to_its_ends() {
        for layer in five_layers(LayerSpec::Sigmoid, InitSpec::Normal { std: 1.0 }) {
            assert_eq!((layer.histogram.low, layer.histogram.high), (0.0, 1.0));
            let ends = share(&layer, (0..3).chain(27..30));
            assert!(ends > 0.6 && layer.saturated().expect("values") > 0.4, "{layer:?}");
        }
    }

    #[test]
    fn a_deviation_of_a_hundredth_gathers_sigmoid_at_a_half() {
        for layer in &five_layers(LayerSpec::Sigmoid, InitSpec::Normal { std: 0.01 })[1..] {
            assert!(share(layer, 13..17) > 0.99 && layer.saturated() == Some(0.0), "{layer:?}");
            assert!((layer.mean().expect("values") - 0.5).abs() < 0.05);
        }
    }

    #[test]
    fn xavier_spreads_sigmoid_broadly() {
        let narrow = five_layers(LayerSpec::Sigmoid, InitSpec::Normal { std: 0.01 });
        for (layer, narrow) in five_layers(LayerSpec::Sigmoid, InitSpec::Xavier).iter().zip(&narrow) {
            assert!(layer.saturated().expect("values") < 0.05, "{layer:?}");
            assert!(layer.deviation().expect("values") > 5.0 * narrow.deviation().expect("values"));
            assert!(share(layer, 13..17) < 0.6, "{layer:?}");
        }
    }

    #[test]
    fn he_keeps_relu_alive_and_a_hundredth_lets_it_vanish() {
        let he = deviations(&five_layers(LayerSpec::Relu, InitSpec::He));
        assert!(he.iter().all(|deviation| (0.5..1.5).contains(deviation)), "{he:?}");
        let small = five_layers(LayerSpec::Relu, InitSpec::Normal { std: 0.01 });
        let vanishing = deviations(&small);
        assert!(vanishing.windows(2).all(|pair| pair[1] < 0.2 * pair[0]), "{vanishing:?}");
        assert!(vanishing[4] < 1e-4 && small[4].saturated().is_none());
        assert!(small.iter().all(|layer| (0.3..0.7).contains(&layer.zeros().expect("values"))));
    }

    #[test]
    fn a_summary_by_hand() {
        let summary = Summary::of([-1.0, 0.0, 0.0, 3.0, f64::NAN, f64::INFINITY].into_iter());
        let [mean, deviation, low, high, zeros] =
            [Quantity::Mean, Quantity::Deviation, Quantity::Low, Quantity::High, Quantity::Zeros]
                .map(|quantity| quantity.of(&summary));
        assert_eq!([mean, low, high, zeros], [Some(0.5), Some(-1.0), Some(3.0), Some(0.5)]);
        assert!((deviation.expect("values") - 2.25_f64.sqrt()).abs() < 1e-15);
        assert_eq!((summary.count, summary.not_finite, summary.saturated()), (4, 2, None));
        assert_eq!((summary.histogram.low, summary.histogram.high), (-5.0, 5.0));
        assert_eq!(summary.histogram.counts.iter().sum::<u32>(), 4);
        assert_eq!((summary.histogram.counts[15], summary.histogram.counts[24]), (2, 1));
    }

    #[test]
    fn nothing_and_nothing_finite_have_no_numbers() {
        for values in [vec![], vec![f64::NAN, f64::NEG_INFINITY]] {
            let summary = Summary::of(values.iter().copied());
            for quantity in Quantity::ALL {
                let expected = (quantity == Quantity::NotFinite).then_some(values.len() as f64);
                assert_eq!(quantity.of(&summary), expected, "{quantity:?}");
            }
            assert_eq!(summary.histogram.counts, [0; Bins::COUNT]);
        }
    }

    #[test]
    fn ranges_are_round_and_hold_every_value() {
        for (values, expected) in [
            (vec![0.0, 0.0], (0.0, 1.0)),
            (vec![0.0, 0.3], (0.0, 0.5)),
            (vec![-0.013], (-0.02, 0.0)),
            (vec![-7.0, 1.0], (-10.0, 10.0)),
            (vec![0.1, 1000.0], (0.0, 1000.0)),
            (vec![f64::MIN, f64::MAX], (f64::MIN, f64::MAX)),
            (vec![5e-324, 1e-323], (0.0, 1e-323)),
        ] {
            let summary = Summary::of(values.iter().copied());
            let (low, high) = (summary.histogram.low, summary.histogram.high);
            assert!((low - expected.0).abs() <= 1e-12 * low.abs(), "{values:?}: {low}");
            assert!((high - expected.1).abs() <= 1e-12 * high.abs(), "{values:?}: {high}");
            assert_eq!(summary.histogram.counts.iter().sum::<u32>() as usize, values.len());
        }
    }

    #[test]
    fn each_array_is_named_by_the_layer_that_wrote_it_last() {
        let dense = |units| LayerSpec::Dense { units };
        let layers = vec![
            LayerSpec::Conv2d { filters: 2, size: 3, stride: None, pad: None },
            LayerSpec::Relu,
            LayerSpec::MaxPool2d(Windows::of(2)),
            LayerSpec::Flatten,
            dense(5),
            LayerSpec::BatchNorm,
            LayerSpec::Tanh,
            LayerSpec::Dropout { rate: 0.5 },
            dense(3),
        ];
        let spec = spec(vec![1, 6, 6], layers, InitSpec::He);
        let mut network = Network::<f64>::new(&spec).expect("valid");
        let mut statistics = Statistics::default();
        statistics.look(&network, 4);
        statistics.look(&network, 0);
        assert!(statistics.activations().is_empty(), "before any pass");
        assert_eq!(statistics.parameters().len(), 10);
        let input = Array2::from_shape_fn((4, 36), |(row, column)| (row + column) as f64 / 40.0);
        network.backpropagate(Input::Dense(input.view()), &[0, 1, 2, 0], Mode::Differentiation);
        statistics.look(&network, 4);
        let found: Vec<_> =
            statistics.activations().iter().map(|array| (array.layer, array.output.count)).collect();
        // Pooling is computed along with its convolution; after it flatten only reshapes; dropout needs an array of its
        // own, for tanh's must stay.
        assert_eq!(found, [(2, 4 * 8), (4, 4 * 5), (6, 4 * 5), (7, 4 * 5), (8, 4 * 3)]);
        assert!(statistics.activations().iter().all(|array| array.gradient.is_some()));
        let of = |name: &str| statistics.parameters().iter().find(|param| param.name == name).expect("there");
        assert_eq!(of("4.weight").gradient.as_ref().map(|gradient| gradient.count), Some(40));
        assert_eq!((of("5.running_var").value.count, of("5.running_var").gradient.is_none()), (5, true));
        let tanh = &statistics.activations()[2];
        assert!((tanh.output.histogram.low, tanh.output.histogram.high) == (-1.0, 1.0));
        assert!(tanh.output.saturated().is_some() && tanh.name.en == "tanh");
    }

    #[test]
    fn a_flatten_in_front_that_copies_has_an_array_too() {
        let flat = spec(vec![1, 2, 2], vec![LayerSpec::Flatten], InitSpec::He);
        let mut network = Network::<f32>::new(&flat).expect("valid");
        let input = Array2::from_elem((3, 4), 0.5);
        network.forward(Input::Dense(input.view()), Mode::Evaluation);
        let mut statistics = Statistics::default();
        statistics.look(&network, 3);
        let means: Vec<_> =
            statistics.activations().iter().map(|array| (array.layer, array.output.mean())).collect();
        assert_eq!(means, [(0, Some(0.5))]);
    }
}
