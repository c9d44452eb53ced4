//! Networks by name.

use js_sys::Array;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::convert::{tensors_to_js, to_plain};
use super::error::to_js;
use super::tree::tree;
use crate::nn::networks::{ALL, Ready};
use crate::nn::spec::read::choose;
use crate::train::trainer::Tensor;

/// The networks that have a name, in the order of the book: those of its chapters 3 to 8, LeNet-5, and small ones for
/// VGG, GoogLeNet and ResNet.
///
/// # Errors
/// None; the type is what the conversion has.
#[wasm_bindgen(unchecked_return_type = "NetworkDescription[]")]
pub fn networks() -> Result<JsValue, JsValue> {
    to_plain(ALL)
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
