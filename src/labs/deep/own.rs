//! The deep network trained on, from the weights it came with, on the visitor's own digits and a share of MNIST.

use super::layers::Net;
use super::structure;
use crate::chart::{Chart, Foot, Image, ImageGrid, Line, Mark, Meaning, Plane, Value};
use crate::error::Result;
use crate::labs::Job;
use crate::labs::parts::{self, grouped, number, told};
use crate::labs::settings::Settings;
use crate::labs::sheet::{Cell, Notice, Number, Picture, Row, Sheet, Table, Tone};
use crate::nn::spec::{NetSpec, OptimizerKind, OptimizerSpec};
use crate::text::Text;
use crate::train::report::{Judged, Report, Shares};
use crate::train::task::{Count, EvaluationPlan, Gradient, Needs, SetName, Share, Task, TrainPlan};

/// How many of MNIST's test images an evaluation takes: it is to be quick.
const TEST: u32 = 1000;
/// So many evaluations are made on the way.
const EVALUATIONS: u32 = 3;
/// Images of a mini-batch. A larger one takes longer than a hand is willing to wait.
const BATCH: usize = 40;

/// Characters that a count of MNIST's digits will take, but for the first.
const WIDE: usize = 16;

const OWN: Text = Text::new("my digits", "我的数字");
const MNIST: Text = Text::new("MNIST test digits", "MNIST 测试图像");

fn spec(settings: &Settings) -> Result<NetSpec> {
    let optimizer = OptimizerSpec::new(OptimizerKind::Adam, settings.number("learningRate"));
    Ok(NetSpec { optimizer, batch_size: BATCH, ..parts::named_net("deep-convnet", settings)? })
}

pub(super) fn jobs(settings: &Settings) -> Result<Vec<Job>> {
    let share = |set, count| Share { set, count };
    let iterations = settings.count("teachings");
    // Of none nothing would arrive, and what has not arrived is waited for.
    let mnist = Some(settings.count("mnist")).filter(|&count| count > 0);
    let mnist = mnist.map(|count| share(SetName::Mnist, Count::First(count)));
    let plan = TrainPlan {
        spec: spec(settings)?,
        needs: Needs {
            train: std::iter::once(share(SetName::OwnVaried, Count::All)).chain(mnist).collect(),
            test: vec![share(SetName::Own, Count::All), share(SetName::Mnist, Count::First(TEST))],
            ..Needs::default()
        },
        limit: Some(iterations.into()),
        evaluation: EvaluationPlan {
            every: Some(iterations.div_ceil(EVALUATIONS).into()),
            train: Count::First(0),
            test: Count::All,
        },
        observed: false,
        gradient: Gradient::default(),
    };
    let job = Job::new(Text::same("DeepConvNet"), 0, Task::Train(plan));
    Ok(vec![Job { pretrained: Some("deep-convnet"), continues: true, ..job }])
}

/// How many of a share are right at the first evaluation, at the last one, and of how many.
fn counts(shares: &Shares, place: usize) -> Option<[u32; 3]> {
    let right = |found: Option<&(u64, Vec<u32>)>| found.and_then(|(_, right)| right.get(place).copied());
    let all = shares.lengths.get(place).copied().filter(|&all| all > 0)?;
    Some([right(shares.right.first())?, right(shares.right.last())?, all])
}

pub(super) fn show(settings: &Settings, jobs: &[Job], reports: &[Option<Report>]) -> Sheet {
    let runs = parts::runs(jobs, reports);
    let training = runs.first().and_then(parts::Run::training);
    let shares = training.and_then(|training| training.shares.as_ref());
    let own = shares.filter(|shares| !shares.first.is_empty());
    let grid = own.and_then(digits);
    let networks = || {
        let nets: Vec<_> =
            spec(settings).map(|spec| (Text::same("DeepConvNet"), Net::of(&spec))).into_iter().collect();
        Picture { slot: "networks", key: None, caption: Text::same(""), chart: structure::rows(&nets) }
    };
    let mut pictures = vec![grid.unwrap_or_else(networks)];
    let right = own.map(|shares| Chart::Plane(right(settings, shares)));
    let loss = own.and_then(|_| parts::loss_chart(&runs));
    pictures.extend(parts::pictures([("taught", right), ("loss", loss)]));
    Sheet {
        notices: if shares.is_some() && own.is_none() { vec![none_yet()] } else { Vec::new() },
        numbers: parts::listed([
            parts::slowest(&runs),
            before_and_now("own-right", told("My digits right", "我的数字识别正确"), own, 0),
            before_and_now("mnist-right", told("MNIST right", "MNIST 识别正确"), own, 1),
        ]),
        table: own.map(table),
        pictures,
    }
}

fn before_and_now(name: &'static str, title: Text, shares: Option<&Shares>, place: usize) -> Option<Number> {
    let counted = shares.and_then(|shares| counts(shares, place)).map(|[before, now, all]| {
        format!("{} → {} / {}", grouped(before.into()), grouped(now.into()), grouped(all.into()))
    });
    // Its place is there from the beginning, as wide as it will be: a strip that grows would push the figures down.
    let unknown = || format!("—{:\u{2007}>1$}", "", if place == 0 { 0 } else { WIDE });
    number(name, title, Some(counted.unwrap_or_else(unknown)))
}

