//! What a text says in the configuration as it stands: to the consumers of each campaign, and by the check.

use super::{
    super::{Desk, check::TextName},
    TextCampaign, TextChecked,
};
use exchange::consent::{self, Filling, Shown, lint, sellers, shown};
use model::{
    CampaignId,
    buyer::Buyer,
    campaign::Campaign,
    consent::{ConsentText, Wording},
    contract::Contract,
    document::Document,
};
use std::collections::HashMap;
use store::TextRow;

/// Who stands in a preview while no campaign has a buyer.
const SAMPLE: [&str; 2] = ["Example Insurance Company", "Sample Home Services LLC"];
impl Desk {
    /// The texts as campaigns may choose them.
    pub(in super::super) fn text_names(&self) -> Vec<TextName> {
        let name = |row: &TextRow| TextName { slug: row.text.slug.clone(), published: !row.versions.is_empty() };
        self.whole.texts.iter().map(name).collect()
    }

    /// The legal names of every buyer.
    pub(in super::super) fn legal_names(&self) -> Vec<String> {
        let buyer = |document: &Document| match document {
            Document::Buyer(buyer) => Some(buyer.legal_name.clone()),
            _ => None,
        };
        self.whole.documents.iter().filter_map(|have| buyer(&have.document)).collect()
    }

    /// The contracts of a campaign, each with its buyer.
    fn contracts_of(&self, campaign: CampaignId) -> Vec<(&Contract, &Buyer)> {
        let buyers: HashMap<_, _> = self
            .whole
            .documents
            .iter()
            .filter_map(|have| match &have.document {
                Document::Buyer(buyer) => Some((buyer.id, buyer)),
                _ => None,
            })
            .collect();
        let contracts = self.whole.documents.iter().filter_map(|have| match &have.document {
            Document::Contract(contract) if contract.campaign_id == campaign => Some(contract),
            _ => None,
        });
        contracts.filter_map(|contract| Some((contract, *buyers.get(&contract.buyer_id)?))).collect()
    }

    /// What a campaign's consumers are shown of the text it chose.
    pub(in super::super) fn shown(&self, campaign: &Campaign, publisher: &str) -> Option<Shown> {
        let row = self.whole.texts.iter().find(|row| row.text.slug == campaign.consent.text)?;
        let filling = Filling {
            sellers: sellers(self.contracts_of(campaign.id)),
            publisher: publisher.to_owned(),
            button: campaign.hosted_form.button.trim().to_owned(),
        };
        Some(shown(row.text.id, row.versions.last()?, filling))
    }

    /// What the check says of words. They are shown as consumers of the first campaign see them that has buyers.
    pub(super) fn checked(
        &self,
        row: Option<&TextRow>,
        wording: &Wording,
        locale: &str,
        publisher: &str,
    ) -> TextChecked {
        let campaigns = row.into_iter().flat_map(|row| self.campaigns_of(&row.text));
        let mut rosters = campaigns.map(|campaign| sellers(self.contracts_of(campaign.id)));
        let roster = rosters.find(|names| !names.is_empty());
        let invented = roster.is_none() && consent::has(&wording.body, "sellers.inline");
        let sample = || SAMPLE.iter().map(|name| (*name).to_owned()).collect();
        let filling = Filling {
            sellers: roster.unwrap_or_else(sample),
            publisher: publisher.to_owned(),
            button: wording.button.trim().to_owned(),
        };
        let preview = consent::filled(&wording.body, &filling);
        TextChecked { findings: lint(wording, locale, &self.legal_names()), preview, invented }
    }

    pub(super) fn campaigns_of(&self, text: &ConsentText) -> impl Iterator<Item = &Campaign> {
        self.whole.documents.iter().filter_map(|have| match &have.document {
            Document::Campaign(campaign) if campaign.consent.text == text.slug => Some(campaign),
            _ => None,
        })
    }

    pub(super) fn text_campaign(&self, campaign: &Campaign, publisher: &str) -> TextCampaign {
        let (shown, buyers) = (self.shown(campaign, publisher), sellers(self.contracts_of(campaign.id)));
        let said = shown.as_ref().map_or(String::new(), |shown| shown.words.to_lowercase());
        let unnamed = buyers.iter().filter(|name| !said.contains(&name.to_lowercase())).cloned().collect();
        TextCampaign { id: campaign.id, name: campaign.name.clone(), shown, buyers, unnamed }
    }
}
