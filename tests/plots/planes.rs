//! Marks on planes.

use fishbowl::chart::{Axis, Bars, Chart, Grid, Histogram, Key, Line, Mark, Plane, Scale, Scatter, Symbol};
use fishbowl::plot::{Look, svg};
use fishbowl::text::{Language, Text};

use crate::{SQUARE, WIDE, compare};

fn axis(en: &'static str, zh: &'static str) -> Axis {
    Axis { label: Text::new(en, zh), scale: Scale::Linear, range: None }
}

fn plane(x: Axis, y: Axis, marks: Vec<Mark>) -> Chart {
    Chart::Plane(Plane { x, y, marks, equal: false, grip: None })
}

/// A loss as it falls, with the noise of mini-batches from a fixed recurrence.
fn loss(rate: f64, points: usize) -> Vec<[f64; 2]> {
    let mut noise = 0.37;
    let point = |index: usize| {
        noise = (noise * 137.31 + 0.713) % 1.0;
        let x = index as f64;
        [x * 10.0, 0.1 + 2.2 / (1.0 + rate * x) * (0.9 + 0.2 * noise)]
    };
    (0..points).map(point).collect()
}

fn line(name: Text, color: u8, points: Vec<[f64; 2]>) -> Line {
    Line { name, color, points, band: vec![], dots: false, key: None }
}

fn curves() -> Chart {
    let train = line(Text::new("training data", "训练数据"), 0, loss(0.05, 240));
    let mut test = line(Text::new("test data", "测试数据"), 1, loss(0.03, 240));
    test.band = test.points.iter().map(|point| [point[1] * 0.85, point[1] * 1.15]).collect();
    let broken = [[0.0, 1.0], [500.0, 1.4], [600.0, f64::NAN], [700.0, 1.3], [2000.0, 1.8]];
    let marks =
        [train, test, line(Text::new("diverged", "发散"), 2, broken.to_vec())].map(Mark::Line).to_vec();
    plane(axis("iteration", "迭代次数"), axis("loss", "损失"), marks)
}

fn grid(x: (f64, f64), y: (f64, f64), function: impl Fn(f64, f64) -> f64) -> Grid {
    const SIDE: usize = 61;
    let at = |(low, high): (f64, f64), index: usize| low + (high - low) * index as f64 / (SIDE - 1) as f64;
    let values =
        (0..SIDE * SIDE).map(|index| function(at(x, index % SIDE), at(y, index / SIDE)) as f32).collect();
    Grid { x, y, columns: SIDE, rows: SIDE, values }
}

/// Gradient descent on x²/20 + y².
pub(crate) fn descent(rate: f64, steps: usize) -> Vec<[f64; 2]> {
    let mut at = [-7.0, 2.0];
    let step = |_| {
        let before = at;
        at = [at[0] - rate * at[0] / 10.0, at[1] - rate * 2.0 * at[1]];
        before
    };
    (0..steps).map(step).collect()
}

fn map(ground: Grid, mut marks: Vec<Mark>) -> Chart {
    marks.insert(0, Mark::Contour(ground));
    plane(axis("x0", "x0"), axis("x1", "x1"), marks)
}

pub(crate) fn bowl() -> Grid {
    grid((-10.0, 10.0), (-5.0, 5.0), |x, y| x * x / 20.0 + y * y)
}

fn rosenbrock() -> Grid {
    grid((-2.0, 2.0), (-1.0, 3.0), |x, y| (1.0 - x) * (1.0 - x) + 100.0 * (y - x * x) * (y - x * x))
}

fn trajectories() -> Vec<Mark> {
    let path = |name: &'static str, color: u8, rate: f64, steps: usize| {
        Mark::Line(Line { dots: true, ..line(Text::same(name), color, descent(rate, steps)) })
    };
    let point = |at: [f64; 2], symbol: Symbol, color: u8| {
        Mark::Scatter(Scatter {
            name: Text::same(""),
            color,
            points: vec![at],
            symbol,
            keys: vec![],
            grip: None,
        })
    };
    let (start, end) = (point([-7.0, 2.0], Symbol::Handle, 6), point([0.0, 0.0], Symbol::Cross, 6));
    vec![path("SGD 0.95", 0, 0.95, 30), path("SGD 0.3", 1, 0.3, 30), start, end]
}

