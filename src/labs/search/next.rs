//! The range to be searched next: a frame that is dragged, in which nothing is lost before one searches it.

use super::{Trial, ends, percent};
use crate::chart::{Axis, Grip, Mark, Scale, Scatter, Symbol};
use crate::labs::field::{Field, Kind};
use crate::labs::parts::{self, told};
use crate::labs::settings::Settings;
use crate::labs::sheet::{Notice, Remedy, Tone};
use crate::labs::{Edits, search};
use crate::text::Text;

const HELP: Text = Text::new(
    "The frame in the plot: drag its rings. It counts once it differs from the present range.",
    "图中的方框，可拖动圆环改变。与当前范围不同时才有效。",
);

pub(super) const RATES: Field = Field::new(
    "nextRates",
    Text::new("Next learning rates", "下一次的学习率范围"),
    HELP,
    search::RATES,
    "1e-6, 0.01",
)
.live();

pub(super) const DECAYS: Field = Field::new(
    "nextDecays",
    Text::new("Next weight decays", "下一次的权值衰减范围"),
    HELP,
    search::DECAYS,
    "1e-8, 1e-4",
)
.live();

/// The corners of the frame.
const FROM: Grip = Grip(1);
const TO: Grip = Grip(2);
/// The colour of the frame: that of no trial.
const FRAME: u8 = 2;
/// How far the plot goes beyond the range, as a share of its powers of ten, and at least that many.
const MARGIN: (f64, f64) = (0.15, 0.3);

/// Learning rates and weight decays, from the lowest to the highest.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Ranges {
    rates: [f64; 2],
    decays: [f64; 2],
}

impl Ranges {
    /// What is searched.
    pub(super) fn present(settings: &Settings) -> Self {
        Self { rates: ends(settings, "rates"), decays: ends(settings, "decays") }
    }

    /// What is framed: what is searched until the frame was moved.
    fn framed(settings: &Settings) -> Self {
        if [RATES, DECAYS].iter().all(|field| settings.is_default(field)) {
            return Self::present(settings);
        }
        Self { rates: ends(settings, RATES.name), decays: ends(settings, DECAYS.name) }
    }

