//! The walls of the house stand: who may name what (see the invariants in src/lib.rs).
#![cfg(not(target_arch = "wasm32"))]

mod names;

use std::path::{Path, PathBuf};

use names::{Name, names};

/// A room and the others that its code may name. A room is a module with all below it that is no room of its own. A
/// longer path allows a part of a room: `train::task` but not `train`. Unit tests may name anything.
struct Room {
    name: &'static str,
    may: &'static [&'static str],
}

const fn room(name: &'static str, may: &'static [&'static str]) -> Room {
    Room { name, may }
}

/// All rooms, from the cellar up. Every file belongs to one; what is not listed is refused.
const ROOMS: &[Room] = &[
    room("error", &[]),
    room("text", &[]),
    room("rng", &[]),
    room("lanes", &[]),
    room("order", &[]),
    room("real", &["lanes"]),
    room("sparse", &["real"]),
    // Numerics know no data and speak no language.
    room("nn", &["error", "lanes", "real", "rng", "sparse"]),
    // Data knows no network.
    room("data", &["error", "order", "real", "rng", "sparse", "text"]),
    room("chart", &["text"]),
    room("function", &["chart", "error"]),
    room("graph", &["error", "function", "order"]),
    // Training knows no lab and no picture.
    room("train", &["data", "error", "function", "lanes", "nn", "order", "real", "rng", "sparse"]),
    room("plot", &["chart", "order", "text"]),
    // Labs stand above plans and reports, never above what trains.
    room(
        "labs",
        &[
            "chart",
            // A lab may show the samples that its jobs learn, and rows that a visitor gives.
            "data::collection",
            "data::csv",
            "data::iris",
            "data::sets",
            "error",
            "function",
            "graph",
            "nn",
            "order",
            "text",
            "train::descent",
            "train::explanation",
            "train::history",
            "train::report",
            "train::search::plan",
            "train::task",
        ],
    ),
    // Stands alone, so that nothing comes along with it.
    room("reading", &[]),
    // The boundary. Each side has a wasm file of its own, and none names another.
    room("web", &["data", "error", "labs::settings", "nn::spec", "text", "train::trainer"]),
    room("web::reader", &["data::digit", "reading", "web::prediction"]),
    room("web::page", PAGE),
    room("web::worker", &["data", "error", "nn", "train", "web"]),
    room("web::net", BINDING),
    room("web::networks", BINDING),
    room("web::part", BINDING),
];

/// The visitor's own digits are the page's: no worker is asked to put them into a file.
const PAGE: &[&str] =
    &["chart", "error", "labs", "plot", "text", "train::explanation", "train::report", "train::task", "web"];

const BINDING: &[&str] = &["data", "error", "nn", "text", "train", "web"];

/// Crates, parts of std, and who may name them.
const OUTSIDE: &[(&[&str], &[&str])] = &[
    (&["wasm_bindgen", "js_sys", "web_sys", "plotters_canvas", "serde_wasm_bindgen"], &["web"]),
    (&["plotters", "plotters_backend", "contour"], &["plot", "web"]),
    // Chance comes from rng by a seed.
    (&["rand", "rand_pcg", "rand_distr", "getrandom"], &["rng"]),
    // The clock panics in WebAssembly, and there are no files, threads or processes.
    (
        &[
            "std::time",
            "Instant",
            "SystemTime",
            "std::fs",
            "std::env",
            "std::net",
            "std::process",
            "std::thread",
        ],
        &[],
    ),
];

/// All Rust files below src, each with its module's path: `src/nn/layer.rs` is `nn::layer`.
fn files() -> Vec<(PathBuf, Vec<String>)> {
    let (mut found, mut folders) = (Vec::new(), vec![PathBuf::from("src")]);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder of the house") {
            let path = entry.expect("readable").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let module = module_of(path.strip_prefix("src").expect("below src"));
                found.push((path, module));
            }
        }
    }
    assert!(found.len() > 50, "only {} files", found.len());
    found
}

fn module_of(file: &Path) -> Vec<String> {
    let mut module: Vec<_> =
        file.with_extension("").iter().map(|part| part.to_string_lossy().into_owned()).collect();
    module.pop_if(|last| last == "mod" || last == "lib");
    module
}

/// Whether a path is another or lies below it.
fn is_below(path: &str, above: &str) -> bool {
    path == above || path.strip_prefix(above).is_some_and(|rest| rest.starts_with("::"))
}

/// The innermost room that holds a path.
fn room_of(path: &str) -> Option<&'static Room> {
    ROOMS.iter().filter(|room| is_below(path, room.name)).max_by_key(|room| room.name.len())
}

/// Why a name is against the walls, if it is. `module` is where it stands.
fn fault(module: &str, name: &Name) -> Option<String> {
    let Some(home) = room_of(module) else { return Some(format!("{module} is in no room of the table")) };
    let words = name.path.join("::");
    if !name.inside {
        let (_, may) = OUTSIDE.iter().find(|(parts, _)| parts.iter().any(|part| is_below(&words, part)))?;
        let allowed = may.iter().any(|part| is_below(home.name, part));
        return (!allowed).then(|| format!("{} names {words}", home.name));
    }
    let Some(other) = room_of(&words) else {
        return Some(format!("{} names crate::{words}, which is in no room", home.name));
    };
    let allows = |may: &&str| *may == other.name || (is_below(may, other.name) && is_below(&words, may));
    let allowed = other.name == home.name || home.may.iter().any(allows);
    (!allowed).then(|| format!("{} names crate::{words}", home.name))
}

