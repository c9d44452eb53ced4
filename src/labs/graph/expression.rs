//! A calculation with numbers.

use super::course::{Course, Reached};
use super::rules;
use crate::chart::{Chart, Diagram, Edge, Key, Node, Outline, Tone};
use crate::error::{Code, Error, Result};
use crate::graph::{self, Backward, Graph, Operation};
use crate::labs::Moment;
use crate::labs::parts::{bracketed, listed, number, significant, told};
use crate::labs::settings::Settings;
use crate::labs::sheet::{self, Answer, Cell, Guess, Notice, Number, Picture, Remedy, Row, Sheet, Table};
use crate::nn::gradient::BOOK_STEP;
use crate::text::Text;

/// The most nodes that a picture has room for.
const MOST_NODES: usize = 40;

const APPLES: &str = "apple_price = apple * apple_num; price = apple_price * tax";
const FRUIT: &str = "apple_price = apple * apple_num; orange_price = orange * orange_num;
    all_price = apple_price + orange_price; price = all_price * tax";

/// A graph at a point, both passes done.
pub(in crate::labs) struct Calculation {
    graph: Graph,
    /// The field that holds the values of the variables, and how many it holds.
    given: (&'static str, usize),
    variables: Vec<f64>,
    values: Vec<f64>,
    backward: Backward,
    /// What each node is called.
    names: Vec<String>,
    /// Whether each node is on a way to the output.
    leads: Vec<bool>,
}

impl Calculation {
    /// Refuses an expression with too many nodes.
    pub(in crate::labs) fn check(settings: &Settings) -> Result<()> {
        Self::new(settings).map(drop)
    }

    /// The calculation of the settings.
    ///
    /// # Errors
    /// It has too many nodes.
    pub(in crate::labs) fn new(settings: &Settings) -> Result<Self> {
        let (text, field) = match settings.words("example") {
            "apples" => (APPLES, "apples"),
            "fruit" => (FRUIT, "fruit"),
            _ => (settings.words("expression"), "values"),
        };
        let graph = Graph::parse("expression", text)?;
        let count = graph.nodes().len();
        if count > MOST_NODES {
            let allowed = format!("1 … {MOST_NODES}");
            return Err(Error::new(Code::OutsideRange, "expression.nodes", count, allowed));
        }
        let typed = settings.numbers(field);
        let all = typed.iter().copied().chain(std::iter::repeat(1.0));
        let variables: Vec<_> = all.take(graph.variables().len()).collect();
        let values = graph.forward(&variables)?;
        let backward = graph.backward(&values)?;
        let mut leads = vec![false; count];
        leads[graph.output()] = true;
        for edge in graph.edges().iter().rev() {
            leads[edge.from] |= leads[edge.to];
        }
        let names = names(&graph);
        Ok(Self { given: (field, typed.len()), graph, variables, values, backward, names, leads })
    }

    pub(in crate::labs) fn course(&self) -> Course {
        let backward = self.graph.steps().rev().filter(|&node| self.leads[node]).collect();
        Course::new(self.leads.len(), self.graph.steps().collect(), backward)
    }

    pub(in crate::labs) fn show(&self, moment: &Moment) -> Sheet {
        let reached = self.course().after(moment.step);
        let chosen = moment.chosen.map(|key| key.0 as usize);
        let node = chosen.filter(|&node| node < self.values.len()).or(reached.node());
        let rule = node.filter(|&node| reached.passed[node]);
        let rule = rule.and_then(|node| rules::of_number(self.graph.nodes()[node].operation));
        Sheet {
            notices: self.miscounted().into_iter().chain(rule).collect(),
            numbers: self.numbers(&reached, node),
            table: Some(self.table(&reached)),
            pictures: vec![Picture {
                slot: "graph",
                key: None,
                caption: Text::same(""),
                chart: Chart::Diagram(self.diagram(&reached)),
            }],
        }
    }

