//! Four update rules beside each other, on a surface and on MNIST (book 6.1).

use super::field::{Choice, Field, Kind};
use super::parts::{self, Condition, axis, line, number, plane, significant, told};
use super::settings::Settings;
use super::sheet::{Cell, Notice, Picture, Row, Sheet, Table, Tone};
use super::{Job, Lab, Moment, Shape, Slot, Suggestion};
use crate::chart::{Chart, Grip, Key, Line, Mark, Scale};
use crate::error::Result;
use crate::function::surface::Surface;
use crate::nn::spec::{NetSpec, OptimizerKind, OptimizerSpec};
use crate::text::Text;
use crate::train::descent::Descent;
use crate::train::report::Report;
use crate::train::task::Task;

const PATHS: Condition = Some(("task", &["paths"]));
const MNIST: Condition = Some(("task", &["mnist"]));
const START: Grip = Grip(0);

/// A rule, its two learning rates by the names of their fields, and what it keeps from step to step.
struct Rule {
    name: &'static str,
    kind: OptimizerKind,
    on_surface: &'static str,
    on_mnist: &'static str,
    kept: &'static [(&'static str, &'static str)],
}

const RULES: [Rule; 4] = [
    Rule { name: "SGD", kind: OptimizerKind::Sgd, on_surface: "sgd", on_mnist: "sgdMnist", kept: &[] },
    Rule {
        name: "Momentum",
        kind: OptimizerKind::Momentum,
        on_surface: "momentum",
        on_mnist: "momentumMnist",
        kept: &[("v0", "v1")],
    },
    Rule {
        name: "AdaGrad",
        kind: OptimizerKind::Adagrad,
        on_surface: "adagrad",
        on_mnist: "adagradMnist",
        kept: &[("h0", "h1")],
    },
    Rule {
        name: "Adam",
        kind: OptimizerKind::Adam,
        on_surface: "adam",
        on_mnist: "adamMnist",
        kept: &[("m0", "m1"), ("v0", "v1")],
    },
];

const fn rate(name: &'static str, label: Text, default: &'static str, only: Condition) -> Field {
    Field::new(name, label, parts::HELP_RATE, Kind::Log { min: 1e-5, max: 10.0 }, default).when(only)
}

const TASKS: &[Choice] = &[Choice::same("paths", "x0²/20 + x1²"), Choice::same("mnist", "MNIST")];

const FIELDS: &[Field] = &[
    Field::new(
        "task",
        Text::new("Experiment", "实验"),
        Text::new(
            "The four rules on a surface, or training the same network on the same mini-batches.",
            "四种方法在同一曲面上更新参数，或用相同的 mini-batch 训练同一网络。",
        ),
        Kind::Choice { options: TASKS },
        "paths",
    )
    .main(),
    rate("sgd", Text::new("Learning rate of SGD", "SGD 的学习率"), "0.95", PATHS),
    rate("momentum", Text::new("Learning rate of Momentum", "Momentum 的学习率"), "0.1", PATHS),
    rate("adagrad", Text::new("Learning rate of AdaGrad", "AdaGrad 的学习率"), "1.5", PATHS),
    rate("adam", Text::new("Learning rate of Adam", "Adam 的学习率"), "0.3", PATHS),
    parts::START_X0.default("-7").when(PATHS),
    parts::START_X1.default("2").when(PATHS),
    Field::new(
        "steps",
        Text::new("Steps", "步数"),
        Text::new("How many times each rule updates the point.", "每种方法更新参数的次数。"),
        Kind::Count { min: 1, max: 300 },
        "30",
    )
    .when(PATHS),
    rate("sgdMnist", Text::new("Learning rate of SGD", "SGD 的学习率"), "0.01", MNIST),
    rate("momentumMnist", Text::new("Learning rate of Momentum", "Momentum 的学习率"), "0.01", MNIST),
    rate("adagradMnist", Text::new("Learning rate of AdaGrad", "AdaGrad 的学习率"), "0.01", MNIST),
    rate("adamMnist", Text::new("Learning rate of Adam", "Adam 的学习率"), "0.001", MNIST),
    parts::iterations_field(MNIST).default("2000"),
    parts::batch(MNIST).default("128"),
    parts::seed(MNIST),
];

