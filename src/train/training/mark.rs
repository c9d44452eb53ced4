//! Everything that a training has become, as bytes.

use serde::{Deserialize, Serialize};

use super::evaluations::Evaluations;
use super::record::{Kept, Record};
use super::{Training, check};
use crate::data::sets::Sets;
use crate::error::{Code, Error, Result};
use crate::nn::spec::NetSpec;
use crate::train::course::Course;
use crate::train::history::{Points, Series};
use crate::train::packed::{self, Kind};
use crate::train::report::Ghost;
use crate::train::state::State;
use crate::train::task::TrainPlan;
use crate::train::trainer::Trainer;

/// The content of a mark.
#[derive(Serialize, Deserialize)]
struct Content {
    plan: TrainPlan,
    /// The network, which may be another one than the plan's: that of a file.
    #[serde(with = "packed::net_spec")]
    spec: NetSpec,
    state: State,
    record: Record,
    course: Course,
    evaluations: Evaluations,
    kept: Option<Kept>,
    diverged_at: Option<u64>,
    ghost: Option<Ghost>,
}

impl Training {
    pub(super) fn pack(&mut self) -> Vec<u8> {
        // A look back is not kept, and neither is what can be looked at: that is many times as large.
        let (state, evaluations) = match &self.ahead {
            Some(ahead) => (ahead.state.clone(), ahead.evaluations.clone()),
            None => (self.trainer.capture(), self.evaluations.clone()),
        };
        let content = Content {
            plan: self.plan.clone(),
            spec: self.spec(),
            state,
            record: self.record.clone(),
            course: self.course.clone(),
            evaluations,
            kept: self.kept.clone(),
            diverged_at: self.diverged_at,
            ghost: self.ghost.clone(),
        };
        packed::seal(Kind::Training, &content)
    }

    /// The training that a mark says, on the data that has arrived.
    ///
    /// # Errors
    /// The bytes are no mark of a training, or the data does not fit it.
    pub(super) fn from_mark(mark: &[u8], sets: &Sets) -> Result<Self> {
        packed::open(Kind::Training, mark).and_then(|content| Self::from_content(content, sets))
    }

    fn from_content(content: Content, sets: &Sets) -> Result<Self> {
        let Content { plan, spec, state, record, course, evaluations, kept, diverged_at, ghost } = content;
        let within = |error: Error| error.within("mark");
        check(&plan).map_err(within)?;
        plan.spec.check().map_err(within)?;
        check_size(&spec, &state).map_err(within)?;
        let records = std::iter::once(&record).chain(kept.as_ref().map(|kept| &kept.record));
        if !(records.into_iter().all(Record::is_sound) && ghost.as_ref().is_none_or(is_sound)) {
            return Err(Error::new(Code::WrongKind, "mark", "unsound curves", ""));
        }
        if !course.is_sound(state.numbers()) {
            return Err(Error::new(Code::WrongKind, "mark", "an unsound course", ""));
        }
        let mut training = Self::of(plan, Trainer::new(&spec).map_err(within)?, sets.clone())?;
        // Those that are kept are tried first: both must fit before anything is believed.
        for state in kept.as_ref().map(|kept| &kept.state).into_iter().chain([&state]) {
            training.trainer.restore(state).map_err(within)?;
        }
        Ok(Self { record, course, evaluations, kept, diverged_at, ghost, ..training })
    }
}

/// Whether these are curves that a training can leave behind.
fn is_sound(Ghost { loss, test_accuracy }: &Ghost) -> bool {
    loss.len() <= Series::MOST
        && loss.iter().all(|bucket| bucket.count > 0)
        && test_accuracy.len() <= Points::MOST
}

/// Refuses a mark with fewer numbers than its spec needs, before room is made for them: a spec of a few hundred bytes
/// may ask for gigabytes.
fn check_size(spec: &NetSpec, state: &State) -> Result<()> {
    spec.check()?;
    let (found, needed) = (state.numbers(), spec.weights()?);
    if found < needed {
        let (value, allowed) = (format!("{found} numbers"), format!("≥ {needed} numbers"));
        return Err(Error::new(Code::SizeMismatch, "", value, allowed));
    }
    Ok(())
}
