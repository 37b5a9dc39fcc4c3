//! The affiliate's portal, as the fake knows it.

use super::{Fake, NOW, lead_id};
use crate::{
    backend::{
        Affiliate, Configuring,
        configure::Instructions,
        endpoints::{Endpoints, FiredView},
    },
    error::UiError,
};
use async_trait::async_trait;
use model::{
    CampaignId, Currency, EndpointId, KeyId, Micros, Money, Reason, SourceId,
    affiliate::{AffiliateHome, AffiliateLead, Earned, OpenCampaign, Postback, SubSource},
    endpoint::Event,
    intake::KeyUse,
    lead::LeadState,
    page::{Cursor, Page},
    tenant::{ApiKey, Mode},
    time::Day,
    user::{Right, Role},
};

impl Fake {
    fn of_a_source(self) -> Result<(), UiError> {
        if self.role == Role::Affiliate { self.answer((), ()) } else { Err(UiError::Forbidden) }
    }
}

fn lead() -> AffiliateLead {
    AffiliateLead {
        id: lead_id(),
        at: NOW,
        state: LeadState::Unsold,
        reason: Some(Reason::NoBid),
        campaign: "Auto insurance".into(),
        sub1: Some("fb-retarget".into()),
        payout: Some(Money { amount: Micros::units(9), currency: Currency::USD }),
        test: false,
    }
}

#[async_trait]
impl Affiliate for Fake {
    async fn affiliate_home(&self) -> Result<AffiliateHome, UiError> {
        self.of_a_source()?;
        debug_assert!(self.role.may(Right::SeeSource));
        let some = Earned { sent: 1_204, accepted: 1_100, sold: 900, returned: 3, payout: Micros::units(8_100) };
        let sub = |sub1: &str| SubSource { sub1: sub1.into(), sent: 600, sold: 450, payout: Micros::units(4_050) };
        let full = AffiliateHome {
            source: "Northbound".into(),
            active: true,
            zone: "UTC".into(),
            currency: Currency::USD,
            today: some,
            month: some,
            before: some,
            reasons: vec![(Reason::NoBid, 200)],
            subs: vec![sub("fb-retarget"), sub("")],
            latest: vec![lead()],
        };
        let empty = AffiliateHome {
            active: false,
            today: Earned::default(),
            month: Earned::default(),
            before: Earned::default(),
            reasons: Vec::new(),
            subs: Vec::new(),
            latest: Vec::new(),
            ..full.clone()
        };
        self.answer(full, empty)
    }

    async fn affiliate_leads(&self, _: Option<(Day, Day)>, cursor: Cursor) -> Result<Page<AffiliateLead>, UiError> {
        self.of_a_source()?;
        let older = (cursor == Cursor::Newest).then(|| lead_id().to_string());
        self.answer(
            Page { rows: vec![lead()], newer: None, older },
            Page { rows: Vec::new(), newer: None, older: None },
        )
    }

    async fn affiliate_keys(&self) -> Result<Vec<ApiKey>, UiError> {
        self.of_a_source()?;
        let key = ApiKey {
            id: KeyId::from_bits(1),
            source_id: SourceId::from_bits(3),
            name: "Form".into(),
            hint: "gvl_live_1234…".into(),
            mode: Mode::Live,
            campaigns: Vec::new(),
            used_as: KeyUse::Api,
            origins: Vec::new(),
            created_at: NOW,
            revoked_at: None,
        };
        let old = ApiKey { name: "Old form".into(), revoked_at: Some(NOW), ..key.clone() };
        self.answer(vec![key, old], Vec::new())
    }

    async fn make_affiliate_key(&self, name: String, _: Mode) -> Result<String, UiError> {
        self.of_a_source()?;
        if name.is_empty() {
            return Err(UiError::Refused("A key needs a name of 1 to 80 characters.".into()));
        }
        Ok("gvl_live_shown_once".into())
    }

    async fn revoke_affiliate_key(&self, _: KeyId) -> Result<(), UiError> {
        self.of_a_source()
    }

    async fn affiliate_campaigns(&self) -> Result<Vec<OpenCampaign>, UiError> {
        self.of_a_source()?;
        let open = OpenCampaign { id: CampaignId::from_bits(2), name: "Auto insurance".into(), active: false };
        self.answer(vec![open], Vec::new())
    }

    async fn affiliate_instructions(&self, campaign: CampaignId) -> Result<Instructions, UiError> {
        self.of_a_source()?;
        self.instructions(SourceId::from_bits(3), campaign).await
    }

    async fn affiliate_postbacks(&self) -> Result<Vec<Postback>, UiError> {
        self.of_a_source()?;
        let postback = Postback {
            id: EndpointId::from_bits(1),
            name: "Tracker".into(),
            url: "https://tracker.example/?cid={click_id}".into(),
            on: vec![Event::Sold],
            active: false,
            disabled_reason: Some("it failed for five days".into()),
        };
        self.answer(vec![postback], Vec::new())
    }

    async fn save_affiliate_postback(
        &self,
        _: Option<EndpointId>,
        _: String,
        url: String,
        _: Vec<Event>,
    ) -> Result<(), UiError> {
        self.of_a_source()?;
        if url.starts_with("https://") { Ok(()) } else { Err(UiError::Refused("That is not an address.".into())) }
    }

    async fn fire_affiliate_postback(&self, id: EndpointId) -> Result<FiredView, UiError> {
        self.of_a_source()?;
        self.fire_endpoint(id).await
    }
}