/// Four update rules beside each other.
pub(super) const LAB: Lab = Lab {
    id: "optimizers",
    sections: &["6.1"],
    title: Text::new("Optimizers", "参数的更新"),
    line: Text::new(
        "Compare SGD, Momentum, AdaGrad and Adam: on a narrow valley, then on MNIST.",
        "比较 SGD、Momentum、AdaGrad 和 Adam：先在狭长的山谷上，再在 MNIST 上。",
    ),
    about: Text::new(
        "The surface x0²/20 + x1² is steep along x1 and almost flat along x0, so the gradient rarely points at the minimum. SGD zigzags. Momentum keeps a velocity v, which cancels the zigzag and builds up along the valley. AdaGrad divides by the root of h, the sum of all squared gradients, so steep directions take ever smaller steps. Adam keeps running means of the gradient (m) and of its square (v). On MNIST all four train a network with four hidden layers of 100 ReLUs from the same weights, on the same mini-batches.",
        "曲面 x0²/20 + x1² 沿 x1 方向陡峭，沿 x0 方向几乎平坦，因此梯度很少指向最小值。SGD 呈“之”字形移动。Momentum 保留速度 v，它抵消之字形的摆动，并沿山谷方向累积。AdaGrad 除以 h（所有梯度平方之和）的平方根，因此陡峭方向的更新步伐越来越小。Adam 保留梯度的移动平均 m 和梯度平方的移动平均 v。在 MNIST 上，四种方法从相同的权重出发，用相同的 mini-batch 训练一个有四个隐藏层、每层 100 个 ReLU 神经元的网络。",
    ),
    formula: r#"<math display="block"><mi mathvariant="bold">v</mi><mo>←</mo><mi>α</mi><mi mathvariant="bold">v</mi><mo>−</mo><mi>η</mi><mfrac><mrow><mo>∂</mo><mi>L</mi></mrow><mrow><mo>∂</mo><mi mathvariant="bold">W</mi></mrow></mfrac><mo>,</mo><mspace width="1em"/><mi mathvariant="bold">W</mi><mo>←</mo><mi mathvariant="bold">W</mi><mo>+</mo><mi mathvariant="bold">v</mi><mspace width="2em"/><mi mathvariant="bold">h</mi><mo>←</mo><mi mathvariant="bold">h</mi><mo>+</mo><msup><mrow><mo stretchy="false">(</mo><mfrac><mrow><mo>∂</mo><mi>L</mi></mrow><mrow><mo>∂</mo><mi mathvariant="bold">W</mi></mrow></mfrac><mo stretchy="false">)</mo></mrow><mn>2</mn></msup><mo>,</mo><mspace width="1em"/><mi mathvariant="bold">W</mi><mo>←</mo><mi mathvariant="bold">W</mi><mo>−</mo><mi>η</mi><mfrac><mn>1</mn><msqrt><mi mathvariant="bold">h</mi></msqrt></mfrac><mfrac><mrow><mo>∂</mo><mi>L</mi></mrow><mrow><mo>∂</mo><mi mathvariant="bold">W</mi></mrow></mfrac></math>"#,
    fields: FIELDS,
    slots: &[
        Slot::new("paths", Text::new("Paths", "更新路径"), Text::new(
                "One contour plot for each rule, and one with all four. The arrow is the velocity of Momentum.",
                "每种方法一幅等高线图，另有一幅画出全部四种。箭头为 Momentum 的速度。",
            ), Shape::Multiples),
        Slot::new("value", Text::new("Value at each step", "每一步的函数值"), Text::new("f(x0, x1) after each step, log scale.", "每一步之后的 f(x0, x1)，对数坐标。"), Shape::Wide),
        Slot::new("kept", Text::new("What each rule keeps", "各方法保留的量"), Text::new(
                "SGD keeps nothing: its gradient is shown. Momentum keeps a velocity v, AdaGrad a sum of squares h, Adam two moments m and v.",
                "SGD 不保留任何量，这里画出其梯度。Momentum 保留速度 v，AdaGrad 保留平方和 h，Adam 保留两个矩 m 和 v。",
            ), Shape::Multiples).more(),
        Slot::new("loss", Text::new("Loss", "损失函数"), Text::new(
                "Mean loss of the mini-batches, one curve for each rule, log scale.",
                "各 mini-batch 的平均损失，每种方法一条曲线，对数坐标。",
            ), Shape::Wide),
        Slot::new("accuracy", Text::new("Test accuracy", "测试精度"), Text::new(
                "Accuracy on the first 1,000 test images, every 100 iterations.",
                "每 100 次迭代在前 1000 张测试图像上的识别精度。",
            ), Shape::Wide).more(),
    ],
    inputs: &[],
    suggestions: &[
        Suggestion {
            text: Text::new("The race on MNIST", "在 MNIST 上比较"),
            settings: &[("task", "mnist")],
        },
        Suggestion {
            text: Text::new("SGD beyond its limit: a rate of 1.02", "SGD 超过临界值：学习率 1.02"),
            settings: &[("sgd", "1.02")],
        },
        Suggestion {
            text: Text::new("All four at a rate of 0.1", "四种方法的学习率都取 0.1"),
            settings: &[("sgd", "0.1"), ("adagrad", "0.1"), ("adam", "0.1"), ("steps", "100")],
        },
        Suggestion {
            text: Text::new("Start on the valley floor", "从谷底出发"),
            settings: &[("x0", "-9"), ("x1", "0.2")],
        },
        Suggestion {
            text: Text::new(
                "MNIST with all rates at 0.01: Adam does worse",
                "MNIST 上学习率都取 0.01：Adam 变差",
            ),
            settings: &[("task", "mnist"), ("adamMnist", "0.01")],
        },
    ],
    pace: 10.0,
    jobs,
    steps: |settings| if is_race(settings) { 0 } else { settings.count("steps").into() },
    show: |settings, moment, reports| {
        if is_race(settings) { race(settings, reports) } else { paths(settings, moment) }
    },
    drag: |_, _, to| parts::place(FIELDS, ["x0", "x1"], to),
    guess: |settings, _, reports| {
        let jobs = jobs(settings).unwrap_or_default();
        let question = Text::new("Which rule has the lowest loss in the end?", "哪种方法最后的损失最低？");
        parts::lowest_loss(question, &parts::runs(&jobs, reports))
    },
};

