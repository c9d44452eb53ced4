//! Real trainings on MNIST that go wrong, and others that do not: what the lab says of them. `make test` makes the shards
//! (www/data) first.

use fishbowl::data::digits::Digits;
use fishbowl::data::sets::Sets;
use fishbowl::labs::settings::Settings;
use fishbowl::labs::sheet::{Notice, Remedy, Tone};
use fishbowl::labs::{Lab, Moment, find};
use fishbowl::train::task::Task;
use fishbowl::train::training::Training;
use fishbowl::train::work::{Progress, Work};

use super::{check, raw};

fn mnist() -> Sets {
    let read = |name: String| {
        std::fs::read(format!("www/data/{name}"))
            .unwrap_or_else(|error| panic!("{name}: {error}; `make www/data/mnist.json` makes it"))
    };
    let mut sets = Sets::default();
    for shard in 0..6 {
        let [images, labels] = ["images", "labels"].map(|kind| read(format!("train-{shard}-{kind}.gz")));
        let digits = Digits::parse(&images, &labels, 10).expect("a shard of ours");
        sets.mnist_train.push(shard, digits, 60_000).expect("60,000 in all");
    }
    sets
}

/// A network of the lab Digits that is watched while it learns.
struct Patient {
    lab: &'static Lab,
    settings: Settings,
    training: Training,
}

impl Patient {
    fn new(sets: &Sets, pairs: &[(&str, &str)]) -> Self {
        let lab = find("digits").expect("listed");
        let settings = check(lab, &raw(pairs));
        let jobs = (lab.jobs)(&settings).expect("go together");
        let Task::Train(plan) = &jobs[0].task else { panic!("a training") };
        // Not evaluated, which takes longer than the training.
        let mut plan = plan.clone();
        plan.evaluation.every = Some(1 << 40);
        plan.needs.test.clear();
        let mut training = Training::new(&plan).expect("valid");
        training.set_data(sets).expect("28×28");
        Self { lab, settings, training }
    }

    fn learn_to(&mut self, iteration: u64) {
        while self.training.iteration() < iteration
            && !matches!(self.training.work(), Progress::Done | Progress::Waiting)
        {}
    }

    fn notices(&mut self) -> Vec<Notice> {
        let report = Work::report(&mut self.training, 1.0, &[]);
        let mut said = (self.lab.show)(&self.settings, &Moment::default(), &[Some(report)]).notices;
        // What was reached is no illness.
        said.retain(|notice| notice.tone != Tone::Quiet);
        said
    }

    /// What is said after so many mini-batches.
    fn notice(mut self, iteration: u64) -> Notice {
        self.learn_to(iteration);
        let [notice] = &self.notices()[..] else { panic!("one message: {:?}", self.notices()) };
        notice.clone()
    }
}

