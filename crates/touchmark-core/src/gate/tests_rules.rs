//! What the rules of a branch ask for beyond approvals: one case each, with its twin that is open.