fn is_race(settings: &Settings) -> bool {
    settings.words("task") == "mnist"
}

fn named(rule: &Rule, rate: f64) -> Text {
    Text::same(format!("{}, η = {}", rule.name, significant(rate, 4)))
}

fn jobs(settings: &Settings) -> Result<Vec<Job>> {
    if !is_race(settings) {
        return Ok(Vec::new());
    }
    let job = |(index, rule): (usize, &Rule)| {
        let rate = settings.number(rule.on_mnist);
        let optimizer = OptimizerSpec::new(rule.kind, rate);
        let spec = NetSpec { optimizer, ..parts::named_net("five-layer", settings)? };
        let task = Task::Train(parts::sampled_plan(spec, settings));
        Ok(Job::new(named(rule, rate), index as u8, task))
    };
    RULES.iter().enumerate().map(job).collect()
}

fn race(settings: &Settings, reports: &[Option<Report>]) -> Sheet {
    let jobs = jobs(settings).unwrap_or_default();
    let runs = parts::runs(&jobs, reports);
    Sheet {
        notices: Vec::new(),
        numbers: parts::listed([parts::slowest(&runs)]),
        table: Some(parts::run_table(Text::new("rule", "更新方法"), &runs)),
        pictures: parts::pictures([
            ("loss", parts::loss_chart(&runs)),
            ("accuracy", parts::test_accuracy_chart(&runs)),
        ]),
    }
}

