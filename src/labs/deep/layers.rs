//! Layers as they are counted: the shape that each makes, its parameters and its multiply-adds.

use crate::nn::spec::{Join, LayerSpec, NetSpec};
use crate::text::Text;

/// Channels, height, width; a row of values is so many channels of 1×1.
pub(super) type Shape = [u64; 3];

/// A layer. Activation functions, Dropout and the like have no part in either count.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Layer {
    /// A convolution.
    Conv(Conv),
    /// Max pooling: size, stride, pad.
    Max(u64, u64, u64),
    /// Average pooling with windows side by side; as large as the image, it is the mean of each channel.
    Mean(u64),
    /// A fully connected layer.
    Dense(u64),
    /// Batch normalization: two parameters for each channel, folded into the convolution when a trained network is used.
    Norm,
    /// Ways side by side, an empty one being a shortcut.
    Ways(Join, Vec<Vec<Layer>>),
}

/// A convolution.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Conv {
    pub(super) filters: u64,
    pub(super) size: u64,
    pub(super) stride: u64,
    pub(super) pad: u64,
    /// Into how many groups the channels are parted, each with filters of its own.
    pub(super) groups: u64,
    pub(super) bias: bool,
}

/// What something takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Cost {
    /// Numbers that are trained.
    pub(super) parameters: u64,
    /// Multiplications with an addition each, for one image. Those of weights alone are counted, as papers do.
    pub(super) multiply_adds: u64,
}

impl std::ops::AddAssign for Cost {
    fn add_assign(&mut self, other: Self) {
        self.parameters += other.parameters;
        self.multiply_adds += other.multiply_adds;
    }
}

/// A network in blocks, as papers and books draw them.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Net {
    pub(super) input: Shape,
    pub(super) blocks: Vec<Block>,
}

/// A part of a network that is drawn as one box.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Block {
    pub(super) name: Text,
    pub(super) layers: Vec<Layer>,
}

/// A block with what it comes to.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Counted<'a> {
    pub(super) block: &'a Block,
    pub(super) input: Shape,
    pub(super) output: Shape,
    pub(super) cost: Cost,
}

impl Net {
    /// Every block with its shapes and what it takes.
    pub(super) fn count(&self) -> Vec<Counted<'_>> {
        let mut shape = self.input;
        let mut counted = Vec::with_capacity(self.blocks.len());
        for block in &self.blocks {
            let input = shape;
            let (output, cost) = through(input, &block.layers);
            shape = output;
            counted.push(Counted { block, input, output, cost });
        }
        counted
    }

    /// What the whole network takes.
    pub(super) fn cost(&self) -> Cost {
        let mut sum = Cost::default();
        self.count().iter().for_each(|counted| sum += counted.cost);
        sum
    }

    /// The layers with weights on the longest way through the network, as depth is counted. A convolution in a shortcut
    /// is on no longer way than the one it goes around.
    pub(super) fn depth(&self) -> usize {
        self.blocks.iter().map(|block| depth(&block.layers)).sum()
    }

    /// The network of a spec, in blocks that end with a pooling.
    pub(super) fn of(spec: &NetSpec) -> Self {
        let input = match spec.input[..] {
            [channels, height, width] => [channels, height, width].map(|length| length as u64),
            _ => [spec.input.iter().product::<usize>() as u64, 1, 1],
        };
        let mut blocks = Vec::new();
        let mut layers: Vec<Layer> = Vec::new();
        for layer in &spec.layers {
            let Some(layer) = Layer::of(layer) else { continue };
            if matches!(layer, Layer::Ways(..) | Layer::Dense(_)) && !layers.is_empty() {
                blocks.push(Block::of(std::mem::take(&mut layers)));
            }
            let ends = matches!(layer, Layer::Max(..) | Layer::Mean(_) | Layer::Ways(..) | Layer::Dense(_));
            layers.push(layer);
            if ends {
                blocks.push(Block::of(std::mem::take(&mut layers)));
            }
        }
        if !layers.is_empty() {
            blocks.push(Block::of(layers));
        }
        Self { input, blocks }
    }
}

impl Block {
    /// A block named after its first layer with weights.
    fn of(layers: Vec<Layer>) -> Self {
        let counts = |layer: &&Layer| !matches!(layer, Layer::Max(..) | Layer::Mean(_) | Layer::Norm);
        let first = layers.iter().find(counts).or(layers.first());
        let alike =
            layers.iter().filter(|layer| layer.name() == first.map_or(Text::same(""), Layer::name)).count();
        let name = first.map_or(Text::same(""), Layer::name);
        let name = match alike {
            0 | 1 => name,
            _ => Text {
                en: format!("{} ×{alike}", name.en).into(),
                zh: format!("{} ×{alike}", name.zh).into(),
            },
        };
        Self { name, layers }
    }
}

