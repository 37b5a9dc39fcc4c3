//! Whether a document can be used, before it is saved: by the very compilers the pipeline uses, so that nothing is
//! saved that would be told broken afterwards. Each part is compiled on its own in a document that is right, which
//! gives every fault its path.

mod call;

use super::{
    forms,
    part::{told, under},
    shape::right,
};
use crate::service::people::is_slug;
use call::call;
use exchange::{eligibility::CompiledContract, lead::Schema, zone::Zone};
use model::{
    FieldError, Micros,
    buyer::Buyer,
    campaign::{Campaign, Reoffer},
    cap::{Cap, Limit},
    contract::{Contract, ContractKind, SourceRule},
    document::{Document, DocumentId, Kind},
    intake::Intake,
    source::{Payout, Source},
    vertical::Vertical,
};
use std::collections::HashSet;
use url::Url;

/// Longest name, in characters.
const NAME_MAX: usize = 120;

/// A configuration as it would be with the changes in it.
pub(super) struct World<'a> {
    pub(super) verticals: Vec<&'a Vertical>,
    pub(super) documents: Vec<&'a Document>,
    pub(super) texts: Vec<TextName>,
}

/// A consent text as a campaign may choose it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TextName {
    pub(super) slug: String,
    /// Whether it has a version.
    pub(super) published: bool,
}

/// Every fault of one document of the world; its secrets have to be in clear.
pub(super) fn faults(world: &World<'_>, document: &Document) -> Vec<FieldError> {
    let mut faults = name(document.name());
    faults.extend(slug(world, document));
    faults.extend(match document {
        Document::Campaign(campaign) => self::campaign(world, campaign),
        Document::Source(source) => {
            let mut faults = self::source(source);
            faults.extend(intake(world, &source.intake));
            faults
        }
        Document::Buyer(buyer) => self::buyer(buyer),
        Document::Contract(contract) => self::contract(world, contract),
    });
    faults
}

pub(super) fn fault(path: &str, message: &str) -> FieldError {
    FieldError::new(path, "not_allowed", message)
}

fn name(text: &str) -> Vec<FieldError> {
    let fits = !text.trim().is_empty() && text.chars().count() <= NAME_MAX && !text.chars().any(char::is_control);
    if fits { Vec::new() } else { vec![fault("name", "A name has 1 to 120 characters in one line.")] }
}

fn slug(world: &World<'_>, document: &Document) -> Vec<FieldError> {
    let Some(slug) = document.slug() else { return Vec::new() };
    if !is_slug(slug) {
        return vec![fault("slug", "A short name has 1 to 40 lower case letters, digits and hyphens.")];
    }
    let taken = world
        .documents
        .iter()
        .any(|other| other.kind() == document.kind() && other.id() != document.id() && other.slug() == Some(slug));
    if taken { vec![FieldError::new("slug", "taken", "This short name is taken.")] } else { Vec::new() }
}

pub(super) fn address(path: &str, text: &str) -> Option<FieldError> {
    let fits = Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    (!fits).then(|| fault(path, "This has to be an http or https address."))
}

fn amount(path: &str, amount: Option<Micros>) -> Option<FieldError> {
    amount.filter(|amount| *amount < Micros::ZERO).map(|_| fault(path, "An amount here cannot be below zero."))
}

fn caps(caps: &[Cap]) -> Vec<FieldError> {
    let limit = |cap: &Cap| match cap.limit {
        Limit::Money(amount) => Some(amount),
        Limit::Count(_) => None,
    };
    let each = caps.iter().enumerate();
    each.filter_map(|(at, cap)| amount(&format!("caps[{at}].limit.money"), limit(cap))).collect()
}

