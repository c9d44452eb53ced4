//! A network at work on a drawing, as pictures: its hidden units, lit as far as the drawing excites them, and those that
//! decide its answer.

use super::numbers::{grouped, told};
use crate::chart::{
    Chart, Diagram, Edge, Foot, Image, ImageGrid, Key, Meaning, Node, Outline, Thumbnail, Tone, Value,
};
use crate::labs::{Moment, output_key, output_of};
use crate::order::largest_first;
use crate::text::Text;
use crate::train::explanation::{Explanation, Said, Score, Scores};
use crate::train::report::{Training, WeightImages};

/// Units beyond the first hidden layer have keys from here on.
const LATER_UNITS: u32 = 1 << 20;
/// So many units that speak for an answer are shown where there are as many, and so many that speak against it.
const FOR: usize = 4;
const AGAINST: usize = 2;
/// The widest line, css px.
const WIDEST: f64 = 8.0;
/// The column of the answer: so far from the units that lines with numbers have room.
const ANSWER: f64 = 5.0;

/// The explanation of the drawing by the network that these pictures are of; an older one may be of another network.
fn explained<'m>(moment: &'m Moment, weights: &WeightImages) -> Option<&'m Explanation> {
    let told = moment.drawing.as_ref()?;
    told.hidden.first().is_none_or(|units| units.len() == weights.count).then_some(told)
}

/// The output that is to be explained: the chosen one, else the answer.
fn asked(moment: &Moment, scores: &Scores) -> Option<usize> {
    let chosen = moment.chosen.and_then(output_of);
    let answer = moment.drawing.as_ref().and_then(|told| told.class);
    chosen.filter(|&output| output < scores.outputs.len()).or(answer).filter(|&at| at < scores.outputs.len())
}

/// The units of the first hidden layer that no image excites, by index; none where that is not known.
pub(in crate::labs) fn dead_units(training: &Training) -> &[usize] {
    let layer = training.health.as_ref().and_then(|health| health.layers.first());
    layer.filter(|layer| training.sizes.get(1) == Some(&layer.units)).map_or(&[], |layer| &layer.dead)
}

/// The first hidden layer: each unit's weights, lit as far as the drawing excites it; `dead` units are hatched. Of many
/// units the most excited ones are shown.
pub(in crate::labs) fn unit_images(weights: &WeightImages, dead: &[usize], moment: &Moment) -> (Text, Chart) {
    let told = explained(moment, weights);
    let activations = told.and_then(|told| told.hidden.first());
    let most = activations.map_or(0.0, |units| largest(units.iter().copied()));
    let said = told.and_then(|told| {
        let scores = told.scores.as_ref()?;
        let said = said_by_first(scores, told.said.as_ref())?;
        Some((scores, said))
    });
    let excited = told.map_or(&[][..], |told| &told.excited);
    // Those of another network, which was explained a moment ago, may have another size.
    let fits = |(unit, pixels): &&(usize, Vec<u8>)| *unit < weights.count && is_picture(weights, pixels);
    let excited: Vec<_> = excited.iter().filter(fits).collect();
    let shown = |unit: &usize| match excited.is_empty() {
        true => *unit < weights.units.len(),
        false => excited.iter().any(|(other, _)| other == unit),
    };
    // All images have the same numbers, or a table of them would make no sense.
    let tells = |said: &Spoken<'_>| {
        (0..weights.count).filter(shown).all(|unit| said.units.binary_search(&unit).is_ok())
    };
    let speakers = said.as_ref().and_then(|(scores, said)| Some(Speakers::of(said, asked(moment, scores)?)));
    let tells_all = said.as_ref().is_some_and(|(_, said)| tells(said));
    let is_dead = |unit: usize| dead.binary_search(&unit).is_ok();
    let image = |(unit, pixels): (usize, &Vec<u8>)| {
        let activation = activations.and_then(|units| units.get(unit)).copied();
        let told = said.as_ref().filter(|_| tells_all).map(|(_, said)| said);
        let told = told.and_then(|said| Some((said, said.units.binary_search(&unit).ok()?)));
        let values = activation.map(|value| Value { name: activation_name(), value: rounded(value, 3) });
        let outputs = told.into_iter().flat_map(|(said, at)| contributions(said, at));
        Image {
            pixels: pixels.clone(),
            caption: if is_dead(unit) { dead_name(unit) } else { unit_name(unit) },
            hatched: is_dead(unit),
            key: Some(Key(unit as u32)),
            level: activation.map(|value| share(value, most)),
            shade: speakers.as_ref().map_or(0.0, |speakers| speakers.strength(unit)),
            values: values.into_iter().chain(outputs).collect(),
            ..Image::default()
        }
    };
    let images: Vec<Image> = if excited.is_empty() {
        weights.units.iter().enumerate().map(image).collect()
    } else {
        excited.iter().map(|(unit, pixels)| image((*unit, pixels))).collect()
    };
    let caption = match (images.len(), weights.count) {
        (shown, count) if shown >= count && dead.is_empty() => Text::new("", ""),
        (shown, count) if shown >= count => told_of_dead(dead.len(), count),
        (shown, count) if excited.is_empty() => told_of(shown, count, "first", "前"),
        (shown, count) => told_of(shown, count, "most excited", "激活值最大的"),
    };
    let WeightImages { width, height, .. } = *weights;
    let foot = Foot::Levels;
    (caption, Chart::ImageGrid(ImageGrid { width, height, meaning: Meaning::Signed, foot, images }))
}

