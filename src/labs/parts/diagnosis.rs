//! What is wrong with a training, why, and what can be done about it: in one message, from its report and the settings.

use super::drag::moved;
use super::numbers::{grouped, loss_value, significant, told};
use crate::labs::field::Field;
use crate::labs::settings::Settings;
use crate::labs::sheet::{Notice, Remedy, Tone};
use crate::nn::spec::{InitSpec, LayerSpec, LossSpec, NetSpec};
use crate::text::Text;
use crate::train::history::Bucket;
use crate::train::report::Training;

/// From this share of units that nothing excites, or of activations that are saturated, on it is an illness.
const MOST: f64 = 0.5;
const MOST_SATURATED: f64 = 0.6;
/// Units that die in the first steps often come back.
const SETTLED: u64 = 10;
/// So many mini-batches in, a network that learns at all is better than guessing: the book's sigmoid with σ = 0.01, which
/// begins on a plateau, leaves it after 150 of them.
const PATIENCE: u64 = 500;
/// A step that changes the weights by a smaller part than this moves nothing: one in a thousand is usual.
const TOO_SHORT: f64 = 1e-4;
/// A usual step.
const USUAL: f64 = 5e-3;
/// A loss that is down to this part of guessing is that of a network that learns; saturated or not, it is well.
const LEARNED: f64 = 0.2;
/// A network whose test accuracy has risen by this has learned something.
const MUCH: f64 = 0.1;
/// Not yet better than guessing.
const GUESSING: f64 = 0.97;
/// Initial weights of a larger deviation than this saturate what 784 pixels come into.
const WIDE: f64 = 0.1;

/// What is wrong with a training.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Illness {
    /// The loss became no number, or a hundred times the first one.
    Diverged { iteration: u64, loss: f64 },
    /// So many of its ReLU units are excited by no image.
    Dead { dead: usize, units: usize },
    /// That share of a layer's activations lies where the function is flat; from the beginning, or by too long a step.
    Saturated { share: f64, from_start: bool },
    /// It is no better than guessing, and steps change the weights by that part of their size.
    ShortSteps { share: f64 },
    /// It is no better than guessing, though the steps are as long as usual.
    SmallGradient,
}

/// What is wrong with the training of one job, in one message with its cause and its remedies; none where it is well.
/// `fields` are those of the lab: a remedy sets `learningRate`, `init` or `activation`, where there is such a field.
pub(in crate::labs) fn diagnosis(
    settings: &Settings,
    fields: &[Field],
    job: usize,
    training: &Training,
) -> Option<Notice> {
    let illness = Illness::of(training)?;
    let stands_still = illness.is_fatal() || !learns(training);
    let tone = match illness {
        Illness::SmallGradient => Tone::Info,
        _ if stands_still => Tone::Warning,
        _ => Tone::Info,
    };
    let remedies = illness.remedies(settings, fields, job, training);
    Some(Notice { code: illness.code(), tone, text: illness.told(training), remedies })
}

impl Illness {
    fn of(training: &Training) -> Option<Self> {
        if let Some(iteration) = training.diverged_at {
            return Some(Self::Diverged { iteration, loss: training.last_loss.unwrap_or(f64::NAN) });
        }
        let health = training.health.as_ref().filter(|health| health.iteration >= SETTLED)?;
        let (dead, units) = health.dead_units();
        if units > 0 && dead as f64 >= MOST * units as f64 {
            return Some(Self::Dead { dead, units });
        }
        let guessing = guessing(training)?;
        let loss = recent(training)?;
        if let Some(share) = health.saturated().filter(|&share| share >= MOST_SATURATED)
            && loss > LEARNED * guessing
        {
            let init = training.spec.as_ref().map(|spec| spec.init);
            let from_start = matches!(init, Some(InitSpec::Normal { std }) if std > WIDE);
            return Some(Self::Saturated { share, from_start });
        }
        if health.iteration < PATIENCE || learns(training) {
            return None;
        }
        let share = health.step? / health.weights;
        if share < TOO_SHORT {
            return Some(Self::ShortSteps { share });
        }
        // Above that the loss has another cause: steps that jump to and fro.
        (loss < (2.0 - GUESSING) * guessing).then_some(Self::SmallGradient)
    }