    /// What holds these trials, rounded; none for no trials.
    pub(super) fn around(trials: &[&Trial<'_>]) -> Option<Self> {
        let span = |of: fn(&Trial<'_>) -> f64, kind| {
            let low = trials.iter().map(|trial| of(trial)).reduce(f64::min)?;
            let high = trials.iter().map(|trial| of(trial)).reduce(f64::max)?;
            Some([rounded(kind, low), rounded(kind, high)])
        };
        Some(Self {
            rates: span(|trial| trial.rate, search::RATES)?,
            decays: span(|trial| trial.decay, search::DECAYS)?,
        })
    }

    fn holds(&self, trial: &Trial<'_>) -> bool {
        let inside = |[low, high]: [f64; 2], value: f64| (low..=high).contains(&value);
        inside(self.rates, trial.rate) && inside(self.decays, trial.decay)
    }

    /// Both in words.
    pub(super) fn spans(&self) -> [Text; 2] {
        [self.rates, self.decays].map(|[low, high]| {
            let (low, high) = (short(low), short(high));
            told(format!("{low} to {high}"), format!("{low} 到 {high}"))
        })
    }

    /// The settings that search here, with the frame around all of it.
    pub(super) fn settings(&self) -> Vec<(&'static str, String)> {
        let back = [RATES, DECAYS].map(|field| (field.name, field.default.to_owned()));
        let fields = [("rates", spelled(self.rates)), ("decays", spelled(self.decays))];
        fields.into_iter().chain(back).collect()
    }
}

fn spelled([low, high]: [f64; 2]) -> String {
    format!("{}, {}", short(low), short(high))
}

/// A rounded number as one writes it: `0.0052`, `3.86e-7`.
pub(super) fn short(value: f64) -> String {
    if value < 1e-3 { format!("{value:e}") } else { value.to_string() }
}

/// A number with two digits.
pub(super) fn two_digits(value: f64) -> f64 {
    format!("{value:.1e}").parse().unwrap_or(value)
}

fn limits(kind: Kind) -> (f64, f64) {
    match kind {
        Kind::Numbers { min, max, .. } => (min, max),
        _ => (0.0, 1.0),
    }
}

/// A number above 0 with three digits, within what its field allows.
fn rounded(kind: Kind, value: f64) -> f64 {
    let (min, max) = limits(kind);
    format!("{value:.2e}").parse().unwrap_or(value).clamp(min, max)
}

/// Where the plot begins and ends: around what is searched, so that it stands still while the frame is dragged.
fn view(kind: Kind, [low, high]: [f64; 2]) -> (f64, f64) {
    let (min, max) = limits(kind);
    let more = libm::pow(10.0, (MARGIN.0 * libm::log10(high / low)).max(MARGIN.1));
    ((low / more).max(min), (high * more).min(max))
}

/// The axes of the plot.
pub(super) fn axes(settings: &Settings) -> [Axis; 2] {
    let Ranges { rates, decays } = Ranges::present(settings);
    let axis = |label, kind, range| Axis { range: Some(view(kind, range)), ..parts::axis(label, Scale::Log) };
    [
        axis(Text::new("learning rate η", "学习率 η"), search::RATES, rates),
        axis(Text::new("weight decay λ", "权值衰减 λ"), search::DECAYS, decays),
    ]
}

/// The frame and its corners.
pub(super) fn frame(settings: &Settings) -> [Mark; 3] {
    let Ranges { rates: [left, right], decays: [bottom, top] } = Ranges::framed(settings);
    let corners = vec![[left, bottom], [right, bottom], [right, top], [left, top], [left, bottom]];
    let corner = |name, point, grip| {
        let (points, symbol) = (vec![point], Symbol::Handle);
        let mark = Scatter { name, color: FRAME, points, symbol, keys: vec![], grip: Some(grip) };
        Mark::Scatter(mark)
    };
    [
        Mark::Line(parts::line(Text::new("", ""), FRAME, corners)),
        corner(Text::new("search from", "搜索起点"), [left, bottom], FROM),
        corner(Text::new("search to", "搜索终点"), [right, top], TO),
    ]
}

/// A corner of the frame moves.
pub(super) fn drag(settings: &Settings, grip: Grip, at: [f64; 2]) -> Edits {
    if ![FROM, TO].contains(&grip) || at.iter().any(|value| value.is_nan()) {
        return Edits::default();
    }
    let (present, framed) = (Ranges::present(settings), Ranges::framed(settings));
    let moved = |kind, seen: [f64; 2], [low, high]: [f64; 2], to: f64| {
        let (least, most) = view(kind, seen);
        let to = rounded(kind, to.clamp(least, most));
        // A corner does not pass the other one.
        spelled(if grip == FROM { [to.min(high), high] } else { [low, to.max(low)] })
    };
    let rates = moved(search::RATES, present.rates, framed.rates, at[0]);
    let decays = moved(search::DECAYS, present.decays, framed.decays, at[1]);
    Edits { settings: vec![(RATES.name, rates), (DECAYS.name, decays)], step: None }
}

/// What the frame holds, where it is not what was searched, and the way to search it.
pub(super) fn notice(settings: &Settings, trials: &[Trial<'_>]) -> Option<Notice> {
    let framed = Ranges::framed(settings);
    if framed == Ranges::present(settings) {
        return None;
    }
    let inside: Vec<&Trial<'_>> = trials.iter().filter(|trial| framed.holds(trial)).collect();
    let best = inside.iter().find_map(|trial| trial.merit()).map(percent);
    let ([rates, decays], count) = (framed.spans(), inside.len());
    let (within, held) = match best {
        Some(best) => (format!(", the best with {best}%"), format!("，最好的为 {best}%")),
        None => (String::new(), String::new()),
    };
    let text = told(
        format!(
            "The frame holds {count} trials{within}: learning rates {}, weight decays {}.",
            rates.en, decays.en
        ),
        format!("方框内有 {count} 次试验{held}：学习率 {}，权值衰减系数 {}。", rates.zh, decays.zh),
    );
    let back = [RATES, DECAYS].map(|field| (field.name, field.default.to_owned())).into();
    Some(Notice {
        code: "framed",
        tone: Tone::Info,
        text,
        remedies: vec![
            Remedy::Restart {
                text: Text::new("Search this range", "搜索这个范围"),
                settings: framed.settings(),
            },
            Remedy::Set { text: Text::new("Keep the present range", "保留当前范围"), settings: back },
        ],
    })
}
