//! What is said of a difference quotient.

use super::quotients;
use crate::labs::parts::{significant, told};
use crate::labs::sheet::{Notice, Remedy, Tone};
use crate::text::Text;

/// A number with as many digits as the book prints.
pub(super) fn precise(value: f64) -> String {
    significant(value, 16)
}

/// What is worth saying of a function at x, its derivative there by the rules being `exact`.
pub(super) fn notices(f: &dyn Fn(f64) -> f64, x: f64, h: f64, exact: f64) -> Option<Notice> {
    let set_h = || Remedy::Set {
        text: Text::new("Set h to 0.0001, as the book does", "将 h 设为书中的 0.0001"),
        settings: vec![("h", "0.0001".to_owned())],
    };
    let say = |code, text, remedies| Some(Notice { code, tone: Tone::Info, text, remedies });
    let place = significant(x, 6);
    if !f(x).is_finite() || !exact.is_finite() {
        return say(
            "no-derivative",
            told(
                format!("At {place} f has no finite value or no finite slope. Move the point."),
                format!("在 {place} 处，f 没有有限的值或斜率。请移动该点。"),
            ),
            Vec::new(),
        );
    }
    let step = significant(h, 3);
    if x + h == x {
        return say(
            "lost",
            told(
                format!(
                    "{place} + {step} is rounded to {place}. Both values of f are the same, so the quotient is 0."
                ),
                format!("{place} + {step} 经舍入后等于 {place}。f 的两个值相同，因此差商为 0。"),
            ),
            vec![set_h()],
        );
    }
    if h as f32 == 0.0 {
        return say(
            "lost",
            told(
                format!("In single precision (f32) {step} is rounded to 0. The quotient there is 0/0."),
                format!("在单精度（f32）中，{step} 会舍入为 0，差商变成 0/0。"),
            ),
            vec![set_h()],
        );
    }
    if quotients::has_kink(f, x) {
        let slope = significant(exact, 4);
        return say(
            "kink",
            told(
                format!(
                    "f has a kink here: its slopes to the left and to the right differ. Backpropagation takes {slope}."
                ),
                format!("f 在此处有折点：左右两侧的斜率不同。误差反向传播法取 {slope}。"),
            ),
            Vec::new(),
        );
    }
    None
}

/// What stands above f along one variable.
pub(super) fn slice(variable: usize, other: f64, slope: f64) -> Text {
    let (name, fixed) = if variable == 0 { ("x0", "x1") } else { ("x1", "x0") };
    let (other, slope) = (significant(other, 3), significant(slope, 4));
    told(
        format!("{fixed} = {other}: ∂f/∂{name} = {slope}"),
        format!("{fixed} = {other}：∂f/∂{name} = {slope}"),
    )
}
