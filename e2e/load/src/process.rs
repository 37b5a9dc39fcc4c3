//! What the kernel says about a process: `/proc`.

use std::{fs, time::Duration};

/// Clock ticks a second in `/proc/<pid>/stat`; Linux shows 100 to programs on every architecture.
const TICKS: u64 = 100;

/// CPU time a process has used so far, its own and the kernel's for it.
///
/// # Errors
/// When the process is gone.
pub fn cpu(pid: u32) -> Result<Duration, String> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).map_err(|error| format!("process {pid}: {error}"))?;
    cpu_of(&stat).ok_or_else(|| format!("process {pid}: its statistics cannot be read"))
}

/// Bytes of memory a process holds.
///
/// # Errors
/// When the process is gone.
pub fn resident(pid: u32) -> Result<u64, String> {
    let text = fs::read_to_string(format!("/proc/{pid}/status")).map_err(|error| format!("process {pid}: {error}"))?;
    resident_of(&text).ok_or_else(|| format!("process {pid}: its memory cannot be read"))
}

fn cpu_of(stat: &str) -> Option<Duration> {
    // The name in parentheses may hold spaces and parentheses; the numbers begin after the last one. utime and stime are
    // fields 14 and 15 of proc(5), the 12th and 13th behind the name.
    let mut fields = stat.get(stat.rfind(')')? + 1..)?.split_whitespace().skip(11);
    let ticks = fields.next()?.parse::<u64>().ok()? + fields.next()?.parse::<u64>().ok()?;
    Some(Duration::from_millis(ticks * 1000 / TICKS))
}

fn resident_of(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    Some(line.split_whitespace().next()?.parse::<u64>().ok()? * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statistics_are_read() {
        let stat = "7 (odd) name) S 1 7 7 0 -1 4194560 100 0 0 0 12 5 0 0 20 0 4 0 100 1 1";
        assert_eq!(cpu_of(stat), Some(Duration::from_millis(170)));
        assert_eq!(resident_of("Name:\tx\nVmRSS:\t   2048 kB\n"), Some(2048 * 1024));
        assert_eq!((cpu_of("7 (x) S 1"), resident_of("Name:\tx")), (None, None));
    }

    #[test]
    fn of_this_very_process() {
        assert!(cpu(std::process::id()).is_ok());
        assert!(resident(std::process::id()).unwrap() > 100_000);
    }
}
