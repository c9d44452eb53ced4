//! A second network beside the first one, that differs in its learning rate alone.

use super::FIELDS;
use crate::chart::{Chart, Scale};
use crate::error::Result;
use crate::labs::field::{Field, Kind};
use crate::labs::parts::{self, curve, grouped, number, rate_name, smooth_loss_curve, told};
use crate::labs::settings::Settings;
use crate::labs::sheet::{Notice, Number, Picture, Sheet, Tone};
use crate::labs::{Job, Moment};
use crate::nn::spec::NetSpec;
use crate::text::Text;
use crate::train::report::{Report, Training};
use crate::train::task::Task;

/// The learning rate of the second network.
pub(super) const BESIDE: Field = Field::new(
    NAMES[1],
    Text::new("Another rate", "另一个学习率"),
    Text::new(
        "Trains a second network beside this one: the same initial weights, the same mini-batches, another learning rate. Both begin again from the seed.",
        "同时训练第二个网络：初始权重和 mini-batch 都相同，只有学习率不同。两个网络都从随机种子重新开始。",
    ),
    Kind::Beside { of: "learningRate", min: 1e-4, max: 10.0 },
    "none",
)
.main()
.live();

/// The fields of the learning rates, in the order of the jobs.
const NAMES: [&str; 2] = ["learningRate", "beside"];

/// Both learning rates; none while there is one network alone.
pub(super) fn rates(settings: &Settings) -> Option<[f64; 2]> {
    settings.optional(NAMES[1]).map(|beside| [settings.number(NAMES[0]), beside])
}

/// A job for each rate. No network stands in for either: the pre-trained one has not begun where the other does.
pub(super) fn jobs(spec: &NetSpec, rates: [f64; 2]) -> Result<Vec<Job>> {
    let job = |(color, rate): (u8, f64)| {
        let mut spec = spec.clone();
        spec.optimizer.learning_rate = rate;
        spec.check()?;
        let task = Task::Train(super::plan(spec));
        Ok(Job { abreast: true, ..Job::new(rate_name(rate), color, task) })
    };
    (0..).zip(rates).map(job).collect()
}

/// One of the two with its last report.
struct Racer<'a> {
    place: usize,
    rate: f64,
    report: Option<(&'a Report, &'a Training)>,
}

/// Both in the same figures, and the weights of the first one.
pub(super) fn show(spec: &NetSpec, rates: [f64; 2], moment: &Moment, reports: &[Option<Report>]) -> Sheet {
    let of = |(place, rate): (usize, f64)| {
        let report = reports.get(place).and_then(Option::as_ref);
        Racer { place, rate, report: report.and_then(|report| Some((report, report.training()?))) }
    };
    let [first, second] = rates;
    let racers = [of((0, first)), of((1, second))];
    Sheet {
        notices: match racers[0].report.and_then(|(report, found)| parts::looking_back(report.done, found)) {
            Some(notice) => vec![notice],
            None => racers.iter().filter_map(|racer| diverged(racer, racers.iter().any(goes_on))).collect(),
        },
        numbers: numbers(&racers),
        table: None,
        pictures: pictures(spec, &racers, moment),
    }
}

/// How far the slower one is that can go on, and what both have come to.
fn numbers(racers: &[Racer<'_>; 2]) -> Vec<Number> {
    let done = |racer: &Racer<'_>| racer.report.map_or(0, |(report, _)| report.done);
    let slowest = racers.iter().filter(|racer| goes_on(racer)).map(done).min();
    let done = slowest.or(racers.iter().map(done).max()).unwrap_or_default();
    let of =
        |racer: &Racer<'_>, names: [&'static str; 2], label: Text, value: Option<String>| -> Option<Number> {
            let rate = rate_name(racer.rate);
            let label = told(format!("{}, {}", label.en, rate.en), format!("{}，{}", label.zh, rate.zh));
            number(names[racer.place], label, value)
        };
    let loss = |racer: &Racer<'_>| {
        let value = racer.report.and_then(|(_, found)| parts::loss_seen(found)).map(parts::loss_value);
        of(racer, ["loss", "loss-beside"], Text::new("Loss", "损失函数"), value)
    };
    let accuracy = |racer: &Racer<'_>| {
        let newest = |(report, found): (&Report, &Training)| {
            let before = || found.test_accuracy.iter().rfind(|(at, _)| *at <= report.done);
            found.present_test_accuracy.or_else(|| before().map(|&(_, share)| share))
        };
        let value = racer.report.and_then(newest).map(|share| format!("{share:.4}"));
        of(racer, ["test-accuracy", "test-accuracy-beside"], Text::new("Test accuracy", "测试精度"), value)
    };
    let [first, second] = racers;
    parts::listed([
        loss(first),
        loss(second),
        accuracy(first),
        accuracy(second),
        number("iteration", Text::new("Iteration", "迭代次数"), Some(done.to_string())),
    ])
}