    /// What comes back to the first variable: its derivative, not its value, and not its local derivative alone.
    pub(in crate::labs) fn guess(&self, moment: &Moment) -> Option<Guess> {
        let reached = self.course().after(moment.step);
        let is_variable = |node: usize| matches!(self.graph.nodes()[node].operation, Operation::Variable(_));
        let (at, first) = self.graph.edges().iter().enumerate().find(|(_, edge)| is_variable(edge.from))?;
        let derivative = self.backward.gradients[first.from];
        let mut numbers = [derivative, self.values[first.from], self.backward.slopes[at]];
        numbers.sort_by(f64::total_cmp);
        let mut options = numbers.map(spell).to_vec();
        options.dedup();
        let option = options.iter().position(|option| *option == spell(derivative))?;
        let name = &self.names[first.from];
        let mut ways =
            self.graph.edges().iter().filter(|edge| edge.from == first.from && self.leads[edge.to]);
        let has_come = ways.all(|edge| reached.passed[edge.to]);
        let answer = has_come.then(|| Answer {
            option,
            told: told(
                format!("{} comes back to {name}.", options[option]),
                format!("传回 {name} 的是 {}。", options[option]),
            ),
        });
        let question =
            told(format!("What derivative comes back to {name}?"), format!("传回 {name} 的导数是多少？"));
        let options = options.into_iter().map(Text::same).collect();
        Some(Guess { question, options, answer }).filter(|guess| guess.options.len() > 1)
    }

    /// What to say where there are more or fewer values than variables.
    fn miscounted(&self) -> Option<Notice> {
        let (field, found) = self.given;
        let names = self.graph.variables();
        let count = names.len();
        if found == count || count == 0 {
            return None;
        }
        let (names_en, names_zh) = (names.join(", "), names.join("、"));
        let (end_en, end_zh) = if found < count {
            ("Missing values are 1.", "缺少的值视为 1。")
        } else {
            ("The last ones are left out.", "多余的值被忽略。")
        };
        // As many as the field may hold.
        let spelled = self.variables.iter().take(16).map(f64::to_string).collect::<Vec<_>>().join(", ");
        let remedy = Remedy::Set {
            text: told(format!("Set the values to {spelled}"), format!("将值设为 {spelled}")),
            settings: vec![(field, spelled)],
        };
        Some(Notice {
            code: "values-count",
            tone: sheet::Tone::Info,
            text: told(
                format!("Variables: {names_en}. Values: {found}. {end_en}"),
                format!("变量有 {count} 个：{names_zh}。给出的值有 {found} 个。{end_zh}"),
            ),
            remedies: if count <= 16 { vec![remedy] } else { Vec::new() },
        })
    }

    fn numbers(&self, reached: &Reached, node: Option<usize>) -> Vec<Number> {
        let output = self.graph.output();
        let known = reached.calculated[output].then(|| spell(self.values[output]));
        let inputs = node.map(|node| self.sides(node)).unwrap_or_default();
        let name = |edge: usize| &self.names[self.graph.edges()[edge].from];
        let calculation = node.filter(|&node| reached.calculated[node]).map(|node| {
            let value = spell(self.values[node]);
            if inputs.is_empty() { format!("{} = {value}", self.names[node]) } else { self.worked_out(node) }
        });
        let local = (!inputs.is_empty()).then(|| {
            let slope = |&edge: &usize| {
                format!("∂/∂{} = {}", bracketed(name(edge)), spell(self.backward.slopes[edge]))
            };
            inputs.iter().map(slope).collect::<Vec<_>>().join(", ")
        });
        let local = local.filter(|_| node.is_some_and(|node| reached.calculated[node]));
        let passed = node.filter(|&node| reached.passed[node]).map(|node| {
            let upstream = spell(self.backward.gradients[node]);
            let product = |&edge: &usize| {
                let [slope, product] =
                    [self.backward.slopes[edge], self.backward.contributions[edge]].map(spell);
                format!("{upstream} · {} = {product}", bracketed(&slope))
            };
            inputs.iter().map(product).collect::<Vec<_>>().join(", ")
        });
        let mut numbers = listed([
            number("output", Text::new("Result", "结果"), known),
            reached.number(),
            number("node", Text::new("Node", "节点"), calculation),
            number("local", Text::new("Local derivatives", "局部导数"), local),
            number("passed", Text::new("Passed back", "传给下游"), passed),
        ]);
        if self.given.0 == "values" {
            // The names are the visitor's: this says which value is whose.
            let variables = self.graph.variables().iter().zip(&self.variables);
            let variables: Vec<_> =
                variables.map(|(name, value)| format!("{name} = {}", spell(*value))).collect();
            let variables = (!variables.is_empty()).then(|| variables.join(", "));
            numbers.extend(number("variables", Text::new("Variables", "变量"), variables));
        }
        numbers
    }

