//! The fuzz targets without a nightly compiler and without coverage: seeds are mutated for so many seconds, and a panic, an
//! input that takes too long or memory without bound is a fault. `fuzz/fuzz.sh` does the same with coverage.
//!
//! `cargo run --release -p connectors --example fuzz -- SECONDS [TARGET...] [--seed N] [--keep FOLDER]`

#[path = "../fuzz/src/lib.rs"]
#[allow(dead_code)]
mod targets;

use std::{
    collections::BTreeMap,
    env, fs,
    panic::catch_unwind,
    path::PathBuf,
    process::{ExitCode, exit},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
        mpsc,
    },
    thread,
    time::{Duration, Instant},
};

/// One input may take so much of the processor's time. A clock on the wall would count what the machine does beside it.
const LONGEST: Duration = Duration::from_secs(10);
/// The whole process may have so much memory, in kB.
const MOST_MEMORY_KB: u64 = 1_000_000;
/// The longest input that is made, in bytes.
const MOST: usize = 32 * 1024;

type Target = fn(&[u8]);
const TARGETS: [(&str, Target); 6] = [
    ("answers", targets::answers),
    ("calls", targets::calls),
    ("intake", targets::intake),
    ("leads", targets::leads),
    ("documents", targets::documents),
    ("imports", targets::imports),
];

/// What parsers take apart: brackets, quotes, numbers at their edges, and words that mean something.
const WORDS: [&str; 62] = [
    "{",
    "}",
    "[",
    "]",
    "<",
    ">",
    "\"",
    "\\",
    ":",
    ",",
    "=",
    "&",
    "%",
    "%00",
    "%ff",
    "+",
    ".",
    "..",
    "[0]",
    "[]",
    "null",
    "true",
    "{{",
    "}}",
    "{%",
    "%}",
    "{% for i in range(9999999) %}",
    "| ",
    "(((((",
    "a*",
    "(a+)+$",
    "\\u0000",
    "\\ud800",
    "\u{feff}",
    "\u{202e}",
    "é",
    "\u{1f600}",
    "\0",
    "\r\n",
    "<![CDATA[",
    "]]>",
    "<!DOCTYPE a [<!ENTITY b \"cccc\">]>",
    "&b;",
    "&#x110000;",
    "<?xml version=\"1.0\"?>",
    "-1",
    "1e400",
    "NaN",
    "-0",
    "9223372036854775808",
    "-9223372036854775809",
    "0.0000001",
    "1,234.56",
    "$1,250.00",
    "99999999999999999999",
    "2026-02-30",
    "9999-99-99",
    "xmlns:a=\"b\"",
    "//",
    "@",
    "http://",
    "{token}",
];

/// Numbers that follow from a seed (xorshift*).
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn below(&mut self, most: usize) -> usize {
        usize::try_from(self.next() % (most.max(1) as u64)).unwrap_or_default()
    }
}

fn mutated(dice: &mut Dice, seeds: &[Vec<u8>]) -> Vec<u8> {
    let mut input = seeds[dice.below(seeds.len())].clone();
    for _ in 0..=dice.below(6) {
        let at = dice.below(input.len() + 1);
        let end = (at + 1 + dice.below(24)).min(input.len());
        match dice.below(10) {
            0 if at < input.len() => input[at] ^= 1 << dice.below(8),
            1 if at < input.len() => input[at] = u8::try_from(dice.below(256)).unwrap_or_default(),
            2 => drop(input.drain(at.min(end)..end)),
            3 => {
                let part = input[at.min(end)..end].to_vec();
                let times = 1 + dice.below(40);
                input.splice(at..at, part.repeat(times));
            }
            4 | 5 => {
                let word = WORDS[dice.below(WORDS.len())];
                input.splice(at..at, word.bytes());
            }
            6 => {
                let word = WORDS[dice.below(WORDS.len())];
                let times = 1 << dice.below(12);
                input.splice(at..at, word.repeat(times).into_bytes());
            }
            7 => {
                let other = &seeds[dice.below(seeds.len())];
                let from = dice.below(other.len() + 1);
                input.splice(at..at, other[from..].iter().copied());
            }
            8 => input.truncate(at),
            _ => {
                // One value for another: what stands between two signs.
                let sign = |byte: &u8| b"\"<>&=:,{}[]".contains(byte);
                let from = input[..at].iter().rposition(sign).map_or(0, |place| place + 1);
                let to = input[at..].iter().position(sign).map_or(input.len(), |place| at + place);
                let word = WORDS[dice.below(WORDS.len())];
                input.splice(from..to, word.bytes());
            }
        }
        input.truncate(MOST);
    }
    input
}

/// The most memory this process had so far, in kB; nothing where the system does not say.
fn memory_kb() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or_default()
}

