//! The program's one clock.

use std::time::{SystemTime, UNIX_EPOCH};

use chrono::{Local, TimeZone as _};

use crate::env_vars;
use crate::errors::Failure;

/// The time in whole seconds since 1970.
///
/// # Errors
///
/// The system's clock stands before 1970, or `TOUCHMARK_NOW` is not a number.
pub(crate) fn now() -> Result<i64, Failure> {
    if let Some(value) = env_vars::get(env_vars::NOW) {
        return value
            .to_str()
            .and_then(|text| text.parse().ok())
            .filter(|seconds| *seconds >= 0)
            .ok_or_else(|| {
                let name = env_vars::NOW;
                Failure::new(format!("{name} is not a number of seconds since 1970"))
                    .hint(format!("unset {name}"))
            });
    }
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .ok()
        .and_then(|since| i64::try_from(since.as_secs()).ok())
        .ok_or_else(|| Failure::new("the system's clock stands before 1970").hint("set the clock"))
}

/// The local time zone at `seconds`, as in author lines: `+0200`. With a fixed clock it is UTC, so that tests repeat.
pub(crate) fn zone(seconds: i64) -> String {
    if env_vars::get(env_vars::NOW).is_some() {
        return "+0000".to_owned();
    }
    Local
        .timestamp_opt(seconds, 0)
        .earliest()
        .map_or_else(|| "+0000".to_owned(), |time| time.format("%z").to_string())
}
