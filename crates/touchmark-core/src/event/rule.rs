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
    /// Every key that the kind requires is there, `Forge-Repo` on events without parents but the first policy, `Forge-Policy` on all but the first policy.
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
    /// The event's first parent is the event before it, and a join's second parent leads back to this log's own events.
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
    /// `redact/1` directly follows the `snapshot/1` that starts the log, and names the same object and tip.
    SnapshotOrder,
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
}

impl Rule {
    /// All of them, in the registry's order.
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
        Self::SnapshotOrder,
        Self::SelfApproval,
        Self::ApprovalsMissing,
        Self::ThreadsOpen,
        Self::RecordError,
        Self::NothingToDo,
    ];

    /// As it is written.
    pub const fn id(self) -> &'static str {
        match self {
            Self::ObjectMissing => "object-missing",
            Self::ObjectSize => "object-size",
            Self::HeaderForm => "header-form",
            Self::AuthorForm => "author-form",
            Self::AuthorCommitter => "author-committer",
            Self::SignatureMissing => "signature-missing",
            Self::SignatureForm => "signature-form",
            Self::SignatureNamespace => "signature-namespace",
            Self::SignatureKeyType => "signature-key-type",
            Self::SignatureHash => "signature-hash",
            Self::SignaturePresence => "signature-presence",
            Self::MessageEncoding => "message-encoding",
            Self::MessageControl => "message-control",
            Self::MessageBidi => "message-bidi",
            Self::MessageNfc => "message-nfc",
            Self::MessageSize => "message-size",
            Self::MessageSpace => "message-space",
            Self::MessageLayout => "message-layout",
            Self::MessageDivider => "message-divider",
            Self::SubjectForm => "subject-form",
            Self::SubjectComputed => "subject-computed",
            Self::BodyForm => "body-form",
            Self::TrailerForm => "trailer-form",
            Self::EventUnknown => "event-unknown",
            Self::TrailerUnknown => "trailer-unknown",
            Self::TrailerRepeated => "trailer-repeated",
            Self::TrailerOrder => "trailer-order",
            Self::TrailerMissing => "trailer-missing",
            Self::TrailerValue => "trailer-value",
            Self::ParentsForm => "parents-form",
            Self::TreeShape => "tree-shape",
            Self::TreePairing => "tree-pairing",
            Self::TreeText => "tree-text",
            Self::SignatureBad => "signature-bad",
            Self::LogRoot => "log-root",
            Self::LogKind => "log-kind",
            Self::LogParents => "log-parents",
            Self::LogRepo => "log-repo",
            Self::PolicyUnknown => "policy-unknown",
            Self::PolicyOlder => "policy-older",
            Self::TimeOrder => "time-order",
            Self::SignerUnknown => "signer-unknown",
            Self::SignerRetired => "signer-retired",
            Self::SignerEmail => "signer-email",
            Self::RightMissing => "right-missing",
            Self::PolicyForm => "policy-form",
            Self::PolicyVersion => "policy-version",
            Self::PolicyThreshold => "policy-threshold",
            Self::StateClosed => "state-closed",
            Self::StateOpen => "state-open",
            Self::StateMerged => "state-merged",
            Self::StateDraft => "state-draft",
            Self::RevisionSequence => "revision-sequence",
            Self::RevisionUnknown => "revision-unknown",
            Self::RevisionStale => "revision-stale",
            Self::TargetMismatch => "target-mismatch",
            Self::CommentUnknown => "comment-unknown",
            Self::CommentRetracted => "comment-retracted",
            Self::ThreadHead => "thread-head",
            Self::VerdictUnknown => "verdict-unknown",
            Self::ProposalMismatch => "proposal-mismatch",
            Self::CheckMismatch => "check-mismatch",
            Self::SequenceGap => "sequence-gap",
            Self::QueueEntry => "queue-entry",
            Self::RunEnded => "run-ended",
            Self::SnapshotOrder => "snapshot-order",
            Self::SelfApproval => "self-approval",
            Self::ApprovalsMissing => "approvals-missing",
            Self::ThreadsOpen => "threads-open",
            Self::RecordError => "record-error",
            Self::NothingToDo => "nothing-to-do",
        }
    }

    /// The one that is written like this.
    pub fn from_id(id: &str) -> Option<Self> {
        match id {
            "object-missing" => Some(Self::ObjectMissing),
            "object-size" => Some(Self::ObjectSize),
            "header-form" => Some(Self::HeaderForm),
            "author-form" => Some(Self::AuthorForm),
            "author-committer" => Some(Self::AuthorCommitter),
            "signature-missing" => Some(Self::SignatureMissing),
            "signature-form" => Some(Self::SignatureForm),
            "signature-namespace" => Some(Self::SignatureNamespace),
            "signature-key-type" => Some(Self::SignatureKeyType),
            "signature-hash" => Some(Self::SignatureHash),
            "signature-presence" => Some(Self::SignaturePresence),
            "message-encoding" => Some(Self::MessageEncoding),
            "message-control" => Some(Self::MessageControl),
            "message-bidi" => Some(Self::MessageBidi),
            "message-nfc" => Some(Self::MessageNfc),
            "message-size" => Some(Self::MessageSize),
            "message-space" => Some(Self::MessageSpace),
            "message-layout" => Some(Self::MessageLayout),
            "message-divider" => Some(Self::MessageDivider),
            "subject-form" => Some(Self::SubjectForm),
            "subject-computed" => Some(Self::SubjectComputed),
            "body-form" => Some(Self::BodyForm),
            "trailer-form" => Some(Self::TrailerForm),
            "event-unknown" => Some(Self::EventUnknown),
            "trailer-unknown" => Some(Self::TrailerUnknown),
            "trailer-repeated" => Some(Self::TrailerRepeated),
            "trailer-order" => Some(Self::TrailerOrder),
            "trailer-missing" => Some(Self::TrailerMissing),
            "trailer-value" => Some(Self::TrailerValue),
            "parents-form" => Some(Self::ParentsForm),
            "tree-shape" => Some(Self::TreeShape),
            "tree-pairing" => Some(Self::TreePairing),
            "tree-text" => Some(Self::TreeText),
            "signature-bad" => Some(Self::SignatureBad),
            "log-root" => Some(Self::LogRoot),
            "log-kind" => Some(Self::LogKind),
            "log-parents" => Some(Self::LogParents),
            "log-repo" => Some(Self::LogRepo),
            "policy-unknown" => Some(Self::PolicyUnknown),
            "policy-older" => Some(Self::PolicyOlder),
            "time-order" => Some(Self::TimeOrder),
            "signer-unknown" => Some(Self::SignerUnknown),
            "signer-retired" => Some(Self::SignerRetired),
            "signer-email" => Some(Self::SignerEmail),
            "right-missing" => Some(Self::RightMissing),
            "policy-form" => Some(Self::PolicyForm),
            "policy-version" => Some(Self::PolicyVersion),
            "policy-threshold" => Some(Self::PolicyThreshold),
            "state-closed" => Some(Self::StateClosed),
            "state-open" => Some(Self::StateOpen),
            "state-merged" => Some(Self::StateMerged),
            "state-draft" => Some(Self::StateDraft),
            "revision-sequence" => Some(Self::RevisionSequence),
            "revision-unknown" => Some(Self::RevisionUnknown),
            "revision-stale" => Some(Self::RevisionStale),
            "target-mismatch" => Some(Self::TargetMismatch),
            "comment-unknown" => Some(Self::CommentUnknown),
            "comment-retracted" => Some(Self::CommentRetracted),
            "thread-head" => Some(Self::ThreadHead),
            "verdict-unknown" => Some(Self::VerdictUnknown),
            "proposal-mismatch" => Some(Self::ProposalMismatch),
            "check-mismatch" => Some(Self::CheckMismatch),
            "sequence-gap" => Some(Self::SequenceGap),
            "queue-entry" => Some(Self::QueueEntry),
            "run-ended" => Some(Self::RunEnded),
            "snapshot-order" => Some(Self::SnapshotOrder),
            "self-approval" => Some(Self::SelfApproval),
            "approvals-missing" => Some(Self::ApprovalsMissing),
            "threads-open" => Some(Self::ThreadsOpen),
            "record-error" => Some(Self::RecordError),
            "nothing-to-do" => Some(Self::NothingToDo),
            _ => None,
        }
    }
}

