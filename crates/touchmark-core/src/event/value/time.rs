//! Instants, to the second.

use std::fmt;

use super::display_value;
use crate::sign::time::{civil_from_days, days_from_civil};

const SECONDS_PER_DAY: i64 = 86_400;
/// 9999-12-31T23:59:59Z.
const MAX_SECONDS: i64 = 253_402_300_799;

/// An instant in UTC from 1970 to 9999, written as RFC 3339 with `Z`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time(i64);

impl Time {
    /// The instant that many seconds after 1970-01-01T00:00:00Z; `None` before 1970 and after 9999.
    pub const fn from_seconds(seconds: i64) -> Option<Self> {
        if 0 <= seconds && seconds <= MAX_SECONDS {
            Some(Self(seconds))
        } else {
            None
        }
    }

    /// Seconds since 1970-01-01T00:00:00Z.
    pub const fn seconds(self) -> i64 {
        self.0
    }

    /// The instant that `text` spells; `None` when it does not match the grammar or is no date.
    pub fn parse(text: &str) -> Option<Self> {
        let field = |from: usize, to: usize| text.get(from..to)?.parse::<i64>().ok();
        let days = days_from_civil(field(0, 4)?, field(5, 7)?, field(8, 10)?);
        let second_of_day = field(11, 13)? * 3600 + field(14, 16)? * 60 + field(17, 19)?;
        let time = Self::from_seconds(days * SECONDS_PER_DAY + second_of_day)?;
        // Writing it again finds signs, other separators, and days and seconds that are not there.
        (time.to_string() == text).then_some(time)
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = civil_from_days(self.0.div_euclid(SECONDS_PER_DAY));
        let second_of_day = self.0.rem_euclid(SECONDS_PER_DAY);
        let (hour, minute) = (second_of_day / 3600, second_of_day / 60 % 60);
        let second = second_of_day % 60;
        write!(
            f,
            "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z"
        )
    }
}

display_value!(Time);
