//! How each buyer behaves: what it pays, how long it takes, what it refuses. Everything follows from the seed, the buyer
//! and the lead's attributes.

/// What a buyer can see of a lead in a ping.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Attributes {
    pub(super) zip: String,
    pub(super) state: String,
    pub(super) age: i64,
    pub(super) vehicles: i64,
    pub(super) owner: bool,
}

/// How a buyer writes and what it wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    /// JSON, flat; `{"status":"bid","bid":7.25,"ping_id":"…"}`.
    Flat,
    /// JSON, everything under `lead`; `{"result":{"accepted":true,"price":"7.25"}}`.
    Nested,
    /// A form in, JSON out, prices as `"$7.25"`.
    Form,
}

/// One buyer.
#[derive(Debug)]
pub(super) struct Buyer {
    pub(super) name: &'static str,
    pub(super) dialect: Dialect,
    /// The credential it wants in `X-Api-Key`.
    pub(super) key: &'static str,
    /// Milliseconds until it answers a ping, from and to.
    pub(super) ping_ms: (u64, u64),
    /// Milliseconds until it answers a post, from and to.
    pub(super) post_ms: (u64, u64),
    /// Whether it is pinged at all.
    pub(super) pinged: bool,
    /// What it pays without a ping, in cents.
    pub(super) fixed: i64,
    /// How many of a hundred posts it refuses.
    pub(super) refuses: u64,
}

const KEY: &str = "sandbox-key";

/// Every buyer.
pub(super) const BUYERS: [Buyer; 8] = [
    Buyer {
        name: "northwind",
        dialect: Dialect::Flat,
        key: KEY,
        ping_ms: (40, 120),
        post_ms: (60, 140),
        pinged: true,
        fixed: 0,
        refuses: 2,
    },
    Buyer {
        name: "bluepeak",
        dialect: Dialect::Nested,
        key: KEY,
        ping_ms: (60, 180),
        post_ms: (50, 160),
        pinged: true,
        fixed: 0,
        refuses: 3,
    },
    Buyer {
        name: "harbor",
        dialect: Dialect::Form,
        key: KEY,
        ping_ms: (30, 150),
        post_ms: (40, 120),
        pinged: true,
        fixed: 0,
        refuses: 4,
    },
    Buyer {
        name: "slowpoke",
        dialect: Dialect::Flat,
        key: KEY,
        ping_ms: (450, 1500),
        post_ms: (150, 300),
        pinged: true,
        fixed: 0,
        refuses: 0,
    },
    Buyer {
        name: "picky",
        dialect: Dialect::Flat,
        key: KEY,
        ping_ms: (30, 90),
        post_ms: (60, 150),
        pinged: true,
        fixed: 0,
        refuses: 34,
    },
    Buyer {
        name: "evergreen",
        dialect: Dialect::Nested,
        key: KEY,
        ping_ms: (50, 130),
        post_ms: (50, 130),
        pinged: true,
        fixed: 0,
        refuses: 0,
    },
    Buyer {
        name: "flatrate",
        dialect: Dialect::Flat,
        key: KEY,
        ping_ms: (0, 0),
        post_ms: (40, 110),
        pinged: false,
        fixed: 600,
        refuses: 5,
    },
    Buyer {
        name: "backstop",
        dialect: Dialect::Form,
        key: KEY,
        ping_ms: (0, 0),
        post_ms: (30, 80),
        pinged: false,
        fixed: 150,
        refuses: 0,
    },
];

/// A buyer by name.
pub(super) fn buyer(name: &str) -> Option<&'static Buyer> {
    BUYERS.iter().find(|buyer| buyer.name == name)
}

/// What a buyer says to a ping.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Offer {
    /// So many cents.
    Bid(i64),
    /// No, and why.
    Pass(&'static str),
}

impl Buyer {
    /// What it offers for a lead.
    pub(super) fn offer(&self, seed: u64, lead: &Attributes) -> Offer {
        let draw = |what: &str, below: u64| i64::try_from(self.draw(seed, lead, what) % below).unwrap_or(0);
        let prime = (30..=60).contains(&lead.age);
        match self.name {
            "northwind" if lead.age < 21 => Offer::Pass("age below our criteria"),
            "northwind" => Offer::Bid(
                350 + lead.vehicles.clamp(0, 4) * 140
                    + i64::from(prime) * 180
                    + i64::from(lead.owner) * 90
                    + draw("bid", 220),
            ),
            "bluepeak" if draw("area", 8) == 0 => Offer::Pass("zip not covered"),
            "bluepeak" => {
                let digit = lead.zip.bytes().next().map_or(0, |b| i64::from(b.saturating_sub(b'0')));
                Offer::Bid(420 + digit.clamp(0, 9) * 85 + draw("bid", 260))
            }
            "harbor" if draw("appetite", 5) == 0 => Offer::Pass("daily volume reached"),
            "harbor" => Offer::Bid(390 + i64::from(prime) * 240 + draw("bid", 420)),
            "slowpoke" => Offer::Bid(900 + draw("bid", 500)),
            "picky" if draw("mood", 6) == 0 => Offer::Pass("does not meet our criteria"),
            "picky" => Offer::Bid(560 + draw("bid", 460)),
            "evergreen" => Offer::Bid(700 + draw("bid", 300)),
            _ => Offer::Pass("we do not take pings"),
        }
    }

    /// Why it refuses a post, if it does.
    pub(super) fn refusal(&self, seed: u64, lead: &Attributes, person: &str) -> Option<&'static str> {
        let draw = mix(self.draw(seed, lead, "post") ^ hash(person.as_bytes()));
        let words = ["Duplicate lead", "Daily cap reached", "Phone number could not be verified"];
        (draw % 100 < self.refuses).then(|| words[usize::try_from(draw / 100 % 3).unwrap_or(0)])
    }

    /// Milliseconds until it answers.
    pub(super) fn latency(&self, seed: u64, lead: &Attributes, ping: bool) -> u64 {
        let (from, to) = if ping { self.ping_ms } else { self.post_ms };
        // The slow one is in time now and then.
        if ping && self.name == "slowpoke" && self.draw(seed, lead, "luck").is_multiple_of(8) {
            return 150;
        }
        from + self.draw(seed, lead, if ping { "ping ms" } else { "post ms" }) % (to - from + 1)
    }

    fn draw(&self, seed: u64, lead: &Attributes, what: &str) -> u64 {
        let text =
            format!("{}|{what}|{}|{}|{}|{}|{}", self.name, lead.zip, lead.state, lead.age, lead.vehicles, lead.owner);
        mix(seed ^ hash(text.as_bytes()))
    }
}

/// FNV-1a, 64 bits.
fn hash(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3))
}

/// The finaliser of SplitMix64.
fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
