//! Every lab of the list keeps the promises of the list: a lab is tested by being listed.
//!
//! What is special to one lab is tested at the foot of its file, or beside this one where that would be long.
#![cfg(not(target_arch = "wasm32"))]

/// Gives back what is wrong where a condition does not hold. A property that panics prints each attempt to shrink it.
macro_rules! ensure {
    ($condition:expr, $($words:tt)*) => {
        if !$condition {
            return Err(format!($($words)*));
        }
    };
}

mod catalogue;
mod charts;
mod descent;
mod explained;
#[path = "../common/golden.rs"]
mod golden;
mod guesses;
mod illnesses;
mod jobs;
mod legal;
mod reports;
mod sheets;

use fishbowl::labs::settings::{RawSettings, Settings};
use fishbowl::labs::{ALL, Lab, Moment};
use fishbowl::text::Text;

/// A lab of the list that is printed by its name, since the whole of it fills pages.
#[derive(Clone, Copy)]
struct Listed(&'static Lab);

impl std::fmt::Debug for Listed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0.id)
    }
}

/// Settings as they stand in an address.
fn raw(pairs: &[(&str, &str)]) -> RawSettings {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn check(lab: &Lab, raw: &RawSettings) -> Settings {
    Settings::check(lab.fields, raw).unwrap_or_else(|faults| panic!("{} {raw:?}: {faults:?}", lab.id))
}

/// All settings that the labs name: the defaults and the suggestions of each.
fn named() -> impl Iterator<Item = (&'static Lab, RawSettings)> {
    ALL.iter().flat_map(|lab| {
        let suggestions = lab.suggestions.iter().map(|suggestion| raw(suggestion.settings));
        std::iter::once(RawSettings::new()).chain(suggestions).map(move |raw| (lab, raw))
    })
}

/// The last moment of a figure.
fn end(lab: &Lab, settings: &Settings) -> Moment {
    Moment { step: (lab.steps)(settings), ..Moment::default() }
}

/// Whether words are there in both languages. The page says 你, as the book does.
fn is_told(text: &Text) -> bool {
    !text.en.trim().is_empty() && !text.zh.trim().is_empty() && !text.zh.contains('您')
}

fn is_empty(text: &Text) -> bool {
    text.en.is_empty() && text.zh.is_empty()
}