fn paths(settings: &Settings, moment: &Moment) -> Sheet {
    let Some(surface) = Surface::named("ellipse") else { return Sheet::default() };
    let start = [settings.number("x0"), settings.number("x1")];
    let steps = settings.count("steps").min(u32::try_from(moment.step).unwrap_or(u32::MAX));
    let walk = |rule: &Rule| {
        let optimizer = OptimizerSpec::new(rule.kind, settings.number(rule.on_surface));
        parts::descend(surface.clone(), start, optimizer, steps)
    };
    let walks: Vec<Descent> = RULES.iter().map(walk).collect();
    let ground = parts::ground(&surface, 61);
    let names: Vec<Text> = RULES.iter().map(|rule| named(rule, settings.number(rule.on_surface))).collect();
    let path = |index: usize| {
        let points = walks[index].path().iter().map(|place| place.point).collect();
        let drawn = line(Text::same(RULES[index].name), index as u8, points);
        Mark::Line(Line { dots: true, key: Some(Key(index as u32)), ..drawn })
    };
    let mut pictures: Vec<Picture> = Vec::new();
    for (index, caption) in names.iter().enumerate() {
        let mut marks = vec![ground.clone(), path(index)];
        marks.extend(velocity(&RULES[index], &walks[index]));
        pictures.push(map(index, caption.clone(), &surface, marks, start));
    }
    let all = std::iter::once(ground.clone()).chain((0..RULES.len()).map(path)).collect();
    pictures.push(map(RULES.len(), Text::new("all four", "四种方法"), &surface, all, start));
    pictures.push(Picture { slot: "value", key: None, caption: Text::same(""), chart: values(&walks) });
    for (index, rule) in RULES.iter().enumerate() {
        pictures.push(Picture {
            slot: "kept",
            key: Some(Key(index as u32)),
            caption: Text::same(rule.name),
            chart: kept(rule, &walks[index], index as u8),
        });
    }
    Sheet {
        notices: notices(&walks),
        numbers: parts::listed([number("step", Text::new("Step", "步数"), Some(steps.to_string()))]),
        table: Some(table(settings, &walks)),
        pictures,
    }
}

/// A contour plot with a ring at the start.
fn map(key: usize, caption: Text, surface: &Surface, mut marks: Vec<Mark>, start: [f64; 2]) -> Picture {
    marks.extend(parts::minima(surface, 6));
    marks.push(parts::start(start, 6, START));
    let chart = Chart::Plane(parts::map(surface, marks, START));
    Picture { slot: "paths", key: Some(Key(key as u32)), caption, chart }
}

/// Momentum's velocity, from the point reached.
fn velocity(rule: &Rule, walk: &Descent) -> Option<Mark> {
    let velocity = walk.memory().last()?.first()?;
    let [x0, x1] = walk.last().point;
    let arrow = [x0, x1, velocity[0], velocity[1]];
    let is_drawn = rule.kind == OptimizerKind::Momentum && arrow.iter().all(|number| number.is_finite());
    is_drawn.then(|| Mark::Arrows(vec![arrow]))
}

fn values(walks: &[Descent]) -> Chart {
    let curve = |(index, walk): (usize, &Descent)| {
        let points = walk.path().iter().enumerate().map(|(step, place)| [step as f64, place.value]).collect();
        let drawn = line(Text::same(RULES[index].name), index as u8, points);
        Mark::Line(Line { key: Some(Key(index as u32)), ..drawn })
    };
    let marks = walks.iter().enumerate().map(curve).collect();
    let x = axis(Text::new("steps", "步数"), Scale::Linear);
    Chart::Plane(plane(x, axis(Text::same("f(x0, x1)"), Scale::Log), marks))
}

