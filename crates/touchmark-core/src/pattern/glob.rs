//! Matching a sequence of components against a path, without ever trying a choice twice.

/// One element of a component.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Token {
    /// This byte.
    Byte(u8),
    /// One character, or one byte that is not part of any.
    One,
    /// Any characters, also none.
    Many,
}

/// One element of a pattern.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Component {
    /// Any number of components, also none.
    Any,
    /// One component that these tokens stand for.
    Name(Vec<Token>),
}

impl Component {
    /// A component of these tokens; neighbouring [`Token::Many`] become one.
    pub(crate) fn name(tokens: impl IntoIterator<Item = Token>) -> Self {
        let mut tokens: Vec<Token> = tokens.into_iter().collect();
        tokens.dedup_by(|next, last| *next == Token::Many && *last == Token::Many);
        Self::Name(tokens)
    }

    fn matches(&self, name: &[u8]) -> bool {
        match self {
            Self::Any => true,
            Self::Name(tokens) => name_matches(tokens, name),
        }
    }
}

/// What a path must look like, component by component, from its start to its end.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Glob {
    components: Vec<Component>,
}

impl Glob {
    /// Any number of components at the end is at least one there: what is below, not the thing itself.
    pub(crate) fn new(mut components: Vec<Component>) -> Self {
        if components.last() == Some(&Component::Any) {
            components.push(Component::Name(vec![Token::Many]));
        }
        components.dedup_by(|next, last| *next == Component::Any && *last == Component::Any);
        Self { components }
    }

    /// The same, and everything below what it stands for.
    pub(crate) fn and_below(mut self) -> Self {
        self.components.push(Component::Any);
        self
    }

    /// Whether the path of these components is meant.
    pub(crate) fn matches(&self, path: &[&[u8]]) -> bool {
        all_match(&self.components, path)
    }

    /// Whether what is meant is below this path, which the pattern leads through in so many words.
    ///
    /// Where it has an `Any` any path leads on, so that one says nothing of the path.
    pub(crate) fn leads_through(&self, path: &[&[u8]]) -> bool {
        (1..self.components.len()).any(|end| {
            let start = self.components.get(..end).unwrap_or_default();
            start.last() != Some(&Component::Any) && all_match(start, path)
        })
    }
}

/// Whether the components stand for the path.
///
/// All elements but `Any` take exactly one component, so the first place where the part after
/// an `Any` fits is as good as every later one, and only the last `Any` ever moves on.
fn all_match(components: &[Component], path: &[&[u8]]) -> bool {
    let (mut element, mut at) = (0, 0);
    let mut retry: Option<(usize, usize)> = None;
    while let Some(name) = path.get(at) {
        match components.get(element) {
            Some(Component::Any) => {
                element += 1;
                retry = Some((element, at));
            }
            Some(component) if component.matches(name) => {
                element += 1;
                at += 1;
            }
            _ => match &mut retry {
                Some((after, start)) => {
                    *start += 1;
                    (element, at) = (*after, *start);
                }
                None => return false,
            },
        }
    }
    components
        .get(element..)
        .is_some_and(|rest| rest.iter().all(|component| *component == Component::Any))
}

/// The components of a path.
pub(crate) fn split(path: &[u8]) -> Vec<&[u8]> {
    path.split(|byte| *byte == b'/').collect()
}

/// As [`all_match`], a level below: `Many` moves on character by character.
fn name_matches(tokens: &[Token], name: &[u8]) -> bool {
    let (mut token, mut at) = (0, 0);
    let mut retry: Option<(usize, usize)> = None;
    while let Some(byte) = name.get(at) {
        match tokens.get(token) {
            Some(Token::Many) => {
                token += 1;
                retry = Some((token, at));
            }
            Some(Token::One) => {
                token += 1;
                at += character_len(name, at);
            }
            Some(Token::Byte(wanted)) if wanted == byte => {
                token += 1;
                at += 1;
            }
            _ => match &mut retry {
                Some((after, start)) => {
                    *start += character_len(name, *start);
                    (token, at) = (*after, *start);
                }
                None => return false,
            },
        }
    }
    tokens
        .get(token..)
        .is_some_and(|rest| rest.iter().all(|token| *token == Token::Many))
}

/// Length of the character that starts at `at`; 1 where none does.
fn character_len(name: &[u8], at: usize) -> usize {
    let rest = name.get(at..).unwrap_or_default();
    let longest = rest.get(..4).unwrap_or(rest);
    longest
        .utf8_chunks()
        .next()
        .and_then(|chunk| chunk.valid().chars().next())
        .map_or(1, char::len_utf8)
}
