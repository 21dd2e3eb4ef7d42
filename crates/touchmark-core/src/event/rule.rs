//! Every way a record can be wrong.
//!
//! Generated from `events.toml` by `cargo xtask generate`; do not edit.

/// A rule by its id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rule {
    /// The commit, its tree, or a file that its tree's shape calls for is not in the repository.
    ObjectMissing,
    /// The commit is larger than 131072 bytes, or a file of the event's tree is larger than its shape allows.
    ObjectSize,
    /// The headers are exactly `tree`, `parent` (any number), `author`, `committer` and the signature header, in that order, each once but `parent`, with lower-case object ids of the repository's length.
    HeaderForm,
    /// Author and committer are `Name <email> seconds zone`: see "Author lines".
    AuthorForm,
    /// The author line and the committer line are byte for byte identical.
    AuthorCommitter,
    /// The commit carries the signature header of its repository's hash.
    SignatureMissing,
    /// The signature is byte for byte what OpenSSH writes: rebuilding blob, armor and header from the parsed values gives the same bytes.
    SignatureForm,
    /// The signature's namespace is `git`.
    SignatureNamespace,
    /// The key is `ssh-ed25519` or `sk-ssh-ed25519@openssh.com`, and the signature is of the same type.
    SignatureKeyType,
    /// The signature's hash algorithm is `sha512`.
    SignatureHash,
    /// A security key's signature has the user-presence flag set.
    SignaturePresence,
    /// The message is UTF-8 without a byte order mark (U+FEFF) anywhere.
    MessageEncoding,
    /// The message has no control character but line feed and tab: none of U+0000–U+0008, U+000B–U+001F, U+007F–U+009F.
    MessageControl,
    /// The message has no bidirectional control: none of U+061C, U+200E, U+200F, U+202A–U+202E, U+2066–U+2069.
    MessageBidi,
    /// The message is in Unicode normalisation form C: see "Text".
    MessageNfc,
    /// The message has at most 65536 bytes.
    MessageSize,
    /// No line of the message ends in a space or a tab.
    MessageSpace,
    /// The message is subject line, blank line, body and blank line (both absent when there is no body), trailer block, one final line feed.
    MessageLayout,
    /// No line of the body matches `^(---|[^ \t]+ -+ >8 -+)`; encoders put one space before such a line, and before any that already has leading spaces.
    MessageDivider,
    /// A subject with user text has 1 to 256 bytes, no tab, no leading space, and does not match the divider pattern.
    SubjectForm,
    /// A subject without user text is the one computed from the trailers.
    SubjectComputed,
    /// The kind requires a body and there is none, or allows none and there is one.
    BodyForm,
    /// Every line of the last paragraph is `Key: value`: a key of letters and hyphens that starts with a letter, a colon, one space, a value that is not empty and starts with neither space nor tab.
    TrailerForm,
    /// The first trailer is `Forge-Event: kind/version` with a kind and version that the registry has.
    EventUnknown,
    /// Every key is one that the kind has, in its exact case.
    TrailerUnknown,
    /// A key that may stand once stands once, and a repeated key has no value twice.
    TrailerRepeated,
    /// The keys stand in the order of the registry.
    TrailerOrder,
    /// Every key that the kind requires is there, `Forge-Repo` and `Forge-Policy` where they are due included.
    TrailerMissing,
    /// Every value matches its grammar.
    TrailerValue,
    /// The number of parents is the one the kind calls for.
    ParentsForm,
    /// The tree has the entries, modes and names that the kind's shape allows, and no others.
    TreeShape,
    /// Every anchor has its comment file and every comment file its anchor; suggestions belong to anchors with lines on the new side; anchors are numbered 1, 2, 3 and so on.
    TreePairing,
    /// Comment files keep the text rules of a message and end in one line feed; a snapshot's `state.json` is canonical.
    TreeText,
    /// The ed25519 signature verifies strictly: S is reduced, neither the key nor R is of small order or non-canonical, and the cofactorless equation holds.
    SignatureBad,
    /// The log starts with an event that may start this kind of log, and its ref is named after it.
    LogRoot,
    /// The kind may stand in this kind of log.
    LogKind,
    /// The event's first parent is the event before it; a join's second parent leads back to this log's own events; what a rejected join of the chain would bring does not count.
    LogParents,
    /// `Forge-Repo` is this repository's id.
    LogRepo,
    /// `Forge-Policy` is a version of this repository's policy.
    PolicyUnknown,
    /// `Forge-Policy` is not older than the one that the event's parents name.
    PolicyOlder,
    /// The committer's time is not before that of a parent.
    TimeOrder,
    /// The signing key belongs to a person or bot of the policy.
    SignerUnknown,
    /// The signing key is not retired in the policy.
    SignerRetired,
    /// The author's e-mail address is one of the signer's.
    SignerEmail,
    /// The signer has the right that the kind needs, or is the one the kind names instead.
    RightMissing,
    /// The policy's files are well formed: see "Policy".
    PolicyForm,
    /// `Forge-Version` is 1 on the first policy and one more than the parent's on every other; a proposal's is one more than that of the policy it names.
    PolicyVersion,
    /// The policy version embeds valid endorsements of its tree by enough persons of the admins before and after it.
    PolicyThreshold,
    /// The object is open.
    StateClosed,
    /// The object is closed and not merged.
    StateOpen,
    /// The pull request is not merged.
    StateMerged,
    /// The pull request is a draft where the event needs one, and is not one where it must not be.
    StateDraft,
    /// An issue that is deleted is restored, not deleted again, and only one that is deleted is restored.
    StateDeleted,
    /// A new revision's number is the last one's plus one.
    RevisionSequence,
    /// The revision exists and has the base and head that the event names.
    RevisionUnknown,
    /// The revision is the latest one.
    RevisionStale,
    /// The target is the object's.
    TargetMismatch,
    /// The comment that the event names exists in this log before it.
    CommentUnknown,
    /// The comment that the event names is not retracted.
    CommentRetracted,
    /// Only the comment that starts a thread is resolved or reopened, not a reply.
    ThreadHead,
    /// There is a verdict of the signer to withdraw.
    VerdictUnknown,
    /// The endorsement names the proposal's policy, version and tree.
    ProposalMismatch,
    /// The result names the commit that the log is for, and the tree that its first event names.
    CheckMismatch,
    /// The sequence number is the previous one plus one, starting at 1.
    SequenceGap,
    /// A pull request enters the queue once, and only one that is in it leaves it.
    QueueEntry,
    /// The run has not ended.
    RunEnded,
    /// What came in to a pull request through a join neither merges, asks to merge, gives or takes a verdict, settles a thread, readies nor reopens it.
    JoinedDecision,
    /// The push certificate of an import verifies, names the imported head for the target, and its key is in use and belongs to whoever may do this.
    CertificateMismatch,
    /// `redact/1` directly follows the `snapshot/1` that starts the log, and names the same object and tip.
    SnapshotOrder,
    /// A new event's time is at most ten minutes ahead of the judge's clock.
    TimeFuture,
    /// Nobody approves a change that they signed, authored, co-authored or pushed.
    SelfApproval,
    /// The latest revision has the approvals that the policy asks for, and nobody's request for changes stands.
    ApprovalsMissing,
    /// Where the policy asks for it, every thread is resolved.
    ThreadsOpen,
    /// No event of the object was rejected: a gate on a damaged record is an error, never open.
    RecordError,
    /// The command changes something.
    NothingToDo,
    /// The server has a policy, and the policy knows the server's sequencer; before that nothing else is accepted.
    ServerSetup,
    /// The server judges and applies a push within its time limit; what keeps it from that refuses the push.
    ServerError,
    /// A push names at most 1000 refs, each once, in full, by git's rules for names and in UTF-8; an option has at most 1024 bytes of UTF-8 without control characters, and there are at most 32.
    PushForm,
    /// A push brings whole history: neither it nor the server's repository is shallow.
    PushShallow,
    /// What a push brings is within the limits for the number of objects, the size of one and of all unpacked, and how much larger than stored that is.
    PushSize,
    /// A push goes to the repository itself, not to a namespace in it (`GIT_NAMESPACE`).
    PushNamespace,
    /// A push moves no branch that is checked out on the server, and does not delete the one that its `HEAD` names.
    PushCheckedOut,
    /// A push names refs that hold an object, not symbolic refs.
    PushSymbolic,
    /// Every ref holds what the pusher saw, until the push is applied.
    PushMoved,
    /// What is applied is what was judged: the same refs, values and options, once, for the same process.
    PushUnjudged,
    /// The server's repository is configured so that every push is judged and applied as a whole.
    ServerConfiguration,
    /// On a server's repository refs change by a push and by nothing else.
    ServerDoor,
    /// The push keeps the policy's limits: refs, events, commits, paths, objects and bytes, unpacked.
    PushLimit,
    /// The pusher is proven by a push certificate or the transport's login to be somebody whom the policy knows.
    PusherUnproven,
    /// The push certificate is signed by a key in use, names exactly what is pushed, and carries this server's nonce.
    CertificateInvalid,
    /// Only branches, tags and the forge's own refs exist on a server.
    RefNamespace,
    /// A ref's name is printable ASCII that git accepts, and no name that could be taken for something else.
    RefName,
    /// No two branches or tags differ by the case of their letters alone, and none is a directory of another.
    RefCase,
    /// A ref holds the type of object that it is for: commits, or for tags also annotated tags.
    RefObject,
    /// No ref of the forge is deleted; only the sequencer folds closed objects into the archive.
    RefDelete,
    /// A log only grows: its new tip has the old one in its chain of first parents.
    RefRewind,
    /// Receipts, archive, notes and numbers are written by the sequencer alone.
    RefOwner,
    /// A log that is in the archive comes back only as a continuation of its archived tip.
    RefArchived,
    /// A pull request's `heads` is what its revisions make it, and moves with them.
    HeadsMismatch,
    /// A protected branch moves only together with the event that merges a pull request into it.
    BranchProtected,
    /// The pusher may create, push to or delete the branch.
    BranchRight,
    /// The pusher may create, move or delete the tag.
    TagRight,
    /// Whoever changes a path is among those whom the policy lets write it.
    PathRight,
    /// A merge event and the move of its branch are in one push and name each other's values.
    MergeMismatch,
    /// The branch's rule lets the signer merge; a bot merges only what a person asked for.
    MergeRight,
    /// The branch's rule allows the method, and the commits that land have its form.
    MergeMethod,
    /// The tree that lands is what the merge rule makes of base, target and head.
    MergeResult,
    /// Target and head go together by the merge rule.
    MergeConflict,
    /// Every check that the branch's rule requires has succeeded on the head, reported by whom the rule names.
    ChecksMissing,
    /// A check that the policy reserves is reported only by whom it names.
    CheckSigner,
    /// Every owner that CODEOWNERS names for a changed path has approved, by one person for each.
    OwnersMissing,
    /// CODEOWNERS on the target can be read in full and names only people and teams of the policy.
    OwnersForm,
    /// Nothing rests on an event that a compromised key signed after the receipt that the policy names.
    KeyCompromised,
    /// Guests may contribute here, and this one has not reached the limits for guests.
    GuestLimit,
    /// A commit of code has well-formed headers, each once and in git's order.
    CommitForm,
    /// No commit of code is formed like an event.
    CommitEvent,
    /// Where the branch's rule asks for it, every new commit is signed by a key in use.
    CommitSignature,
    /// Names of files and folders are what they seem to be on every system that checks them out.
    ContentName,
    /// A symbolic link stays inside the tree.
    ContentLink,
    /// A submodule's address is one that a clone may safely fetch from.
    ContentModules,
    /// No commit adds what looks like a private key or an access token.
    ContentSecret,
}

