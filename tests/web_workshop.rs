//! The boundary in a dedicated worker: the jobs of the project's workers.
#![cfg(target_arch = "wasm32")]

use fishbowl::labs::settings::{RawSettings, Settings};
use fishbowl::labs::{self, ALL};
use fishbowl::nn::networks;
use fishbowl::nn::spec::{LayerSpec, LossSpec, NetSpec};
use fishbowl::train::report::Report;
use fishbowl::train::task::{Count, EvaluationPlan, Gradient, Needs, SetName, Share, Task, TrainPlan};
use fishbowl::web::worker::Workshop;
use js_sys::{Array, Float32Array, Reflect, Uint8Array, Uint8ClampedArray};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_dedicated_worker);

/// Longer than anything here takes.
const FOREVER: f64 = 1e9;

fn get(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &name.into()).expect("an object")
}

fn words(object: &JsValue, name: &str) -> String {
    get(object, name).as_string().unwrap_or_else(|| panic!("no text in {name} of {object:?}"))
}

fn number(object: &JsValue, name: &str) -> f64 {
    get(object, name).as_f64().unwrap_or_else(|| panic!("no number in {name} of {object:?}"))
}

fn bytes(object: &JsValue, name: &str) -> Vec<u8> {
    get(object, name).dyn_into::<Uint8Array>().expect("bytes").to_vec()
}

fn floats(object: &JsValue, name: &str) -> Vec<f32> {
    get(object, name).dyn_into::<Float32Array>().expect("numbers").to_vec()
}

fn refusal<T>(outcome: Result<T, JsValue>) -> (String, String) {
    let Err(error) = outcome else { panic!("it was not refused") };
    assert!(error.is_instance_of::<js_sys::Error>(), "{error:?}");
    (words(&error, "code"), words(&error, "field"))
}

/// An IDX file of unsigned bytes.
fn idx(sizes: &[u32], bytes: &[u8]) -> Vec<u8> {
    let sizes_written = sizes.iter().flat_map(|size| size.to_be_bytes());
    [0, 0, 8, sizes.len() as u8].into_iter().chain(sizes_written).chain(bytes.iter().copied()).collect()
}

/// Images whose label is the row that is inked, which a net learns at once.
fn bars(count: usize) -> (Vec<u8>, Vec<u8>) {
    let labels: Vec<u8> = (0..count).map(|index| (index * 7 % 10) as u8).collect();
    let ink = |label: u8| {
        (0..784_usize).map(move |pixel| if pixel / 28 == 2 * usize::from(label) + 3 { 255 } else { 0 })
    };
    let pixels: Vec<u8> = labels.iter().flat_map(|&label| ink(label)).collect();
    (idx(&[count as u32, 28, 28], &pixels), idx(&[count as u32], &labels))
}

/// Training of 784-16-10 on all images there are.
fn plan(limit: Option<u64>) -> TrainPlan {
    let spec = networks::find("two-layer").map(|ready| (ready.spec)()).expect("a network");
    let layers = vec![LayerSpec::Dense { units: 16 }, LayerSpec::Relu, LayerSpec::Dense { units: 10 }];
    let share = || vec![Share { set: SetName::Mnist, count: Count::All }];
    TrainPlan {
        spec: NetSpec { input: vec![784], layers, batch_size: 20, ..spec },
        needs: Needs { train: share(), test: share(), ..Needs::default() },
        limit,
        evaluation: EvaluationPlan { every: None, train: Count::All, test: Count::All },
        observed: false,
        gradient: Gradient::Backpropagation,
    }
}

fn task(limit: Option<u64>) -> Vec<u8> {
    Task::Train(plan(limit)).to_bytes()
}

fn give(workshop: &mut Workshop, count: usize) {
    let (images, labels) = bars(count);
    for split in ["test", "train"] {
        workshop.add_shard("mnist".into(), split.into(), 0, &images, &labels, count).expect("images");
    }
}

/// A workshop with images and one job, number 7.
fn ready(limit: Option<u64>) -> Workshop {
    let mut workshop = Workshop::new();
    give(&mut workshop, 300);
    workshop.open(7, &task(limit)).expect("a task");
    workshop
}

fn report(workshop: &mut Workshop, job: u32) -> JsValue {
    workshop.report(job, Array::new()).expect("a report")
}

fn details(workshop: &mut Workshop, job: u32) -> Report {
    Report::from_bytes(&bytes(&report(workshop, job), "bytes")).expect("its own bytes")
}

