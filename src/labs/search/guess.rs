//! What may be guessed before a search.

use super::trials::ranking;
use crate::labs::parts::{self, told};
use crate::labs::settings::Settings;
use crate::labs::sheet::{Answer, Guess};
use crate::text::Text;
use crate::train::report::Report;

/// Near which learning rate the best trial will lie.
pub(super) fn guess(settings: &Settings, reports: &[Option<Report>]) -> Option<Guess> {
    let [low, high] = super::ends(settings, "rates").map(libm::log10);
    let parts_of_range = 4;
    let at = |part: usize| low + (high - low) * part as f64 / parts_of_range as f64;
    let spelled = |power: f64| parts::significant(libm::pow(10.0, power), 2);
    let option = |part: usize| Text::same(format!("{} … {}", spelled(at(part)), spelled(at(part + 1))));
    let options: Vec<Text> = (0..parts_of_range).map(option).collect();
    let jobs = super::jobs(settings).unwrap_or_default();
    let trials = ranking(parts::runs(&jobs, reports));
    let is_over = !trials.is_empty() && trials.iter().all(|trial| trial.run.is_over());
    let best = trials.first().filter(|trial| is_over && trial.merit().is_some());
    let answer = best.map(|best| {
        let share = (libm::log10(best.rate) - low) / (high - low);
        let rate = parts::significant(best.rate, 2);
        Answer {
            option: ((share * parts_of_range as f64) as usize).min(parts_of_range - 1),
            told: told(
                format!("The best trial has a learning rate of {rate}."),
                format!("最好的试验的学习率为 {rate}。"),
            ),
        }
    });
    let distinct = options.windows(2).all(|pair| pair[0] != pair[1]);
    let question =
        Text::new("At which learning rates will the best trial lie?", "最好的试验的学习率会在哪个范围？");
    // Of a narrow range the ends could not be told apart.
    distinct.then_some(Guess { question, options, answer })
}