fn campaign(world: &World<'_>, campaign: &Campaign) -> Vec<FieldError> {
    let mut faults = fields(campaign);
    let usable = faults.is_empty();
    if !world.verticals.iter().any(|vertical| vertical.id == campaign.vertical_id) {
        faults.push(FieldError::new("vertical_id", "not_found", "There is no such vertical."));
    }
    if !campaign.fallback_url.is_empty() {
        faults.extend(address("fallback_url", &campaign.fallback_url));
    }
    faults.extend(campaign.reoffer.iter().flat_map(reoffer));
    faults.extend(amount("auction.floor", Some(campaign.auction.floor)));
    faults.extend(amount("auction.min_margin", Some(campaign.auction.min_margin)));
    for (at, tier) in campaign.auction.tiers.iter().enumerate() {
        if tier.name.trim().is_empty() {
            faults.push(fault(&format!("auction.tiers[{at}].name"), "A tier needs a name."));
        }
    }
    if campaign.auction.posts == 0 {
        faults.push(fault("auction.posts", "At least one post is needed to sell a lead."));
    }
    if campaign.auction.deadline_ms == 0 || campaign.auction.post_reserve_ms >= campaign.auction.deadline_ms {
        faults.push(fault("auction.deadline_ms", "The deadline has to be longer than the time kept for the post."));
    }
    if !campaign.auction.doubts.fits() {
        faults.push(fault("auction.doubts.of", "Look at 1 to 64 posts, and at least at as many as may be unknown."));
    }
    faults.extend(forms::faults(world, campaign));
    if usable {
        faults.extend(broken_contracts(world, campaign));
    }
    faults
}

/// Most rounds after the first.
const ROUNDS_MAX: u8 = 20;
/// Longest freshness, in minutes: 30 days. So long duplicates are looked for by default.
const FRESH_MAX: u32 = 30 * 24 * 60;

/// At least one round has to be possible, and none may come when nobody wants the person any more.
fn reoffer(terms: &Reoffer) -> Vec<FieldError> {
    let mut faults = Vec::new();
    if terms.after_minutes == 0 {
        faults.push(fault("reoffer.after_minutes", "The next round begins at least a minute after the last."));
    }
    if !(1..=ROUNDS_MAX).contains(&terms.times) {
        faults.push(fault("reoffer.times", "A lead is offered again 1 to 20 times."));
    }
    if terms.fresh_minutes > FRESH_MAX {
        faults.push(fault("reoffer.fresh_minutes", "A lead is fresh for at most 43200 minutes (30 days)."));
    } else if terms.fresh_minutes < terms.after_minutes {
        let message = "The lead would not be fresh any more when the first round begins.";
        faults.push(fault("reoffer.fresh_minutes", message));
    }
    faults
}

fn fields(campaign: &Campaign) -> Vec<FieldError> {
    let Err(mut all) = Schema::new(campaign) else { return Vec::new() };
    let mut faults = Vec::new();
    for (at, field) in campaign.fields.iter().enumerate() {
        let alone = Campaign { fields: vec![field.clone()], ..campaign.clone() };
        let own = Schema::new(&alone).err().unwrap_or_default();
        take(&mut all, &own);
        faults.extend(told(&format!("fields[{at}]"), own));
    }
    // What is left concerns several fields.
    faults.extend(told("fields", all));
    faults
}

fn take(all: &mut Vec<String>, own: &[String]) {
    for fault in own {
        if let Some(at) = all.iter().position(|have| have == fault) {
            all.remove(at);
        }
    }
}

/// Contracts that buy and could not any more with these fields.
fn broken_contracts(world: &World<'_>, campaign: &Campaign) -> Vec<FieldError> {
    let Ok(schema) = Schema::new(campaign) else { return Vec::new() };
    let contracts = world.documents.iter().filter_map(|document| match document {
        Document::Contract(contract) if contract.campaign_id == campaign.id && contract.active => Some(contract),
        _ => None,
    });
    let broken = contracts.flat_map(|contract| {
        let faults = terms(contract, &schema).into_iter().filter(|fault| fault.field == "filter");
        faults.map(|fault| {
            let message = format!("Contract \"{}\" needs it: {}", contract.name, fault.message);
            FieldError::new("fields", "in_use", message)
        })
    });
    broken.collect()
}

/// Most rows of either list.
const ROWS_MAX: usize = 300;