    fn code(self) -> &'static str {
        match self {
            Self::Diverged { .. } => "diverged",
            Self::Dead { .. } => "dead-units",
            Self::Saturated { .. } => "saturated",
            Self::ShortSteps { .. } => "too-slow",
            Self::SmallGradient => "small-gradient",
        }
    }

    /// Whether it is over.
    fn is_fatal(self) -> bool {
        matches!(self, Self::Diverged { .. })
    }

    fn told(self, training: &Training) -> Text {
        match self {
            Self::Diverged { iteration, loss } => {
                let (en, zh) = aftermath(training);
                let (at, loss) = (grouped(iteration), loss_value(loss));
                told(
                    format!(
                        "Training diverged: at iteration {at} the loss was {loss}. The steps overshoot the minimum and grow{en}."
                    ),
                    format!(
                        "训练发散：第 {iteration} 次迭代时损失函数的值为 {loss}。每一步都越过最小值，而且越来越大{zh}。"
                    ),
                )
            }
            Self::Dead { dead, units } => {
                let (dead, units) = (grouped(dead as u64), grouped(units as u64));
                told(
                    format!(
                        "{dead} of {units} hidden units are dead: after too large a step no image excites them, and without a gradient they stay so."
                    ),
                    format!(
                        "{units} 个隐藏层神经元中有 {dead} 个“死亡”：更新幅度过大之后，任何图像都无法激活它们，梯度为 0，也就无法恢复。"
                    ),
                )
            }
            Self::Saturated { share, from_start } => {
                let percent = percent(share);
                let (en, zh) = if from_start {
                    ("the initial weights are too large", "权重的初始值过大")
                } else {
                    ("the steps were too large", "更新幅度过大")
                };
                told(
                    format!("{percent} of the activations are saturated, where the gradient vanishes: {en}."),
                    format!("{percent} 的激活值已经饱和，那里的梯度几乎消失：{zh}。"),
                )
            }
            Self::ShortSteps { share } => {
                let percent = format!("{}%", significant(100.0 * share, 1));
                told(
                    format!(
                        "The network is still guessing: a step changes the weights by only {percent}, so the learning rate is too small."
                    ),
                    format!("网络仍相当于随机猜测：每一步只使权重改变 {percent}，学习率过小。"),
                )
            }
            Self::SmallGradient => Text::new(
                "The network is still guessing: at its initial weights the gradient is tiny, so it learns slowly at the start.",
                "网络仍相当于随机猜测：在初始权重附近梯度很小，所以开始时学习得很慢。",
            ),
        }
    }

    fn remedies(self, settings: &Settings, fields: &[Field], job: usize, training: &Training) -> Vec<Remedy> {
        let rate = settings.number("learningRate");
        let with_rate = |rate: f64| moved(fields, "learningRate", rate);
        let lower = with_rate(rate / 10.0);
        match self {
            Self::Diverged { .. } => ways_out(lower, job, training),
            // What is dead, or far out, stays so at any rate.
            Self::Dead { .. } | Self::Saturated { from_start: false, .. } => {
                look_at_best(training).into_iter().chain(lower.map(start_over)).collect()
            }
            Self::Saturated { from_start: true, .. } | Self::SmallGradient => {
                better_init(fields, training).into_iter().collect()
            }
            Self::ShortSteps { share } => {
                let factor = libm::pow(10.0, libm::log10(USUAL / share).round().clamp(1.0, 3.0));
                with_rate(rate * factor).map(set_rate).into_iter().collect()
            }
        }
    }
}

