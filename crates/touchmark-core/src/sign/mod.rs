//! SSHSIG signatures.
