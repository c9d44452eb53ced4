//! How the learning rate falls while a network learns, as a value.

use serde::{Deserialize, Serialize};

use super::within;
use crate::error::{Code, Error, Result};

/// The share of the learning rate that is left after some mini-batches. It depends on their number alone, so that a run
/// that goes on from a snapshot goes on exactly, and one whose rate is changed keeps its place.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(into = "FlatSchedule", try_from = "FlatSchedule")]
pub enum Schedule {
    /// factor^⌊i / every⌋ after i mini-batches: the learning rate decay of book 6.1.5, in steps.
    Step {
        /// Mini-batches from one fall to the next, 1 to 1,000,000,000.
        every: usize,
        /// What each leaves, above 0 and at most 1.
        factor: f64,
    },
    /// final + (1 − final) · ½(1 + cos(π i / iterations)) after i mini-batches, and final from the last on: one descent of
    /// Loshchilov and Hutter, "SGDR: stochastic gradient descent with warm restarts", 2017, without restarts.
    Cosine {
        /// Mini-batches until the end is reached, 1 to 1,000,000,000.
        iterations: usize,
        /// The share left at the end, 0 to 1; 0 when absent.
        r#final: Option<f64>,
    },
}

/// Far beyond what anyone waits for, and the same number on every target.
const MOST_ITERATIONS: usize = 1_000_000_000;

impl Schedule {
    /// The share of the learning rate for the mini-batch that comes after `iteration` others, 0 to 1.
    pub fn share_at(self, iteration: u64) -> f64 {
        match self {
            Self::Step { every, factor } => libm::pow(factor, (iteration / (every as u64).max(1)) as f64),
            Self::Cosine { iterations, r#final } => {
                let end = r#final.unwrap_or(0.0);
                if iteration >= iterations as u64 {
                    return end;
                }
                let progress = iteration as f64 / iterations as f64;
                end + (1.0 - end) * (0.5 + 0.5 * libm::cos(std::f64::consts::PI * progress))
            }
        }
    }

    /// Checks every number.
    ///
    /// # Errors
    /// The first field found wrong: `every`, `factor`, `iterations` or `final`.
    pub(super) fn check(self) -> Result<()> {
        match self {
            Self::Step { every, factor } => {
                within("every", every, 1, MOST_ITERATIONS)?;
                if !(factor > 0.0 && factor <= 1.0) {
                    return Err(Error::new(Code::OutsideRange, "factor", factor, "0 < x ≤ 1"));
                }
            }
            Self::Cosine { iterations, r#final } => {
                within("iterations", iterations, 1, MOST_ITERATIONS)?;
                if let Some(share) = r#final.filter(|share| !(0.0..=1.0).contains(share)) {
                    return Err(Error::new(Code::OutsideRange, "final", share, "0 … 1"));
                }
            }
        }
        Ok(())
    }
}

/// A schedule as JSON has it; as for layers, serde's tagged enum would pass over numbers of another kind.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct FlatSchedule {
    kind: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    every: Option<usize>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    factor: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    iterations: Option<usize>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    r#final: Option<f64>,
}

impl From<Schedule> for FlatSchedule {
    fn from(schedule: Schedule) -> Self {
        match schedule {
            Schedule::Step { every, factor } => {
                Self { kind: "step".to_owned(), every: Some(every), factor: Some(factor), ..Self::default() }
            }
            Schedule::Cosine { iterations, r#final } => {
                Self { kind: "cosine".to_owned(), iterations: Some(iterations), r#final, ..Self::default() }
            }
        }
    }
}

impl TryFrom<FlatSchedule> for Schedule {
    type Error = String;

    fn try_from(flat: FlatSchedule) -> Result<Self, String> {
        let FlatSchedule { kind, every, factor, iterations, r#final } = flat;
        let missing = |name: &str| format!("{kind} needs `{name}`");
        let (schedule, strange) = match kind.as_str() {
            "step" => (
                Self::Step {
                    every: every.ok_or_else(|| missing("every"))?,
                    factor: factor.ok_or_else(|| missing("factor"))?,
                },
                [("iterations", iterations.is_some()), ("final", r#final.is_some())],
            ),
            "cosine" => (
                Self::Cosine { iterations: iterations.ok_or_else(|| missing("iterations"))?, r#final },
                [("every", every.is_some()), ("factor", factor.is_some())],
            ),
            other => return Err(format!("no kind `{other}`; allowed: step | cosine")),
        };
        match strange.into_iter().find(|&(_, given)| given) {
            Some((name, _)) => Err(format!("{kind} takes no `{name}`")),
            None => Ok(schedule),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_fall_at_their_iterations() {
        let schedule = Schedule::Step { every: 10, factor: 0.5 };
        let shares = [0, 9, 10, 19, 20, 35].map(|iteration| schedule.share_at(iteration));
        assert_eq!(shares, [1.0, 1.0, 0.5, 0.5, 0.25, 0.125]);
        assert_eq!(schedule.share_at(u64::MAX), 0.0);
    }

    #[test]
    fn the_cosine_falls_from_1_to_its_end_and_stays_there() {
        let schedule = Schedule::Cosine { iterations: 100, r#final: Some(0.1) };
        let shares = [0, 50, 100, u64::MAX].map(|iteration| schedule.share_at(iteration));
        assert_eq!([shares[0], shares[2], shares[3]], [1.0, 0.1, 0.1]);
        assert!((shares[1] - 0.55).abs() < 1e-15);
        assert!((1..200).all(|i| schedule.share_at(i) <= schedule.share_at(i - 1)), "never rises");
        assert_eq!(Schedule::Cosine { iterations: 1, r#final: None }.share_at(1), 0.0);
    }

    #[test]
    fn json_is_flat_and_strict() {
        let steps = r#"{"kind":"step","every":1000,"factor":0.1}"#;
        let schedule: Schedule = serde_json::from_str(steps).expect("parses");
        assert_eq!(schedule, Schedule::Step { every: 1000, factor: 0.1 });
        assert_eq!(serde_json::to_string(&schedule).expect("serializable"), steps);
        let cosine = Schedule::Cosine { iterations: 600, r#final: Some(0.01) };
        let json = serde_json::to_string(&cosine).expect("serializable");
        assert_eq!(json, r#"{"kind":"cosine","iterations":600,"final":0.01}"#);
        assert_eq!(serde_json::from_str::<Schedule>(&json).expect("parses"), cosine);
        for wrong in [
            r#"{"kind":"line","iterations":5}"#,
            r#"{"kind":"cosine"}"#,
            r#"{"kind":"cosine","iterations":5,"factor":0.1}"#,
            r#"{"kind":"step","every":5,"factor":0.1,"final":0}"#,
            r#"{"kind":"step","every":0.5,"factor":0.1}"#,
        ] {
            assert!(serde_json::from_str::<Schedule>(wrong).is_err(), "{wrong}");
        }
    }
}
