//! Reviews with stock git beside them: suggestions, drafts, comments through revisions.

mod suggestions;
mod threads;
