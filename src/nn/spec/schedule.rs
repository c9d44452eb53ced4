//! How the learning rate falls while a network learns, as a value.

use serde::Serialize;

use super::read::{Decimal, Fields, FromValue, Kinds, LEAST, Reading, Whole, form_of};
use super::value::Value;
use crate::error::Result;

/// The share of the learning rate that is left after some mini-batches. It depends on their number alone, so that a run
/// that goes on from a mark goes on exactly, and one whose rate is changed keeps its place.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Schedule {
    /// factor^⌊i / every⌋ after i mini-batches: the learning rate decay of book 6.1.5, in steps.
    Step {
        /// Mini-batches from one fall to the next, 1 to 1,000,000,000.
        every: usize,
        /// What each leaves, 1e-45 to 1.
        factor: f64,
    },
    /// final + (1 − final) · ½(1 + cos(π i / iterations)) after i mini-batches, and final from the last on: one descent of
    /// Loshchilov and Hutter, "SGDR: stochastic gradient descent with warm restarts", 2017, without restarts.
    Cosine {
        /// Mini-batches until the end is reached, 1 to 1,000,000,000.
        iterations: usize,
        /// The share left at the end, 0, or 1e-45 to 1; 0 when absent.
        #[serde(skip_serializing_if = "Option::is_none")]
        r#final: Option<f64>,
    },
}

/// To far beyond what anyone waits for, and the same on every target.
const ITERATIONS: Whole = Whole(1, 1_000_000_000);
const FACTOR: Decimal = Decimal { zero: false, least: LEAST, most: 1.0 };
const FINAL: Decimal = Decimal { zero: true, ..FACTOR };

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
                ITERATIONS.check("every", every)?;
                FACTOR.check("factor", factor)
            }
            Self::Cosine { iterations, r#final } => {
                ITERATIONS.check("iterations", iterations)?;
                r#final.map_or(Ok(()), |share| FINAL.check("final", share))
            }
        }
    }
}

const KINDS: &Kinds = &[("step", &["every", "factor"]), ("cosine", &["iterations", "final"])];

impl FromValue for Schedule {
    fn from_value(found: &Value) -> Reading<Self> {
        let (kind, fields) = Fields::of_kind(found, KINDS)?;
        Ok(match kind {
            "step" => Self::Step {
                every: fields.need("every", ITERATIONS)?,
                factor: fields.need("factor", FACTOR)?,
            },
            _ => Self::Cosine {
                iterations: fields.need("iterations", ITERATIONS)?,
                r#final: fields.may("final", FINAL)?,
            },
        })
    }

    fn form() -> String {
        form_of(KINDS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::spec::from_json;

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
        let schedule: Schedule = from_json(steps).expect("parses");
        assert_eq!(schedule, Schedule::Step { every: 1000, factor: 0.1 });
        assert_eq!(serde_json::to_string(&schedule).expect("serializable"), steps);
        let cosine = Schedule::Cosine { iterations: 600, r#final: Some(0.01) };
        let json = serde_json::to_string(&cosine).expect("serializable");
        assert_eq!(json, r#"{"kind":"cosine","iterations":600,"final":0.01}"#);
        assert_eq!(from_json::<Schedule>(&json).expect("parses"), cosine);
        for wrong in [
            r#"{"kind":"line","iterations":5}"#,
            r#"{"kind":"cosine"}"#,
            r#"{"kind":"cosine","iterations":5,"factor":0.1}"#,
            r#"{"kind":"step","every":5,"factor":0.1,"final":0}"#,
            r#"{"kind":"step","every":0.5,"factor":0.1}"#,
        ] {
            assert!(from_json::<Schedule>(wrong).is_err(), "{wrong}");
        }
    }
}
