//! A function of two variables, cut along each.

use super::cut::{self, Cut};
use super::quotients::{Kind, double, error};
use super::{ALONG, POINT, words};
use crate::chart::{Chart, Key, Mark};
use crate::function::expression::Expression;
use crate::function::surface::{Surface, VARIABLES};
use crate::labs::parts::{self, line, number, significant};
use crate::labs::settings::Settings;
use crate::labs::sheet::{Picture, Sheet};
use crate::text::Text;

/// What is seen; nothing for an expression that does not parse, which the form has refused.
pub(super) fn sheet(settings: &Settings) -> Option<Sheet> {
    let text = settings.words("surface");
    let f = Expression::parse("surface", text, VARIABLES).ok()?;
    let surface = Surface::typed("surface", text).ok()?;
    let at = VARIABLES.map(|name| settings.number(name));
    let (h, kind) = (settings.number("h"), Kind::of(settings.words("quotient")));
    let mut notice = None;
    let mut found = [0.0; 2];
    let mut worst = 0.0_f64;
    let mut pictures = vec![above(&surface, at)];
    for variable in [0, 1] {
        let along = |x: f64| {
            let mut at = at;
            at[variable] = x;
            f.at(at)
        };
        let (x, exact) = (at[variable], f.slope(at, variable).1);
        found[variable] = double(&along, kind, x, h);
        let apart = error(found[variable], exact);
        // What is no number stays so.
        worst = if apart.is_nan() { apart } else { worst.max(apart) };
        notice = notice.or_else(|| words::notices(&along, x, h, exact));
        let (name, range, grip) = (VARIABLES[variable], [surface.x, surface.y][variable], ALONG[variable]);
        pictures.push(Picture {
            slot: "slices",
            key: Some(Key(variable as u32)),
            caption: words::slice(variable, at[1 - variable], exact),
            chart: Cut { f: &along, name, range, x, h, kind, exact, grip }.chart("f"),
        });
    }
    let [first, second] = found.map(|value| Some(words::precise(value)));
    Some(Sheet {
        notices: notice.into_iter().collect(),
        numbers: parts::listed([
            number("partial-x0", Text::same("∂f/∂x0"), first),
            number("partial-x1", Text::same("∂f/∂x1"), second),
            number("error", Text::new("Largest error", "最大误差"), Some(significant(worst, 3))),
        ]),
        table: None,
        pictures,
    })
}

/// The level lines, and the two lines along which f is cut.
fn above(surface: &Surface, [x0, x1]: [f64; 2]) -> Picture {
    let ((left, right), (bottom, top)) = (surface.x, surface.y);
    let cut = |name: &str, color, points| Mark::Line(line(Text::same(name.to_owned()), color, points));
    let marks = vec![
        parts::ground(surface, 81),
        cut("∂f/∂x0", 0, vec![[left, x1], [right, x1]]),
        cut("∂f/∂x1", 2, vec![[x0, bottom], [x0, top]]),
        cut::handle(Text::new("point", "点"), [x0, x1], POINT),
    ];
    let chart = Chart::Plane(parts::map(surface, marks, POINT));
    Picture { slot: "contour", key: None, caption: Text::same(""), chart }
}