fn settings(remedy: &Remedy) -> &[(&'static str, String)] {
    match remedy {
        Remedy::Set { settings, .. } | Remedy::Restart { settings, .. } => settings,
        Remedy::GoBack { .. } | Remedy::Look { .. } | Remedy::Continue { .. } => &[],
    }
}

fn sets(notice: &Notice, name: &str, value: &str) -> bool {
    notice.remedies.iter().any(|remedy| settings(remedy) == [(name, value.to_owned())])
}

#[test]
fn a_rate_of_ten_diverges_and_leaves_dead_units_behind() {
    let data = mnist();
    let notice = Patient::new(&data, &[("learningRate", "10"), ("init", "he")]).notice(20);
    assert_eq!((notice.code, notice.tone), ("diverged", Tone::Warning));
    assert!(notice.text.en.contains("of 50 hidden units are dead now"), "{}", notice.text.en);
    assert!(notice.text.zh.contains("“死亡”"), "{}", notice.text.zh);
    assert!(matches!(notice.remedies[..], [Remedy::GoBack { job: 0, .. }, Remedy::Set { .. }]));
    assert!(sets(&notice, "learningRate", "1"));

    let notice = Patient::new(&data, &[("learningRate", "10"), ("activation", "tanh")]).notice(20);
    assert_eq!(notice.code, "diverged");
    assert!(notice.text.en.contains("of the activations are saturated now"), "{}", notice.text.en);
}

#[test]
fn units_that_a_step_too_long_killed_are_counted_and_a_lower_rate_starts_over() {
    let notice = Patient::new(&mnist(), &[("learningRate", "3")]).notice(100);
    assert_eq!((notice.code, notice.tone), ("dead-units", Tone::Warning));
    assert!(notice.text.en.contains("of 50 hidden units are dead"), "{}", notice.text.en);
    assert!(matches!(notice.remedies[..], [Remedy::Restart { .. }]), "dead at any rate");
    assert!(sets(&notice, "learningRate", "0.3"));
}

#[test]
fn saturated_units_are_told_with_what_saturated_them() {
    let data = mnist();
    for activation in ["sigmoid", "tanh"] {
        let notice = Patient::new(&data, &[("activation", activation), ("std", "1")]).notice(50);
        assert_eq!(notice.code, "saturated", "{activation}");
        assert!(notice.text.en.contains("initial weights are too large"), "{}", notice.text.en);
        assert!(sets(&notice, "init", "xavier"));
    }
    let notice = Patient::new(&data, &[("activation", "sigmoid"), ("learningRate", "10")]).notice(50);
    assert_eq!((notice.code, notice.tone), ("saturated", Tone::Warning));
    assert!(notice.text.en.contains("steps were too large"), "{}", notice.text.en);
    assert!(sets(&notice, "learningRate", "1"));
}

#[test]
fn a_rate_that_moves_nothing_is_told_after_a_clear_time_and_from_a_tiny_gradient() {
    let data = mnist();
    let mut slow = Patient::new(&data, &[("learningRate", "0.0001")]);
    slow.learn_to(400);
    assert_eq!(slow.notices(), [], "too early to tell");
    let notice = slow.notice(600);
    assert_eq!((notice.code, notice.tone), ("too-slow", Tone::Warning));
    assert!(sets(&notice, "learningRate", "0.1"), "{notice:?}");
    let notice =
        Patient::new(&data, &[("learningRate", "0.0001"), ("init", "he"), ("seed", "2")]).notice(600);
    assert_eq!(notice.code, "too-slow");

    let settings = [("activation", "sigmoid"), ("learningRate", "0.01")];
    let notice = Patient::new(&data, &settings).notice(600);
    assert_eq!((notice.code, notice.tone), ("small-gradient", Tone::Info));
    assert!(sets(&notice, "init", "xavier"), "{notice:?}");
}

#[test]
fn trainings_that_are_well_say_nothing() {
    let data = mnist();
    let suggestions = find("digits").expect("listed").suggestions.iter().skip(1);
    let mut all: Vec<Vec<(&str, &str)>> =
        suggestions.map(|suggestion| suggestion.settings.to_vec()).collect();
    all.push(vec![]);
    all.push(vec![("activation", "tanh")]);
    all.push(vec![("init", "he"), ("seed", "3")]);
    all.push(vec![("activation", "sigmoid"), ("init", "xavier")]);
    all.push(vec![("learningRate", "1"), ("seed", "2")]);
    all.push(vec![("learningRate", "0.01")]);
    for pairs in all {
        let mut patient = Patient::new(&data, &pairs);
        for iteration in (1..20).chain((20..1500).step_by(60)) {
            patient.learn_to(iteration);
            assert_eq!(patient.notices(), [], "{pairs:?} at {iteration}");
        }
    }
}

#[test]
fn the_pre_trained_network_is_well_and_its_test_accuracy_is_known() {
    let mut patient = Patient::new(&mnist(), &[]);
    let lab = patient.lab;
    let Task::Train(plan) = (lab.jobs)(&patient.settings).expect("go together").remove(0).task else {
        panic!("a training")
    };
    patient.training = Training::new(&plan).expect("valid");
    let file = std::fs::read("www/weights/digits.safetensors").expect("committed");
    patient.training.take_file(&file).expect("784 to 10");
    assert_eq!(patient.notices(), []);
    let report = Work::report(&mut patient.training, 0.0, &[]);
    let sheet = (lab.show)(&patient.settings, &Moment::default(), &[Some(report)]);
    let numbers: Vec<_> = sheet.numbers.iter().map(|number| (number.name, &number.value[..])).collect();
    let ["iteration", "test-accuracy", "net"] = numbers.iter().map(|number| number.0).collect::<Vec<_>>()[..]
    else {
        panic!("nothing but what is known: {numbers:?}")
    };
    assert!(numbers[1].1.starts_with("0.9"), "{numbers:?}");
    assert_eq!((numbers[0].1, numbers[2].1), ("0", "784–88–64–10"));
    // What the file says is of its own weights only.
    patient.training.set_data(&mnist()).expect("28×28");
    patient.training.rewind().expect("fits");
    let report = Work::report(&mut patient.training, 0.0, &[]);
    assert_eq!(report.training().and_then(|training| training.present_test_accuracy), None);
}
