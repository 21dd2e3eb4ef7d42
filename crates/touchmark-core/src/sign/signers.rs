//! The `allowed_signers` file: which keys sign for whom, and when.
//!
//! The file is the one that `ssh-keygen -Y verify` reads, narrowed until both readers must agree:
//! plain principals, exactly `namespaces="git"`, validity in UTC, the two key types, one line per key.
//! A line is never lost; a key is retired by giving its line a `valid-before`.

use std::collections::BTreeMap;
use std::fmt;

use super::key::{KeyError, PublicKey, is_comment};
use super::sshsig::NAMESPACE;
use super::time;
use super::wire::excerpt;

/// Largest file, in bytes.
pub const FILE_MAX_LEN: usize = 1024 * 1024;

/// Most lines in a file, comments included.
pub const LINES_MAX: usize = 10_000;

/// Longest line, in bytes.
pub const LINE_MAX_LEN: usize = 8192;

/// What is wrong with a signers file, and on which line (counted from 1).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("allowed_signers line {line}: {defect}")]
pub struct SignersError {
    /// The line, counted from 1.
    pub line: usize,
    /// What is wrong with it.
    pub defect: SignersDefect,
}

/// What is wrong with a line of a signers file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignersDefect {
    /// The file is too large.
    #[error("the file is larger than 1 MiB or longer than 10,000 lines")]
    FileSize,
    /// The line is too long.
    #[error("the line is longer than 8192 bytes")]
    LineLength,
    /// The last line has no newline, so that an appended line would run into it.
    #[error("the last line does not end in a newline; add one")]
    NoFinalNewline,
    /// A control character, such as a carriage return or a tab.
    #[error("the line has a control character; use LF line ends and spaces")]
    ControlCharacter,
    /// The fields are not separated by single spaces.
    #[error("the line has leading, trailing or doubled spaces")]
    Spacing,
    /// A field is missing.
    #[error(
        "the line ends early; expected: principals namespaces=\"git\" key-type base64 [comment]"
    )]
    Incomplete,
    /// A principal is empty or has a character with a meaning of its own.
    #[error(
        "principal \"{found}\" is not plain; \
         use printable ASCII without spaces and without * ? ! \" ' ` # , = \\"
    )]
    Principal {
        /// The principal, escaped.
        found: String,
    },
    /// The same principal twice on the line.
    #[error("principal \"{found}\" stands on the line twice")]
    RepeatedPrincipal {
        /// The principal, escaped.
        found: String,
    },
    /// Certificate authorities could enrol keys that nobody sees.
    #[error("certificate authorities are not allowed; list each key on a line of its own")]
    CertAuthority,
    /// An option that is not known here.
    #[error(
        "option \"{found}\" is not allowed; only namespaces=\"git\", valid-after=\"…Z\" and valid-before=\"…Z\" are"
    )]
    Option {
        /// The option, escaped.
        found: String,
    },
    /// The same option twice.
    #[error("option {name} stands on the line twice")]
    RepeatedOption {
        /// The option's name.
        name: &'static str,
    },
    /// The namespaces option is missing or lists something else.
    #[error("the line must say namespaces=\"git\", and nothing else in it")]
    Namespaces,
    /// A time is not in the one allowed form.
    #[error("{name} is \"{found}\"; write a time after 1970 in UTC as YYYYMMDDHHMMSSZ")]
    Time {
        /// The option's name.
        name: &'static str,
        /// The value, escaped.
        found: String,
    },
    /// The line is never valid.
    #[error("valid-before is not later than valid-after")]
    EmptyInterval,
    /// The key is not understood, of another type, or weak.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The key stands on an earlier line.
    #[error("the key stands on line {first} already; one key belongs to one line")]
    RepeatedKey {
        /// The earlier line.
        first: usize,
    },
    /// The comment could not be read back.
    #[error("the comment has control characters, outer spaces or more than 1024 bytes")]
    Comment,
}

