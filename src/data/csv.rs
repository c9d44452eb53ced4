//! Labelled rows as a visitor pastes them: comma-separated values.

use super::rows::Rows;
use crate::error::{Code, Error, Result};

/// The most rows.
pub const MOST_ROWS: usize = 1000;
/// Numbers in each row.
pub const COLUMNS: usize = 4;
/// The most kinds that are told apart: as many as charts have colours.
pub const MOST_KINDS: usize = 7;
/// The largest number, either sign.
const LARGEST: f64 = 1000.0;
/// The most characters of a name.
const LONGEST_NAME: usize = 24;

/// Rows with what their columns and kinds are called.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// The names of the columns, where the first line holds them.
    pub columns: Option<[String; COLUMNS]>,
    /// The kinds in the order in which they first appear; their indices are the labels.
    pub kinds: Vec<String>,
    /// The rows.
    pub rows: Rows,
}

/// A part of a line, and its place there in characters.
struct Cell<'a> {
    text: &'a str,
    at: usize,
}

/// Reads four numbers and a name from each line, with commas, semicolons or tabs between them. The first line may name
/// the columns; empty lines are passed over.
///
/// # Errors
/// Of `field`, with line and column: a line of other than five parts, what is no number from −1000 to 1000, a name of
/// more than 24 characters; more than 1,000 rows, or kinds other than 2 to 7.
pub fn parse(field: &str, text: &str) -> Result<Table> {
    let mut table = Table { columns: None, kinds: Vec::new(), rows: Rows::empty(COLUMNS) };
    let mut is_first = true;
    // Spreadsheets mark UTF-8 at the beginning.
    let text = text.trim_start_matches('\u{feff}');
    for (line, words) in text.lines().enumerate().filter(|(_, words)| !words.trim().is_empty()) {
        let fault = |code, cell: &Cell<'_>, allowed: &str| {
            Err(Error::new(code, field, cell.text, allowed).at_line(line, cell.at))
        };
        let cells = cells(words);
        let whole = Cell { text: words.trim(), at: 0 };
        let [numbers @ .., name] = cells.as_slice() else { continue };
        if numbers.len() != COLUMNS || name.text.is_empty() {
            return fault(Code::SizeMismatch, &whole, "1, 2, 3, 4, a");
        }
        let is_number = |cell: &Cell<'_>| cell.text.parse::<f64>().is_ok();
        let is_name = |cell: &Cell<'_>| !cell.text.is_empty() && !is_number(cell);
        if std::mem::take(&mut is_first) && numbers.iter().all(is_name) {
            table.columns = Some(std::array::from_fn(|column| numbers[column].text.to_owned()));
            numbers.iter().try_for_each(|name| check_name(field, line, name))?;
            continue;
        }
        let mut values = [0.0; COLUMNS];
        for (value, cell) in values.iter_mut().zip(numbers) {
            let allowed = "-1000 … 1000";
            *value = match cell.text.parse::<f64>() {
                Ok(number) if number.abs() <= LARGEST => number,
                Ok(number) if !number.is_nan() => return fault(Code::OutsideRange, cell, allowed),
                _ => return fault(Code::NotANumber, cell, allowed),
            };
        }
        check_name(field, line, name)?;
        if table.rows.len() == MOST_ROWS {
            let (found, allowed) = (format!("more than {MOST_ROWS} rows"), format!("1 … {MOST_ROWS} rows"));
            return Err(Error::new(Code::TooLarge, field, found, allowed).at_line(line, 0));
        }
        let known = table.kinds.iter().position(|kind| kind == name.text);
        let kind = known.unwrap_or(table.kinds.len());
        if kind == MOST_KINDS {
            return fault(Code::NotAChoice, name, &table.kinds.join(" | "));
        }
        if known.is_none() {
            table.kinds.push(name.text.to_owned());
        }
        table.rows.push_checked(&values, kind as u8);
    }
    if table.kinds.len() < 2 {
        let found = format!("{} kinds", table.kinds.len());
        return Err(Error::new(Code::SizeMismatch, field, found, format!("2 … {MOST_KINDS} kinds")));
    }
    Ok(table)
}

fn check_name(field: &str, line: usize, name: &Cell<'_>) -> Result<()> {
    let length = name.text.chars().count();
    if length <= LONGEST_NAME {
        return Ok(());
    }
    let (found, allowed) = (format!("{length} characters"), format!("1 … {LONGEST_NAME} characters"));
    Err(Error::new(Code::TooLarge, field, found, allowed).at_line(line, name.at))
}

