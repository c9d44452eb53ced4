//! A function of one variable: its tangent, and the error of every quotient.

use super::cut::{self, Cut};
use super::quotients::{Kind, double, error, single};
use super::{PLACE, STEP, words};
use crate::chart::{Axis, Chart, Key, Mark, Plane, Scale};
use crate::function::expression::Expression;
use crate::labs::parts::{self, axis, line, number, plane, significant};
use crate::labs::settings::Settings;
use crate::labs::sheet::{Cell, Notice, Row, Sheet, Table, Tone};
use crate::text::Text;

/// The powers of ten of the smallest and the largest h.
const POWERS: (i32, i32) = (-50, 1);
/// Points of an error curve for each power of ten.
const FINENESS: usize = 4;

static METHODS: [(Kind, bool, Text); 4] = [
    (Kind::Central, true, Text::new("central, f64", "中心差分，f64")),
    (Kind::Forward, true, Text::new("forward, f64", "前向差分，f64")),
    (Kind::Central, false, Text::new("central, f32", "中心差分，f32")),
    (Kind::Forward, false, Text::new("forward, f32", "前向差分，f32")),
];

/// A function at a place.
struct Curve {
    f: Expression<1>,
    x: f64,
    kind: Kind,
    h: f64,
    /// The derivative by the rules.
    exact: f64,
    /// The part shown.
    range: (f64, f64),
}

/// What is seen; nothing for an expression that does not parse, which the form has refused.
pub(super) fn sheet(settings: &Settings) -> Option<Sheet> {
    let f = Expression::parse("function", settings.words("function"), ["x"]).ok()?;
    let x = settings.number("x");
    let exact = f.slope([x], 0).1;
    let range = shown(settings.numbers("range"), x);
    let kind = Kind::of(settings.words("quotient"));
    let curve = Curve { f, x, kind, h: settings.number("h"), exact, range };
    let found = double(&|x| curve.f.at([x]), kind, x, curve.h);
    let (errors, is_exact) = curve.errors(error(found, exact));
    let notice = words::notices(&|x| curve.f.at([x]), x, curve.h, exact);
    Some(Sheet {
        notices: notice.or_else(|| is_exact.then(always_exact)).into_iter().collect(),
        numbers: parts::listed([
            number("numerical", Text::new("Numerical", "数值微分"), Some(words::precise(found))),
            number("analytic", Text::new("Derivative", "解析解"), Some(words::precise(exact))),
            number("error", Text::new("Error", "误差"), Some(significant(error(found, exact), 3))),
        ]),
        table: Some(curve.table()),
        pictures: parts::pictures([("curve", Some(curve.tangent())), ("error", Some(errors))]),
    })
}

/// From the lowest to the highest number that was typed, and to the place itself.
fn shown(typed: &[f64], x: f64) -> (f64, f64) {
    let low = typed.iter().copied().fold(x, f64::min);
    let high = typed.iter().copied().fold(x, f64::max);
    if high - low < 1e-3 { (low - 1.0, high + 1.0) } else { (low, high) }
}

fn always_exact() -> Notice {
    let text =
        Text::new("Here the quotient is exact for every h.", "在此处，无论 h 取多少，差商都没有误差。");
    Notice { code: "exact", tone: Tone::Info, text, remedies: Vec::new() }
}

impl Curve {
    fn quotient(&self, kind: Kind, is_double: bool, h: f64) -> f64 {
        if is_double {
            double(&|x| self.f.at([x]), kind, self.x, h)
        } else {
            single(&|x| self.f.at_single([x]), kind, self.x, h)
        }
    }

    fn tangent(&self) -> Chart {
        let Self { x, h, kind, exact, range, .. } = *self;
        Cut { f: &|x| self.f.at([x]), name: "x", range, x, h, kind, exact, grip: PLACE }.chart("f(x)")
    }

    /// The error of every method for every h, and whether there is none at all; `here` is that of the h that was set.
    fn errors(&self, here: f64) -> (Chart, bool) {
        let count = (POWERS.1 - POWERS.0) as usize * FINENESS;
        let (mut low, mut high, mut defined) = (f64::INFINITY, 0.0_f64, false);
        let mut marks = Vec::with_capacity(METHODS.len() + 1);
        for (color, &(kind, is_double, ref name)) in METHODS.iter().enumerate() {
            let point = |index: usize| {
                let h = libm::pow(10.0, f64::from(POWERS.0) + index as f64 / FINENESS as f64);
                [h, error(self.quotient(kind, is_double, h), self.exact)]
            };
            let points: Vec<_> = (0..=count).map(point).collect();
            for &[_, error] in &points {
                defined |= error.is_finite();
                if error > 0.0 && error.is_finite() {
                    (low, high) = (low.min(error), high.max(error));
                }
            }
            marks.push(Mark::Line(line(name.clone(), color as u8, points)));
        }
        if here > 0.0 && here.is_finite() {
            (low, high) = (low.min(here), high.max(here));
        }
        let is_exact = defined && high == 0.0;
        // An error of 0, or none, has no place on a logarithmic axis: its ring stands at the lower edge.
        let (low, high) = if high > 0.0 { (low / 3.0, high * 3.0) } else { (1e-16, 1.0) };
        let at = if here.is_finite() { here.clamp(low, high) } else { low };
        marks.push(cut::handle(Text::same("h"), [self.h, at], STEP));
        let log = |label, range| Axis { range: Some(range), ..axis(label, Scale::Log) };
        let ends = (libm::pow(10.0, f64::from(POWERS.0)), libm::pow(10.0, f64::from(POWERS.1)));
        let y = log(Text::new("error of the quotient", "差商的误差"), (low.max(1e-300), high.max(1e-299)));
        let plane = Plane { grip: Some(STEP), ..plane(log(Text::same("h"), ends), y, marks) };
        (Chart::Plane(plane), is_exact)
    }

    fn table(&self) -> Table {
        let columns = std::iter::once(Text::same("h")).chain(METHODS.iter().map(|(.., name)| name.clone()));
        let row = |power: i32| {
            let h = libm::pow(10.0, f64::from(-power));
            let found = METHODS.iter().map(|&(kind, is_double, _)| self.quotient(kind, is_double, h));
            let cells = std::iter::once(h).chain(found).map(Cell::Number).collect();
            Row { key: Some(Key(power as u32)), cells }
        };
        Table { columns: columns.collect(), rows: (1..=-POWERS.0).map(row).collect() }
    }
}
