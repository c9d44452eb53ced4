//! The two networks, a figure for each scale, and all scales in one.

use super::{accuracy, per_epoch, scale_name, scales};
use crate::chart::{
    Axis, Chart, Diagram, Edge, Key, Line, Mark, Node, Outline, Scale, Scatter, Symbol, Tone,
};
use crate::labs::parts::{self, Run};
use crate::labs::settings::Settings;
use crate::labs::sheet::Picture;
use crate::text::Text;

/// Keys of figures; those of runs are below.
const FIGURES: u32 = 1000;
const WITH: Text = Text::new("with Batch Norm", "使用 Batch Norm");
const WITHOUT: Text = Text::new("without", "不使用");

/// The networks until there are curves, then these.
pub(super) fn pictures(settings: &Settings, runs: &[Run<'_>]) -> Vec<Picture> {
    if runs.iter().all(|run| accuracy(run).is_none()) {
        return parts::pictures([("networks", Some(networks(settings)))]);
    }
    let pairs = scales(settings).zip(runs.chunks(2)).zip(FIGURES..);
    let mut pictures: Vec<Picture> =
        pairs.map(|((scale, pair), key)| curves(settings, scale, pair, key)).collect();
    pictures.extend(parts::pictures([("scales", Some(by_scale(settings, runs)))]));
    pictures
}

/// The titles of the figures say what it is: in so little room its name would cost a fifth of the height.
fn share() -> Axis {
    parts::fixed(Text::new("", ""), (0.0, 1.0))
}

/// The training accuracy of both networks of a scale after each epoch. A cross says where one diverged.
fn curves(settings: &Settings, scale: f64, pair: &[Run<'_>], key: u32) -> Picture {
    let per_epoch = per_epoch(settings) as f64;
    let mut marks = Vec::new();
    for (run, name) in pair.iter().zip([WITH, WITHOUT]) {
        let Some(training) = run.training().filter(|training| !training.training_accuracy.is_empty()) else {
            continue;
        };
        let after = |&(iteration, accuracy): &(u64, f64)| [iteration as f64 / per_epoch, accuracy];
        let points = training.training_accuracy.iter().map(after).collect();
        let line = parts::line(name, run.job.color, points);
        if let (Some(at), Some(accuracy)) = (training.diverged_at, accuracy(run)) {
            marks.push(Mark::Scatter(Scatter {
                name: Text::new("diverged", "发散"),
                color: run.job.color,
                points: vec![[at as f64 / per_epoch, accuracy]],
                symbol: Symbol::Cross,
                keys: vec![run.key],
                grip: None,
            }));
        }
        marks.push(Mark::Line(Line { key: Some(run.key), ..line }));
    }
    // The same axes for all, so that the figures can be compared.
    let x = parts::fixed(Text::new("epochs", "epoch"), (0.0, f64::from(settings.count("epochs"))));
    let chart = Chart::Plane(parts::plane(x, share(), marks));
    Picture { slot: "accuracy", key: Some(Key(key)), caption: Text::same(scale_name(scale)), chart }
}

/// The latest training accuracy over the scale of the initial weights.
fn by_scale(settings: &Settings, runs: &[Run<'_>]) -> Chart {
    let curve = |(first, name): (usize, Text)| {
        let runs = scales(settings).zip(runs.iter().skip(first).step_by(2));
        let mut points: Vec<_> =
            runs.filter_map(|(scale, run)| accuracy(run).map(|accuracy| [scale, accuracy])).collect();
        points.reverse();
        Mark::Line(Line { dots: true, ..parts::line(name, first as u8, points) })
    };
    let marks = [(0, WITH), (1, WITHOUT)].map(curve).into();
    let x = Axis {
        range: Some((1e-4, 1.0)),
        ..parts::axis(
            Text::new("standard deviation σ of the initial weights", "权重初始值的标准差 σ"),
            Scale::Log,
        )
    };
    Chart::Plane(parts::plane(x, share(), marks))
}

/// Both networks layer by layer, the repeated hidden layer once.
fn networks(settings: &Settings) -> Chart {
    let activation = match settings.words("activation") {
        "sigmoid" => "Sigmoid",
        "tanh" => "tanh",
        _ => "ReLU",
    };
    let mut diagram = Diagram { nodes: Vec::new(), edges: Vec::new() };
    for (row, name) in [WITH, WITHOUT].into_iter().enumerate() {
        let (with, y) = (row == 0, row as f64);
        let at = |column: f64| [column, y];
        diagram.nodes.push(Node { at: at(0.0), outline: Outline::None, words: name, ..Node::default() });
        let layers = [
            (1.0, "784", "", Tone::Plain),
            (2.0, "Affine", "100", Tone::Plain),
            (3.0, "Batch Norm", "γ, β", Tone::Active),
            (4.0, activation, "", Tone::Plain),
            (5.0, "× 5", "", Tone::Plain),
            (6.0, "Affine", "10", Tone::Plain),
            (7.0, "Softmax", "", Tone::Plain),
        ];
        let shown = layers.into_iter().filter(|(_, _, _, tone)| with || *tone == Tone::Plain);
        for (index, (column, words, note, tone)) in shown.enumerate() {
            let outline = if words == "× 5" { Outline::None } else { Outline::Box };
            let (words, note) = (Text::same(words), Text::same(note));
            diagram.nodes.push(Node { at: at(column), outline, words, note, tone, ..Node::default() });
            if index > 0 {
                let to = diagram.nodes.len() - 1;
                let (forward, backward) = (String::new(), String::new());
                let tone = Tone::Plain;
                diagram.edges.push(Edge {
                    from: to - 1,
                    to,
                    forward,
                    backward,
                    tone,
                    width: 1.0,
                    shade: 0.0,
                    key: None,
                });
            }
        }
    }
    Chart::Diagram(diagram)
}
