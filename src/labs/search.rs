//! Random search for a learning rate and a weight decay, with validation data (book 6.5.2–3).

mod figures;
mod guess;
mod next;
mod trials;

use trials::{Trial, ranking, table};

use super::field::{Field, Kind};
use super::parts::{self, told};
use super::settings::Settings;
use super::sheet::{Notice, Number, Remedy, Sheet, Tone};
use super::{Job, Lab, Shape, Slot, Suggestion, no_steps};
use crate::error::Result;
use crate::text::Text;
use crate::train::report::Report;
use crate::train::search::plan::{Range, Scale, SearchSpec, share_out};
use crate::train::task::{Count, EvaluationPlan, Gradient, HeldOut, Needs, Task, TrainPlan};

/// So many of the best trials say where to search next.
const LEADERS: usize = 10;

/// The ends of what may be searched.
const RATES: Kind = Kind::Numbers { min: 1e-8, max: 10.0, most: 2 };
const DECAYS: Kind = Kind::Numbers { min: 1e-10, max: 1.0, most: 2 };

const FIELDS: &[Field] = &[
    Field::new(
        "rates",
        Text::new("Learning rates", "学习率范围"),
        Text::new(
            "The lowest and the highest. Each trial draws 10 to the power of a number that is uniform between their logarithms.",
            "最小值和最大值。每次试验在二者的对数之间均匀取一个数，以 10 的该数次幂作为学习率。",
        ),
        RATES,
        "1e-6, 0.01",
    )
    .main(),
    Field::new(
        "decays",
        Text::new("Weight decays", "权值衰减范围"),
        Text::new(
            "The lowest and the highest λ, drawn in the same way.",
            "λ 的最小值和最大值，取法相同。",
        ),
        DECAYS,
        "1e-8, 1e-4",
    )
    .main(),
    Field::new(
        "trials",
        Text::new("Trials", "试验次数"),
        Text::new("How many pairs of values are drawn, each for a network of its own.", "取多少组超参数，每组训练一个网络。"),
        Kind::Count { min: 1, max: 100 },
        "100",
    ),
    Field::new(
        "epochs",
        Text::new("Epochs", "epoch 数"),
        Text::new(
            "Passes of each trial over its training images. Fewer make the search faster, but tell less.",
            "每次试验遍历训练图像的次数。次数越少，搜索越快，但越难看出好坏。",
        ),
        Kind::Count { min: 1, max: 200 },
        "50",
    ),
    Field::new(
        "samples",
        Text::new("Images", "图像数"),
        Text::new(
            "The first training images of MNIST, shared out between training and validation. The book takes 500.",
            "MNIST 训练集的前若干张图像，分为训练数据和验证数据。书中取 500 张。",
        ),
        Kind::Count { min: 10, max: 10_000 },
        "500",
    ),
    Field::new(
        "validation",
        Text::new("Validation share", "验证数据的比例"),
        Text::new(
            "The share of the images that is not learned but used to judge the hyperparameters.",
            "不用于学习、只用于评价超参数的图像所占的比例。",
        ),
        Kind::Number { min: 0.05, max: 0.5, step: 0.05 },
        "0.2",
    ),
    Field::new(
        "shown",
        Text::new("Curves shown", "显示的曲线数"),
        Text::new(
            "How many of the best trials have their curves shown. The book shows 20.",
            "显示最好的多少次试验的曲线，书中显示 20 次。",
        ),
        Kind::Count { min: 1, max: 20 },
        "8",
    )
    .live(),
    parts::batch(None),
    next::RATES,
    next::DECAYS,
    parts::seed(None),
];

