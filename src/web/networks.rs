//! Networks by name.

use js_sys::Array;
use serde::Serialize;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::convert::tensors_to_js;
use super::error::to_js;
use super::plain::to_plain;
use super::tree::tree;
use crate::nn::networks::{ALL, Ready};
use crate::nn::spec::read::choose;
use crate::text::Text;
use crate::train::trainer::Tensor;

/// What each network is, by its name.
const TITLES: &[(&str, Text)] = &[
    ("forward", Text::new("The three-layer net of the forward pass", "前向处理的 3 层神经网络")),
    (
        "three-layer",
        Text::new(
            "Three layers that read MNIST, 784-50-100-10",
            "识别 MNIST 的 3 层神经网络（784-50-100-10）",
        ),
    ),
    ("simple", Text::new("simpleNet: 2×3 weights", "simpleNet：2×3 的权重")),
    ("two-layer", Text::new("TwoLayerNet, 784-50-10", "TwoLayerNet（784-50-10）")),
    ("iris", Text::new("Two kinds of iris, 4-5-5-1", "两种鸢尾花（4-5-5-1）")),
    (
        "five-layer",
        Text::new(
            "Five layers of 100, for optimizers and initial values",
            "5 层网络，用于比较更新方法和初始值",
        ),
    ),
    ("six-layer", Text::new("Six layers of 100", "6 层网络")),
    (
        "six-layer-batch-norm",
        Text::new("Six layers of 100 with batch normalization", "使用 Batch Normalization 的 6 层网络"),
    ),
    ("seven-layer", Text::new("Seven layers of 100, for overfitting", "7 层网络，用于再现过拟合")),
    ("simple-convnet", Text::new("SimpleConvNet", "SimpleConvNet")),
    ("lenet-5", Text::new("LeNet-5, with tanh and average pooling", "LeNet-5（tanh 和平均池化）")),
    ("lenet-5-relu", Text::new("LeNet-5, with ReLU and max pooling", "LeNet-5（ReLU 和最大池化）")),
    ("deep-convnet", Text::new("DeepConvNet", "DeepConvNet")),
    ("small-vgg", Text::new("A small VGG: blocks of 3×3 filters", "小型 VGG：3×3 滤波器的重复")),
    ("small-inception", Text::new("A small GoogLeNet: Inception blocks", "小型 GoogLeNet：Inception 结构")),
    ("small-resnet", Text::new("A small ResNet: shortcuts", "小型 ResNet：快捷结构")),
];

/// A network as it is described to JavaScript.
#[derive(Serialize)]
struct Described {
    name: &'static str,
    title: Text,
    section: Option<&'static str>,
}

impl From<&Ready> for Described {
    fn from(ready: &Ready) -> Self {
        let title = TITLES.iter().find(|(name, _)| *name == ready.name).map(|(_, title)| title.clone());
        let title = title.unwrap_or_else(|| Text::same(ready.name));
        Self { name: ready.name, title, section: ready.section }
    }
}

/// The networks that have a name, in the order of the book: those of its chapters 3 to 8, LeNet-5, and small ones for
/// VGG, GoogLeNet and ResNet.
///
/// # Errors
/// None; the type is what the conversion has.
#[wasm_bindgen(unchecked_return_type = "NetworkDescription[]")]
pub fn networks() -> Result<JsValue, JsValue> {
    to_plain(&ALL.iter().map(Described::from).collect::<Vec<_>>())
}

/// The spec of the network of this name, for `new Net`; change it as you like.
///
/// # Errors
/// There is no network of this name.
#[wasm_bindgen(unchecked_return_type = "NetSpec")]
pub fn network(#[wasm_bindgen(unchecked_param_type = "string")] name: JsValue) -> Result<JsValue, JsValue> {
    to_plain(&(find(&name)?.spec)())
}

/// The weights that the book prints for the network of this name, for `setWeights`: those of `forward` and `simple`;
/// empty for the others, which begin at random.
///
/// # Errors
/// There is no network of this name.
#[wasm_bindgen(js_name = networkWeights, unchecked_return_type = "Tensor[]")]
pub fn network_weights(
    #[wasm_bindgen(unchecked_param_type = "string")] name: JsValue,
) -> Result<Array, JsValue> {
    let tensors = find(&name)?.weights.iter().map(Tensor::from).collect::<Vec<_>>();
    Ok(tensors_to_js(&tensors))
}

fn find(name: &JsValue) -> Result<&'static Ready, JsValue> {
    let names: Vec<_> = ALL.iter().map(|ready| ready.name).collect();
    let index = choose(&tree(name), &names).map_err(|error| to_js((*error).within("name")))?;
    Ok(&ALL[index])
}

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** A network with a name; `section` is the book's, null for one that is not in it. */
export type NetworkDescription = { name: string; title: Text; section: string | null };
"#;