impl Rule {
    /// All of them, in the order in which they are checked.
    pub const ALL: &[Self] = &[
        Self::ObjectMissing,
        Self::ObjectSize,
        Self::HeaderForm,
        Self::AuthorForm,
        Self::AuthorCommitter,
        Self::SignatureMissing,
        Self::SignatureForm,
        Self::SignatureNamespace,
        Self::SignatureKeyType,
        Self::SignatureHash,
        Self::SignaturePresence,
        Self::MessageEncoding,
        Self::MessageControl,
        Self::MessageBidi,
        Self::MessageNfc,
        Self::MessageSize,
        Self::MessageSpace,
        Self::MessageLayout,
        Self::MessageDivider,
        Self::SubjectForm,
        Self::SubjectComputed,
        Self::BodyForm,
        Self::TrailerForm,
        Self::EventUnknown,
        Self::TrailerUnknown,
        Self::TrailerRepeated,
        Self::TrailerOrder,
        Self::TrailerMissing,
        Self::TrailerValue,
        Self::ParentsForm,
        Self::TreeShape,
        Self::TreePairing,
        Self::TreeText,
        Self::SignatureBad,
        Self::LogRoot,
        Self::LogKind,
        Self::LogParents,
        Self::LogRepo,
        Self::PolicyUnknown,
        Self::PolicyOlder,
        Self::TimeOrder,
        Self::SignerUnknown,
        Self::SignerRetired,
        Self::SignerEmail,
        Self::RightMissing,
        Self::PolicyForm,
        Self::PolicyVersion,
        Self::PolicyThreshold,
        Self::StateClosed,
        Self::StateOpen,
        Self::StateMerged,
        Self::StateDraft,
        Self::StateDeleted,
        Self::RevisionSequence,
        Self::RevisionUnknown,
        Self::RevisionStale,
        Self::TargetMismatch,
        Self::CommentUnknown,
        Self::CommentRetracted,
        Self::ThreadHead,
        Self::VerdictUnknown,
        Self::ProposalMismatch,
        Self::CheckMismatch,
        Self::SequenceGap,
        Self::QueueEntry,
        Self::RunEnded,
        Self::JoinedDecision,
        Self::CertificateMismatch,
        Self::SnapshotOrder,
        Self::TimeFuture,
        Self::SelfApproval,
        Self::ApprovalsMissing,
        Self::ThreadsOpen,
        Self::RecordError,
        Self::NothingToDo,
        Self::ServerSetup,
        Self::ServerError,
        Self::PushForm,
        Self::PushShallow,
        Self::PushSize,
        Self::PushNamespace,
        Self::PushCheckedOut,
        Self::PushSymbolic,
        Self::PushMoved,
        Self::PushUnjudged,
        Self::ServerConfiguration,
        Self::ServerDoor,
        Self::PushLimit,
        Self::PusherUnproven,
        Self::CertificateInvalid,
        Self::RefNamespace,
        Self::RefName,
        Self::RefCase,
        Self::RefObject,
        Self::RefDelete,
        Self::RefRewind,
        Self::RefOwner,
        Self::RefArchived,
        Self::HeadsMismatch,
        Self::BranchProtected,
        Self::BranchRight,
        Self::TagRight,
        Self::PathRight,
        Self::MergeMismatch,
        Self::MergeRight,
        Self::MergeMethod,
        Self::MergeResult,
        Self::MergeConflict,
        Self::ChecksMissing,
        Self::CheckSigner,
        Self::OwnersMissing,
        Self::OwnersForm,
        Self::KeyCompromised,
        Self::GuestLimit,
        Self::CommitForm,
        Self::CommitEvent,
        Self::CommitSignature,
        Self::ContentName,
        Self::ContentLink,
        Self::ContentModules,
        Self::ContentSecret,
    ];

