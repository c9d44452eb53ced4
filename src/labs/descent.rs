//! Gradient descent on a surface (book 4.4 and 6.1).

use super::field::{Choice, Field, Kind};
use super::parts::{self, HELP_RATE, OPTIMIZER, axis, line, number, significant};
use super::settings::Settings;
use super::{ChartSlot, Data, Lab, Lane, Notice, Phase, Progress, Run, Shape, Table, Try, View};
use crate::chart::{self, Axis, Chart, Mark, Plane, Scale, Scatter, Symbol};
use crate::error::Result;
use crate::function::surface::Surface;
use crate::nn::gradient::{BOOK_STEP, numerical_gradient};
use crate::nn::spec::OptimizerSpec;
use crate::text::Text;
use crate::train::descent::{Descent as Walk, Place};

const SURFACES: &[Choice] = &[
    Choice { value: "bowl", label: Text::new("x0² + x1²", "x0² + x1²") },
    Choice { value: "ellipse", label: Text::new("x0²/20 + x1²", "x0²/20 + x1²") },
    Choice { value: "saddle", label: Text::new("Saddle: x0² − x1²", "鞍点：x0² − x1²") },
    Choice { value: "rosenbrock", label: Text::new("Rosenbrock", "Rosenbrock 函数") },
    Choice { value: "himmelblau", label: Text::new("Himmelblau", "Himmelblau 函数") },
    Choice { value: "plateau", label: Text::new("Plateau", "学习高原") },
    Choice { value: "own", label: Text::new("Your own", "自己输入") },
];

const FIELDS: &[Field] = &[
    Field {
        name: "surface",
        label: Text::new("Function", "函数"),
        help: Text::new("The function f(x0, x1) to walk down on.", "要沿其下降的函数 f(x0, x1)。"),
        kind: Kind::Choice { options: SURFACES },
        default: "bowl",
        live: false,
        only: None,
    },
    Field {
        name: "expression",
        label: Text::new("f(x0, x1) =", "f(x0, x1) ="),
        help: Text::new(
            "With x0, x1, + − * / ^, sin cos tan tanh exp ln sqrt abs sigmoid relu max min, pi and e.",
            "可用 x0、x1、+ − * / ^、sin cos tan tanh exp ln sqrt abs sigmoid relu max min、pi 和 e。",
        ),
        kind: Kind::Expression,
        default: "sin(x0) * cos(x1) + (x0^2 + x1^2) / 20",
        live: false,
        only: Some(("surface", &["own"])),
    },
    Field {
        name: "x0",
        label: Text::new("Start x0", "起点 x0"),
        help: Text::new("Click or drag in the picture to set it.", "在图中点击或拖动即可设置。"),
        kind: Kind::Number { min: -10.0, max: 10.0, step: 0.1 },
        default: "-3",
        live: false,
        only: None,
    },
    Field {
        name: "x1",
        label: Text::new("Start x1", "起点 x1"),
        help: Text::new("Click or drag in the picture to set it.", "在图中点击或拖动即可设置。"),
        kind: Kind::Number { min: -10.0, max: 10.0, step: 0.1 },
        default: "4",
        live: false,
        only: None,
    },
    Field {
        name: "learningRate",
        label: Text::new("Learning rate", "学习率"),
        help: HELP_RATE,
        kind: Kind::Log { min: 1e-10, max: 10.0 },
        default: "0.1",
        live: false,
        only: None,
    },
    OPTIMIZER,
    Field {
        name: "momentum",
        label: Text::new("Momentum μ", "动量 μ"),
        help: Text::new("How much of the last step is kept, 0 to 0.99.", "上一步保留多少，0 到 0.99。"),
        kind: Kind::Number { min: 0.0, max: 0.99, step: 0.01 },
        default: "0.9",
        live: false,
        only: Some(("optimizer", &["momentum", "nesterov"])),
    },
    Field {
        name: "steps",
        label: Text::new("Steps", "步数"),
        help: Text::new("How many steps the walk takes.", "一共走多少步。"),
        kind: Kind::Count { min: 1, max: 1000 },
        default: "20",
        live: false,
        only: None,
    },
];