impl Layer {
    /// What a layer of a spec is counted as; none for one that has no part in either count.
    fn of(spec: &LayerSpec) -> Option<Self> {
        Some(match *spec {
            LayerSpec::Dense { units } => Self::Dense(units as u64),
            LayerSpec::Conv2d { filters, size, stride, pad } => Self::Conv(Conv {
                filters: filters as u64,
                size: size as u64,
                stride: stride.unwrap_or(1) as u64,
                pad: pad.unwrap_or(0) as u64,
                groups: 1,
                bias: true,
            }),
            LayerSpec::MaxPool2d(windows) => {
                let (size, stride, pad) = windows.numbers();
                Self::Max(size as u64, stride as u64, pad as u64)
            }
            LayerSpec::AveragePool2d(windows) => Self::Mean(windows.size as u64),
            LayerSpec::BatchNorm => Self::Norm,
            LayerSpec::Branches { join, ref branches } => {
                let way = |layers: &Vec<LayerSpec>| layers.iter().filter_map(Self::of).collect();
                Self::Ways(join, branches.iter().map(way).collect())
            }
            _ => return None,
        })
    }

    /// What is written in its box: `3×3 conv 64`.
    pub(super) fn name(&self) -> Text {
        let both = |en: String, zh: String| Text { en: en.into(), zh: zh.into() };
        match self {
            Self::Conv(Conv { filters, size, stride, .. }) => {
                let stride = if *stride > 1 { format!(" /{stride}") } else { String::new() };
                both(
                    format!("{size}×{size} conv {filters}{stride}"),
                    format!("{size}×{size} 卷积 {filters}{stride}"),
                )
            }
            Self::Max(size, ..) => both(format!("{size}×{size} max pool"), format!("{size}×{size} 最大池化")),
            Self::Mean(size) => both(format!("{size}×{size} mean"), format!("{size}×{size} 平均池化")),
            Self::Dense(units) => both(format!("dense {units}"), format!("全连接 {units}")),
            Self::Norm => Text::same("Batch Norm"),
            Self::Ways(Join::Concatenate, _) => Text::same("Inception"),
            Self::Ways(Join::Add, _) => Text::new("residual", "残差块"),
        }
    }

    /// The shape that it makes, and what it takes.
    fn apply(&self, shape: Shape) -> (Shape, Cost) {
        let [channels, height, width] = shape;
        let fit = |length: u64, size: u64, stride: u64, pad: u64| {
            (length + 2 * pad).saturating_sub(size) / stride.max(1) + 1
        };
        match self {
            &Self::Conv(Conv { filters, size, stride, pad, groups, bias }) => {
                let weights = filters * (channels / groups.max(1)) * size * size;
                let (down, across) = (fit(height, size, stride, pad), fit(width, size, stride, pad));
                let parameters = weights + if bias { filters } else { 0 };
                ([filters, down, across], Cost { parameters, multiply_adds: weights * down * across })
            }
            &Self::Max(size, stride, pad) => {
                ([channels, fit(height, size, stride, pad), fit(width, size, stride, pad)], Cost::default())
            }
            &Self::Mean(size) => {
                ([channels, fit(height, size, size, 0), fit(width, size, size, 0)], Cost::default())
            }
            &Self::Dense(units) => {
                let weights = channels * height * width * units;
                ([units, 1, 1], Cost { parameters: weights + units, multiply_adds: weights })
            }
            Self::Norm => (shape, Cost { parameters: 2 * channels, multiply_adds: 0 }),
            Self::Ways(join, ways) => {
                let mut output = [0, 0, 0];
                let mut sum = Cost::default();
                for way in ways {
                    let ([more, down, across], cost) = through(shape, way);
                    let together = if *join == Join::Concatenate { output[0] + more } else { more };
                    output = [together, down, across];
                    sum += cost;
                }
                (output, sum)
            }
        }
    }
}

/// The shape that layers make of one, and what they take.
pub(super) fn through(shape: Shape, layers: &[Layer]) -> (Shape, Cost) {
    let mut sum = Cost::default();
    let output = layers.iter().fold(shape, |shape, layer| {
        let (output, cost) = layer.apply(shape);
        sum += cost;
        output
    });
    (output, sum)
}

fn depth(layers: &[Layer]) -> usize {
    let of = |layer: &Layer| match layer {
        Layer::Conv(_) | Layer::Dense(_) => 1,
        Layer::Ways(_, ways) => ways.iter().map(|way| depth(way)).max().unwrap_or(0),
        _ => 0,
    };
    layers.iter().map(of).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::network::Network;
    use crate::nn::networks;

    #[test]
    fn parameters_are_those_that_the_core_trains() {
        for name in
            ["lenet-5-relu", "simple-convnet", "deep-convnet", "small-vgg", "small-inception", "small-resnet"]
        {
            let spec = networks::named(name).expect("listed");
            let network = Network::<f32>::new(&spec).expect(name);
            let trained = network.params().iter().filter(|param| param.is_trained());
            let trained: usize = trained.map(|param| param.value.len()).sum();
            let net = Net::of(&spec);
            assert_eq!(net.cost().parameters, trained as u64, "{name}");
            let [channels, ..] = net.count().last().expect("blocks").output;
            assert_eq!(channels, 10, "{name}");
        }
    }

    /// The first convolution has 28 · 28 · 16 places of 9 weights, and so on.
    #[test]
    fn multiply_adds_of_the_deep_net_by_hand() {
        let convolutions =
            784 * 16 * 9 + 784 * 16 * 144 + 196 * 32 * 144 + 256 * 32 * 288 + 64 * 64 * 288 + 64 * 64 * 576;
        let net = Net::of(&networks::named("deep-convnet").expect("listed"));
        assert_eq!(net.cost().multiply_adds, convolutions + 1024 * 50 + 500);
        assert_eq!(net.depth(), 8);
    }
}
