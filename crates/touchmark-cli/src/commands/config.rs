//! `touchmark config`: what is set, and where.

use std::path::PathBuf;

use clap::Subcommand;
use serde_json::{Value as Json, json};
use touchmark_git::Repository;

use crate::errors::Failure;
use crate::exit_codes::ExitCode;
use crate::globals::Globals;
use crate::output::Output;
use crate::render::{counted, visible_line};
use crate::settings::{self, Key, Value};

/// Show and change settings.
///
/// The nearest wins: the command line, the environment, the repository's file, git's touchmark.KEY, the user's file.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// List the settings and what they hold.
    ///
    /// With `--json`: `format`, and `settings`: `key`, `value` (or null), `default` (in words), `origin` (repository, git,
    /// user, environment or default), `place` (a file with the line, git's name, the variable, or null), `variable`.
    List {
        /// Say where each value comes from.
        #[arg(long)]
        show_origin: bool,
    },
    /// Print what a setting holds; nothing and exit status 4 when it is not set.
    ///
    /// With `--json`: `format` and the fields that list has of each.
    Get {
        /// The setting.
        #[arg(value_name = "KEY")]
        name: String,
    },
    /// Set a setting in the repository's file.
    Set {
        /// The setting.
        #[arg(value_name = "KEY")]
        name: String,
        /// Its value; several for a list.
        #[arg(required = true, value_name = "VALUE", allow_hyphen_values = true)]
        value: Vec<String>,
        /// In the user's file instead, for every repository.
        #[arg(long)]
        user: bool,
    },
    /// Take a setting out of the repository's file.
    Unset {
        /// The setting.
        #[arg(value_name = "KEY")]
        name: String,
        /// Out of the user's file instead.
        #[arg(long)]
        user: bool,
    },
    /// Say what is wrong with the settings, and what mends it.
    ///
    /// Ends with 2 if something is. With `--json`: `format`, and `faults`: `place`, `text`, `remedy`.
    Doctor,
}

/// Runs the command.
///
/// # Errors
///
/// There is no such setting, or the value is not one that it may hold.
pub(crate) fn run(args: &Args, globals: &Globals, out: &Output) -> anyhow::Result<()> {
    match &args.command {
        Command::List { show_origin } => list(*show_origin, out),
        Command::Get { name } => get(known(name)?, out),
        Command::Set { name, value, user } => set(known(name)?, value, *user, globals, out),
        Command::Unset { name, user } => unset(name, *user, globals, out),
        Command::Doctor => doctor(globals, out),
    }
}

fn known(name: &str) -> Result<Key, Failure> {
    Key::from_name(name).ok_or_else(|| {
        let failure = Failure::new(format!("there is no setting {name}")).exit(ExitCode::Usage);
        match Key::nearest(name) {
            Some(key) => failure.hint(format!("did you mean {}?", key.name())),
            None => failure.hint("touchmark config list (shows all of them)"),
        }
    })
}

fn list(show_origin: bool, out: &Output) -> anyhow::Result<()> {
    if out.is_json() {
        let settings: Vec<Json> = Key::ALL.into_iter().map(as_json).collect();
        return out.json(&json!({"format": 1, "settings": settings}));
    }
    for key in Key::ALL {
        let name = key.name();
        let (value, place) = match settings::current().get(key) {
            Some(setting) => (setting.value.shown(), setting.origin.place(key)),
            None => (format!("({})", key.default_text()), "default".to_owned()),
        };
        let value = visible_line(&value);
        if show_origin {
            out.line(format_args!(
                "{name:<13} {value}  [{}]",
                visible_line(&place)
            ))?;
        } else {
            out.line(format_args!("{name:<13} {value}"))?;
        }
    }
    Ok(())
}

fn as_json(key: Key) -> Json {
    let setting = settings::current().get(key);
    json!({
        "default": key.default_text(),
        "key": key.name(),
        "origin": setting.map_or("default", |setting| setting.origin.word()),
        "place": setting.map(|setting| setting.origin.place(key)),
        "value": setting.map(|setting| &setting.value),
        "variable": key.variable(),
    })
}

