//! The types of an expression, before it is used. What cannot be true of any object is an error, not an empty list.

use std::fmt;

use cel::IdedExpr;
use cel::common::ast::operators as op;
use cel::common::ast::{CallExpr, ComprehensionExpr, Expr, LiteralValue, SelectExpr};

use super::{Holds, MAX_DEPTH, Schema, Wrong};

/// What an expression is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Type {
    /// True or false.
    Bool,
    /// A whole number.
    Int,
    /// A number.
    Double,
    /// A text.
    Text,
    /// A list of one type.
    List(Box<Type>),
    /// The elements of a list that has none.
    Unknown,
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Bool => "true or false",
            Self::Int => "a whole number",
            Self::Double => "a number",
            Self::Text => "a text",
            Self::List(_) => "a list",
            Self::Unknown => "anything",
        })
    }
}

impl From<Holds> for Type {
    fn from(holds: Holds) -> Self {
        match holds {
            Holds::Bool => Self::Bool,
            Holds::Int => Self::Int,
            Holds::Text => Self::Text,
            Holds::Texts => Self::List(Box::new(Self::Text)),
        }
    }
}

/// The type of an expression over these names.
///
/// # Errors
///
/// What is wrong with it, in words.
pub(super) fn check(expression: &IdedExpr, schema: &Schema) -> Result<Type, Wrong> {
    let mut checker = Checker {
        schema,
        bound: Vec::new(),
        depth: 0,
        walks: 0,
    };
    checker.type_of(expression)
}

struct Checker<'a> {
    schema: &'a Schema,
    /// Names that walks over lists bring, the innermost last.
    bound: Vec<(String, Type)>,
    depth: usize,
    walks: usize,
}

