//! Time, taken in turns.

use std::time::Instant;

use anyhow::Result;

/// Something to measure: its name, and a closure that does it once.
pub(crate) type Task<'a> = (&'static str, Box<dyn FnMut() -> Result<()> + 'a>);

/// How long one task took, in seconds, by round.
#[derive(Debug, Default)]
pub(crate) struct Times(Vec<f64>);

impl Times {
    /// The middle one.
    pub(crate) fn median(&self) -> f64 {
        median(self.0.clone())
    }

    /// How many times as long as `other` it took: the middle one of the rounds' ratios.
    ///
    /// Both sides of each ratio come from the same round, so that what slows the machine down for a while cancels out.
    pub(crate) fn ratio(&self, other: &Self) -> f64 {
        median(
            self.0
                .iter()
                .zip(&other.0)
                .map(|(own, other)| own / other)
                .collect(),
        )
    }

    /// The times multiplied by a number.
    pub(crate) fn scaled(&self, factor: f64) -> Self {
        Self(self.0.iter().map(|time| time * factor).collect())
    }
}

/// Runs all tasks once to warm up and then `rounds` times in turns.
pub(crate) fn in_turns(rounds: usize, tasks: &mut [Task<'_>]) -> Result<Vec<Times>> {
    let mut times: Vec<Times> = tasks.iter().map(|_| Times::default()).collect();
    for round in 0..=rounds {
        for ((name, task), times) in tasks.iter_mut().zip(&mut times) {
            let begun = Instant::now();
            task()?;
            let seconds = begun.elapsed().as_secs_f64();
            eprintln!("round {round}: {name}: {seconds:.3} s");
            if round > 0 {
                times.0.push(seconds);
            }
        }
    }
    Ok(times)
}

/// The middle one of some numbers; of an even count, the later one.
fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers.get(numbers.len() / 2).copied().unwrap_or(f64::NAN)
}
