//! Gradient descent on a surface (book 4.4 and 6.1).

use super::field::{Choice, Field, Kind};
use super::parts::{
    self, HELP_RATE, OPTIMIZER, START_X0, START_X1, axis, fixed, line, number, plane, significant, told,
};
use super::settings::Settings;
use super::sheet::{Cell, Notice, Picture, Remedy, Row, Sheet, Table, Tone};
use super::{Edits, Lab, Moment, Shape, Slot, Suggestion, no_guess, no_jobs};
use crate::chart::{Chart, Grip, Key, Line, Mark, Scale, Scatter, Symbol};
use crate::function::surface::Surface;
use crate::nn::spec::OptimizerSpec;
use crate::text::Text;
use crate::train::descent::{Descent, Place as Stop};
use crate::train::report::Report;

const SURFACES: &[Choice] = &[
    Choice::same("bowl", "x0² + x1²"),
    Choice::same("ellipse", "x0²/20 + x1²"),
    Choice::new("saddle", Text::new("Saddle: x0² − x1²", "鞍点：x0² − x1²")),
    Choice::new("rosenbrock", Text::new("Rosenbrock", "Rosenbrock 函数")),
    Choice::new("himmelblau", Text::new("Himmelblau", "Himmelblau 函数")),
    Choice::new("plateau", Text::new("Plateau", "学习高原")),
    Choice::new("own", Text::new("Your own", "自己输入")),
];

const FIELDS: &[Field] = &[
    Field::new(
        "learningRate",
        Text::new("Learning rate", "学习率"),
        HELP_RATE,
        Kind::Log { min: 1e-10, max: 10.0 },
        "0.1",
    )
    .main(),
    Field::new(
        "surface",
        Text::new("Function", "函数"),
        Text::new("The function f(x0, x1) to minimise.", "要最小化的函数 f(x0, x1)。"),
        Kind::Choice { options: SURFACES },
        "bowl",
    )
    .main(),
    Field::new(
        "expression",
        Text::new("f(x0, x1) =", "f(x0, x1) ="),
        Text::new(
            "With x0, x1, + − * / ^, sin cos tan tanh exp ln sqrt abs sigmoid relu max min, pi and e.",
            "可用 x0、x1、+ − * / ^、sin cos tan tanh exp ln sqrt abs sigmoid relu max min、pi 和 e。",
        ),
        Kind::Expression { variables: &["x0", "x1"] },
        "sin(x0) * cos(x1) + (x0^2 + x1^2) / 20",
    )
    .only("surface", &["own"]),
    OPTIMIZER,
    Field::new(
        "momentum",
        Text::new("Momentum μ", "动量 μ"),
        Text::new("Fraction of the previous step that is kept (0–0.99).", "保留上一步的比例（0–0.99）。"),
        Kind::Number { min: 0.0, max: 0.99, step: 0.01 },
        "0.9",
    )
    .only("optimizer", &["momentum", "nesterov"]),
    START_X0,
    START_X1,
    Field::new(
        "steps",
        Text::new("Steps", "步数"),
        Text::new("How many steps are taken.", "更新的次数。"),
        Kind::Count { min: 1, max: 1000 },
        "20",
    ),
];

