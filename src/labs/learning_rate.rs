//! One experiment under several learning rates at once (book 4.4.1 and 6.5).

use super::digits;
use super::field::{Choice, Field, Kind};
use super::parts::{self, OPTIMIZER, activation, axis, batch, hidden, line, seed, significant};
use super::settings::Settings;
use super::training::Training;
use super::{ChartSlot, Data, Lab, Lane, Phase, Progress, Run, Shape, Table, Try, View};
use crate::chart::{Axis, Chart, Mark, Plane, Scale, Scatter, Symbol};
use crate::error::{Code, Error, Result};
use crate::function::surface::Surface;
use crate::nn::spec::InitSpec;
use crate::text::Text;
use crate::train::descent::Descent as Walk;

const ON_FUNCTION: (&str, &[&str]) = ("task", &["function"]);
const ON_MNIST: (&str, &[&str]) = ("task", &["mnist"]);

const FIELDS: &[Field] = &[
    Field {
        name: "task",
        label: Text::new("Experiment", "实验"),
        help: Text::new("The same start for every rate.", "每个学习率都从同一起点出发。"),
        kind: Kind::Choice {
            options: &[
                Choice { value: "function", label: Text::new("x0² + x1²", "x0² + x1²") },
                Choice { value: "mnist", label: Text::new("MNIST", "MNIST") },
            ],
        },
        default: "function",
        live: false,
        only: None,
    },
    Field {
        name: "rates",
        label: Text::new("Learning rates", "学习率"),
        help: Text::new("One to six, with commas between.", "一到六个，用逗号分开。"),
        kind: Kind::Numbers { min: 1e-12, max: 1000.0, most: 6 },
        default: "1e-10, 0.01, 0.1, 1, 10",
        live: false,
        only: None,
    },
    OPTIMIZER,
    Field {
        name: "x0",
        label: Text::new("Start x0", "起点 x0"),
        help: Text::new("−4.5 to 4.5.", "−4.5 到 4.5。"),
        kind: Kind::Number { min: -4.5, max: 4.5, step: 0.1 },
        default: "-3",
        live: false,
        only: Some(ON_FUNCTION),
    },
    Field {
        name: "x1",
        label: Text::new("Start x1", "起点 x1"),
        help: Text::new("−4.5 to 4.5.", "−4.5 到 4.5。"),
        kind: Kind::Number { min: -4.5, max: 4.5, step: 0.1 },
        default: "4",
        live: false,
        only: Some(ON_FUNCTION),
    },
    Field {
        name: "steps",
        label: Text::new("Steps", "步数"),
        help: Text::new("How many steps each walk takes.", "每条轨迹走多少步。"),
        kind: Kind::Count { min: 1, max: 1000 },
        default: "100",
        live: false,
        only: Some(ON_FUNCTION),
    },
    Field {
        name: "iterations",
        label: Text::new("Iterations", "迭代次数"),
        help: Text::new(
            "600 mini-batches of 100 are one epoch.",
            "600 个大小为 100 的 mini-batch 是一个 epoch。",
        ),
        kind: Kind::Count { min: 1, max: 100_000 },
        default: "600",
        live: false,
        only: Some(ON_MNIST),
    },
    hidden(Some(ON_MNIST)),
    activation(Some(ON_MNIST)),
    batch(Some(ON_MNIST)),
    seed(Some(ON_MNIST)),
];

