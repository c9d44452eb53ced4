//! All trials by their hyperparameters, the curves of the best, and what images are used for.

use super::{Trial, next, percent, shares};
use crate::chart::{Chart, Diagram, Edge, Line, Mark, Node, Outline, Scatter, Symbol, Tone};
use crate::labs::parts::{self, told};
use crate::labs::settings::Settings;
use crate::labs::sheet::Picture;
use crate::text::Text;

/// What trials have come to: what that is called, its colour and symbol. The best come last, on top of the others.
const OUTCOMES: [(Text, u8, Symbol); 5] = [
    (Text::new("not trained yet", "尚未训练"), 6, Symbol::Dot),
    (Text::new("diverged", "发散"), 3, Symbol::Cross),
    (Text::new("below 40%", "不到 40%"), 1, Symbol::Dot),
    (Text::new("40–70%", "40–70%"), 5, Symbol::Dot),
    (Text::new("at least 70%", "70% 以上"), 0, Symbol::Dot),
];

/// Which of [`OUTCOMES`] a trial has come to.
fn outcome(trial: &Trial<'_>) -> usize {
    match trial.accuracy {
        _ if trial.has_diverged() => 1,
        None => 0,
        Some(accuracy) if accuracy >= 0.7 => 4,
        Some(accuracy) if accuracy >= 0.4 => 3,
        Some(_) => 2,
    }
}

pub(super) fn pictures(settings: &Settings, trials: &[Trial<'_>]) -> Vec<Picture> {
    let mut pictures = parts::pictures([("trials", Some(all(settings, trials)))]);
    let shown = settings.count("shown") as usize;
    let begun = trials.iter().filter(|trial| trial.accuracy.is_some() && !trial.has_diverged()).take(shown);
    pictures.extend(begun.enumerate().map(|(place, trial)| curves(settings, place, trial)));
    if pictures.len() == 1 {
        pictures.extend(parts::pictures([("validation", Some(uses(settings)))]));
    }
    pictures
}

/// A point for each trial, coloured by its accuracy, and the frame around what is searched next.
fn all(settings: &Settings, trials: &[Trial<'_>]) -> Chart {
    let mark = |(index, (name, color, symbol)): (usize, (Text, u8, Symbol))| {
        let chosen = || trials.iter().filter(move |trial| outcome(trial) == index);
        let points: Vec<_> = chosen().map(|trial| [trial.rate, trial.decay]).collect();
        let keys = chosen().map(|trial| trial.key).collect();
        let scatter = Scatter { name, color, points, symbol, keys, grip: None };
        (!scatter.points.is_empty()).then_some(Mark::Scatter(scatter))
    };
    let mut marks: Vec<Mark> = OUTCOMES.into_iter().enumerate().filter_map(mark).collect();
    marks.extend(next::frame(settings));
    let [x, y] = next::axes(settings);
    Chart::Plane(parts::plane(x, y, marks))
}

/// The curves of a trial.
fn curves(settings: &Settings, place: usize, trial: &Trial<'_>) -> Picture {
    let (learned, _) = shares(settings).unwrap_or((1, 1));
    let per_epoch = learned.div_ceil(settings.count("batch") as usize) as f64;
    let mut marks = Vec::new();
    if let Some(training) = trial.run.training() {
        let curve = |name, color, values: &[(u64, f64)]| {
            let points = values.iter().map(|&(iteration, share)| [iteration as f64 / per_epoch, share]);
            Mark::Line(Line { key: Some(trial.key), ..parts::line(name, color, points.collect()) })
        };
        marks.push(curve(Text::new("training", "训练数据"), 1, &training.training_accuracy));
        marks.push(curve(Text::new("validation", "验证数据"), 0, &training.test_accuracy));
    }
    // The same axes for all, so that the figures can be compared. What is shown the title says.
    let x = parts::fixed(Text::new("epochs", "epoch"), (0.0, f64::from(settings.count("epochs"))));
    let y = parts::fixed(Text::new("", ""), (0.0, 1.0));
    let rank = place + 1;
    let caption = match trial.merit() {
        Some(merit) => {
            let merit = percent(merit);
            told(format!("Best {rank}: {merit}%"), format!("第 {rank} 名：{merit}%"))
        }
        None => trial.name.clone(),
    };
    let chart = Chart::Plane(parts::plane(x, y, marks));
    Picture { slot: "best", key: Some(trial.key), caption, chart }
}

/// Which images serve what.
fn uses(settings: &Settings) -> Chart {
    let (learned, held_out) = shares(settings).unwrap_or_default();
    let count = |count: usize| told(format!("{count} images"), format!("{count} 张"));
    let trials = settings.count("trials");
    let node = |at, words, note| Node { at, outline: Outline::Box, words, note, ..Node::default() };
    let nodes = vec![
        node([0.0, 0.5], Text::same("MNIST"), count(learned + held_out)),
        node([1.0, 0.0], Text::new("training data", "训练数据"), count(learned)),
        node([1.0, 1.0], Text::new("validation data", "验证数据"), count(held_out)),
        node(
            [2.0, 0.0],
            told(format!("{trials} networks"), format!("{trials} 个网络")),
            Text::new("each with its η, λ", "各有其 η、λ"),
        ),
        node([3.0, 0.5], Text::new("best η, λ", "最好的 η、λ"), Text::new("", "")),
        Node {
            tone: Tone::Faint,
            ..node([1.0, 2.0], Text::new("test data", "测试数据"), Text::new("for the end", "留到最后"))
        },
    ];
    let edge = |(from, to): (usize, usize)| Edge {
        from,
        to,
        forward: String::new(),
        backward: String::new(),
        tone: Tone::Plain,
        width: 1.0,
        shade: 0.0,
        key: None,
    };
    let edges = [(0, 1), (0, 2), (1, 3), (3, 4), (2, 4)].map(edge).into();
    Chart::Diagram(Diagram { nodes, edges })
}
