//! `refs/for/<branch>`: a change that stock git pushes becomes a pull request, by the word of its push certificate.

use touchmark_core::code::CodeCommit;
use touchmark_core::decide::{self, Author, Command as Deed, Files, Next};
use touchmark_core::event::{LogType, Payload, Pusher, RefName, Rule, payload};
use touchmark_core::id::ObjectId;
use touchmark_core::log::LogName;
use touchmark_core::object::ObjectType;
use touchmark_core::push::{Place, Proof, Scene, Whole};
use touchmark_core::refusal::Refusal;
use touchmark_core::replay::Outcome;
use touchmark_git::{RefEdit, Repository};

use super::super::push::Push;
use super::super::{refuse, setup};
use super::logs::{expect_base, pr_state};
use super::view::View;
use super::{Asked, content, fault, proof};
use crate::facts;
use crate::forge::{Records, sign_and_store};
use crate::keys::Signer;

/// The push option that names the pull request to revise.
const OPTION: &str = "pr=";

/// A commit's headers and message beyond this are not read.
const MAX_COMMIT_BYTES: u64 = 1024 * 1024;

/// What a command to `refs/for/…` becomes.
pub(super) struct Imported {
    /// The command's ref.
    pub(super) command: String,
    /// What moves in its place.
    pub(super) edits: Vec<RefEdit>,
    /// Lines for the pusher.
    pub(super) notes: Vec<String>,
}

/// A change that is to be imported, with what it is made from.
struct Change<'a> {
    branch: &'a RefName,
    head: ObjectId,
    base: ObjectId,
    certificate: Vec<u8>,
    pusher: Pusher,
}

/// Makes the events for every command to `refs/for/…`; nothing else of the push is refused any more.
pub(super) fn gather(
    repo: &Repository,
    view: &View,
    scene: &Scene<'_>,
    proof: &Proof,
    push: &Push,
    asked: &[Asked<'_>],
    whole: &mut Whole,
) -> Result<Vec<Imported>, Vec<Refusal>> {
    let mut wanted = asked.iter().filter_map(|one| match &one.place {
        Place::For(branch) => Some((one, branch)),
        _ => None,
    });
    let Some((one, branch)) = wanted.next() else {
        return Ok(Vec::new());
    };
    if wanted.next().is_some() || asked.len() > 1 {
        let reason = "one change at a time is pushed to refs/for/, and nothing else with it";
        return Err(refuse(Rule::PushForm, reason));
    }
    let change = change(repo, view, proof, push, one, branch)?;
    let mut limit = content::Limit::of(scene)?;
    let range = facts::range_within(repo, Some(change.base), change.head, limit.paths())
        .map_err(|err| fault::code(&err))?;
    content::check(repo, scene, &range, &mut limit)?;
    whole.commits.extend(range.commits);
    touchmark_core::push::decide(scene, proof, whole)?;
    let bot = Bot::of(repo, scene)?;
    let imported = match push
        .options
        .iter()
        .find_map(|option| option.strip_prefix(OPTION))
    {
        Some(name) => bot.revise(repo, view, scene, &change, name)?,
        None => bot.open(repo, scene, &change)?,
    };
    Ok(vec![Imported {
        command: one.command.name.clone(),
        ..imported
    }])
}

fn change<'a>(
    repo: &Repository,
    view: &View,
    proof: &Proof,
    push: &Push,
    asked: &Asked<'_>,
    branch: &'a RefName,
) -> Result<Change<'a>, Vec<Refusal>> {
    let (Some(given), Some(_)) = (&push.pusher.certificate, &proof.person) else {
        let reason = "a change for refs/for/ is recorded by its push certificate, signed by somebody whom the policy knows";
        return Err(refuse(Rule::PusherUnproven, reason));
    };
    let (None, Some(head)) = (asked.command.old, asked.command.new) else {
        return Err(refuse(
            Rule::RefDelete,
            format!("{} holds nothing", asked.command.name),
        ));
    };
    let Some(tip) = view.read(repo, branch.as_str())? else {
        return Err(refuse(
            Rule::TargetMismatch,
            format!("there is no branch {branch}"),
        ));
    };
    let base = repo
        .merge_base(tip, head)
        .map_err(|err| fault::code(&err.into()))?;
    let Some(base) = base.filter(|base| *base != head) else {
        let reason = format!("{} is no change to {branch}", head.short());
        return Err(refuse(Rule::NothingToDo, reason));
    };
    Ok(Change {
        branch,
        head,
        base,
        certificate: proof::text(repo, given)?,
        pusher: proof.pusher.clone(),
    })
}

