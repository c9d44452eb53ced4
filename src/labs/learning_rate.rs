//! One experiment under several learning rates at once (book 4.4.1 and 6.5).

use super::field::{Choice, Field, Kind};
use super::parts::{
    self, Condition, OPTIMIZER, START_X0, START_X1, activation, axis, batch, fixed, hidden, line, number,
    plane, rate_name, seed, significant, told,
};
use super::settings::Settings;
use super::sheet::{Cell, Picture, Row, Sheet, Table};
use super::{Edits, Job, Lab, Moment, Shape, Slot, Suggestion};
use crate::chart::{Chart, Grip, Key, Line, Mark, Scale};
use crate::error::Result;
use crate::function::surface::Surface;
use crate::nn::spec::InitSpec;
use crate::text::Text;
use crate::train::descent::{Descent, Place as Stop};
use crate::train::report::Report;
use crate::train::task::{Count, Task};

const ON_FUNCTION: Condition = Some(("task", &["function", "bowl"]));
const ON_MNIST: Condition = Some(("task", &["mnist"]));

const TASKS: &[Choice] = &[
    Choice::same("function", "x0²/20 + x1²"),
    Choice::same("bowl", "x0² + x1²"),
    Choice::same("mnist", "MNIST"),
];

const FIELDS: &[Field] = &[
    Field::new(
        "rates",
        Text::new("Learning rates", "学习率"),
        Text::new("1–6 values, separated by commas.", "1–6 个值，用逗号分隔。"),
        Kind::Numbers { min: 1e-12, max: 1000.0, most: 6 },
        "0.0001, 0.03, 0.8, 1, 1.1",
    )
    .main(),
    Field::new(
        "task",
        Text::new("Experiment", "实验"),
        Text::new("What is minimised under each learning rate.", "在每个学习率下最小化的对象。"),
        Kind::Choice { options: TASKS },
        "function",
    )
    .main(),
    OPTIMIZER,
    START_X0.when(ON_FUNCTION),
    START_X1.default("2").when(ON_FUNCTION),
    Field::new(
        "steps",
        Text::new("Steps", "步数"),
        Text::new("How many steps are taken.", "更新的次数。"),
        Kind::Count { min: 1, max: 1000 },
        "30",
    )
    .when(ON_FUNCTION),
    parts::iterations_field(ON_MNIST),
    hidden(ON_MNIST),
    activation(ON_MNIST),
    batch(ON_MNIST),
    seed(ON_MNIST),
];