/// What a rule keeps, or the gradient of one that keeps nothing, at each step.
fn kept(rule: &Rule, walk: &Descent, color: u8) -> Chart {
    let curve = |name: &str, color: u8, value: &dyn Fn(usize) -> f64| {
        let points = (0..walk.path().len()).map(|step| [step as f64, value(step)]).collect();
        Mark::Line(line(Text::same(name), color, points))
    };
    let mut marks = Vec::new();
    if rule.kept.is_empty() {
        for (axis, name) in ["∂f/∂x0", "∂f/∂x1"].into_iter().enumerate() {
            marks.push(curve(name, color + axis as u8, &|step| walk.path()[step].gradient[axis]));
        }
    }
    for (array, names) in rule.kept.iter().enumerate() {
        for (axis, name) in [names.0, names.1].into_iter().enumerate() {
            let value = |step: usize| walk.memory()[step].get(array).map_or(f64::NAN, |kept| kept[axis]);
            marks.push(curve(name, color + (2 * array + axis) as u8, &value));
        }
    }
    let x = axis(Text::new("steps", "步数"), Scale::Linear);
    Chart::Plane(plane(x, axis(Text::same(""), Scale::Linear), marks))
}

fn notices(walks: &[Descent]) -> Vec<Notice> {
    let left = walks.iter().zip(&RULES).filter_map(|(walk, rule)| {
        let step = walk.left_picture().filter(|_| !walk.surface().shows(walk.last().point))?;
        Some((rule.name, step))
    });
    let notice = |(rule, step): (&str, usize)| Notice {
        code: "left-plot",
        tone: Tone::Warning,
        text: told(
            format!("{rule} left the plot at step {step}: its learning rate is too large."),
            format!("{rule} 在第 {step} 步超出绘图范围：学习率过大。"),
        ),
        remedies: Vec::new(),
    };
    left.map(notice).collect()
}

fn table(settings: &Settings, walks: &[Descent]) -> Table {
    let columns = vec![
        Text::new("rule", "更新方法"),
        Text::new("learning rate", "学习率"),
        Text::same("x0"),
        Text::same("x1"),
        Text::same("f(x0, x1)"),
    ];
    let row = |(index, walk): (usize, &Descent)| {
        let place = walk.last();
        let rate = settings.number(RULES[index].on_surface);
        let numbers = [rate, place.point[0], place.point[1], place.value].map(Cell::Number);
        let name = std::iter::once(Cell::Words(Text::same(RULES[index].name)));
        Row { key: Some(Key(index as u32)), cells: name.chain(numbers).collect() }
    };
    Table { columns, rows: walks.iter().enumerate().map(row).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::labs::settings::RawSettings;

    fn settings(pairs: &[(&str, &str)]) -> Settings {
        let raw: RawSettings =
            pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Settings::check(FIELDS, &raw).expect("legal")
    }

    #[test]
    fn the_books_four_paths_come_close_to_the_minimum_after_thirty_steps() {
        let sheet = (LAB.show)(&settings(&[]), &Moment { step: 30, ..Moment::default() }, &[]);
        assert_eq!(sheet.pictures.iter().filter(|picture| picture.slot == "paths").count(), 5);
        assert!(sheet.notices.is_empty());
        for row in sheet.table.expect("a table").rows {
            let Some(&Cell::Number(value)) = row.cells.last() else { panic!("a number") };
            assert!(value < 0.5, "{row:?}");
        }
    }

    #[test]
    fn a_rate_beyond_the_limit_is_said_to_leave_the_plot() {
        let sheet = (LAB.show)(&settings(&[("sgd", "1.1")]), &Moment { step: 30, ..Moment::default() }, &[]);
        assert_eq!(sheet.notices.len(), 1);
        assert!(sheet.notices[0].text.en.starts_with("SGD left the plot"), "{:?}", sheet.notices);
    }

    #[test]
    fn the_race_is_the_books_on_the_same_mini_batches() {
        let jobs = jobs(&settings(&[("task", "mnist")])).expect("legal");
        let plans: Vec<_> = jobs
            .iter()
            .map(|job| match &job.task {
                Task::Train(plan) => plan,
                other => panic!("{other:?}"),
            })
            .collect();
        let rates: Vec<f64> = plans.iter().map(|plan| plan.spec.optimizer.learning_rate).collect();
        assert_eq!(rates, [0.01, 0.01, 0.01, 0.001]);
        assert!(plans.iter().all(|plan| {
            (plan.spec.batch_size, plan.spec.seed, plan.limit) == (128, 1, Some(2000))
                && plan.spec.layers == plans[0].spec.layers
        }));
    }
}
