//! How long each lab takes to show itself, natively: `cargo run --release --example show-times`.
//!
//! Prints a line of JSON for each lab: the milliseconds of its slowest settings, and what those are. A page shows a lab
//! again for each frame of a drag, so 4 ms is the most that any may take.

use std::collections::BTreeMap;
use std::time::Instant;

use fishbowl::labs::field::Kind;
use fishbowl::labs::settings::{RawSettings, Settings};
use fishbowl::labs::{ALL, Job, Lab, Moment};
use fishbowl::train::history::Series;
use fishbowl::train::report::{
    Check, Checked, Distribution, Findings, Inference, Landscape, Mistake, Mistakes, Phase, Report, Spread,
    Training, WeightImages,
};
use fishbowl::train::task::Task;

/// Of so many calls the median counts.
const CALLS: usize = 31;

fn main() {
    for lab in ALL {
        let slowest = candidates(lab).into_iter().filter_map(|raw| Some((milliseconds(lab, &raw)?, raw)));
        let Some((time, raw)) = slowest.max_by(|(first, _), (second, _)| first.total_cmp(second)) else {
            continue;
        };
        let settings: BTreeMap<_, _> = raw.iter().collect();
        let line = serde_json::json!({ "lab": lab.id, "ms": (time * 1000.0).round() / 1000.0, "settings": settings });
        println!("{line}");
    }
}

/// The defaults, the suggestions, and the largest settings under each option of each choice.
fn candidates(lab: &Lab) -> Vec<RawSettings> {
    let own = |pairs: &[(&str, &str)]| -> RawSettings {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    };
    let largest: RawSettings = lab
        .fields
        .iter()
        .filter_map(|field| {
            let value = match field.kind {
                Kind::Count { max, .. } => max.to_string(),
                // As many as may be; their size is no matter.
                Kind::Numbers { most, .. } => vec![field.default.split(',').next()?.trim(); most].join(", "),
                Kind::Matrix { most_rows, most_columns, .. } => {
                    let number = field.default.split([',', ';']).next()?.trim();
                    vec![vec![number; most_columns].join(", "); most_rows].join("; ")
                }
                Kind::Toggle => "true".to_owned(),
                _ => return None,
            };
            Some((field.name.to_owned(), value))
        })
        .collect();
    let mut all = vec![RawSettings::new(), largest.clone()];
    all.extend(lab.suggestions.iter().map(|suggestion| own(suggestion.settings)));
    for field in lab.fields {
        let Kind::Choice { options } = field.kind else { continue };
        for option in options {
            let mut raw = largest.clone();
            raw.insert(field.name.to_owned(), option.value.to_owned());
            all.push(raw);
        }
    }
    all
}

/// The median time of a call at the last step, with long reports; none for settings that do not go together.
fn milliseconds(lab: &Lab, raw: &RawSettings) -> Option<f64> {
    let settings = Settings::check(lab.fields, raw).ok()?;
    let jobs = (lab.jobs)(&settings).ok()?;
    let reports: Vec<_> = jobs.iter().map(|job| Some(report(job))).collect();
    let moment = Moment { step: (lab.steps)(&settings), ..Moment::default() };
    let mut times: Vec<f64> = (0..CALLS)
        .map(|_| {
            let start = Instant::now();
            std::hint::black_box((lab.show)(&settings, &moment, &reports));
            start.elapsed().as_secs_f64() * 1e3
        })
        .collect();
    times.sort_by(f64::total_cmp);
    Some(times[CALLS / 2])
}

/// What a job may come to at most.
fn report(job: &Job) -> Report {
    let findings = match job.task {
        Task::Train(_) | Task::Evaluate(_) => {
            let mut loss = Series::default();
            (1..=100_000_u64).for_each(|iteration| loss.push(iteration, 2.3 / iteration as f64));
            let accuracy: Vec<_> = (0..1000).map(|epoch| (epoch * 600, 0.9)).collect();
            let units = vec![vec![128; 784]; WeightImages::MOST];
            Findings::Training(Training {
                loss: loss.buckets().to_vec(),
                last_loss: Some(0.1),
                training_accuracy: accuracy.clone(),
                test_accuracy: accuracy,
                weights: Some(WeightImages { width: 28, height: 28, units, count: 1000 }),
                landscape: Some(Landscape {
                    examples: 1000,
                    side: 33,
                    values: vec![1.0; 33 * 33],
                    done: 33 * 33,
                    iteration: 1,
                }),
                mistakes: Some(mistakes()),
                ..Training::default()
            })
        }
        Task::Spread(_) => {
            let layer =
                Distribution { low: -1.0, high: 1.0, counts: vec![9; 100], ..Distribution::default() };
            let layers = vec![layer; 20];
            Findings::Spread(Spread { activations: layers.clone(), gradients: layers })
        }
        Task::Check(_) => {
            let params = ["0.weight", "0.bias"].map(|name| Checked {
                name: name.to_owned(),
                shape: vec![784, 100],
                count: 78_400,
                shades: vec![99; 78_400],
                ..Checked::default()
            });
            let images = vec![(5, vec![128; 784]); 20];
            Findings::Check(Check { params: params.into(), errors: vec![[1e-3, 1e-9, 1e-3]; 12], images })
        }
        Task::Infer(_) => {
            let layer = Distribution { high: 1.0, counts: vec![9; 100], ..Distribution::default() };
            let activations = vec![layer; 20];
            Findings::Inference(Inference { images: 10_000, different: 10_000, correct: 9000, activations })
        }
    };
    Report { phase: Phase::Ready, done: 100_000, of: None, seconds: 1.0, findings }
}

/// As many as are listed at most.
fn mistakes() -> Mistakes {
    let mistake = |index| Mistake { index, label: 1, guess: 7, probability: 0.9, pixels: vec![128; 784] };
    let listed: Vec<_> = (0..Mistakes::MOST as u32).map(mistake).collect();
    Mistakes { seen: 10_000, of: 10_000, count: listed.len() as u32, width: 28, listed }
}
