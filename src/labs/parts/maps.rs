//! What convolutions make of the drawing.

use super::told;
use crate::chart::{Chart, Foot, Image, ImageGrid, Key, Meaning};
use crate::labs::Moment;
use crate::nn::spec::{LayerSpec, NetSpec};
use crate::text::Text;
use crate::train::explanation::FeatureMaps;
use crate::train::report::Training;

/// Whether maps are of this network: those of another one, which was explained a moment ago, may be of other layers.
pub(in crate::labs) fn is_whole(map: &FeatureMaps, spec: &NetSpec) -> bool {
    let size = map.width * map.height;
    size > 0 && map.channels.iter().all(|channel| channel.len() == size) && map.layer < spec.layers.len()
}

/// A filter, or what it makes of the drawing.
pub(in crate::labs) fn feature_image(pixels: &[u8], filter: usize) -> Image {
    let number = filter + 1;
    Image {
        pixels: pixels.to_vec(),
        caption: told(format!("filter {number}"), format!("滤波器 {number}")),
        key: Some(Key(filter as u32)),
        ..Image::default()
    }
}

/// What the layer before the first pooling makes of the drawing; none of a network without convolutions, or while nothing is
/// drawn.
pub(in crate::labs) fn feature_maps(training: &Training, moment: &Moment) -> Option<(Text, Chart)> {
    let spec = training.spec.as_ref()?;
    let maps = &moment.drawing.as_ref()?.maps;
    let first = maps.first()?;
    let is_as_large = |map: &&FeatureMaps| (map.width, map.height) == (first.width, first.height);
    let map = maps.iter().take_while(is_as_large).last().filter(|map| is_whole(map, spec))?;
    let before = spec.layers[..=map.layer].iter();
    let convolutions = before.filter(|layer| matches!(layer, LayerSpec::Conv2d { .. })).count();
    let FeatureMaps { width, height, .. } = *map;
    let count = map.channels.len();
    let after = match convolutions {
        1 => "the first convolution".to_owned(),
        more => format!("{more} convolutions"),
    };
    let caption = told(
        format!("After {after}: {count} feature maps of {width} × {height}"),
        format!("经过 {convolutions} 个卷积层之后：{count} 张 {width} × {height} 的特征图"),
    );
    let images =
        map.channels.iter().enumerate().map(|(filter, pixels)| feature_image(pixels, filter)).collect();
    let grid = ImageGrid { width, height, meaning: Meaning::Signed, foot: Foot::Levels, images };
    Some((caption, Chart::ImageGrid(grid)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::networks::named;
    use crate::train::explanation::Explanation;

    #[test]
    fn the_layer_before_the_first_pooling_is_shown_if_it_is_of_this_network() {
        let training = Training { spec: named("deep-convnet"), ..Training::default() };
        let map = |layer: usize, side: usize, shade: u8| FeatureMaps {
            layer,
            width: side,
            height: side,
            channels: vec![vec![shade; side * side]; 16],
            largest: 1.0,
        };
        let seen = |maps: Vec<FeatureMaps>| {
            let drawing = Some(Explanation { maps, ..Explanation::default() });
            feature_maps(&training, &Moment { drawing, ..Moment::default() })
        };
        let (caption, chart) = seen(vec![map(0, 28, 1), map(3, 28, 2), map(4, 14, 3)]).expect("maps");
        assert_eq!(caption.en, "After 2 convolutions: 16 feature maps of 28 × 28");
        let Chart::ImageGrid(grid) = chart else { panic!("images") };
        assert_eq!((grid.width, grid.images.len(), grid.images[0].pixels[0]), (28, 16, 2));
        assert_eq!(seen(vec![]), None);
        assert_eq!(seen(vec![map(99, 28, 1)]), None, "of another network");
    }
}