/// Random search with validation data.
pub(super) const LAB: Lab = Lab {
    id: "search",
    sections: &["6.5"],
    title: Text::new("Hyperparameter search", "超参数的最优化"),
    line: Text::new(
        "Try learning rates and weight decays at random, then drag the frame to where the best ones lie.",
        "随机尝试学习率和权值衰减系数，再把方框拖到好结果所在的范围。",
    ),
    about: Text::new(
        "Hyperparameters must not be judged by test images, or they would fit these alone. So some of the training images are held out as validation data. Each trial draws a learning rate η and a weight decay λ by powers of ten, trains a network with six hidden layers of 100 units, and is judged by its validation accuracy. Then the range is narrowed to where the good trials lie, and searched again. In the book, rates from 0.001 to 0.01 and decays from 1e-8 to 1e-6 do well.",
        "不能用测试数据评价超参数，否则超参数会只适合测试数据。因此从训练图像中留出一部分作为验证数据。每次试验按 10 的幂随机取学习率 η 和权值衰减系数 λ，训练一个有六个隐藏层、每层 100 个神经元的网络，用验证精度来评价。然后把范围缩小到好结果所在之处，再次搜索。书中的结果是：学习率在 0.001 到 0.01、权值衰减系数在 1e-8 到 1e-6 之间时，学习可以顺利进行。",
    ),
    formula: r#"<math display="block"><mi>η</mi><mo>=</mo><msup><mn>10</mn><mi>u</mi></msup><mo>,</mo><mspace width="0.5em"/><mi>u</mi><mo>∼</mo><mi>U</mi><mo>(</mo><mo>−</mo><mn>6</mn><mo>,</mo><mo>−</mo><mn>2</mn><mo>)</mo><mo>;</mo><mspace width="1em"/><mi>λ</mi><mo>=</mo><msup><mn>10</mn><mi>v</mi></msup><mo>,</mo><mspace width="0.5em"/><mi>v</mi><mo>∼</mo><mi>U</mi><mo>(</mo><mo>−</mo><mn>8</mn><mo>,</mo><mo>−</mo><mn>4</mn><mo>)</mo></math>"#,
    fields: FIELDS,
    slots: &[
        Slot::new(
            "trials",
            Text::new("Trials", "试验"),
            Text::new(
                "Each point is a trial. Drag the rings to frame the range to be searched next. Point at a trial to find it in its curves and in the table.",
                "每个点是一次试验。拖动圆环可框出下一次搜索的范围。指向一次试验，可在曲线和表格中找到它。",
            ),
            Shape::Square,
        ),
        Slot::new(
            "validation",
            Text::new("What is used for what", "数据的用途"),
            Text::new(
                "Weights are learned from training data, hyperparameters chosen by validation data. Test data are kept for the end.",
                "权重由训练数据学习，超参数由验证数据选择，测试数据留到最后使用。",
            ),
            Shape::Wide,
        ),
        Slot::new(
            "best",
            Text::new("Best trials", "最好的试验"),
            Text::new(
                "Accuracy on validation and training images after each epoch. Trials that have ended come first, the best one at the beginning.",
                "每个 epoch 之后的验证精度和训练精度。已结束的试验在前，最好的排在最前面。",
            ),
            Shape::Multiples,
        ),
    ],
    inputs: &[],
    suggestions: &[
        Suggestion {
            text: Text::new("The range that the book narrows to", "书中缩小后的范围"),
            settings: &[("rates", "0.001, 0.01"), ("decays", "1e-8, 1e-6")],
        },
        Suggestion {
            text: Text::new(
                "Rates up to 1: the best lie beyond the book's range",
                "学习率到 1：最好的在书中的范围之外",
            ),
            settings: &[("rates", "0.001, 1")],
        },
        Suggestion {
            text: Text::new(
                "Weight decays up to 1: the largest ruin learning",
                "权值衰减到 1：过大时无法学习",
            ),
            settings: &[("rates", "0.003, 0.1"), ("decays", "1e-4, 1")],
        },
        Suggestion {
            text: Text::new("Only 10 epochs: too early to tell", "只用 10 个 epoch：还看不出好坏"),
            settings: &[("epochs", "10")],
        },
    ],
    pace: 10.0,
    jobs,
    steps: no_steps,
    show: |settings, _, reports| show(settings, reports),
    drag: next::drag,
    guess: |settings, _, reports| guess::guess(settings, reports),
};

/// The lowest and the highest number of a field.
fn ends(settings: &Settings, name: &str) -> [f64; 2] {
    let numbers = settings.numbers(name).iter().copied();
    [numbers.clone().fold(f64::INFINITY, f64::min), numbers.fold(0.0, f64::max)]
}

/// How many images are learned, and how many held out.
fn shares(settings: &Settings) -> Result<(usize, usize)> {
    share_out(settings.count("samples") as usize, settings.number("validation"))
}

