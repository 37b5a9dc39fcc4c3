//! The hours of a week in which something is open: what painting does to them, and what it is called. Pure, so that the page
//! and the browser say the same.

/// The days as people write them, Monday first.
pub const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const LONG: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
/// Hours of a day.
pub const HOURS: usize = 24;
const FULL: u32 = (1 << HOURS) - 1;

/// One hour of the week: its weekday, 0 is Monday, and its hour of the day.
pub type Cell = (usize, usize);

/// Which hours are open: for each day a bit for each hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Week([u32; 7]);

/// Weeks that many want, with what they are called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Preset {
    /// Monday to Friday, 09 to 17.
    Business,
    /// Every day, 17 to 22.
    Evenings,
    /// Every hour.
    All,
    /// No hour.
    None,
    /// Tuesday to Friday as Monday is.
    CopyMonday,
}

impl Preset {
    /// Every preset, in the order it is offered.
    pub const ALL: [Self; 5] = [Self::Business, Self::Evenings, Self::All, Self::None, Self::CopyMonday];

    /// The words on its button.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Business => "Business hours",
            Self::Evenings => "Evenings",
            Self::All => "All hours",
            Self::None => "None",
            Self::CopyMonday => "Copy Monday to weekdays",
        }
    }
}

impl Week {
    /// A week of which these hours, counted from Monday 00:00 on, are open.
    #[must_use]
    pub fn of(open: impl Iterator<Item = bool>) -> Self {
        let mut week = Self::default();
        open.take(7 * HOURS).enumerate().for_each(|(at, open)| week.0[at / HOURS] |= u32::from(open) << (at % HOURS));
        week
    }

    /// Whether an hour is open.
    #[must_use]
    pub fn open(&self, (day, hour): Cell) -> bool {
        self.0.get(day).is_some_and(|hours| hours >> hour & 1 == 1)
    }

    /// Opens or closes everything between two corners, both included.
    #[must_use]
    pub fn painted(mut self, a: Cell, b: Cell, open: bool) -> Self {
        let (first, last) = (a.1.min(b.1), a.1.max(b.1).min(HOURS - 1));
        let hours = (FULL >> (HOURS - 1 - (last - first))) << first;
        for day in self.0.iter_mut().take(a.0.max(b.0) + 1).skip(a.0.min(b.0)) {
            *day = if open { *day | hours } else { *day & !hours };
        }
        self
    }

    /// Opens everything between two corners, or closes it where all of it is open.
    #[must_use]
    pub fn turned(self, a: Cell, b: Cell) -> (Self, bool) {
        let open = self.painted(a, b, true) != self;
        (self.painted(a, b, open), open)
    }

    /// The week after a preset.
    #[must_use]
    pub fn preset(self, preset: Preset) -> Self {
        let none = Self::default();
        match preset {
            Preset::Business => none.painted((0, 9), (4, 16), true),
            Preset::Evenings => none.painted((0, 17), (6, 21), true),
            Preset::All => none.painted((0, 0), (6, HOURS - 1), true),
            Preset::None => none,
            Preset::CopyMonday => {
                let [monday, .., saturday, sunday] = self.0;
                Self([monday, monday, monday, monday, monday, saturday, sunday])
            }
        }
    }

    /// One line for each set of days that are open alike: `Mon–Fri 08:00–12:00, 13:00–18:00`.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for (day, hours) in self.0.iter().enumerate() {
            if *hours == 0 || self.0[..day].contains(hours) {
                continue;
            }
            let days: Vec<_> = (day..7).filter(|other| self.0[*other] == *hours).collect();
            for (start, end) in runs((0..HOURS).filter(|hour| hours >> hour & 1 == 1)) {
                lines.push(format!("{} {start:02}:00–{:02}:00", named(&days), end + 1));
            }
        }
        lines
    }

    /// The whole week in one sentence. A contract without opening hours is always open.
    #[must_use]
    pub fn summary(&self) -> String {
        if self.0 == [FULL; 7] {
            "Open at every hour.".to_owned()
        } else if self.0 == [0; 7] {
            "No hour is ticked: tick those in which it buys.".to_owned()
        } else {
            format!("Open {}.", self.lines().join("; "))
        }
    }
}

/// What was done between two corners: `Tuesday 14:00 to 17:00 open`.
#[must_use]
pub fn said(a: Cell, b: Cell, open: bool) -> String {
    let (first, last) = (a.0.min(b.0).min(6), a.0.max(b.0).min(6));
    let days = if first == last { LONG[first].to_owned() } else { format!("{} to {}", LONG[first], LONG[last]) };
    let word = if open { "open" } else { "closed" };
    format!("{days} {:02}:00 to {:02}:00 {word}", a.1.min(b.1), a.1.max(b.1) + 1)
}

/// Numbers that follow each other, as first and last.
fn runs(numbers: impl Iterator<Item = usize>) -> Vec<(usize, usize)> {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for number in numbers {
        match runs.last_mut() {
            Some((_, last)) if *last + 1 == number => *last = number,
            _ => runs.push((number, number)),
        }
    }
    runs
}

fn named(days: &[usize]) -> String {
    let run = |(first, last): (usize, usize)| {
        if first == last { DAYS[first].to_owned() } else { format!("{}–{}", DAYS[first], DAYS[last]) }
    };
    runs(days.iter().copied()).into_iter().map(run).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn painting_goes_between_two_corners_in_any_order() {
        let week = Week::default().painted((4, 17), (0, 8), true);
        assert_eq!(week.lines(), ["Mon–Fri 08:00–18:00"]);
        assert!(
            week.open((0, 8)) && week.open((4, 17)) && !week.open((4, 18)) && !week.open((5, 8)) && !week.open((7, 0))
        );
        let lunch = week.painted((0, 12), (4, 12), false).painted((5, 9), (5, 12), true);
        assert_eq!(lunch.summary(), "Open Mon–Fri 08:00–12:00; Mon–Fri 13:00–18:00; Sat 09:00–13:00.");
        assert_eq!(lunch.painted((0, 0), (6, 23), false), Week::default());
        assert_eq!(Week::default().painted((6, 23), (6, 23), true).lines(), ["Sun 23:00–24:00"]);
    }

    #[test]
    fn a_line_is_opened_until_all_of_it_is_open() {
        let (week, open) = Week::default().painted((1, 3), (1, 3), true).turned((1, 0), (1, 23));
        assert!(open && week.open((1, 23)));
        assert_eq!(week.turned((1, 0), (1, 23)), (Week::default(), false));
    }

    #[test]
    fn presets() {
        let made = |preset| Week::default().painted((0, 3), (0, 4), true).preset(preset).summary();
        assert_eq!(made(Preset::Business), "Open Mon–Fri 09:00–17:00.");
        assert_eq!(made(Preset::Evenings), "Open Mon–Sun 17:00–22:00.");
        assert_eq!(made(Preset::All), "Open at every hour.");
        assert_eq!(made(Preset::None), Week::default().summary());
        assert_eq!(made(Preset::CopyMonday), "Open Mon–Fri 03:00–05:00.");
    }

    #[test]
    fn what_was_painted_is_said() {
        assert_eq!(said((1, 14), (1, 16), true), "Tuesday 14:00 to 17:00 open");
        assert_eq!(said((4, 23), (0, 20), false), "Monday to Friday 20:00 to 24:00 closed");
        let every_other = Week::of((0..168).map(|at| at % 48 < 24));
        assert_eq!(every_other.lines(), ["Mon, Wed, Fri, Sun 00:00–24:00"]);
    }
}