/// One experiment under several learning rates at once.
pub(super) const LAB: Lab = Lab {
    id: "learning-rate",
    book: "4.4",
    title: Text::new("Learning rates", "学习率的比较"),
    intro: Text::new(
        "The learning rate is a hyperparameter: no gradient finds it. The same experiment runs under each rate from the same start, on MNIST on the same mini-batches too, each network in a worker of its own. Too small a rate gets nowhere, too large a one diverges.",
        "学习率是超参数，梯度求不出它。同一实验在每个学习率下从同一起点运行；在 MNIST 上连 mini-batch 也相同，每个网络各占一个 worker。学习率太小，几乎不更新；太大，则会发散。",
    ),
    formula: r#"<math display="block"><mi mathvariant="bold">x</mi><mo>←</mo><mi mathvariant="bold">x</mi><mo>−</mo><mi>η</mi><mo>∇</mo><mi>f</mi><mo>(</mo><mi mathvariant="bold">x</mi><mo>)</mo></math>"#,
    fields: FIELDS,
    charts: &[
        ChartSlot {
            name: "contour",
            title: Text::new("All walks", "各条轨迹"),
            help: Text::new(
                "x0² + x1² from above, with a walk for each rate.",
                "x0² + x1² 的俯视图，每个学习率一条轨迹。",
            ),
            shape: Shape::Square,
        },
        ChartSlot {
            name: "value",
            title: Text::new("Value at each step", "每一步的函数值"),
            help: Text::new("f(x0, x1) by powers of ten.", "f(x0, x1)，对数坐标。"),
            shape: Shape::Square,
        },
        ChartSlot {
            name: "loss",
            title: Text::new("Loss", "损失函数"),
            help: Text::new(
                "Mean loss of the mini-batches, one curve for each rate.",
                "各 mini-batch 的平均损失，每个学习率一条曲线。",
            ),
            shape: Shape::Wide,
        },
        ChartSlot {
            name: "accuracy",
            title: Text::new("Test accuracy", "测试精度"),
            help: Text::new(
                "Share of the test images read right, after each epoch.",
                "每个 epoch 之后测试图像中读对的比例。",
            ),
            shape: Shape::Wide,
        },
    ],
    tries: &[
        Try {
            text: Text::new("MNIST under five rates", "MNIST：五种学习率"),
            settings: &[("task", "mnist"), ("rates", "0.001, 0.01, 0.1, 1, 10")],
        },
        Try {
            text: Text::new("Around the edge: 0.9, 1 and 1.01", "临界值附近：0.9、1 和 1.01"),
            settings: &[("rates", "0.9, 1, 1.01")],
        },
        Try {
            text: Text::new("Adam hardly minds", "Adam 不太在意"),
            settings: &[("task", "mnist"), ("optimizer", "adam"), ("rates", "0.0003, 0.001, 0.003, 0.01")],
        },
    ],
    data: Data::Mnist,
    data_when: Some(ON_MNIST),
    pace: None,
    lanes_from: Some("rates"),
    open: |settings, lane| {
        let rates = settings.numbers("rates");
        let allowed = || format!("0 … {}", rates.len().saturating_sub(1));
        let rate =
            *rates.get(lane.0).ok_or_else(|| Error::new(Code::OutsideRange, "lane", lane.0, allowed()))?;
        Ok(match settings.words("task") {
            "mnist" => Box::new(OnMnist::new(settings, rate, lane)?),
            _ => Box::new(OnFunction::new(settings, rate, lane)?),
        })
    },
};

/// A table's row for one lane; every lane has the same heads.
fn lane_table(rate: f64, heads: [Text; 4], cells: [Text; 4]) -> Option<Table> {
    let first = std::iter::once(Text::new("learning rate", "学习率"));
    let row = std::iter::once(Text::same(significant(rate, 6))).chain(cells).collect();
    Some(Table { columns: first.chain(heads).collect(), rows: vec![row] })
}

fn rate_name(rate: f64) -> Text {
    Text::same(format!("η = {}", significant(rate, 6)))
}

/// A walk on x0² + x1² under one rate.
struct OnFunction {
    rate: f64,
    lane: Lane,
    walk: Walk,
    restart: Box<dyn Fn() -> Walk>,
    steps: usize,
}

impl OnFunction {
    fn new(settings: &Settings, rate: f64, lane: Lane) -> Result<Self> {
        let rule = parts::optimizer(settings, rate);
        let start = [settings.number("x0"), settings.number("x1")];
        let surface =
            Surface::named("bowl").ok_or_else(|| Error::new(Code::NotAChoice, "surface", "bowl", ""))?;
        let restart = Box::new(move || Walk::new(surface.clone(), start, rule));
        let mut run = Self { rate, lane, walk: restart(), restart, steps: settings.count("steps") as usize };
        while run.work() == Progress::Step {}
        Ok(run)
    }

    fn is_done(&self) -> bool {
        self.walk.steps() >= self.steps || self.walk.is_lost()
    }

    /// Above where it began after all steps: it diverged, or is on its way to.
    fn state(&self) -> Text {
        let (first, last) = (self.walk.path()[0].value, self.walk.last().value);
        match self.walk.left_picture() {
            _ if self.walk.is_lost() => Text::new("diverged", "发散"),
            Some(step) if last > first => Text {
                en: format!("diverged, left the picture at step {step}").into(),
                zh: format!("发散，第 {step} 步离开图像").into(),
            },
            _ if last > first => Text::new("diverged", "发散"),
            _ if last > 0.99 * first => Text::new("hardly moved", "几乎没有移动"),
            _ if last < 1e-3 * first => Text::new("converged", "收敛"),
            _ => Text::new("on its way", "正在下降"),
        }
    }
}

impl Run for OnFunction {
    fn work(&mut self) -> Progress {
        if self.is_done() {
            return Progress::Done;
        }
        self.walk.step();
        Progress::Step
    }

    fn rewind(&mut self) -> Result<()> {
        self.walk = (self.restart)();
        Ok(())
    }

    fn set(&mut self, _: &Settings) -> Result<()> {
        Ok(())
    }