impl Checker<'_> {
    fn type_of(&mut self, expression: &IdedExpr) -> Result<Type, Wrong> {
        self.depth += 1;
        if self.depth > MAX_DEPTH * 2 {
            return Err(Wrong::new(format!(
                "it is nested more than {MAX_DEPTH} deep"
            )));
        }
        let found = match &expression.expr {
            Expr::Literal(value) => literal(value),
            Expr::Ident(name) => self.named(name),
            Expr::List(list) => self.elements(&list.elements),
            Expr::Call(call) => self.call(call),
            Expr::Comprehension(walk) => self.walk(walk),
            Expr::Select(select) => Err(self.no_such_part(select)),
            Expr::Map(_) | Expr::Struct(_) => Err(Wrong::new(
                "it makes a map or a message, and nothing here is one",
            )),
            Expr::Unspecified => Err(Wrong::new("a part of it is empty")),
        };
        self.depth -= 1;
        found
    }

    fn named(&self, name: &str) -> Result<Type, Wrong> {
        let bound = self.bound.iter().rev().find(|(bound, _)| bound == name);
        if let Some((_, found)) = bound {
            return Ok(found.clone());
        }
        if let Some(field) = self.schema.iter().find(|field| field.name == name) {
            return Ok(field.holds.into());
        }
        let wrong = Wrong::new(format!("there is nothing called {name:?} in it"));
        let names = self.schema.iter().map(|field| field.name);
        Err(match nearest(name, names.clone()) {
            Some(near) => wrong.hint(format!("did you mean {near}?")),
            None => {
                let names: Vec<&str> = names.collect();
                wrong.hint(format!(
                    "there are {}; a text stands in quotes",
                    names.join(", ")
                ))
            }
        })
    }

    fn no_such_part(&self, select: &SelectExpr) -> Wrong {
        let of = match &select.operand.expr {
            Expr::Ident(name) => format!("{name:?}"),
            _ => "what stands before it".to_owned(),
        };
        Wrong::new(format!("{of} has no part called {:?}", select.field))
    }

    fn elements(&mut self, elements: &[IdedExpr]) -> Result<Type, Wrong> {
        let mut common = Type::Unknown;
        for element in elements {
            let found = self.type_of(element)?;
            common = unify(&common, &found)
                .ok_or_else(|| Wrong::new(format!("a list holds {common} and {found}")))?;
        }
        Ok(Type::List(Box::new(common)))
    }

    /// `exists`, `all`, `filter` and `map`, which the parser writes out as walks.
    fn walk(&mut self, walk: &ComprehensionExpr) -> Result<Type, Wrong> {
        let Type::List(element) = self.type_of(&walk.iter_range)? else {
            return Err(Wrong::new(
                "exists, all, filter and map walk over lists, and this is none",
            ));
        };
        if self.walks > 0 {
            let wrong = Wrong::new("a list is walked inside a walk over another");
            return Err(wrong.hint("x in LIST asks whether a list has x"));
        }
        self.walks += 1;
        let before = self.bound.len();
        let start = self.type_of(&walk.accu_init)?;
        self.bound.push((walk.iter_var.clone(), *element));
        if let Some(second) = &walk.iter_var2 {
            return Err(Wrong::new(format!(
                "a walk has one name, and {second:?} is another"
            )));
        }
        self.bound.push((walk.accu_var.clone(), start.clone()));
        self.expect(&walk.loop_cond, &Type::Bool, "what a walk asks")?;
        let step = self.type_of(&walk.loop_step)?;
        let end = unify(&start, &step)
            .ok_or_else(|| Wrong::new(format!("a walk that asks for {start} has {step}")))?;
        if let Some((_, found)) = self.bound.last_mut() {
            *found = end;
        }
        let result = self.type_of(&walk.result)?;
        self.bound.truncate(before);
        self.walks -= 1;
        Ok(result)
    }

    fn expect(&mut self, expression: &IdedExpr, wanted: &Type, what: &str) -> Result<(), Wrong> {
        let found = self.type_of(expression)?;
        match unify(&found, wanted) {
            Some(_) => Ok(()),
            None => Err(Wrong::new(format!(
                "{what} must be {wanted}, and is {found}"
            ))),
        }
    }

    fn call(&mut self, call: &CallExpr) -> Result<Type, Wrong> {
        let mut types = Vec::new();
        for part in call.target.as_deref().into_iter().chain(&call.args) {
            types.push(self.type_of(part)?);
        }
        let name = call.func_name.as_str();
        let found = if call.target.is_some() {
            member(name, &types)
        } else {
            operator(name, &types)
        };
        found.ok_or_else(|| no_such_call(name, &types))
    }
}

fn literal(value: &LiteralValue) -> Result<Type, Wrong> {
    match value {
        LiteralValue::Boolean(_) => Ok(Type::Bool),
        LiteralValue::Int(_) => Ok(Type::Int),
        LiteralValue::Double(_) => Ok(Type::Double),
        LiteralValue::String(_) => Ok(Type::Text),
        LiteralValue::UInt(_) | LiteralValue::Bytes(_) | LiteralValue::Null => Err(Wrong::new(
            "it has a value that nothing here is: whole numbers, numbers, texts, true and false are",
        )),
    }
}

/// The type that both are; an empty list is a list of anything.
fn unify(one: &Type, other: &Type) -> Option<Type> {
    match (one, other) {
        (Type::Unknown, found) | (found, Type::Unknown) => Some(found.clone()),
        (Type::List(one), Type::List(other)) => Some(Type::List(Box::new(unify(one, other)?))),
        _ => (one == other).then(|| one.clone()),
    }
}

/// What follows a dot.
fn member(name: &str, types: &[Type]) -> Option<Type> {
    match (name, types) {
        ("contains" | "startsWith" | "endsWith", [Type::Text, Type::Text]) => Some(Type::Bool),
        ("size", [Type::Text | Type::List(_)]) => Some(Type::Int),
        _ => None,
    }
}