fn get(key: Key, out: &Output) -> anyhow::Result<()> {
    if out.is_json() {
        let mut document = as_json(key);
        if let Some(fields) = document.as_object_mut() {
            fields.insert("format".to_owned(), json!(1));
        }
        return out.json(&document);
    }
    match settings::current().get(key).map(|setting| &setting.value) {
        Some(Value::List(texts)) => texts
            .iter()
            .try_for_each(|text| out.line(visible_line(text))),
        Some(value) => out.line(visible_line(&value.shown())),
        None => Err(Failure::new(format!("{} is not set", key.name()))
            .hint(format!("what holds then: {}", key.default_text()))
            .exit(ExitCode::NotFound)
            .into()),
    }
}

/// The file to write.
fn file(user: bool, globals: &Globals) -> anyhow::Result<PathBuf> {
    if user {
        return settings::user_file().ok_or_else(|| {
            Failure::new("there is no home directory, and so no file of the user's")
                .hint("set HOME or XDG_CONFIG_HOME")
                .exit(ExitCode::NotFound)
                .into()
        });
    }
    let repo = Repository::discover(&globals.directory)?;
    Ok(settings::repository_file(&repo))
}

fn set(
    key: Key,
    words: &[String],
    user: bool,
    globals: &Globals,
    out: &Output,
) -> anyhow::Result<()> {
    let value =
        Value::from_words(key.kind(), words).and_then(|value| value.fit_for_file(key.kind()));
    let value = value.map_err(|text| {
        Failure::new(format!("{} {text}", key.name()))
            .hint(format!("{}: {}", key.name(), key.kind().text()))
            .exit(ExitCode::Usage)
    })?;
    let path = file(user, globals)?;
    settings::set(&path, key, &value)?;
    out.note(format_args!(
        "{} = {} in {}",
        key.name(),
        value.shown(),
        path.display()
    ));
    let (now, _) = settings::load(&globals.directory);
    if let Some(setting) = now.get(key).filter(|setting| setting.value != value) {
        out.warn(format_args!(
            "{} outranks it: {}",
            setting.origin.place(key),
            setting.value.shown()
        ));
    }
    Ok(())
}

fn unset(name: &str, user: bool, globals: &Globals, out: &Output) -> anyhow::Result<()> {
    let path = file(user, globals)?;
    if settings::unset(&path, name)? {
        out.note(format_args!("took {name} out of {}", path.display()));
        return Ok(());
    }
    let hint = match Key::from_name(name).and_then(|key| Some((key, settings::current().get(key)?)))
    {
        Some((key, setting)) => format!("it is set in {}", setting.origin.place(key)),
        None => "touchmark config list --show-origin".to_owned(),
    };
    Err(
        Failure::new(format!("{} does not set {name}", path.display()))
            .hint(hint)
            .exit(ExitCode::NotFound)
            .into(),
    )
}

fn doctor(globals: &Globals, out: &Output) -> anyhow::Result<()> {
    let (_, faults) = settings::load(&globals.directory);
    if out.is_json() {
        let faults: Vec<Json> = faults
            .iter()
            .map(|fault| json!({"place": fault.place, "remedy": fault.remedy, "text": fault.text}))
            .collect();
        out.json(&json!({"faults": faults, "format": 1}))?;
    } else {
        for fault in &faults {
            out.line(format_args!("{}: {}", fault.place, fault.text))?;
            out.line(format_args!("  mend it: {}", fault.remedy))?;
        }
        if faults.is_empty() {
            out.line("nothing is wrong")?;
        }
    }
    if faults.is_empty() {
        return Ok(());
    }
    Err(Failure::new(format!(
        "{} that cannot be used",
        counted(faults.len(), "setting")
    ))
    .exit(ExitCode::Usage)
    .into())
}
