//! What may be guessed before a search.

use super::next;
use super::trials::ranking;
use crate::labs::parts::{self, told};
use crate::labs::settings::Settings;
use crate::labs::sheet::{Answer, Guess};
use crate::text::Text;
use crate::train::report::Report;

/// In so many parts, each as long as the others by powers of ten, the range is asked for.
const PARTS: usize = 4;

/// Near which learning rate the best trial will lie.
pub(super) fn guess(settings: &Settings, reports: &[Option<Report>]) -> Option<Guess> {
    let [low, high] = super::ends(settings, "rates").map(libm::log10);
    let at = |part: usize| low + (high - low) * part as f64 / PARTS as f64;
    let spelled = |power: f64| next::short(next::two_digits(libm::pow(10.0, power)));
    let option = |part: usize| Text::same(format!("{} … {}", spelled(at(part)), spelled(at(part + 1))));
    let options: Vec<Text> = (0..PARTS).map(option).collect();
    let jobs = super::jobs(settings).unwrap_or_default();
    let trials = ranking(parts::runs(&jobs, reports));
    let is_over = !trials.is_empty() && trials.iter().all(|trial| trial.run.is_over());
    let best = trials.first().filter(|trial| is_over && trial.merit().is_some());
    let answer = best.map(|best| {
        let share = (libm::log10(best.rate) - low) / (high - low);
        let rate = next::short(next::two_digits(best.rate));
        Answer {
            option: ((share * PARTS as f64) as usize).min(PARTS - 1),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::labs::search::FIELDS;

    #[test]
    fn the_range_is_asked_for_in_four_even_parts_and_a_point_is_no_question() {
        let asked = |rates| guess(&Settings::of(FIELDS, &[("rates", rates)]), &[]);
        let options: Vec<_> =
            asked("1e-6, 0.01").expect("a range").options.into_iter().map(|option| option.en).collect();
        assert_eq!(options, ["1e-6 … 1e-5", "1e-5 … 1e-4", "1e-4 … 0.001", "0.001 … 0.01"]);
        assert_eq!(asked("0.01, 0.01"), None);
    }
}
