use super::*;
use crate::data::digits::Digits;
use crate::nn::spec::{InitSpec, LayerSpec, LossSpec, OptimizerKind, OptimizerSpec};

/// Two kinds of 2×2 images that a line tells apart.
fn images(count: usize) -> Collection {
    let mut digits = Digits::empty(2, 2);
    for index in 0..count {
        let shade = 100 + (index * 37 % 150) as u8;
        let label = (index % 2) as u8;
        digits.push(&if label == 0 { [255, shade, 0, 0] } else { [0, 0, shade, 255] }, label);
    }
    Collection::whole(digits)
}

fn spec() -> SearchSpec {
    let net = NetSpec {
        input: vec![4],
        layers: vec![LayerSpec::Dense { units: 3 }, LayerSpec::Relu, LayerSpec::Dense { units: 2 }],
        loss: LossSpec::SoftmaxCrossEntropy,
        optimizer: OptimizerSpec::new(OptimizerKind::Sgd, 0.1),
        init: InitSpec::He,
        batch_size: 10,
        seed: 0,
    };
    SearchSpec {
        net,
        ranges: vec![
            Range::new("optimizer.learningRate", Scale::Log, 1e-6, 1.0),
            Range::new("optimizer.weightDecay", Scale::Log, 1e-8, 1e-4),
            Range::new("layers[0].units", Scale::Linear, 2.0, 8.0),
        ],
        trials: 12,
        epochs: 4,
        images: Some(60),
        validation: 0.2,
        stopping: None,
        seed: 7,
    }
}

fn searched(spec: SearchSpec) -> Search {
    let mut search = Search::new(spec).expect("valid");
    search.set_images(&images(80)).expect("fits");
    while search.work() != Progress::Done {}
    search
}

#[test]
fn the_same_seed_is_the_same_search() {
    let (first, again) = (searched(spec()), searched(spec()));
    assert_eq!(first.trials(), again.trials());
    let longer = searched(SearchSpec { trials: 15, ..spec() });
    assert_eq!(longer.trials()[..12], *first.trials());
    let other = searched(SearchSpec { seed: 8, ..spec() });
    assert!(first.trials().iter().zip(other.trials()).all(|(a, b)| a.values != b.values));
    let seeds: std::collections::BTreeSet<u32> = first.trials().iter().map(|trial| trial.spec.seed).collect();
    assert_eq!(seeds.len(), 12);
}

#[test]
fn trials_are_drawn_in_their_ranges_and_ranked_by_validation() {
    let search = searched(spec());
    for trial in search.trials() {
        let [rate, decay, units] = trial.values[..] else { panic!("three ranges") };
        assert_eq!(trial.spec.optimizer.learning_rate, rate);
        assert_eq!(trial.spec.optimizer.weight_decay, Some(decay));
        assert_eq!(trial.spec.layers[0], LayerSpec::Dense { units: units as usize });
        for (range, value) in search.spec().ranges.iter().zip(&trial.values) {
            assert!((range.low..=range.high).contains(value));
        }
        let evaluated: Vec<u64> = trial.record.test_accuracy.as_slice().iter().map(|&(at, _)| at).collect();
        assert_eq!(evaluated, [0, 5, 10, 15, 20], "48 images to learn, in batches of 10");
        assert_eq!(
            (trial.record.training_accuracy.as_slice().len(), trial.outcome.clone()),
            (5, Outcome::Finished)
        );
    }
    let ranking: Vec<f64> = search.ranking().iter().filter_map(|trial| trial.accuracy()).collect();
    assert!(ranking.len() == 12 && ranking.windows(2).all(|pair| pair[0] >= pair[1]), "{ranking:?}");
    assert!(ranking[0] > ranking[11], "{ranking:?}");
    let mut indices: Vec<u32> = search.ranking().iter().map(|trial| trial.index).collect();
    indices.sort_unstable();
    assert_eq!(indices, (0..12).collect::<Vec<_>>());
}

