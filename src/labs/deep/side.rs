//! Three small networks, each of which shows one idea of 8.2, trained on the same digits.

use super::layers::Net;
use super::mistakes::{self, Whose};
use super::structure::{self, short};
use crate::error::Result;
use crate::labs::Job;
use crate::labs::parts::{self, Run, grouped, significant, told};
use crate::labs::settings::Settings;
use crate::labs::sheet::{Cell, Guess, Picture, Sheet};
use crate::nn::networks;
use crate::text::Text;
use crate::train::report::Report;
use crate::train::task::Task;

/// The networks with their names.
const NETS: [(&str, Text); 3] = [
    ("small-vgg", Text::new("small VGG", "小型 VGG")),
    ("small-inception", Text::new("small Inception", "小型 Inception")),
    ("small-resnet", Text::new("small ResNet", "小型 ResNet")),
];

pub(super) fn jobs(settings: &Settings) -> Result<Vec<Job>> {
    let job = |(color, (file, name)): (u8, &(&str, Text))| {
        let plan = parts::sampled_plan(parts::named_net(file, settings)?, settings);
        Ok(Job::new(name.clone(), color, Task::Train(plan)))
    };
    (0..).zip(&NETS).map(job).collect()
}

fn nets() -> Vec<(Text, Net)> {
    let net = |(file, name): &(&str, Text)| Some((name.clone(), Net::of(&networks::named(file)?)));
    NETS.iter().filter_map(net).collect()
}

/// The error on the test digits of the last evaluation.
fn last_error(run: &Run<'_>) -> Option<f64> {
    let training = run.training().filter(|training| training.diverged_at.is_none())?;
    training.test_accuracy.last().map(|(_, share)| 1.0 - share)
}

pub(super) fn guess(jobs: &[Job], reports: &[Option<Report>]) -> Option<Guess> {
    let question =
        Text::new("Which network has the highest test accuracy in the end?", "哪个网络最后的测试精度最高？");
    parts::which_is_best(question, &parts::runs(jobs, reports), last_error, |name, error| {
        let percent = significant(100.0 * (1.0 - error), 4);
        told(
            format!("The {} ends highest, with {percent}% of 1,000 test digits.", name.en),
            format!("{}最高：1000 张测试图像中识别正确 {percent}%。", name.zh),
        )
    })
}

pub(super) fn show(jobs: &[Job], reports: &[Option<Report>]) -> Sheet {
    let runs = parts::runs(jobs, reports);
    let nets = nets();
    let mut table = parts::run_table(Text::new("network", "网络"), &runs);
    table.columns.extend([Text::new("parameters", "参数"), Text::new("multiply-adds", "乘加次数")]);
    for (row, (_, net)) in table.rows.iter_mut().zip(&nets) {
        let cost = net.cost();
        row.cells.push(Cell::Words(Text::same(grouped(cost.parameters))));
        row.cells.push(Cell::Words(Text::same(short(cost.multiply_adds))));
    }
    let mut pictures = Vec::new();
    // What each gets wrong is known when it has ended.
    if runs.iter().all(Run::is_over) {
        let wrong = (0..runs.len()).filter_map(|place| mistakes::picture("wrong", &runs, Whose::Of(place)));
        pictures.extend(
            wrong.zip(0..).map(|(picture, place)| Picture { key: Some(crate::chart::Key(place)), ..picture }),
        );
    }
    if pictures.is_empty() {
        let chart = structure::rows(&nets);
        pictures.push(Picture { slot: "networks", key: None, caption: Text::same(""), chart });
    }
    pictures.extend(parts::pictures([
        ("loss", parts::loss_chart(&runs)),
        ("accuracy", parts::test_accuracy_chart(&runs)),
    ]));
    Sheet {
        notices: Vec::new(),
        numbers: parts::listed([parts::slowest(&runs)]),
        table: Some(table),
        pictures,
    }
}
