//! JSON as RFC 8259 has it: its parts as they are written, and values of serde's data model as text.
//!
//! `serde_json` does more, in 60 kB of machine code and tables. What a text as a whole means is read by
//! `nn::spec::json`, which says where it stops being JSON.

mod write;

pub use write::to_string;

/// The names and values of the object that a text is, each value as it is written; none where the text is no object.
/// What the values hold is not looked at: each is any run of characters in which brackets and quotation marks close.
pub fn members(text: &str) -> Option<Vec<(String, &str)>> {
    let mut members = Vec::new();
    for part in parts(text, '{', '}')? {
        let (quoted, rest) = part.split_at(quoted(part)?);
        members
            .push((string(quoted)?, rest.trim_start_matches(SPACES).strip_prefix(':')?.trim_matches(SPACES)));
    }
    Some(members)
}

/// The items of the list that a text is, each as it is written.
pub fn items(text: &str) -> Option<Vec<&str>> {
    parts(text, '[', ']')
}

/// What stands between commas within one pair of brackets.
fn parts(text: &str, open: char, close: char) -> Option<Vec<&str>> {
    let inside = text.trim_matches(SPACES).strip_prefix(open)?.strip_suffix(close)?;
    let mut parts = Vec::new();
    let (mut at, mut start, mut levels) = (0, 0, 0_usize);
    while let Some(byte) = inside.as_bytes().get(at) {
        match byte {
            b'"' => at += quoted(&inside[at..])? - 1,
            b'{' | b'[' => levels += 1,
            b'}' | b']' => levels = levels.checked_sub(1)?,
            b',' if levels == 0 => {
                parts.push(inside[start..at].trim_matches(SPACES));
                start = at + 1;
            }
            _ => {}
        }
        at += 1;
    }
    let last = inside[start..].trim_matches(SPACES);
    if !parts.is_empty() || !last.is_empty() {
        parts.push(last);
    }
    (levels == 0 && parts.iter().all(|part| !part.is_empty())).then_some(parts)
}

/// A whole number that is not negative: digits, and no 0 before others.
pub fn whole(text: &str) -> Option<usize> {
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    if is_number { text.parse().ok() } else { None }
}

/// How many bytes a string at the start of a text has, from one quotation mark to the other.
pub fn quoted(text: &str) -> Option<usize> {
    let mut escaped = false;
    let inside = text.strip_prefix('"')?.bytes().position(|byte| {
        let ends = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        ends
    });
    inside.map(|length| length + 2)
}

/// What a string in quotation marks says.
pub fn string(quoted: &str) -> Option<String> {
    let mut said = String::with_capacity(quoted.len());
    let mut rest = quoted.strip_prefix('"')?.strip_suffix('"')?.chars();
    while let Some(character) = rest.next() {
        said.push(match character {
            '"' | '\0'..='\u{1f}' => return None,
            '\\' => match rest.next()? {
                mark @ ('"' | '\\' | '/') => mark,
                'b' => '\u{8}',
                'f' => '\u{c}',
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                'u' => {
                    let (first, after) = code(rest.as_str())?;
                    let (code, after) = if (0xd800..0xdc00).contains(&first) {
                        // Characters beyond 65,535 are written as two halves.
                        let (second, after) = code(after.strip_prefix("\\u")?)?;
                        let low = second.checked_sub(0xdc00).filter(|low| *low < 0x400)?;
                        (0x10000 + ((first - 0xd800) << 10) + low, after)
                    } else {
                        (first, after)
                    };
                    rest = after.chars();
                    char::from_u32(code)?
                }
                _ => return None,
            },
            character => character,
        });
    }
    Some(said)
}

/// The four hexadecimal digits at the start of a text, and what comes behind them.
fn code(text: &str) -> Option<(u32, &str)> {
    let (digits, after) = text.split_at_checked(4)?;
    let is_hexadecimal = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    Some((is_hexadecimal.then(|| u32::from_str_radix(digits, 16).ok())??, after))
}

const SPACES: [char; 4] = [' ', '\t', '\n', '\r'];

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_object_is_taken_apart_as_it_is_written() {
        let text = r#" { "a" : [1, {"b,": "}"}], "\u00e4\"" :"x" , "a":{ } } "#;
        let found = members(text).expect("an object");
        let expected = [("a", r#"[1, {"b,": "}"}]"#), ("ä\"", r#""x""#), ("a", "{ }")];
        assert_eq!(found, expected.map(|(name, value)| (name.to_owned(), value)));
        assert_eq!(members(" {} "), Some(vec![]));
        assert_eq!(items("[ ]"), Some(vec![]));
        assert_eq!(items(r#"[1 , "],", [2,3]]"#), Some(vec!["1", r#""],""#, "[2,3]"]));
        for wrong in [
            "",
            "5",
            "[]",
            "{",
            "}",
            r#"{"a"}"#,
            r#"{"a":1,}"#,
            r#"{,"a":1}"#,
            r#"{"a:1}"#,
            "{a:1}",
            r#"{"a":]}"#,
        ] {
            assert_eq!(members(wrong), None, "{wrong}");
        }
        for wrong in ["[1,]", "[,]", "[", "[[]", "[]]", "[\"]"] {
            assert_eq!(items(wrong), None, "{wrong}");
        }
        assert_eq!(whole("18446744073709551615"), usize::try_from(u64::MAX).ok());
        for wrong in ["", "01", "+1", "-1", "1.0", "1e3", " 1", "99999999999999999999"] {
            assert_eq!(whole(wrong), None, "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn strings_mean_what_serde_json_says(quoted in r#""([a-zé😀 "]|\\["\\/bfnrtux]|\\u(d[8-9a-f])?[0-9a-fA-F]{2,4}){0,6}""#) {
            prop_assert_eq!(string(&quoted), serde_json::from_str(&quoted).ok(), "{}", quoted);
        }

        #[test]
        fn whatever_is_said_comes_back(said in any::<String>()) {
            let written = to_string(&said).expect("a string");
            prop_assert_eq!(&written, &serde_json::to_string(&said).expect("a string"));
            prop_assert_eq!(quoted(&written), Some(written.len()));
            prop_assert_eq!(string(&written), Some(said));
        }
    }
}
