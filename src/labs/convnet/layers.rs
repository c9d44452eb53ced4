//! The layers of a network in a table.

use crate::labs::parts::told;
use crate::labs::sheet::{Cell, Row, Table};
use crate::nn::spec::{LayerSpec, NetSpec};
use crate::text::Text;

/// What a layer is called.
pub(super) fn name(layer: &LayerSpec) -> Text {
    match layer {
        LayerSpec::Dense { .. } => Text::same("Affine"),
        LayerSpec::Conv2d { .. } => Text::new("Convolution", "卷积"),
        LayerSpec::MaxPool2d(_) => Text::new("Max pooling", "Max 池化"),
        LayerSpec::AveragePool2d(_) => Text::new("Average pooling", "Average 池化"),
        LayerSpec::Relu => Text::same("ReLU"),
        LayerSpec::Sigmoid => Text::same("Sigmoid"),
        LayerSpec::Tanh => Text::same("tanh"),
        LayerSpec::Flatten => Text::new("Flatten", "展平"),
        LayerSpec::Dropout { .. } => Text::same("Dropout"),
        LayerSpec::BatchNorm => Text::same("Batch Norm"),
        LayerSpec::Branches { .. } => Text::new("Branches", "分支"),
    }
}

/// A shape as it is written: `30 × 24 × 24`.
pub(super) fn shape(lengths: &[usize]) -> String {
    lengths.iter().map(usize::to_string).collect::<Vec<_>>().join(" × ")
}

/// Each layer with what it makes of an image and how many parameters it has; none for a spec that is none.
pub(super) fn table(spec: &NetSpec) -> Option<Table> {
    let shapes = spec.check().ok()?;
    let row = |(index, layer): (usize, &LayerSpec)| {
        let (from, to) = (&shapes[index], &shapes[index + 1]);
        let details = match layer {
            LayerSpec::Conv2d { filters, size, .. } => told(
                format!("{filters} filters of {size} × {size}"),
                format!("{filters} 个 {size} × {size} 的滤波器"),
            ),
            LayerSpec::MaxPool2d(windows) | LayerSpec::AveragePool2d(windows) => {
                Text::same(format!("{} × {}", windows.size, windows.size))
            }
            _ => Text::same(""),
        };
        let parameters = match layer {
            LayerSpec::Conv2d { filters, size, .. } => filters * (from[0] * size * size + 1),
            LayerSpec::Dense { units } => units * (from.iter().product::<usize>() + 1),
            _ => 0,
        };
        let cells = vec![
            Cell::Words(name(layer)),
            Cell::Words(details),
            Cell::Words(Text::same(shape(to))),
            Cell::Number(parameters as f64),
        ];
        Row { key: None, cells }
    };
    let columns = vec![
        Text::new("layer", "层"),
        Text::new("what", "内容"),
        Text::new("output", "输出的形状"),
        Text::new("parameters", "参数个数"),
    ];
    Some(Table { columns, rows: spec.layers.iter().enumerate().map(row).collect() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::networks;

    #[test]
    fn layers_have_the_shapes_of_the_book_and_all_parameters_are_counted() {
        let spec = networks::named("simple-convnet").expect("listed");
        let rows = table(&spec).expect("valid").rows;
        let words = |row: usize| match &rows[row].cells[2] {
            Cell::Words(words) => words.en.to_string(),
            other => panic!("{other:?}"),
        };
        assert_eq!([0, 2, 4, 6].map(words), ["30 × 24 × 24", "30 × 12 × 12", "100", "10"]);
        let parameters = rows.iter().map(|row| match row.cells[3] {
            Cell::Number(count) => count,
            _ => panic!("a number"),
        });
        assert_eq!(parameters.sum::<f64>(), 433_890.0);
    }
}
