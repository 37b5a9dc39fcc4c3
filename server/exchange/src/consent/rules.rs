//! The rules of the check of consent texts: first what has to be there, then what is to be thought about.

use super::{
    has,
    lint::{finding, names_all},
    reading::{Reading, is_no, is_suffix, phrase},
};
use model::consent::{Finding, Severity, Severity::Error, Severity::Warning, Wording};

/// What the rules look at.
pub(super) struct Read<'a> {
    pub(super) wording: &'a Wording,
    pub(super) names: &'a [String],
    pub(super) reading: &'a Reading,
    /// Without what buttons say.
    pub(super) said: &'a Reading,
}

const ACTS: &str = "clicking|checking|selecting|tapping|typing|pressing|submitting|signing|ticking|choosing";
const ASSENT: [&str; 9] =
    ["agree", "consent", "authorize", "authorise", "permit", "accept", "agreeing", "consenting", "authorizing"];
const MANY: [&str; 13] = [
    "partners",
    "affiliates",
    "companies",
    "providers",
    "network",
    "sellers",
    "lenders",
    "agents",
    "insurers",
    "carriers",
    "buyers",
    "advertisers",
    "businesses",
];
const VAGUE: [&str; 14] = [
    "marketing",
    "trusted",
    "thirdparty",
    "party",
    "premier",
    "our",
    "other",
    "participating",
    "selected",
    "preferred",
    "network",
    "affiliated",
    "its",
    "various",
];

impl Read<'_> {
    fn rule(
        &self,
        found: &mut Vec<Finding>,
        missing: bool,
        severity: Severity,
        (code, message, fix): (&str, &str, &str),
    ) {
        if missing {
            found.push(finding(code, severity, message, fix, ""));
        }
    }

    /// Whether a seller is named, or will be.
    fn seller(&self) -> bool {
        let body = self.wording.body.to_lowercase();
        let known = self.names.iter().any(|name| !name.trim().is_empty() && body.contains(&name.trim().to_lowercase()));
        let company = |pair: &[String]| pair[0].starts_with(char::is_uppercase) && is_suffix(&pair[1]);
        names_all(self.wording) || known || self.reading.written.windows(2).any(company)
    }

    /// Where I or you agree, by sentence; not where that is denied.
    fn assent(&self) -> Option<&[String]> {
        self.said.sentences.iter().map(Vec::as_slice).find(|sentence| {
            let subject = sentence.iter().position(|word| word == "i" || word == "you");
            subject.is_some_and(|subject| {
                let after = &sentence[subject + 1..];
                let gives = phrase(after, "give|giving my|your permission|consent")
                    .or(phrase(after, "give|giving permission|consent"));
                let agreed = after.iter().enumerate().filter(|(_, word)| ASSENT[..6].contains(&word.as_str()));
                let denied = |at: usize| after[at.saturating_sub(3)..at].iter().any(|word| is_no(word));
                gives.into_iter().chain(agreed.map(|(at, _)| at)).any(|at| !denied(at))
            })
        })
    }

    /// Words for many whom nobody can name.
    fn nameless(&self) -> Option<String> {
        let pair = |sentence: &Vec<String>| {
            let up_to = phrase(sentence, "up to")
                .filter(|at| sentence[*at..].iter().take(6).any(|word| MANY.contains(&word.as_str())));
            let vague = sentence.iter().enumerate().find_map(|(at, word)| {
                let noun = sentence[at + 1..].iter().take(2).position(|next| MANY.contains(&next.as_str()))?;
                VAGUE.contains(&word.as_str()).then(|| sentence[at..=at + 1 + noun].join(" "))
            });
            vague.or_else(|| up_to.map(|at| sentence[at..sentence.len().min(at + 5)].join(" ")))
        };
        self.reading
            .sentences
            .iter()
            .find_map(pair)
            .or_else(|| self.reading.phrase("and others").then(|| "and others".to_owned()))
    }

    /// Whether it says that this is marketing; "marketing partners" says who, not what for.
    fn purpose(&self) -> bool {
        self.reading.sentences.iter().any(|sentence| {
            sentence.iter().enumerate().any(|(at, word)| {
                let begins = ["marketing", "telemarketing", "advertis", "promotion", "solicit"]
                    .iter()
                    .any(|b| word.starts_with(b));
                let who = sentence.get(at + 1).is_some_and(|next| MANY.contains(&next.as_str()));
                (begins || matches!(word.as_str(), "sales" | "offer" | "offers")) && !who
            })
        })
    }

    /// Whether the number is the one the person gives.
    fn number(&self) -> bool {
        let given = |word: &String| {
            ["provid", "enter", "submit", "gave", "give", "typed"].iter().any(|begin| word.starts_with(begin))
        };
        self.reading.sentences.iter().any(|sentence| {
            sentence.iter().enumerate().filter(|(_, word)| matches!(word.as_str(), "number" | "numbers")).any(
                |(at, _)| {
                    let after: Vec<_> = sentence[at + 1..].iter().take(6).collect();
                    let person = after.iter().position(|word| matches!(word.as_str(), "i" | "you" | "i've" | "you've"));
                    person.is_some_and(|person| after[person + 1..].iter().any(|word| given(word)))
                },
            )
        })
    }

    /// Whether it says that nothing depends on it.
    fn free(&self) -> bool {
        let goods = [
            "purchase",
            "purchases",
            "purchasing",
            "buy",
            "buying",
            "obtain",
            "goods",
            "services",
            "service",
            "property",
            "anything",
        ];
        self.reading.sentences.iter().any(|sentence| {
            sentence.iter().enumerate().filter(|(_, word)| is_no(word)).any(|(at, _)| {
                let near = sentence[at + 1..].iter().take(6);
                let condition = near.into_iter().any(|word| {
                    matches!(word.as_str(), "condition" | "required" | "requirement" | "necessary" | "conditional")
                });
                condition && sentence[at + 1..].iter().take(25).any(|word| goods.contains(&word.as_str()))
            })
        })
    }

    /// Words that make something depend on it after all.
    fn contradiction(&self) -> Option<&'static str> {
        let wordings = [
            "required to proceed|continue|see|view|get|receive|access|submit",
            "must agree|consent|accept",
            "condition of receiving|getting|seeing|viewing",
        ];
        wordings.into_iter().find(|wording| {
            self.reading.sentences.iter().any(|sentence| {
                let at = phrase(sentence, wording);
                at.is_some_and(|at| !sentence[at.saturating_sub(3)..at].iter().any(|word| is_no(word)))
            })
        })
    }

    fn texting(&self) -> bool {
        self.reading.any(&["sms", "mms", "texts", "texting"])
            || self.reading.phrase("text message|messages|me|messaging")
            || self.reading.phrase("and|or text")
    }

    fn calling(&self) -> bool {
        self.reading.any(&["call", "calls", "calling", "phonecalls", "telephone"]) || self.reading.phrase("phone me")
    }
}

