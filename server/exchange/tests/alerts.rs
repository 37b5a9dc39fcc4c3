//! Alerts as data: figures in, what is wrong out. Each case of `alerts.json` names what it expects, and nothing else may be
//! seen.

use exchange::alert::{Figures, decide};
use model::alert::AlertSettings;
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    settings: AlertSettings,
    figures: Figures,
    /// Members of the sightings, in order; of the cause a part.
    expect: Vec<Value>,
}

#[test]
fn every_case_is_decided_as_it_says() {
    let cases: Vec<Case> = serde_json::from_str(include_str!("alerts.json")).expect("cases");
    assert!(cases.len() > 30);
    for case in cases {
        let seen = decide(&case.settings, &case.figures);
        assert_eq!(seen.len(), case.expect.len(), "{}: {seen:#?}", case.name);
        for (sighting, expect) in seen.iter().zip(&case.expect) {
            let shown = serde_json::to_value(sighting).expect("JSON");
            for (member, wanted) in expect.as_object().expect("members") {
                let have = &shown[member];
                let part = member == "cause" && have.as_str().zip(wanted.as_str()).is_some_and(|(a, b)| a.contains(b));
                // An empty episode is left out.
                let empty = wanted == "" && have.is_null();
                assert!(part || empty || have == wanted, "{}: {member} is {have}, not {wanted}", case.name);
            }
            assert!(sighting.cause.ends_with('.'), "{}: {:?} is a sentence", case.name, sighting.cause);
            assert!(sighting.action().1.starts_with('/'), "{}: it can be acted on", case.name);
        }
    }
}
