//! Writes the codec's tables: `event/registry.rs`.

use std::fmt::Write as _;

use anyhow::{Context as _, Result};

use super::schema::{Kind, Registry, Subject};

/// The first lines of every generated Rust file.
pub(crate) fn header(title: &str) -> String {
    format!(
        "//! {title}\n//!\n//! Generated from `events.toml` by `cargo xtask generate`; do not edit.\n\n"
    )
}

/// `merge-request` to `MergeRequest`.
pub(crate) fn camel(name: &str) -> String {
    name.split(['-', '_'])
        .map(|part| {
            let mut letters = part.chars();
            letters.next().map_or_else(String::new, |first| {
                first.to_ascii_uppercase().to_string() + letters.as_str()
            })
        })
        .collect()
}

/// One word of a generated enum.
struct Variant {
    name: String,
    word: String,
    text: String,
}

impl Variant {
    fn new(word: &str, text: &str) -> Self {
        Self {
            name: camel(word),
            word: word.to_owned(),
            text: text.to_owned(),
        }
    }
}

pub(crate) fn rules(registry: &Registry) -> String {
    let mut out = header("Every way a record can be wrong.");
    out.push_str("/// A rule by its id.\n#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]\npub enum Rule {\n");
    for rule in &registry.rule {
        let _ = writeln!(out, "    /// {}\n    {},", rule.text, camel(&rule.id));
    }
    out.push_str("}\n\nimpl Rule {\n    /// All of them, in the order in which they are checked.\n    pub const ALL: &[Self] = &[\n");
    for rule in &registry.rule {
        let _ = writeln!(out, "        Self::{},", camel(&rule.id));
    }
    out.push_str("    ];\n\n    /// Id, stage and text of each, in the same order.\n    const TABLE: &[(&str, &str, &str)] = &[\n");
    for rule in &registry.rule {
        let stage = format!("{:?}", rule.stage).to_lowercase();
        let _ = writeln!(out, "        ({:?}, {stage:?}, {:?}),", rule.id, rule.text);
    }
    out.push_str(
        "    ];

    /// As it is written.
    pub const fn id(self) -> &'static str {
        Self::TABLE[self as usize].0
    }

    /// When the rule is checked: `read`, `form`, `log`, `state` or `decide`.
    pub const fn stage(self) -> &'static str {
        Self::TABLE[self as usize].1
    }

    /// What the rule says.
    pub const fn text(self) -> &'static str {
        Self::TABLE[self as usize].2
    }

    /// The one that is written like this.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|rule| rule.id() == id)
    }
}
",
    );
    out
}

pub(crate) fn registry(registry: &Registry) -> Result<String> {
    let mut out = header("The registry's tables: kinds, rights, roles, logs, enumerations.");
    out.push_str(
        "use super::spec::{BodyUse, KeySpec, KindSpec, OrElse, Position, Repeat, TreeShape};\n\n",
    );
    rights(&mut out, registry);
    roles(&mut out, registry);
    let logs: Vec<Variant> = registry
        .log
        .iter()
        .map(|log| Variant::new(&log.name, &log.text))
        .collect();
    enumeration(&mut out, "LogType", "A type of log.", &logs, "name");
    for one in &registry.enumeration {
        let words: Vec<Variant> = one
            .words
            .iter()
            .map(|word| Variant::new(&word.word, &word.text))
            .collect();
        enumeration(&mut out, &one.rust, &one.text, &words, "word");
        word_value(&mut out, &one.rust);
    }
    let kinds: Vec<Variant> = registry
        .kind
        .iter()
        .map(|kind| Variant {
            name: kind.type_name(),
            word: kind.tag(),
            text: format!("`{}`: {}", kind.tag(), kind.text),
        })
        .collect();
    enumeration(
        &mut out,
        "Kind",
        "A kind of event, with its version.",
        &kinds,
        "tag",
    );
    specs(&mut out, registry)?;
    inert(&mut out, registry)?;
    Ok(out)
}

/// The rights, with what each lets one do.
fn rights(out: &mut String, registry: &Registry) {
    let rights: Vec<Variant> = registry
        .right
        .iter()
        .map(|right| Variant::new(&right.name, &right.text))
        .collect();
    enumeration(
        out,
        "Right",
        "What a role lets its holders do.",
        &rights,
        "name",
    );
    out.push_str("impl Right {\n    /// What it lets one do, as in \"may not …\".\n    pub const fn text(self) -> &'static str {\n        match self {\n");
    for right in &rights {
        let _ = writeln!(out, "            Self::{} => {:?},", right.name, right.text);
    }
    out.push_str("        }\n    }\n}\n\n");
}

