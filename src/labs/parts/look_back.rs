//! Looking back at a training: the handle on its curves, what moving it means, and what is said meanwhile.

use super::{
    accuracy_plane, curve, grouped, line, loss_curve, loss_plane, loss_value, number, pictures, told,
};
use crate::chart::{Chart, Grip, Line, Mark, Plane, Scale, Scatter, Symbol};
use crate::labs::Edits;
use crate::labs::settings::Settings;
use crate::labs::sheet::{Notice, Number, Picture, Remedy, Tone};
use crate::nn::spec::LossSpec;
use crate::text::Text;
use crate::train::report::{Ghost, Training};

/// The handle on the curves of a training.
const LOOK: Grip = Grip(1);
/// So many times the first loss a curve that was left behind cannot be shown beside the present one on an even axis.
const BROKEN: f64 = 5.0;
/// The colour of what is no longer: that of no run.
const PAST: u8 = 6;

/// The `drag` of a lab in whose curves one looks back.
pub(in crate::labs) fn drag_to_look(_: &Settings, grip: Grip, [iteration, _]: [f64; 2]) -> Edits {
    let step = (grip == LOOK && iteration.is_finite()).then(|| iteration.max(0.0).round() as u64);
    Edits { settings: Vec::new(), step }
}

/// A plane of curves of trainings that one can look back in. `at` is the iteration that is seen, and the value there.
pub(in crate::labs) fn to_look_back(plane: Plane, at: Option<[f64; 2]>) -> Plane {
    let Some(point) = at else { return plane };
    let handle = Scatter {
        name: Text::new("drag to look back", "拖动可回看"),
        color: PAST,
        points: vec![point],
        symbol: Symbol::Handle,
        keys: Vec::new(),
        grip: Some(LOOK),
    };
    let mut marks = plane.marks;
    marks.push(Mark::Scatter(handle));
    Plane { marks, grip: Some(LOOK), ..plane }
}

/// The iteration where the curves of a training end: those that it left behind may end later.
pub(in crate::labs) fn end_of_curves(done: u64, training: &Training) -> u64 {
    let newest = training.looking.map_or(done, |look| look.newest);
    let left =
        training.ghost.as_ref().and_then(|ghost| ghost.loss.last()).map_or(0, |bucket| bucket.iteration);
    newest.max(left)
}

/// The loss that a training left behind.
pub(in crate::labs) fn ghost_of_loss(training: &Training) -> Option<Line> {
    let points =
        |ghost: &Ghost| ghost.loss.iter().map(|bucket| [bucket.iteration as f64, bucket.mean()]).collect();
    training
        .ghost
        .as_ref()
        .map(|ghost| line(past_name(), PAST, points(ghost)))
        .filter(|line| !line.points.is_empty())
}

/// The test accuracy that a training left behind.
pub(in crate::labs) fn ghost_of_accuracy(training: &Training) -> Option<Line> {
    let points = |ghost: &Ghost| ghost.test_accuracy.iter().map(|&(at, share)| [at as f64, share]).collect();
    training
        .ghost
        .as_ref()
        .map(|ghost| line(past_name(), PAST, points(ghost)))
        .filter(|line| !line.points.is_empty())
}

fn past_name() -> Text {
    Text::new("before", "此前")
}

/// Losses go by powers of ten once they have broken, and as long as that is to be seen: the last losses of a run that
/// diverged are a thousand times the first ones.
pub(in crate::labs) fn loss_scale(training: &Training) -> Scale {
    let highest = training
        .ghost
        .iter()
        .flat_map(|ghost| &ghost.loss)
        .fold(0.0, |most: f64, loss| most.max(loss.mean()));
    let first = training.loss.first().map_or(f64::INFINITY, |first| first.mean());
    let broke = training.diverged_at.is_some() || highest > BROKEN * first;
    if broke { Scale::Log } else { Scale::Linear }
}