    /// A node's calculation with the numbers put in: `100 × 2 = 200`.
    fn worked_out(&self, node: usize) -> String {
        let sides = self.sides(node);
        let value = |edge: &usize| spell(self.values[self.graph.edges()[*edge].from]);
        let values: Vec<_> = sides.iter().map(value).collect();
        format!("{} = {}", combine(&self.graph.nodes()[node], &values, bracketed), spell(self.values[node]))
    }

    /// The edges that enter a node, left side first.
    fn sides(&self, node: usize) -> Vec<usize> {
        (0..self.graph.edges().len()).filter(|&edge| self.graph.edges()[edge].to == node).collect()
    }

    /// The derivatives by backpropagation beside those by differences, as far as they are reached.
    fn table(&self, reached: &Reached) -> Table {
        let numerical = self.graph.numerical(&self.values, BOOK_STEP).unwrap_or_default();
        let complete = self.complete(reached);
        let known = |known: bool, value: f64| {
            if known { Cell::Number(value) } else { Cell::Words(Text::same("—")) }
        };
        let nodes = self.graph.nodes().iter().enumerate();
        let nodes = nodes.filter(|(_, node)| !matches!(node.operation, Operation::Constant(_)));
        let rows = nodes.map(|(index, node)| {
            let gradient = self.backward.gradients[index];
            let difference = numerical.get(index).copied().unwrap_or(f64::NAN);
            let name = node.name.as_ref().unwrap_or(&self.names[index]);
            Row {
                key: Some(Key(index as u32)),
                cells: vec![
                    Cell::Words(Text::same(name.as_str())),
                    known(reached.calculated[index], self.values[index]),
                    known(complete[index], gradient),
                    known(complete[index], difference),
                    known(complete[index], (gradient - difference).abs()),
                ],
            }
        });
        Table {
            columns: vec![
                Text::new("Node", "节点"),
                Text::new("Value", "值"),
                Text::new("Derivative, backpropagation", "导数（反向传播）"),
                Text::new("Derivative, numerical", "导数（数值微分）"),
                Text::new("Difference", "差"),
            ],
            rows: rows.collect(),
        }
    }

    /// Whether everything that comes back to a node is there.
    fn complete(&self, reached: &Reached) -> Vec<bool> {
        let mut complete = vec![reached.returning; self.leads.len()];
        for edge in self.graph.edges() {
            complete[edge.from] &= !self.leads[edge.to] || reached.passed[edge.to];
        }
        complete
    }