/// One experiment under several learning rates at once.
pub(super) const LAB: Lab = Lab {
    id: "learning-rate",
    sections: &["4.4", "6.5"],
    title: Text::new("Learning rates", "学习率的比较"),
    line: Text::new(
        "Compare learning rates: too small makes no progress, too large diverges.",
        "比较几个学习率：太小，几乎不更新；太大，则会发散。",
    ),
    about: Text::new(
        "The learning rate is a hyperparameter: no gradient gives it, one has to choose it. Every rate starts at the same place. On MNIST every network has the same initial weights and the same mini-batches, and trains in a thread of its own.",
        "学习率是超参数，无法由梯度求得，需人工设定。每个学习率都从同一起点出发。在 MNIST 上，各网络的初始权重和 mini-batch 都相同，并在独立线程中训练。",
    ),
    formula: r#"<math display="block"><mi mathvariant="bold">x</mi><mo>←</mo><mi mathvariant="bold">x</mi><mo>−</mo><mi>η</mi><mo>∇</mo><mi>f</mi><mo stretchy="false">(</mo><mi mathvariant="bold">x</mi><mo stretchy="false">)</mo></math>"#,
    fields: FIELDS,
    slots: &[
        Slot::new(
            "paths",
            Text::new("One path per learning rate", "每个学习率的轨迹"),
            Text::new(
                "Level lines and the path. Drag a ring, or click a place, to move the common start.",
                "等高线和下降的轨迹。拖动圆环或点击图中的位置，即可移动共同的起点。",
            ),
            Shape::Multiples,
        ),
        Slot::new(
            "value",
            Text::new("f(x0, x1), log scale", "f(x0, x1)，对数坐标"),
            Text::new("The value after each step.", "每一步之后的函数值。"),
            Shape::Wide,
        ),
        Slot::new(
            "loss",
            Text::new("Loss, log scale", "损失函数，对数坐标"),
            Text::new(
                "Mean loss of the mini-batches, one curve per learning rate.",
                "各 mini-batch 的平均损失，每个学习率一条曲线。",
            ),
            Shape::Wide,
        ),
        Slot::new(
            "accuracy",
            Text::new("Test accuracy", "测试精度"),
            Text::new(
                "Fraction of the test images classified correctly, evaluated ten times during training.",
                "测试图像中识别正确的比例，训练期间计算十次。",
            ),
            Shape::Wide,
        ),
    ],
    inputs: &[],
    suggestions: &[
        Suggestion {
            text: Text::new("MNIST under five learning rates", "MNIST：五个学习率"),
            settings: &[("task", "mnist"), ("rates", "0.001, 0.01, 0.1, 1, 10")],
        },
        Suggestion {
            text: Text::new("At the stability limit: 0.9, 1, 1.01", "稳定的极限：0.9、1、1.01"),
            settings: &[("rates", "0.9, 1, 1.01"), ("steps", "100")],
        },
        Suggestion {
            text: Text::new(
                "The book's example: 1e-10, 0.1, 10 on x0² + x1²",
                "书中的例子：x0² + x1²，1e-10、0.1、10",
            ),
            settings: &[("task", "bowl"), ("rates", "1e-10, 0.1, 10"), ("x1", "4"), ("steps", "100")],
        },
        Suggestion {
            text: Text::new("Adam tolerates a wide range", "Adam 对学习率不敏感"),
            settings: &[("task", "mnist"), ("optimizer", "adam"), ("rates", "0.0003, 0.001, 0.003, 0.01")],
        },
    ],
    pace: 10.0,
    jobs,
    steps: |settings| if on_mnist(settings) { 0 } else { settings.count("steps").into() },
    show: |settings, moment, reports| match on_mnist(settings) {
        true => show_mnist(settings, reports),
        false => show_function(settings, moment),
    },
    drag: |settings, grip, at| match grip {
        START if !on_mnist(settings) => parts::place(FIELDS, ["x0", "x1"], at),
        _ => Edits::default(),
    },
    guess: |settings, _, reports| {
        let jobs = jobs(settings).unwrap_or_default();
        let question = Text::new("Which rate has the lowest loss in the end?", "哪个学习率最后的损失最低？");
        parts::lowest_loss(question, &parts::runs(&jobs, reports))
    },
};

/// The common start.
const START: Grip = Grip(0);

fn on_mnist(settings: &Settings) -> bool {
    settings.words("task") == "mnist"
}

/// The rates, each with its key and colour.
fn rates(settings: &Settings) -> impl Iterator<Item = (Key, u8, f64)> {
    let rates = settings.numbers("rates").iter().enumerate();
    rates.map(|(index, &rate)| (Key(index as u32), index as u8, rate))
}

fn jobs(settings: &Settings) -> Result<Vec<Job>> {
    if !on_mnist(settings) {
        return Ok(Vec::new());
    }
    let iterations = u64::from(settings.count("iterations"));
    let every = iterations.div_ceil(10);
    rates(settings)
        .map(|(_, color, rate)| {
            let init = InitSpec::Normal { std: 0.01 };
            let spec = parts::two_layer_net(settings, init, parts::optimizer(settings, rate));
            spec.check()?;
            let plan = parts::mnist_plan(spec, Some(iterations), Some(every), Count::First(0));
            Ok(Job::new(rate_name(rate), color, Task::Train(plan)))
        })
        .collect()
}