impl Rule {
    /// When the rule is checked: `read`, `form`, `log`, `state` or `decide`.
    pub const fn stage(self) -> &'static str {
        match self {
            Self::ObjectMissing => "read",
            Self::ObjectSize => "read",
            Self::HeaderForm => "form",
            Self::AuthorForm => "form",
            Self::AuthorCommitter => "form",
            Self::SignatureMissing => "form",
            Self::SignatureForm => "form",
            Self::SignatureNamespace => "form",
            Self::SignatureKeyType => "form",
            Self::SignatureHash => "form",
            Self::SignaturePresence => "form",
            Self::MessageEncoding => "form",
            Self::MessageControl => "form",
            Self::MessageBidi => "form",
            Self::MessageNfc => "form",
            Self::MessageSize => "form",
            Self::MessageSpace => "form",
            Self::MessageLayout => "form",
            Self::MessageDivider => "form",
            Self::SubjectForm => "form",
            Self::SubjectComputed => "form",
            Self::BodyForm => "form",
            Self::TrailerForm => "form",
            Self::EventUnknown => "form",
            Self::TrailerUnknown => "form",
            Self::TrailerRepeated => "form",
            Self::TrailerOrder => "form",
            Self::TrailerMissing => "form",
            Self::TrailerValue => "form",
            Self::ParentsForm => "form",
            Self::TreeShape => "form",
            Self::TreePairing => "form",
            Self::TreeText => "form",
            Self::SignatureBad => "form",
            Self::LogRoot => "log",
            Self::LogKind => "log",
            Self::LogParents => "log",
            Self::LogRepo => "log",
            Self::PolicyUnknown => "log",
            Self::PolicyOlder => "log",
            Self::TimeOrder => "log",
            Self::SignerUnknown => "log",
            Self::SignerRetired => "log",
            Self::SignerEmail => "log",
            Self::RightMissing => "log",
            Self::PolicyForm => "log",
            Self::PolicyVersion => "log",
            Self::PolicyThreshold => "log",
            Self::StateClosed => "state",
            Self::StateOpen => "state",
            Self::StateMerged => "state",
            Self::StateDraft => "state",
            Self::RevisionSequence => "state",
            Self::RevisionUnknown => "state",
            Self::RevisionStale => "state",
            Self::TargetMismatch => "state",
            Self::CommentUnknown => "state",
            Self::CommentRetracted => "state",
            Self::ThreadHead => "state",
            Self::VerdictUnknown => "state",
            Self::ProposalMismatch => "state",
            Self::CheckMismatch => "state",
            Self::SequenceGap => "state",
            Self::QueueEntry => "state",
            Self::RunEnded => "state",
            Self::SnapshotOrder => "state",
            Self::SelfApproval => "decide",
            Self::ApprovalsMissing => "decide",
            Self::ThreadsOpen => "decide",
            Self::RecordError => "decide",
            Self::NothingToDo => "decide",
        }
    }

    /// What the rule says.
    pub const fn text(self) -> &'static str {
        match self {
            Self::ObjectMissing => {
                "The commit, its tree, or a file that its tree's shape calls for is not in the repository."
            }
            Self::ObjectSize => {
                "The commit is larger than 131072 bytes, or a file of the event's tree is larger than its shape allows."
            }
            Self::HeaderForm => {
                "The headers are exactly `tree`, `parent` (any number), `author`, `committer` and the signature header, in that order, each once but `parent`, with lower-case object ids of the repository's length."
            }
            Self::AuthorForm => {
                "Author and committer are `Name <email> seconds zone`: see \"Author lines\"."
            }
            Self::AuthorCommitter => {
                "The author line and the committer line are byte for byte identical."
            }
            Self::SignatureMissing => {
                "The commit carries the signature header of its repository's hash."
            }
            Self::SignatureForm => {
                "The signature is byte for byte what OpenSSH writes: rebuilding blob, armor and header from the parsed values gives the same bytes."
            }
            Self::SignatureNamespace => "The signature's namespace is `git`.",
            Self::SignatureKeyType => {
                "The key is `ssh-ed25519` or `sk-ssh-ed25519@openssh.com`, and the signature is of the same type."
            }
            Self::SignatureHash => "The signature's hash algorithm is `sha512`.",
            Self::SignaturePresence => "A security key's signature has the user-presence flag set.",
            Self::MessageEncoding => {
                "The message is UTF-8 without a byte order mark (U+FEFF) anywhere."
            }
            Self::MessageControl => {
                "The message has no control character but line feed and tab: none of U+0000–U+0008, U+000B–U+001F, U+007F–U+009F."
            }
            Self::MessageBidi => {
                "The message has no bidirectional control: none of U+061C, U+200E, U+200F, U+202A–U+202E, U+2066–U+2069."
            }
            Self::MessageNfc => "The message is in Unicode normalisation form C: see \"Text\".",
            Self::MessageSize => "The message has at most 65536 bytes.",
            Self::MessageSpace => "No line of the message ends in a space or a tab.",
            Self::MessageLayout => {
                "The message is subject line, blank line, body and blank line (both absent when there is no body), trailer block, one final line feed."
            }
            Self::MessageDivider => {
                "No line of the body matches `^(---|[^ \\t]+ -+ >8 -+)`; encoders put one space before such a line, and before any that already has leading spaces."
            }
            Self::SubjectForm => {
                "A subject with user text has 1 to 256 bytes, no tab, no leading space, and does not match the divider pattern."
            }
            Self::SubjectComputed => {
                "A subject without user text is the one computed from the trailers."
            }
            Self::BodyForm => {
                "The kind requires a body and there is none, or allows none and there is one."
            }
            Self::TrailerForm => {
                "Every line of the last paragraph is `Key: value`: a key of letters and hyphens that starts with a letter, a colon, one space, a value that is not empty and starts with neither space nor tab."
            }
            Self::EventUnknown => {
                "The first trailer is `Forge-Event: kind/version` with a kind and version that the registry has."
            }
            Self::TrailerUnknown => "Every key is one that the kind has, in its exact case.",
            Self::TrailerRepeated => {
                "A key that may stand once stands once, and a repeated key has no value twice."
            }
            Self::TrailerOrder => "The keys stand in the order of the registry.",
            Self::TrailerMissing => {
                "Every key that the kind requires is there, `Forge-Repo` on events without parents but the first policy, `Forge-Policy` on all but the first policy."
            }
            Self::TrailerValue => "Every value matches its grammar.",
            Self::ParentsForm => "The number of parents is the one the kind calls for.",
            Self::TreeShape => {
                "The tree has the entries, modes and names that the kind's shape allows, and no others."
            }
            Self::TreePairing => {
                "Every anchor has its comment file and every comment file its anchor; suggestions belong to anchors with lines on the new side; anchors are numbered 1, 2, 3 and so on."
            }
            Self::TreeText => {
                "Comment files keep the text rules of a message and end in one line feed; a snapshot's `state.json` is canonical."
            }
            Self::SignatureBad => {
                "The ed25519 signature verifies strictly: S is reduced, neither the key nor R is of small order or non-canonical, and the cofactorless equation holds."
            }
            Self::LogRoot => {
                "The log starts with an event that may start this kind of log, and its ref is named after it."
            }
            Self::LogKind => "The kind may stand in this kind of log.",
            Self::LogParents => {
                "The event's first parent is the event before it, and a join's second parent leads back to this log's own events."
            }
            Self::LogRepo => "`Forge-Repo` is this repository's id.",
            Self::PolicyUnknown => "`Forge-Policy` is a version of this repository's policy.",
            Self::PolicyOlder => {
                "`Forge-Policy` is not older than the one that the event's parents name."
            }
            Self::TimeOrder => "The committer's time is not before that of a parent.",
            Self::SignerUnknown => "The signing key belongs to a person or bot of the policy.",
            Self::SignerRetired => "The signing key is not retired in the policy.",
            Self::SignerEmail => "The author's e-mail address is one of the signer's.",
            Self::RightMissing => {
                "The signer has the right that the kind needs, or is the one the kind names instead."
            }
            Self::PolicyForm => "The policy's files are well formed: see \"Policy\".",
            Self::PolicyVersion => {
                "`Forge-Version` is 1 on the first policy and one more than the parent's on every other; a proposal's is one more than that of the policy it names."
            }
            Self::PolicyThreshold => {
                "The policy version embeds valid endorsements of its tree by enough persons of the admins before and after it."
            }
            Self::StateClosed => "The object is open.",
            Self::StateOpen => "The object is closed and not merged.",
            Self::StateMerged => "The pull request is not merged.",
            Self::StateDraft => {
                "The pull request is a draft where the event needs one, and is not one where it must not be."
            }
            Self::RevisionSequence => "A new revision's number is the last one's plus one.",
            Self::RevisionUnknown => {
                "The revision exists and has the base and head that the event names."
            }
            Self::RevisionStale => "The revision is the latest one.",
            Self::TargetMismatch => "The target is the object's.",
            Self::CommentUnknown => {
                "The comment that the event names exists in this log before it."
            }
            Self::CommentRetracted => "The comment that the event names is not retracted.",
            Self::ThreadHead => {
                "Only the comment that starts a thread is resolved or reopened, not a reply."
            }
            Self::VerdictUnknown => "There is a verdict of the signer to withdraw.",
            Self::ProposalMismatch => {
                "The endorsement names the proposal's policy, version and tree."
            }
            Self::CheckMismatch => {
                "The result names the commit that the log is for, and the tree that its first event names."
            }
            Self::SequenceGap => "The sequence number is the previous one plus one, starting at 1.",
            Self::QueueEntry => {
                "A pull request enters the queue once, and only one that is in it leaves it."
            }
            Self::RunEnded => "The run has not ended.",
            Self::SnapshotOrder => {
                "`redact/1` directly follows the `snapshot/1` that starts the log, and names the same object and tip."
            }
            Self::SelfApproval => {
                "Nobody approves a change that they signed, authored, co-authored or pushed."
            }
            Self::ApprovalsMissing => {
                "The latest revision has the approvals that the policy asks for, and nobody's request for changes stands."
            }
            Self::ThreadsOpen => "Where the policy asks for it, every thread is resolved.",
            Self::RecordError => {
                "No event of the object was rejected: a gate on a damaged record is an error, never open."
            }
            Self::NothingToDo => "The command changes something.",
        }
    }
}