/// Gradient descent on a surface.
pub(super) const LAB: Lab = Lab {
    id: "descent",
    book: "4.4",
    title: Text::new("Gradient descent", "梯度法"),
    intro: Text::new(
        "The gradient points up the steepest way; its negative, the arrows, points down. From the start each step goes against the gradient, as far as learning rate and optimizer say. The gradient is numerical, as in the book: the function's difference 1e-4 to either side.",
        "梯度指向函数值增加最快的方向，负梯度（箭头）指向下降的方向。从起点开始，每一步都沿负梯度方向走，走多远由学习率和更新方法决定。这里的梯度和书中一样是数值微分：取两侧 1e-4 处函数值之差。",
    ),
    formula: r#"<math display="block"><msub><mi>x</mi><mn>0</mn></msub><mo>←</mo><msub><mi>x</mi><mn>0</mn></msub><mo>−</mo><mi>η</mi><mfrac><mrow><mo>∂</mo><mi>f</mi></mrow><mrow><mo>∂</mo><msub><mi>x</mi><mn>0</mn></msub></mrow></mfrac><mo>,</mo><mspace width="1em"/><mfrac><mrow><mo>∂</mo><mi>f</mi></mrow><mrow><mo>∂</mo><msub><mi>x</mi><mn>0</mn></msub></mrow></mfrac><mo>≈</mo><mfrac><mrow><mi>f</mi><mo>(</mo><msub><mi>x</mi><mn>0</mn></msub><mo>+</mo><mi>h</mi><mo>,</mo><msub><mi>x</mi><mn>1</mn></msub><mo>)</mo><mo>−</mo><mi>f</mi><mo>(</mo><msub><mi>x</mi><mn>0</mn></msub><mo>−</mo><mi>h</mi><mo>,</mo><msub><mi>x</mi><mn>1</mn></msub><mo>)</mo></mrow><mrow><mn>2</mn><mi>h</mi></mrow></mfrac></math>"#,
    fields: FIELDS,
    charts: &[
        ChartSlot {
            name: "contour",
            title: Text::new("From above", "俯视图"),
            help: Text::new(
                "Lines of equal height, arrows of −gradient, and the walk. Click to start elsewhere, or drag the ring.",
                "等高线、负梯度箭头和下降的轨迹。点击可更换起点，也可拖动圆环。",
            ),
            shape: Shape::Square,
        },
        ChartSlot {
            name: "surface",
            title: Text::new("In three dimensions", "三维图"),
            help: Text::new(
                "The same function and walk; drag to turn. Heights are cut where they would hide the rest.",
                "同一函数和同一轨迹；拖动可旋转。过高的部分被截去，以免遮住其余部分。",
            ),
            shape: Shape::Square,
        },
        ChartSlot {
            name: "value",
            title: Text::new("Value at each step", "每一步的函数值"),
            help: Text::new("f(x0, x1) after each step.", "每一步之后的 f(x0, x1)。"),
            shape: Shape::Wide,
        },
    ],
    tries: &[
        Try {
            text: Text::new(
                "The book's zigzag: SGD at 0.95 on x0²/20 + x1²",
                "书中的之字形：SGD 在 x0²/20 + x1² 上取 0.95",
            ),
            settings: &[
                ("surface", "ellipse"),
                ("learningRate", "0.95"),
                ("x0", "-7"),
                ("x1", "2"),
                ("steps", "30"),
            ],
        },
        Try {
            text: Text::new("The same with Momentum at 0.1", "同样的函数，Momentum 取 0.1"),
            settings: &[
                ("surface", "ellipse"),
                ("optimizer", "momentum"),
                ("learningRate", "0.1"),
                ("x0", "-7"),
                ("x1", "2"),
                ("steps", "30"),
            ],
        },
        Try {
            text: Text::new("A learning rate of 10 leaves the picture", "学习率取 10：跑出图外"),
            settings: &[("learningRate", "10")],
        },
        Try {
            text: Text::new("A learning rate of 1e-10 does not move", "学习率取 1e-10：几乎不动"),
            settings: &[("learningRate", "1e-10")],
        },
        Try {
            text: Text::new("Adam through Rosenbrock's valley", "Adam 走 Rosenbrock 的山谷"),
            settings: &[
                ("surface", "rosenbrock"),
                ("optimizer", "adam"),
                ("learningRate", "0.05"),
                ("x0", "-1.5"),
                ("x1", "2.5"),
                ("steps", "500"),
            ],
        },
        Try {
            text: Text::new("Stuck on a plateau", "停在学习高原上"),
            settings: &[("surface", "plateau"), ("x0", "-3"), ("x1", "2.5"), ("steps", "100")],
        },
    ],
    data: Data::None,
    data_when: None,
    pace: Some(10.0),
    lanes_from: None,
    open: |settings, _: Lane| Ok(Box::new(Descent::new(settings)?)),
};

