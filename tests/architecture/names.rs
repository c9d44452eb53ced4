//! The paths that a Rust file names, found in its tokens: in `use` trees and anywhere else.

/// A path that a file names.
pub(crate) struct Name {
    /// Its line, from 1.
    pub(crate) line: usize,
    /// Whether it begins at this crate's root: `crate::`, `self::` and `super::` are resolved.
    pub(crate) inside: bool,
    /// Its segments; `*` for everything in the one before.
    pub(crate) path: Vec<String>,
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Word(String),
    /// `::`
    Join,
    Sign(char),
}

/// Every path of a file in the module of this path, but of unit tests.
pub(crate) fn names(module: &[String], text: &str) -> Vec<Name> {
    let tokens = tokens(text);
    let mut reader =
        Reader { tokens: &tokens, at: 0, module: module.to_vec(), blocks: Vec::new(), found: Vec::new() };
    reader.read();
    reader.found
}

/// Words that are no path, though one that begins with `::` may follow them.
const KEYWORDS: &[&str] = &[
    "as", "break", "const", "dyn", "else", "extern", "fn", "for", "if", "impl", "in", "let", "match", "move",
    "mut", "pub", "ref", "return", "static", "type", "unsafe", "use", "where", "while",
];

struct Reader<'a> {
    tokens: &'a [(Token, usize)],
    at: usize,
    /// The module under way, those inside the file included.
    module: Vec<String>,
    /// For each open brace whether it is of a module.
    blocks: Vec<bool>,
    found: Vec<Name>,
}

impl Reader<'_> {
    fn peek(&self, ahead: usize) -> Option<&Token> {
        self.tokens.get(self.at + ahead).map(|(token, _)| token)
    }

    fn is_sign(&self, ahead: usize, sign: char) -> bool {
        self.peek(ahead) == Some(&Token::Sign(sign))
    }

    fn word(&self, ahead: usize) -> Option<&str> {
        match self.peek(ahead) {
            Some(Token::Word(word)) => Some(word),
            _ => None,
        }
    }

    fn read(&mut self) {
        while let Some(token) = self.peek(0) {
            match token {
                Token::Sign('#') if self.is_of_tests() => self.skip_item(),
                Token::Word(word) if word == "mod" && self.word(1).is_some() && self.is_sign(2, '{') => {
                    let name = self.word(1).unwrap_or_default().to_owned();
                    self.module.push(name);
                    self.blocks.push(true);
                    self.at += 3;
                }
                Token::Sign('{') => {
                    self.blocks.push(false);
                    self.at += 1;
                }
                Token::Sign('}') => {
                    if self.blocks.pop() == Some(true) {
                        self.module.pop();
                    }
                    self.at += 1;
                }
                // What follows a dot is a field or a method.
                Token::Sign('.') => self.at += if self.word(1).is_some() { 2 } else { 1 },
                Token::Word(word) if word == "use" => {
                    self.at += 1;
                    self.imports();
                }
                Token::Word(word) if KEYWORDS.contains(&word.as_str()) => self.at += 1,
                Token::Word(_) | Token::Join => {
                    let before = self.found.len();
                    self.imports();
                    // A word alone is a variable, a type, a field.
                    self.found.truncate(match self.found.last() {
                        Some(Name { inside: false, path, .. }) if path.len() == 1 => before,
                        _ => self.found.len(),
                    });
                }
                _ => self.at += 1,
            }
        }
    }

    /// Reads a path or a tree of them, with or without a leading `::`.
    fn imports(&mut self) {
        let leading = self.peek(0) == Some(&Token::Join);
        self.at += usize::from(leading);
        if matches!(self.peek(0), Some(Token::Word(_) | Token::Sign('{'))) {
            self.tree(if leading { vec!["::".to_owned()] } else { Vec::new() });
        }
    }

    /// Reads a path, with its branches where it is a tree, that continues `path`.
    fn tree(&mut self, mut path: Vec<String>) {
        let line = self.tokens[self.at].1;
        loop {
            match self.peek(0) {
                Some(Token::Word(word)) => {
                    path.push(word.clone());
                    self.at += 1;
                }
                Some(Token::Sign('*')) => {
                    path.push("*".to_owned());
                    self.at += 1;
                    break;
                }
                Some(Token::Sign('{')) => {
                    self.at += 1;
                    while !self.is_sign(0, '}') && self.peek(0).is_some() {
                        match self.peek(0) {
                            Some(Token::Word(_) | Token::Sign('*' | '{')) => self.tree(path.clone()),
                            _ => self.at += 1,
                        }
                    }
                    self.at += 1;
                    return;
                }
                _ => break,
            }
            let goes_on = self.peek(0) == Some(&Token::Join)
                && matches!(self.peek(1), Some(Token::Word(_) | Token::Sign('*' | '{')));
            if !goes_on {
                break;
            }
            self.at += 1;
        }
        // A new name; but a path after `as` is a type.
        if self.word(0) == Some("as") && self.word(1).is_some() && self.peek(2) != Some(&Token::Join) {
            self.at += 2;
        }
        self.found.extend(self.resolve(path).map(|(inside, path)| Name { line, inside, path }));
    }

    /// The path from the crate's root, or from outside; none for a word that is no path.
    fn resolve(&self, mut path: Vec<String>) -> Option<(bool, Vec<String>)> {
        if path.len() > 1 && path.last().is_some_and(|last| last == "self") {
            path.pop();
        }
        let (mut from, mut rest) = (Vec::new(), path.as_slice());
        match path[0].as_str() {
            "::" => return Some((false, path[1..].to_vec())),
            "crate" | "self" | "super" if path.len() == 1 => return None,
            "crate" => rest = &rest[1..],
            "self" | "super" => {
                from.clone_from(&self.module);
                while let Some(step @ ("self" | "super")) = rest.first().map(String::as_str) {
                    if step == "super" {
                        from.pop();
                    }
                    rest = &rest[1..];
                }
            }
            _ => return Some((false, path)),
        }
        from.extend_from_slice(rest);
        Some((true, from))
    }

    /// Whether an attribute begins here that keeps an item for unit tests.
    fn is_of_tests(&self) -> bool {
        if !self.is_sign(1, '[') || self.word(2) != Some("cfg") {
            return false;
        }
        let inside = self.tokens[self.at..].iter().take_while(|(token, _)| *token != Token::Sign(']'));
        let words: Vec<_> = inside.map(|(token, _)| token).collect();
        let test = |at: usize| words[at] == &Token::Word("test".to_owned());
        // `not(test)` is the opposite.
        let not = |at: usize| at >= 2 && words[at - 2] == &Token::Word("not".to_owned());
        (0..words.len()).any(|at| test(at) && !not(at))
    }

    /// Goes past an item with its attributes: to a semicolon, or to the end of its first block.
    fn skip_item(&mut self) {
        let mut depth = 0_usize;
        while let Some(token) = self.peek(0) {
            let ends = match token {
                Token::Sign('{' | '(' | '[') => {
                    depth += 1;
                    false
                }
                Token::Sign(close @ ('}' | ')' | ']')) => {
                    depth = depth.saturating_sub(1);
                    depth == 0 && *close == '}'
                }
                Token::Sign(';') => depth == 0,
                _ => false,
            };
            self.at += 1;
            if ends {
                return;
            }
        }
    }
}

