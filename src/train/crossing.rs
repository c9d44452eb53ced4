//! Tasks on their way into a worker, and what the page has to know of them.

use super::task::{Needs, Task};
use crate::error::{Code, Error, Result};

impl Task {
    /// The task as bytes, for the way into a worker of the same version. Equal tasks have equal bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        postcard::to_allocvec(self).unwrap_or_default()
    }

    /// The task that [`to_bytes`](Self::to_bytes) made these bytes from.
    ///
    /// # Errors
    /// There is none.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let wrong = |found: String| Error::new(Code::WrongKind, "task", found, "Task");
        match postcard::take_from_bytes(bytes) {
            Ok((task, [])) => Ok(task),
            Ok((_, rest)) => Err(wrong(format!("{} more bytes", rest.len()))),
            Err(error) => Err(wrong(error.to_string())),
        }
    }

    /// The data that it needs.
    pub fn needs(&self) -> Needs {
        match self {
            Self::Train(plan) => plan.needs.clone(),
            Self::Spread(_) => Needs::default(),
        }
    }

    /// How many steps it takes; none for one without end, and for one that has no steps to count beforehand.
    pub fn limit(&self) -> Option<u64> {
        match self {
            Self::Train(plan) => plan.limit,
            Self::Spread(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::networks;
    use crate::train::task::{Count, EvaluationPlan, SetName, Share, SpreadPlan, TrainPlan};

    #[test]
    fn bytes_bring_the_same_task_back_and_nothing_else_does() {
        let spec = networks::find("two-layer").map(|ready| (ready.spec)()).expect("a network");
        let share = Share { set: SetName::Mnist, count: Count::First(300) };
        let needs = Needs { train: vec![share], test: vec![] };
        let evaluation = EvaluationPlan { every: Some(10), train: Count::All, test: Count::First(7) };
        let plan = TrainPlan { spec: spec.clone(), needs: needs.clone(), limit: Some(200), evaluation };
        let (train, spread) = (Task::Train(plan), Task::Spread(SpreadPlan { spec, rows: 1000 }));
        assert_eq!((train.needs(), train.limit()), (needs, Some(200)));
        assert_eq!((spread.needs(), spread.limit()), (Needs::default(), None));
        for task in [train, spread] {
            let bytes = task.to_bytes();
            assert_eq!(Task::from_bytes(&bytes), Ok(task));
            assert!((0..bytes.len()).all(|length| Task::from_bytes(&bytes[..length]).is_err()));
            assert!(Task::from_bytes(&[&bytes[..], &[0]].concat()).is_err());
        }
    }
}