/// The bot whose key records imports.
struct Bot {
    author: Author,
    signer: Box<dyn Signer>,
}

impl Bot {
    fn of(repo: &Repository, scene: &Scene<'_>) -> Result<Self, Vec<Refusal>> {
        let (_, policy) = scene.policy().map_err(|refusal| vec![refusal])?;
        let signer = setup::import_signer(repo).map_err(|err| fault::other(&err))?;
        let owner = policy
            .key(signer.public())
            .filter(|key| key.retired.is_none());
        let named = owner.and_then(|key| policy.bots.get(&key.owner));
        let Some((bot, email)) = named.and_then(|bot| Some((bot, bot.emails.first()?))) else {
            let reason = format!(
                "the policy knows no bot with the key {}, which records imports here",
                signer.public().fingerprint()
            );
            let refusal = Refusal::new(Rule::ServerSetup, reason);
            let fix =
                "an admin gives it the role import: touchmark server init PATH prints the key";
            return Err(vec![refusal.with_fix(fix)]);
        };
        Ok(Self {
            author: Author {
                name: bot.name.clone(),
                email: email.clone(),
                zone: "+0000".to_owned(),
                key: signer.public().clone(),
            },
            signer,
        })
    }

    fn scene<'a>(&'a self, scene: &Scene<'a>) -> decide::Scene<'a> {
        decide::Scene {
            hash: scene.hash,
            policies: scene.policies,
            author: &self.author,
            now: scene.now,
        }
    }

    /// Opens a pull request whose title and description are the last commit's message.
    fn open(
        &self,
        repo: &Repository,
        scene: &Scene<'_>,
        change: &Change<'_>,
    ) -> Result<Imported, Vec<Refusal>> {
        let deed = || {
            Deed::new(Payload::Import(payload::Import {
                target: change.branch.clone(),
                base: change.base,
                head: change.head,
                pusher: change.pusher.clone(),
            }))
            .files(Files::Certificate(change.certificate.clone()))
        };
        let (title, body) = message(repo, change.head)?;
        let first = |deed| decide::first(&self.scene(scene), LogType::Pr, deed);
        // A message that an event may not have is left to the code; the change itself is what was pushed.
        let next = first(deed().subject(title).body(body))
            .or_else(|_| first(deed().subject(format!("Change {}", change.head.short()))))
            .map_err(|refusal| vec![refusal])?;
        let event = self.store(repo, &next)?;
        let log = LogName::Pr(event);
        let heads = touchmark_core::heads::next(None, change.head);
        self.land(repo, &log, None, event, (None, heads), change.head)
    }

