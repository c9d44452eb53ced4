//! Trains the network that the page starts with and writes it as a weights file.
//! usage: cargo run --release --example train-weights -- FILE [EPOCHS]
//! The images are the shards in www/data, which `make` makes.

use std::error::Error;
use std::path::Path;

use fishbowl::data::collection::Collection;
use fishbowl::data::digits::Digits;
use fishbowl::train::evaluation::Evaluation;
use fishbowl::train::weights::{Evaluated, Precision, save};
use fishbowl::train::{pretrained, weights};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let file = arguments.next().ok_or("usage: train-weights FILE [EPOCHS]")?;
    let epochs = arguments.next().map_or(Ok(pretrained::EPOCHS), |epochs| epochs.parse())?;
    let (training, test) = (shards("train", 60_000)?, shards("test", 10_000)?);
    let mut trainer = pretrained::train(&training, epochs, |epoch, trainer| {
        eprintln!("epoch {}: {:.4}", epoch + 1, Evaluation::run(trainer.network(), &test));
    })?;
    // Judged as it will be read: rounded to half precision.
    let (mut rounded, about) = weights::load(&save(&mut trainer, None, Precision::Half)?)?;
    let accuracy = Evaluation::run(rounded.network(), &test);
    let evaluated = Evaluated { iteration: about.iteration, accuracy };
    std::fs::write(&file, save(&mut trainer, Some(evaluated), Precision::Half)?)?;
    eprintln!("{file}: {accuracy:.4} of the test images");
    Ok(())
}

/// The shards of a split, in order.
fn shards(split: &str, total: usize) -> Result<Collection, Box<dyn Error>> {
    let mut collection = Collection::default();
    for shard in 0.. {
        let path = |part: &str| Path::new("www/data").join(format!("{split}-{shard}-{part}.gz"));
        if !path("images").exists() {
            break;
        }
        collection.push(
            shard,
            Digits::parse(&std::fs::read(path("images"))?, &std::fs::read(path("labels"))?, 10)?,
            total,
        )?;
    }
    if collection.is_complete() {
        Ok(collection)
    } else {
        Err("www/data lacks shards: run make first".into())
    }
}