#[test]
fn the_best_trial_can_be_had_again_alone() {
    let search = searched(SearchSpec { stopping: Some(MedianRule::default()), ..spec() });
    let best = search.ranking()[0];
    let (training, validation) = search.parts().expect("given");
    assert_eq!((training.len(), validation.len()), (48, 12));
    let mut alone = Training::new(&search.plan(best.spec.clone(), training.len())).expect("valid");
    alone.set_samples(training.clone(), validation.clone()).expect("fits");
    while alone.work() != Progress::Done {}
    assert_eq!(alone.record(), &best.record);
    let accuracies = alone.record().test_accuracy.as_slice();
    assert_eq!(best.accuracy(), accuracies.last().map(|&(_, accuracy)| accuracy));
}

#[test]
fn hopeless_trials_are_stopped_and_the_others_not_changed() {
    let all = searched(SearchSpec { trials: 30, epochs: 8, ..spec() });
    let rule = MedianRule { after_trials: 5, after_epochs: 2 };
    let some = searched(SearchSpec { trials: 30, epochs: 8, stopping: Some(rule), ..spec() });
    let stopped: Vec<&Trial> =
        some.trials().iter().filter(|trial| trial.outcome == Outcome::Stopped).collect();
    assert!((3..25).contains(&stopped.len()), "{}", stopped.len());
    assert!(stopped.iter().all(|trial| trial.index >= 5 && accuracies(&trial.record).len() >= 2));
    for (trial, whole) in some.trials().iter().zip(all.trials()) {
        let evaluated = trial.record.test_accuracy.as_slice();
        assert_eq!(evaluated, &whole.record.test_accuracy.as_slice()[..evaluated.len()]);
        assert_eq!(trial.outcome == Outcome::Finished, evaluated.len() == 9, "{}", trial.index);
    }
    assert_eq!(some.ranking()[0].accuracy(), all.ranking()[0].accuracy());
}

#[test]
fn what_diverges_comes_last() {
    let ranges = vec![Range::new("optimizer.learningRate", Scale::Log, 0.1, 1e30)];
    let search = searched(SearchSpec { ranges, ..spec() });
    let ranking = search.ranking();
    assert!(ranking[0].outcome == Outcome::Finished && ranking[11].outcome == Outcome::Diverged);
    let first = ranking.iter().position(|trial| trial.outcome == Outcome::Diverged).expect("some");
    assert!(ranking[first..].iter().all(|trial| trial.outcome == Outcome::Diverged));
}

#[test]
fn it_can_be_watched() {
    let mut search = Search::new(spec()).expect("valid");
    assert_eq!((search.work(), search.progress()), (Progress::Waiting, 0.0));
    search.set_images(&images(80)).expect("fits");
    let (mut before, mut works) = (0.0, Vec::new());
    while !search.is_finished() {
        let work = search.work();
        works.push(work);
        assert!(search.progress() >= before && search.progress() <= 1.0);
        before = search.progress();
        let ended = search.trials().len() as u32;
        if let Some(running) = search.running() {
            assert_eq!(running.index, ended);
        }
    }
    assert_eq!((search.work(), search.progress()), (Progress::Done, 1.0));
    // Five evaluations in two pieces each, and a beginning and an end.
    let count = |wanted| works.iter().filter(|work| **work == wanted).count();
    assert_eq!((count(Progress::Step), count(Progress::Between)), (12 * 20, 12 * (2 + 5 * 2)));
}

