//! What a weights file says beside the weights, out of its JSON.

use super::weights::About;
use crate::nn::spec::NetSpec;
use crate::nn::spec::read::{Decimal, Fields, FromValue, LEAST, Reading, Rule, of, whole};
use crate::nn::spec::value::Value;

/// A number of mini-batches: any that JavaScript holds exactly.
struct Count;

const MOST_COUNT: f64 = 9_007_199_254_740_991.0;

impl Rule for Count {
    type Read = u64;

    fn read(&self, found: &Value) -> Reading<u64> {
        whole(found, 0.0, MOST_COUNT).map(|count| count as u64)
    }

    fn allowed(&self) -> String {
        format!("0 … {MOST_COUNT}")
    }
}

const SHARE: Decimal = Decimal { zero: true, least: LEAST, most: 1.0 };

impl FromValue for About {
    fn from_value(found: &Value) -> Reading<Self> {
        let fields = Fields::of(found, Self::form, &["spec", "iteration", "testAccuracy"])?;
        Ok(Self {
            spec: fields.need("spec", of::<NetSpec>())?,
            iteration: fields.may("iteration", Count)?.unwrap_or(0),
            test_accuracy: fields.may("testAccuracy", SHARE)?,
        })
    }

    fn form() -> String {
        "{ spec: … }".to_owned()
    }
}
