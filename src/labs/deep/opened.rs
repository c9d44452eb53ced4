//! An architecture opened block by block.

use super::architectures::{self, Architecture};
use super::layers::{Layer, Net};
use super::structure::{self, short};
use crate::labs::Moment;
use crate::labs::parts::{self, grouped, number, told};
use crate::labs::settings::Settings;
use crate::labs::sheet::{Cell, Notice, Picture, Row, Sheet, Table, Tone};
use crate::text::Text;

pub(super) fn show(settings: &Settings, moment: &Moment) -> Sheet {
    let chosen = settings.words("architecture");
    let Some(architecture) = architectures::ALL.iter().find(|each| each.id == chosen) else {
        return Sheet::default();
    };
    let net = (architecture.net)();
    let counted = net.count();
    let first = structure::first_key(architecture.id);
    let asked = moment.chosen.and_then(|key| key.0.checked_sub(first)).map(|index| index as usize);
    let asked = asked.filter(|&index| index < counted.len());
    let opened = asked.unwrap_or_else(|| usual(&net));
    let cost = net.cost();
    let Architecture { name, year, error, of, idea, .. } = architecture;
    let caption = told(
        format!("{name}, {year}: {} layers with weights; error {error}% ({})", net.depth(), of.en),
        format!("{name}，{year} 年：{} 个带权重的层；错误率 {error}%（{}）", net.depth(), of.zh),
    );
    let mut pictures = vec![Picture {
        slot: "blocks",
        key: None,
        caption,
        chart: structure::blocks(&counted, opened, first),
    }];
    pictures.extend(counted.get(opened).map(structure::inside));
    pictures.extend(structure::shares(&counted));
    Sheet {
        notices: vec![Notice { code: "idea", tone: Tone::Info, text: idea.clone(), remedies: Vec::new() }],
        numbers: parts::listed([
            number("year", Text::new("Year", "年份"), Some(year.to_string())),
            number("layers", Text::new("Layers", "层数"), Some(net.depth().to_string())),
            number("parameters", Text::new("Parameters", "参数"), Some(short(cost.parameters))),
            number("multiply-adds", Text::new("Multiply-adds", "乘加次数"), Some(short(cost.multiply_adds))),
            number("error", Text::new("Error, %", "错误率，%"), Some(error.to_string())),
        ]),
        table: Some(table()),
        pictures,
    }
}

/// The block that is open at first: the first one with ways side by side, or the first one.
fn usual(net: &Net) -> usize {
    let has_ways = |layer: &Layer| matches!(layer, Layer::Ways(..));
    net.blocks.iter().position(|block| block.layers.iter().any(has_ways)).unwrap_or(0)
}

/// All architectures.
fn table() -> Table {
    let row = |each: &Architecture| {
        let net = (each.net)();
        let cost = net.cost();
        let words = |text: String| Cell::Words(Text::same(text));
        let settings = vec![("experiment", "architectures".to_owned()), ("architecture", each.id.to_owned())];
        let cells = vec![
            Cell::Link { text: Text::same(each.name), lab: "deep", settings },
            words(each.year.to_string()),
            words(net.depth().to_string()),
            words(grouped(cost.parameters)),
            words(short(cost.multiply_adds)),
            words(each.error.to_string()),
            Cell::Words(each.of.clone()),
        ];
        Row { key: None, cells }
    };
    let columns = vec![
        Text::new("network", "网络"),
        Text::new("year", "年份"),
        Text::new("layers", "层数"),
        Text::new("parameters", "参数"),
        Text::new("multiply-adds", "乘加次数"),
        Text::new("error, %", "错误率，%"),
        Text::new("error of", "错误率所指"),
    ];
    Table { columns, rows: architectures::ALL.iter().map(row).collect() }
}
