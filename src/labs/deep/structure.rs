//! Networks drawn: their blocks in a row, what is inside one, and what share each block takes.

use super::architectures;
use super::layers::{Cost, Counted, Layer, Net, Shape, through};
use crate::chart::{Bars, Chart, Diagram, Edge, Key, Mark, Node, Outline, Scale, Tone, Value};
use crate::labs::parts::{self, told};
use crate::labs::sheet::Picture;
use crate::nn::spec::Join;
use crate::text::Text;

const PARAMETERS: Text = Text::new("parameters", "参数");
const MULTIPLY_ADDS: Text = Text::new("multiply-adds", "乘加次数");

/// A count as papers write it: `60.97 M`, `15.47 G`.
pub(super) fn short(count: u64) -> String {
    let value = count as f64;
    match count {
        0..1_000 => count.to_string(),
        1_000..1_000_000 => format!("{:.1} k", value / 1e3),
        1_000_000..1_000_000_000 => format!("{:.2} M", value / 1e6),
        _ => format!("{:.2} G", value / 1e9),
    }
}

/// `64×56×56`; a row of values has its length alone.
fn spelled([channels, height, width]: Shape) -> Text {
    Text::same(if height == 1 && width == 1 {
        channels.to_string()
    } else {
        format!("{channels}×{height}×{width}")
    })
}

fn values(cost: Cost) -> Vec<Value> {
    vec![
        Value { name: PARAMETERS, value: cost.parameters as f64 },
        Value { name: MULTIPLY_ADDS, value: cost.multiply_adds as f64 },
    ]
}

fn edge(from: usize, to: usize) -> Edge {
    let (forward, backward) = (String::new(), String::new());
    Edge { from, to, forward, backward, tone: Tone::Plain, width: 1.0, shade: 0.0, key: None }
}

