//! A given network at work on images: what it finds depends on no batch size, and times are not its own.

use fishbowl::train::report::{Findings, Inference, Phase, Want};
use fishbowl::train::task::{Count, InferPlan, SetName, Share, Task};
use fishbowl::train::training::Training;
use fishbowl::train::weights::Precision;
use fishbowl::train::work::{Progress, Work};

use super::given::{begun, finish, plan, sets, spec, work_to};

fn infer(batch: u32) -> InferPlan {
    let test = vec![Share { set: SetName::Mnist, count: Count::All }];
    InferPlan { spec: spec(), test, batch, passes: 2, scale: 1.0, inside: false }
}

fn work(plan: &InferPlan) -> Box<dyn Work> {
    let mut work = Task::Infer(plan.clone()).begin().expect("valid");
    work.set_data(&sets(3, true)).expect("fits");
    work
}

fn trained() -> Training {
    let mut training = begun(&plan());
    work_to(&mut training, 30);
    finish(&mut training);
    training
}

fn found(work: &mut dyn Work) -> Inference {
    match work.report(0.0, &[]).findings {
        Findings::Inference(found) => found,
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_batch_size_classifies_the_same_images_correctly_as_the_training_that_made_the_file() {
    let mut training = trained();
    let report = training.report(0.0, &[]);
    let accuracy = report.training().and_then(|found| found.present_test_accuracy).expect("evaluated");
    let file = training.save(Precision::Single).expect("finite");
    for batch in [1, 7, 60, 100] {
        let mut work = work(&infer(batch));
        assert_eq!(work.report(0.0, &[]).phase, Phase::Waiting, "before the weights have come");
        assert_eq!(work.work(), Progress::Waiting);
        work.take_file(&file).expect("the same layers");
        finish(&mut *work);
        let Inference { images, different, correct, activations } = found(&mut *work);
        assert_eq!((images, different), (120, 60), "two passes through 60 images");
        assert!((correct as f64 / different as f64 - accuracy).abs() < 1e-12, "{batch}: {correct}");
        assert!(activations.is_empty());
        let report = work.report(1.5, &[Want::Weights]);
        assert_eq!(
            (report.phase, report.done, report.of, report.seconds),
            (Phase::Finished, 120, Some(120), 1.5)
        );
    }
}

#[test]
fn pixels_that_are_not_normalized_are_those_of_the_file_times_255() {
    let mut training = trained();
    let file = training.save(Precision::Single).expect("finite");
    let mut work = work(&InferPlan { scale: 255.0, ..infer(10) });
    work.take_file(&file).expect("the same layers");
    finish(&mut *work);
    let test = training.test().clone();
    let mut correct = 0;
    for image in 0..test.len() {
        let pixels: Vec<f32> = test.pixels(image).expect("there").into_iter().map(f32::from).collect();
        let class = training.answer(&pixels).expect("finite").class;
        correct += u64::from(class == Some(usize::from(test.label(image))));
    }
    assert_eq!(found(&mut *work).correct, correct);
}

#[test]
fn inside_all_outputs_of_activation_functions_are_counted_once() {
    let file = trained().save(Precision::Single).expect("finite");
    let mut work = work(&InferPlan { passes: 1, inside: true, ..infer(7) });
    work.take_file(&file).expect("the same layers");
    finish(&mut *work);
    let [layer] = &found(&mut *work).activations[..] else { panic!("one ReLU") };
    assert_eq!(layer.counts.iter().sum::<u32>(), 60 * 5);
    assert!(layer.low == 0.0 && layer.zeros > 0.0);
}

#[test]
fn a_mark_goes_on_to_the_same_end_and_begins_again_with_the_same_weights() {
    let file = trained().save(Precision::Single).expect("finite");
    let plan = InferPlan { passes: 3, inside: true, ..infer(7) };
    let mut whole = work(&plan);
    whole.take_file(&file).expect("the same layers");
    finish(&mut *whole);
    let expected = found(&mut *whole);
    for pieces in 0..5 {
        let mut first = work(&plan);
        first.take_file(&file).expect("the same layers");
        for _ in 0..pieces {
            first.work();
        }
        let mark = first.mark();
        // The data may come after the mark.
        let mut second = Task::Infer(infer(60)).begin().expect("valid");
        second.go_to(&mark).expect("a mark");
        assert_eq!(second.mark(), mark);
        second.set_data(&sets(3, true)).expect("fits");
        finish(&mut *second);
        assert_eq!(found(&mut *second), expected, "{pieces} pieces");
        second.rewind().expect("begins again");
        finish(&mut *second);
        assert_eq!(found(&mut *second), expected);
    }
    assert!(whole.go_to(&trained().mark()).is_err(), "a mark of a training");
}

#[test]
fn what_does_not_fit_is_refused_by_name() {
    let refused = |plan: InferPlan| Task::Infer(plan).begin().err().expect("refused").field;
    assert_eq!(refused(infer(0)), "batch");
    assert_eq!(refused(InferPlan { passes: 0, ..infer(1) }), "passes");
    assert_eq!(refused(InferPlan { scale: f32::NAN, ..infer(1) }), "scale");
    let mut work = work(&infer(1));
    assert_eq!(work.take_file(b"an image, perhaps").expect_err("no file").field, "file");
    let mut other = plan();
    other.spec.layers.remove(1);
    let file = Training::new(&other).expect("valid").save(Precision::Single).expect("finite");
    assert_eq!(work.take_file(&file).expect_err("other layers").field, "file");
    assert_eq!(work.work(), Progress::Waiting, "nothing was taken");
    assert!(work.training().is_none());
    // A look at a network that has not learned takes no file.
    let spread = fishbowl::train::task::SpreadPlan { spec: spec(), rows: 3 };
    let mut spread = Task::Spread(spread).begin().expect("valid");
    assert_eq!(spread.take_file(&file).expect_err("no network").field, "job");
}