fn none_yet() -> Notice {
    Notice {
        code: "no-own-digits",
        tone: Tone::Info,
        text: Text::new(
            "You have no digits of your own yet: draw one on the pad, then select which digit it is. A few are enough.",
            "还没有你自己的数字：在画板上写一个，再选择它是哪个数字。几个就够了。",
        ),
        remedies: Vec::new(),
    }
}

/// Each own digit, the newest first, with what it was read as before and now.
fn digits(shares: &Shares) -> Option<Picture> {
    let width = shares.width as usize;
    let fits = |judged: &&Judged| width > 0 && judged.pixels.len() == width * width;
    let shown: Vec<&Judged> = shares.first.iter().rev().filter(fits).collect();
    // All images have the same numbers.
    let are_read = shown.iter().all(|judged| judged.before.is_some() && judged.now.is_some());
    let image = |judged: &&Judged| {
        let value = |name: Text, digit: u8| Value { name, value: digit.into() };
        let mut values = vec![value(Text::new("my digit", "我的数字"), judged.label)];
        let mut caption = judged.label.to_string();
        if let (true, Some(before), Some(now)) = (are_read, judged.before, judged.now) {
            caption = if before == now { before.to_string() } else { format!("{before}→{now}") };
            values.push(value(Text::new("read before", "之前识别为"), before));
            values.push(value(Text::new("read now", "现在识别为"), now));
        }
        Image {
            pixels: judged.pixels.clone(),
            caption: Text::same(caption),
            wrong: are_read && judged.now != Some(judged.label),
            values,
            ..Image::default()
        }
    };
    let images: Vec<Image> = shown.iter().map(image).collect();
    if images.is_empty() {
        return None;
    }
    let count = images.len();
    let digits = if count == 1 { "My digit".to_owned() } else { format!("My {count} digits") };
    let caption = if are_read {
        told(
            format!("{digits}: read before → now. A frame marks those that are read wrong now."),
            format!("我的 {count} 个数字：之前 → 现在的识别结果。带框的现在识别错误。"),
        )
    } else {
        told(
            format!("{digits}, which the network has not read yet"),
            format!("我的 {count} 个数字，网络尚未识别"),
        )
    };
    let chart = ImageGrid { width, height: width, meaning: Meaning::Ink, foot: Foot::Captions, images };
    Some(Picture { slot: "own", key: None, caption, chart: Chart::ImageGrid(chart) })
}

fn share(right: u32, all: u32) -> Option<f64> {
    (all > 0).then(|| f64::from(right.min(all)) / f64::from(all))
}

/// The accuracy on the own digits and on MNIST's.
fn right(settings: &Settings, shares: &Shares) -> Plane {
    let curve = |(place, name): (usize, Text)| {
        let all = shares.lengths.get(place).copied().unwrap_or(0);
        let point = |(at, right): &(u64, Vec<u32>)| Some([*at as f64, share(*right.get(place)?, all)?]);
        let points = shares.right.iter().filter_map(point).collect();
        Line { dots: true, ..parts::line(name, place as u8, points) }
    };
    let curves: Vec<Line> =
        [OWN, MNIST].into_iter().enumerate().map(curve).filter(|line| !line.points.is_empty()).collect();
    let lowest = curves.iter().flat_map(|curve| &curve.points).map(|point| point[1]).fold(1.0, f64::min);
    let from = ((lowest * 10.0).floor() / 10.0).clamp(0.0, 0.9);
    let y = parts::fixed(Text::new("accuracy", "识别精度"), (from, 1.0));
    let marks = curves.into_iter().map(Mark::Line).collect();
    parts::plane(parts::iterations(settings.count("teachings").into()), y, marks)
}

/// A row for each evaluation.
fn table(shares: &Shares) -> Table {
    let row = |(at, right): &(u64, Vec<u32>)| {
        let counted = right.iter().zip(&shares.lengths);
        let words = counted.map(|(right, all)| Cell::Words(Text::same(format!("{right} / {all}"))));
        Row { key: None, cells: std::iter::once(Cell::Number(*at as f64)).chain(words.take(2)).collect() }
    };
    let is_whole = |right: &[u32]| right.len() == 2 && shares.lengths.len() == 2;
    let rows = shares.right.iter().filter(|(_, right)| is_whole(right)).map(row).collect();
    Table { columns: vec![Text::new("iteration", "迭代次数"), OWN, MNIST], rows }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(mnist: &str) -> TrainPlan {
        let settings = Settings::of(super::super::FIELDS, &[("experiment", "own"), ("mnist", mnist)]);
        match jobs(&settings).expect("valid").remove(0).task {
            Task::Train(plan) => plan,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn of_no_mnist_images_none_are_waited_for() {
        let sets = |plan: &TrainPlan| plan.needs.train.iter().map(|share| share.set).collect::<Vec<_>>();
        assert_eq!(sets(&plan("0")), [SetName::OwnVaried]);
        assert_eq!(sets(&plan("400")), [SetName::OwnVaried, SetName::Mnist]);
        // Own digits are told first, and each of them.
        assert_eq!(plan("0").needs.test[0], Share { set: SetName::Own, count: Count::All });
    }
}
