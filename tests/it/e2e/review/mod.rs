//! Reviews with stock git beside them: suggestions, drafts, comments through revisions.

mod drafts;
mod suggestions;
mod threads;
