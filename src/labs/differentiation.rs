//! Numerical differentiation: the difference quotient beside the derivative (book 4.3).

mod curve;
mod cut;
mod partial;
mod quotients;
mod words;

use super::field::{Choice, Field, Kind};
use super::parts;
use super::settings::Settings;
use super::sheet::Sheet;
use super::{Edits, Lab, Moment, Shape, Slot, Suggestion, no_guess, no_jobs, no_steps};
use crate::chart::Grip;
use crate::text::Text;
use crate::train::report::Report;

/// Moves the place on the curve.
const PLACE: Grip = Grip(0);
/// Moves h.
const STEP: Grip = Grip(1);
/// Moves the place on the plane.
const POINT: Grip = Grip(2);
/// Moves the place along one variable.
const ALONG: [Grip; 2] = [Grip(3), Grip(4)];

const ONE: &[&str] = &["curve"];
const TWO: &[&str] = &["partial"];

const EXPERIMENTS: &[Choice] = &[
    Choice::new("curve", Text::new("Derivative", "导数")),
    Choice::new("partial", Text::new("Partial derivatives", "偏导数")),
];

const QUOTIENTS: &[Choice] = &[
    Choice::new("central", Text::new("Central", "中心差分")),
    Choice::new("forward", Text::new("Forward", "前向差分")),
];

const HELP_FUNCTION: Text = Text::new(
    "With + − * / ^, sin cos tan tanh exp ln sqrt abs sigmoid relu max min, pi and e.",
    "可用 + − * / ^、sin cos tan tanh exp ln sqrt abs sigmoid relu max min、pi 和 e。",
);
const HELP_PLACE: Text =
    Text::new("Drag the ring in the plot, or click a place.", "可拖动图中的圆环，也可点击图中的位置。");

const FIELDS: &[Field] = &[
    Field::new(
        "experiment",
        Text::new("Experiment", "实验"),
        Text::new("A function of one variable, or of two.", "一元函数，或二元函数。"),
        Kind::Choice { options: EXPERIMENTS },
        "curve",
    )
    .main(),
    Field::new(
        "quotient",
        Text::new("Difference", "差分"),
        Text::new(
            "Central: (f(x + h) − f(x − h)) / 2h. Forward: (f(x + h) − f(x)) / h.",
            "中心差分：(f(x + h) − f(x − h)) / 2h。前向差分：(f(x + h) − f(x)) / h。",
        ),
        Kind::Choice { options: QUOTIENTS },
        "central",
    )
    .main(),
    Field::new(
        "h",
        Text::new("h", "h"),
        Text::new(
            "How far the points of the quotient lie from x. Drag the ring in the error plot.",
            "差商所用的点与 x 的距离。可拖动误差图中的圆环。",
        ),
        Kind::Log { min: 1e-50, max: 10.0 },
        "0.0001",
    )
    .main(),
    Field::new(
        "function",
        Text::new("f(x) =", "f(x) ="),
        HELP_FUNCTION,
        Kind::Expression { variables: &["x"] },
        "0.01*x^2 + 0.1*x",
    )
    .only("experiment", ONE),
    Field::new("x", Text::new("x", "x"), HELP_PLACE, Kind::Number { min: -20.0, max: 20.0, step: 0.1 }, "5")
        .only("experiment", ONE),
    Field::new(
        "range",
        Text::new("Shown from, to", "显示范围"),
        Text::new("The ends of the x axis.", "x 轴的两端。"),
        Kind::Numbers { min: -20.0, max: 20.0, most: 2 },
        "0, 20",
    )
    .only("experiment", ONE),
    Field::new(
        "surface",
        Text::new("f(x0, x1) =", "f(x0, x1) ="),
        HELP_FUNCTION,
        Kind::Expression { variables: &["x0", "x1"] },
        "x0^2 + x1^2",
    )
    .only("experiment", TWO),
    Field::new("x0", Text::new("x0", "x0"), HELP_PLACE, Kind::Number { min: -5.0, max: 5.0, step: 0.1 }, "3")
        .only("experiment", TWO),
    Field::new("x1", Text::new("x1", "x1"), HELP_PLACE, Kind::Number { min: -5.0, max: 5.0, step: 0.1 }, "4")
        .only("experiment", TWO),
];