fn jobs(settings: &Settings) -> Result<Vec<Job>> {
    let range = |path, name| {
        let [low, high] = ends(settings, name);
        Range::new(path, Scale::Log, low, high)
    };
    let (samples, epochs) = (settings.count("samples"), settings.count("epochs"));
    let search = SearchSpec {
        net: parts::named_net("seven-layer", settings)?,
        ranges: vec![range("optimizer.weightDecay", "decays"), range("optimizer.learningRate", "rates")],
        trials: settings.count("trials"),
        epochs,
        images: Some(samples as usize),
        validation: settings.number("validation"),
        stopping: None,
        seed: settings.count("seed"),
    };
    let (learned, held_out) = shares(settings)?;
    let per_epoch = learned.div_ceil(search.net.batch_size) as u64;
    let job = |index: u32| {
        let (_, spec) = search.draw(index);
        let held_out = HeldOut { count: held_out as u32, seed: search.seed };
        let needs = parts::mnist(Count::First(samples), Count::All);
        let plan = TrainPlan {
            spec,
            needs: Needs { test: Vec::new(), held_out: Some(held_out), ..needs },
            limit: Some(per_epoch * u64::from(epochs)),
            evaluation: EvaluationPlan { every: None, train: Count::All, test: Count::All },
            observed: false,
            gradient: Gradient::Backpropagation,
        };
        Job::new(trial_name(index), 0, Task::Train(plan))
    };
    Ok((0..search.trials).map(job).collect())
}

fn trial_name(index: u32) -> Text {
    let number = index + 1;
    told(format!("trial {number}"), format!("第 {number} 次试验"))
}

fn show(settings: &Settings, reports: &[Option<Report>]) -> Sheet {
    let jobs = jobs(settings).unwrap_or_default();
    let ended = parts::finished(&parts::runs(&jobs, reports));
    let trials = ranking(parts::runs(&jobs, reports));
    let next = next::notice(settings, &trials);
    Sheet {
        notices: next.or_else(|| verdict(&trials)).into_iter().collect(),
        numbers: numbers(ended, &trials),
        table: Some(table(settings, &trials)),
        pictures: figures::pictures(settings, &trials),
    }
}

fn percent(accuracy: f64) -> String {
    parts::significant(100.0 * accuracy, 3)
}