fn told_of_dead(dead: usize, count: usize) -> Text {
    let (dead, count) = (grouped(dead as u64), grouped(count as u64));
    told(
        format!("{dead} of {count} units are dead (hatched)"),
        format!("{count} 个神经元中有 {dead} 个“死亡”（带斜线）"),
    )
}

fn told_of(shown: usize, count: usize, en: &str, zh: &str) -> Text {
    told(
        format!("the {en} {shown} of {} units", grouped(count as u64)),
        format!("共 {count} 个神经元，显示{zh} {shown} 个"),
    )
}

/// The units that speak most for the answer (blue) and against it (orange), each with what it contributes to its score, and
/// what share of it all that is.
pub(in crate::labs) fn speakers(weights: &WeightImages, moment: &Moment) -> (Text, Chart) {
    let told = explained(moment, weights);
    let scores = told.and_then(|told| told.scores.as_ref());
    let asked = scores.and_then(|scores| Some((scores, asked(moment, scores)?)));
    let Some((told, (scores, output))) = told.zip(asked) else {
        let words =
            Text::new("Draw a digit to see which units decide.", "写一个数字，看看是哪些神经元起决定作用。");
        return (words, Chart::Diagram(nothing_said()));
    };
    let speakers = Speakers::of(&Spoken::of(scores), output);
    let Some(score) = scores.outputs.get(output) else {
        return (Text::new("", ""), Chart::Diagram(nothing_said()));
    };
    let caption = speakers.share(scores, score, output, told.hidden.len());
    (caption, Chart::Diagram(speakers.diagram(weights, told, scores, score, output)))
}

/// Places for the units, while nothing is drawn.
fn nothing_said() -> Diagram {
    let rows = FOR + AGAINST;
    let unit = |row: usize| Node { at: [0.0, row as f64], tone: Tone::Faint, ..Node::default() };
    let answer = Node { at: [ANSWER, (rows - 1) as f64 / 2.0], words: Text::same("?"), ..unit(0) };
    let edge = |from: usize| Edge { tone: Tone::Faint, ..line(from, rows, 0.0, 1.0) };
    Diagram { nodes: (0..rows).map(unit).chain([answer]).collect(), edges: (0..rows).map(edge).collect() }
}

fn line(from: usize, to: usize, shade: f64, width: f64) -> Edge {
    let (forward, backward) = (String::new(), String::new());
    Edge { from, to, forward, backward, tone: Tone::Plain, width, shade, key: None }
}

/// What units say to each output.
struct Spoken<'a> {
    /// The units that are told apart, rising.
    units: &'a [usize],
    /// For each output what each of these says to it.
    outputs: Vec<&'a [f32]>,
}

impl<'a> Spoken<'a> {
    /// What comes into the layer of the scores.
    fn of(scores: &'a Scores) -> Self {
        let outputs = scores.outputs.iter().map(|score| &score.contributions[..]).collect();
        Self { units: &scores.units, outputs }
    }
}

/// What the units of the first hidden layer say, where that is known.
fn said_by_first<'a>(scores: &'a Scores, said: Option<&'a Said>) -> Option<Spoken<'a>> {
    if scores.hidden == Some(0) {
        return Some(Spoken::of(scores));
    }
    said.map(|Said { units, outputs, .. }| Spoken {
        units,
        outputs: outputs.iter().map(|output| &output[..]).collect(),
    })
}

