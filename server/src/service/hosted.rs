//! Forms of ours that consumers fill in: which one an address means, whether what comes back is an answer to it, and what
//! becomes of it. Everybody may open one; what is sent counts for the source that its campaign names.

use super::{
    Services,
    from_page::Seen,
    intake::{Caller, Refusal},
};
use crate::pipeline::Hosted;
use exchange::consent::{self, Shown};
use model::{
    FieldError, KeyId, Timestamp,
    campaign::Campaign,
    field::{Field, FieldKind, Visibility},
    lead::Answer,
    tenant::Mode,
};
use serde_json::{Map, Value, json};
use std::{collections::BTreeMap, sync::Arc};

/// Quicker than this nobody fills in a form, in milliseconds.
const QUICKEST_MS: i64 = 3_000;
/// A form that was opened longer ago is opened again, in milliseconds: 24 hours.
const LONGEST_MS: i64 = 24 * 3_600_000;
/// At most so many questions in one step.
const IN_A_STEP: usize = 4;

/// Where the form of a campaign is, on this server.
#[must_use]
pub fn path(tenant: &str, campaign: &str) -> String {
    format!("/f/{tenant}/{campaign}")
}

/// What consumers agree to at a form: the words, their version, and what the button says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    /// The words; empty when nobody is asked.
    pub text: String,
    /// Their version: other words, other version.
    pub version: String,
    /// What the button says.
    pub button: String,
}

impl Words {
    /// The words of a campaign: of the text it chose, or its own.
    #[must_use]
    pub fn of(campaign: &Campaign, shown: Option<&Shown>) -> Self {
        let own = campaign.hosted_form.consent_text.trim();
        let (text, version, button) = match shown {
            Some(shown) => (shown.words.clone(), shown.code.clone(), shown.button.trim()),
            // Nothing stands in for a text that was chosen and has no version.
            None if !campaign.consent.text.is_empty() => (String::new(), String::new(), ""),
            None => (own.to_owned(), consent::code(own), campaign.hosted_form.button.trim()),
        };
        Self { text, version, button: if button.is_empty() { "Send" } else { button }.to_owned() }
    }
}

/// A form that is open, in live or in test.
pub struct OpenForm {
    hosted: Hosted,
    mode: Mode,
    now: Timestamp,
}

/// What a stamp says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stamp {
    /// It is an answer to this form, which has this number.
    Good(String),
    /// It came quicker than a person is.
    Quick,
    /// It is too old, or not ours.
    Stale,
}

impl Services {
    /// The form behind the short names in an address; none when there is none or it is switched off.
    #[must_use]
    pub fn open_form(&self, tenant: &str, campaign: &str, mode: Mode) -> Option<OpenForm> {
        let hosted = self.pipeline.snapshot().hosted(tenant, campaign)?;
        Some(OpenForm { hosted, mode, now: self.clock.now() })
    }

    /// A stamp for a form that is opened now.
    #[must_use]
    pub fn stamp(&self, form: &OpenForm) -> String {
        form.hosted.keys.stamp(&form.place(), self.clock.now())
    }

    /// What a stamp says that comes back.
    #[must_use]
    pub fn judge(&self, form: &OpenForm, stamp: &str) -> Stamp {
        let Some((at, number)) = form.hosted.keys.stamped(&form.place(), stamp) else { return Stamp::Stale };
        match self.clock.now().millis_since(at) {
            age if age < QUICKEST_MS => Stamp::Quick,
            age if age > LONGEST_MS => Stamp::Stale,
            _ => Stamp::Good(number),
        }
    }

    /// Takes in what somebody entered, and sells it. The number of the form makes a repeat the same lead.
    ///
    /// # Errors
    /// See [`Refusal`]; nothing was stored then.
    pub async fn submit_form(
        &self,
        form: &OpenForm,
        entered: &Entered,
        number: &str,
        seen: &Seen,
    ) -> Result<Answer, Refusal> {
        let caller = Caller {
            tenant_id: form.hosted.tenant.id,
            source_id: form.hosted.source_id,
            // No key: whoever opens the form may send.
            key_id: KeyId::from_bits(0),
            mode: form.mode,
            campaigns: Arc::from([form.campaign().id]),
            // And is counted by address.
            requests: None,
        };
        self.submit_from_page(caller, form.body(entered, seen), Some(format!("form {number}")), seen).await
    }
}

/// What somebody entered so far: the last value under each name.
#[derive(Clone, Default)]
pub struct Entered(pub BTreeMap<String, String>);