/// Gradient descent on a surface.
pub(super) const LAB: Lab = Lab {
    id: "descent",
    sections: &["4.4"],
    title: Text::new("Gradient descent", "梯度法"),
    line: Text::new(
        "Drag the start and watch the path follow the negative gradient downhill.",
        "拖动起点，看轨迹如何沿负梯度方向下降。",
    ),
    about: Text::new(
        "The gradient points uphill most steeply; the arrows show its negative. Each step moves that way, by an amount set by the learning rate and the optimizer. The gradient is a central difference with h = 1e-4.",
        "梯度指向函数值增加最快的方向，箭头表示负梯度。每一步都沿负梯度方向更新，更新的幅度由学习率和参数的更新方法决定。这里的梯度由数值微分求得，取 h = 1e-4 的中心差分。",
    ),
    formula: r#"<math display="block"><msub><mi>x</mi><mn>0</mn></msub><mo>←</mo><msub><mi>x</mi><mn>0</mn></msub><mo>−</mo><mi>η</mi><mfrac><mrow><mo>∂</mo><mi>f</mi></mrow><mrow><mo>∂</mo><msub><mi>x</mi><mn>0</mn></msub></mrow></mfrac><mo>,</mo><mspace width="1em"/><mfrac><mrow><mo>∂</mo><mi>f</mi></mrow><mrow><mo>∂</mo><msub><mi>x</mi><mn>0</mn></msub></mrow></mfrac><mo>≈</mo><mfrac><mrow><mi>f</mi><mo stretchy="false">(</mo><msub><mi>x</mi><mn>0</mn></msub><mo>+</mo><mi>h</mi><mo>,</mo><msub><mi>x</mi><mn>1</mn></msub><mo stretchy="false">)</mo><mo>−</mo><mi>f</mi><mo stretchy="false">(</mo><msub><mi>x</mi><mn>0</mn></msub><mo>−</mo><mi>h</mi><mo>,</mo><msub><mi>x</mi><mn>1</mn></msub><mo stretchy="false">)</mo></mrow><mrow><mn>2</mn><mi>h</mi></mrow></mfrac></math>"#,
    fields: FIELDS,
    slots: &[
        Slot::new(
            "contour",
            Text::new("Contour plot", "等高线图"),
            Text::new(
                "Level lines of f, arrows along the negative gradient, and the path. Drag the ring, or click a place, to start there.",
                "f 的等高线、负梯度箭头和下降的轨迹。拖动圆环或点击图中的位置，即可更换起点。",
            ),
            Shape::Square,
        ),
        Slot::new(
            "surface",
            Text::new("3-D surface", "三维曲面"),
            Text::new("Tall parts are clipped. Drag to rotate.", "过高的部分被截去。拖动可旋转。"),
            Shape::Square,
        ),
        Slot::new(
            "value",
            Text::new("f(x0, x1) at each step", "每一步的 f(x0, x1)"),
            Text::new("On a log scale where f is nowhere negative.", "f 不为负时采用对数坐标。"),
            Shape::Wide,
        )
        .more(),
    ],
    inputs: &[],
    suggestions: &[
        Suggestion {
            text: Text::new(
                "The book's zigzag: SGD at 0.95 on x0²/20 + x1²",
                "书中的之字形移动：SGD，x0²/20 + x1²，学习率 0.95",
            ),
            settings: &[
                ("surface", "ellipse"),
                ("learningRate", "0.95"),
                ("x0", "-7"),
                ("x1", "2"),
                ("steps", "30"),
            ],
        },
        Suggestion {
            text: Text::new("The same with Momentum at 0.1", "同样的函数，Momentum，学习率 0.1"),
            settings: &[
                ("surface", "ellipse"),
                ("optimizer", "momentum"),
                ("x0", "-7"),
                ("x1", "2"),
                ("steps", "30"),
            ],
        },
        Suggestion {
            text: Text::new("A learning rate of 10 leaves the plot", "学习率取 10：超出绘图范围"),
            settings: &[("learningRate", "10")],
        },
        Suggestion {
            text: Text::new("A learning rate of 1e-10 makes no progress", "学习率取 1e-10：几乎不更新"),
            settings: &[("learningRate", "1e-10")],
        },
        Suggestion {
            text: Text::new("Adam on Rosenbrock", "Adam 与 Rosenbrock 函数"),
            settings: &[
                ("surface", "rosenbrock"),
                ("optimizer", "adam"),
                ("learningRate", "0.05"),
                ("x0", "-1.5"),
                ("x1", "2.5"),
                ("steps", "500"),
            ],
        },
        Suggestion {
            text: Text::new("Stuck on a plateau", "停在学习高原上"),
            settings: &[("surface", "plateau"), ("x1", "2.5"), ("steps", "100")],
        },
    ],
    pace: 10.0,
    jobs: no_jobs,
    steps: |settings| path_of(settings).map_or(0, |descent| descent.steps() as u64),
    show,
    drag: |_, grip, at| match grip {
        START => parts::place(FIELDS, ["x0", "x1"], at),
        _ => Edits::default(),
    },
    guess: no_guess,
};

/// The start.
const START: Grip = Grip(0);

/// The whole path, to its last step or to where it cannot go on; none for an expression that does not parse.
fn path_of(settings: &Settings) -> Option<Descent> {
    let surface = match settings.words("surface") {
        "own" => Surface::typed("expression", settings.words("expression")).ok(),
        name => Surface::named(name),
    }?;
    Some(descend(surface, settings, settings.number("learningRate")))
}

