//! How weights begin, as a value.

use serde::{Deserialize, Serialize};

/// The initial values of the weights, 6.2.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(into = "FlatInit", try_from = "FlatInit")]
pub enum InitSpec {
    /// Normal with this standard deviation.
    Normal {
        /// 0 to 100.
        std: f64,
    },
    /// Normal with deviation √(1/n), n the inputs of a unit (Glorot and Bengio 2010, as the book simplifies it).
    Xavier,
    /// Normal with deviation √(2/n) (He et al. 2015).
    He,
}

/// Initial values as JSON has them; as for layers, serde's tagged enum would pass over numbers of another kind.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct FlatInit {
    kind: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    std: Option<f64>,
}

impl From<InitSpec> for FlatInit {
    fn from(init: InitSpec) -> Self {
        let (kind, std) = match init {
            InitSpec::Normal { std } => ("normal", Some(std)),
            InitSpec::Xavier => ("xavier", None),
            InitSpec::He => ("he", None),
        };
        Self { kind: kind.to_owned(), std }
    }
}

impl TryFrom<FlatInit> for InitSpec {
    type Error = String;

    fn try_from(FlatInit { kind, std }: FlatInit) -> Result<Self, String> {
        match (kind.as_str(), std) {
            ("normal", Some(std)) => Ok(Self::Normal { std }),
            ("normal", None) => Err("normal needs `std`".to_owned()),
            ("xavier", None) => Ok(Self::Xavier),
            ("he", None) => Ok(Self::He),
            ("xavier" | "he", Some(_)) => Err(format!("{kind} takes no `std`")),
            _ => Err(format!("no kind `{kind}`; allowed: normal | xavier | he")),
        }
    }
}
