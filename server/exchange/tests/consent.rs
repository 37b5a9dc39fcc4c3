//! The check of consent texts, on sentences of our own: what each text lacks, and nothing else. Names are invented.

use exchange::consent::{difference, lint, may_publish};
use model::consent::{Severity, Wording};
use proptest::prelude::*;

const G1: &str = "By selecting \"I agree, connect me\" I sign electronically and authorize Granite Mutual Insurance Co. to send me marketing calls about auto insurance at 313-555-0142, the phone number I entered, using an automatic telephone dialing system and an artificial or prerecorded voice, even if my number is on a do-not-call list. My agreement is not a condition of any purchase. I may withdraw at any time at example.test/stop and may download this record.";
const G2: &str = "By checking this box I consent to receive telemarketing calls about home solar at the number I provided from Brightfield Solar LLC, Ridgeway Energy Inc. and Sunward Homes Co., which may use automated dialing technology or prerecorded voices, even if I am on a do-not-call registry. Consent is not required to buy any goods or services. I can revoke at any time by telling the caller or at example.test/stop; I agree to an electronic record.";
const G3: &str = "By tapping \"Yes, text me\" I agree that Harbor Legal PLLC may send me recurring marketing text messages about my injury claim at the mobile number I entered using an automated system. Not a condition of any service. Frequency varies; message and data rates may apply; reply STOP to end, HELP for help. I accept an electronic record.";

fn wording(body: &str, button: &str) -> Wording {
    Wording { body: body.to_owned(), button: button.to_owned(), calls: true, texts: false, automated: true }
}

fn codes(wording: &Wording) -> Vec<String> {
    let mut codes: Vec<_> = lint(wording, "en-US", &[]).into_iter().map(|finding| finding.code).collect();
    codes.sort_by_key(|code| code[1..].to_owned());
    codes.dedup();
    codes
}

#[test]
fn texts_that_have_everything() {
    assert_eq!(codes(&wording(G1, "I agree, connect me")), Vec::<String>::new());
    assert_eq!(codes(&wording(G2, "")), Vec::<String>::new());
    let texts = Wording { calls: false, texts: true, ..wording(G3, "Yes, text me") };
    assert_eq!(codes(&texts), ["W018"]);
    let all = G1
        .replace("Granite Mutual Insurance Co.", "{{sellers.inline}}")
        .replace("I agree, connect me", "{{button.label}}");
    assert_eq!(codes(&wording(&all, "I agree")), Vec::<String>::new());
}

#[test]
fn texts_that_lack_something() {
    for (body, button, wanted) in [
        (
            "By clicking Submit you agree to be contacted by us and our marketing partners.",
            "Get my free quote",
            "E002 E004 E005 E007 E008 E009 E010 E011 E012 W015 W017 W018 W022",
        ),
        (
            "I agree to receive calls from <a>these companies</a> using an automated system about insurance offers at the number I entered. Not a condition of purchase.",
            "I agree",
            "E001 E004 E006 E009 W015 W017 W018",
        ),
        (
            "Consent is required to see your results. By clicking \"Continue\" I authorize Acme Solar LLC to call me with offers by autodialer or prerecorded voice at the phone number I provide.",
            "Continue",
            "E012 E013 W015 W017 W018 W022",
        ),
        ("We respect your privacy.", "Send", "E001 E002 E003 E004 E007 E008 E009 E010 E011 E012 W015 W017 W018 W022"),
        (
            "By clicking \"I agree\" I authorize up to five insurance companies to make marketing calls with automated technology and prerecorded voice to the number I entered; not a condition of purchase.",
            "I agree",
            "E004 E005 W015 W017 W018",
        ),
        (
            "By clicking \"I agree\" I accept the Terms, Privacy Policy and arbitration and authorize Acme Inc to make marketing calls about solar, auto warranties and Medicare to the phone number I entered by autodialer or prerecorded voice; not a condition of purchase; I may revoke at any time.",
            "I agree",
            "W017 W018 W019",
        ),
        (
            "By clicking \"I agree\" I authorize {{buyer.legl_name}} to make marketing calls to the phone number I entered by autodialer or prerecorded voice; not a condition of purchase; I may revoke at any time.",
            "I agree",
            "E004 W017 W018 E024",
        ),
        (
            "By clicking \"I agree\" I authorize Acme Inc to call me with promotions about solar using an automatic telephone dialing system and prerecorded voice at the number provided by our partner.",
            "I agree",
            "E011 E012 W015 W017 W018",
        ),
        (
            "Do not uncheck this box unless you do not want calls.",
            "",
            "E001 E003 E004 E007 E008 E009 E011 E012 W015 W017 W018 W030",
        ),
    ] {
        assert_eq!(codes(&wording(body, button)).join(" "), wanted, "{body}");
    }
}