/// What has to be there.
pub(super) fn elements(read: &Read<'_>, found: &mut Vec<Finding>) {
    let Read { wording, reading, .. } = read;
    let button = wording.button.trim().to_lowercase();
    let boxed = button.is_empty() && read.assent().is_some();
    let acted = reading.phrase(&format!("by {ACTS}")) || reading.phrase(&format!("by electronically {ACTS}"));
    read.rule(
        found,
        !acted && !boxed,
        Error,
        (
            "E001",
            "It does not say by what the person agrees.",
            "Begin with \"By selecting …, I\", or leave the button empty for a box that is ticked.",
        ),
    );
    let pressed = reading.phrase("by clicking|tapping|pressing|submitting|selecting");
    let named =
        has(&wording.body, "button.label") || (!button.is_empty() && wording.body.to_lowercase().contains(&button));
    read.rule(
        found,
        !button.is_empty() && !named,
        Error,
        ("E002", "It does not name the button there is.", "Write {{button.label}} where the button is named."),
    );
    read.rule(
        found,
        button.is_empty() && pressed && !wording.body.contains("box"),
        Error,
        (
            "E002",
            "It names a button, and none was entered.",
            "Enter what the button says, or say \"By ticking this box\".",
        ),
    );
    read.rule(
        found,
        read.assent().is_none(),
        Error,
        ("E003", "Nobody says that they agree.", "Write \"I agree\", \"I consent\" or \"I authorize\"."),
    );
    let seller = read.seller();
    read.rule(
        found,
        !seller,
        Error,
        ("E004", "No seller is named.", "Name the legal entities, or write {{sellers.inline}}."),
    );
    if let Some(words) = read.nameless() {
        let severity = if seller { Warning } else { Error };
        let message = "Many are meant whom the consumer cannot know.";
        found.push(finding("E005", severity, message, "Name each seller in the text itself.", &words));
    }
    read.rule(
        found,
        !read.purpose(),
        Error,
        ("E007", "It does not say that this is marketing.", "Say \"marketing calls\" or \"telemarketing\"."),
    );
    let dialer = reading.begins(&["autodial", "autodialer"])
        || reading.phrase("automatic|automated|auto telephone|phone dialing|dialling")
        || reading.phrase("automatic|automated dialing|dialling|dialer|technology|technologies|system|systems|means");
    read.rule(
        found,
        wording.automated && !dialer,
        Error,
        (
            "E008",
            "It does not say that numbers may be dialed automatically.",
            "Write \"using an automatic telephone dialing system\".",
        ),
    );
    let voice = reading.begins(&["prerecorded"])
        || reading.phrase("artificial voice|voices")
        || reading.phrase("artificial or recorded");
    read.rule(
        found,
        wording.automated && wording.calls && !voice,
        Error,
        (
            "E009",
            "It does not say that a voice may be artificial or recorded.",
            "Write \"artificial or prerecorded voice\".",
        ),
    );
    channels(read, found);
    read.rule(
        found,
        !read.number(),
        Error,
        ("E011", "It does not say which number is meant.", "Write \"at the phone number I entered\"."),
    );
    read.rule(
        found,
        !read.free(),
        Error,
        (
            "E012",
            "It does not say that buying does not depend on it.",
            "Write \"Consent is not a condition of purchase\".",
        ),
    );
    read.rule(
        found,
        read.contradiction().is_some(),
        Error,
        ("E013", "It makes something depend on agreeing.", "Leave that out, and give those who do not agree a way on."),
    );
    let stop = reading.any(&["stop", "revoke", "withdraw", "unsubscribe", "optout"]) || reading.phrase("opt out");
    let severity = if wording.texts { Error } else { Warning };
    read.rule(
        found,
        !stop,
        severity,
        (
            "W015",
            "It does not say how to take it back.",
            "Write where and how, such as \"I may revoke at any time at …\".",
        ),
    );
}

