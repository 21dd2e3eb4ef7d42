//! Writes the typed payloads: `event/payload.rs`.

use std::fmt::Write as _;

use anyhow::Result;

use super::rust::{camel, header};
use super::schema::{Kind, Registry, Repeat, Subject, Use};

/// The structs, one a kind.
pub(crate) fn structs(registry: &Registry) -> Result<String> {
    let mut out = header("What each kind of event says, typed.");
    imports(&mut out, registry);
    for kind in &registry.kind {
        let uses = registry.uses(kind)?;
        let name = kind.type_name();
        let _ = writeln!(
            out,
            "/// `{}`: {}\n#[derive(Debug, Clone, PartialEq, Eq)]\npub struct {name} {{",
            kind.tag(),
            kind.text
        );
        for one in &uses {
            let _ = writeln!(
                out,
                "    /// `{}`: {}\n    pub {}: {},",
                one.key.key,
                one.key.text,
                one.field(),
                field_type(registry, one)?
            );
        }
        out.push_str("}\n\n");
    }
    Ok(out)
}

/// The enum over them, and what the codec does with each.
pub(crate) fn codec(registry: &Registry) -> Result<String> {
    let mut out = header("Payloads to trailers and back.");
    let _ = writeln!(
        out,
        "use super::fields::{{Fields, Writer}};\nuse super::payload;\nuse super::registry::{{Kind, {}}};\nuse super::value::CommentId;\nuse crate::id::ObjectId;\nuse crate::refusal::Refusal;\n",
        subject_words(registry)?.join(", ")
    );
    out.push_str(
        "/// What an event says.\n#[derive(Debug, Clone, PartialEq, Eq)]\npub enum Payload {\n",
    );
    for kind in &registry.kind {
        let name = kind.type_name();
        let _ = writeln!(
            out,
            "    /// `{}`\n    {name}(payload::{name}),",
            kind.tag()
        );
    }
    out.push_str("}\n\nimpl Payload {\n");
    kind_of(&mut out, registry);
    dispatches(&mut out, registry);
    out.push_str("    /// Reads the payload of a `kind` from its trailers.\n    ///\n    /// # Errors\n    ///\n    /// Rule `trailer-value` for the first value that does not match its grammar.\n    pub(crate) fn read(kind: Kind, fields: &mut Fields<'_>) -> Result<Self, Refusal> {\n        match kind {\n");
    for kind in &registry.kind {
        let name = kind.type_name();
        let _ = writeln!(
            out,
            "            Kind::{name} => payload::{name}::read(fields).map(Self::{name}),"
        );
    }
    out.push_str("        }\n    }\n}\n\n");
    for kind in &registry.kind {
        methods(&mut out, registry, kind)?;
    }
    Ok(out)
}

/// The methods that pass on to the payload of each kind.
fn dispatches(out: &mut String, registry: &Registry) {
    dispatch(
        out,
        registry,
        "/// The kind's own trailers, in order.\n    pub fn trailers(&self) -> Vec<(&'static str, String)>",
        "trailers()",
    );
    dispatch(
        out,
        registry,
        "/// The subject, unless it is the user's own.\n    pub fn computed_subject(&self) -> Option<String>",
        "computed_subject()",
    );
    dispatch(
        out,
        registry,
        "/// The comment that the event is about, for those with `Forge-Comment-Id`.\n    pub fn comment_id(&self) -> Option<CommentId>",
        "comment_id()",
    );
    dispatch(
        out,
        registry,
        "/// Replaces every object id by what `f` makes of it.\n    pub fn map_ids(&mut self, f: &mut dyn FnMut(ObjectId) -> ObjectId)",
        "map_ids(f)",
    );
}