/// The units that speak loudest on one output.
struct Speakers {
    /// Place among the [units](Scores::units), index of the unit, contribution: those for it, the largest first, then those
    /// against it.
    loudest: Vec<(usize, usize, f64)>,
    /// The largest absolute contribution.
    most: f64,
}

impl Speakers {
    fn of(said: &Spoken<'_>, output: usize) -> Self {
        let contributions = said.outputs.get(output).copied().unwrap_or_default();
        let all = said.units.iter().zip(contributions).enumerate();
        let all = all.map(|(at, (&unit, &value))| (at, unit, f64::from(value)));
        let (mut pro, mut contra): (Vec<_>, Vec<_>) = all
            .filter(|(_, _, value)| value.is_finite() && *value != 0.0)
            .partition(|(_, _, value)| *value > 0.0);
        for side in [&mut pro, &mut contra] {
            *side =
                largest_first(side.len(), |place| side[place].2.abs()).iter().map(|&at| side[at]).collect();
        }
        // Where one side has fewer, the other may say more.
        let few = contra.len().min(AGAINST);
        pro.truncate(FOR + AGAINST - few);
        contra.truncate(FOR + AGAINST - pro.len());
        let loudest: Vec<_> = pro.into_iter().chain(contra).collect();
        let most = loudest.iter().fold(0.0, |most: f64, (_, _, value)| most.max(value.abs()));
        Self { loudest, most }
    }

    /// How loudly a unit speaks for (above 0) or against the output; 0 for a unit that is not among the loudest.
    fn strength(&self, unit: usize) -> f64 {
        let own = self.loudest.iter().find(|(_, index, _)| *index == unit);
        own.map_or(0.0, |(_, _, value)| value / self.most)
    }

    /// What share of all contributions the loudest units make.
    fn share(&self, scores: &Scores, score: &Score, output: usize, layers: usize) -> Text {
        let (shown, count) = (self.loudest.len(), grouped(scores.count as u64));
        let sum: f64 = self.loudest.iter().map(|(_, _, value)| value.abs()).sum();
        let percent = 100.0 * sum / f64::from(score.absolute);
        if !percent.is_finite() {
            return told(format!("No unit speaks on {output}."), format!("没有神经元影响 {output} 的得分。"));
        }
        let (en, zh) = match (scores.hidden, layers) {
            (None, _) => (" inputs of the last layer", "最后一层的 "),
            (Some(layer), layers) if layers > 1 && layer + 1 == layers => {
                (" units of the last hidden layer", "最后一个隐藏层的 ")
            }
            _ => (" units", ""),
        };
        told(
            format!(
                "Why {output}? {shown} of {count}{en}: {percent:.0}% of the sum of absolute contributions"
            ),
            format!(
                "为什么是 {output}？{zh}{count} 个神经元中的 {shown} 个：占全部贡献绝对值之和的 {percent:.0}%"
            ),
        )
    }

