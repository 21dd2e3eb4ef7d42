//! Two people, a server and stock git.
