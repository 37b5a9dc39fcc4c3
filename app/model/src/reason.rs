//! Every way a lead, a ping or a post can fail, in one table: a stable code, what it means, and what to do about it.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// A text that is no reason code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a reason code")]
pub struct BadReason;

macro_rules! reasons {
    ($($name:ident $code:literal $meaning:literal $advice:literal)+) => {
        /// Why something did not happen. The code is stable and appears in answers, verdicts, reports and webhooks.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Reason {
            $(#[doc = $meaning] $name,)+
        }

        impl Reason {
            /// Every reason there is.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The stable machine code.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)+ }
            }

            /// What happened, in one plain sentence.
            #[must_use]
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$name => $meaning,)+ }
            }

            /// What an operator can do about it.
            #[must_use]
            pub const fn advice(self) -> &'static str {
                match self { $(Self::$name => $advice,)+ }
            }
        }

        impl FromStr for Reason {
            type Err = BadReason;
            fn from_str(text: &str) -> Result<Self, BadReason> {
                match text { $($code => Ok(Self::$name),)+ _ => Err(BadReason) }
            }
        }
    };
}

reasons! {
    // The lead as a whole.
    InvalidLead "invalid_lead" "One or more fields could not be read." "Correct the named fields and send the lead again."
    PersonalFieldInPing "personal_field_in_ping" "A ping carried a personal field." "Leave personal fields out of pings; send them with the post."
    Suppressed "suppressed" "The person or number is on a suppression list." "Nothing to do: the record must not be sold."
    DuplicateLead "duplicate_lead" "Every buyer that could take this lead already bought this person." "Wait until the duplicate window has passed, or add buyers."
    NoContracts "no_contracts" "The campaign has no contract that could be asked." "Add a contract, or activate one that is paused."
    NoEligibleBuyer "no_eligible_buyer" "Every contract was excluded before it was asked." "Open the lead: each contract names the rule that excluded it."
    NoBid "no_bid" "No bid was made." "Look at the filters and floors if this is frequent: each contract's verdict is on the lead page."
    GivenBack "given_back" "The buyer gave the lead back." "The lead's history names the reason and who agreed."
    AllRejected "all_rejected" "Every planned post was rejected." "Open the lead: each post shows the buyer's reason."
    PostUnknown "post_unknown" "A post was sent and its outcome is not known yet." "Ask the buyer whether it took the lead, then resolve it."
    Interrupted "interrupted" "The server stopped before any buyer was posted to, and the lead was no longer fresh." "Send the lead again if the person is still interested."
    Overloaded "overloaded" "The server had no room for another auction." "Send the lead again after the time named in Retry-After."

    // Before a contract is asked.
    Paused "paused" "The contract, its buyer or its campaign is paused." "Resume it when it should buy again."
    SourceNotAllowed "source_not_allowed" "The contract does not buy from this source." "Change the contract's source rule if it should."
    Filter "filter" "The lead does not match the contract's filter." "Compare the lead's value with the required one."
    ScheduleClosed "schedule_closed" "The contract does not buy at this hour." "Change the schedule, or wait until it opens."
    Cap "cap" "A cap by count is full." "Raise the cap, or wait until its window starts again."
    Budget "budget" "A cap by money is full." "Raise the budget, or wait until its window starts again."
    Balance "balance" "The buyer's prepaid balance or credit limit does not cover the price." "Ask the buyer to top up, or raise its credit."
    DuplicateSameBuyer "duplicate_same_buyer" "This buyer bought this person inside the campaign's window." "Nothing to do; shorten the window if the buyer agrees."
    DuplicateCrossBuyer "duplicate_cross_buyer" "Another buyer bought this person inside the campaign's window." "Nothing to do; shorten the window if the campaign allows reselling."
    NotNamedInConsent "not_named_in_consent" "The consent does not name this buyer's legal seller." "Use a consent text that names the seller."
    CertificateMissing "certificate_missing" "The contract needs a consent certificate and the lead has none." "Add the certificate script to the form."
    BreakerOpen "breaker_open" "The buyer's endpoint failed repeatedly and is being spared." "Check the buyer's endpoint; it is tried again by itself."
    PingBudget "ping_budget" "The buyer's limit of pings is used up, or no time was left to ask." "Raise the limit, or shorten what runs before."
    Outranked "outranked" "A buyer with precedence took the lead before this one was asked." "Nothing to do; see the plan on the lead page."
    PostedBefore "posted_before" "The contract was posted this lead before." "Nothing to do: no contract is posted the same lead twice."
    OtherOutcome "other_outcome" "The contract gets copies of leads that came out otherwise." "Change when the contract gets its copy if it should have had this lead."
    Misconfigured "misconfigured" "The contract's configuration cannot be used." "Open the contract: it names what has to be mended."
    TestOnly "test_only" "A test lead can only reach sandbox buyers, and a live lead only live ones." "Use a live key to reach live buyers."

    // The answer to a ping.
    Timeout "timeout" "The buyer did not answer in its time." "Ask the buyer to answer faster, or give its contract more time."
    LateBid "late_bid" "The buyer's bid came after its time was over." "Ask the buyer to answer faster, or give its contract more time."
    InvalidResponse "invalid_response" "The buyer's answer could not be read." "Compare the answer with the contract's response rules."
    Unreachable "unreachable" "No connection to the buyer could be made." "Check the address and the buyer's endpoint."
    EgressRefused "egress_refused" "The buyer's address is private or otherwise not allowed." "Use a public address, or admit the network in the server's configuration."
    BelowFloor "below_floor" "The bid was lower than the floor." "Lower the floor, or ask the buyer to bid higher."
    Expired "expired" "The bid was no longer valid when the post was due." "Shorten the time between ping and post."
    Outbid "outbid" "Another contract stood before this one in the plan and took the lead." "Nothing to do."
    NotReached "not_reached" "The plan ended before this contract was posted to." "Raise the number of posts per lead if more should be tried."

    // The answer to a post.
    NotSent "not_sent" "The post never left: the connection could not be made." "Check the buyer's endpoint; the lead went to the next in the plan."
    CapFilledMeanwhile "cap_filled_meanwhile" "A cap became full between the plan and the post." "Nothing to do: caps never overshoot."
    PriceDropped "price_dropped" "The buyer accepted at a price below the floor or its own bid." "Settle the difference with the buyer."

    // What a buyer says when it rejects, normalised.
    BuyerDuplicate "duplicate" "The buyer already has this person." "Nothing to do; compare duplicate windows if frequent."
    BuyerCap "buyer_cap" "The buyer's own cap is full." "Mirror the buyer's cap on the contract to save pings."
    BuyerGeo "geo" "The buyer does not cover this area." "Mirror the buyer's coverage as a filter."
    BuyerCriteria "criteria" "The lead does not meet the buyer's criteria." "Mirror the criteria as a filter."
    BuyerPrice "price" "The buyer did not agree with the price." "Check the price terms of the contract."
    BuyerNoMatch "no_match" "The buyer found nobody to take the lead." "Nothing to do."
    BuyerInvalidField "invalid_field" "The buyer could not read a field." "Compare the mapping with the buyer's document."
    BuyerConsent "consent" "The buyer did not accept the consent." "Check the consent text and certificate the buyer needs."
    BuyerDnc "dnc" "The number is on the buyer's do-not-call list." "Nothing to do."
    BuyerPhone "phone" "The buyer did not accept the phone number." "Validate phone numbers before they are submitted."
    BuyerEmail "email" "The buyer did not accept the e-mail address." "Validate e-mail addresses before they are submitted."
    BuyerExpiredPing "expired_ping" "The buyer no longer honours its bid." "Shorten the time between ping and post."
    BuyerAuth "auth" "The buyer did not accept our credentials." "Renew the credentials of the contract's delivery."
    BuyerPaused "buyer_paused" "The buyer has paused buying." "Pause the contract until the buyer resumes."
    BuyerOffHours "off_hours" "The buyer does not buy at this hour." "Mirror the buyer's hours as a schedule."
    BuyerOther "other" "The buyer gave another reason." "Read the buyer's own words on the lead page."
}

impl Reason {
    /// What happens in every auction that works: somebody else was before. Nobody has to do anything about it.
    #[must_use]
    pub const fn is_ordinary(self) -> bool {
        matches!(self, Self::Outbid | Self::NotReached | Self::Outranked)
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl Serialize for Reason {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Reason {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(d)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_read_back() {
        for (i, reason) in Reason::ALL.iter().enumerate() {
            assert_eq!(reason.code().parse::<Reason>(), Ok(*reason), "{i}");
            assert!(reason.meaning().ends_with('.') && reason.advice().ends_with('.'), "{reason}");
        }
    }
}