fn show_function(settings: &Settings, moment: &Moment) -> Sheet {
    let name = if settings.words("task") == "bowl" { "bowl" } else { "ellipse" };
    let Some(mut surface) = Surface::named(name) else { return Sheet::default() };
    // The same square for both, so that rates can be compared at a glance.
    (surface.x, surface.y) = ((-4.5, 4.5), (-4.5, 4.5));
    let steps = settings.count("steps");
    let shown = steps.min(u32::try_from(moment.step).unwrap_or(u32::MAX));
    let start = [settings.number("x0"), settings.number("x1")];
    let paths: Vec<_> = rates(settings)
        .map(|(key, color, rate)| {
            let rule = parts::optimizer(settings, rate);
            Path { key, color, rate, descent: parts::descend(surface.clone(), start, rule, steps) }
        })
        .collect();
    let ground = parts::ground(&surface, 41);
    let mut pictures: Vec<_> =
        paths.iter().map(|path| path.picture(&surface, &ground, shown as usize)).collect();
    pictures.push(values(&paths, shown as usize, steps));
    let heads = [
        Text::new("learning rate", "学习率"),
        Text::new("outcome", "结果"),
        Text::new("steps", "步数"),
        Text::new("(x0, x1)", "(x0, x1)"),
        Text::new("f(x0, x1)", "f(x0, x1)"),
    ];
    let rows = paths.iter().map(|path| path.row(&surface, shown as usize)).collect();
    Sheet {
        numbers: parts::listed([number("step", Text::new("Step", "步数"), Some(shown.to_string()))]),
        table: Some(Table { columns: heads.to_vec(), rows }),
        pictures,
        ..Sheet::default()
    }
}

/// The descent under one rate.
struct Path {
    key: Key,
    color: u8,
    rate: f64,
    descent: Descent,
}

impl Path {
    fn upto(&self, shown: usize) -> &[Stop] {
        let path = self.descent.path();
        &path[..=shown.min(path.len() - 1)]
    }

    fn line(&self, points: impl Iterator<Item = [f64; 2]>) -> Line {
        Line { key: Some(self.key), ..line(rate_name(self.rate), self.color, points.collect()) }
    }

    fn picture(&self, surface: &Surface, ground: &Mark, shown: usize) -> Picture {
        let stops = self.upto(shown);
        let path = self.line(stops.iter().map(|stop| stop.point));
        let mut marks = vec![ground.clone()];
        marks.extend(parts::minima(surface, 6));
        marks.push(Mark::Line(Line { dots: true, ..path }));
        marks.push(parts::start(stops[0].point, 6, START));
        let (name, outcome) = (rate_name(self.rate), outcome(surface, stops));
        let caption = told(format!("{}: {}", name.en, outcome.en), format!("{}：{}", name.zh, outcome.zh));
        let chart = Chart::Plane(parts::map(surface, marks, START));
        Picture { slot: "paths", key: Some(self.key), caption, chart }
    }

    fn row(&self, surface: &Surface, shown: usize) -> Row {
        let stops = self.upto(shown);
        let last = stops[stops.len() - 1];
        // As many digits as the book prints.
        let [x0, x1] = last.point.map(|x| significant(x, 9));
        let cells = vec![
            Cell::Number(self.rate),
            Cell::Words(outcome(surface, stops)),
            Cell::Number((stops.len() - 1) as f64),
            Cell::Words(Text::same(format!("({x0}, {x1})"))),
            Cell::Number(last.value),
        ];
        Row { key: Some(self.key), cells }
    }
}