fn arrows() -> Chart {
    let at = |index: usize| index as f64 * 0.5 - 2.0;
    let arrow = |index: usize| {
        let (x, y) = (at(index % 9), at(index / 9));
        [x, y, -x * 0.2, -y * 0.2]
    };
    let marks = vec![Mark::Arrows((0..81).map(arrow).collect())];
    plane(axis("x0", "x0"), axis("x1", "x1"), marks)
}

fn scatter() -> Chart {
    let cloud = |name: &'static str, color: u8, x: f64, y: f64| {
        let points = (0..24).map(|i| (f64::from(i), f64::from(i * 7 % 24)));
        let points = points.map(|(i, j)| [x + (i - 12.0) * 0.04, y + (j - 12.0) * 0.05 + i * 0.01]).collect();
        Mark::Scatter(Scatter {
            name: Text::same(name),
            color,
            points,
            symbol: Symbol::Dot,
            keys: vec![],
            grip: None,
        })
    };
    let marks =
        vec![cloud("versicolor", 0, 4.2, 1.3), cloud("virginica", 1, 5.0, 2.2), cloud("setosa", 2, 3.4, 2.0)];
    plane(axis("petal length (cm)", "花瓣长度（厘米）"), axis("petal width (cm)", "花瓣宽度（厘米）"), marks)
}

fn bars(series: usize) -> Chart {
    let names = [Text::new("prediction", "预测"), Text::new("label", "标签")];
    let values = [
        vec![0.01, 0.002, 0.0, 0.06, 0.001, 0.12, 0.0, 0.78, 0.02, 0.007],
        vec![0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0],
    ];
    let marks = (0..series).map(|index| {
        let categories = (0..10).map(|digit| Text::same(digit.to_string())).collect();
        Mark::Bars(Bars {
            name: names[index].clone(),
            color: index as u8,
            categories,
            values: values[index].clone(),
            grip: None,
        })
    });
    plane(axis("digit", "数字"), axis("probability", "概率"), marks.collect())
}

fn histogram() -> Chart {
    let counts = |shift: f64| {
        (0..30).map(move |bin| {
            let x = (f64::from(bin) - 15.0 - shift) / 4.0;
            (9_000.0 / (1.0 + x * x * x * x)).round()
        })
    };
    let mark = |name: &'static str, color: u8, shift: f64| {
        Mark::Histogram(Histogram {
            name: Text::same(name),
            color,
            low: -1.0,
            high: 1.0,
            counts: counts(shift).collect(),
        })
    };
    let marks = vec![mark("layer 1", 0, -3.0), mark("layer 2", 1, 4.0)];
    plane(axis("activation", "激活值"), axis("count", "数量"), marks)
}

fn log_axes() -> Chart {
    let error = |power: i32| {
        let h = 10f64.powi(power);
        [h, h * h + 1e-13 / h]
    };
    let log = |en, zh| Axis { scale: Scale::Log, ..axis(en, zh) };
    let points = line(Text::new("f64", "f64"), 0, (-12..=0).map(error).collect());
    let marks = vec![Mark::Line(Line { dots: true, ..points })];
    plane(log("h", "h"), log("error of the difference quotient", "差商的误差"), marks)
}

/// Runs of which some leave the numbers: after hundreds of steps, after two, at once.
fn diverged() -> Chart {
    let growing = |factor: f64, points: usize| {
        let mut points: Vec<[f64; 2]> =
            (0..points).map(|step| [step as f64, 2.3 * factor.powi(step as i32)]).collect();
        points.push([points.len() as f64, f64::INFINITY]);
        points
    };
    let falling = (0..40).map(|step| [f64::from(step), 2.3 / (1.0 + f64::from(step))]).collect();
    let runs = [
        line(Text::same("0.1"), 0, falling),
        line(Text::same("1"), 1, growing(10.0, 31)),
        line(Text::same("10"), 2, growing(1e25, 2)),
        line(Text::same("100"), 3, growing(1.0, 1)),
    ];
    let marks = runs.map(Mark::Line).to_vec();
    plane(axis("iteration", "迭代次数"), Axis { scale: Scale::Log, ..axis("loss", "损失") }, marks)
}