#[test]
fn traps() {
    let button = "I agree, connect me";
    assert_eq!(codes(&wording(&G1.replace("authorize", "do not authorize"), button)), ["E003"]);
    assert_eq!(codes(&wording(&G1.replace("prerecorded", "pre\u{200b}recorded"), button)), ["W033"]);
    assert_eq!(codes(&wording(&G1.replace("Granite Mutual Insurance Co.", "our network"), button)), ["E004", "E005"]);
    assert_eq!(
        codes(&wording(&G1.replace("Granite Mutual Insurance Co.", "[COMPANY NAME]"), button)),
        ["E004", "E024"]
    );
    assert_eq!(codes(&Wording { body: " ".to_owned(), ..wording("", "") }), ["E000"]);
    // A name that is a buyer's needs no suffix.
    let known = wording(&G1.replace("Granite Mutual Insurance Co.", "Northwind"), button);
    assert_eq!(lint(&known, "en", &["Northwind".to_owned()]), []);
    // In another language nothing is passed off as found.
    let spanish = lint(&wording("Al pulsar acepto.", "Acepto"), "es-US", &[]);
    assert_eq!(spanish.iter().map(|finding| finding.code.as_str()).collect::<Vec<_>>(), ["W028"]);
    assert!(may_publish(&spanish));
}

#[test]
fn each_clause_that_is_taken_out_is_missed_alone() {
    for (clause, code) in [
        ("By selecting \"I agree, connect me\" ", "E001"),
        ("marketing ", "E007"),
        (", the phone number I entered", "E011"),
        ("an automatic telephone dialing system and ", "E008"),
        (" and an artificial or prerecorded voice", "E009"),
        ("My agreement is not a condition of any purchase. ", "E012"),
        ("I may withdraw at any time at example.test/stop and may download this record.", "W015"),
        (", even if my number is on a do-not-call list", "W018"),
    ] {
        assert!(G1.contains(clause), "{clause}");
        let found = codes(&wording(&G1.replace(clause, ""), "I agree, connect me"));
        // Without its act a text names no button either.
        let found: Vec<_> = found.into_iter().filter(|found| code != "E001" || found != "E002").collect();
        assert_eq!(found, [code], "{clause}");
    }
}

proptest! {
    #[test]
    fn case_and_space_change_nothing(upper in proptest::collection::vec(any::<bool>(), 30)) {
        let mut turn = upper.into_iter().cycle();
        let spaced: String = G2.split(' ').map(|word| {
            let next = turn.next().unwrap_or_default();
            // Names are told from other words by their capitals.
            let word = if next && word.chars().all(char::is_lowercase) { word.to_uppercase() } else { word.to_owned() };
            if next { format!("{word} \n ") } else { format!("{word} ") }
        }).collect();
        let errors = |body: &str| lint(&wording(body, ""), "en", &[]).into_iter().filter(|f| f.severity == Severity::Error).count();
        prop_assert_eq!(errors(&spaced), 0);
        prop_assert_eq!(errors(G2), 0);
    }

    #[test]
    fn nothing_that_is_typed_does_harm(body in ".{0,300}", button in ".{0,20}", other in ".{0,100}") {
        let _ = lint(&wording(&body, &button), "en", std::slice::from_ref(&other));
        let _ = difference(&body, &other);
    }
}