fn values(paths: &[Path], shown: usize, steps: u32) -> Picture {
    let values = |path: &Path| {
        let points = path.upto(shown).iter().enumerate();
        Mark::Line(path.line(points.map(|(step, stop)| [step as f64, stop.value])))
    };
    let x = fixed(Text::new("steps", "步数"), (0.0, f64::from(steps)));
    // From where the rest is rounding to well above any start; a path that diverges goes out at the top.
    let y = axis(Text::same("f(x0, x1)"), Scale::Log);
    let every = paths.iter().flat_map(|path| path.descent.path()).map(|stop| stop.value);
    let (low, high) = every
        .filter(|value| (1e-12..=1e6).contains(value))
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
    let y = crate::chart::Axis { range: (low < high).then_some((low / 2.0, high * 2.0)), ..y };
    let chart = Chart::Plane(plane(x, y, paths.iter().map(values).collect()));
    Picture { slot: "value", key: None, caption: Text::new("", ""), chart }
}

/// What a path has come to; both functions have their minimum, 0, at the origin.
fn outcome(surface: &Surface, stops: &[Stop]) -> Text {
    let (first, last) = (stops[0].value, stops[stops.len() - 1]);
    let at = |step: usize| told(format!("diverged at step {step}"), format!("在第 {step} 步发散"));
    if stops.len() == 1 {
        return Text::new("at the start", "在起点");
    }
    if !parts::goes_on(&last) {
        return at(stops.len() - 1);
    }
    if last.value > first && !surface.shows(last.point) {
        return at(stops.iter().position(|stop| !surface.shows(stop.point)).unwrap_or_default());
    }
    if last.value <= 1e-3 * first {
        return Text::new("converged", "收敛");
    }
    match swings(stops) {
        Some(growth) if growth > 1.02 => Text::new("oscillates more and more", "振荡加剧"),
        Some(growth) if growth > 0.98 => Text::new("oscillates", "振荡"),
        _ if last.value > first => Text::new("above its start", "高于起点"),
        _ if last.value > 0.95 * first => Text::new("no progress", "几乎不更新"),
        _ => Text::new("still descending", "正在下降"),
    }
}

/// By what factor the swing of a coordinate that changes its sign at each step grew, from one half of the last eight steps
/// to the other; none where no coordinate swings.
fn swings(stops: &[Stop]) -> Option<f64> {
    let late = &stops[stops.len().saturating_sub(9)..];
    let swing = |coordinate: usize| {
        let values: Vec<f64> = late.iter().map(|stop| stop.point[coordinate]).collect();
        let swings = values.len() >= 5 && values.windows(2).all(|pair| pair[0] * pair[1] < 0.0);
        let half = values.len() / 2;
        let widest = |values: &[f64]| values.iter().fold(0.0_f64, |most, value| most.max(value.abs()));
        swings.then(|| widest(&values[values.len() - half..]) / widest(&values[..half]))
    };
    (0..2).filter_map(swing).max_by(f64::total_cmp)
}

fn show_mnist(settings: &Settings, reports: &[Option<Report>]) -> Sheet {
    let jobs = jobs(settings).unwrap_or_default();
    let runs = parts::runs(&jobs, reports);
    let accuracies = runs.iter().filter_map(|run| run.training()?.test_accuracy.last());
    let best = accuracies.map(|&(_, share)| share).max_by(f64::total_cmp);
    let mut table = parts::run_table(Text::new("learning rate", "学习率"), &runs);
    table.columns.push(Text::new("this network", "该网络"));
    for (row, (.., rate)) in table.rows.iter_mut().zip(rates(settings)) {
        row.cells.push(link(settings, rate));
    }
    Sheet {
        numbers: parts::listed([
            parts::slowest(&runs),
            number(
                "test-accuracy",
                Text::new("Best test accuracy", "最高测试精度"),
                best.map(|share| format!("{share:.4}")),
            ),
        ]),
        table: Some(table),
        pictures: parts::pictures([
            ("loss", parts::loss_chart(&runs)),
            ("accuracy", parts::test_accuracy_chart(&runs)),
        ]),
        ..Sheet::default()
    }
}