/// The tokens of a text, each with its line; no comments, strings, numbers or lifetimes.
fn tokens(text: &str) -> Vec<(Token, usize)> {
    let chars: Vec<char> = text.chars().collect();
    let (mut at, mut line, mut found) = (0, 1, Vec::new());
    while let Some(&char) = chars.get(at) {
        let next = |ahead: usize| chars.get(at + ahead).copied().unwrap_or('\0');
        let end = match char {
            '/' if next(1) == '/' => until(&chars, at, |at| chars[at] == '\n'),
            '/' if next(1) == '*' => comment(&chars, at),
            '"' => string(&chars, at),
            'r' | 'b' | 'c' if let Some(end) = prefixed(&chars, at) => end,
            '\'' if next(1) == '\\' => until(&chars, at + 3, |at| chars[at] == '\'') + 1,
            '\'' if next(2) == '\'' => at + 3,
            // A lifetime.
            '\'' => until(&chars, at + 1, |at| !is_word(chars[at])),
            '0'..='9' => until(&chars, at, |at| !is_word(chars[at])),
            _ if is_word(char) => until(&chars, at, |at| !is_word(chars[at])),
            ':' if next(1) == ':' => at + 2,
            _ => at + 1,
        }
        .min(chars.len());
        match char {
            ':' if end == at + 2 => found.push((Token::Join, line)),
            '0'..='9' | '\'' | '"' => {}
            _ if chars[at..end].iter().all(|&char| is_word(char)) => {
                found.push((Token::Word(chars[at..end].iter().collect()), line));
            }
            _ if end == at + 1 && !char.is_whitespace() => found.push((Token::Sign(char), line)),
            _ => {}
        }
        line += chars[at..end].iter().filter(|&&char| char == '\n').count();
        at = end;
    }
    found
}

fn is_word(char: char) -> bool {
    char.is_alphanumeric() || char == '_'
}

/// The first place from `at` on where something holds, or the end.
fn until(chars: &[char], at: usize, holds: impl Fn(usize) -> bool) -> usize {
    (at..chars.len()).find(|&at| holds(at)).unwrap_or(chars.len())
}

/// The end of a comment in which others may be nested.
fn comment(chars: &[char], start: usize) -> usize {
    let (mut depth, mut at) = (0, start);
    while at + 1 < chars.len() {
        match (chars[at], chars[at + 1]) {
            ('/', '*') => (depth, at) = (depth + 1, at + 2),
            ('*', '/') => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            return at;
        }
    }
    chars.len()
}

/// The end of a string that begins with a quote.
fn string(chars: &[char], start: usize) -> usize {
    let mut at = start + 1;
    while at < chars.len() && chars[at] != '"' {
        at += if chars[at] == '\\' { 2 } else { 1 };
    }
    at + 1
}

/// The end of `r"…"`, `r#"…"#`, `b"…"`, `br"…"`, `c"…"`, `b'…'` or `r#word`; none where a plain word begins.
fn prefixed(chars: &[char], start: usize) -> Option<usize> {
    // `bar"` is no prefix: a word before it would have been read whole.
    let letters = until(chars, start, |at| !matches!(chars[at], 'r' | 'b' | 'c'));
    let hashes = until(chars, letters, |at| chars[at] != '#') - letters;
    let raw = chars[start..letters].contains(&'r');
    match chars.get(letters + hashes)? {
        _ if letters - start > 2 => None,
        '"' if raw => {
            let close =
                |at: usize| chars[at] == '"' && (1..=hashes).all(|by| chars.get(at + by) == Some(&'#'));
            Some(until(chars, letters + hashes + 1, close) + hashes + 1)
        }
        '"' if hashes == 0 => Some(string(chars, letters)),
        '\'' if hashes == 0 && !raw && chars[start] == 'b' => {
            let escaped = usize::from(chars.get(letters + 1) == Some(&'\\'));
            Some(letters + 3 + escaped)
        }
        _ => None,
    }
}