/// Numerical differentiation.
pub(super) const LAB: Lab = Lab {
    id: "differentiation",
    sections: &["4.3"],
    title: Text::new("Numerical differentiation", "数值微分"),
    line: Text::new(
        "Shrink h: the difference quotient nears the derivative, until rounding spoils it.",
        "减小 h：差商逐渐接近导数，直到被舍入误差破坏。",
    ),
    about: Text::new(
        "A derivative is the limit of the difference quotient as h goes to 0. A computer cannot take the limit. With a large h the quotient is the slope of a chord, not of the tangent. With a small h the two values of f differ in their last digits only, and their difference is mostly rounding error. The error of the forward difference shrinks as h, that of the central difference as h². In single precision (f32) an h of 1e-50 is 0. The derivative beside it comes from the rules of differentiation, without a quotient.",
        "导数是 h 趋近于 0 时差商的极限，而计算机无法取极限。h 较大时，差商是割线的斜率，而不是切线的斜率；h 过小时，f 的两个值只有末尾几位不同，它们的差几乎全是舍入误差。前向差分的误差与 h 成正比，中心差分的误差与 h² 成正比。在单精度（f32）中，1e-50 会变成 0。作为对照的解析解由求导公式得到，不使用差商。",
    ),
    formula: concat!(
        r#"<math display="block"><mfrac><mrow><mi>d</mi><mi>f</mi><mo stretchy="false">(</mo><mi>x</mi><mo stretchy="false">)</mo></mrow><mrow><mi>d</mi><mi>x</mi></mrow></mfrac><mo>=</mo>"#,
        r#"<munder><mi>lim</mi><mrow><mi>h</mi><mo>→</mo><mn>0</mn></mrow></munder><mfrac><mrow><mi>f</mi><mo stretchy="false">(</mo><mi>x</mi><mo>+</mo><mi>h</mi><mo stretchy="false">)</mo><mo>−</mo><mi>f</mi><mo stretchy="false">(</mo><mi>x</mi><mo stretchy="false">)</mo></mrow><mi>h</mi></mfrac><mo>≈</mo>"#,
        r#"<mfrac><mrow><mi>f</mi><mo stretchy="false">(</mo><mi>x</mi><mo>+</mo><mi>h</mi><mo stretchy="false">)</mo><mo>−</mo><mi>f</mi><mo stretchy="false">(</mo><mi>x</mi><mo>−</mo><mi>h</mi><mo stretchy="false">)</mo></mrow><mrow><mn>2</mn><mi>h</mi></mrow></mfrac></math>"#
    ),
    fields: FIELDS,
    slots: &[
        Slot::new(
            "curve",
            Text::new("Function and tangent", "函数与切线"),
            Text::new(
                "The tangent has the true slope. The line of the quotient goes through its two points; it is drawn where it differs. Drag the ring.",
                "切线的斜率是真正的导数。差商对应的直线通过所用的两点，与切线不同时才画出。可拖动圆环。",
            ),
            Shape::Square,
        ),
        Slot::new(
            "error",
            Text::new("Error for each h", "不同 h 的误差"),
            Text::new(
                "How far each quotient is from the derivative, on logarithmic axes. A curve is broken where the error is exactly 0 or the quotient is 0/0. Drag the ring to set h.",
                "各差商与导数之差，双对数坐标。误差恰好为 0 或差商为 0/0 处，曲线断开。拖动圆环可设定 h。",
            ),
            Shape::Square,
        ),
        Slot::new(
            "contour",
            Text::new("From above", "俯视图"),
            Text::new(
                "Level lines of f, and the two lines along which it is cut. Drag the ring.",
                "f 的等高线，以及两条截线。可拖动圆环。",
            ),
            Shape::Square,
        ),
        Slot::new(
            "slices",
            Text::new("One variable at a time", "固定另一个变量"),
            Text::new(
                "f along each line. A partial derivative is the slope along one variable while the other keeps its value. Drag a ring.",
                "f 沿各条截线的值。偏导数是固定另一个变量时，f 沿一个变量的斜率。可拖动圆环。",
            ),
            Shape::Multiples,
        ),
    ],
    inputs: &[],
    suggestions: &[
        Suggestion {
            text: Text::new("At x = 10 the slope is 0.3", "在 x = 10 处，斜率为 0.3"),
            settings: &[("x", "10")],
        },
        Suggestion {
            text: Text::new("An h of 1e-50 is lost to rounding", "h 取 1e-50：因舍入而消失"),
            settings: &[("h", "1e-50")],
        },
        Suggestion {
            text: Text::new("A wide h gives a chord, not the tangent", "h 过大：得到割线，而不是切线"),
            settings: &[("function", "sin(x)"), ("quotient", "forward"), ("h", "2"), ("range", "0, 10")],
        },
        Suggestion {
            text: Text::new("A kink: ReLU at 0 has no slope", "折点：ReLU 在 0 处没有导数"),
            settings: &[("function", "relu(x)"), ("x", "0"), ("h", "1"), ("range", "-5, 5")],
        },
        Suggestion {
            text: Text::new("Partial derivatives at (3, 4): 6 and 8", "(3, 4) 处的偏导数：6 和 8"),
            settings: &[("experiment", "partial")],
        },
    ],
    pace: 10.0,
    jobs: no_jobs,
    steps: no_steps,
    show,
    drag,
    guess: no_guess,
};