/// Why a key cannot be retired.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RetireError {
    /// No line has the key.
    #[error("the key is not in allowed_signers")]
    UnknownKey,
    /// The key is retired at that time or earlier; a retirement is never moved to later.
    #[error("the key on line {line} is retired already, at {since} seconds after the Unix epoch")]
    Retired {
        /// The key's line.
        line: usize,
        /// When it was retired, in seconds since the Unix epoch.
        since: i64,
    },
    /// The time cannot be written, or is not after the line's valid-after.
    #[error("the time is before the key's valid-after, or outside of 1970 to 9999")]
    Time,
}

/// One key of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignerLine {
    /// The line, counted from 1.
    pub line: usize,
    /// Whom the key signs for, in the file's order.
    pub principals: Vec<String>,
    /// First second at which stock git lets the key sign, since the Unix epoch.
    pub valid_after: Option<i64>,
    /// Last second at which stock git lets the key sign, since the Unix epoch.
    pub valid_before: Option<i64>,
    /// The key.
    pub key: PublicKey,
    /// The text after the key, often a device's name.
    pub comment: Option<String>,
    /// The line as the file has it, without the newline.
    pub raw: String,
}

impl SignerLine {
    /// The namespaces that the key may sign in: always `git` alone.
    pub const fn namespaces(&self) -> [&'static str; 1] {
        [NAMESPACE]
    }

    /// Whether stock git lets the key sign at `time`, in seconds since the Unix epoch.
    ///
    /// Both ends are included, as in OpenSSH.
    /// A commit's own time is its author's claim, so no decision may rest on this alone.
    pub fn is_valid_at(&self, time: i64) -> bool {
        self.valid_after.is_none_or(|after| after <= time)
            && self.valid_before.is_none_or(|before| time <= before)
    }

    /// The line in canonical form: options in the order namespaces, valid-after, valid-before.
    pub fn to_canonical(&self) -> String {
        let mut text = self.principals.join(",");
        text.push_str(" namespaces=\"");
        text.push_str(NAMESPACE);
        text.push('"');
        for (name, seconds) in [
            (VALID_AFTER, self.valid_after),
            (VALID_BEFORE, self.valid_before),
        ] {
            if let Some(written) = seconds.and_then(time::format) {
                text.push_str(&format!(",{name}=\"{written}\""));
            }
        }
        text.push(' ');
        text.push_str(&self.key.to_openssh());
        if let Some(comment) = &self.comment {
            text.push(' ');
            text.push_str(comment);
        }
        text
    }
}

/// A signers file: its keys, and the comments and blank lines between them.
///
/// [`fmt::Display`] writes it back: untouched lines byte for byte, changed ones in canonical form.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AllowedSigners {
    entries: Vec<SignerLine>,
    // Comments and blank lines by line number.
    remarks: BTreeMap<usize, String>,
}

impl AllowedSigners {
    /// Reads a file.
    ///
    /// # Errors
    ///
    /// [`SignersError`] names the first line that is not exactly as described in this module.
    pub fn parse(text: &str) -> Result<Self, SignersError> {
        let lines = text.bytes().filter(|byte| *byte == b'\n').count();
        if text.len() > FILE_MAX_LEN || lines > LINES_MAX {
            let defect = SignersDefect::FileSize;
            return Err(SignersError { line: 1, defect });
        }
        let mut signers = Self::default();
        let mut known = BTreeMap::new();
        for (index, line) in text.split_inclusive('\n').enumerate() {
            signers
                .read_line(index + 1, line, &mut known)
                .map_err(|defect| SignersError {
                    line: index + 1,
                    defect,
                })?;
        }
        Ok(signers)
    }

    fn read_line(
        &mut self,
        number: usize,
        line: &str,
        known: &mut BTreeMap<PublicKey, usize>,
    ) -> Result<(), SignersDefect> {
        let line = line
            .strip_suffix('\n')
            .ok_or(SignersDefect::NoFinalNewline)?;
        if line.len() > LINE_MAX_LEN {
            return Err(SignersDefect::LineLength);
        }
        if line.chars().any(char::is_control) {
            return Err(SignersDefect::ControlCharacter);
        }
        if line.is_empty() || line.starts_with('#') {
            self.remarks.insert(number, line.to_owned());
            return Ok(());
        }
        let entry = parse_line(number, line)?;
        if let Some(first) = known.insert(entry.key.clone(), number) {
            return Err(SignersDefect::RepeatedKey { first });
        }
        self.entries.push(entry);
        Ok(())
    }

