//! The test digits that networks get wrong, with what each takes them for.

use crate::chart::{Chart, Foot, Image, ImageGrid, Meaning, Value};
use crate::labs::digit_key;
use crate::labs::parts::{self, Run, grouped, told};
use crate::labs::sheet::Picture;
use crate::text::Text;
use crate::train::report::{Mistake, Mistakes};

/// Whose mistakes are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Whose {
    /// Those of the run at this place.
    Of(usize),
    /// Those that all have in common.
    All,
}

fn of<'a>(run: &Run<'a>) -> Option<&'a Mistakes> {
    run.training()?.mistakes.as_ref().filter(|mistakes| mistakes.width > 0)
}

/// The mistake at the test digit of this number.
fn of_digit(listed: &[Mistake], index: u32) -> Option<&Mistake> {
    listed.binary_search_by_key(&index, |each| each.index).ok().map(|place| &listed[place])
}

/// The digits with the guesses; none before any is known.
pub(super) fn picture<'a>(slot: &'static str, runs: &[Run<'a>], whose: Whose) -> Option<Picture> {
    let known: Vec<Option<&Mistakes>> = runs.iter().map(of).collect();
    let width = known.iter().flatten().next()?.width as usize;
    let listed = |mistakes: &Option<&'a Mistakes>| mistakes.map_or(&[][..], |mistakes| &mistakes.listed);
    let all: Vec<&[Mistake]> = known.iter().map(listed).collect();
    let common = |index: u32| all.iter().all(|list| of_digit(list, index).is_some());
    let shown: Vec<&Mistake> = match whose {
        Whose::Of(place) => all.get(place)?.iter().collect(),
        Whose::All => all.first()?.iter().filter(|each| common(each.index)).collect(),
    };
    let fits = |each: &&&Mistake| each.pixels.len() == width * width;
    // All images have the same numbers.
    let has_probabilities =
        matches!(whose, Whose::Of(_)) && shown.iter().all(|each| each.probability.is_finite());
    let image = |each: &&Mistake| {
        let guess = |list: &[Mistake]| of_digit(list, each.index).map_or(each.label, |found| found.guess);
        let caption = match whose {
            Whose::Of(_) => format!("{}→{}", each.label, each.guess),
            Whose::All => {
                let guesses: Vec<_> = all.iter().map(|list| guess(list).to_string()).collect();
                format!("{}→{}", each.label, guesses.join(" "))
            }
        };
        let number = |name: Text, value: f64| Value { name, value };
        let mut values = vec![number(Text::new("test digit no.", "测试图像编号"), f64::from(each.index))];
        for (run, list) in runs.iter().zip(&all) {
            values.push(number(run.job.name.clone(), f64::from(guess(list))));
        }
        // Of a guess that is right no probability is known.
        if has_probabilities {
            let percent = (1000.0 * f64::from(each.probability)).round() / 10.0;
            values.push(number(Text::new("probability, %", "概率，%"), percent));
        }
        Image {
            pixels: each.pixels.clone(),
            caption: Text::same(caption),
            wrong: matches!(whose, Whose::Of(_)) && runs.len() > 1 && common(each.index),
            key: Some(digit_key(each.index)),
            values,
            ..Image::default()
        }
    };
    let images: Vec<Image> = shown.iter().filter(fits).map(image).collect();
    if images.is_empty() {
        return None;
    }
    let caption = match whose {
        Whose::Of(place) => headline(&runs[place], known[place]?, images.len()),
        Whose::All => told(
            format!("{} digits that all {} get wrong, with the guess of each", images.len(), runs.len()),
            format!("{} 个数字所有 {} 个网络都识别错误；箭头后依次为各网络的答案", images.len(), runs.len()),
        ),
    };
    let chart = ImageGrid { width, height: width, meaning: Meaning::Ink, foot: Foot::Captions, images };
    Some(Picture { slot, key: None, caption, chart: Chart::ImageGrid(chart) })
}

/// How many are wrong, of how many.
fn headline(run: &Run<'_>, mistakes: &Mistakes, shown: usize) -> Text {
    let name = &run.job.name;
    let (count, seen) = (grouped(mistakes.count.into()), grouped(mistakes.seen.into()));
    let (more_en, more_zh) = if (mistakes.count as usize) > shown {
        (format!("; the first {shown} are shown"), format!("；显示前 {shown} 个"))
    } else {
        (String::new(), String::new())
    };
    told(
        format!("{}: {count} of {seen} test digits wrong (digit→guess){more_en}", name.en),
        format!("{}：{seen} 张测试图像中错 {count} 张（数字→答案）{more_zh}", name.zh),
    )
}

/// How many of the test digits the slowest run has classified, while that is not all.
pub(super) fn progress(runs: &[Run<'_>]) -> Option<String> {
    let known: Vec<&Mistakes> = runs.iter().filter_map(of).collect();
    let slowest = known.iter().min_by_key(|mistakes| mistakes.seen)?;
    let some_left = known.len() < runs.len() || slowest.seen < slowest.of;
    some_left
        .then(|| format!("{} / {}", parts::grouped(slowest.seen.into()), parts::grouped(slowest.of.into())))
}