fn show(settings: &Settings, _: &Moment, _: &[Option<Report>]) -> Sheet {
    let sheet = match settings.words("experiment") {
        "partial" => partial::sheet(settings),
        _ => curve::sheet(settings),
    };
    sheet.unwrap_or_default()
}

fn drag(_: &Settings, grip: Grip, [x, y]: [f64; 2]) -> Edits {
    let moved = match grip {
        POINT => return parts::place(FIELDS, ["x0", "x1"], [x, y]),
        PLACE => parts::moved(FIELDS, "x", x),
        // Fifty zeros could not be read.
        STEP => parts::moved(FIELDS, "h", x).map(|(name, value)| {
            let short = value.parse::<f64>().map(|value| format!("{value:e}")).unwrap_or_default();
            (name, if value.len() > short.len() + 2 { short } else { value })
        }),
        _ => ALONG
            .iter()
            .position(|along| *along == grip)
            .and_then(|variable| parts::moved(FIELDS, ["x0", "x1"][variable], x)),
    };
    Edits { settings: moved.into_iter().collect(), step: None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::{Chart, Mark};

    fn seen(pairs: &[(&str, &str)]) -> Sheet {
        show(&Settings::of(FIELDS, pairs), &Moment::default(), &[])
    }

    fn value(sheet: &Sheet, name: &str) -> String {
        sheet.numbers.iter().find(|number| number.name == name).expect(name).value.clone()
    }

    fn code(sheet: &Sheet) -> Option<&'static str> {
        sheet.notices.first().map(|notice| notice.code)
    }

    #[test]
    fn the_books_numbers_are_those_of_the_defaults() {
        let numerical = |pairs| value(&seen(pairs), "numerical");
        assert_eq!(numerical(&[]), "0.1999999999990898");
        assert_eq!(numerical(&[("x", "10")]), "0.2999999999986347");
        assert_eq!(value(&seen(&[]), "analytic"), "0.2");
        let partial = seen(&[("experiment", "partial")]);
        assert_eq!(value(&partial, "partial-x0"), "6.00000000000378");
        assert_eq!(value(&partial, "partial-x1"), "7.999999999999119");
    }

    #[test]
    fn what_is_out_of_order_is_said() {
        for (pairs, expected) in [
            (&[][..], None),
            (&[("h", "1e-50")], Some("lost")),
            (&[("h", "1e-50"), ("x", "0")], Some("lost")),
            (&[("function", "ln(x)"), ("x", "0")], Some("no-derivative")),
            (&[("function", "1 / x"), ("x", "0")], Some("no-derivative")),
            (&[("function", "exp(exp(x))"), ("x", "20")], Some("no-derivative")),
            (&[("function", "relu(x)"), ("x", "0")], Some("kink")),
            (&[("function", "2")], Some("exact")),
            (&[("experiment", "partial"), ("surface", "abs(x0) + x1"), ("x0", "0")], Some("kink")),
            (&[("experiment", "partial"), ("surface", "sqrt(x0)"), ("x0", "-1")], Some("no-derivative")),
        ] {
            let sheet = seen(pairs);
            assert_eq!(code(&sheet), expected, "{pairs:?}");
        }
        assert_eq!(value(&seen(&[("h", "1e-50")]), "numerical"), "0");
    }

    #[test]
    fn the_ring_of_h_is_always_there_to_be_moved() {
        for pairs in [
            &[][..],
            &[("function", "2")],
            &[("function", "ln(x)"), ("x", "-1")],
            &[("function", "x^2"), ("x", "0")],
        ] {
            let Chart::Plane(plane) = &seen(pairs).pictures[1].chart else { panic!("a plane") };
            let (low, high) = plane.y.range.expect("a range");
            let Some(Mark::Scatter(ring)) = plane.marks.last() else { panic!("a ring") };
            assert!((low..=high).contains(&ring.points[0][1]), "{pairs:?}");
        }
    }

    #[test]
    fn the_error_falls_with_h_and_rises_again() {
        let sheet = seen(&[("function", "sin(x)")]);
        let Chart::Plane(plane) = &sheet.pictures[1].chart else { panic!("a plane") };
        let best = |line: usize| {
            let Mark::Line(line) = &plane.marks[line] else { panic!("a line") };
            let finite = line.points.iter().filter(|point| point[1].is_finite());
            finite.min_by(|one, other| one[1].total_cmp(&other[1])).expect("finite")[0]
        };
        // The best h of a central difference is near the third root of the precision, of a forward one near the second.
        assert!((1e-7..1e-4).contains(&best(0)) && (1e-10..1e-6).contains(&best(1)));
        assert!((1e-4..0.2).contains(&best(2)) && (1e-6..1e-2).contains(&best(3)));
    }

    #[test]
    fn a_chord_goes_through_its_two_points() {
        for quotient in ["central", "forward"] {
            let sheet = seen(&[("function", "exp(x / 4)"), ("h", "3"), ("quotient", quotient)]);
            let Chart::Plane(plane) = &sheet.pictures[0].chart else { panic!("a plane") };
            let Mark::Line(chord) = &plane.marks[1] else { panic!("a chord") };
            let Mark::Scatter(dots) = &plane.marks[3] else { panic!("two points") };
            let [from, to] = [chord.points[0], chord.points[1]];
            for [x, y] in &dots.points {
                let there = from[1] + (to[1] - from[1]) * (x - from[0]) / (to[0] - from[0]);
                assert!((there - y).abs() < 1e-9 && (libm::exp(x / 4.0) - y).abs() < 1e-12, "{quotient}");
            }
        }
    }

    #[test]
    fn what_is_moved_is_set() {
        let settings = Settings::of(FIELDS, &[]);
        let moved = |grip, at| drag(&settings, grip, at).settings;
        assert_eq!(moved(PLACE, [7.25, 1.0]), [("x", "7.25".to_owned())]);
        assert_eq!(moved(STEP, [0.02, 1.0]), [("h", "0.02".to_owned())]);
        assert_eq!(moved(STEP, [1.234e-8, 1.0]), [("h", "1.23e-8".to_owned())]);
        assert_eq!(moved(STEP, [1e-60, 1.0]), [("h", "1e-50".to_owned())]);
        assert_eq!(moved(POINT, [1.0, -2.0]), [("x0", "1".to_owned()), ("x1", "-2".to_owned())]);
        assert_eq!(moved(ALONG[1], [1.0, 9.0]), [("x1", "1".to_owned())]);
    }
}