fn numbers(ended: Option<Number>, trials: &[Trial<'_>]) -> Vec<Number> {
    let best = trials.first().filter(|trial| trial.merit().is_some());
    let accuracy = best.and_then(Trial::merit).map(|accuracy| format!("{accuracy:.4}"));
    let label = Text::new("Best validation accuracy", "最高验证精度");
    parts::listed([ended, parts::number("best-accuracy", label, accuracy)])
}

/// Where the best trials lie, once all have ended, and the way to search there.
fn verdict(trials: &[Trial<'_>]) -> Option<Notice> {
    if !trials.iter().all(|trial| trial.run.is_over()) {
        return None;
    }
    let leaders: Vec<&Trial<'_>> =
        trials.iter().take(LEADERS).filter(|trial| trial.merit().is_some()).collect();
    let best = leaders.first()?;
    let around = next::Ranges::around(&leaders)?;
    let (count, accuracy) = (leaders.len(), percent(best.merit()?));
    let [rates, decays] = around.spans();
    Some(Notice {
        code: "best",
        tone: Tone::Info,
        text: told(
            format!(
                "The best trial has a validation accuracy of {accuracy}%. The best {count} lie at learning rates of {} and weight decays of {}.",
                rates.en, decays.en
            ),
            format!(
                "最好的试验验证精度为 {accuracy}%。最好的 {count} 次试验的学习率在 {}，权值衰减系数在 {}。",
                rates.zh, decays.zh
            ),
        ),
        remedies: vec![Remedy::Restart {
            text: Text::new("Search around these", "在这个范围内再搜索"),
            settings: around.settings(),
        }],
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::Key;
    use crate::train::report::{Findings, Phase, Training};

    fn plan(job: &Job) -> &TrainPlan {
        match &job.task {
            Task::Train(plan) => plan,
            other => panic!("{other:?}"),
        }
    }

    fn report(accuracy: f64, phase: Phase) -> Option<Report> {
        let diverged_at = (phase == Phase::Diverged).then_some(4);
        let test_accuracy = vec![(0, 0.1), (4, accuracy)];
        let training = Training { test_accuracy, diverged_at, ..Training::default() };
        Some(Report { phase, done: 4, of: Some(4), seconds: 1.0, findings: Findings::Training(training) })
    }

    #[test]
    fn the_defaults_are_the_books_experiment() {
        let jobs = jobs(&Settings::of(FIELDS, &[])).expect("legal");
        assert_eq!(jobs.len(), 100);
        for plan in jobs.iter().map(plan) {
            let optimizer = plan.spec.optimizer;
            assert!((1e-6..=1e-2).contains(&optimizer.learning_rate), "{optimizer:?}");
            assert!((1e-8..=1e-4).contains(&optimizer.weight_decay.expect("drawn")), "{optimizer:?}");
            // 400 of 500 images in mini-batches of 100, fifty times; 100 are held out.
            assert_eq!((plan.limit, plan.needs.held_out.map(|held| held.count)), (Some(200), Some(100)));
            assert_eq!(plan.needs.train[0].count, Count::First(500));
            assert!(plan.needs.test.is_empty(), "test images are not touched");
        }
        let sizes = parts::layer_sizes(&plan(&jobs[0]).spec);
        assert_eq!(sizes, [784, 100, 100, 100, 100, 100, 100, 10]);
    }

    #[test]
    fn fewer_trials_are_the_first_of_more() {
        let of = |trials| jobs(&Settings::of(FIELDS, &[("trials", trials)])).expect("legal");
        assert_eq!(of("30")[..], of("90")[..30]);
    }

    #[test]
    fn the_best_come_first_and_what_diverged_last() {
        let settings = Settings::of(FIELDS, &[("trials", "5")]);
        let jobs = jobs(&settings).expect("legal");
        let reports = [
            report(0.9, Phase::Diverged),
            report(0.5, Phase::Finished),
            None,
            report(0.8, Phase::Finished),
            report(0.95, Phase::Ready),
        ];
        let names = |trials: Vec<Trial<'_>>| trials.iter().map(|trial| trial.key.0).collect::<Vec<_>>();
        assert_eq!(names(ranking(parts::runs(&jobs, &reports))), [3, 1, 4, 2, 0]);
        let sheet = show(&settings, &reports);
        let keys = sheet.table.expect("a table").rows.iter().map(|row| row.key).collect::<Vec<_>>();
        assert_eq!(keys, [3, 1, 4, 2, 0].map(|key| Some(Key(key))));
        let best = sheet.pictures.iter().filter(|picture| picture.slot == "best");
        assert_eq!(best.map(|picture| picture.key).collect::<Vec<_>>(), [3, 1, 4].map(|key| Some(Key(key))));
    }

    #[test]
    fn the_best_say_where_to_search_next() {
        let settings = Settings::of(FIELDS, &[("trials", "12")]);
        let jobs = jobs(&settings).expect("legal");
        let reports: Vec<_> = (0..12).map(|at| report(f64::from(at) / 12.0, Phase::Finished)).collect();
        let sheet = show(&settings, &reports);
        let [Remedy::Restart { settings: around, .. }] = &sheet.notices[0].remedies[..] else {
            panic!("{:?}", sheet.notices)
        };
        let pairs: Vec<_> = around.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let narrowed = Settings::of(FIELDS, &pairs);
        let [low, high] = ends(&narrowed, "rates");
        let rates = jobs[2..].iter().map(|job| plan(job).spec.optimizer.learning_rate);
        assert!(rates.clone().all(|rate| (low * 0.99..=high * 1.01).contains(&rate)), "{low} {high}");
        assert!(rates.clone().any(|rate| rate < low * 1.01) && rates.clone().any(|rate| rate > high * 0.99));
    }

    #[test]
    fn an_unbroken_frame_asks_nothing_and_a_dragged_one_offers_its_range() {
        let settings = Settings::of(FIELDS, &[]);
        assert!(show(&settings, &[]).notices.is_empty());
        let edits = next::drag(&settings, crate::chart::Grip(1), [1e-3, 2e-8]);
        assert_eq!(
            edits.settings,
            [("nextRates", "0.001, 0.01".to_owned()), ("nextDecays", "2e-8, 1e-4".to_owned())]
        );
        let framed =
            Settings::of(FIELDS, &edits.settings.iter().map(|(n, v)| (*n, v.as_str())).collect::<Vec<_>>());
        // Nothing of what was found is lost by it.
        assert_eq!(jobs(&framed), jobs(&settings));
        let notices = show(&framed, &[]).notices;
        let Remedy::Restart { settings: next, .. } = &notices[0].remedies[0] else { panic!("{notices:?}") };
        assert!(next.contains(&("rates", "0.001, 0.01".to_owned())), "{next:?}");
        // A corner stops at the other one, and the frame at the edge of the plot.
        let edits = next::drag(&framed, crate::chart::Grip(2), [1e-9, 5.0]);
        assert_eq!(edits.settings[0].1, "0.001, 0.001");
        assert!(edits.settings[1].1.starts_with("2e-8, 3.98e-4"), "{:?}", edits.settings);
        assert_eq!(next::drag(&settings, crate::chart::Grip(1), [f64::NAN, 1.0]), Default::default());
    }
}
