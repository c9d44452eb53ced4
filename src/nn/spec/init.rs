//! How weights begin, as a value.

use serde::Serialize;

use super::read::{Decimal, Fields, FromValue, Kinds, LEAST, Reading, form_of};
use super::value::Value;
use crate::error::Result;

/// The initial values of the weights, 6.2.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum InitSpec {
    /// Normal with this standard deviation.
    Normal {
        /// 0, or 1e-45 to 100.
        std: f64,
    },
    /// Normal with deviation √(1/n), n the inputs of a unit (Glorot and Bengio 2010, as the book simplifies it).
    Xavier,
    /// Normal with deviation √(2/n) (He et al. 2015).
    He,
}

const KINDS: &Kinds = &[("normal", &["std"]), ("xavier", &[]), ("he", &[])];

const STD: Decimal = Decimal { zero: true, least: LEAST, most: 100.0 };

impl InitSpec {
    /// Checks the number.
    ///
    /// # Errors
    /// `init.std` is wrong.
    pub(super) fn check(self) -> Result<()> {
        match self {
            Self::Normal { std } => STD.check("init.std", std),
            Self::Xavier | Self::He => Ok(()),
        }
    }
}

impl FromValue for InitSpec {
    fn from_value(found: &Value) -> Reading<Self> {
        let (kind, fields) = Fields::of_kind(found, KINDS)?;
        Ok(match kind {
            "normal" => Self::Normal { std: fields.need("std", STD)? },
            "xavier" => Self::Xavier,
            _ => Self::He,
        })
    }

    fn form() -> String {
        form_of(KINDS)
    }
}
