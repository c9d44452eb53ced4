//! Filters, feature maps and curves.

use super::layers::{name, shape};
use crate::chart::{Chart, Foot, Image, ImageGrid, Meaning};
use crate::labs::Moment;
use crate::labs::parts::{feature_image as image, grouped, is_whole, significant, told};
use crate::labs::sheet::Picture;
use crate::nn::init;
use crate::nn::spec::{LayerSpec, NetSpec};
use crate::text::Text;
use crate::train::explanation::FeatureMaps;
use crate::train::report::{Report, Training, WeightImages};

/// The slots of the first layers whose output is an image.
const SLOTS: [&str; 3] = ["maps1", "maps2", "maps3"];

/// What the layers make of the drawing, and the filters before and after.
pub(super) fn network(
    own: &NetSpec,
    present: &NetSpec,
    training: Option<(&Report, &Training)>,
    moment: &Moment,
) -> Vec<Picture> {
    let mut pictures = maps(present, moment);
    pictures.extend(before(own));
    pictures.extend(after(training));
    pictures
}

fn picture(slot: &'static str, caption: Text, images: Vec<Image>, size: (usize, usize)) -> Picture {
    let (width, height) = size;
    let grid = ImageGrid { width, height, meaning: Meaning::Signed, foot: Foot::Levels, images };
    Picture { slot, key: None, caption, chart: Chart::ImageGrid(grid) }
}

/// The outputs of the first layers for the drawing; blank ones while nothing is drawn.
fn maps(spec: &NetSpec, moment: &Moment) -> Vec<Picture> {
    let drawn = moment.drawing.as_ref().map(|told| &told.maps[..]).unwrap_or_default();
    let known: Vec<&FeatureMaps> = drawn.iter().filter(|map| is_whole(map, spec)).collect();
    if known.is_empty() {
        return blank(spec);
    }
    let of = |(slot, map): (&'static str, &&FeatureMaps)| {
        let words = name(&spec.layers[map.layer]);
        let size = shape(&[map.channels.len(), map.height, map.width]);
        let most = significant(f64::from(map.largest), 2);
        let caption = told(
            format!("{}: {size}, largest {most}", words.en),
            format!("{}：{size}，最大 {most}", words.zh),
        );
        let images = map.channels.iter().enumerate().map(|(filter, pixels)| image(pixels, filter)).collect();
        picture(slot, caption, images, (map.width, map.height))
    };
    SLOTS.into_iter().zip(&known).map(of).collect()
}

fn blank(spec: &NetSpec) -> Vec<Picture> {
    let Ok(shapes) = spec.check() else { return Vec::new() };
    let of = |(index, layer): (usize, &LayerSpec)| {
        let [channels, height, width] = shapes[index + 1][..] else { return None };
        let words = name(layer);
        Some((words, channels, height, width))
    };
    let images = spec.layers.iter().enumerate().filter_map(of);
    let of = |(slot, (words, channels, height, width)): (&'static str, (Text, usize, usize, usize))| {
        let shown = channels.min(FeatureMaps::MOST);
        let size = shape(&[channels, height, width]);
        let caption = told(
            format!("{}: {size}. Draw a digit.", words.en),
            format!("{}：{size}。写一个数字。", words.zh),
        );
        let pixels = vec![128; width * height];
        let images = (0..shown).map(|filter| image(&pixels, filter)).collect();
        picture(slot, caption, images, (width, height))
    };
    SLOTS.into_iter().zip(images).map(of).collect()
}

/// The filters as the seed draws them.
fn before(spec: &NetSpec) -> Option<Picture> {
    let LayerSpec::Conv2d { size, .. } = *spec.layers.first()? else { return None };
    // The weights of a layer depend on no other layer.
    let first = NetSpec { layers: vec![spec.layers[0].clone()], ..spec.clone() };
    let params = init::params::<f32>(&first, &spec.check().ok()?);
    let weights = &params.first()?.value;
    let strongest = weights.iter().fold(f32::MIN_POSITIVE, |most, weight| most.max(weight.abs()));
    let shade = |weight: &f32| (128.0 + 127.0 * weight / strongest).round() as u8;
    let pixels = |filter: usize| weights.row(filter).iter().map(shade).collect::<Vec<u8>>();
    let images = (0..weights.nrows()).map(|filter| image(&pixels(filter), filter)).collect();
    let seed = spec.seed;
    let caption = told(format!("random, seed {seed}"), format!("随机，随机种子 {seed}"));
    Some(picture("before", caption, images, (size, size)))
}

/// The filters as they are.
fn after(training: Option<(&Report, &Training)>) -> Option<Picture> {
    let (report, training) = training?;
    let WeightImages { width, height, units, .. } = training.weights.as_ref()?;
    let is_whole = |pixels: &&Vec<u8>| pixels.len() == width * height;
    let images: Vec<_> =
        units.iter().filter(is_whole).enumerate().map(|(at, pixels)| image(pixels, at)).collect();
    let caption = match (report.done, training.file_bytes) {
        (0, Some(_)) => Text::new("pre-trained", "预先训练好的网络"),
        (0, None) => Text::new("random initial weights", "随机初始权重"),
        (done, _) => told(format!("{} iterations", grouped(done)), format!("学习 {done} 次")),
    };
    (!images.is_empty()).then(|| picture("after", caption, images, (*width, *height)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::network::Network;
    use crate::nn::networks;

    #[test]
    fn the_filters_before_are_those_with_which_a_training_of_the_whole_network_begins() {
        let spec = NetSpec { seed: 7, ..networks::named("simple-convnet").expect("listed") };
        let network = Network::<f32>::new(&spec).expect("valid");
        let weights = &network.params()[0].value;
        let strongest = weights.iter().fold(0.0, |most: f32, weight| most.max(weight.abs()));
        let Chart::ImageGrid(grid) = before(&spec).expect("a convolution").chart else { panic!("images") };
        assert_eq!((grid.images.len(), grid.width, grid.height), (30, 5, 5));
        for (image, filter) in grid.images.iter().zip(weights.rows()) {
            for (&pixel, weight) in image.pixels.iter().zip(filter) {
                assert!((f32::from(pixel) - 128.0 - 127.0 * weight / strongest).abs() <= 0.5);
            }
        }
    }
}
