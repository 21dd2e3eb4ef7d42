//! Filters: expressions in CEL, the Common Expression Language, over what is known of an object.
//!
//! An expression is checked whole before it is used: every name and type in it, and that its result is true or false.
//! It costs little on any object: it is short, its nesting is bounded, and no list is walked inside another walk.
//! Nothing here reads anything: a [`Schema`] says what may be named, a [`Values`] has it.
//! It is not in the core because the parser's dependencies, a dozen crates, are more than the core's own.

mod check;
mod fields;
mod saved;

use std::sync::Arc;

use cel::common::value::CowVal;
use cel::context::VariableResolver;
use cel::{Context, Env, ExecutionError, Program, Value};

pub(crate) use check::Type;
pub(crate) use fields::{Reader, SCHEMA, manual};
pub(crate) use saved::{Saved, list as saved_filters, path as saved_path};

/// Longest expression, in bytes.
pub(crate) const MAX_LEN: usize = 2048;

/// Deepest nesting of brackets, and of an expression.
const MAX_DEPTH: usize = 32;

/// The parser recurses; this is more than the longest expression can make it take.
const STACK_BYTES: usize = 256 * 1024 * 1024;

/// A name that expressions may use.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Field {
    /// The name.
    pub(crate) name: &'static str,
    /// What it holds.
    pub(crate) holds: Holds,
    /// What it means.
    pub(crate) text: &'static str,
}

/// What a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Holds {
    /// True or false.
    Bool,
    /// A whole number.
    Int,
    /// A text.
    Text,
    /// A list of texts.
    Texts,
}

impl Holds {
    /// What CEL calls it.
    pub(crate) const fn cel(self) -> &'static str {
        match self {
            Self::Bool => "bool",
            Self::Int => "int",
            Self::Text => "string",
            Self::Texts => "list(string)",
        }
    }
}

/// The names that expressions may use.
pub(crate) type Schema = [Field];

/// An expression that was checked.
pub(crate) struct Filter {
    program: Program,
    env: Arc<Env>,
}

/// Why an expression is none, in words.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Wrong {
    /// What is wrong.
    pub(crate) why: String,
    /// What to do.
    pub(crate) hint: Option<String>,
}

impl Wrong {
    fn new(why: impl Into<String>) -> Self {
        Self {
            why: why.into(),
            hint: None,
        }
    }

    fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

impl std::fmt::Debug for Filter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.program.expression().fmt(f)
    }
}

impl Filter {
    /// Reads an expression over these names.
    ///
    /// # Errors
    ///
    /// It is too long or too deep, is no expression, names what there is not, mixes types, or is not true or false.
    pub(crate) fn parse(source: &str, schema: &'static Schema) -> Result<Self, Wrong> {
        if source.len() > MAX_LEN {
            return Err(Wrong::new(format!("it has more than {MAX_LEN} bytes")));
        }
        if depth(source) > MAX_DEPTH {
            return Err(Wrong::new(format!(
                "its brackets are nested more than {MAX_DEPTH} deep"
            )));
        }
        let source = source.to_owned();
        // A parser that fails does so in a thread of its own, with room enough for the deepest expression.
        std::thread::Builder::new()
            .stack_size(STACK_BYTES)
            .spawn(move || read(&source, schema))
            .map_err(|err| Wrong::new(format!("there is no memory to read it in: {err}")))?
            .join()
            .unwrap_or_else(|_| Err(Wrong::new("the parser does not understand it")))
    }

    /// Whether it is true of these values.
    ///
    /// # Errors
    ///
    /// It divides by zero, overflows, or asks for an element that a list has not.
    pub(crate) fn is_true(&self, values: &dyn VariableResolver) -> Result<bool, String> {
        let mut context = Context::with_env(Arc::clone(&self.env));
        context.set_variable_resolver(values);
        match self.program.execute(&context) {
            Ok(Value::Bool(value)) => Ok(value),
            Ok(_) => Err("its result is not true or false".to_owned()),
            Err(err) => Err(in_words(&err)),
        }
    }

    /// Whether it uses a name.
    pub(crate) fn uses(&self, name: &str) -> bool {
        self.program.references().has_variable(name)
    }
}

fn read(source: &str, schema: &Schema) -> Result<Filter, Wrong> {
    let env = Env::stdlib();
    let program = env
        .compile(source)
        .map_err(|err| Wrong::new(syntax(&err.to_string())))?;
    match check::check(program.expression(), schema)? {
        Type::Bool => Ok(Filter {
            program,
            env: Arc::new(env),
        }),
        other => Err(Wrong::new(format!(
            "its result is {other}, and not true or false"
        ))),
    }
}

/// What the parser says, in one sentence: where, and what it did not expect.
fn syntax(told: &str) -> String {
    let first = told.lines().next().unwrap_or_default();
    let first = first.trim_start_matches("ERROR: ");
    let mut parts = first.splitn(5, ':').skip(2).map(str::trim);
    let (column, what) = (parts.next(), parts.last());
    let what = what.unwrap_or(first);
    let what = what
        .split_once(" expecting ")
        .map_or(what, |(what, _)| what);
    let place = column.and_then(|column| column.parse::<usize>().ok());
    match (place, what) {
        (_, what) if what.contains("'<EOF>'") => "it ends too early".to_owned(),
        (Some(column), what) => format!("{what} at character {column}"),
        (None, what) => what.to_owned(),
    }
}

/// How deep brackets are nested; those in texts count too, which is no matter.
fn depth(source: &str) -> usize {
    let (mut now, mut most) = (0_usize, 0);
    for byte in source.bytes() {
        match byte {
            b'(' | b'[' | b'{' => {
                now += 1;
                most = most.max(now);
            }
            b')' | b']' | b'}' => now = now.saturating_sub(1),
            _ => {}
        }
    }
    most
}

fn in_words(err: &ExecutionError) -> String {
    match err {
        ExecutionError::DivisionByZero(_) | ExecutionError::RemainderByZero(_) => {
            "it divides by zero".to_owned()
        }
        ExecutionError::Overflow(..) => "a number in it becomes too large".to_owned(),
        ExecutionError::IndexOutOfBounds(_) => {
            "it asks for an element that the list does not have".to_owned()
        }
        other => other.to_string(),
    }
}

/// A value for an expression.
pub(crate) fn text(value: &str) -> CowVal<'_, '_> {
    CowVal::owned(cel::common::types::CelString::from(value))
}

#[cfg(test)]
mod tests;