/// An enum with `ALL`, a name for each variant, and the way back.
fn enumeration(out: &mut String, name: &str, text: &str, variants: &[Variant], word: &str) {
    let _ = writeln!(
        out,
        "/// {text}\n#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]\npub enum {name} {{"
    );
    for variant in variants {
        let _ = writeln!(out, "    /// {}\n    {},", variant.text, variant.name);
    }
    let _ = writeln!(
        out,
        "}}\n\nimpl {name} {{\n    /// All of them, in the registry's order.\n    pub const ALL: &[Self] = &["
    );
    for variant in variants {
        let _ = writeln!(out, "        Self::{},", variant.name);
    }
    let _ = writeln!(
        out,
        "    ];\n\n    /// As it is written.\n    pub const fn {word}(self) -> &'static str {{\n        match self {{"
    );
    for variant in variants {
        let _ = writeln!(
            out,
            "            Self::{} => {:?},",
            variant.name, variant.word
        );
    }
    let _ = writeln!(
        out,
        "        }}\n    }}\n\n    /// The one that is written like this.\n    pub fn from_{word}({word}: &str) -> Option<Self> {{\n        match {word} {{"
    );
    for variant in variants {
        let _ = writeln!(
            out,
            "            {:?} => Some(Self::{}),",
            variant.word, variant.name
        );
    }
    out.push_str("            _ => None,\n        }\n    }\n}\n\n");
}

/// Makes an enumeration a value of trailers and of the state document.
fn word_value(out: &mut String, name: &str) {
    let _ = writeln!(
        out,
        r#"impl std::fmt::Display for {name} {{
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {{
        f.write_str(self.word())
    }}
}}

impl super::value::Value for {name} {{
    fn parse(_kind: crate::id::HashKind, text: &str) -> Option<Self> {{
        Self::from_word(text)
    }}

    fn write(&self) -> String {{
        self.word().to_owned()
    }}
}}

impl serde::Serialize for {name} {{
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {{
        serializer.serialize_str(self.word())
    }}
}}

impl<'de> serde::Deserialize<'de> for {name} {{
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {{
        let word = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        Self::from_word(&word)
            .ok_or_else(|| serde::de::Error::custom(format!("{{word:?}} is no {name}")))
    }}
}}
"#
    );
}

fn roles(out: &mut String, registry: &Registry) {
    out.push_str("/// The rights that the role `name` grants; `None` if there is no such role.\npub fn role_rights(name: &str) -> Option<&'static [Right]> {\n    match name {\n");
    for role in &registry.role {
        let rights: Vec<String> = role
            .rights
            .iter()
            .map(|right| format!("Right::{}", camel(right)))
            .collect();
        let _ = writeln!(
            out,
            "        {:?} => Some(&[{}]),",
            role.name,
            rights.join(", ")
        );
    }
    out.push_str("        _ => None,\n    }\n}\n\n");
}

fn specs(out: &mut String, registry: &Registry) -> Result<()> {
    out.push_str("impl Kind {\n    /// What the registry says of the kind.\n    pub const fn spec(self) -> &'static KindSpec {\n        match self {\n");
    for kind in &registry.kind {
        let name = kind.type_name();
        let _ = writeln!(out, "            Self::{name} => &{},", constant(kind));
    }
    out.push_str("        }\n    }\n}\n\n");
    for kind in &registry.kind {
        spec(out, registry, kind)?;
    }
    Ok(())
}

fn constant(kind: &Kind) -> String {
    format!(
        "{}_{}",
        kind.name.replace('-', "_").to_uppercase(),
        kind.version
    )
}

fn spec(out: &mut String, registry: &Registry, kind: &Kind) -> Result<()> {
    let (low, high) = kind.parent_range()?;
    let logs: Vec<String> = kind
        .logs
        .iter()
        .map(|log| format!("LogType::{}", camel(log)))
        .collect();
    let or_else = kind.or_else.as_ref().map_or_else(
        || "None".to_owned(),
        |or_else| format!("Some(OrElse::{})", camel(or_else)),
    );
    let user_subject = matches!(&kind.subject, Subject::One(template) if template == "user");
    let mut keys = String::new();
    for one in registry.uses(kind)? {
        let _ = write!(
            keys,
            "KeySpec {{ key: {:?}, repeat: Repeat::{:?} }}, ",
            one.key.key, one.repeat
        );
    }
    let _ = writeln!(
        out,
        "static {}: KindSpec = KindSpec {{
    kind: Kind::{},
    logs: &[{}],
    position: Position::{},
    parents: ({low}, {high}),
    keys: &[{keys}],
    body: BodyUse::{},
    tree: TreeShape::{},
    right: Right::{},
    or: {or_else},
    open: {},
    user_subject: {user_subject},
}};
",
        constant(kind),
        kind.type_name(),
        logs.join(", "),
        camel(&kind.position),
        camel(&kind.body),
        camel(&kind.tree),
        camel(&kind.right),
        kind.open,
    );
    Ok(())
}

/// Code points that normalisation passes over: ranges of hexadecimal numbers.
fn inert(out: &mut String, registry: &Registry) -> Result<()> {
    out.push_str("/// Ranges of code points, both ends included, that came after Unicode 14.0 and would not be inert in newer tables.\npub const NFC_INERT: &[(u32, u32)] = &[\n");
    for range in &registry.text.nfc_inert {
        let (low, high) = range.split_once('-').unwrap_or((range, range));
        let number =
            |hex: &str| u32::from_str_radix(hex, 16).with_context(|| format!("nfc_inert {hex}"));
        let _ = writeln!(out, "    ({:#x}, {:#x}),", number(low)?, number(high)?);
    }
    out.push_str("];\n");
    Ok(())
}
