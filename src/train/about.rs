//! What a weights file says beside the weights, out of its JSON.

use super::weights::{MOST_STEPS, Metadata};
use crate::data::batches::Place;
use crate::nn::spec::NetSpec;
use crate::nn::spec::read::{Decimal, Fields, FromValue, LEAST, Reading, Rule, of, whole};
use crate::nn::spec::value::Value;

/// A number of mini-batches or steps: any that JavaScript holds exactly.
struct Count(u64);

/// Any that JavaScript holds exactly.
const STEPS: Count = Count(MOST_STEPS);
/// What a place in an order is counted in.
const WITHIN: Count = Count(u32::MAX as u64);

impl Rule for Count {
    type Read = u64;

    fn read(&self, found: &Value) -> Reading<u64> {
        whole(found, 0.0, self.0 as f64).map(|count| count as u64)
    }

    fn allowed(&self) -> String {
        format!("0 … {}", self.0)
    }
}

const SHARE: Decimal = Decimal { zero: true, least: LEAST, most: 1.0 };

impl FromValue for Place {
    fn from_value(found: &Value) -> Reading<Self> {
        let fields = Fields::of(found, Self::form, &["pass", "drawn"])?;
        Ok(Self { pass: fields.need("pass", WITHIN)? as u32, drawn: fields.need("drawn", WITHIN)? as u32 })
    }

    fn form() -> String {
        "{ pass: …, drawn: … }".to_owned()
    }
}

impl FromValue for Metadata {
    fn from_value(found: &Value) -> Reading<Self> {
        let fields =
            Fields::of(found, Self::form, &["spec", "iteration", "testAccuracy", "place", "optimizerStep"])?;
        Ok(Self {
            spec: fields.need("spec", of::<NetSpec>())?,
            iteration: fields.may("iteration", STEPS)?.unwrap_or(0),
            test_accuracy: fields.may("testAccuracy", SHARE)?,
            place: fields.may("place", of::<Place>())?,
            optimizer_step: fields.may("optimizerStep", STEPS)?,
        })
    }

    fn form() -> String {
        "{ spec: … }".to_owned()
    }
}
