//! What came of each batch size: accuracy and time.

use super::{batch_name, grouped, significant, told};
use crate::chart::{Bars, Chart, Histogram, Key, Mark, Scale};
use crate::labs::parts;
use crate::labs::sheet::{Cell, Picture, Row, Table};
use crate::text::Text;
use crate::train::report::{Distribution, Findings, Inference, Phase, Report};

/// One batch size with its last report.
pub(super) struct Pass<'a> {
    size: u32,
    found: Option<(&'a Report, &'a Inference)>,
}

/// What a report found, if it is of images that were classified.
pub(super) fn found(report: Option<&Report>) -> Option<(&Report, &Inference)> {
    match report.map(|report| (report, &report.findings)) {
        Some((report, Findings::Inference(found))) => Some((report, found)),
        _ => None,
    }
}

impl<'a> Pass<'a> {
    pub(super) fn of(size: u32, report: Option<&'a Report>) -> Self {
        Self { size, found: found(report) }
    }

    pub(super) fn phase(&self) -> Option<Phase> {
        self.found.map(|(report, _)| report.phase)
    }

    /// Of the images that it has come to; none before the first.
    pub(super) fn accuracy(&self) -> Option<f64> {
        let (_, found) = self.found.filter(|(_, found)| found.different > 0)?;
        Some(found.correct as f64 / found.different as f64)
    }

    /// Microseconds for each image.
    fn microseconds(&self) -> Option<f64> {
        let (report, found) = self.found.filter(|(_, found)| found.images > 0)?;
        Some(1e6 * report.seconds / found.images as f64).filter(|time| time.is_finite() && *time > 0.0)
    }
}

/// How many times as fast this batch size is as one image at a time, once both are known.
pub(super) fn faster(passes: &[Pass<'_>], size: u32) -> Option<f64> {
    let of = |size: u32| passes.iter().find(|pass| pass.size == size).and_then(Pass::microseconds);
    Some(of(1)? / of(size)?)
}

/// A row for each batch size.
pub(super) fn table(passes: &[Pass<'_>]) -> Table {
    let cell = |value: Option<f64>| value.map_or_else(|| Cell::Words(Text::same("")), Cell::Number);
    let rounded = |value: f64, unit: f64| (value * unit).round() / unit;
    let row = |pass: &Pass<'_>| {
        let time = pass.microseconds();
        let cells = vec![
            Cell::Words(batch_name(pass.size)),
            cell(pass.accuracy()),
            cell(time.map(|time| rounded(time, 100.0))),
            // Of 10,000 images, in milliseconds.
            cell(time.map(|time| rounded(10.0 * time, 10.0))),
            cell(faster(passes, pass.size).map(|ratio| rounded(ratio, 100.0))),
        ];
        Row { key: Some(Key(pass.size)), cells }
    };
    let columns = vec![
        Text::new("batch", "批"),
        Text::new("test accuracy", "测试精度"),
        Text::new("µs per image", "每张图像（µs）"),
        Text::new("ms for 10,000", "10000 张（ms）"),
        Text::new("times as fast", "速度倍数"),
    ];
    Table { columns, rows: passes.iter().map(row).collect() }
}

/// The time for each image, a bar for each batch size; none before anything is known.
pub(super) fn bars(passes: &[Pass<'_>]) -> Option<Picture> {
    let known = || passes.iter().filter_map(|pass| Some((pass.size, pass.microseconds()?)));
    let bars = Bars {
        name: Text::new("time for each image", "每张图像所需的时间"),
        color: 0,
        categories: known().map(|(size, _)| Text::same(grouped(size.into()))).collect(),
        values: known().map(|(_, time)| time).collect(),
        grip: None,
    };
    let caption = faster(passes, super::BATCH).map_or(Text::new("", ""), |ratio| {
        let ratio = significant(ratio, 3);
        told(
            format!("A batch of {} is {ratio} times as fast as one image at a time.", super::BATCH),
            format!("批大小为 {} 时，速度是逐张处理的 {ratio} 倍。", super::BATCH),
        )
    });
    let x = parts::axis(Text::new("batch size", "批的大小"), Scale::Linear);
    let y = parts::axis(Text::new("µs per image", "每张图像（µs）"), Scale::Linear);
    (!bars.values.is_empty()).then(|| {
        let chart = Chart::Plane(parts::plane(x, y, vec![Mark::Bars(bars)]));
        Picture { slot: "time", key: None, caption, chart }
    })
}

/// A histogram of the outputs of each hidden layer.
pub(super) fn hidden(layers: &[Distribution]) -> Vec<Picture> {
    let picture = |(index, layer): (usize, &Distribution)| {
        let place = index + 1;
        let name = told(format!("layer {place}"), format!("第 {place} 层"));
        let caption = match layer.saturated {
            Some(share) => told(
                format!("{}: {:.1}% saturated", name.en, 100.0 * share),
                format!("{}：{:.1}% 饱和", name.zh, 100.0 * share),
            ),
            None => name.clone(),
        };
        let counts = layer.counts.iter().map(|&count| f64::from(count)).collect();
        let bars = Mark::Histogram(Histogram { name, color: 0, low: layer.low, high: layer.high, counts });
        let x = parts::axis(Text::new("output", "输出"), Scale::Linear);
        let y = parts::axis(Text::new("count", "个数"), Scale::Linear);
        let chart = Chart::Plane(parts::plane(x, y, vec![bars]));
        Picture { slot: "hidden", key: Some(Key(1 << 20 | place as u32)), caption, chart }
    };
    layers.iter().enumerate().map(picture).collect()
}
