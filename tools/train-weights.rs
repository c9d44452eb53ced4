//! Trains a network that the page brings along and writes it into www/weights, and what it told into tools/weights.
//! usage: cargo run --release --example train-weights -- NAME [EPOCHS]
//! The images are the shards in www/data, which `make` makes.

use std::error::Error;
use std::panic::resume_unwind;
use std::path::Path;
use std::thread;
use std::time::Instant;

use fishbowl::data::collection::Collection;
use fishbowl::data::digits::Digits;
use fishbowl::train::evaluation::Evaluation;
use fishbowl::train::part::Part;
use fishbowl::train::recipes;
use fishbowl::train::weights::{self, Evaluated, save};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let name = arguments.next().ok_or("usage: train-weights NAME [EPOCHS]")?;
    let recipe = recipes::find(&name).ok_or_else(|| format!("no recipe {name}"))?;
    let epochs = arguments.next().map_or(Ok(recipe.epochs), |epochs| epochs.parse())?;
    let (training, test) = (shards("train", 60_000)?, shards("test", 10_000)?);
    let file = Path::new("www/weights").join(format!("{name}.safetensors"));
    let begin = Instant::now();
    let mut log = Vec::new();
    let mut tell = |line: String| {
        println!("{line}");
        log.push(line + "\n");
    };
    let mut trainer = recipe.train(&training, epochs, in_threads, |epoch, trainer| {
        let (accuracy, seconds) = (Evaluation::run(trainer.network(), &test), begin.elapsed().as_secs());
        tell(format!("{name}, epoch {}: {accuracy:.4} of the test images after {seconds} s", epoch + 1));
    })?;
    // Judged as it will be read: rounded.
    let (mut rounded, about) = weights::load(&save(&mut trainer, None, recipe.precision)?)?;
    let accuracy = Evaluation::run(rounded.network(), &test);
    let evaluated = Evaluated { iteration: about.iteration, accuracy };
    let bytes = save(&mut trainer, Some(evaluated), recipe.precision)?;
    std::fs::write(&file, &bytes)?;
    tell(format!("{}: {accuracy:.4} of the test images, {} bytes", file.display(), bytes.len()));
    std::fs::write(Path::new("tools/weights").join(format!("{name}.log")), log.concat())?;
    Ok(())
}

/// Has each part of the training learn its share of a mini-batch in a thread of its own.
fn in_threads(parts: &mut [Part<f32>]) -> fishbowl::error::Result<()> {
    thread::scope(|scope| {
        let threads: Vec<_> = parts.iter_mut().map(|part| scope.spawn(|| part.learn())).collect();
        threads
            .into_iter()
            .try_for_each(|thread| thread.join().unwrap_or_else(|panic| resume_unwind(panic)).map(drop))
    })
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