/// The way to the same network in the lab where it can be tried.
fn link(settings: &Settings, rate: f64) -> Cell {
    if !(1e-4..=10.0).contains(&rate) {
        return Cell::Words(Text::same("—"));
    }
    let words = |name: &'static str| (name, settings.words(name).to_owned());
    let count = |name: &'static str| (name, settings.count(name).to_string());
    let same = [words("optimizer"), words("activation"), count("hidden"), count("batch"), count("seed")];
    let settings = std::iter::once(("learningRate", rate.to_string())).chain(same).collect();
    Cell::Link {
        text: Text::new("Open in Digits", "在“手写数字识别”中打开"), lab: "digits", settings
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcomes(pairs: &[(&str, &str)], step: u64) -> Vec<String> {
        let settings = Settings::of(FIELDS, pairs);
        let sheet = show_function(&settings, &Moment { step, ..Moment::default() });
        let words = |row: &Row| match &row.cells[1] {
            Cell::Words(words) => words.en.to_string(),
            cell => panic!("{cell:?}"),
        };
        sheet.table.expect("a table").rows.iter().map(words).collect()
    }

    #[test]
    fn each_default_rate_comes_to_something_else() {
        let expected = ["no progress", "still descending", "converged", "oscillates", "diverged at step 5"];
        assert_eq!(outcomes(&[], u64::MAX), expected);
        assert!(outcomes(&[], 0).iter().all(|outcome| outcome == "at the start"));
    }

    #[test]
    fn a_rate_of_one_swings_for_ever_and_those_beside_it_do_not() {
        let rates = ("rates", "0.9, 0.97, 1, 1.01, 1.1");
        let few = [rates, ("task", "bowl"), ("steps", "20"), ("x0", "1"), ("x1", "1")];
        let expected =
            ["converged", "still descending", "oscillates", "oscillates more and more", "diverged at step 9"];
        assert_eq!(outcomes(&few, u64::MAX), expected);
        // Rounding grows too, but not within a thousand steps.
        assert_eq!(outcomes(&[("rates", "1"), ("steps", "1000")], u64::MAX), ["oscillates"]);
    }

    #[test]
    fn the_book_s_example_ends_where_the_book_says() {
        let settings = Settings::of(FIELDS, LAB.suggestions[2].settings);
        let sheet = show_function(&settings, &Moment { step: 100, ..Moment::default() });
        let row = |index: usize| format!("{:?}", sheet.table.as_ref().expect("a table").rows[index].cells);
        assert!(row(0).contains("(−2.99999994, 3.99999992)"), "{}", row(0));
        assert!(row(1).contains("(−6.11110793e-10, 8.14814391e-10)"), "{}", row(1));
        assert!(row(2).contains("(−2.58983747e13, −1.29524862e12)"), "{}", row(2));
    }

    #[test]
    fn a_rate_has_the_same_key_and_colour_everywhere() {
        let settings = Settings::of(FIELDS, &[]);
        let sheet = show_function(&settings, &Moment { step: 9, ..Moment::default() });
        let lines = |picture: &Picture| -> Vec<(Option<Key>, u8)> {
            let Chart::Plane(plane) = &picture.chart else { panic!("a plane") };
            let line = |mark: &Mark| match mark {
                Mark::Line(line) => Some((line.key, line.color)),
                _ => None,
            };
            plane.marks.iter().filter_map(line).collect()
        };
        let (paths, values) = sheet.pictures.split_at(5);
        let table = sheet.table.expect("a table");
        for (index, (picture, row)) in paths.iter().zip(&table.rows).enumerate() {
            let key = Some(Key(index as u32));
            assert_eq!((picture.key, row.key), (key, key));
            assert_eq!(lines(picture), [(key, index as u8)]);
            assert_eq!(lines(&values[0])[index], (key, index as u8));
        }
    }

    #[test]
    fn equal_rates_on_mnist_are_equal_tasks() {
        let settings = Settings::of(FIELDS, &[("task", "mnist"), ("rates", "0.1, 0.1, 0.2")]);
        let jobs = jobs(&settings).expect("jobs");
        assert!(jobs[0].task == jobs[1].task && jobs[0].task != jobs[2].task);
    }
}
