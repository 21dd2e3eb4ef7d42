//! Which process called: what ties the two hooks of one push together.

use std::os::unix::process::parent_id;
use std::path::Path;

use touchmark_core::id::Digest;
use touchmark_core::refusal::Refusal;

use super::file_error;

/// The field of `/proc/<pid>/stat` with the start time, counted from the one behind the name.
const START_TIME_FIELD: usize = 19;

/// A word that only hooks that the same process started share.
///
/// A process number alone will not do: it is used again, and in containers that share a volume several processes have
/// the same one at once. Its start time, the namespace that it counts in and the machine's boot make it unique.
pub(super) fn key() -> Result<String, Vec<Refusal>> {
    let parent = parent_id();
    let stat = read(&format!("/proc/{parent}/stat"))?;
    let namespace = std::fs::read_link("/proc/self/ns/pid")
        .map_err(|err| file_error(Path::new("/proc/self/ns/pid"), "read", &err))?;
    let boot = read("/proc/sys/kernel/random/boot_id")?;
    let started = start_time(&stat).ok_or_else(|| {
        let err = std::io::Error::from(std::io::ErrorKind::InvalidData);
        file_error(Path::new("/proc"), "understand", &err)
    })?;
    let namespace = namespace.display();
    let text = format!("{parent} {started} {namespace} {}", boot.trim());
    Ok(Digest::of(text.as_bytes()).to_string())
}

fn read(path: &str) -> Result<String, Vec<Refusal>> {
    std::fs::read_to_string(path).map_err(|err| file_error(Path::new(path), "read", &err))
}

/// The start time in the text of a `stat` file; the name in it may hold anything, spaces and parentheses too.
fn start_time(stat: &str) -> Option<&str> {
    let (_, fields) = stat.rsplit_once(')')?;
    fields.split_whitespace().nth(START_TIME_FIELD)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_of_a_process_hides_nothing() {
        let fields: Vec<String> = (3..=52).map(|field| field.to_string()).collect();
        let stat = format!("7 (git) 9 (x) {}\n", fields.join(" "));
        assert_eq!(start_time(&stat), Some("22"));
        assert_eq!(start_time("7 (git) S 1"), None);
    }

    #[test]
    fn the_key_stays_the_same_for_the_same_parent() {
        assert_eq!(key().unwrap(), key().unwrap());
    }
}