/// The parts of a line, without what surrounds them.
fn cells(line: &str) -> Vec<Cell<'_>> {
    let mut start = 0;
    let parts = line.split([',', ';', '\t', '，', '；']).map(|part| {
        let at = start;
        let blank = |character: char| character.is_whitespace() || character == '"';
        start += part.chars().count() + 1;
        let lead = part.chars().take_while(|&character| blank(character)).count();
        Cell { text: part.trim_matches(blank), at: at + lead }
    });
    parts.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_with_and_without_a_header_in_any_usual_notation() {
        let plain = parse("rows", "5.1,3.5,1.4,0.2,setosa\n7,3.2,4.7,1.4,versicolor\n").expect("two rows");
        assert_eq!((plain.rows.len(), plain.rows.labels(), plain.columns.clone()), (2, &[0, 1][..], None));
        assert_eq!(plain.rows.row(1), [7.0, 3.2, 4.7, 1.4]);
        for same in [
            "\n\n 5.1, 3.5 ,1.4,0.2 , setosa \r\n\r\n7;3.2;4.7;1.4;versicolor",
            "5.1\t3.5\t1.4\t0.2\tsetosa\n7\t3.2\t4.7\t1.4\tversicolor",
            "\u{feff}5.1,3.5,1.4,0.2,setosa\n7,3.2,4.7,1.4,versicolor",
            "\"5.1\",\"3.5\",\"1.4\",\"0.2\",\"setosa\"\n7e0，3.2，4.7，1.4，versicolor",
        ] {
            assert_eq!(parse("rows", same).as_ref(), Ok(&plain), "{same}");
        }
        let named = parse("rows", "长,宽,c,d,kind\n1,2,3,4,b\n1,2,3,4,a\n1,2,3,4,b").expect("a header");
        assert_eq!(named.columns.expect("named"), ["长", "宽", "c", "d"]);
        assert_eq!(
            (named.kinds, named.rows.labels()),
            (vec!["b".to_owned(), "a".to_owned()], &[0, 1, 0][..])
        );
    }

    #[test]
    fn a_mistake_is_told_with_its_line_and_column() {
        let place = |text: &str| {
            let error = parse("rows", text).expect_err(text);
            assert_eq!(error.field, "rows");
            (error.code, error.line.map(|line| line + 1), error.at.map(|at| at + 1))
        };
        let good = "1,2,3,4,a\n";
        assert_eq!(place(&format!("{good}\n5.1, 3.x, 1, 2, b")), (Code::NotANumber, Some(3), Some(6)));
        assert_eq!(place(&format!("{good}1,2,3,1001,b")), (Code::OutsideRange, Some(2), Some(7)));
        assert_eq!(place(&format!("{good}1,2,3,nan,b")), (Code::NotANumber, Some(2), Some(7)));
        assert_eq!(place(&format!("{good}1,2,3,inf,b")), (Code::OutsideRange, Some(2), Some(7)));
        assert_eq!(place(&format!("{good}1,2,3,b")), (Code::SizeMismatch, Some(2), Some(1)));
        assert_eq!(place(&format!("{good}1,2,3,4,")), (Code::SizeMismatch, Some(2), Some(1)));
        assert_eq!(place(&format!("{good}数，2,3,4,b")).2, Some(1), "counted in characters");
        assert_eq!(place(",,,,setosa\n"), (Code::NotANumber, Some(1), Some(1)), "names that are none");
        // A mistake in the first number is no header.
        assert_eq!(place("x,2,3,4,a"), (Code::NotANumber, Some(1), Some(1)));
        assert_eq!(place(&format!("{good}1,2,3,4,{}", "b".repeat(25))).0, Code::TooLarge);
        assert_eq!(place(good), (Code::SizeMismatch, None, None), "one kind");
        assert_eq!(place("").0, Code::SizeMismatch);
        let rows = "1,2,3,4,a\n1,2,3,4,b\n".repeat(500);
        assert_eq!(parse("rows", &rows).expect("as many as may be").rows.len(), MOST_ROWS);
        assert_eq!(place(&format!("{rows}{good}")), (Code::TooLarge, Some(1001), Some(1)));
        let kinds: String = (0..8).map(|kind| format!("1,2,3,4,k{kind}\n")).collect();
        assert_eq!(place(&kinds), (Code::NotAChoice, Some(8), Some(9)));
        let error = parse("rows", &format!("{good}5.x,2,3,4,b")).expect_err("no number");
        assert_eq!(
            error.to_string(),
            "rows is \"5.x\", which is not a number, at line 2, column 1; allowed: -1000 … 1000"
        );
    }
}
