//! The embedded code base that the demo is about: a bank, in which two threads can wait for each other for ever.

/// `README.md`
pub(super) const README: &str = "\
# Till

A till with accounts. Money moves from one to another, and none is lost on the way.
";

/// `src/account.rs` as it is in the beginning.
pub(super) const ACCOUNT: &str = "\
use std::sync::Mutex;

pub struct Account {
    pub number: u32,
    pub balance: Mutex<i64>,
}
";

/// `src/transfer.rs` as Alice first proposes it.
pub(super) const TRANSFER_FIRST: &str = "\
use crate::account::Account;

/// Moves money from one account to another.
pub fn transfer(from: &Account, to: &Account, amt: i64) -> bool {
    let mut source = from.balance.lock().unwrap();
    let mut target = to.balance.lock().unwrap();
    if *source < amt {
        return false;
    }
    *source -= amt;
    *target += amt;
    true
}
";

/// What Bob suggests for the signature's line.
pub(super) const SUGGESTION: &str = "\
pub fn transfer(from: &Account, to: &Account, amount: i64) -> bool {
";

/// `src/transfer.rs` as it lands.
pub(super) const TRANSFER_SECOND: &str = "\
use crate::account::Account;

/// Moves money from one account to another.
///
/// The account with the lower number is locked first, so that two transfers cannot wait for each other.
pub fn transfer(from: &Account, to: &Account, amount: i64) -> bool {
    if from.number == to.number {
        return false;
    }
    let (first, second) = if from.number < to.number { (from, to) } else { (to, from) };
    let mut low = first.balance.lock().unwrap();
    let mut high = second.balance.lock().unwrap();
    let (source, target) = if from.number < to.number {
        (&mut low, &mut high)
    } else {
        (&mut high, &mut low)
    };
    if **source < amount {
        return false;
    }
    **source -= amount;
    **target += amount;
    true
}
";