struct Descent {
    walk: Walk,
    start: [f64; 2],
    rule: OptimizerSpec,
    steps: usize,
    contour: Vec<Mark>,
    relief: chart::Grid,
    ceiling: f64,
}

impl Descent {
    fn new(settings: &Settings) -> Result<Self> {
        let surface = match settings.words("surface") {
            "own" => Surface::typed("expression", settings.words("expression"))?,
            name => Surface::named(name).map_or_else(|| Surface::typed("surface", name), Ok)?,
        };
        let mut rule = parts::optimizer(settings, settings.number("learningRate"));
        rule.momentum = Some(settings.number("momentum"));
        let start = [settings.number("x0"), settings.number("x1")];
        let contour = vec![Mark::Contour(surface.grid(81, 81)), Mark::Arrows(arrows(&surface))];
        let mut relief = surface.grid(37, 37);
        let ceiling = ceiling(&relief.values);
        for value in &mut relief.values {
            *value = if value.is_nan() { *value } else { value.clamp(-ceiling as f32, ceiling as f32) };
        }
        let steps = settings.count("steps") as usize;
        let mut run =
            Self { walk: Walk::new(surface, start, rule), start, rule, steps, contour, relief, ceiling };
        // Shown whole at first, so that a link and a dragged start show their picture at once; playing it again
        // begins with rewind.
        while run.work() == Progress::Step {}
        Ok(run)
    }
}

/// Where the picture in three dimensions is cut: walls far above most of the surface would flatten the rest.
fn ceiling(values: &[f32]) -> f64 {
    let mut heights: Vec<f64> = values.iter().filter(|v| v.is_finite()).map(|v| f64::from(v.abs())).collect();
    heights.sort_by(f64::total_cmp);
    let at = |share: f64| heights.get((heights.len() as f64 * share) as usize).copied().unwrap_or(1.0);
    let (most, highest) = (at(0.75), heights.last().copied().unwrap_or(1.0));
    if highest > 4.0 * most { most * 1.5 } else { highest.max(f64::MIN_POSITIVE) }
}

/// Arrows of −gradient on an even grid, all pointing truly, their length by the root of the slope: on a true scale
/// most would be points.
fn arrows(surface: &Surface) -> Vec<[f64; 4]> {
    const SIDE: usize = 13;
    let ((left, right), (bottom, top)) = (surface.x, surface.y);
    let (wide, tall) = ((right - left) / SIDE as f64, (top - bottom) / SIDE as f64);
    let arrows: Vec<_> = (0..SIDE * SIDE)
        .map(|index| {
            let x =
                [left + wide * ((index % SIDE) as f64 + 0.5), bottom + tall * ((index / SIDE) as f64 + 0.5)];
            let [slope0, slope1] = numerical_gradient(|x| surface.at(x), x, BOOK_STEP);
            (x, [-slope0, -slope1], (slope0 / wide).hypot(slope1 / tall))
        })
        .filter(|(.., steepness)| steepness.is_finite())
        .collect();
    let steepest = arrows.iter().fold(0.0_f64, |most, (.., steepness)| most.max(*steepness));
    let longest = 0.9;
    let arrow = |([x0, x1], [down0, down1], steepness): ([f64; 2], [f64; 2], f64)| {
        let length = longest * (steepness / steepest).sqrt();
        // Of this length in units of the arrow grid, in the true direction.
        let reach = (down0 / wide).hypot(down1 / tall);
        let scale = if reach > 0.0 { length / reach } else { 0.0 };
        [x0, x1, down0 * scale, down1 * scale]
    };
    arrows.into_iter().map(arrow).filter(|arrow| arrow.iter().all(|number| number.is_finite())).collect()
}

impl Run for Descent {
    fn work(&mut self) -> Progress {
        if self.walk.steps() >= self.steps || self.walk.is_lost() {
            return Progress::Done;
        }
        self.walk.step();
        Progress::Step
    }

    fn rewind(&mut self) -> Result<()> {
        self.walk = Walk::new(self.walk.surface().clone(), self.start, self.rule);
        Ok(())
    }