fn step(workshop: &mut Workshop, job: u32, count: u32) -> f64 {
    number(&workshop.step(job, count, FOREVER).expect("a job"), "steps")
}

fn drawing() -> (Uint8ClampedArray, u32, u32) {
    let mut rgba = vec![0_u8; 60 * 90 * 4];
    for y in 10..80 {
        for x in 10..16 {
            rgba[(y * 60 + x) * 4 + 3] = 255;
        }
    }
    (Uint8ClampedArray::from(rgba.as_slice()), 60, 90)
}

#[wasm_bindgen_test]
fn the_jobs_of_every_lab_open_and_report() {
    let mut workshop = Workshop::new();
    for lab in ALL {
        let settings = Settings::check(lab.fields, &RawSettings::new()).expect("the defaults");
        for (job, wanted) in (lab.jobs)(&settings).expect("jobs").into_iter().enumerate() {
            let job = job as u32;
            workshop.open(job, &wanted.task.to_bytes()).expect(lab.id);
            let report = report(&mut workshop, job);
            assert!(["waiting", "ready"].contains(&words(&report, "phase").as_str()), "{}", lab.id);
            assert_eq!(number(&report, "done"), 0.0, "{}", lab.id);
            // What starts by itself counts its own steps.
            if !wanted.task.starts_by_itself() {
                assert_eq!(get(&report, "of").as_f64(), wanted.task.limit().map(|limit| limit as f64));
            }
        }
    }
    assert!(labs::find("digits").is_some());
}

#[wasm_bindgen_test]
fn several_jobs_work_on_the_same_data_and_do_not_know_each_other() {
    let mut workshop = Workshop::new();
    workshop.open(1, &task(Some(40))).expect("a task");
    workshop.open(2, &task(Some(40))).expect("a task");
    let waits = workshop.work(1, 5.0).expect("a job");
    assert_eq!((number(&waits, "steps"), get(&waits, "more")), (0.0, JsValue::FALSE));
    assert_eq!(words(&report(&mut workshop, 1), "phase"), "waiting");
    give(&mut workshop, 300);
    assert_eq!(step(&mut workshop, 1, 10), 10.0);
    assert_eq!((details(&mut workshop, 1).done, details(&mut workshop, 2).done), (10, 0));
    workshop.open(3, &task(Some(40))).expect("a task");
    for job in [1, 2, 3] {
        while get(&workshop.work(job, 5.0).expect("a job"), "more") == JsValue::TRUE {}
        let report = report(&mut workshop, job);
        assert_eq!((words(&report, "phase").as_str(), number(&report, "done")), ("finished", 40.0));
        assert_eq!(number(&report, "examples"), 800.0);
        assert!(number(&report, "seconds") > 0.0);
    }
    let losses = [1, 2, 3].map(|job| details(&mut workshop, job).findings);
    assert!(losses[0] == losses[1] && losses[1] == losses[2], "equal tasks give equal results");
    workshop.close(2);
    workshop.close(2);
    assert_eq!(refusal(workshop.work(2, 5.0)), ("not-ready".to_owned(), "job".to_owned()));
    report(&mut workshop, 1);
}

#[wasm_bindgen_test]
fn a_budget_of_no_time_still_gets_on_and_never_far() {
    let mut workshop = ready(None);
    let (mut steps, mut turns) = (0.0, 0);
    while steps < 20.0 {
        let worked = workshop.step(7, 20 - steps as u32, 0.0).expect("a job");
        steps += number(&worked, "steps");
        turns += 1;
        assert!(number(&worked, "steps") <= 1.0, "a piece at a time");
    }
    assert!(turns > 20, "evaluations have turns of their own");
    assert_eq!(details(&mut workshop, 7).done, 20, "not one more than was asked for");

    workshop.evaluate(7).expect("a job");
    let mut pieces = 1;
    while workshop.finish_evaluation(7, 0.0).expect("a job") {
        pieces += 1;
    }
    assert!(pieces > 1, "nor is an evaluation made at once");
    let report = details(&mut workshop, 7);
    assert_eq!(report.done, 20);
    assert!(report.training().and_then(|training| training.present_test_accuracy).is_some());
}