fn operator(name: &str, types: &[Type]) -> Option<Type> {
    match (name, types) {
        (op::LOGICAL_AND | op::LOGICAL_OR, [Type::Bool, Type::Bool])
        | (op::LOGICAL_NOT | op::NOT_STRICTLY_FALSE, [Type::Bool]) => Some(Type::Bool),
        (op::EQUALS | op::NOT_EQUALS, [one, other]) => unify(one, other).map(|_| Type::Bool),
        (op::LESS | op::LESS_EQUALS | op::GREATER | op::GREATER_EQUALS, [one, other]) => {
            let ordered = matches!(one, Type::Int | Type::Double | Type::Text);
            (ordered && one == other).then_some(Type::Bool)
        }
        (op::IN, [one, Type::List(element)]) => unify(one, element).map(|_| Type::Bool),
        (op::ADD, [one @ (Type::Int | Type::Double | Type::Text), other]) => {
            (one == other).then(|| one.clone())
        }
        (op::ADD, [one @ Type::List(_), other @ Type::List(_)]) => unify(one, other),
        (op::SUBSTRACT | op::MULTIPLY | op::DIVIDE, [one @ (Type::Int | Type::Double), other]) => {
            (one == other).then(|| one.clone())
        }
        (op::MODULO, [Type::Int, Type::Int]) => Some(Type::Int),
        (op::NEGATE, [one @ (Type::Int | Type::Double)]) => Some(one.clone()),
        (op::CONDITIONAL, [Type::Bool, one, other]) => unify(one, other),
        (op::INDEX, [Type::List(element), Type::Int]) => Some((**element).clone()),
        ("size", [Type::Text | Type::List(_)]) => Some(Type::Int),
        _ => None,
    }
}

/// Operators as they are written.
const SIGNS: [(&str, &str); 19] = [
    (op::LOGICAL_AND, "&&"),
    (op::LOGICAL_OR, "||"),
    (op::LOGICAL_NOT, "!"),
    (op::EQUALS, "=="),
    (op::NOT_EQUALS, "!="),
    (op::LESS, "<"),
    (op::LESS_EQUALS, "<="),
    (op::GREATER, ">"),
    (op::GREATER_EQUALS, ">="),
    (op::IN, "in"),
    (op::ADD, "+"),
    (op::SUBSTRACT, "-"),
    (op::NEGATE, "-"),
    (op::MULTIPLY, "*"),
    (op::DIVIDE, "/"),
    (op::MODULO, "%"),
    (op::CONDITIONAL, "?:"),
    (op::INDEX, "[]"),
    (op::OPT_INDEX, "[?]"),
];

fn no_such_call(name: &str, types: &[Type]) -> Wrong {
    let of: Vec<String> = types.iter().map(ToString::to_string).collect();
    let shown = SIGNS
        .iter()
        .find(|(known, _)| *known == name)
        .map(|(_, sign)| sign);
    match (shown, types) {
        (Some(sign), _) => Wrong::new(format!("{sign} does not go with {}", of.join(" and "))),
        (None, [Type::Text, ..]) if name == "matches" => {
            Wrong::new("there are no regular expressions in filters")
                .hint("contains, startsWith and endsWith look into texts")
        }
        _ => Wrong::new(format!("there is no {name} of {}", of.join(" and "))).hint(
            "there are contains, startsWith, endsWith and size; exists, all, filter and map walk over lists",
        ),
    }
}

/// The name that was most likely meant: the one that takes the fewest changes, if those are few.
fn nearest<'a>(name: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let plain = name.to_ascii_lowercase();
    let with_distance = names.map(|other| (distance(&plain, other), other));
    let (least, found) = with_distance.min()?;
    (least <= 2.max(found.len() / 3)).then_some(found)
}

/// How many letters must be put in, taken out or changed to make one word of the other.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (at, letter) in one.chars().take(64).enumerate() {
        let mut corner = row.first().copied().unwrap_or_default();
        if let Some(first) = row.first_mut() {
            *first = at + 1;
        }
        for (index, against) in other.iter().enumerate() {
            let left = row.get(index).copied().unwrap_or_default();
            let Some(cell) = row.get_mut(index + 1) else {
                break;
            };
            let cost = corner + usize::from(letter != *against);
            corner = *cell;
            *cell = cost.min(left + 1).min(corner + 1);
        }
    }
    row.last().copied().unwrap_or_default()
}