/// What a source's words mean: something is there on both sides, and it exists.
fn intake(world: &World<'_>, intake: &Intake) -> Vec<FieldError> {
    let mut faults = Vec::new();
    if intake.names.len().max(intake.campaigns.len()) > ROWS_MAX {
        faults.push(fault("intake", "At most 300 names and 300 campaigns."));
    }
    let word = |text: &str| !text.trim().is_empty() && text.chars().count() <= 200;
    for (at, alias) in intake.names.iter().enumerate() {
        if !word(&alias.theirs) {
            faults.push(fault(&format!("intake.names[{at}].theirs"), "Enter the name as the source writes it."));
        }
        if !connectors::intake::usable_target(&alias.ours) {
            let message = "This has to be a field's name, a member of a record such as drivers[0].dob, a known place such as \
                           source.sub1, or nothing.";
            faults.push(fault(&format!("intake.names[{at}].ours"), message));
        }
    }
    let slugs = world.documents.iter().filter(|document| document.kind() == Kind::Campaign);
    let slugs: HashSet<&str> = slugs.filter_map(|document| document.slug()).collect();
    for (at, route) in intake.campaigns.iter().enumerate() {
        if !word(&route.theirs) {
            faults.push(fault(&format!("intake.campaigns[{at}].theirs"), "Enter the word as the source writes it."));
        }
        if !slugs.contains(route.campaign.as_str()) {
            let message = "There is no campaign with this short name.";
            faults.push(FieldError::new(format!("intake.campaigns[{at}].campaign"), "not_found", message));
        }
    }
    faults
}

fn source(source: &Source) -> Vec<FieldError> {
    let mut faults: Vec<_> = amount("floor", source.floor).into_iter().collect();
    let too_much =
        |path: &str, ppm: u32| (ppm > 1_000_000).then(|| fault(path, "A share is at most 1000000 parts per million."));
    match &source.payout {
        Payout::Fixed(fixed) => faults.extend(amount("payout.fixed", Some(*fixed))),
        Payout::Share(ppm) => faults.extend(too_much("payout.share", *ppm)),
        Payout::Between { share, min, max } => {
            faults.extend(too_much("payout.between.share", *share));
            faults.extend(amount("payout.between.min", *min));
            faults.extend(amount("payout.between.max", *max));
            if min.zip(*max).is_some_and(|(min, max)| min > max) {
                faults.push(fault("payout.between.min", "The least payout is higher than the most."));
            }
        }
        Payout::Less(margin) => faults.extend(amount("payout.less", Some(*margin))),
        Payout::Bands(bands) => {
            for (at, band) in bands.iter().enumerate() {
                faults.extend(too_much(&format!("payout.bands[{at}].share"), band.share));
                faults.extend(amount(&format!("payout.bands[{at}].from"), Some(band.from)));
            }
            if bands.is_empty() {
                faults.push(fault("payout.bands", "At least one band is needed."));
            }
        }
    }
    faults
}

fn buyer(buyer: &Buyer) -> Vec<FieldError> {
    let mut faults = caps(&buyer.caps);
    if let Some(credit) = buyer.credit {
        faults.extend(amount("credit.paid_in", Some(credit.paid_in)));
        faults.extend(amount("credit.limit", Some(credit.limit)));
    }
    if let Err(error) = Zone::named(&buyer.zone) {
        faults.extend(told("zone", vec![error.to_string()]));
    }
    if buyer.legal_name.trim().is_empty() {
        faults.push(fault("legal_name", "The consumer must see a legal entity named."));
    }
    faults
}