    /// Adds a revision to the pull request that the pusher names.
    fn revise(
        &self,
        repo: &Repository,
        view: &View,
        scene: &Scene<'_>,
        change: &Change<'_>,
        name: &str,
    ) -> Result<Imported, Vec<Refusal>> {
        let log = find(repo, view, name)?;
        let tip = view.read(repo, &log.to_string())?;
        let records = Records {
            repo,
            policies: &view.policies,
        };
        let before: Outcome = match tip {
            Some(tip) => records
                .replay_to(&log, tip)
                .map_err(|err| fault::other(&err))?,
            None => return Err(refuse(Rule::RecordError, format!("there is no {log} here"))),
        };
        let Some(state) = pr_state(&before) else {
            return Err(refuse(
                Rule::RecordError,
                format!("{log} is no pull request"),
            ));
        };
        expect_base(repo, view, state, change.base, change.head)?;
        let deed = Deed::new(Payload::ImportRevision(payload::ImportRevision {
            revision: state.latest().map_or(1, |latest| latest.number + 1),
            base: change.base,
            head: change.head,
            pusher: change.pusher.clone(),
        }));
        let deed = deed.files(Files::Certificate(change.certificate.clone()));
        let next =
            decide::next(&self.scene(scene), &before, deed).map_err(|refusal| vec![refusal])?;
        let event = self.store(repo, &next)?;
        let heads = touchmark_core::heads::next(Some(state.heads), change.head);
        self.land(
            repo,
            &log,
            tip,
            event,
            (Some(state.heads), heads),
            change.head,
        )
    }

    fn store(&self, repo: &Repository, next: &Next) -> Result<ObjectId, Vec<Refusal>> {
        sign_and_store(repo, self.signer.as_ref(), next).map_err(|err| fault::other(&err))
    }

    fn land(
        &self,
        repo: &Repository,
        log: &LogName,
        old: Option<ObjectId>,
        event: ObjectId,
        (old_heads, heads): (Option<ObjectId>, ObjectId),
        head: ObjectId,
    ) -> Result<Imported, Vec<Refusal>> {
        let content = touchmark_core::heads::content(old_heads, head);
        repo.write(ObjectType::Commit, content.as_bytes())
            .map_err(|err| fault::other(&err.into()))?;
        let edit = |name: String, old: Option<ObjectId>, new| RefEdit {
            name,
            expected: old.into(),
            new: Some(new),
            message: "import".to_owned(),
        };
        let mut edits = vec![edit(log.to_string(), old, event)];
        edits.extend(log.heads_ref().map(|name| edit(name, old_heads, heads)));
        let id = log.root().unwrap_or(event);
        Ok(Imported {
            command: String::new(),
            edits,
            notes: match old {
                None => vec![
                    format!("pull request {}", id.short()),
                    format!("a new revision of it: git push --signed -o pr={id} …"),
                ],
                Some(_) => vec![format!("a new revision of pull request {}", id.short())],
            },
        })
    }
}

/// The pull request that a pusher names: by its id in full, or its number.
fn find(repo: &Repository, view: &View, name: &str) -> Result<LogName, Vec<Refusal>> {
    let number = name.trim_start_matches('#').parse::<u32>().ok();
    let id = match ObjectId::from_hex(name) {
        Some(id) if id.kind() == repo.hash_kind() => Some(id),
        _ => match number {
            Some(number) => view
                .history(repo)
                .numbered(number)
                .map_err(|err| fault::other(&err))?,
            None => None,
        },
    };
    id.map(LogName::Pr).ok_or_else(|| {
        let shown: String = name.escape_debug().take(80).collect();
        refuse(
            Rule::PushForm,
            format!("the option pr=\"{shown}\" is neither an id in full nor a number here"),
        )
    })
}

/// Title and text of a commit's message.
fn message(repo: &Repository, id: ObjectId) -> Result<(String, String), Vec<Refusal>> {
    let read = repo.read(id, MAX_COMMIT_BYTES);
    let Some((ObjectType::Commit, raw)) = read.map_err(|err| fault::other(&err.into()))? else {
        return Err(refuse(Rule::RefObject, format!("{id} is not a commit")));
    };
    CodeCommit::parse(repo.hash_kind(), &raw).map_err(|refusal| vec![refusal])?;
    let text = String::from_utf8_lossy(&raw);
    let message = text.split_once("\n\n").map_or("", |(_, message)| message);
    let (title, body) = message.split_once('\n').unwrap_or((message, ""));
    let lines: Vec<&str> = body.trim().lines().map(str::trim_end).collect();
    Ok((title.trim().to_owned(), lines.join("\n")))
}
