//! Times as OpenSSH's signers file writes them: `YYYYMMDDHHMMSSZ`, always UTC.

const SECONDS_PER_DAY: i64 = 86_400;

/// Seconds since the Unix epoch, or `None` when `text` is not 14 digits and `Z`, not a date, or not after the epoch.
///
/// OpenSSH takes the epoch itself for "no limit", so it is refused; so are leap seconds.
pub(super) fn parse(text: &str) -> Option<i64> {
    let digits = text.strip_suffix('Z')?;
    if digits.len() != 14 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let field = |from: usize, to: usize| digits.get(from..to)?.parse::<i64>().ok();
    let (year, month, day) = (field(0, 4)?, field(4, 6)?, field(6, 8)?);
    let (hour, minute, second) = (field(8, 10)?, field(10, 12)?, field(12, 14)?);
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let seconds =
        days_from_civil(year, month, day) * SECONDS_PER_DAY + hour * 3600 + minute * 60 + second;
    // Writing it again finds days that their month does not have.
    (seconds > 0 && format(seconds).as_deref() == Some(text)).then_some(seconds)
}

/// The text for `seconds` since the Unix epoch; `None` outside of 1970 to 9999 and for the epoch itself.
pub(super) fn format(seconds: i64) -> Option<String> {
    if seconds <= 0 {
        return None;
    }
    let (year, month, day) = civil_from_days(seconds.div_euclid(SECONDS_PER_DAY));
    if year > 9999 {
        return None;
    }
    let second_of_day = seconds.rem_euclid(SECONDS_PER_DAY);
    let (hour, minute, second) = (
        second_of_day / 3600,
        second_of_day / 60 % 60,
        second_of_day % 60,
    );
    Some(format!(
        "{year:04}{month:02}{day:02}{hour:02}{minute:02}{second:02}Z"
    ))
}

/// Days since the epoch of a date of the Gregorian calendar.
///
/// Years are counted from March, so that the leap day is the last day of its year.
pub(crate) fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let march_year = if month > 2 { year } else { year - 1 };
    let march_month = (month + 9) % 12;
    let day_of_year = (153 * march_month + 2) / 5 + day - 1;
    let leap_days =
        march_year.div_euclid(4) - march_year.div_euclid(100) + march_year.div_euclid(400);
    // 719,468 days lie between 1 March of the year 0 and the epoch.
    march_year * 365 + leap_days + day_of_year - 719_468
}

/// The year, month and day that is `days` after the epoch.
pub(crate) fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * march_month + 2) / 5 + 1;
    let month = if march_month < 10 {
        march_month + 3
    } else {
        march_month - 9
    };
    let year = era * 400 + year_of_era + i64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_utc_seconds() {
        for (text, seconds) in [
            ("19700101000001Z", 1),
            ("20000229120000Z", 951_825_600),
            ("20251009085320Z", 1_760_000_000),
            ("99991231235959Z", 253_402_300_799),
        ] {
            assert_eq!(parse(text), Some(seconds), "{text}");
            assert_eq!(format(seconds).as_deref(), Some(text));
        }
    }

    #[test]
    fn other_spellings_and_no_dates_are_refused() {
        for text in [
            "",
            "Z",
            "20251009085320",
            "20251009Z",
            "202510090853Z",
            "20251009085320z",
            "2025100908532٠Z",
            "+0251009085320Z",
            "20250229000000Z",
            "20251301000000Z",
            "20250001000000Z",
            "20250100000000Z",
            "20251009240000Z",
            "20251009085360Z",
            "19700101000000Z",
            "19691231235959Z",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
        assert_eq!(format(0), None);
        assert_eq!(format(253_402_300_800), None);
        assert_eq!(format(i64::MAX), None);
    }

    #[test]
    fn every_day_of_four_centuries_round_trips() {
        let first = days_from_civil(1970, 1, 2);
        for day in first..first + 146_097 {
            let text = format(day * SECONDS_PER_DAY).expect("in range");
            assert_eq!(parse(&text), Some(day * SECONDS_PER_DAY), "{text}");
        }
    }
}