#[test]
fn images_that_cannot_be_split_are_refused() {
    let mut search = Search::new(SearchSpec { images: None, ..spec() }).expect("valid");
    let fault =
        |search: &mut Search, images: &Collection| search.set_images(images).expect_err("refused").field;
    assert_eq!(fault(&mut search, &Collection::default()), "images");
    assert_eq!(fault(&mut search, &images(1)), "images");
    assert_eq!(fault(&mut search, &Collection::whole(Digits::empty(2, 2))), "images");
    let mut digits = Digits::empty(2, 2);
    (0..9).for_each(|label| digits.push(&[1; 4], label));
    assert_eq!(fault(&mut search, &Collection::whole(digits)), "labels");
    assert_eq!(search.work(), Progress::Waiting);

    // Two images: one for training, one for validation, whatever the share.
    for validation in [1e-9, 0.999_999] {
        let spec = SearchSpec { images: None, validation, trials: 1, ..spec() };
        let mut search = Search::new(spec).expect("valid");
        search.set_images(&images(2)).expect("enough");
        while search.work() != Progress::Done {}
        let trial = &search.trials()[0];
        assert!(trial.record.test_accuracy.as_slice().iter().all(|(_, accuracy)| accuracy.is_finite()));
    }

    let mut search = Search::new(spec()).expect("valid");
    assert_eq!(fault(&mut search, &images(59)), "images");
    // Enough are on their way.
    let mut parts = Collection::default();
    let part = |count: usize| {
        let mut digits = Digits::empty(2, 2);
        let all = images(80);
        (0..count).for_each(|image| digits.push(&all.pixels(image).expect("an image"), all.label(image)));
        digits
    };
    parts.push(0, part(40), 80).expect("fits");
    search.set_images(&parts).expect("enough on their way");
    assert_eq!(search.work(), Progress::Waiting);
    parts.push(1, part(40), 80).expect("fits");
    search.set_images(&parts).expect("enough");
    assert_eq!(search.work(), Progress::Between);
    assert_eq!(fault(&mut search, &Collection::default()), "images");
    assert_eq!(search.parts().map(|(training, _)| training.len()), Some(48));
}

#[test]
fn each_fault_names_its_field() {
    let fault = |change: fn(&mut SearchSpec)| {
        let mut spec = spec();
        change(&mut spec);
        Search::new(spec).err().map(|error| error.field).unwrap_or_default()
    };
    assert_eq!(fault(|spec| spec.trials = 0), "trials");
    assert_eq!(fault(|spec| spec.epochs = 1001), "epochs");
    assert_eq!(fault(|spec| spec.validation = 0.0), "validation");
    assert_eq!(fault(|spec| spec.validation = 1.0), "validation");
    assert_eq!(fault(|spec| spec.validation = f64::NAN), "validation");
    assert_eq!(fault(|spec| spec.images = Some(1)), "images");
    assert_eq!(fault(|spec| spec.ranges.clear()), "ranges.length");
    assert_eq!(fault(|spec| spec.ranges[2].high = 1.0), "ranges[2].high");
    assert_eq!(fault(|spec| spec.ranges[1].paths[0].push('x')), "ranges[1].paths[0]");
    assert_eq!(fault(|spec| spec.ranges[1].paths = spec.ranges[0].paths.clone()), "ranges[1].paths[0]");
    assert_eq!(fault(|spec| spec.ranges[2].high = 70_000.0), "net.layers[0].units");
    assert_eq!(fault(|spec| spec.ranges[1].high = 11.0), "net.optimizer.weightDecay");
    assert_eq!(fault(|spec| spec.net.batch_size = 0), "net.batchSize");
}

#[test]
fn numbers_that_do_not_go_together_end_a_trial_and_not_the_search() {
    let dense = |units| LayerSpec::Dense { units };
    let branches = vec![vec![dense(2)], vec![dense(2)]];
    let mut spec = spec();
    spec.net.layers[0] = LayerSpec::Branches { join: crate::nn::spec::Join::Add, branches };
    spec.ranges = [0, 1]
        .map(|branch| Range::new(&format!("layers[0].branches[{branch}][0].units"), Scale::Linear, 2.0, 3.0))
        .to_vec();
    let search = searched(spec);
    let refused = |trial: &&Trial| matches!(&trial.outcome, Outcome::Refused(error) if error.field == "layers[0].branches[1]");
    let count = search.trials().iter().filter(refused).count();
    assert!((1..12).contains(&count), "{count}");
    assert!(search.ranking()[0].outcome == Outcome::Finished);
    assert_eq!(search.ranking()[11].accuracy(), None);
}