/// Every fault of a file.
fn faults(module: &[String], text: &str) -> Vec<String> {
    let path = module.join("::");
    let found = names(module, text);
    found.iter().filter_map(|name| Some(format!("line {}: {}", name.line, fault(&path, name)?))).collect()
}

#[test]
fn every_file_keeps_to_the_walls_of_its_room() {
    let mut all = Vec::new();
    for (path, module) in files() {
        let text = std::fs::read_to_string(&path).expect("readable");
        if module.is_empty() {
            let inside = names(&module, &text).into_iter().filter(|name| name.inside);
            assert_eq!(inside.count(), 0, "lib.rs only lists the rooms");
            continue;
        }
        // Unit tests in a file of their own.
        if module.last().is_some_and(|last| last == "tests") {
            continue;
        }
        all.extend(faults(&module, &text).into_iter().map(|fault| format!("{} {fault}", path.display())));
    }
    assert!(all.is_empty(), "\n{}\n", all.join("\n"));
}

#[test]
fn no_file_lies_elsewhere_than_its_module() {
    for (path, _) in files() {
        let text = std::fs::read_to_string(&path).expect("readable");
        for way in ["#[path", "include!", "extern crate"] {
            assert!(
                !text.lines().any(|line| line.trim_start().starts_with(way)),
                "{}: {way}",
                path.display()
            );
        }
    }
}

#[test]
fn rooms_of_the_table_are_there_and_allow_what_is_there() {
    let exists = |path: &str| {
        let file = path.replace("::", "/");
        Path::new(&format!("src/{file}.rs")).exists() || Path::new(&format!("src/{file}/mod.rs")).exists()
    };
    for room in ROOMS {
        assert!(exists(room.name), "{} is no module", room.name);
        for may in room.may {
            assert!(exists(may), "{} may name {may}", room.name);
        }
    }
}

/// However a wall is climbed over, it is seen.
#[test]
fn every_way_of_naming_is_found() {
    let cases = [
        ("nn::layer", "use crate::plot::svg;", 1),
        ("nn::layer", "use crate::{real::Real, plot::{self, svg}};", 2),
        ("nn::layers::dense", "use super::super::super::train::task::Task;", 1),
        ("nn", "use super::data as numbers;", 1),
        ("nn::layer", "fn f() -> crate::text::Text { crate::text::Text::same(\"\") }", 2),
        ("nn::layer", "pub(crate) use crate::labs::*;", 1),
        ("nn::layer", "use crate::*;", 1),
        ("nn::layer", "let x = y as crate::plot::Area;", 1),
        ("nn::layer", "impl<T: crate::plot::A> B for <T as crate::chart::C>::D {}", 2),
        ("nn::layer", "mod inner { use super::super::super::chart::Key; }", 1),
        ("nn::layer", "macro_rules! m { () => { $crate::train::task::Task } }", 1),
        ("labs::digits", "use crate::train::{report::Report, trainer::Trainer};", 1),
        ("labs::digits", "use crate::train;", 1),
        ("web::page::sheet", "use super::super::worker::Workshop;", 1),
        ("web::worker", "use crate::web::{error::to_js, page::check};", 1),
        ("train::course", "let now = std::time::Instant::now();", 1),
        ("train::course", "use std::{collections::BTreeMap, time::Duration};", 1),
        ("data::batches", "use ::rand::Rng as _;", 1),
        ("data::batches", "use rand;", 1),
        ("data::batches", "use {rand as chance, crate::nn::spec::NetSpec};", 2),
        ("labs::digits", "use wasm_bindgen::prelude::*;", 1),
        ("attic", "fn f() {}\nuse crate::error::Error;", 1),
        ("nn::layer", "use crate::attic::Thing;", 1),
    ];
    let allowed = [
        ("nn::layer", "use crate::{error::{Code, Error}, real::Real};"),
        ("nn::layers::dense", "use super::super::layer::Layer; use self::inner::Thing; use super::Join;"),
        ("nn::layer", "// crate::plot, and /* crate::labs /* nested */ crate::web */ here"),
        (
            "nn::layer",
            r##"const S: &str = "crate::plot"; const R: &str = r#"a "crate::labs" b"#; const C: char = '"';"##,
        ),
        ("nn::layer", "fn f<'a>(x: &'a str) -> &'a str { x } // crate::plot"),
        ("nn::layer", "#[cfg(test)]\nmod tests { use crate::train::trainer::Trainer; }"),
        (
            "nn::layer",
            "#[cfg(all(test, not(target_arch = \"wasm32\")))]\nmod tests { use crate::plot; fn f() {} }",
        ),
        (
            "labs::digits",
            "use crate::train::{report::{Report, Training}, task::Task}; use super::parts::{self, axis};",
        ),
        (
            "web::page::sheet",
            "use crate::web::error::to_js; use super::catalogue; use wasm_bindgen::prelude::*;",
        ),
        ("train::course", "let rand = 1; self.plot.crate_name(); use std::collections::BTreeMap;"),
    ];
    for (module, text, count) in cases {
        let module: Vec<_> = module.split("::").map(str::to_owned).collect();
        let found = faults(&module, text);
        assert!(
            if count == 0 { found.len() <= 1 } else { found.len() >= count },
            "{module:?} {text}: {found:?}"
        );
    }
    for (module, text) in allowed {
        let module: Vec<_> = module.split("::").map(str::to_owned).collect();
        assert_eq!(faults(&module, text), Vec::<String>::new(), "{text}");
    }
}