/// Runs with a key each.
fn several(count: u32) -> Chart {
    let run = |index: u32| {
        let name = Text::same(format!("trial {index}"));
        let points = loss(0.01 * f64::from(index + 1), 120);
        Mark::Line(Line { key: Some(Key(index)), ..line(name, index as u8, points) })
    };
    plane(axis("iteration", "迭代次数"), axis("loss", "损失"), (0..count).map(run).collect())
}

/// Points with a key each.
fn trials() -> Chart {
    let point = |index: u32| [f64::from(index * 7 % 20) - 10.0, f64::from(index * 3 % 11)];
    let name = Text::new("trial", "试验");
    let (points, keys) = ((0..20).map(point).collect(), (0..20).map(Key).collect());
    let scatter = Scatter { name, color: 0, points, symbol: Symbol::Dot, keys, grip: None };
    let (x, y) = (axis("log10 of the learning rate", "学习率的对数"), axis("accuracy", "精度"));
    plane(x, y, vec![Mark::Scatter(scatter)])
}

#[test]
fn curves_with_a_band_and_a_gap() {
    compare("curves", &curves(), &WIDE);
    compare("curves-dark", &curves(), &Look { dark: true, ..WIDE });
    compare("curves-chinese", &curves(), &Look { language: Language::Chinese, ..WIDE });
    compare("curves-narrow", &curves(), &Look { width: 360, height: 240, legend: false, ..WIDE });
}

#[test]
fn logarithmic_axes() {
    compare("log-axes", &log_axes(), &WIDE);
    compare("log-diverged", &diverged(), &WIDE);
}

#[test]
fn what_is_pointed_at_is_lit() {
    let curves = several(5);
    compare("curves-lit", &curves, &Look { highlight: Some(Key(2)), ..WIDE });
    // A key that no line stands for changes nothing.
    let unlit = svg(&curves, &WIDE);
    assert_eq!(svg(&curves, &Look { highlight: Some(Key(99)), ..WIDE }), unlit);
    compare("scatter-lit", &trials(), &Look { highlight: Some(Key(7)), dark: true, ..WIDE });
}

#[test]
fn circles_are_circles_on_equal_axes() {
    let circles = |range: f64| {
        let ground = grid((-range, range), (-range, range), |x, y| x * x + y * y);
        let Chart::Plane(plane) = map(ground, trajectories()) else { return curves() };
        Chart::Plane(Plane { equal: true, ..plane })
    };
    compare("contour-equal", &circles(4.9), &Look { width: 330, height: 300, legend: false, ..SQUARE });
    compare("contour-equal-wide", &circles(10.0), &WIDE);
}

#[test]
fn contours_with_trajectories() {
    compare("contour", &map(bowl(), trajectories()), &SQUARE);
    compare("contour-dark", &map(bowl(), trajectories()), &Look { dark: true, ..SQUARE });
    compare("contour-rosenbrock", &map(rosenbrock(), vec![]), &SQUARE);
    let plateau = grid((-3.0, 3.0), (-3.0, 3.0), |x, y| 1.0 - (-(x * x + y * y) * 2.0).exp());
    compare("contour-plateau", &map(plateau, vec![]), &SQUARE);
    compare("contour-constant", &map(grid((-1.0, 1.0), (-1.0, 1.0), |_, _| 2.0), vec![]), &SQUARE);
}

#[test]
fn arrows_and_points() {
    compare("arrows", &arrows(), &SQUARE);
    compare("scatter", &scatter(), &WIDE);
}

#[test]
fn bars_and_histograms() {
    compare("bars", &bars(1), &Look { width: 360, height: 240, legend: false, ..WIDE });
    compare("bars-grouped", &bars(2), &WIDE);
    compare("histogram", &histogram(), &WIDE);
}

#[test]
fn a_figure_without_marks() {
    let chart = plane(axis("iteration", "迭代次数"), axis("loss", "损失"), vec![]);
    compare("empty", &chart, &WIDE);
}
