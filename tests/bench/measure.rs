//! Time, taken in turns.

use std::time::Instant;

use anyhow::Result;

/// Something to measure: its name, and a closure that does it once.
pub(crate) type Task<'a> = (&'static str, Box<dyn FnMut() -> Result<()> + 'a>);

/// Runs all tasks once to warm up and then `rounds` times in turns; the median time of each, in seconds.
///
/// Turns, so that a machine that slows down for a while slows everything down alike.
pub(crate) fn in_turns(rounds: usize, tasks: &mut [Task<'_>]) -> Result<Vec<f64>> {
    let mut times = vec![Vec::with_capacity(rounds); tasks.len()];
    for round in 0..=rounds {
        for ((name, task), times) in tasks.iter_mut().zip(&mut times) {
            let begun = Instant::now();
            task()?;
            let seconds = begun.elapsed().as_secs_f64();
            eprintln!("round {round}: {name}: {seconds:.3} s");
            if round > 0 {
                times.push(seconds);
            }
        }
    }
    Ok(times.into_iter().map(median).collect())
}

/// The middle one of some times; of an even number, the later one.
pub(crate) fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 2).copied().unwrap_or(f64::NAN)
}