    fn diagram(&self, reached: &Reached) -> Diagram {
        let layout = self.graph.layout();
        let output = self.graph.output();
        let active = reached.node();
        let complete = self.complete(reached);
        let shared = |node: usize| {
            let edges = self.graph.edges().iter();
            edges.filter(|edge| edge.from == node && self.leads[edge.to]).count() > 1
        };
        let tone = |node: usize| {
            if active == Some(node) {
                Tone::Active
            } else if reached.calculated[node] {
                Tone::Plain
            } else {
                Tone::Faint
            }
        };
        let mut nodes = Vec::with_capacity(layout.places.len() + 1);
        for (index, (node, at)) in self.graph.nodes().iter().zip(&layout.places).enumerate() {
            let symbol = node.symbol();
            let calculates = node.layer > 0;
            let outline = match symbol.chars().count() {
                _ if !calculates => Outline::None,
                ..=3 => Outline::Circle,
                _ => Outline::Box,
            };
            let name = node.name.clone().filter(|_| calculates && index != output);
            let sum = (shared(index) && complete[index])
                .then(|| format!("∂ {}", spell(self.backward.gradients[index])));
            let note = name.into_iter().chain(sum).collect::<Vec<_>>().join(": ");
            nodes.push(Node {
                at: *at,
                outline,
                words: Text::same(symbol),
                note: Text::same(note),
                tone: tone(index),
                key: Some(Key(index as u32)),
                ..Node::default()
            });
        }
        let name = self.graph.nodes()[output].name.as_ref().filter(|_| self.graph.nodes()[output].layer > 0);
        nodes.push(Node {
            at: [layout.columns as f64, layout.places[output][1]],
            outline: Outline::None,
            words: name.map_or(Text::new("result", "结果"), |name| Text::same(name.as_str())),
            tone: if reached.calculated[output] { Tone::Plain } else { Tone::Faint },
            ..Node::default()
        });
        let edge = |from: usize, to: usize, backward: String, tone: Tone| Edge {
            from,
            to,
            forward: if reached.calculated[from] { spell(self.values[from]) } else { String::new() },
            backward,
            tone,
            width: 1.0,
            shade: 0.0,
            key: None,
        };
        let mut edges: Vec<Edge> = Vec::with_capacity(self.graph.edges().len() + 1);
        for (&graph::Edge { from, to }, &contribution) in
            self.graph.edges().iter().zip(&self.backward.contributions)
        {
            let back = reached.passed[to] && self.leads[to];
            let back = if back { spell(contribution) } else { String::new() };
            match edges.last_mut().filter(|last| (last.from, last.to) == (from, to)) {
                // In x · x both sides are one line; what comes back on it is a sum.
                Some(last) if !back.is_empty() => {
                    last.backward = format!("{} + {}", last.backward, bracketed(&back))
                }
                Some(_) => {}
                None => edges.push(edge(from, to, back, tone(to))),
            }
        }
        let end = if reached.calculated[output] { Tone::Plain } else { Tone::Faint };
        let one = if reached.returning { "1" } else { "" };
        edges.push(edge(output, layout.places.len(), one.to_owned(), end));
        Diagram { nodes, edges }
    }
}

/// The notice that stands in for a picture.
pub(super) fn refused(error: &Error) -> Notice {
    let (nodes, most) = (&error.value, MOST_NODES);
    Notice {
        code: "too-many-nodes",
        tone: sheet::Tone::Warning,
        text: told(
            format!("The expression has {nodes} nodes; at most {most} can be drawn."),
            format!("算式有 {nodes} 个节点，最多可绘制 {most} 个。"),
        ),
        remedies: Vec::new(),
    }
}

fn spell(value: f64) -> String {
    significant(value, 4)
}

/// A node's operation with words for its sides.
fn combine(node: &graph::Node, sides: &[String], bracketed: impl Fn(&str) -> String) -> String {
    let symbol = node.symbol();
    match (node.operation, sides) {
        (Operation::Combine(operator), [left, right]) if symbol.chars().count() == 1 => {
            format!("{} {} {}", bracketed(left), operator.symbol(), bracketed(right))
        }
        (Operation::Combine(_), [left, right]) => format!("{symbol}({left}, {right})"),
        (Operation::Raise(_), [base]) => format!("{}{symbol}", bracketed(base)),
        (_, [x]) if symbol == "−" => format!("−{}", bracketed(x)),
        (_, [x]) => format!("{symbol}({x})"),
        _ => symbol,
    }
}

/// What each node is called: its name, or its operation on what its sides are called. A long side is left out.
fn names(graph: &Graph) -> Vec<String> {
    const LONGEST: usize = 16;
    let mut names: Vec<String> = Vec::with_capacity(graph.nodes().len());
    for node in graph.nodes() {
        let side = |edge: &graph::Edge| {
            let name = &names[edge.from];
            let is_long = name.chars().count() > LONGEST && name.contains(' ');
            if is_long { "…".to_owned() } else { name.clone() }
        };
        let name = node.name.clone().unwrap_or_else(|| {
            combine(node, &graph.incoming(node).iter().map(side).collect::<Vec<_>>(), bracketed)
        });
        names.push(name);
    }
    names
}