/// What can be done about a run that diverged: back to the weights that were kept, or another rate from here on.
pub(in crate::labs) fn ways_out(
    rate: Option<(&'static str, String)>,
    job: usize,
    training: &Training,
) -> Vec<Remedy> {
    let go_back = training.way_back.map(|iteration| Remedy::GoBack {
        text: told(
            format!("Go back to iteration {}", grouped(iteration)),
            format!("回到第 {iteration} 次迭代"),
        ),
        job,
    });
    go_back.into_iter().chain(rate.map(set_rate)).collect()
}

/// The way back to where it was best, once it had learned something.
fn look_at_best(training: &Training) -> Option<Remedy> {
    let better = |one: (u64, f64), other: &(u64, f64)| if other.1 > one.1 { *other } else { one };
    let (iteration, best) = training.test_accuracy.iter().fold((0, 0.0), better);
    let (_, first) = training.test_accuracy.first()?;
    let text = told(
        format!("Back to iteration {}, where it was best", grouped(iteration)),
        format!("回到效果最好的第 {iteration} 次迭代"),
    );
    (best > first + MUCH).then_some(Remedy::Look { text, step: Some(iteration) })
}

fn set_rate((name, rate): (&'static str, String)) -> Remedy {
    Remedy::Set { text: super::set_rate(&rate), settings: vec![(name, rate)] }
}

fn start_over((name, rate): (&'static str, String)) -> Remedy {
    let text =
        told(format!("Start over with a learning rate of {rate}"), format!("以学习率 {rate} 重新开始"));
    Remedy::Restart { text, settings: vec![(name, rate)] }
}

/// Initial weights that suit the activation function (6.2), where they are others so far.
fn better_init(fields: &[Field], training: &Training) -> Option<Remedy> {
    let spec = training.spec.as_ref()?;
    let field = fields.iter().find(|field| field.name == "init")?;
    let (value, name) = if has(spec, &LayerSpec::Relu) { ("he", "He") } else { ("xavier", "Xavier") };
    if !matches!(spec.init, InitSpec::Normal { .. }) {
        return None;
    }
    let text = told(format!("Start over with {name} initial weights"), format!("以 {name} 初始值重新开始"));
    Some(Remedy::Restart { text, settings: vec![(field.name, value.to_owned())] })
}

fn has(spec: &NetSpec, layer: &LayerSpec) -> bool {
    spec.layers.contains(layer)
}

/// What the steps of a run that diverged have left behind.
fn aftermath(training: &Training) -> (String, String) {
    let nothing = (String::new(), String::new());
    let Some(health) = &training.health else { return nothing };
    if !training.last_loss.is_some_and(f64::is_finite) || !health.weights.is_finite() {
        return (" until the numbers overflow".to_owned(), "，直到数值溢出".to_owned());
    }
    let (dead, units) = health.dead_units();
    if units > 0 && dead as f64 >= MOST * units as f64 {
        let (dead, units) = (grouped(dead as u64), grouped(units as u64));
        return (
            format!("; {dead} of {units} hidden units are dead now, no image excites them"),
            format!("；{units} 个隐藏层神经元中已有 {dead} 个“死亡”，任何图像都无法激活它们"),
        );
    }
    if let Some(share) = health.saturated().filter(|&share| share >= MOST_SATURATED) {
        let percent = percent(share);
        return (
            format!("; {percent} of the activations are saturated now"),
            format!("；现在 {percent} 的激活值已经饱和"),
        );
    }
    let grown = health.growth.filter(|&growth| growth.is_finite() && growth >= 2.0);
    let Some((growth, since)) = grown.zip(training.way_back) else { return nothing };
    let (growth, at) = (significant(growth, 2), grouped(since));
    (
        format!("; the weights are {growth} times as large as at iteration {at}"),
        format!("；权重是第 {since} 次迭代时的 {growth} 倍"),
    )
}

fn percent(share: f64) -> String {
    format!("{:.0}%", 100.0 * share)
}

/// The loss of guessing among the classes; none of a loss for which that is no fixed number.
fn guessing(training: &Training) -> Option<f64> {
    let spec = training.spec.as_ref()?;
    let classes = *training.sizes.last()?;
    (spec.loss == LossSpec::SoftmaxCrossEntropy && classes > 1).then(|| libm::log(classes as f64))
}

/// Whether the loss is better than guessing, or has fallen by a tenth.
fn learns(training: &Training) -> bool {
    let (Some(loss), Some(first)) = (recent(training), training.loss.first()) else { return true };
    loss < 0.9 * first.mean() || guessing(training).is_none_or(|guessing| loss < GUESSING * guessing)
}

/// The mean loss of the last mini-batches, at least twenty where there are as many: a single one says little.
fn recent(training: &Training) -> Option<f64> {
    let mut sums = (0, 0.0);
    for Bucket { count, sum, .. } in training.loss.iter().rev() {
        sums = (sums.0 + count, sums.1 + sum);
        if sums.0 >= 20 {
            break;
        }
    }
    (sums.0 > 0).then(|| sums.1 / sums.0 as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::labs::field::Kind;
    use crate::labs::parts::HELP_RATE;
    use crate::train::health::{Health, Hidden};

    fn fields() -> Vec<Field> {
        let rate = Kind::Log { min: 1e-4, max: 10.0 };
        vec![Field::new("learningRate", Text::new("", ""), HELP_RATE, rate, "0.1")]
    }

    fn told(training: &Training) -> Notice {
        let settings = Settings::of(&fields(), &[]);
        diagnosis(&settings, &fields(), 2, training).expect("ill")
    }

    fn diverged(loss: f64, health: Health) -> Training {
        let (diverged_at, way_back) = (Some(1003), Some(1000));
        Training { diverged_at, way_back, last_loss: Some(loss), health: Some(health), ..Training::default() }
    }

    #[test]
    fn the_end_of_a_run_is_told_with_what_it_left_behind() {
        let health = Health { weights: 1.0, growth: Some(153.4), ..Health::default() };
        let notice = told(&diverged(1179.0, health.clone()));
        assert!(
            notice.text.en.ends_with("grow; the weights are 153 times as large as at iteration 1,000."),
            "{notice:?}"
        );
        assert!(matches!(notice.remedies[..], [Remedy::GoBack { job: 2, .. }, Remedy::Set { .. }]));
        for ill in [
            diverged(f64::NAN, health.clone()),
            diverged(f64::INFINITY, health.clone()),
            diverged(9e3, Health { weights: f64::NAN, ..health.clone() }),
        ] {
            assert!(told(&ill).text.en.contains("until the numbers overflow"), "{ill:?}");
            assert!(told(&ill).text.zh.contains("溢出"));
        }
        let layers = vec![Hidden { units: 4, dead: vec![0, 2], saturated: None }];
        let dead = told(&diverged(9e3, Health { layers, ..health }));
        assert!(dead.text.en.contains("2 of 4 hidden units are dead now"), "{dead:?}");
        let unknown = told(&Training { health: None, ..diverged(9e3, Health::default()) });
        assert!(unknown.text.en.ends_with("overshoot the minimum and grow."), "{unknown:?}");
    }

    #[test]
    fn what_was_learned_and_lost_can_be_gone_back_to() {
        let layers = vec![Hidden { units: 4, dead: vec![0, 1, 2], saturated: None }];
        let ill = |test_accuracy| {
            let health = Some(Health { iteration: 99, layers: layers.clone(), ..Health::default() });
            told(&Training { health, test_accuracy, ..Training::default() }).remedies
        };
        let found = ill(vec![(0, 0.1), (600, 0.91), (1200, 0.95), (1800, 0.1)]);
        let [Remedy::Look { text, step: Some(1200) }, Remedy::Restart { .. }] = &found[..] else {
            panic!("{found:?}")
        };
        assert!(text.en.contains("1,200") && text.zh.contains("1200"), "{text:?}");
        assert_eq!(ill(vec![(0, 0.1), (600, 0.91)])[..].len(), 2, "what it is now is not known yet");
        for never_good in [vec![], vec![(0, 0.1)], vec![(0, 0.1), (600, 0.12), (1200, 0.1)]] {
            assert!(matches!(ill(never_good)[..], [Remedy::Restart { .. }]));
        }
    }

    #[test]
    fn a_lab_without_a_field_has_no_remedy_that_sets_it() {
        let layers = vec![Hidden { units: 4, dead: vec![0, 1, 2], saturated: None }];
        let training = Training {
            health: Some(Health { iteration: 99, layers, ..Health::default() }),
            ..Training::default()
        };
        let settings = Settings::of(&[], &[]);
        let notice = diagnosis(&settings, &[], 0, &training).expect("ill");
        assert_eq!((notice.code, notice.remedies), ("dead-units", Vec::new()));
        let early = Training {
            health: training.health.clone().map(|health| Health { iteration: 9, ..health }),
            ..training
        };
        assert_eq!(diagnosis(&settings, &[], 0, &early), None);
        assert_eq!(diagnosis(&settings, &[], 0, &Training::default()), None);
    }
}
