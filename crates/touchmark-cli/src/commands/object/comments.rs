//! Comments on the object as a whole, and reactions.

use touchmark_core::event::{CommentId, Payload, Reaction, ReactionChange, payload};

use super::{Object, ObjectType};
use crate::commands::compose::Body;
use crate::commands::pr::record;
use crate::errors::Failure;
use crate::exit_codes::ExitCode;
use crate::forge::Forge;
use crate::output::Output;
use crate::render::visible_line;

/// A comment.
#[derive(clap::Args, Debug)]
pub(crate) struct Say {
    #[command(flatten)]
    body: Body,
    /// The comment to answer, by its name: EVENT/NUMBER.
    #[arg(long, value_name = "COMMENT")]
    reply: Option<String>,
}

/// Comments on an object, or answers a comment.
///
/// # Errors
///
/// When there is no text, or a refusal.
pub(crate) fn comment(
    forge: &Forge,
    out: &Output,
    object_type: ObjectType,
    name: &str,
    say: &Say,
) -> anyhow::Result<()> {
    let object = match say.reply {
        Some(_) => Object::find(forge, object_type, name)?,
        None => Object::summary(forge, object_type, name)?,
    };
    let reply = say.reply.as_deref();
    let reply = reply.map(|name| object.comment(name)).transpose()?;
    let instructions = format!("A comment on \"{}\".", visible_line(object.title()));
    let text = say.body.required(&forge.repo, "", &instructions)?;
    let command = record::plain(Payload::Comment(payload::Comment { reply }), Some(text));
    let said = format!("commented on {}", object.called());
    record(forge, out, &object.log, command, &said)
}

/// Gives a comment a new text.
///
/// # Errors
///
/// When there is no text, or a refusal.
pub(crate) fn edit_comment(
    forge: &Forge,
    out: &Output,
    object: &Object,
    comment_id: CommentId,
    body: &Body,
) -> anyhow::Result<()> {
    let old = object.comments().and_then(|all| all.get(&comment_id));
    let old = old.and_then(|comment| comment.text.as_deref());
    let text = body.required(
        &forge.repo,
        old.unwrap_or_default(),
        "The comment's new text.",
    )?;
    anyhow::ensure!(
        old != Some(text.as_str()),
        "the text is the same as before; nothing was recorded"
    );
    let payload = Payload::CommentEdit(payload::CommentEdit { comment_id });
    let said = format!("edited a comment on {}", object.called());
    record(
        forge,
        out,
        &object.log,
        record::plain(payload, Some(text)),
        &said,
    )
}

/// Takes a comment back.
///
/// # Errors
///
/// A refusal when it is retracted already, or neither the signer's nor may the signer moderate.
pub(crate) fn retract(
    forge: &Forge,
    out: &Output,
    object: &Object,
    comment_id: CommentId,
    body: &Body,
) -> anyhow::Result<()> {
    let payload = Payload::Retract(payload::Retract { comment_id });
    let said = format!("retracted a comment on {}", object.called());
    let command = record::plain(payload, body.given()?);
    record(forge, out, &object.log, command, &said)
}

/// Reactions to add and remove.
#[derive(clap::Args, Debug)]
pub(crate) struct Reactions {
    /// The comment to react to, by its name: EVENT/NUMBER; the description otherwise.
    #[arg(long, short = 'c', value_name = "COMMENT")]
    comment: Option<String>,
    /// A reaction to add (confused, eyes, heart, hooray, laugh, rocket, thumbs-down, thumbs-up);
    /// with a leading `-` one to take back.
    #[arg(
        required = true,
        allow_hyphen_values = true,
        value_name = "[+|-]REACTION"
    )]
    changes: Vec<String>,
}

/// Reacts to a comment or to the object's description.
///
/// # Errors
///
/// When one is no reaction, or a refusal.
pub(crate) fn react(
    forge: &Forge,
    out: &Output,
    object_type: ObjectType,
    name: &str,
    given: &Reactions,
) -> anyhow::Result<()> {
    let object = match given.comment {
        Some(_) => Object::find(forge, object_type, name)?,
        None => Object::summary(forge, object_type, name)?,
    };
    let comment = given.comment.as_deref();
    let comment_id = comment.map(|name| object.comment(name)).transpose()?;
    let mut reactions: Vec<ReactionChange> = Vec::new();
    for word in &given.changes {
        let change = reaction(word)?;
        if !reactions.contains(&change) {
            reactions.push(change);
        }
    }
    let payload = Payload::React(payload::React {
        comment_id,
        reactions,
    });
    let said = format!("reacted to {}", object.called());
    record(forge, out, &object.log, record::plain(payload, None), &said)
}

fn reaction(word: &str) -> anyhow::Result<ReactionChange> {
    let signed = match word.starts_with(['+', '-']) {
        true => word.to_owned(),
        false => format!("+{word}"),
    };
    ReactionChange::parse(&signed).ok_or_else(|| {
        let known: Vec<&str> = Reaction::ALL.iter().map(|one| one.word()).collect();
        Failure::new(format!("{word:?} is no reaction"))
            .hint(format!("one of: {}", known.join(", ")))
            .exit(ExitCode::Usage)
            .into()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reactions_are_words_with_a_sign() {
        let read = |word| reaction(word).ok().map(|change| change.to_string());
        assert_eq!(read("heart").as_deref(), Some("+heart"));
        assert_eq!(read("+heart").as_deref(), Some("+heart"));
        assert_eq!(read("-thumbs-up").as_deref(), Some("-thumbs-up"));
        assert_eq!(read("love"), None);
    }
}