fn contract(world: &World<'_>, contract: &Contract) -> Vec<FieldError> {
    let find = |id: DocumentId| world.documents.iter().find(|document| document.id() == id);
    let missing = |path: &str, what: &str| FieldError::new(path, "not_found", format!("There is no such {what}."));
    let mut faults = Vec::new();
    let campaign = match find(DocumentId::Campaign(contract.campaign_id)) {
        Some(Document::Campaign(campaign)) => Some(campaign),
        _ => {
            faults.push(missing("campaign_id", "campaign"));
            None
        }
    };
    if find(DocumentId::Buyer(contract.buyer_id)).is_none() {
        faults.push(missing("buyer_id", "buyer"));
    }
    let (rule, sources) = match &contract.sources {
        SourceRule::All => ("", &[][..]),
        SourceRule::Only(ids) => ("only", ids.as_slice()),
        SourceRule::Except(ids) => ("except", ids.as_slice()),
    };
    for (at, id) in sources.iter().enumerate() {
        if find(DocumentId::Source(*id)).is_none() {
            faults.push(missing(&format!("sources.{rule}[{at}]"), "source"));
        }
    }
    let twin = world.documents.iter().any(|other| match other {
        Document::Contract(other) => {
            let same = (other.campaign_id, other.buyer_id) == (contract.campaign_id, contract.buyer_id);
            other.id != contract.id && same && other.name == contract.name
        }
        _ => false,
    });
    if twin {
        let message = "The buyer has a contract of this name in this campaign already.";
        faults.push(FieldError::new("name", "taken", message));
    }
    for (path, value) in [
        ("price.fixed", contract.price.fixed),
        ("price.floor", contract.price.floor),
        ("price.max_bid", contract.price.max_bid),
        ("price.delivery_cost", Some(contract.price.delivery_cost)),
    ] {
        faults.extend(amount(path, value));
    }
    faults.extend(caps(&contract.caps));
    if let Some(returns) = &contract.returns {
        if !(1..=365).contains(&returns.days) {
            faults.push(fault("returns.days", "Returns are possible within 1 to 365 days."));
        }
        if returns.automatic_up_to.is_some_and(|share| share > 1_000_000) {
            faults.push(fault("returns.automatic_up_to", "A share is at most 1000000 parts per million."));
        }
    }
    if contract.kind == ContractKind::Silent && contract.returns.is_some() {
        faults.push(fault("returns", "A copy is not given back: a silent contract has no returns."));
    }
    // Without its campaign the filter cannot be judged, everything else can.
    let schema = campaign.and_then(|campaign| Schema::new(campaign).ok());
    let terms = match schema {
        Some(schema) => terms(contract, &schema),
        None => blank_schema().map(|schema| terms(contract, &schema)).unwrap_or_default(),
    };
    faults.extend(terms.into_iter().filter(|fault| campaign.is_some() || fault.field != "filter"));
    faults.extend(under("delivery", connectors::delivery_faults(&contract.delivery)));
    if let Some(ping) = &contract.delivery.ping {
        faults.extend(under("delivery.ping", call(ping)));
    }
    faults.extend(under("delivery.post", call(&contract.delivery.post)));
    faults
}

fn sample<T: serde::de::DeserializeOwned>(kind: Kind) -> Option<T> {
    serde_json::from_value(right(kind)).ok()
}

fn blank_schema() -> Option<Schema> {
    Schema::new(&sample::<Campaign>(Kind::Campaign)?).ok()
}

/// Filter, schedule and price: each alone in a contract that is right.
fn terms(contract: &Contract, schema: &Schema) -> Vec<FieldError> {
    let (Some(plain), Some(buyer)) = (sample::<Contract>(Kind::Contract), sample::<Buyer>(Kind::Buyer)) else {
        return Vec::new();
    };
    let compile = |contract: Contract| CompiledContract::new(contract, buyer.clone(), schema).err().unwrap_or_default();
    let mut all = compile(contract.clone());
    let price = match contract.kind {
        ContractKind::Direct => "price.fixed",
        ContractKind::Auction | ContractKind::Silent => "delivery.ping",
    };
    let mut faults = Vec::new();
    for (path, alone) in [
        ("filter", Contract { filter: contract.filter.clone(), ..plain.clone() }),
        ("schedule", Contract { schedule: contract.schedule.clone(), ..plain.clone() }),
        ("caps", Contract { caps: contract.caps.clone(), ..plain.clone() }),
        (
            "routing",
            Contract {
                kind: contract.kind,
                price: contract.price,
                delivery: contract.delivery.clone(),
                routing: contract.routing.clone(),
                backup: contract.backup,
                on_unknown: contract.on_unknown,
                ..plain.clone()
            },
        ),
        (
            price,
            Contract {
                kind: contract.kind,
                price: contract.price,
                delivery: contract.delivery.clone(),
                ..plain.clone()
            },
        ),
    ] {
        let own = compile(alone);
        take(&mut all, &own);
        faults.extend(told(path, own));
    }
    faults.extend(told("", all));
    faults
}