/// The loss that is seen.
pub(in crate::labs) fn loss_seen(training: &Training) -> Option<f64> {
    match training.looking {
        Some(look) => look.loss,
        None => training.last_loss,
    }
}

/// Where the handle on a curve stands: at the iteration that is seen, on the last point that is not after it.
pub(in crate::labs) fn seen_on(curve: &Line, done: u64) -> Option<[f64; 2]> {
    let at = curve.points.partition_point(|point| point[0] <= done as f64);
    let y = curve.points.get(at.saturating_sub(1))?[1];
    Some([done as f64, y])
}

/// Says that the past is seen, and how to come back or to go on from it.
pub(in crate::labs) fn looking_back(done: u64, training: &Training) -> Option<Notice> {
    let newest = training.looking?.newest;
    let (seen, all) = (grouped(done), grouped(newest));
    Some(Notice {
        code: "looking-back",
        tone: Tone::Info,
        text: told(
            format!(
                "You see iteration {seen} of {all}. When you continue from here, the old curve stays for comparison."
            ),
            format!(
                "现在看到的是第 {done} 次迭代（共 {newest} 次）。从这里继续训练时，原来的曲线会留作对照。"
            ),
        ),
        remedies: vec![
            Remedy::Continue { text: Text::new("Continue from here", "从这里继续") },
            Remedy::Look {
                text: told(format!("Back to iteration {all}"), format!("回到第 {newest} 次迭代")),
                step: None,
            },
        ],
    })
}
/// The numbers of a training as it was at an iteration: that, its loss and both accuracies.
pub(in crate::labs) fn numbers_seen(done: u64, training: &Training) -> [Option<Number>; 4] {
    let accuracy = |name, en: &str, zh: &str, now: Option<f64>, curve: &[(u64, f64)]| {
        // Of the weights as they are where those were evaluated, otherwise of the last evaluation before them.
        let before = || curve.iter().rfind(|(at, _)| *at <= done).copied();
        let point = now.map(|share| (done, share)).or_else(before);
        let label = match point {
            Some((at, _)) if at != done => {
                told(format!("{en} at {}", grouped(at)), format!("{zh}（第 {at} 次）"))
            }
            _ => told(en, zh),
        };
        number(name, label, point.map(|(_, share)| format!("{share:.4}")))
    };
    let Training { present_training_accuracy: train, present_test_accuracy: test, .. } = *training;
    [
        number("iteration", Text::new("Iteration", "迭代次数"), Some(done.to_string())),
        number("loss", Text::new("Loss", "损失函数"), loss_seen(training).map(loss_value)),
        accuracy("train-accuracy", "Training accuracy", "训练精度", train, &training.training_accuracy),
        accuracy("test-accuracy", "Test accuracy", "测试精度", test, &training.test_accuracy),
    ]
}

/// The loss and both accuracies, once there are any, to look back along.
pub(in crate::labs) fn curves_seen(kind: LossSpec, done: u64, training: &Training) -> Vec<Picture> {
    let end = end_of_curves(done, training);
    let loss = (!training.loss.is_empty()).then(|| {
        let loss = loss_curve(Text::new("loss of the mini-batch", "mini-batch 的损失"), 0, training);
        let seen = seen_on(&loss, done);
        let curves = ghost_of_loss(training).into_iter().chain([loss]).collect();
        Chart::Plane(to_look_back(loss_plane(kind, loss_scale(training), end, curves), seen))
    });
    let is_evaluated = !(training.training_accuracy.is_empty() && training.test_accuracy.is_empty());
    let accuracy = is_evaluated.then(|| {
        let test = curve(Text::new("test images", "测试图像"), 1, &training.test_accuracy);
        let seen = seen_on(&test, done);
        let train = curve(Text::new("training images", "训练图像"), 0, &training.training_accuracy);
        let curves = ghost_of_accuracy(training).into_iter().chain([train, test]).collect();
        Chart::Plane(to_look_back(accuracy_plane(end, curves), seen))
    });
    pictures([("loss", loss), ("accuracy", accuracy)])
}