#[wasm_bindgen_test]
fn a_mark_goes_on_exactly_in_another_workshop_the_time_included() {
    let mut workshop = ready(Some(100));
    step(&mut workshop, 7, 33);
    let mark = workshop.mark(7).expect("a mark");
    let marked = report(&mut workshop, 7);
    let mut other = ready(Some(100));
    other.go_to(7, &mark).expect("of the same task");
    assert_eq!(number(&report(&mut other, 7), "seconds"), number(&marked, "seconds"));
    assert_eq!(bytes(&report(&mut other, 7), "bytes"), bytes(&marked, "bytes"));
    for each in [&mut workshop, &mut other] {
        step(each, 7, 30);
    }
    assert_eq!(details(&mut workshop, 7).findings, details(&mut other, 7).findings);
    for length in [0, 7, 8, 20, mark.len() - 1] {
        refusal(other.go_to(7, &mark[..length]));
    }
    assert_eq!(details(&mut other, 7).done, 63, "what is refused changes nothing");
    other.rewind(7).expect("a job");
    let rewound = report(&mut other, 7);
    assert_eq!((number(&rewound, "done"), number(&rewound, "seconds")), (0.0, 0.0));
}

#[wasm_bindgen_test]
fn a_changed_rate_acts_on_the_way_and_a_changed_network_does_not() {
    let mut workshop = ready(None);
    step(&mut workshop, 7, 5);
    let mut faster = plan(None);
    faster.spec.optimizer.learning_rate = 0.5;
    assert!(workshop.change(7, &Task::Train(faster.clone()).to_bytes()).expect("an answer"));
    faster.spec.batch_size = 10;
    assert!(!workshop.change(7, &Task::Train(faster).to_bytes()).expect("an answer"));
    assert_eq!(refusal(workshop.change(7, &[255; 9])).1, "task");
    assert_eq!(refusal(workshop.open(8, b"")).1, "task");
    assert_eq!(details(&mut workshop, 7).done, 5);
}

#[wasm_bindgen_test]
fn a_training_that_diverged_goes_back() {
    let mut workshop = Workshop::new();
    give(&mut workshop, 300);
    let mut wild = plan(None);
    wild.spec.optimizer.learning_rate = 1e30;
    workshop.open(7, &task(None)).expect("a task");
    step(&mut workshop, 7, 60);
    refusal(workshop.go_back(7));
    assert!(workshop.change(7, &Task::Train(wild).to_bytes()).expect("an answer"));
    step(&mut workshop, 7, 50);
    let diverged = report(&mut workshop, 7);
    assert_eq!((words(&diverged, "phase").as_str(), number(&diverged, "wayBack")), ("diverged", 50.0));
    // It is still asked, and what it says is no digit.
    let (rgba, width, height) = drawing();
    let prediction = workshop.predict(7, rgba, width, height, JsValue::UNDEFINED).expect("an answer");
    let is_number = floats(&prediction, "outputs").iter().any(|output| !output.is_nan());
    assert_eq!(get(&prediction, "digit").is_null(), !is_number);
    workshop.go_back(7).expect("kept");
    let back = report(&mut workshop, 7);
    assert_eq!((words(&back, "phase").as_str(), number(&back, "done")), ("ready", 50.0));
}

#[wasm_bindgen_test]
fn what_is_wanted_is_in_the_report_and_an_unknown_want_is_refused() {
    let mut workshop = ready(None);
    let weights = |workshop: &mut Workshop, wants: Array| {
        let report = workshop.report(7, wants).expect("a report");
        let report = Report::from_bytes(&bytes(&report, "bytes")).expect("its own bytes");
        report.training().and_then(|training| training.weights.clone())
    };
    assert!(weights(&mut workshop, Array::new()).is_none());
    let images = weights(&mut workshop, Array::of1(&"weights".into())).expect("wanted");
    assert_eq!((images.units.len(), images.width), (16, 28));
    assert_eq!(
        refusal(workshop.report(7, Array::of1(&"dreams".into()))),
        ("not-a-choice".into(), "wants".into())
    );
    assert_eq!(refusal(workshop.report(7, Array::of1(&7.into()))).0, "wrong-kind");
}

