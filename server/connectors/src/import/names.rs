//! What a member's name means that is no field: credentials, marks of tests, tokens of pings, consent, times, prices.

use super::words::{has, words};
use crate::intake::bare;
use model::mapping::Meta;

/// Whether a name is one of a credential.
pub(super) fn is_secret(name: &str) -> bool {
    let (words, bare) = (words(name), bare(name));
    // A key that is looked for is none, and an id of a partner opens nothing.
    let key = has(&words, &["key", "apikey", "keys"]) && !has(&words, &["word", "keyword"]);
    let opens = has(&words, &["password", "passwd", "pwd", "pass", "secret", "credential", "credentials", "signature"]);
    let token = has(&words, &["token"])
        && has(&words, &["api", "auth", "access", "authentication", "security", "partner", "account"]);
    key || opens
        || token
        || matches!(bare.as_str(), "apitoken" | "accesstoken" | "authtoken" | "authkey" | "authorization" | "xauth")
}

/// Whether a name marks a test.
pub(super) fn is_test(name: &str) -> bool {
    let bare = bare(name);
    matches!(
        bare.as_str(),
        "test"
            | "istest"
            | "testmode"
            | "testlead"
            | "testflag"
            | "lptest"
            | "sandbox"
            | "testpost"
            | "istestlead"
            | "debug"
    )
}

/// Whether a name is one of what the ping's answer gave.
pub(super) fn is_token(name: &str) -> bool {
    const TOKENS: [&str; 17] = [
        "pingid",
        "lppingid",
        "pingtoken",
        "token",
        "promise",
        "authcode",
        "bidid",
        "bidtoken",
        "bidids",
        "leadauctionid",
        "txid",
        "transactionid",
        "requestid",
        "auctionid",
        "quoteid",
        "reservationid",
        "confirmationid",
    ];
    TOKENS.contains(&bare(name).as_str())
}

/// Whether a name is one of the lead's id with whoever sends it.
pub(super) fn is_lead_id(name: &str) -> bool {
    const IDS: [&str; 13] = [
        "leadid",
        "externalid",
        "externalleadid",
        "uniqueid",
        "uniqueidentifier",
        "referenceid",
        "refid",
        "sourceleadid",
        "vendorleadid",
        "partnerleadid",
        "publisherleadid",
        "correlationid",
        "clientleadid",
    ];
    IDS.contains(&bare(name).as_str())
}

/// What is known about a lead beside its fields, by the place that names have in a submission.
pub(super) fn of_place(place: &str) -> Option<Meta> {
    Some(match place {
        "consent.text" => Meta::ConsentText,
        "consent.granted_at" => Meta::ConsentAt,
        "consent.page_url" => Meta::ConsentUrl,
        "consent.ip" => Meta::ConsentIp,
        "consent.user_agent" => Meta::ConsentUserAgent,
        "certificates.trustedform" => Meta::TrustedForm,
        "certificates.jornaya" => Meta::Jornaya,
        _ => return None,
    })
}

/// Whether a ping is told that a certificate is there, instead of the certificate.
pub(super) fn presence(meta: Meta) -> Option<Meta> {
    match meta {
        Meta::TrustedForm => Some(Meta::HasTrustedForm),
        Meta::Jornaya => Some(Meta::HasJornaya),
        _ => None,
    }
}

/// Names that say what is known of every lead.
pub(super) fn meta(name: &str) -> Option<Meta> {
    let bare = bare(name);
    let words = words(name);
    Some(match bare.as_str() {
        "timestamp" | "datetime" | "createdat" | "created" | "createddate" | "receivedat" | "submittedat"
        | "leaddate" | "capturedate" | "date" | "originaldate" => Meta::ReceivedAt,
        "price" | "bidprice" | "soldprice" | "leadprice" | "acceptedprice" => Meta::Price,
        "hastrustedform" | "trustedformavailable" | "trustedformyn" => Meta::HasTrustedForm,
        "hasjornaya" | "universalleadidavailable" | "hasleadid" => Meta::HasJornaya,
        _ if has(&words, &["tcpa", "consent"]) && has(&words, &["text", "language", "disclosure"]) => Meta::ConsentText,
        _ if has(&words, &["tcpa", "consent", "optin"])
            && has(&words, &["timestamp", "date", "datetime", "time", "at"]) =>
        {
            Meta::ConsentAt
        }
        _ if has(&words, &["tcpa", "consent"]) && has(&words, &["url", "page"]) => Meta::ConsentUrl,
        _ if has(&words, &["trustedform"]) => Meta::TrustedForm,
        _ if has(&words, &["jornaya", "leadid"]) && has(&words, &["token", "universal", "jornaya"]) => Meta::Jornaya,
        _ => return None,
    })
}

/// Whether a name only says that the consumer agreed.
pub(super) fn is_agreed(name: &str) -> bool {
    const AGREED: [&str; 8] =
        ["tcpa", "tcpaconsent", "tcpaagreed", "tcpaoptin", "consent", "consentgiven", "optin", "tcpaconsented"];
    AGREED.contains(&bare(name).as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_known_by_name() {
        for name in [
            "Key",
            "api_key",
            "apiKey",
            "lp_campaign_key",
            "X-Api-Key",
            "ApiToken",
            "access_token",
            "Password",
            "apiPassword",
            "client_secret",
            "auth-token",
        ] {
            assert!(is_secret(name), "{name}");
        }
        for name in [
            "keyword",
            "ping_token",
            "token",
            "lp_campaign_id",
            "apiId",
            "LeadiD_Token",
            "monkey",
            "trustedFormToken",
            "zip",
        ] {
            assert!(!is_secret(name), "{name}");
        }
    }
}
