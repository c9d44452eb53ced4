//! Diagrams: computational graphs, small networks, architectures.

use fishbowl::chart::{Chart, Diagram, Edge, Key, Meaning, Node, Outline, Thumbnail, Tone};
use fishbowl::plot::{Look, svg};
use fishbowl::text::{Language, Text};

use crate::{WIDE, compare};

fn node(at: [f64; 2], outline: Outline, words: Text) -> Node {
    Node { at, outline, words, ..Node::default() }
}

fn edge(from: usize, to: usize, forward: &str, backward: &str) -> Edge {
    let (forward, backward) = (forward.to_owned(), backward.to_owned());
    Edge { from, to, forward, backward, tone: Tone::Plain, width: 1.0, shade: 0.0, key: None }
}

/// Two apples and three oranges, as in section 5.2 of the book.
fn shopping(back: bool) -> Chart {
    let name = |row: f64, en, zh| node([0.0, row], Outline::None, Text::new(en, zh));
    let sign = |column: f64, row: f64, sign: &str| node([column, row], Outline::Circle, Text::same(sign));
    let nodes = vec![
        name(0.0, "number of apples", "苹果的个数"),
        name(1.0, "price of an apple", "苹果的单价"),
        name(2.0, "price of an orange", "橘子的单价"),
        name(3.0, "number of oranges", "橘子的个数"),
        name(4.0, "tax", "消费税"),
        sign(1.0, 0.5, "×"),
        sign(1.0, 2.5, "×"),
        sign(2.0, 1.5, "+"),
        sign(3.0, 2.0, "×"),
        node([4.0, 2.0], Outline::None, Text::new("amount", "支付金额")),
    ];
    let numbers = [
        (0, 5, "2", "110"),
        (1, 5, "100", "2.2"),
        (2, 6, "150", "3.3"),
        (3, 6, "3", "165"),
        (5, 7, "200", "1.1"),
        (6, 7, "450", "1.1"),
        (7, 8, "650", "1.1"),
        (4, 8, "1.1", "650"),
        (8, 9, "715", "1"),
    ];
    let mut edges: Vec<Edge> = numbers
        .map(|(from, to, forward, backward)| edge(from, to, forward, if back { backward } else { "" }))
        .to_vec();
    edges[6].tone = Tone::Active;
    let mut diagram = Diagram { nodes, edges };
    diagram.nodes[7].tone = Tone::Active;
    if !back {
        for edge in &mut diagram.edges[7..] {
            edge.tone = Tone::Faint;
            edge.forward = String::new();
        }
        diagram.nodes[8].tone = Tone::Faint;
    }
    Chart::Diagram(diagram)
}

/// A dense network with its weights; nodes tell their outputs.
fn network(layers: &[usize], numbers: bool) -> Chart {
    let most = layers.iter().copied().max().unwrap_or(1) as f64;
    let mut nodes = Vec::new();
    let mut edges = Vec::new();
    let mut before = 0..0;
    for (column, &count) in layers.iter().enumerate() {
        let begin = nodes.len();
        for index in 0..count {
            let row = (most - count as f64) / 2.0 + index as f64;
            let value = ((column * 7 + index * 5) % 10) as f64 / 10.0;
            let words = Text::same(format!("{value:.3}"));
            let mut neuron = node([column as f64, row], Outline::Circle, words);
            neuron.shade = value;
            neuron.note = Text::same(if column == 0 { format!("x{}", index + 1) } else { String::new() });
            neuron.key = Some(Key((begin + index) as u32));
            nodes.push(neuron);
            for from in before.clone() {
                let weight = ((from * 5 + index * 3 + column) % 9) as f64 / 10.0 - 0.4;
                let words = if numbers { format!("{weight:.1}") } else { String::new() };
                let mut joined = edge(from, begin + index, &words, "");
                joined.width = 0.6 + weight.abs() * 4.0;
                joined.shade = weight * 2.5;
                joined.key = Some(Key(100 + edges.len() as u32));
                edges.push(joined);
            }
        }
        before = begin..nodes.len();
    }
    Chart::Diagram(Diagram { nodes, edges })
}

