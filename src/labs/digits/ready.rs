//! The networks that read a drawing before anything is trained.

use crate::labs::field::{Choice, Field, Kind};
use crate::labs::settings::Settings;
use crate::nn::spec::LayerSpec;
use crate::text::Text;
use crate::train::report::Training;

/// Which network reads until Train replaces it.
pub(super) const NETWORK: Field = Field::new(
    "network",
    Text::new("Pre-trained network", "预先训练的网络"),
    Text::new(
        "Reads your drawing until you press Train, as long as hidden units, activation and initial weights are left as they are. Behind each name: how many of MNIST's test images it reads, and how many of 1,000 digits that real writers drew with a pen (UNIPEN), repeated on this pad.",
        "在你点击“训练”之前，并且隐藏层、激活函数和权重初始值保持默认时，由它识别你写的数字。名称之后：在 MNIST 测试图像上的识别精度，以及对 1000 个由真实书写者用笔写的数字（UNIPEN，在这块画板上重画）的识别精度。",
    ),
    Kind::Choice { options: NETWORKS },
    "deep-convnet",
);

/// By the names of their files.
const NETWORKS: &[Choice] = &[
    Choice::same("deep-convnet", "DeepConvNet (8.1): 99.5%, 98.5%"),
    Choice::same("lenet-5-relu", "LeNet (8.1): 99.3%, 97.7%"),
    Choice::same("simple-convnet", "SimpleConvNet (7.5): 99.2%, 97.4%"),
    Choice::same("digits", "784–88–64–10: 99.1%, 96.9%"),
    Choice::same("two-layer", "TwoLayerNet (5.7): 97.2%, 93.4%"),
];

/// The name of the file of the chosen one.
pub(super) fn network(settings: &Settings) -> Option<&'static str> {
    let chosen = settings.words(NETWORK.name);
    NETWORKS.iter().map(|choice| choice.value).find(|&name| name == chosen)
}

/// Its layers in few letters: 784–50–10, or 6 conv–50–10; none before it is known.
pub(super) fn layers(training: &Training) -> Option<String> {
    let (first, others) = training.sizes.split_first()?;
    let spec = training.spec.iter().flat_map(|spec| &spec.layers);
    let first = match spec.filter(|layer| matches!(layer, LayerSpec::Conv2d { .. })).count() {
        0 => first.to_string(),
        count => format!("{count} conv"),
    };
    Some(std::iter::once(first).chain(others.iter().map(usize::to_string)).collect::<Vec<_>>().join("–"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::labs::digits::FIELDS;
    use crate::nn::networks::named;
    use crate::train::recipes;

    #[test]
    fn each_choice_is_a_network_that_comes_with_the_page() {
        for choice in NETWORKS {
            let settings = Settings::of(FIELDS, &[("network", choice.value)]);
            assert_eq!(network(&settings), Some(choice.value));
            assert!(recipes::find(choice.value).is_some(), "{}", choice.value);
        }
    }

    #[test]
    fn layers_are_told_in_their_order() {
        let told = |spec: Option<_>, sizes: &[usize]| {
            layers(&Training { spec, sizes: sizes.to_vec(), ..Training::default() })
        };
        assert_eq!(told(None, &[]), None);
        assert_eq!(told(None, &[784, 50, 10]).as_deref(), Some("784–50–10"));
        assert_eq!(told(named("deep-convnet"), &[784, 50, 10]).as_deref(), Some("6 conv–50–10"));
    }
}