fn descend(surface: Surface, settings: &Settings, rate: f64) -> Descent {
    let momentum = Some(settings.number("momentum"));
    let rule = OptimizerSpec { momentum, ..parts::optimizer(settings, rate) };
    let start = [settings.number("x0"), settings.number("x1")];
    parts::descend(surface, start, rule, settings.count("steps"))
}

fn show(settings: &Settings, moment: &Moment, _: &[Option<Report>]) -> Sheet {
    let Some(descent) = path_of(settings) else { return Sheet::default() };
    let shown = descent.steps().min(usize::try_from(moment.step).unwrap_or(usize::MAX));
    let view = View {
        surface: descent.surface(),
        path: &descent.path()[..=shown],
        whole: descent.path(),
        chosen: moment.chosen.filter(|key| key.0 as usize <= shown),
    };
    let Stop { point: [x0, x1], value, .. } = view.last();
    let words = |value| Some(significant(value, 5));
    let picture = |slot, chart| Picture { slot, key: None, caption: Text::new("", ""), chart };
    Sheet {
        notices: view.notice(settings).into_iter().collect(),
        numbers: parts::listed([
            number("step", Text::new("Step", "步数"), Some(shown.to_string())),
            number("x0", Text::new("x0", "x0"), words(x0)),
            number("x1", Text::new("x1", "x1"), words(x1)),
            number("value", Text::new("f(x0, x1)", "f(x0, x1)"), words(value)),
        ]),
        table: Some(table(view.path)),
        pictures: vec![
            picture("contour", view.contour()),
            picture("surface", parts::relief(descent.surface(), view.path)),
            picture("value", view.values()),
        ],
    }
}

/// A path as far as it is shown. Its steps are keys.
struct View<'a> {
    surface: &'a Surface,
    path: &'a [Stop],
    whole: &'a [Stop],
    chosen: Option<Key>,
}