    /// The keys in the file's order.
    pub fn entries(&self) -> &[SignerLine] {
        &self.entries
    }

    /// The line of `key`.
    pub fn find(&self, key: &PublicKey) -> Option<&SignerLine> {
        self.entries.iter().find(|entry| entry.key == *key)
    }

    /// Appends a line for a new key.
    ///
    /// # Errors
    ///
    /// [`SignersError`], with the number that the line would have had, when [`AllowedSigners::parse`] would refuse it.
    pub fn add(
        &mut self,
        principals: &[&str],
        key: &PublicKey,
        comment: Option<&str>,
    ) -> Result<(), SignersError> {
        let line = self.entries.len() + self.remarks.len() + 1;
        let mut entry = SignerLine {
            line,
            principals: principals.iter().map(|&name| name.to_owned()).collect(),
            valid_after: None,
            valid_before: None,
            key: key.clone(),
            comment: comment.map(str::to_owned),
            raw: String::new(),
        };
        entry.raw = entry.to_canonical();
        self.append(entry)
            .map_err(|defect| SignersError { line, defect })
    }

    /// Appends `entry` if its line reads back as the same entry: a name or a comment must not become another field.
    fn append(&mut self, entry: SignerLine) -> Result<(), SignersDefect> {
        let known = self.entries.iter();
        let mut known = known.map(|entry| (entry.key.clone(), entry.line)).collect();
        let mut next = self.clone();
        next.read_line(entry.line, &format!("{}\n", entry.raw), &mut known)?;
        if entry.line > LINES_MAX || next.to_string().len() > FILE_MAX_LEN {
            return Err(SignersDefect::FileSize);
        }
        match next.entries.last() {
            Some(read) if *read == entry => {
                *self = next;
                Ok(())
            }
            Some(read) if read.principals == entry.principals => Err(SignersDefect::Comment),
            _ => Err(SignersDefect::Principal {
                found: excerpt(entry.principals.join(",").as_bytes()),
            }),
        }
    }

    /// Retires a key: `time`, in seconds since the Unix epoch, becomes its valid-before. No other line changes.
    ///
    /// # Errors
    ///
    /// [`RetireError`]; a retirement is never taken back or put off.
    pub fn retire(&mut self, key: &PublicKey, time: i64) -> Result<(), RetireError> {
        let entry = self
            .entries
            .iter_mut()
            .find(|entry| entry.key == *key)
            .ok_or(RetireError::UnknownKey)?;
        if let Some(since) = entry.valid_before
            && since <= time
        {
            let line = entry.line;
            return Err(RetireError::Retired { line, since });
        }
        if time::format(time).is_none() || entry.valid_after.is_some_and(|after| time <= after) {
            return Err(RetireError::Time);
        }
        entry.valid_before = Some(time);
        entry.raw = entry.to_canonical();
        Ok(())
    }
}

impl fmt::Display for AllowedSigners {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut remarks = self.remarks.iter().peekable();
        for entry in &self.entries {
            while let Some((_, remark)) = remarks.next_if(|(line, _)| **line < entry.line) {
                writeln!(f, "{remark}")?;
            }
            writeln!(f, "{}", entry.raw)?;
        }
        remarks.try_for_each(|(_, remark)| writeln!(f, "{remark}"))
    }
}

const NAMESPACES: &str = "namespaces";
const VALID_AFTER: &str = "valid-after";
const VALID_BEFORE: &str = "valid-before";