#[wasm_bindgen_test]
fn shards_are_checked_and_each_counts_once() {
    let mut workshop = Workshop::new();
    let (images, labels) = bars(20);
    let add = |workshop: &mut Workshop, set: JsValue, split: JsValue, index: usize| {
        workshop.add_shard(set, split, index, &images, &labels, 40)
    };
    for index in [1, 0, 0, 1] {
        add(&mut workshop, "mnist".into(), "test".into(), index).expect("images");
    }
    assert_eq!(bytes(&workshop.test_image(39), "pixels").len(), 784);
    assert_eq!(number(&workshop.test_image(21), "label"), 7.0);
    assert!(workshop.test_image(40).is_null());
    for (set, split, field) in [
        (JsValue::from("iris"), JsValue::from("train"), "set"),
        ("mnist".into(), "validation".into(), "split"),
        (5.into(), "train".into(), "set"),
        ("mnist".into(), js_sys::Object::new().into(), "split"),
        (JsValue::UNDEFINED, JsValue::NULL, "set"),
    ] {
        assert_eq!(refusal(add(&mut workshop, set, split, 0)).1, field);
    }
    refusal(workshop.add_shard("mnist".into(), "train".into(), 0, &images[..99], &labels, 20));

    // A job that cannot take the data says so; the others have it.
    let mut other = plan(None);
    other.spec.input = vec![10];
    refusal(workshop.open(1, &Task::Train(other).to_bytes()));
    workshop.open(2, &task(None)).expect("a task");
    workshop.add_shard("mnist".into(), "train".into(), 0, &images, &labels, 20).expect("images");
    assert_eq!(step(&mut workshop, 2, 3), 3.0);
}

#[wasm_bindgen_test]
fn a_network_answers_for_drawings_layers_and_scores() {
    let mut workshop = ready(None);
    step(&mut workshop, 7, 40);
    let (rgba, width, height) = drawing();
    let blank = Uint8ClampedArray::new_with_length(width * height * 4);
    assert!(workshop.predict(7, blank, width, height, JsValue::UNDEFINED).expect("an answer").is_null());
    let prediction = workshop.predict(7, rgba.clone(), width, height, JsValue::UNDEFINED).expect("an answer");
    let outputs = floats(&prediction, "outputs");
    let best = (0..10).max_by(|&a, &b| outputs[a].total_cmp(&outputs[b])).expect("ten");
    assert_eq!(number(&prediction, "digit"), best as f64);
    assert_eq!(get(&prediction, "areProbabilities"), JsValue::TRUE);
    let crop = get(&prediction, "crop");
    assert_eq!(["x", "y", "width", "height"].map(|name| number(&crop, name)), [10.0, 10.0, 6.0, 70.0]);
    assert_eq!(number(&prediction, "smallSide"), 20.0);
    let centred = bytes(&prediction, "centred");
    assert_eq!(centred.len() as f64, number(&prediction, "centredSide").powi(2));

    let pixels: Vec<f32> = centred.iter().map(|&pixel| f32::from(pixel) / 255.0).collect();
    let layers = workshop.layers(7, pixels.clone()).expect("layers");
    let kinds: Vec<String> = layers.iter().map(|layer| words(&layer, "kind")).collect();
    assert_eq!(kinds, ["dense", "relu", "dense"]);
    let scores = floats(&layers.get(2), "values");
    for (output, &expected) in scores.iter().enumerate() {
        let found = workshop.contributions(7, pixels.clone(), output).expect("an answer");
        let values = get(&found, "values").dyn_into::<js_sys::Float64Array>().expect("numbers").to_vec();
        let sum = number(&found, "bias") + values.iter().sum::<f64>();
        assert!((sum - number(&found, "score")).abs() < 1e-4, "{sum}");
        assert!((number(&found, "score") - f64::from(expected)).abs() < 1e-6);
    }
    refusal(workshop.contributions(7, pixels.clone(), 10));
    assert_eq!(refusal(workshop.layers(7, vec![0.5; 3])).1, "pixels");
    assert_eq!(refusal(workshop.predict(7, rgba, width, height + 1, JsValue::UNDEFINED)).1, "rgba");
    assert_eq!(refusal(workshop.layers(8, pixels)).1, "job");
}

#[wasm_bindgen_test]
fn what_would_change_a_reading_is_sought_bit_by_bit_and_others_are_answered_in_between() {
    let mut workshop = ready(None);
    step(&mut workshop, 7, 40);
    let pixels = vec![0.5; 784];
    let read = |workshop: &mut Workshop, pixels: Vec<f32>| {
        let scores = floats(&workshop.layers(7, pixels).expect("layers").get(2), "values");
        (0..10).max_by(|&a, &b| scores[a].total_cmp(&scores[b])).expect("ten")
    };
    let from = read(&mut workshop, pixels.clone());
    let mut slices = 0;
    for to in (0..10).filter(|&to| to != from) {
        let mut search = workshop.reading_change(7, &pixels, Some(to)).expect("an answer").expect("numbers");
        while search.work(&mut workshop, 0.0).expect("a job") {
            assert_eq!(read(&mut workshop, pixels.clone()), from);
            slices += 1;
        }
        let found = search.finish();
        assert_eq!(["from", "to"].map(|name| number(&found, name)), [from, to].map(|class| class as f64));
        let changed = read(&mut workshop, floats(&found, "values"));
        assert_eq!(get(&found, "isReached"), JsValue::from(changed == to));
        assert!(number(&found, "steps") >= 1.0);
    }
    assert!(slices > 0, "all at once");

    assert_eq!(refusal(workshop.reading_change(7, &pixels, Some(from)).map(drop)).1, "output");
    let mut search = workshop.reading_change(7, &pixels, None).expect("an answer").expect("numbers");
    workshop.close(7);
    assert_eq!(refusal(search.work(&mut workshop, 0.0)).1, "job");
}