impl View<'_> {
    fn last(&self) -> Stop {
        self.path[self.path.len() - 1]
    }

    fn contour(&self) -> Chart {
        let mut marks = vec![parts::ground(self.surface, 81), parts::arrows(self.surface)];
        marks.extend(parts::minima(self.surface, 2));
        let points: Vec<_> = self.path.iter().map(|stop| stop.point).collect();
        marks.push(Mark::Line(line(PATH, 0, points.clone())));
        self.push_stops(&mut marks, points, usize::MAX);
        marks.push(parts::start(self.path[0].point, 1, START));
        Chart::Plane(parts::map(self.surface, marks, START))
    }

    fn values(&self) -> Chart {
        // On axes of the whole path, so that nothing jumps while it is played.
        let values = || self.whole.iter().map(|stop| stop.value).filter(|value| value.is_finite());
        let log = values().all(|value| value >= 0.0) && self.whole[0].value > 0.0;
        let (low, high) = values()
            .filter(|&value| !log || value > 0.0)
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
        let room = 0.06 * (high - low);
        let mut y = axis(Text::same("f(x0, x1)"), if log { Scale::Log } else { Scale::Linear });
        if low < high {
            let ratio = libm::pow(high / low, 0.06);
            y.range = Some(if log { (low / ratio, high * ratio) } else { (low - room, high + room) });
        }
        let x = fixed(Text::new("steps", "步数"), (0.0, self.whole.len().max(2) as f64 - 1.0));
        let points: Vec<_> =
            self.path.iter().enumerate().map(|(step, stop)| [step as f64, stop.value]).collect();
        let mut marks = vec![Mark::Line(Line { ..line(PATH, 0, points.clone()) })];
        self.push_stops(&mut marks, points, 60);
        Chart::Plane(plane(x, y, marks))
    }

    /// Dots that can be pointed at, if they are at most `most`, and the chosen one above them.
    fn push_stops(&self, marks: &mut Vec<Mark>, points: Vec<[f64; 2]>, most: usize) {
        let stops = |name, color, points, keys| {
            Mark::Scatter(Scatter { name, color, points, symbol: Symbol::Dot, keys, grip: None })
        };
        let chosen = self.chosen.and_then(|key| Some((key, *points.get(key.0 as usize)?)));
        if points.len() <= most {
            let keys = (0..points.len() as u32).map(Key).collect();
            marks.push(stops(PATH, 0, points, keys));
        }
        if let Some((key, point)) = chosen {
            let name = told(format!("step {}", key.0), format!("第 {} 步", key.0));
            marks.push(stops(name, 3, vec![point], vec![key]));
        }
    }

    /// What is worth saying of the path so far.
    fn notice(&self, settings: &Settings) -> Option<Notice> {
        let (first, last, step) = (self.path[0], self.last(), self.path.len() - 1);
        let say = |code, tone, en: String, zh: String, remedies| {
            Some(Notice { code, tone, text: told(en, zh), remedies })
        };
        if !parts::goes_on(&last) {
            if step == 0 || !(last.value.is_infinite() || last.value.abs() > HUGE || far(&last)) {
                return say(
                    "undefined",
                    Tone::Warning,
                    format!("Stopped at step {step}: f has no finite value or gradient here."),
                    format!("停在第 {step} 步：f 在此处没有有限的值或梯度。"),
                    Vec::new(),
                );
            }
            return say(
                "diverged",
                Tone::Warning,
                format!("Diverged at step {step}: values overflowed. Lower the learning rate."),
                format!("在第 {step} 步发散：数值溢出。请减小学习率。"),
                self.lower_rate(settings),
            );
        }
        let left = self.path.iter().position(|stop| !self.surface.shows(stop.point))?;
        if left == 0 {
            let inside = |(low, high): (f64, f64), value: f64| {
                let room = (high - low) / 20.0;
                value.clamp(low + room, high - room)
            };
            let [x0, x1] = first.point;
            let at = [inside(self.surface.x, x0), inside(self.surface.y, x1)];
            let edits = parts::place(FIELDS, ["x0", "x1"], at);
            let text = Text::new("Move the start into the plot", "将起点移到绘图范围内");
            return say(
                "start-outside",
                Tone::Info,
                "The start lies outside the plot.".to_owned(),
                "起点不在绘图范围内。".to_owned(),
                vec![Remedy::Set { text, settings: edits.settings }],
            );
        }
        if self.surface.shows(last.point) {
            return None;
        }
        if last.value < first.value {
            return say(
                "left-plot-descending",
                Tone::Info,
                format!("The path left the plot at step {left}: f falls on beyond its edge."),
                format!("轨迹在第 {left} 步超出绘图范围：f 在范围之外继续下降。"),
                Vec::new(),
            );
        }
        say(
            "left-plot",
            Tone::Warning,
            format!("The path left the plot at step {left}: the learning rate is too large."),
            format!("轨迹在第 {left} 步超出绘图范围：学习率过大。"),
            self.lower_rate(settings),
        )
    }

    /// The highest of a tenth, a hundredth, … of the learning rate under which the path descends within the plot.
    fn lower_rate(&self, settings: &Settings) -> Vec<Remedy> {
        let descends = |rate: f64| {
            let descent = descend(self.surface.clone(), settings, rate);
            let (first, last) = (self.path[0].value, descent.last());
            self.surface.shows(last.point) && last.value < first - 0.01 * first.abs()
        };
        let rate = settings.number("learningRate");
        let lower = (1..=10).map(|power| rate / libm::pow(10.0, f64::from(power)));
        let spelled = lower.filter_map(|rate| parts::moved(FIELDS, "learningRate", rate));
        let found = spelled.take(10).find(|(_, words)| words.parse().is_ok_and(descends));
        let remedy = |(name, words): (&'static str, String)| Remedy::Set {
            text: parts::set_rate(&words),
            settings: vec![(name, words)],
        };
        found.map(remedy).into_iter().collect()
    }
}

const PATH: Text = Text::new("path", "轨迹");

/// Beyond this a value that is still finite is about to overflow.
const HUGE: f64 = 1e100;

fn far(stop: &Stop) -> bool {
    stop.point.iter().any(|x| x.is_infinite() || x.abs() > HUGE)
}

fn table(path: &[Stop]) -> Table {
    let columns = ["x0", "x1", "f(x0, x1)", "∂f/∂x0", "∂f/∂x1"].map(Text::same);
    let row = |(step, stop): (usize, &Stop)| {
        let Stop { point: [x0, x1], value, gradient: [slope0, slope1] } = *stop;
        let cells = [step as f64, x0, x1, value, slope0, slope1].map(Cell::Number).to_vec();
        Row { key: Some(Key(step as u32)), cells }
    };
    let columns = std::iter::once(Text::new("step", "步数")).chain(columns).collect();
    Table { columns, rows: path.iter().enumerate().map(row).collect() }
}
