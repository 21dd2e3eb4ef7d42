//! What a review of either version says: they differ in where a comment may stand, and in nothing else.

use super::{Anchor2, Payload, Place, payload};

impl payload::Review {
    /// The event that says this: of the second version only if the first one cannot.
    pub fn into_payload(self) -> Payload {
        let in_message = |anchor: &super::Anchor| matches!(anchor.place, Place::Message { .. });
        if !self.comments.iter().any(in_message) {
            return Payload::Review(self);
        }
        Payload::Review2(payload::Review2 {
            revision: self.revision,
            verdict: self.verdict,
            base: self.base,
            head: self.head,
            anchors: self.comments.into_iter().map(Anchor2).collect(),
        })
    }
}

impl Payload {
    /// The review that it is, if it is one, in the terms of `review/1`, with anchors that only `review/2` may have.
    pub fn review(&self) -> Option<payload::Review> {
        match self {
            Self::Review(review) => Some(review.clone()),
            Self::Review2(review) => Some(payload::Review {
                revision: review.revision,
                verdict: review.verdict,
                base: review.base,
                head: review.head,
                comments: review.anchors.iter().map(|one| one.0.clone()).collect(),
            }),
            _ => None,
        }
    }

    /// Whether it names a comment that must be there.
    pub fn names_comment(&self) -> bool {
        match self {
            Self::Comment(comment) => comment.reply.is_some(),
            other => match other.review() {
                Some(review) => review.comments.iter().any(|one| one.reply_to().is_some()),
                None => other.comment_id().is_some(),
            },
        }
    }
}