/// Imports for the types of all keys.
fn imports(out: &mut String, registry: &Registry) {
    let used = |value: &str| registry.key.iter().any(|key| key.value == value);
    let words: Vec<&str> = registry
        .enumeration
        .iter()
        .filter(|one| used(&one.name))
        .map(|one| one.rust.as_str())
        .collect();
    let ids = ["ObjectId", "Digest", "Fingerprint", "u32", "Yes"];
    let values: Vec<&str> = registry
        .value
        .iter()
        .filter(|value| used(&value.name) && !ids.contains(&value.rust.as_str()))
        .map(|value| value.rust.as_str())
        .collect();
    let _ = writeln!(
        out,
        "use super::registry::{{{}}};\nuse super::value::{{{}}};\nuse crate::id::{{Digest, ObjectId}};\nuse crate::sign::Fingerprint;\n",
        words.join(", "),
        values.join(", ")
    );
}

/// The enumerations that choose a subject.
fn subject_words(registry: &Registry) -> Result<Vec<&str>> {
    let mut words = Vec::new();
    for kind in &registry.kind {
        let Subject::ByWord(templates) = &kind.subject else {
            continue;
        };
        for one in registry.uses(kind)? {
            if templates.get("by").is_some_and(|by| by == one.field()) {
                words.push(registry.rust_type(&one.key.value)?);
            }
        }
    }
    words.sort_unstable();
    words.dedup();
    Ok(words)
}

fn field_type(registry: &Registry, one: &Use<'_>) -> Result<String> {
    let rust = registry.rust_type(&one.key.value)?;
    Ok(match one.repeat {
        Repeat::Optional if rust == "Yes" => "bool".to_owned(),
        Repeat::One => rust.to_owned(),
        Repeat::Optional => format!("Option<{rust}>"),
        Repeat::Many | Repeat::Several => format!("Vec<{rust}>"),
    })
}

fn kind_of(out: &mut String, registry: &Registry) {
    out.push_str("    /// The kind of event.\n    pub const fn kind(&self) -> Kind {\n        match self {\n");
    for kind in &registry.kind {
        let name = kind.type_name();
        let _ = writeln!(out, "            Self::{name}(_) => Kind::{name},");
    }
    out.push_str("        }\n    }\n\n");
}

fn dispatch(out: &mut String, registry: &Registry, signature: &str, call: &str) {
    let _ = writeln!(out, "    {signature} {{\n        match self {{");
    for kind in &registry.kind {
        let _ = writeln!(
            out,
            "            Self::{}(payload) => payload.{call},",
            kind.type_name()
        );
    }
    out.push_str("        }\n    }\n\n");
}

fn methods(out: &mut String, registry: &Registry, kind: &Kind) -> Result<()> {
    let uses = registry.uses(kind)?;
    let unused = if uses.is_empty() { "_" } else { "" };
    let _ = writeln!(out, "impl payload::{} {{", kind.type_name());
    let _ = writeln!(
        out,
        "    fn read({unused}fields: &mut Fields<'_>) -> Result<Self, Refusal> {{\n        Ok(Self {{"
    );
    for one in &uses {
        let _ = writeln!(
            out,
            "            {}: fields.{}({:?})?,",
            one.field(),
            reader(registry, one)?,
            one.key.key
        );
    }
    out.push_str("        })\n    }\n\n");
    if uses.is_empty() {
        out.push_str("    fn trailers(&self) -> Vec<(&'static str, String)> {\n        Vec::new()\n    }\n\n");
    } else {
        out.push_str("    fn trailers(&self) -> Vec<(&'static str, String)> {\n        let mut writer = Writer::default();\n");
        for one in &uses {
            let _ = writeln!(
                out,
                "        writer.{}({:?}, &self.{});",
                reader(registry, one)?,
                one.key.key,
                one.field()
            );
        }
        out.push_str("        writer.finish()\n    }\n\n");
    }
    out.push_str("    fn computed_subject(&self) -> Option<String> {\n");
    subject(out, kind, &uses, registry)?;
    out.push_str("    }\n\n    fn comment_id(&self) -> Option<CommentId> {\n");
    let about = uses.iter().find(|one| one.key.key == "Forge-Comment-Id");
    out.push_str(match about.map(|one| one.repeat) {
        Some(Repeat::Optional) => "        self.comment_id\n",
        Some(_) => "        Some(self.comment_id)\n",
        None => "        None\n",
    });
    out.push_str("    }\n\n");
    map_ids(out, &uses);
    out.push_str("}\n\n");
    Ok(())
}