impl Entered {
    /// The value under a name.
    #[must_use]
    pub fn get(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }
}

/// The name of the box that is ticked to agree.
pub const AGREED: &str = "consent.signature";
/// What may stand in the address of a form and travels with the lead.
pub const TRACKING: [&str; 6] = ["sub1", "sub2", "sub3", "sub4", "sub5", "click_id"];

impl OpenForm {
    /// The campaign it asks for.
    #[must_use]
    pub fn campaign(&self) -> &Campaign {
        &self.hosted.campaign.campaign
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> String {
        path(&self.hosted.tenant.slug, &self.campaign().slug)
    }

    /// Whose it is.
    #[must_use]
    pub fn tenant(&self) -> &str {
        &self.hosted.tenant.name
    }

    /// Whether its leads reach sandbox buyers only.
    #[must_use]
    pub fn is_test(&self) -> bool {
        self.mode == Mode::Test
    }

    /// The questions in steps: what buyers ask about first, a few at a time, and who the person is last.
    #[must_use]
    pub fn steps(&self) -> Vec<Vec<&Field>> {
        let asked = || self.campaign().fields.iter().filter(|field| field.kind.is_entered());
        let open: Vec<_> = asked().filter(|field| field.visibility != Visibility::Personal).collect();
        let personal: Vec<_> = asked().filter(|field| field.visibility == Visibility::Personal).collect();
        let mut steps: Vec<Vec<&Field>> = open.chunks(IN_A_STEP).map(<[_]>::to_vec).collect();
        if !personal.is_empty() || steps.is_empty() {
            steps.push(personal);
        }
        steps
    }

    /// What is wrong with the answers of one step.
    #[must_use]
    pub fn faults_of(&self, step: &[&Field], entered: &Entered) -> Vec<FieldError> {
        let names: Vec<_> = step.iter().map(|field| field.name.as_str()).collect();
        let chosen =
            |field: &Field| matches!(field.kind, FieldKind::Boolean | FieldKind::Choice { .. } | FieldKind::State);
        let open = |fault: &FieldError| {
            fault.code == "missing" && step.iter().any(|field| field.name == fault.field && chosen(field))
        };
        let faults = self.hosted.campaign.faults_of(&names, &self.fields(entered), self.now).into_iter();
        // Nobody enters one of a few.
        let words = |fault: FieldError| {
            if open(&fault) { FieldError { message: "Choose one.".to_owned(), ..fault } } else { fault }
        };
        faults.map(words).collect()
    }

    /// What is missing of a consent that is asked for; nothing when it was given.
    #[must_use]
    pub fn consent_fault(&self, entered: &Entered) -> Option<FieldError> {
        let wanted = self.campaign().consent_required && entered.get(AGREED).is_empty();
        wanted.then(|| FieldError::new(AGREED, "missing", "Tick this box to go on."))
    }

    /// What is agreed to here.
    #[must_use]
    pub fn words(&self) -> Words {
        Words::of(self.campaign(), self.hosted.campaign.shown())
    }

    fn place(&self) -> String {
        format!("{} {}", self.campaign().id, if self.is_test() { "test" } else { "live" })
    }

    fn fields(&self, entered: &Entered) -> Map<String, Value> {
        let fields = self.campaign().fields.iter();
        let given = fields.map(|field| (&field.name, entered.get(&field.name))).filter(|(_, value)| !value.is_empty());
        given.map(|(name, value)| (name.clone(), value.into())).collect()
    }

    /// What the API would be sent. Fields for an address and a browser are not asked: the server sees them.
    fn body(&self, entered: &Entered, seen: &Seen) -> Value {
        let mut fields = self.fields(entered);
        for field in &self.campaign().fields {
            let known = match field.kind {
                FieldKind::Ip => Some(seen.address.to_string()),
                FieldKind::UserAgent => seen.user_agent.clone(),
                _ => None,
            };
            fields.extend(known.map(|known| (field.name.clone(), known.into())));
        }
        let tracking = TRACKING.iter().map(|name| (*name, entered.get(name))).filter(|(_, value)| !value.is_empty());
        let source: Map<_, _> = tracking.map(|(name, value)| (name.to_owned(), Value::from(value))).collect();
        let mut body = json!({ "campaign": self.campaign().slug, "fields": fields, "source": source });
        let Words { text, version, .. } = self.words();
        if !text.is_empty() && !entered.get(AGREED).is_empty() {
            body["consent"] = json!({ "text": text, "text_version": version, "signature": "checkbox" });
        }
        body
    }
}
