//! What only the real MNIST can show. `make test` makes its shards (www/data) first.
#![cfg(not(target_arch = "wasm32"))]

use std::path::Path;

use fishbowl::data::collection::Collection;
use fishbowl::data::digits::Digits;
use fishbowl::nn::spec::{InitSpec, LayerSpec, LossSpec, NetSpec, OptimizerKind, OptimizerSpec};
use fishbowl::train::evaluation::Evaluation;
use fishbowl::train::parts::in_turn;
use fishbowl::train::task::{Count, EvaluationPlan, Gradient, Needs, TrainPlan};
use fishbowl::train::trainer::{Step, Trainer};
use fishbowl::train::training::Training;
use fishbowl::train::{recipes, weights};

fn read(name: &str) -> Vec<u8> {
    let path = Path::new("www/data").join(name);
    std::fs::read(&path)
        .unwrap_or_else(|error| panic!("{}: {error}; `make www/data/mnist.json` makes it", path.display()))
}

fn shard(split: &str, shard: usize) -> Digits {
    Digits::parse(
        &read(&format!("{split}-{shard}-images.gz")),
        &read(&format!("{split}-{shard}-labels.gz")),
        10,
    )
    .expect("a shard of ours")
}

fn training() -> Collection {
    let mut collection = Collection::default();
    for index in 0..6 {
        collection.push(index, shard("train", index), 60_000).expect("60,000 in all");
    }
    assert!(collection.is_complete());
    collection
}

fn test() -> Collection {
    Collection::whole(shard("test", 0))
}

/// The book's 4.5.2: 784-50-10, sigmoid, 10,000 mini-batches of 100 at a learning rate of 0.1.
#[test]
fn the_books_network_passes_94_percent() {
    let dense = |units| LayerSpec::Dense { units };
    let spec = NetSpec {
        input: vec![784],
        layers: vec![dense(50), LayerSpec::Sigmoid, dense(10)],
        loss: LossSpec::SoftmaxCrossEntropy,
        optimizer: OptimizerSpec::new(OptimizerKind::Sgd, 0.1),
        init: InitSpec::Normal { std: 0.01 },
        batch_size: 100,
        seed: 1,
    };
    let mut trainer = Trainer::<f32>::new(&spec).expect("valid");
    trainer.set_training(training()).expect("28×28");
    let mut first = None;
    for _ in 0..10_000 {
        let Step::Learned(loss) = trainer.step() else { panic!("all images are there") };
        first.get_or_insert(loss);
    }
    assert!(
        (first.expect("a loss") - 10_f32.ln()).abs() < 0.05,
        "ten classes, nothing known: ln 10, not {first:?}"
    );
    let accuracy = Evaluation::run(trainer.network(), &test());
    assert!(accuracy > 0.94, "{accuracy}");
}

#[test]
fn the_shipped_weights_read_what_their_file_says() {
    let test = test();
    for recipe in recipes::ALL {
        let file = std::fs::read(format!("www/weights/{}.safetensors", recipe.name)).expect("committed");
        let (mut trainer, about) = weights::load(&file).expect("a file of ours");
        assert_eq!(Ok(about.spec), recipe.spec(), "{} is made by its recipe as it stands", recipe.name);
        // Two thousand images of the slower ones: what the file says is of all.
        let (images, by) =
            if recipe.name == "digits" { (test.clone(), 0.001) } else { (test.first(2000), 0.015) };
        let accuracy = Evaluation::run(trainer.network(), &images);
        let said = about.test_accuracy.expect("the recipe measures its accuracy");
        // Products are summed in another order on another processor: an image on the edge may fall either way.
        assert!((accuracy - said).abs() < by, "{}: {accuracy}, the file says {said}", recipe.name);
    }
}

#[test]
fn the_recipes_of_the_shipped_weights_still_learn() {
    // Some epochs on a sixth of the images; the deep network's takes too long.
    let images = Collection::whole(shard("train", 0));
    for recipe in recipes::ALL.iter().filter(|recipe| recipe.name != "deep-convnet") {
        // Plain descent begins slowly, from small weights or with sigmoids.
        let epochs = if matches!(recipe.name, "two-layer" | "three-layer") { 6 } else { 2 };
        let mut trainer = recipe.train(&images, epochs, in_turn, |_, _| {}).expect("28×28");
        let accuracy = Evaluation::run(trainer.network(), &test().first(2000));
        assert!(accuracy > 0.8, "{}: {accuracy}", recipe.name);
    }
}

#[test]
fn for_most_images_a_small_change_is_found_that_the_network_behind_the_pad_reads_as_the_runner_up() {
    let file = std::fs::read("www/weights/deep-convnet.safetensors").expect("committed");
    let (trainer, _) = weights::load(&file).expect("sound");
    let evaluation = EvaluationPlan { every: None, train: Count::All, test: Count::All };
    let mut training = Training::new(&TrainPlan {
        spec: trainer.spec(),
        needs: Needs::default(),
        limit: None,
        evaluation,
        observed: false,
        gradient: Gradient::Backpropagation,
    })
    .expect("valid");
    training.take_network(&trainer).expect("its own");
    let images = test();
    let mut is_small = |image: &usize| {
        let pixels = images.pixels(*image).expect("there");
        let pixels: Vec<f32> = pixels.iter().map(|&pixel| f32::from(pixel) / 255.0).collect();
        let mut search = training.reading_change(&pixels, None).expect("fits").expect("numbers");
        while search.go_on(&mut training).expect("fits") {}
        let change = search.finish();
        // Two images of MNIST are about 10 apart.
        change.is_reached && change.distance < 3.0
    };
    // Measured: 97 of 100.
    let found = (0..40).filter(&mut is_small).count();
    assert!(found >= 36, "{found} of 40");
}