/// What this process had of the processor; the time since it began where the system does not say.
fn worked(began: Instant) -> Duration {
    let status = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // After the name in brackets: the twelfth and thirteenth word are ticks of a hundredth of a second.
    let words = status.rsplit(')').next().unwrap_or_default().split_whitespace().skip(11).take(2);
    let ticks: Vec<u64> = words.filter_map(|word| word.parse().ok()).collect();
    if let [own, system] = ticks[..] { Duration::from_millis((own + system) * 10) } else { began.elapsed() }
}

struct Wanted {
    seconds: u64,
    targets: Vec<(&'static str, Target)>,
    seed: u64,
    keep: PathBuf,
}

fn wanted() -> Option<Wanted> {
    let mut words = env::args().skip(1);
    let seconds = words.next()?.parse().ok()?;
    let mut wanted = Wanted { seconds, targets: Vec::new(), seed: 1, keep: PathBuf::from("fuzz-artifacts") };
    while let Some(word) = words.next() {
        match word.as_str() {
            "--seed" => wanted.seed = words.next()?.parse().ok()?,
            "--keep" => wanted.keep = PathBuf::from(words.next()?),
            name => wanted.targets.push(*TARGETS.iter().find(|(own, _)| *own == name)?),
        }
    }
    if wanted.targets.is_empty() {
        wanted.targets = TARGETS.to_vec();
    }
    Some(wanted)
}

fn main() -> ExitCode {
    let Some(wanted) = wanted() else {
        eprintln!("usage: fuzz SECONDS [answers|calls|intake|leads|documents...] [--seed N] [--keep FOLDER]");
        return ExitCode::FAILURE;
    };
    let mut seeds: BTreeMap<&str, Vec<Vec<u8>>> = BTreeMap::new();
    for (target, bytes) in targets::seeds() {
        seeds.entry(target).or_default().push(bytes);
    }
    std::panic::set_hook(Box::new(|_| {}));
    let mut faults = 0;
    for (name, target) in &wanted.targets {
        faults += run(name, *target, &seeds[name], &wanted);
    }
    if faults == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Runs one target; how many faults it had.
fn run(name: &str, target: Target, seeds: &[Vec<u8>], wanted: &Wanted) -> usize {
    let keep = |what: &str, input: &[u8]| {
        let _ = fs::create_dir_all(&wanted.keep);
        let path = wanted.keep.join(format!("{name}-{what}"));
        let _ = fs::write(&path, input);
        println!("{name}: {what}, kept in {}", path.display());
    };
    let (done, current) = (Arc::new(AtomicU64::new(0)), Arc::new(Mutex::new(Vec::new())));
    let (stop, stopped) = mpsc::channel::<()>();
    let (seen, at_work) = (Arc::clone(&done), Arc::clone(&current));
    let (watched, folder) = (name.to_owned(), wanted.keep.clone());
    // An input that does not end cannot be waited for: it is kept, and that is the end.
    let watch = thread::spawn(move || {
        let began = Instant::now();
        let (mut before, mut from) = (u64::MAX, Duration::ZERO);
        while let Err(mpsc::RecvTimeoutError::Timeout) = stopped.recv_timeout(Duration::from_secs(1)) {
            let now = seen.load(Ordering::Relaxed);
            if now != before {
                from = worked(began);
            } else if worked(began).saturating_sub(from) > LONGEST {
                let input =
                    at_work.lock().map(|input: std::sync::MutexGuard<'_, Vec<u8>>| input.clone()).unwrap_or_default();
                let _ = fs::create_dir_all(&folder);
                let _ = fs::write(folder.join(format!("{watched}-hang")), input);
                println!("{watched}: an input takes longer than {LONGEST:?}; kept in {}", folder.display());
                exit(1);
            }
            before = now;
        }
    });
    let mut dice = Dice(wanted.seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let (began, mut faults, mut slowest) = (Instant::now(), 0, Duration::ZERO);
    while began.elapsed() < Duration::from_secs(wanted.seconds) && faults < 20 {
        let input = mutated(&mut dice, seeds);
        if let Ok(mut current) = current.lock() {
            current.clone_from(&input);
        }
        let each = Instant::now();
        if catch_unwind(|| target(&input)).is_err() {
            faults += 1;
            keep(&format!("panic-{faults}"), &input);
        }
        slowest = slowest.max(each.elapsed());
        let count = done.fetch_add(1, Ordering::Relaxed);
        if count % 256 == 0 && memory_kb() > MOST_MEMORY_KB {
            faults += 1;
            keep("memory", &input);
            break;
        }
    }
    drop(stop);
    let _ = watch.join();
    let (count, took) = (done.load(Ordering::Relaxed), began.elapsed().as_secs());
    println!(
        "{name}: {count} inputs in {took} s, slowest {} ms, most memory {} MB, {faults} faults",
        slowest.as_millis(),
        memory_kb() / 1024
    );
    faults
}
