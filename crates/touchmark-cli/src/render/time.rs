//! Instants as people read them.

use chrono::DateTime;

/// Seconds since 1970 as a date and time in UTC, and how long that was before `now`.
///
/// The times in a record are what its signers' clocks said; a time to come is shown as one.
pub(crate) fn instant(seconds: i64, now: i64) -> String {
    let Some(time) = DateTime::from_timestamp(seconds, 0) else {
        return format!("{seconds} s after 1970");
    };
    let age = age(now.saturating_sub(seconds));
    format!("{}, {age}", time.format("%Y-%m-%d %H:%M UTC"))
}

fn age(seconds: i64) -> String {
    const MINUTE: i64 = 60;
    const HOUR: i64 = 60 * MINUTE;
    const DAY: i64 = 24 * HOUR;
    let (size, noun) = match seconds.saturating_abs() {
        0..MINUTE => return "just now".to_owned(),
        MINUTE..HOUR => (MINUTE, "minute"),
        HOUR..DAY => (HOUR, "hour"),
        _ => (DAY, "day"),
    };
    let number = usize::try_from(seconds.saturating_abs() / size).unwrap_or(usize::MAX);
    let length = super::counted(number, noun);
    if seconds < 0 {
        format!("in {length}")
    } else {
        format!("{length} ago")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_say_how_long_ago() {
        let check = |ago: i64, expect: &str| {
            assert_eq!(instant(1_760_000_000, 1_760_000_000 + ago), expect);
        };
        check(5, "2025-10-09 08:53 UTC, just now");
        check(60, "2025-10-09 08:53 UTC, 1 minute ago");
        check(7_300, "2025-10-09 08:53 UTC, 2 hours ago");
        check(200_000, "2025-10-09 08:53 UTC, 2 days ago");
        check(-7_300, "2025-10-09 08:53 UTC, in 2 hours");
        assert_eq!(instant(i64::MAX, 0), "9223372036854775807 s after 1970");
    }
}
