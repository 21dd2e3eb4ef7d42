//! What to do about each broken rule: the one place for the hint of a refusal that brings none of its own.

use touchmark_core::event::Rule;
use touchmark_core::log::LogName;
use touchmark_core::refusal::Refusal;

/// The next step by rule, in the registry's order.
const STEPS: &[(Rule, &str)] = &[
    (
        Rule::ObjectMissing,
        "git fetch --unshallow, if the clone is shallow; git fetch --refetch, if it has lost objects; if the server has lost them: git fsck there",
    ),
    (
        Rule::ObjectSize,
        "make it smaller: shorter text, fewer comments in one review, evidence as a link",
    ),
    (
        Rule::HeaderForm,
        "update touchmark; if it stays, the program that wrote the event has a defect, and the event never counts: do it again",
    ),
    (
        Rule::AuthorForm,
        "update touchmark; if it stays, the program that wrote the event has a defect, and the event never counts: do it again",
    ),
    (
        Rule::AuthorCommitter,
        "update touchmark; if it stays, the program that wrote the event has a defect, and the event never counts: do it again",
    ),
    (
        Rule::SignatureMissing,
        "sign events with touchmark, or with stock git: git config gpg.format ssh, then git commit-tree -S TREE -p TIP -F FILE",
    ),
    (
        Rule::SignatureForm,
        "update touchmark; if it stays, the program that wrote the event has a defect, and the event never counts: do it again",
    ),
    (
        Rule::SignatureNamespace,
        "sign events with touchmark, or with stock git: git config gpg.format ssh, then git commit-tree -S TREE -p TIP -F FILE",
    ),
    (
        Rule::SignatureKeyType,
        "use an ed25519 key: ssh-keygen -t ed25519, then touchmark key add FILE.pub",
    ),
    (
        Rule::SignatureHash,
        "sign events with touchmark, or with stock git: git config gpg.format ssh, then git commit-tree -S TREE -p TIP -F FILE",
    ),
    (
        Rule::SignaturePresence,
        "make the key without -O no-touch-required: ssh-keygen -t ed25519-sk",
    ),
    (
        Rule::MessageEncoding,
        "update touchmark; if it stays, the program that wrote the event has a defect, and the event never counts: do it again",
    ),
    (
        Rule::MessageControl,
        "remove the characters from the text: they are not shown as what they are",
    ),
    (
        Rule::MessageBidi,
        "remove the characters from the text: they are not shown as what they are",
    ),
    (
        Rule::MessageNfc,
        "write it with touchmark, which brings text into form C",
    ),
    (
        Rule::MessageSize,
        "shorten the text; put long evidence into a file or behind a link",
    ),
    (
        Rule::MessageSpace,
        "update touchmark; if it stays, the program that wrote the event has a defect, and the event never counts: do it again",
    ),
    (
        Rule::MessageLayout,
        "update touchmark; if it stays, the program that wrote the event has a defect, and the event never counts: do it again",
    ),
    (
        Rule::MessageDivider,
        "update touchmark; if it stays, the program that wrote the event has a defect, and the event never counts: do it again",
    ),
    (
        Rule::SubjectForm,
        "give a title of one line, of at most 256 bytes",
    ),
    (
        Rule::SubjectComputed,
        "update touchmark; if it stays, the program that wrote the event has a defect, and the event never counts: do it again",
    ),
    (
        Rule::BodyForm,
        "give the text with --body, or leave it out where there is none",
    ),
    (
        Rule::TrailerForm,
        "update touchmark; if it stays, the program that wrote the event has a defect, and the event never counts: do it again",
    ),
    (
        Rule::EventUnknown,
        "update touchmark; if it stays, the program that wrote the event has a defect, and the event never counts: do it again",
    ),
    (
        Rule::TrailerUnknown,
        "update touchmark; if it stays, the program that wrote the event has a defect, and the event never counts: do it again",
    ),
    (
        Rule::TrailerRepeated,
        "update touchmark; if it stays, the program that wrote the event has a defect, and the event never counts: do it again",
    ),
    (
        Rule::TrailerOrder,
        "update touchmark; if it stays, the program that wrote the event has a defect, and the event never counts: do it again",
    ),
    (
        Rule::TrailerMissing,
        "update touchmark; if it stays, the program that wrote the event has a defect, and the event never counts: do it again",
    ),
    (
        Rule::TrailerValue,
        "check the value on the command line; docs/reference/events.md has its grammar",
    ),
    (
        Rule::ParentsForm,
        "update touchmark; if it stays, the program that wrote the event has a defect, and the event never counts: do it again",
    ),
    (
        Rule::TreeShape,
        "update touchmark; if it stays, the program that wrote the event has a defect, and the event never counts: do it again",
    ),
    (
        Rule::TreePairing,
        "update touchmark; if it stays, the program that wrote the event has a defect, and the event never counts: do it again",
    ),
    (Rule::TreeText, "remove the characters from the comment"),
    (
        Rule::SignatureBad,
        "believe nothing that the event says; git fsck (shows whether the object is damaged)",
    ),
    (
        Rule::LogRoot,
        "touchmark log OBJECT (shows what counts); git fsck",
    ),
    (
        Rule::LogKind,
        "touchmark log OBJECT (shows what counts); git fsck",
    ),
    (
        Rule::LogParents,
        "touchmark log OBJECT (shows what counts); git fsck",
    ),
    (
        Rule::LogRepo,
        "check git remote -v: the event belongs to another repository",
    ),
    (Rule::PolicyUnknown, "touchmark sync, then do it again"),
    (Rule::PolicyOlder, "touchmark sync, then do it again"),
    (Rule::TimeOrder, "set this machine's clock"),
    (
        Rule::SignerUnknown,
        "touchmark join (says what to send to an admin)",
    ),
    (
        Rule::SignerRetired,
        "choose a key that is in use: --key PATH",
    ),
    (
        Rule::SignerEmail,
        "git config user.email ADDRESS, with an address of yours in the policy",
    ),
    (
        Rule::RightMissing,
        "ask someone who has the right, or an admin for a role that grants it: touchmark person roles PERSON ROLES",
    ),
    (Rule::PolicyForm, "correct the line that the message names"),
    (
        Rule::PolicyVersion,
        "make the change on the latest policy: touchmark sync",
    ),
    (
        Rule::PolicyThreshold,
        "ask further admins: touchmark policy endorse ID; then: touchmark policy record ID",
    ),
    (Rule::StateClosed, "touchmark pr reopen OBJECT"),
    (
        Rule::StateOpen,
        "touchmark pr show OBJECT (it is open already, or merged)",
    ),
    (
        Rule::StateMerged,
        "open a new pull request: touchmark pr open",
    ),
    (
        Rule::StateDraft,
        "touchmark pr ready OBJECT, or touchmark pr draft OBJECT",
    ),
    (
        Rule::StateDeleted,
        "touchmark issue restore OBJECT, or touchmark issue delete OBJECT",
    ),
    (
        Rule::RevisionSequence,
        "touchmark sync, then touchmark pr show OBJECT (says what the latest is)",
    ),
    (
        Rule::RevisionUnknown,
        "touchmark sync, then touchmark pr show OBJECT (says what the latest is)",
    ),
    (Rule::RevisionStale, "touchmark sync, then do it again"),
    (
        Rule::TargetMismatch,
        "touchmark sync, then touchmark pr show OBJECT (says what the latest is)",
    ),
    (
        Rule::CommentUnknown,
        "touchmark pr show OBJECT (names the comments)",
    ),
    (
        Rule::CommentRetracted,
        "touchmark pr show OBJECT (names the comments)",
    ),
    (
        Rule::ThreadHead,
        "touchmark pr show OBJECT (names the comments)",
    ),
    (
        Rule::VerdictUnknown,
        "touchmark pr show OBJECT (lists the verdicts that stand)",
    ),
    (
        Rule::ProposalMismatch,
        "touchmark sync, then touchmark policy list (says what each proposal builds on)",
    ),
    (
        Rule::CheckMismatch,
        "touchmark sync, then touchmark pr show OBJECT (says what the latest is)",
    ),
    (
        Rule::SequenceGap,
        "touchmark verify OBJECT (names the event); it never counts",
    ),
    (
        Rule::QueueEntry,
        "touchmark verify OBJECT (names the event); it never counts",
    ),
    (
        Rule::RunEnded,
        "touchmark verify OBJECT (names the event); it never counts",
    ),
    (
        Rule::JoinedDecision,
        "ask its signer to publish it from their own clone; touchmark sync --discard OBJECT (lets go of it here)",
    ),
    (
        Rule::CertificateMismatch,
        "push again with git push --signed to refs/for/BRANCH, with a key of yours that the policy has in use",
    ),
    (
        Rule::SnapshotOrder,
        "touchmark verify OBJECT (names the event); it never counts",
    ),
    (
        Rule::TimeFuture,
        "set the clock that is wrong, then do it again",
    ),
    (
        Rule::SelfApproval,
        "ask somebody else for a review: touchmark pr request OBJECT PERSON",
    ),
    (
        Rule::ApprovalsMissing,
        "touchmark pr request OBJECT PERSON; they: touchmark review submit OBJECT --approve",
    ),
    (Rule::ThreadsOpen, "touchmark review resolve COMMENT"),
    (
        Rule::RecordError,
        "touchmark verify --all (names the first event that does not count); who runs the server puts the ref back to the event before it: git -c core.hooksPath=/dev/null update-ref REF EVENT",
    ),
    (Rule::NothingToDo, "nothing: it is as you want it"),
    (
        Rule::ServerSetup,
        "tell whoever runs the server: touchmark server init PATH (says what is missing)",
    ),
    (
        Rule::ServerError,
        "push again; if it stays, tell who runs the server, who finds what is wrong with touchmark server check PATH",
    ),
    (
        Rule::PushForm,
        "push fewer refs at once, by plain names: git push SERVER BRANCH",
    ),
    (Rule::PushShallow, "git fetch --unshallow, then push again"),
    (
        Rule::PushSize,
        "push in parts, older commits first; keep large files elsewhere and put a link into the repository",
    ),
    (
        Rule::PushNamespace,
        "push to the repository's own address, without a namespace",
    ),
    (
        Rule::PushCheckedOut,
        "push to another branch; who runs the server can point HEAD elsewhere: git symbolic-ref HEAD refs/heads/BRANCH",
    ),
    (Rule::PushSymbolic, "push to the ref that it points to"),
    (
        Rule::PushMoved,
        "git fetch, bring your work up to date, then push again",
    ),
    (
        Rule::PushUnjudged,
        "push again; if it stays, who runs the server: touchmark server check PATH, then touchmark server init PATH",
    ),
    (
        Rule::ServerConfiguration,
        "who runs the server: touchmark server check PATH, then touchmark server init PATH",
    ),
    (
        Rule::ServerDoor,
        "push it from a clone: git push SERVER BRANCH; for maintenance: touchmark server maintain PATH",
    ),
    (
        Rule::PushLimit,
        "push in smaller parts; touchmark policy show (says what one push may bring)",
    ),
    (
        Rule::PusherUnproven,
        "git push --signed, with git config gpg.format ssh, and user.signingKey a key of yours that the policy has in use",
    ),
    (
        Rule::CertificateInvalid,
        "push again with git push --signed; touchmark key list (says which of your keys are in use)",
    ),
    (
        Rule::RefNamespace,
        "push to refs/heads/ or refs/tags/; git's own and other programs' refs stay in your clone",
    ),
    (
        Rule::RefName,
        "give the branch or tag a plainer name: git branch -m OLD NEW",
    ),
    (
        Rule::RefCase,
        "give it a name that differs by more than case, and is no folder of another: git branch -m OLD NEW",
    ),
    (
        Rule::RefObject,
        "push a commit to a branch, a commit or an annotated tag to a tag",
    ),
    (
        Rule::RefDelete,
        "nothing: what is closed is folded away by the server; touchmark pr close OBJECT",
    ),
    (
        Rule::RefRewind,
        "touchmark sync (makes your unpublished events again on what the server has)",
    ),
    (
        Rule::RefOwner,
        "leave that ref to the server's own key; touchmark sync (pushes what is yours)",
    ),
    (
        Rule::RefArchived,
        "touchmark sync (fetches the archived log), then continue it: touchmark pr reopen OBJECT",
    ),
    (
        Rule::HeadsMismatch,
        "touchmark sync (pushes a log and its heads together)",
    ),
    (
        Rule::BranchProtected,
        "open a pull request: touchmark pr open --target BRANCH",
    ),
    (
        Rule::BranchRight,
        "touchmark can YOU create BRANCH (names the clause; so do push and delete); ask one of those whom it lets",
    ),
    (
        Rule::TagRight,
        "touchmark can YOU tag refs/tags/TAG (names the clause); a new name may be free",
    ),
    (
        Rule::PathRight,
        "touchmark can YOU write PATH (names the clause); leave the path out, or ask one of those who may write it",
    ),
    (
        Rule::MergeMismatch,
        "touchmark pr merge OBJECT (makes event and branch together)",
    ),
    (
        Rule::MergeRight,
        "touchmark can YOU merge BRANCH (names the clause); ask one of those whom it lets",
    ),
    (
        Rule::MergeMethod,
        "touchmark pr merge OBJECT --method METHOD, with one that the branch allows: touchmark policy show",
    ),
    (
        Rule::MergeResult,
        "touchmark sync, then touchmark pr merge OBJECT (computes the result anew)",
    ),
    (
        Rule::MergeConflict,
        "in the topic branch: git pull --no-rebase REMOTE TARGET, settle the conflicts, commit, then: touchmark pr revise OBJECT",
    ),
    (
        Rule::ChecksMissing,
        "wait for the checks, or see what they found: touchmark pr show OBJECT",
    ),
    (
        Rule::CheckSigner,
        "report it with the key of one whom the policy names: touchmark policy show",
    ),
    (
        Rule::OwnersMissing,
        "touchmark pr request OBJECT OWNER; they: touchmark review submit OBJECT --approve",
    ),
    (
        Rule::OwnersForm,
        "correct CODEOWNERS on the target branch, at the line that the message names",
    ),
    (
        Rule::KeyCompromised,
        "do it again with another key; touchmark policy show (names keys that are compromised, and since when)",
    ),
    (
        Rule::GuestLimit,
        "ask somebody whom the policy knows to let you in, or an admin for a role",
    ),
    (
        Rule::CommitForm,
        "make the commit again with stock git: git rebase --force-rebase BASE",
    ),
    (
        Rule::CommitEvent,
        "write a message without Forge- trailers: git commit --amend, or git rebase -i BASE",
    ),
    (
        Rule::CommitSignature,
        "git rebase --exec 'git commit --amend --no-edit -S' BASE, with a key that the policy has in use",
    ),
    (
        Rule::ContentName,
        "rename the file that the message names: git mv OLD NEW, in the commit that adds it",
    ),
    (
        Rule::ContentLink,
        "point the link to a relative path inside the tree, in the commit that adds it",
    ),
    (
        Rule::ContentModules,
        "correct .gitmodules in the commit that the message names",
    ),
    (
        Rule::ContentSecret,
        "take it out of every commit (git rebase -i BASE) and replace the secret: others may have seen it",
    ),
];

/// What to do about a broken rule when the refusal does not say it itself.
pub(crate) fn next_step(rule: Rule) -> &'static str {
    STEPS
        .iter()
        .find(|(known, _)| *known == rule)
        .map_or("touchmark verify --all", |(_, step)| step)
}

/// The refusal with its next step, in which the object of this log and the commands for its type are named.
pub(crate) fn about(refusal: Refusal, log: &LogName) -> Refusal {
    let step = match &refusal.fix {
        Some(fix) => fix.clone(),
        None => next_step(refusal.rule).to_owned(),
    };
    match log {
        LogName::Pr(id) => refusal.with_fix(step).about(&id.short().to_string()),
        LogName::Issue(id) => {
            let step = step.replace("touchmark pr ", "touchmark issue ");
            refusal.with_fix(step).about(&id.short().to_string())
        }
        LogName::Policy => refusal.with_fix(step).about("policy"),
        _ => refusal,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_has_its_next_step() {
        let listed: Vec<&str> = STEPS.iter().map(|(rule, _)| rule.id()).collect();
        let known: Vec<&str> = Rule::ALL.iter().map(|rule| rule.id()).collect();
        assert_eq!(listed, known);
    }
}
