//! Every type of value: what one spelling says is written back in the same spelling.
#![no_main]

use libfuzzer_sys::fuzz_target;
use touchmark_core::event::{
    Anchor, Anchor2, CheckStatus, CodePath, CommentId, Decision, DeliveryOutcome, DequeueReason, Kind,
    Label, LabelChange, Line, LinkChange, LogType, MergeMethod, Name, Nonce, ObjectKind, Party,
    Person, PersonChange, Pusher, Reaction, ReactionChange, RefName, Relation, Stance,
    Subscription, Time, Url, Value, Verdict,
};
use touchmark_core::id::{Digest, HashKind, ObjectId};
use touchmark_core::log::LogName;
use touchmark_core::sign::Fingerprint;

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    for kind in [HashKind::Sha1, HashKind::Sha256] {
        values(kind, text);
        if let Some(name) = LogName::parse(kind, text) {
            assert_eq!(name.to_string(), text);
        }
    }
    if let Some(kind) = Kind::from_tag(text) {
        assert_eq!(kind.tag(), text);
    }
    if let Some(log) = LogType::from_name(text) {
        assert_eq!(log.name(), text);
    }
});

fn values(kind: HashKind, text: &str) {
    one::<ObjectId>(kind, text);
    one::<Digest>(kind, text);
    one::<Fingerprint>(kind, text);
    one::<Anchor>(kind, text);
    one::<Anchor2>(kind, text);
    one::<CodePath>(kind, text);
    one::<CommentId>(kind, text);
    one::<Label>(kind, text);
    one::<LabelChange>(kind, text);
    one::<Line>(kind, text);
    one::<LinkChange>(kind, text);
    one::<Name>(kind, text);
    one::<Nonce>(kind, text);
    one::<Party>(kind, text);
    one::<Person>(kind, text);
    one::<PersonChange>(kind, text);
    one::<Pusher>(kind, text);
    one::<ReactionChange>(kind, text);
    one::<RefName>(kind, text);
    one::<Time>(kind, text);
    one::<Url>(kind, text);
    one::<CheckStatus>(kind, text);
    one::<Decision>(kind, text);
    one::<DeliveryOutcome>(kind, text);
    one::<DequeueReason>(kind, text);
    one::<MergeMethod>(kind, text);
    one::<ObjectKind>(kind, text);
    one::<Reaction>(kind, text);
    one::<Relation>(kind, text);
    one::<Stance>(kind, text);
    one::<Subscription>(kind, text);
    one::<Verdict>(kind, text);
}

fn one<T: Value>(kind: HashKind, text: &str) {
    if let Some(value) = T::parse(kind, text) {
        assert_eq!(value.write(), text, "one value, one spelling");
    }
}