    /// Id, stage and text of each, in the same order.
    const TABLE: &[(&str, &str, &str)] = &[
        (
            "object-missing",
            "read",
            "The commit, its tree, or a file that its tree's shape calls for is not in the repository.",
        ),
        (
            "object-size",
            "read",
            "The commit is larger than 131072 bytes, or a file of the event's tree is larger than its shape allows.",
        ),
        (
            "header-form",
            "form",
            "The headers are exactly `tree`, `parent` (any number), `author`, `committer` and the signature header, in that order, each once but `parent`, with lower-case object ids of the repository's length.",
        ),
        (
            "author-form",
            "form",
            "Author and committer are `Name <email> seconds zone`: see \"Author lines\".",
        ),
        (
            "author-committer",
            "form",
            "The author line and the committer line are byte for byte identical.",
        ),
        (
            "signature-missing",
            "form",
            "The commit carries the signature header of its repository's hash.",
        ),
        (
            "signature-form",
            "form",
            "The signature is byte for byte what OpenSSH writes: rebuilding blob, armor and header from the parsed values gives the same bytes.",
        ),
        (
            "signature-namespace",
            "form",
            "The signature's namespace is `git`.",
        ),
        (
            "signature-key-type",
            "form",
            "The key is `ssh-ed25519` or `sk-ssh-ed25519@openssh.com`, and the signature is of the same type.",
        ),
        (
            "signature-hash",
            "form",
            "The signature's hash algorithm is `sha512`.",
        ),
        (
            "signature-presence",
            "form",
            "A security key's signature has the user-presence flag set.",
        ),
        (
            "message-encoding",
            "form",
            "The message is UTF-8 without a byte order mark (U+FEFF) anywhere.",
        ),
        (
            "message-control",
            "form",
            "The message has no control character but line feed and tab: none of U+0000–U+0008, U+000B–U+001F, U+007F–U+009F.",
        ),
        (
            "message-bidi",
            "form",
            "The message has no bidirectional control: none of U+061C, U+200E, U+200F, U+202A–U+202E, U+2066–U+2069.",
        ),
        (
            "message-nfc",
            "form",
            "The message is in Unicode normalisation form C: see \"Text\".",
        ),
        (
            "message-size",
            "form",
            "The message has at most 65536 bytes.",
        ),
        (
            "message-space",
            "form",
            "No line of the message ends in a space or a tab.",
        ),
        (
            "message-layout",
            "form",
            "The message is subject line, blank line, body and blank line (both absent when there is no body), trailer block, one final line feed.",
        ),
        (
            "message-divider",
            "form",
            "No line of the body matches `^(---|[^ \\t]+ -+ >8 -+)`; encoders put one space before such a line, and before any that already has leading spaces.",
        ),
        (
            "subject-form",
            "form",
            "A subject with user text has 1 to 256 bytes, no tab, no leading space, and does not match the divider pattern.",
        ),
        (
            "subject-computed",
            "form",
            "A subject without user text is the one computed from the trailers.",
        ),
        (
            "body-form",
            "form",
            "The kind requires a body and there is none, or allows none and there is one.",
        ),
        (
            "trailer-form",
            "form",
            "Every line of the last paragraph is `Key: value`: a key of letters and hyphens that starts with a letter, a colon, one space, a value that is not empty and starts with neither space nor tab.",
        ),
        (
            "event-unknown",
            "form",
            "The first trailer is `Forge-Event: kind/version` with a kind and version that the registry has.",
        ),
        (
            "trailer-unknown",
            "form",
            "Every key is one that the kind has, in its exact case.",
        ),
        (
            "trailer-repeated",
            "form",
            "A key that may stand once stands once, and a repeated key has no value twice.",
        ),
        (
            "trailer-order",
            "form",
            "The keys stand in the order of the registry.",
        ),
        (
            "trailer-missing",
            "form",
            "Every key that the kind requires is there, `Forge-Repo` and `Forge-Policy` where they are due included.",
        ),
        ("trailer-value", "form", "Every value matches its grammar."),
        (
            "parents-form",
            "form",
            "The number of parents is the one the kind calls for.",
        ),
        (
            "tree-shape",
            "form",
            "The tree has the entries, modes and names that the kind's shape allows, and no others.",
        ),
        (
            "tree-pairing",
            "form",
            "Every anchor has its comment file and every comment file its anchor; suggestions belong to anchors with lines on the new side; anchors are numbered 1, 2, 3 and so on.",
        ),
        (
            "tree-text",
            "form",
            "Comment files keep the text rules of a message and end in one line feed; a snapshot's `state.json` is canonical.",
        ),
        (
            "signature-bad",
            "form",
            "The ed25519 signature verifies strictly: S is reduced, neither the key nor R is of small order or non-canonical, and the cofactorless equation holds.",
        ),
        (
            "log-root",
            "log",
            "The log starts with an event that may start this kind of log, and its ref is named after it.",
        ),
        ("log-kind", "log", "The kind may stand in this kind of log."),
        (
            "log-parents",
            "log",
            "The event's first parent is the event before it; a join's second parent leads back to this log's own events; what a rejected join of the chain would bring does not count.",
        ),
        ("log-repo", "log", "`Forge-Repo` is this repository's id."),
        (
            "policy-unknown",
            "log",
            "`Forge-Policy` is a version of this repository's policy.",
        ),
        (
            "policy-older",
            "log",
            "`Forge-Policy` is not older than the one that the event's parents name.",
        ),
        (
            "time-order",
            "log",
            "The committer's time is not before that of a parent.",
        ),
        (
            "signer-unknown",
            "log",
            "The signing key belongs to a person or bot of the policy.",
        ),
        (
            "signer-retired",
            "log",
            "The signing key is not retired in the policy.",
        ),
        (
            "signer-email",
            "log",
            "The author's e-mail address is one of the signer's.",
        ),
        (
            "right-missing",
            "log",
            "The signer has the right that the kind needs, or is the one the kind names instead.",
        ),
        (
            "policy-form",
            "log",
            "The policy's files are well formed: see \"Policy\".",
        ),
        (
            "policy-version",
            "log",
            "`Forge-Version` is 1 on the first policy and one more than the parent's on every other; a proposal's is one more than that of the policy it names.",
        ),
        (
            "policy-threshold",
            "log",
            "The policy version embeds valid endorsements of its tree by enough persons of the admins before and after it.",
        ),
        ("state-closed", "state", "The object is open."),
        (
            "state-open",
            "state",
            "The object is closed and not merged.",
        ),
        ("state-merged", "state", "The pull request is not merged."),
        (
            "state-draft",
            "state",
            "The pull request is a draft where the event needs one, and is not one where it must not be.",
        ),
        (
            "state-deleted",
            "state",
            "An issue that is deleted is restored, not deleted again, and only one that is deleted is restored.",
        ),
        (
            "revision-sequence",
            "state",
            "A new revision's number is the last one's plus one.",
        ),
        (
            "revision-unknown",
            "state",
            "The revision exists and has the base and head that the event names.",
        ),
        ("revision-stale", "state", "The revision is the latest one."),
        ("target-mismatch", "state", "The target is the object's."),
        (
            "comment-unknown",
            "state",
            "The comment that the event names exists in this log before it.",
        ),
        (
            "comment-retracted",
            "state",
            "The comment that the event names is not retracted.",
        ),
        (
            "thread-head",
            "state",
            "Only the comment that starts a thread is resolved or reopened, not a reply.",
        ),
        (
            "verdict-unknown",
            "state",
            "There is a verdict of the signer to withdraw.",
        ),
        (
            "proposal-mismatch",
            "state",
            "The endorsement names the proposal's policy, version and tree.",
        ),
        (
            "check-mismatch",
            "state",
            "The result names the commit that the log is for, and the tree that its first event names.",
        ),
        (
            "sequence-gap",
            "state",
            "The sequence number is the previous one plus one, starting at 1.",
        ),
        (
            "queue-entry",
            "state",
            "A pull request enters the queue once, and only one that is in it leaves it.",
        ),
        ("run-ended", "state", "The run has not ended."),
        (
            "joined-decision",
            "state",
            "What came in to a pull request through a join neither merges, asks to merge, gives or takes a verdict, settles a thread, readies nor reopens it.",
        ),
        (
            "certificate-mismatch",
            "state",
            "The push certificate of an import verifies, names the imported head for the target, and its key is in use and belongs to whoever may do this.",
        ),
        (
            "snapshot-order",
            "state",
            "`redact/1` directly follows the `snapshot/1` that starts the log, and names the same object and tip.",
        ),
        (
            "time-future",
            "decide",
            "A new event's time is at most ten minutes ahead of the judge's clock.",
        ),
        (
            "self-approval",
            "decide",
            "Nobody approves a change that they signed, authored, co-authored or pushed.",
        ),
        (
            "approvals-missing",
            "decide",
            "The latest revision has the approvals that the policy asks for, and nobody's request for changes stands.",
        ),
        (
            "threads-open",
            "decide",
            "Where the policy asks for it, every thread is resolved.",
        ),
        (
            "record-error",
            "decide",
            "No event of the object was rejected: a gate on a damaged record is an error, never open.",
        ),
        ("nothing-to-do", "decide", "The command changes something."),
        (
            "server-setup",
            "decide",
            "The server has a policy, and the policy knows the server's sequencer; before that nothing else is accepted.",
        ),
        (
            "server-error",
            "decide",
            "The server judges and applies a push within its time limit; what keeps it from that refuses the push.",
        ),
        (
            "push-form",
            "decide",
            "A push names at most 1000 refs, each once, in full, by git's rules for names and in UTF-8; an option has at most 1024 bytes of UTF-8 without control characters, and there are at most 32.",
        ),
        (
            "push-shallow",
            "decide",
            "A push brings whole history: neither it nor the server's repository is shallow.",
        ),
        (
            "push-size",
            "decide",
            "What a push brings is within the limits for the number of objects, the size of one and of all unpacked, and how much larger than stored that is.",
        ),
        (
            "push-namespace",
            "decide",
            "A push goes to the repository itself, not to a namespace in it (`GIT_NAMESPACE`).",
        ),
        (
            "push-checked-out",
            "decide",
            "A push moves no branch that is checked out on the server, and does not delete the one that its `HEAD` names.",
        ),
        (
            "push-symbolic",
            "decide",
            "A push names refs that hold an object, not symbolic refs.",
        ),
        (
            "push-moved",
            "decide",
            "Every ref holds what the pusher saw, until the push is applied.",
        ),
        (
            "push-unjudged",
            "decide",
            "What is applied is what was judged: the same refs, values and options, once, for the same process.",
        ),
        (
            "server-configuration",
            "decide",
            "The server's repository is configured so that every push is judged and applied as a whole.",
        ),
        (
            "server-door",
            "decide",
            "On a server's repository refs change by a push and by nothing else.",
        ),
        (
            "push-limit",
            "decide",
            "The push keeps the policy's limits: refs, events, commits, paths, objects and bytes, unpacked.",
        ),
        (
            "pusher-unproven",
            "decide",
            "The pusher is proven by a push certificate or the transport's login to be somebody whom the policy knows.",
        ),
        (
            "certificate-invalid",
            "decide",
            "The push certificate is signed by a key in use, names exactly what is pushed, and carries this server's nonce.",
        ),
        (
            "ref-namespace",
            "decide",
            "Only branches, tags and the forge's own refs exist on a server.",
        ),
        (
            "ref-name",
            "decide",
            "A ref's name is printable ASCII that git accepts, and no name that could be taken for something else.",
        ),
        (
            "ref-case",
            "decide",
            "No two branches or tags differ by the case of their letters alone, and none is a directory of another.",
        ),
        (
            "ref-object",
            "decide",
            "A ref holds the type of object that it is for: commits, or for tags also annotated tags.",
        ),
        (
            "ref-delete",
            "decide",
            "No ref of the forge is deleted; only the sequencer folds closed objects into the archive.",
        ),
        (
            "ref-rewind",
            "decide",
            "A log only grows: its new tip has the old one in its chain of first parents.",
        ),
        (
            "ref-owner",
            "decide",
            "Receipts, archive, notes and numbers are written by the sequencer alone.",
        ),
        (
            "ref-archived",
            "decide",
            "A log that is in the archive comes back only as a continuation of its archived tip.",
        ),
        (
            "heads-mismatch",
            "decide",
            "A pull request's `heads` is what its revisions make it, and moves with them.",
        ),
        (
            "branch-protected",
            "decide",
            "A protected branch moves only together with the event that merges a pull request into it.",
        ),
        (
            "branch-right",
            "decide",
            "The pusher may create, push to or delete the branch.",
        ),
        (
            "tag-right",
            "decide",
            "The pusher may create, move or delete the tag.",
        ),
        (
            "path-right",
            "decide",
            "Whoever changes a path is among those whom the policy lets write it.",
        ),
        (
            "merge-mismatch",
            "decide",
            "A merge event and the move of its branch are in one push and name each other's values.",
        ),
        (
            "merge-right",
            "decide",
            "The branch's rule lets the signer merge; a bot merges only what a person asked for.",
        ),
        (
            "merge-method",
            "decide",
            "The branch's rule allows the method, and the commits that land have its form.",
        ),
        (
            "merge-result",
            "decide",
            "The tree that lands is what the merge rule makes of base, target and head.",
        ),
        (
            "merge-conflict",
            "decide",
            "Target and head go together by the merge rule.",
        ),
        (
            "checks-missing",
            "decide",
            "Every check that the branch's rule requires has succeeded on the head, reported by whom the rule names.",
        ),
        (
            "check-signer",
            "decide",
            "A check that the policy reserves is reported only by whom it names.",
        ),
        (
            "owners-missing",
            "decide",
            "Every owner that CODEOWNERS names for a changed path has approved, by one person for each.",
        ),
        (
            "owners-form",
            "decide",
            "CODEOWNERS on the target can be read in full and names only people and teams of the policy.",
        ),
        (
            "key-compromised",
            "decide",
            "Nothing rests on an event that a compromised key signed after the receipt that the policy names.",
        ),
        (
            "guest-limit",
            "decide",
            "Guests may contribute here, and this one has not reached the limits for guests.",
        ),
        (
            "commit-form",
            "decide",
            "A commit of code has well-formed headers, each once and in git's order.",
        ),
        (
            "commit-event",
            "decide",
            "No commit of code is formed like an event.",
        ),
        (
            "commit-signature",
            "decide",
            "Where the branch's rule asks for it, every new commit is signed by a key in use.",
        ),
        (
            "content-name",
            "decide",
            "Names of files and folders are what they seem to be on every system that checks them out.",
        ),
        (
            "content-link",
            "decide",
            "A symbolic link stays inside the tree.",
        ),
        (
            "content-modules",
            "decide",
            "A submodule's address is one that a clone may safely fetch from.",
        ),
        (
            "content-secret",
            "decide",
            "No commit adds what looks like a private key or an access token.",
        ),
    ];

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