/// Whether it has not diverged.
fn goes_on(racer: &Racer<'_>) -> bool {
    racer.report.is_none_or(|(_, found)| found.diverged_at.is_none())
}

/// Which of the two diverged, whether the other one trains on, and two ways out.
fn diverged(racer: &Racer<'_>, other_goes_on: bool) -> Option<Notice> {
    let (_, training) = racer.report?;
    let iteration = training.diverged_at?;
    let (rate, loss) = (rate_name(racer.rate), parts::loss_value(training.last_loss.unwrap_or(f64::NAN)));
    let rest = if other_goes_on {
        ("; the other network trains on", "，另一个网络继续训练")
    } else {
        ("", "")
    };
    let text = told(
        format!("{} diverged at iteration {} (loss {loss}){}.", rate.en, grouped(iteration), rest.0),
        format!("{} 在第 {iteration} 次迭代发散（损失 {loss}）{}。", rate.zh, rest.1),
    );
    let lower = parts::moved(FIELDS, NAMES[racer.place], racer.rate / 10.0);
    let remedies = parts::ways_out(lower, racer.place, training);
    let code = ["diverged", "diverged-beside"][racer.place];
    Some(Notice { code, tone: Tone::Warning, text, remedies })
}

/// Both losses in one figure, both test accuracies in another; the weights of the first network.
fn pictures(spec: &NetSpec, racers: &[Racer<'_>; 2], moment: &Moment) -> Vec<Picture> {
    let mut pictures = Vec::new();
    let mut push = |slot, caption, chart| pictures.push(Picture { slot, key: None, caption, chart });
    let seen = racers[0].report.and_then(|(_, found)| Some((found, found.weights.as_ref()?)));
    if let Some((found, weights)) = seen.filter(|(_, weights)| !weights.units.is_empty()) {
        let rate = rate_name(racers[0].rate);
        for (slot, (caption, chart)) in [
            ("weights", parts::unit_images(weights, parts::dead_units(found), moment)),
            ("speakers", parts::speakers(weights, moment)),
        ] {
            let caption = match caption.en.is_empty() {
                true => rate.clone(),
                false => told(format!("{}. {}", rate.en, caption.en), format!("{}。{}", rate.zh, caption.zh)),
            };
            push(slot, caption, chart);
        }
    }
    let begun = || racers.iter().filter_map(|racer| Some((racer, racer.report?)));
    // Wherever they are looked at.
    let newest =
        |(report, found): (&Report, &Training)| found.looking.map_or(report.done, |look| look.newest);
    let last = begun().map(|(_, seen)| newest(seen)).max().unwrap_or_default();
    let done = begun().map(|(_, (report, _))| report.done).next().unwrap_or_default();
    let losses: Vec<_> = begun()
        .filter(|(_, (_, found))| !found.loss.is_empty())
        .map(|(racer, (_, found))| smooth_loss_curve(rate_name(racer.rate), racer.place as u8, found))
        .collect();
    let nothing = || Text::new("", "");
    if !losses.is_empty() {
        let seen = parts::seen_on(&losses[0], done);
        let plane = parts::loss_plane(spec.loss, Scale::Log, last, losses);
        push("loss", nothing(), Chart::Plane(parts::to_look_back(plane, seen)));
    }
    let accuracies: Vec<_> = begun()
        .filter(|(_, (_, found))| !found.test_accuracy.is_empty())
        .map(|(racer, (_, found))| curve(rate_name(racer.rate), racer.place as u8, &found.test_accuracy))
        .collect();
    if !accuracies.is_empty() {
        let seen = parts::seen_on(&accuracies[0], done);
        let plane = parts::accuracy_plane(last, accuracies);
        push("accuracy", nothing(), Chart::Plane(parts::to_look_back(plane, seen)));
    }
    pictures
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::Mark;
    use crate::labs::digits::LAB;
    use crate::labs::sheet::Remedy;
    use crate::train::history::Bucket;
    use crate::train::report::{Findings, Phase};

    fn racing(pairs: &[(&str, &str)]) -> Settings {
        Settings::of(FIELDS, &[&[("learningRate", "10"), ("beside", "0.01")], pairs].concat())
    }

    fn jobs_of(settings: &Settings) -> Vec<Job> {
        (LAB.jobs)(settings).expect("jobs")
    }

    fn report(done: u64, training: Training) -> Option<Report> {
        let findings = Findings::Training(training);
        Some(Report { phase: Phase::Ready, done, of: None, seconds: 1.0, findings })
    }

    fn shown(sheet: &Sheet, name: &str) -> String {
        let number = sheet.numbers.iter().find(|number| number.name == name).expect(name);
        format!("{} {}", number.label.en, number.value)
    }

    fn lossy(losses: &[f64]) -> Training {
        let bucket =
            |(at, &loss): (u64, &f64)| Bucket { iteration: at, count: 1, sum: loss, low: loss, high: loss };
        Training {
            loss: (1..).zip(losses).map(bucket).collect(),
            last_loss: losses.last().copied(),
            ..Training::default()
        }
    }

    #[test]
    fn two_networks_differ_in_their_rate_alone_and_neither_is_pretrained() {
        let jobs = jobs_of(&racing(&[("hidden", "20"), ("seed", "7"), ("optimizer", "adam")]));
        let specs: Vec<_> = jobs
            .iter()
            .map(|job| match &job.task {
                Task::Train(plan) => (plan.spec.clone(), plan.needs.clone(), plan.evaluation),
                _ => panic!("no training"),
            })
            .collect();
        let rates: Vec<_> = specs.iter().map(|(spec, ..)| spec.optimizer.learning_rate).collect();
        assert_eq!(rates, [10.0, 0.01]);
        let mut second = specs[1].clone();
        second.0.optimizer.learning_rate = 10.0;
        assert_eq!(specs[0], second);
        assert!(jobs.iter().all(|job| job.abreast && job.pretrained.is_none()));
        assert_eq!([&jobs[0].name.en, &jobs[1].name.en], ["η = 10", "η = 0.01"]);
    }

    #[test]
    fn the_first_network_is_the_one_that_trains_alone() {
        let (alone, both) = (Settings::of(FIELDS, &[("learningRate", "10")]), racing(&[]));
        assert!(jobs_of(&alone)[0].task == jobs_of(&both)[0].task);
    }

    #[test]
    fn both_are_in_one_chart_by_the_names_and_colours_of_their_jobs() {
        let accurate = |share| Training { test_accuracy: vec![(0, 0.1), (600, share)], ..lossy(&[2.3, 2.0]) };
        let reports = [report(660, accurate(0.9)), report(640, accurate(0.8))];
        let settings = racing(&[]);
        let sheet = (LAB.show)(&settings, &Moment::default(), &reports);
        let expected: Vec<_> = jobs_of(&settings).into_iter().map(|job| (job.name, job.color)).collect();
        for slot in ["loss", "accuracy"] {
            let picture = sheet.pictures.iter().find(|picture| picture.slot == slot).expect(slot);
            let Chart::Plane(plane) = &picture.chart else { panic!("{slot}: a plane") };
            let lines = plane.marks.iter().filter_map(|mark| match mark {
                Mark::Line(line) => Some((line.name.clone(), line.color)),
                _ => None,
            });
            assert_eq!(lines.collect::<Vec<_>>(), expected, "{slot}");
        }
        assert_eq!(shown(&sheet, "iteration"), "Iteration 640");
        assert_eq!(shown(&sheet, "test-accuracy"), "Test accuracy, η = 10 0.9000");
        assert_eq!(shown(&sheet, "test-accuracy-beside"), "Test accuracy, η = 0.01 0.8000");
    }

    #[test]
    fn a_notice_names_the_one_that_diverged_and_its_remedies_are_that_one_s() {
        let lost = Training { diverged_at: Some(3), way_back: Some(0), ..lossy(&[2.3, 15.0, 1179.0]) };
        let going = || report(900, lossy(&[2.3, 2.0, 1.0]));
        for (reports, code, name, field, rate) in [
            ([report(3, lost.clone()), going()], "diverged", "η = 10 ", "learningRate", "1"),
            ([going(), report(3, lost.clone())], "diverged-beside", "η = 0.01 ", "beside", "0.001"),
        ] {
            let sheet = (LAB.show)(&racing(&[]), &Moment::default(), &reports);
            let [notice] = &sheet.notices[..] else { panic!("{:?}", sheet.notices) };
            assert_eq!(notice.code, code);
            assert!(notice.text.en.starts_with(name) && notice.text.en.contains("trains on"), "{notice:?}");
            let job = usize::from(code != "diverged");
            let [Remedy::GoBack { job: back, .. }, Remedy::Set { settings, .. }] = &notice.remedies[..]
            else {
                panic!("{notice:?}")
            };
            assert_eq!((*back, &settings[..]), (job, &[(field, rate.to_owned())][..]));
            // How far the one is that goes on.
            assert_eq!(shown(&sheet, "iteration"), "Iteration 900");
        }
    }

    #[test]
    fn where_both_diverged_none_is_said_to_train_on() {
        let lost = || report(3, Training { diverged_at: Some(3), ..lossy(&[2.3, 15.0, 1179.0]) });
        let sheet = (LAB.show)(&racing(&[]), &Moment::default(), &[lost(), lost()]);
        assert_eq!(sheet.notices.len(), 2);
        assert!(sheet.notices.iter().all(|notice| notice.text.en.ends_with("(loss 1179).")), "{sheet:?}");
    }

    #[test]
    fn nothing_empty_is_shown_before_either_has_reported() {
        let sheet = (LAB.show)(&racing(&[]), &Moment::default(), &[None, None]);
        assert_eq!((sheet.pictures.len(), shown(&sheet, "iteration").as_str()), (0, "Iteration 0"));
    }
}