/// What it allows has to be what it says, and the reverse.
fn channels(read: &Read<'_>, found: &mut Vec<Finding>) {
    let (calls, texts) = (read.calling(), read.texting());
    let Wording { calls: calls_wanted, texts: texts_wanted, .. } = *read.wording;
    read.rule(
        found,
        calls_wanted && !calls,
        Error,
        ("E010", "It is to allow calls and does not speak of them.", "Say that they may call."),
    );
    read.rule(
        found,
        texts_wanted && !texts,
        Error,
        ("E010", "It is to allow text messages and does not speak of them.", "Say that they may send text messages."),
    );
    read.rule(
        found,
        texts && !texts_wanted,
        Error,
        ("E010", "It speaks of text messages, which it is not to allow.", "Leave them out, or tick text messages."),
    );
    read.rule(
        found,
        !calls_wanted && !texts_wanted,
        Error,
        ("E010", "It is to allow nothing.", "Tick calls, text messages or both."),
    );
}

/// What is to be thought about.
pub(super) fn doubts(read: &Read<'_>, found: &mut Vec<Finding>) {
    let Read { wording, reading, .. } = read;
    let button = crate::consent::reading::read(&wording.button);
    let means =
        button.any(&["yes", "allow", "connect"]) || button.any(&ASSENT) || button.phrase("call|text|contact me");
    read.rule(
        found,
        !wording.button.trim().is_empty() && !means,
        Warning,
        ("W022", "The button does not say that it agrees.", "Say on the button what it does: \"I agree\"."),
    );
    let carriers = reading.any(&["rates"])
        && reading.any(&["stop"])
        && reading.any(&["help"])
        && reading.any(&["frequency", "varies", "recurring"]);
    read.rule(
        found,
        wording.texts && !carriers,
        Warning,
        (
            "W016",
            "Carriers want rates, frequency, STOP and HELP named for text messages.",
            "Add \"Frequency varies; message and data rates may apply; reply STOP to end, HELP for help\".",
        ),
    );
    read.rule(
        found,
        wording.texts && names_all(wording),
        Warning,
        (
            "W016",
            "Carriers refuse text messages to more than one seller by one consent.",
            "Keep text messages for texts that name one seller.",
        ),
    );
    let electronic = reading.begins(&["electronic", "esign"]);
    read.rule(
        found,
        !electronic,
        Warning,
        (
            "W017",
            "It does not speak of an electronic signature or record.",
            "Add \"I agree to sign and receive this electronically\".",
        ),
    );
    let registry = reading.begins(&["donotcall"]) || reading.phrase("do not call");
    read.rule(
        found,
        !registry,
        Warning,
        (
            "W018",
            "It does not speak of do-not-call lists.",
            "Add \"even if my number is on a do-not-call list\", if that is meant.",
        ),
    );
    let bundled = read.assent().is_some_and(|sentence| {
        sentence.iter().any(|word| matches!(word.as_str(), "terms" | "arbitration"))
            || phrase(sentence, "privacy policy").is_some()
    });
    read.rule(
        found,
        bundled,
        Warning,
        ("W019", "The same sentence accepts terms or a privacy policy.", "Ask for that apart."),
    );
    let twice = reading.sentences.iter().any(|sentence| {
        let no = sentence.iter().filter(|word| is_no(word)).count();
        no >= 2 && sentence.iter().any(|word| matches!(word.as_str(), "unless" | "uncheck" | "untick"))
    });
    read.rule(
        found,
        twice,
        Warning,
        ("W030", "It says no twice in a sentence.", "Say what happens, not what does not."),
    );
    let official = reading.any(&["official", "government", "governmental"]) || reading.phrase("medicare office");
    read.rule(
        found,
        official,
        Warning,
        ("W032", "It sounds like an authority.", "Leave out words that promise independence or an office."),
    );
    let count = reading.sentences.len().max(1);
    read.rule(
        found,
        reading.words().count() / count > 35,
        Warning,
        ("W023", "Its sentences are long: more than 35 words each.", "Say it in shorter sentences."),
    );
    let letters = wording.body.chars().filter(|letter| letter.is_alphabetic());
    let (all, large) = letters.fold((0, 0), |(all, large), letter| (all + 1, large + u32::from(letter.is_uppercase())));
    read.rule(
        found,
        large * 5 > all * 2,
        Warning,
        ("W023", "Most of it is in capital letters.", "Write it as a sentence is written."),
    );
}