    fn set(&mut self, _: &Settings) -> Result<()> {
        Ok(())
    }

    fn view(&mut self, _: f64) -> View {
        let place = self.walk.last();
        let done = self.walk.steps() >= self.steps || self.walk.is_lost();
        let text = |value| Some(significant(value, 6));
        View {
            phase: if done { Phase::Finished } else { Phase::Ready },
            notice: notice(&self.walk),
            numbers: vec![
                number("step", Text::new("Step", "步"), Some(self.walk.steps().to_string())),
                number("x0", Text::same("x0"), text(place.point[0])),
                number("x1", Text::same("x1"), text(place.point[1])),
                number("value", Text::same("f(x0, x1)"), text(place.value)),
            ],
            table: Some(table(self.walk.path())),
            charts: vec![("contour", self.map()), ("surface", self.relief()), ("value", self.values())],
            ..View::default()
        }
    }
}

fn notice(walk: &Walk) -> Option<Notice> {
    let notice = |code, step: usize| Notice { code, params: [("step", step.to_string())].into() };
    if walk.is_lost() {
        return Some(notice("walk-lost", walk.steps()));
    }
    let step = walk.left_picture().filter(|_| !walk.surface().shows(walk.last().point))?;
    Some(notice(if step == 0 { "start-outside" } else { "left-picture" }, step))
}

impl Descent {
    fn map(&self) -> Chart {
        let surface = self.walk.surface();
        let points = |places: &[Place]| places.iter().map(|place| place.point).collect::<Vec<_>>();
        let mut path = line(Text::new("the walk", "下降轨迹"), 0, points(self.walk.path()));
        path.dots = true;
        let scatter = |name, color, points, symbol| Mark::Scatter(Scatter { name, color, points, symbol });
        let mut marks = self.contour.clone();
        if !surface.minima.is_empty() {
            marks.push(scatter(Text::new("minimum", "最小值"), 2, surface.minima.to_vec(), Symbol::Cross));
        }
        marks.push(Mark::Line(path));
        marks.push(scatter(Text::new("start", "起点"), 1, vec![self.start], Symbol::Handle));
        let axis =
            |name: &str, range| Axis { label: Text::same(name), scale: Scale::Linear, range: Some(range) };
        Chart::Plane(Plane { x: axis("x0", surface.x), y: axis("x1", surface.y), marks })
    }

    fn relief(&self) -> Chart {
        let surface = self.walk.surface();
        // The path goes on inside the picture only; outside there is no surface to lie on.
        let on_surface = |place: &&Place| surface.shows(place.point) && place.value.is_finite();
        let point =
            |place: &Place| [place.point[0], place.point[1], place.value.clamp(-self.ceiling, self.ceiling)];
        let path = self.walk.path().iter().take_while(on_surface).map(point).collect();
        Chart::Surface(chart::Surface {
            x: Text::same("x0"),
            y: Text::same("x1"),
            z: Text::same("f"),
            grid: self.relief.clone(),
            paths: vec![path],
        })
    }

    fn values(&self) -> Chart {
        let path = self.walk.path();
        // By powers of ten where the value is positive throughout: a walk towards 0 is then a straight line.
        let positive = path.iter().all(|place| place.value > 0.0);
        let points = path.iter().enumerate().map(|(step, place)| [step as f64, place.value]).collect();
        let scale = if positive { Scale::Log } else { Scale::Linear };
        let x = axis(Text::new("steps", "步数"), Scale::Linear);
        let mut curve = line(Text::same("f(x0, x1)"), 0, points);
        curve.dots = path.len() <= 60;
        Chart::Plane(Plane { x, y: axis(Text::same("f(x0, x1)"), scale), marks: vec![Mark::Line(curve)] })
    }
}

fn table(path: &[Place]) -> Table {
    let columns = vec![
        Text::new("step", "步"),
        Text::same("x0"),
        Text::same("x1"),
        Text::same("f"),
        Text::same("∂f/∂x0"),
        Text::same("∂f/∂x1"),
    ];
    let row = |(step, place): (usize, &Place)| {
        let Place { point: [x0, x1], value, gradient: [slope0, slope1] } = *place;
        let numbers = [x0, x1, value, slope0, slope1].map(|number| Text::same(significant(number, 6)));
        std::iter::once(Text::same(step.to_string())).chain(numbers).collect()
    };
    Table { columns, rows: path.iter().enumerate().map(row).collect() }
}
