//! Networks that were trained before: how good each is, what it takes, and what it gets wrong.

use super::layers::Net;
use super::mistakes::{self, Whose};
use super::structure::{self, short};
use crate::error::Result;
use crate::labs::Job;
use crate::labs::parts::{self, Run, grouped, number};
use crate::labs::settings::Settings;
use crate::labs::sheet::{Cell, Number, Picture, Row, Sheet, Table};
use crate::nn::networks;
use crate::nn::spec::NetSpec;
use crate::text::Text;
use crate::train::report::{Report, Training};
use crate::train::task::{Count, EvaluatePlan, Task};

/// A network: in the address, by name, as a file and in the numbers of the run bar.
type Listed = (&'static str, &'static str, &'static str, &'static str);

const NETS: [Listed; 3] = [
    ("deep", "DeepConvNet", "deep-convnet", "deep-accuracy"),
    ("lenet", "LeNet", "lenet-5-relu", "lenet-accuracy"),
    ("simple", "SimpleConvNet", "simple-convnet", "simple-accuracy"),
];

fn specs() -> Vec<NetSpec> {
    NETS.iter().filter_map(|(_, _, file, _)| networks::named(file)).collect()
}

pub(super) fn jobs() -> Result<Vec<Job>> {
    let job = |((color, (_, name, file, _)), spec): ((u8, &Listed), NetSpec)| {
        let plan = EvaluatePlan { spec, test: parts::mnist(Count::All, Count::All).test };
        let job = Job::new(Text::same(*name), color, Task::Evaluate(plan));
        Job { pretrained: Some(file), continues: true, ..job }
    };
    Ok((0..).zip(&NETS).zip(specs()).map(job).collect())
}

/// The share of the test digits that a network gets right: as evaluated here, or before that as its file says.
fn accuracy(run: &Run<'_>) -> Option<f64> {
    run.training()?.present_test_accuracy
}

pub(super) fn show(settings: &Settings, jobs: &[Job], reports: &[Option<Report>]) -> Sheet {
    let runs = parts::runs(jobs, reports);
    let chosen = NETS.iter().position(|(id, ..)| *id == settings.words("wrong"));
    let whose = chosen.map_or(Whose::All, Whose::Of);
    let wrong = mistakes::picture("wrong", &runs, whose);
    let nets: Vec<Net> = specs().iter().map(Net::of).collect();
    // Until the first mistake is found, the networks themselves.
    let networks = wrong.is_none().then(|| {
        let named = NETS.iter().map(|(_, name, ..)| Text::same(*name));
        let chart = structure::rows(&named.zip(nets.iter().cloned()).collect::<Vec<_>>());
        Picture { slot: "networks", key: None, caption: Text::same(""), chart }
    });
    let mut numbers: Vec<Number> = NETS
        .iter()
        .zip(&runs)
        .filter_map(|(net, run)| {
            let share = accuracy(run).map(|share| format!("{share:.4}"));
            number(net.3, run.job.name.clone(), share)
        })
        .collect();
    let seen = number(
        "evaluated",
        Text::new("Test images evaluated", "已识别的测试图像"),
        mistakes::progress(&runs),
    );
    numbers.extend(seen);
    Sheet {
        notices: Vec::new(),
        numbers,
        table: Some(table(&runs, &nets)),
        pictures: wrong.into_iter().chain(networks).collect(),
    }
}

fn table(runs: &[Run<'_>], nets: &[Net]) -> Table {
    let unknown = || Cell::Words(Text::same("—"));
    let row = |(run, net): (&Run<'_>, &Net)| {
        let cost = net.cost();
        let found = run.training().and_then(|training| training.mistakes.as_ref());
        let done = found.filter(|mistakes| mistakes.seen == mistakes.of && mistakes.of > 0);
        let bytes = run.training().and_then(|training: &Training| training.file_bytes);
        let seconds = done.and(run.report).map(|report| (report.seconds * 10.0).round() / 10.0);
        let cells = vec![
            Cell::Words(run.job.name.clone()),
            accuracy(run).map_or_else(unknown, Cell::Number),
            done.map_or_else(unknown, |mistakes| Cell::Number(mistakes.count.into())),
            Cell::Words(Text::same(grouped(cost.parameters))),
            Cell::Words(Text::same(short(cost.multiply_adds))),
            bytes.map_or_else(unknown, |bytes| Cell::Number((f64::from(bytes) / 100.0).round() / 10.0)),
            seconds.map_or_else(unknown, Cell::Number),
        ];
        Row { key: Some(run.key), cells }
    };
    let columns = vec![
        Text::new("network", "网络"),
        Text::new("test accuracy", "测试精度"),
        Text::new("wrong", "错误数"),
        Text::new("parameters", "参数"),
        Text::new("multiply-adds", "乘加次数"),
        Text::new("file, kB", "文件，kB"),
        Text::new("seconds for all test digits", "识别全部测试图像的秒数"),
    ];
    Table { columns, rows: runs.iter().zip(nets).map(row).collect() }
}