    fn view(&mut self, _: f64) -> View {
        let surface = self.walk.surface();
        let path = self.walk.path();
        let color = self.lane.0 as u8;
        let mut marks = Vec::new();
        if self.lane == Lane(0) {
            // The background is drawn once, for all lanes.
            marks.push(Mark::Contour(surface.grid(81, 81)));
            let (points, name) = (surface.minima.to_vec(), Text::new("minimum", "最小值"));
            marks.push(Mark::Scatter(Scatter { name, color: 6, points, symbol: Symbol::Cross }));
        }
        let mut walk = line(rate_name(self.rate), color, path.iter().map(|place| place.point).collect());
        walk.dots = true;
        marks.push(Mark::Line(walk));
        let side =
            |name: &str, range| Axis { label: Text::same(name), scale: Scale::Linear, range: Some(range) };
        let contour = Plane { x: side("x0", surface.x), y: side("x1", surface.y), marks };

        let points = path.iter().enumerate().map(|(step, place)| [step as f64, place.value]).collect();
        let value = Plane {
            x: axis(Text::new("steps", "步数"), Scale::Linear),
            // From where rounding hides the rest to well above the start; walks that leave go out of the picture.
            y: Axis { label: Text::same("f(x0, x1)"), scale: Scale::Log, range: Some((1e-12, 1e6)) },
            marks: vec![Mark::Line(line(rate_name(self.rate), color, points))],
        };
        let last = self.walk.last();
        let heads = [
            Text::new("steps", "步数"),
            Text::same("(x0, x1)"),
            Text::same("f(x0, x1)"),
            Text::new("outcome", "结果"),
        ];
        let point = last.point.map(|x| significant(x, 9)).join(", ");
        let cells = [
            Text::same(self.walk.steps().to_string()),
            Text::same(format!("({point})")),
            Text::same(significant(last.value, 4)),
            self.state(),
        ];
        View {
            phase: if self.is_done() { Phase::Finished } else { Phase::Ready },
            table: lane_table(self.rate, heads, cells),
            charts: vec![("contour", Chart::Plane(contour)), ("value", Chart::Plane(value))],
            ..View::default()
        }
    }
}

/// A network on MNIST under one rate.
struct OnMnist {
    rate: f64,
    lane: Lane,
    limit: u32,
    training: Training,
}

impl OnMnist {
    fn new(settings: &Settings, rate: f64, lane: Lane) -> Result<Self> {
        let init = InitSpec::Normal { std: 0.01 };
        let spec = parts::two_layer_net(settings, init, parts::optimizer(settings, rate));
        let limit = settings.count("iterations");
        Ok(Self { rate, lane, limit, training: Training::new(spec, Some(limit.into()))? })
    }
}

impl Run for OnMnist {
    fn training(&mut self) -> Option<&mut Training> {
        Some(&mut self.training)
    }

    fn set(&mut self, _: &Settings) -> Result<()> {
        Ok(())
    }

    fn view(&mut self, seconds: f64) -> View {
        let (name, color) = (rate_name(self.rate), self.lane.0 as u8);
        let whole = digits::view(&mut self.training);
        let course = &self.training.course;
        let record = course.record();
        let iterations = || axis(Text::new("iterations", "迭代次数"), Scale::Linear);
        let points =
            record.loss.buckets().iter().map(|bucket| [bucket.iteration as f64, bucket.mean()]).collect();
        let loss = Plane {
            x: iterations(),
            y: axis(Text::new("cross-entropy error", "交叉熵误差"), Scale::Log),
            marks: vec![Mark::Line(line(name.clone(), color, points))],
        };
        let points = record.test_accuracy.iter().map(|&(at, share)| [at as f64, share]).collect();
        let mut curve = line(name, color, points);
        curve.dots = true;
        let share = Text::new("share read right", "读对的比例");
        let accuracy = Plane {
            x: iterations(),
            y: Axis { label: share, scale: Scale::Linear, range: Some((0.0, 1.0)) },
            marks: vec![Mark::Line(curve)],
        };
        let outcome = match course.diverged() {
            Some(divergence) => Text {
                en: format!("diverged at iteration {}", divergence.iteration).into(),
                zh: format!("第 {} 次迭代时发散", divergence.iteration).into(),
            },
            None => Text::same(format!("{} / {}", course.iteration(), self.limit)),
        };
        let number = |name: &str| {
            let found = whole.numbers.iter().find(|number| number.name == name);
            Text::same(found.map_or("—", |number| &number.value))
        };
        let heads = [
            Text::new("loss", "损失"),
            Text::new("test accuracy", "测试精度"),
            Text::new("seconds", "秒"),
            Text::new("iterations", "迭代次数"),
        ];
        let cells = [number("loss"), number("test-accuracy"), Text::same(format!("{seconds:.1}")), outcome];
        View {
            // A lane that diverged is done; the others go on.
            phase: if whole.phase == Phase::Stopped { Phase::Finished } else { whole.phase },
            table: lane_table(self.rate, heads, cells),
            charts: vec![("loss", Chart::Plane(loss)), ("accuracy", Chart::Plane(accuracy))],
            images: whole.images,
            ..View::default()
        }
    }
}