fn reader(registry: &Registry, one: &Use<'_>) -> Result<&'static str> {
    Ok(match one.repeat {
        Repeat::Optional if registry.rust_type(&one.key.value)? == "Yes" => "yes",
        Repeat::One => "one",
        Repeat::Optional => "optional",
        Repeat::Many | Repeat::Several => "many",
    })
}

fn subject(out: &mut String, kind: &Kind, uses: &[Use<'_>], registry: &Registry) -> Result<()> {
    match &kind.subject {
        Subject::One(template) if template == "user" => out.push_str("        None\n"),
        Subject::One(template) => {
            let _ = writeln!(out, "        Some({})", template_code(template, uses));
        }
        Subject::ByWord(templates) => {
            let by = templates.get("by").map_or("", String::as_str);
            let key = uses.iter().find(|one| one.field() == by);
            let rust = key
                .map(|key| registry.rust_type(&key.key.value))
                .transpose()?
                .unwrap_or_default();
            let _ = writeln!(out, "        Some(match self.{by} {{");
            for (word, template) in templates.iter().filter(|(word, _)| *word != "by") {
                let _ = writeln!(
                    out,
                    "            {rust}::{} => {},",
                    camel(word),
                    template_code(template, uses)
                );
            }
            out.push_str("        })\n");
        }
    }
    Ok(())
}

/// A template as an expression that makes a string.
fn template_code(template: &str, uses: &[Use<'_>]) -> String {
    let mut format = template.to_owned();
    let mut holes: Vec<(usize, String)> = Vec::new();
    for one in uses {
        let field = one.field();
        let hole = format!("{{{field}}}");
        let Some(at) = template.find(&hole) else {
            continue;
        };
        format = format.replace(&hole, "{}");
        let value = match (one.repeat, one.key.value.as_str()) {
            (Repeat::Many | Repeat::Several, _) => format!("Writer::list(&self.{field})"),
            (_, "oid" | "ref") => format!("self.{field}.short()"),
            _ => format!("self.{field}"),
        };
        holes.push((at, value));
    }
    // Arguments fill the holes in the template's order, which need not be that of the keys.
    holes.sort();
    let arguments: String = holes
        .iter()
        .map(|(_, value)| format!(", {value}"))
        .collect();
    if arguments.is_empty() {
        return format!("{template:?}.to_owned()");
    }
    format!("format!({format:?}{arguments})")
}

fn map_ids(out: &mut String, uses: &[Use<'_>]) {
    let mut body = String::new();
    for one in uses {
        let field = one.field();
        let many = matches!(one.repeat, Repeat::Many | Repeat::Several);
        let optional = one.repeat == Repeat::Optional;
        let line = match (one.key.value.as_str(), many, optional) {
            ("oid", false, false) => format!("self.{field} = f(self.{field});"),
            ("oid", false, true) => format!("self.{field} = self.{field}.map(&mut *f);"),
            ("oid", true, _) => format!("self.{field}.iter_mut().for_each(|id| *id = f(*id));"),
            ("comment-id", false, false) => format!("self.{field} = self.{field}.map_event(f);"),
            ("comment-id", false, true) => {
                format!("self.{field} = self.{field}.map(|id| id.map_event(f));")
            }
            ("anchor" | "anchor-2", true, _) => {
                format!("self.{field}.iter_mut().for_each(|anchor| anchor.map_event(f));")
            }
            _ => continue,
        };
        body.push_str("        ");
        body.push_str(&line);
        body.push('\n');
    }
    let f = if body.is_empty() { "_f" } else { "f" };
    let _ = writeln!(
        out,
        "    fn map_ids(&mut self, {f}: &mut dyn FnMut(ObjectId) -> ObjectId) {{\n{body}    }}"
    );
}