    fn diagram(
        &self,
        weights: &WeightImages,
        explained: &Explanation,
        scores: &Scores,
        score: &Score,
        output: usize,
    ) -> Diagram {
        let activations =
            scores.hidden.and_then(|layer| explained.hidden.get(layer)).unwrap_or(&scores.values);
        let most = largest(activations.iter().copied());
        let said = Spoken::of(scores);
        let mut nodes = Vec::new();
        let mut edges = Vec::new();
        for &(at, unit, value) in &self.loudest {
            let activation = scores.values.get(at).copied().unwrap_or_default();
            let picture = (scores.hidden == Some(0)).then(|| pixels(weights, explained, unit)).flatten();
            let thumbnail = picture.map(|pixels| {
                let WeightImages { width, height, .. } = *weights;
                Thumbnail { width, height, meaning: Meaning::Signed, pixels: pixels.clone() }
            });
            // A frame, not a filling: numbers in circles stay plain.
            let shade = if thumbnail.is_some() { value.signum() } else { 0.0 };
            let key = Some(unit_key(scores, unit));
            let own = Value { name: activation_name(), value: rounded(activation, 3) };
            nodes.push(Node {
                at: [0.0, nodes.len() as f64],
                words: if thumbnail.is_some() { unit_name(unit) } else { Text::same((unit + 1).to_string()) },
                picture: thumbnail,
                level: Some(share(activation, most)),
                shade,
                key,
                values: std::iter::once(own).chain(contributions(&said, at)).collect(),
                ..Node::default()
            });
            let wide = (WIDEST * value.abs() / self.most).max(0.8);
            edges.push(Edge { forward: signed(value), key, ..line(0, 0, value.signum(), wide) });
        }
        let listed: f64 = self.loudest.iter().map(|(_, _, value)| value).sum();
        let all: f64 = score.contributions.iter().map(|&value| f64::from(value)).sum();
        let others = scores.count.saturating_sub(self.loudest.len());
        let rest = [
            (
                told(format!("{others} others"), format!("其余 {others} 个")),
                all - listed + f64::from(score.rest),
            ),
            (Text::new("bias", "偏置"), f64::from(score.bias)),
        ];
        for (words, value) in rest {
            if !value.is_finite() || (others == 0 && words.en != "bias") {
                continue;
            }
            nodes.push(Node {
                at: [0.0, nodes.len() as f64],
                outline: Outline::None,
                words,
                ..Node::default()
            });
            let wide =
                if self.most > 0.0 { (WIDEST * value.abs() / self.most).clamp(0.8, WIDEST) } else { 1.0 };
            let shade = if value == 0.0 { 0.0 } else { value.signum() };
            edges.push(Edge { forward: signed(value), ..line(0, 0, shade, wide) });
        }
        let answer = nodes.len();
        for (from, edge) in edges.iter_mut().enumerate() {
            (edge.from, edge.to) = (from, answer);
        }
        let value = signed(f64::from(score.score));
        nodes.push(Node {
            at: [ANSWER, answer.saturating_sub(1) as f64 / 2.0],
            words: Text::same(output.to_string()),
            note: told(format!("score {value}"), format!("得分 {value}")),
            tone: if explained.class == Some(output) { Tone::Active } else { Tone::Plain },
            key: Some(output_key(output as u32)),
            ..Node::default()
        });
        Diagram { nodes, edges }
    }
}

/// What a unit that speaks stands for: the first hidden layer's are those of the grid.
fn unit_key(scores: &Scores, unit: usize) -> Key {
    let first = if scores.hidden == Some(0) { 0 } else { LATER_UNITS };
    Key(first.saturating_add(unit as u32))
}

/// The picture of a unit of the first hidden layer, where it is there.
fn pixels<'a>(weights: &'a WeightImages, told: &'a Explanation, unit: usize) -> Option<&'a Vec<u8>> {
    let excited = || told.excited.iter().find(|(other, _)| *other == unit).map(|(_, pixels)| pixels);
    weights.units.get(unit).or_else(excited).filter(|pixels| is_picture(weights, pixels))
}

/// Whether pixels are a whole picture of a unit.
fn is_picture(weights: &WeightImages, pixels: &[u8]) -> bool {
    pixels.len() == weights.width * weights.height
}

/// What a unit says to each output.
fn contributions(said: &Spoken<'_>, at: usize) -> impl Iterator<Item = Value> {
    said.outputs.iter().enumerate().map(move |(output, contributions)| {
        let value = rounded(contributions.get(at).copied().unwrap_or(f32::NAN), 2);
        Value { name: told(format!("to {output}"), format!("对 {output}")), value }
    })
}

fn unit_name(unit: usize) -> Text {
    told(format!("unit {}", unit + 1), format!("神经元 {}", unit + 1))
}

fn dead_name(unit: usize) -> Text {
    told(format!("unit {}, dead", unit + 1), format!("神经元 {}（“死亡”）", unit + 1))
}

fn activation_name() -> Text {
    Text::new("activation", "激活值")
}

/// The largest magnitude.
fn largest(values: impl Iterator<Item = f32>) -> f64 {
    values.filter(|value| value.is_finite()).fold(0.0, |most: f64, value| most.max(f64::from(value).abs()))
}

/// A value as a part of the largest, −1 to 1.
fn share(value: f32, most: f64) -> f64 {
    let share = f64::from(value) / most;
    if share.is_nan() { 0.0 } else { share.clamp(-1.0, 1.0) }
}

fn rounded(value: f32, decimals: i32) -> f64 {
    let unit = libm::pow(10.0, f64::from(decimals));
    (f64::from(value) * unit).round() / unit
}

/// A number with its sign and one decimal: `+2.1`.
fn signed(value: f64) -> String {
    let words = format!("{:.1}", value.abs());
    match value {
        _ if value.is_nan() => "NaN".to_owned(),
        _ if words == "0.0" => words,
        _ if value < 0.0 => format!("−{words}"),
        _ => format!("+{words}"),
    }
}