/// Layers in a row, with a way around two of them.
fn architecture() -> Chart {
    let words = [
        ("image", "图像", "1×28×28"),
        ("Conv 16", "卷积 16", "16×28×28"),
        ("ReLU", "ReLU", ""),
        ("Conv 16", "卷积 16", "16×28×28"),
        ("+", "+", ""),
        ("Max pooling", "最大池化", "16×14×14"),
        ("Affine 50", "全连接 50", "50"),
        ("Dropout", "Dropout", ""),
        ("Softmax", "Softmax", "10"),
    ];
    let nodes = words.iter().enumerate().map(|(column, (en, zh, note))| {
        let outline = match *en {
            "image" => Outline::None,
            "+" => Outline::Circle,
            _ => Outline::Box,
        };
        let tone = if *en == "Dropout" { Tone::Wrong } else { Tone::Plain };
        Node { tone, note: Text::same(*note), ..node([column as f64, 0.0], outline, Text::new(en, zh)) }
    });
    let mut edges: Vec<Edge> = (1..words.len()).map(|to| edge(to - 1, to, "", "")).collect();
    edges.push(edge(1, 4, "", ""));
    Chart::Diagram(Diagram { nodes: nodes.collect(), edges })
}

/// Who speaks for an answer: pictures with bars, numbered units, words, and lines as wide as what they say.
fn speakers(pictured: bool) -> Chart {
    let said =
        [("1", 1.0, 4.0), ("9", 0.4, 2.5), ("12", 0.7, 1.0), ("40", 0.9, -3.0), ("6 others", 0.0, 0.5)];
    let mut nodes = Vec::new();
    let mut edges = Vec::new();
    for (row, (words, level, value)) in said.into_iter().enumerate() {
        let last = row + 1 == said.len();
        let pixels = (0..16).map(|pixel: u8| pixel * 16).collect();
        let picture = Thumbnail { width: 4, height: 4, meaning: Meaning::Signed, pixels };
        let outline = if last { Outline::None } else { Outline::Circle };
        nodes.push(Node {
            picture: (pictured && !last).then_some(picture),
            level: (!last).then_some(level),
            shade: if pictured { value / f64::abs(value) } else { 0.0 },
            key: Some(Key(row as u32)),
            ..node([0.0, row as f64], outline, Text::same(words))
        });
        let mut line = edge(row, said.len(), &format!("{value:+.1}"), "");
        (line.width, line.shade) = (2.0 * value.abs(), value / value.abs());
        edges.push(line);
    }
    let note = Text::new("score 5.0", "得分 5.0");
    let answer = node([5.0, 2.0], Outline::Circle, Text::same("3"));
    nodes.push(Node { note, tone: Tone::Active, ..answer });
    Chart::Diagram(Diagram { nodes, edges })
}

const PHONE: Look = Look { width: 360, height: 300, legend: false, ..WIDE };

#[test]
fn computational_graphs() {
    compare("diagram-graph", &shopping(true), &WIDE);
    compare("diagram-graph-dark", &shopping(true), &Look { dark: true, ..WIDE });
    compare("diagram-graph-chinese-phone", &shopping(true), &Look { language: Language::Chinese, ..PHONE });
    compare("diagram-graph-phone", &shopping(true), &PHONE);
    compare("diagram-graph-forward", &shopping(false), &WIDE);
}

#[test]
fn small_networks() {
    let pointed = Look { highlight: Some(Key(103)), ..WIDE };
    compare("diagram-network", &network(&[2, 3, 2, 2], true), &pointed);
    compare("diagram-network-phone-dark", &network(&[2, 3, 2, 2], true), &Look { dark: true, ..PHONE });
    let pointed = Look { highlight: Some(Key(2)), height: 480, ..WIDE };
    compare("diagram-network-large", &network(&[10, 20, 20, 10], false), &pointed);
}

#[test]
fn who_speaks_for_an_answer() {
    let look = Look { width: 280, height: 330, highlight: Some(Key(1)), ..WIDE };
    compare("diagram-speakers", &speakers(true), &look);
    compare("diagram-speakers-numbered-dark", &speakers(false), &Look { dark: true, ..look });
}

#[test]
fn the_score_of_an_answer_is_whole_on_a_narrow_screen() {
    for (language, note) in [(Language::English, "score 5.0"), (Language::Chinese, "得分 5.0")] {
        for width in [150, 200, 280] {
            let drawn = svg(&speakers(true), &Look { width, height: 330, language, ..WIDE });
            assert!(drawn.contains(note), "{note} at {width}");
        }
    }
}

#[test]
fn architectures() {
    compare("diagram-architecture", &architecture(), &WIDE);
    let phone = Look { height: 520, language: Language::Chinese, ..PHONE };
    compare("diagram-architecture-phone", &architecture(), &phone);
}
