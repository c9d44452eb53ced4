//! The fuzzer's seeds, and whatever it once broke, keep every promise of its targets; `make fuzz` looks for more.
#![cfg(not(target_arch = "wasm32"))]

#[path = "../fuzz/src/targets.rs"]
mod targets;

use std::path::{Path, PathBuf};

fn seeds(target: &str) -> Vec<PathBuf> {
    let folder = Path::new("fuzz/seeds").join(target);
    let files = std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut files: Vec<_> = files.map(|file| file.expect("readable").path()).collect();
    files.sort();
    files
}

#[test]
fn every_seed_keeps_the_promises_of_its_target() {
    for (name, target) in targets::ALL {
        let seeds = seeds(name);
        assert!(!seeds.is_empty(), "{name} has no seeds");
        for seed in seeds {
            println!("{}", seed.display());
            target(&std::fs::read(&seed).expect("readable"));
        }
    }
}

#[test]
fn every_target_has_a_program_for_the_fuzzer() {
    let manifest = std::fs::read_to_string("fuzz/Cargo.toml").expect("committed");
    for (name, _) in targets::ALL {
        assert!(manifest.contains(&format!("name = \"{name}\"")), "{name}");
        let program = std::fs::read_to_string(format!("fuzz/fuzz_targets/{name}.rs")).expect("committed");
        assert!(program.contains(&format!("targets::{name}(bytes)")), "{name}");
    }
}