fn parse_line(number: usize, line: &str) -> Result<SignerLine, SignersDefect> {
    let (principals, rest) = line.split_once(' ').ok_or(SignersDefect::Incomplete)?;
    let (options, rest) = rest.split_once(' ').ok_or(SignersDefect::Incomplete)?;
    if [principals, options].contains(&"") || rest.starts_with(' ') || line.ends_with(' ') {
        return Err(SignersDefect::Spacing);
    }
    let principals = parse_principals(principals)?;
    let options = Options::parse(options)?;
    let mut fields = rest.splitn(3, ' ');
    let (name, encoded, comment) = (fields.next(), fields.next(), fields.next());
    let encoded = encoded.ok_or(SignersDefect::Incomplete)?;
    if encoded.is_empty() {
        return Err(SignersDefect::Spacing);
    }
    if comment.is_some_and(|comment| !is_comment(comment)) {
        return Err(SignersDefect::Comment);
    }
    let (key, _) = PublicKey::from_openssh(&format!("{} {encoded}", name.unwrap_or_default()))?;
    key.check_enrolment().map_err(KeyError::from)?;
    Ok(SignerLine {
        line: number,
        principals,
        valid_after: options.valid_after,
        valid_before: options.valid_before,
        key,
        comment: comment.map(str::to_owned),
        raw: line.to_owned(),
    })
}

fn parse_principals(list: &str) -> Result<Vec<String>, SignersDefect> {
    let mut principals: Vec<String> = Vec::new();
    for name in list.split(',') {
        let found = || excerpt(name.as_bytes());
        // OpenSSH takes the first four for patterns and quotes; the rest invite confusion with other fields.
        let plain = !name.is_empty()
            && name
                .bytes()
                .all(|byte| byte.is_ascii_graphic() && !b"*?!\"'`#=\\".contains(&byte));
        if !plain {
            return Err(SignersDefect::Principal { found: found() });
        }
        if principals.iter().any(|known| known == name) {
            return Err(SignersDefect::RepeatedPrincipal { found: found() });
        }
        principals.push(name.to_owned());
    }
    Ok(principals)
}

#[derive(Default)]
struct Options {
    namespaces: bool,
    valid_after: Option<i64>,
    valid_before: Option<i64>,
}

impl Options {
    /// No allowed value holds a comma, a quote or a space, so splitting at commas is exact.
    fn parse(list: &str) -> Result<Self, SignersDefect> {
        // Without options the key type stands in their place.
        if ["ssh-", "sk-", "ecdsa-"]
            .iter()
            .any(|start| list.starts_with(start))
        {
            return Err(SignersDefect::Namespaces);
        }
        let mut options = Self::default();
        for option in list.split(',') {
            options.read(option)?;
        }
        if !options.namespaces {
            return Err(SignersDefect::Namespaces);
        }
        if let (Some(after), Some(before)) = (options.valid_after, options.valid_before)
            && before <= after
        {
            return Err(SignersDefect::EmptyInterval);
        }
        Ok(options)
    }

    fn read(&mut self, option: &str) -> Result<(), SignersDefect> {
        let (name, value) = option.split_once('=').unwrap_or((option, ""));
        match name {
            "cert-authority" => Err(SignersDefect::CertAuthority),
            NAMESPACES if std::mem::replace(&mut self.namespaces, true) => {
                Err(SignersDefect::RepeatedOption { name: NAMESPACES })
            }
            NAMESPACES if value == "\"git\"" => Ok(()),
            NAMESPACES => Err(SignersDefect::Namespaces),
            VALID_AFTER => read_time(VALID_AFTER, value, &mut self.valid_after),
            VALID_BEFORE => read_time(VALID_BEFORE, value, &mut self.valid_before),
            _ => Err(SignersDefect::Option {
                found: excerpt(option.as_bytes()),
            }),
        }
    }
}

fn read_time(name: &'static str, value: &str, slot: &mut Option<i64>) -> Result<(), SignersDefect> {
    let seconds = value
        .strip_prefix('"')
        .and_then(|value| value.strip_suffix('"'))
        .and_then(time::parse)
        .ok_or_else(|| SignersDefect::Time {
            name,
            found: excerpt(value.as_bytes()),
        })?;
    match slot.replace(seconds) {
        None => Ok(()),
        Some(_) => Err(SignersDefect::RepeatedOption { name }),
    }
}