#[wasm_bindgen_test]
fn scores_of_another_loss_are_not_called_probabilities() {
    let mut workshop = Workshop::new();
    let mut scored = plan(None);
    scored.spec.loss = LossSpec::Hinge;
    workshop.open(1, &Task::Train(scored).to_bytes()).expect("a task");
    let (rgba, width, height) = drawing();
    let prediction = workshop.predict(1, rgba, width, height, JsValue::UNDEFINED).expect("an answer");
    assert_eq!(get(&prediction, "areProbabilities"), JsValue::FALSE);
}

#[wasm_bindgen_test]
fn test_images_are_filtered_by_what_they_are_and_were_predicted_as() {
    let mut workshop = ready(None);
    assert_eq!(refusal(workshop.digits(7, None, None, false, 9)).0, "not-ready");
    assert!(workshop.confusion(7).expect("an answer").is_null());
    step(&mut workshop, 7, 10);
    workshop.evaluate(7).expect("a job");
    while workshop.finish_evaluation(7, FOREVER).expect("a job") {}

    let all = workshop.digits(7, None, None, false, 12).expect("an answer");
    assert_eq!((number(&all, "count"), bytes(&all, "labels").len()), (300.0, 12));
    assert_eq!(bytes(&all, "pixels").len(), 12 * 784);
    let confusion = workshop.confusion(7).expect("an answer");
    let counts = get(&confusion, "counts").dyn_into::<js_sys::Uint32Array>().expect("counts").to_vec();
    assert_eq!((counts.len(), counts.iter().sum::<u32>()), (100, 300));
    assert_eq!(number(&confusion, "iteration"), 10.0);
    for actual in 0..10_u8 {
        let found = workshop.digits(7, Some(actual), Some(3), false, 300).expect("an answer");
        assert_eq!(number(&found, "count"), f64::from(counts[usize::from(actual) * 10 + 3]));
        let (labels, predictions) = (bytes(&found, "labels"), bytes(&found, "predictions"));
        assert!(labels.iter().all(|&label| label == actual) && predictions.iter().all(|&class| class == 3));
    }
    let wrong = workshop.digits(7, None, None, true, 300).expect("an answer");
    let right = (0..10).map(|class| counts[class * 11]).sum::<u32>();
    assert_eq!(number(&wrong, "count"), f64::from(300 - right));
    assert!((number(&confusion, "accuracy") - f64::from(right) / 300.0).abs() < 1e-9);
}

#[wasm_bindgen_test]
fn a_network_is_saved_and_taken_by_another_job() {
    let mut workshop = ready(None);
    step(&mut workshop, 7, 20);
    let pixels = || vec![0.5; 784];
    let scores = |workshop: &mut Workshop, job: u32| {
        floats(&workshop.layers(job, pixels()).expect("layers").get(2), "values")
    };
    let expected = scores(&mut workshop, 7);
    let files = [workshop.save(7, false).expect("finite"), workshop.save_npz(7).expect("finite")];
    for file in files {
        workshop.open(8, &task(None)).expect("a task");
        step(&mut workshop, 8, 1);
        assert_ne!(scores(&mut workshop, 8), expected);
        workshop.load_weights(8, &file).expect("784 to 10");
        assert_eq!(scores(&mut workshop, 8), expected);
        assert_eq!(details(&mut workshop, 8).done, 0);
        refusal(workshop.load_weights(8, &file[..file.len() / 2]));
        assert_eq!(scores(&mut workshop, 8), expected, "what is refused changes nothing");
        workshop.rewind(8).expect("a job");
        assert_ne!(scores(&mut workshop, 8), expected, "the network of the task is back");
    }
    assert!(workshop.save(7, true).expect("finite").len() < workshop.save(7, false).expect("finite").len());
}