/// The blocks of a network in a row, each with the shape that it makes; the more multiply-adds, the darker.
pub(super) fn blocks(counted: &[Counted<'_>], opened: usize, first: u32) -> Chart {
    let mut diagram = Diagram { nodes: Vec::new(), edges: Vec::new() };
    row(&mut diagram, counted, 0.0, Some((opened, first)));
    Chart::Diagram(diagram)
}

/// Several networks, a row each, its name first.
pub(super) fn rows(nets: &[(Text, Net)]) -> Chart {
    let mut diagram = Diagram { nodes: Vec::new(), edges: Vec::new() };
    for (line, (name, net)) in nets.iter().enumerate() {
        let at = [0.0, line as f64];
        diagram.nodes.push(Node { at, outline: Outline::None, words: name.clone(), ..Node::default() });
        row(&mut diagram, &net.count(), line as f64, None);
    }
    Chart::Diagram(diagram)
}

/// What the first block of an architecture stands for; the others follow. No two architectures share a key, so that what
/// was chosen in one opens nothing in another.
pub(super) fn first_key(id: &str) -> u32 {
    let place = architectures::ALL.iter().position(|each| each.id == id).unwrap_or(0);
    1000 + 100 * place as u32
}

fn row(diagram: &mut Diagram, counted: &[Counted<'_>], line: f64, opened: Option<(usize, u32)>) {
    let most = counted.iter().map(|block| block.cost.multiply_adds).max().unwrap_or(0).max(1) as f64;
    let input = counted.first().map_or([0; 3], |block| block.input);
    if opened.is_some() {
        let (words, note) = (Text::new("image", "图像"), spelled(input));
        diagram.nodes.push(Node { at: [0.0, line], outline: Outline::None, words, note, ..Node::default() });
    }
    for (index, block) in counted.iter().enumerate() {
        let node = Node {
            at: [index as f64 + 1.0, line],
            outline: Outline::Box,
            words: block.block.name.clone(),
            note: spelled(block.output),
            tone: if opened.is_some_and(|(opened, _)| opened == index) { Tone::Active } else { Tone::Plain },
            shade: parts::shade(block.cost.multiply_adds as f64, most, true),
            key: opened.map(|(_, first)| Key(first + index as u32)),
            values: values(block.cost),
            ..Node::default()
        };
        diagram.nodes.push(node);
        let to = diagram.nodes.len() - 1;
        if opened.is_some() || index > 0 {
            diagram.edges.push(edge(to - 1, to));
        }
    }
}

/// What is inside a block, layer by layer; of several units alike only the first.
pub(super) fn inside(counted: &Counted<'_>) -> Picture {
    let layers = &counted.block.layers;
    let units = layers.iter().filter(|layer| matches!(layer, Layer::Ways(Join::Add, _))).count();
    let drawn = if units > 1 { &layers[..1] } else { &layers[..] };
    let mut drawing = Drawing { diagram: Diagram { nodes: Vec::new(), edges: Vec::new() }, last: 0 };
    let most = drawn.iter().map(|layer| match layer {
        Layer::Ways(_, ways) => ways.len(),
        _ => 1,
    });
    let middle = (most.max().unwrap_or(1) as f64 - 1.0) / 2.0;
    let (words, note) = (Text::new("input", "输入"), spelled(counted.input));
    drawing.push(Node { at: [0.0, middle], outline: Outline::None, words, note, ..Node::default() }, None);
    drawing.chain(drawn, counted.input, (1.0, middle), 0);
    let name = &counted.block.name;
    let (parameters, multiply_adds) = (short(counted.cost.parameters), short(counted.cost.multiply_adds));
    let (first_en, first_zh) = if units > 1 {
        (format!("; the first of {units} units"), format!("；{units} 个单元中的第一个"))
    } else {
        (String::new(), String::new())
    };
    let caption = told(
        format!("{}: {parameters} parameters, {multiply_adds} multiply-adds{first_en}", name.en),
        format!("{}：{parameters} 个参数，{multiply_adds} 次乘加{first_zh}", name.zh),
    );
    Picture { slot: "inside", key: None, caption, chart: Chart::Diagram(drawing.diagram) }
}

struct Drawing {
    diagram: Diagram,
    last: usize,
}

impl Drawing {
    fn push(&mut self, node: Node, from: Option<usize>) -> usize {
        self.diagram.nodes.push(node);
        self.last = self.diagram.nodes.len() - 1;
        self.diagram.edges.extend(from.map(|from| edge(from, self.last)));
        self.last
    }

    /// Layers in a row from a node on; gives the last node and the column behind it.
    fn chain(
        &mut self,
        layers: &[Layer],
        input: Shape,
        (column, line): (f64, f64),
        from: usize,
    ) -> (usize, f64) {
        let (mut at, mut last, mut shape) = (column, from, input);
        for layer in layers {
            let (output, cost) = through(shape, std::slice::from_ref(layer));
            match layer {
                Layer::Norm => {}
                Layer::Ways(join, ways) => {
                    (last, at) = self.ways(*join, ways, (shape, output), (at, line), last);
                }
                _ => {
                    let node = Node {
                        at: [at, line],
                        outline: Outline::Box,
                        words: layer.name(),
                        note: spelled(output),
                        values: values(cost),
                        ..Node::default()
                    };
                    last = self.push(node, Some(last));
                    at += 1.0;
                }
            }
            shape = output;
        }
        (last, at)
    }

    /// Ways side by side, and where they meet.
    fn ways(
        &mut self,
        join: Join,
        ways: &[Vec<Layer>],
        (input, output): (Shape, Shape),
        (column, line): (f64, f64),
        from: usize,
    ) -> (usize, f64) {
        let first = line - (ways.len() as f64 - 1.0) / 2.0;
        let mut ends = Vec::new();
        let mut end = column;
        for (index, way) in ways.iter().enumerate() {
            let at = (column, first + index as f64);
            let (last, behind) = if way.is_empty() {
                let words = Text::new("shortcut", "快捷结构");
                let node = Node { at: [at.0, at.1], outline: Outline::None, words, ..Node::default() };
                (self.push(node, Some(from)), column + 1.0)
            } else {
                self.chain(way, input, at, from)
            };
            ends.push(last);
            end = end.max(behind);
        }
        let words = match join {
            Join::Add => Text::same("+"),
            Join::Concatenate => Text::new("joined", "拼接"),
        };
        let outline = if join == Join::Add { Outline::Circle } else { Outline::Box };
        let node = Node { at: [end, line], outline, words, note: spelled(output), ..Node::default() };
        let meeting = self.push(node, None);
        self.diagram.edges.extend(ends.into_iter().map(|from| edge(from, meeting)));
        (meeting, end + 1.0)
    }
}

/// One of the counts of a cost.
type Part = fn(&Cost) -> u64;

/// What share of the parameters and of the multiply-adds each block has, in percent.
pub(super) fn shares(counted: &[Counted<'_>]) -> Vec<Picture> {
    let whole = |of: Part| counted.iter().map(|block| of(&block.cost)).sum::<u64>();
    let categories: Vec<_> = counted.iter().map(|block| block.block.name.clone()).collect();
    let picture = |(index, (name, of)): (u8, (Text, Part))| {
        let sum = whole(of);
        let share = |block: &Counted<'_>| 100.0 * of(&block.cost) as f64 / sum.max(1) as f64;
        let values: Vec<f64> = counted.iter().map(share).collect();
        let most = values.iter().copied().fold(0.0, f64::max);
        let bars =
            Bars { name: name.clone(), color: index, categories: categories.clone(), values, grip: None };
        let x = parts::axis(Text::new("block", "块"), Scale::Linear);
        let y = parts::fixed(Text::new("share, %", "比例，%"), (0.0, (most * 1.1).clamp(10.0, 100.0)));
        let (en, zh) = (format!("{} {}", short(sum), name.en), format!("{} {}", name.zh, short(sum)));
        let chart = Chart::Plane(parts::plane(x, y, vec![Mark::Bars(bars)]));
        Picture { slot: "shares", key: Some(Key(u32::from(index))), caption: told(en, zh), chart }
    };
    let parameters: Part = |cost| cost.parameters;
    let multiply_adds: Part = |cost| cost.multiply_adds;
    (0..).zip([(PARAMETERS, parameters), (MULTIPLY_ADDS, multiply_adds)]).map(picture).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::labs::deep::architectures;

    #[test]
    fn counts_are_written_as_papers_write_them() {
        assert_eq!(
            [999, 61_706, 60_965_224, 15_470_264_320].map(short),
            ["999", "61.7 k", "60.97 M", "15.47 G"]
        );
    }

    #[test]
    fn every_block_of_every_network_can_be_opened() {
        for architecture in architectures::ALL {
            let net = (architecture.net)();
            let counted = net.count();
            for (index, block) in counted.iter().enumerate() {
                let Chart::Diagram(all) = blocks(&counted, index, 0) else { panic!("a diagram") };
                assert_eq!(all.nodes.len(), counted.len() + 1, "the image comes first");
                let Chart::Diagram(diagram) = inside(block).chart else { panic!("a diagram") };
                assert!(diagram.nodes.len() > 1, "{} {index}", architecture.id);
                let entered = |node: usize| node == 0 || diagram.edges.iter().any(|edge| edge.to == node);
                assert!((0..diagram.nodes.len()).all(entered), "{} {index}", architecture.id);
                let places = diagram.nodes.iter().map(|node| node.at);
                assert!(places.flatten().all(|at| at >= 0.0), "{} {index}", architecture.id);
            }
            for picture in shares(&counted) {
                let Chart::Plane(plane) = picture.chart else { panic!("bars") };
                let [Mark::Bars(bars)] = &plane.marks[..] else { panic!("bars") };
                assert!((bars.values.iter().sum::<f64>() - 100.0).abs() < 1e-9, "{}", architecture.id);
            }
        }
    }
}
