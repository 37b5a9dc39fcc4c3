//! Tokens of OAuth client credentials (RFC 6749, sections 4.4 and 5): how one is asked for, and how the answer is read.

use crate::{Request, json_in, sendable};
use base64::{Engine, engine::general_purpose::STANDARD};
use model::mapping::{ClientAuth, Header, Method, Oauth, SecretUse};
use sha2::{Digest, Sha256};
use std::fmt;
use url::{Url, form_urlencoded::Serializer};

/// Seconds that a token is good for when the answer does not say.
const UNSAID: u64 = 300;
/// A token that is said to be good for longer is fetched anew after this, in seconds.
const LONGEST: u64 = 24 * 3600;

/// How a call's token is fetched.
#[derive(Clone, PartialEq, Eq)]
pub struct TokenCall {
    request: Request,
    id: [u8; 32],
}

impl fmt::Debug for TokenCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TokenCall({:?})", self.request)
    }
}

/// A token, and how long it is good for.
#[derive(Clone, PartialEq, Eq)]
pub struct Token {
    /// The token.
    pub value: String,
    /// Milliseconds.
    pub good_for_ms: i64,
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Token({} ms)", self.good_for_ms)
    }
}

impl TokenCall {
    /// The request.
    #[must_use]
    pub fn request(&self) -> Request {
        self.request.clone()
    }

    /// The same for the same client at the same place, whatever call it is for.
    #[must_use]
    pub const fn id(&self) -> [u8; 32] {
        self.id
    }

    /// Makes it ready; none when the call fetches no token.
    pub(crate) fn new(oauth: Option<&Oauth>, secrets: &[Header], faults: &mut Vec<String>) -> Option<Self> {
        let mut clients = secrets.iter().filter(|secret| secret.used == SecretUse::Oauth);
        let (client, second) = (clients.next(), clients.next());
        let (oauth, client) = match (oauth, client) {
            (None, None) => return None,
            (Some(oauth), Some(client)) => (oauth, client),
            (None, Some(_)) => {
                faults.push("say where the token is fetched: oauth.url".to_owned());
                return None;
            }
            (Some(_), None) => {
                faults.push(
                    "a token is fetched with a secret that is used as oauth: its name is the client's id".to_owned(),
                );
                return None;
            }
        };
        if second.is_some() {
            faults.push("there is more than one client for the token".to_owned());
        }
        if secrets.iter().any(authorizes) {
            faults.push("a call that carries a token has no other Authorization header".to_owned());
        }
        let url = Url::parse(&oauth.url).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
        let Some(url) = url.filter(|url| url.username().is_empty() && url.password().is_none()) else {
            faults.push("the address of the token is not an http or https address".to_owned());
            return None;
        };
        Some(Self::of(oauth, client, url))
    }

    fn of(oauth: &Oauth, client: &Header, url: Url) -> Self {
        let (id, secret) = (client.name.as_str(), client.value.expose());
        let mut body = Serializer::new(String::new());
        body.append_pair("grant_type", "client_credentials");
        for (name, value) in [("scope", &oauth.scope), ("audience", &oauth.audience)] {
            if let Some(value) = value.as_deref().filter(|value| !value.is_empty()) {
                body.append_pair(name, value);
            }
        }
        let mut headers = vec![
            ("Content-Type".to_owned(), "application/x-www-form-urlencoded".to_owned()),
            ("Accept".to_owned(), "application/json".to_owned()),
        ];
        match oauth.client {
            ClientAuth::Body => {
                body.append_pair("client_id", id).append_pair("client_secret", secret);
            }
            // Both are encoded as in a form first (section 2.3.1).
            ClientAuth::Basic => {
                let encoded = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
                let pair = STANDARD.encode(format!("{}:{}", encoded(id), encoded(secret)));
                headers.push(("Authorization".to_owned(), format!("Basic {pair}")));
            }
        }
        let (body, attached) = (body.finish().into_bytes(), Vec::new());
        let request = Request { method: Method::Post, url, headers, body, attached };
        let mut digest = Sha256::new();
        digest.update(request.url.as_str());
        for part in request.headers.iter().map(|(_, value)| value.as_bytes()).chain([&*request.body]) {
            digest.update([0]);
            digest.update(part);
        }
        Self { id: digest.finalize().into(), request }
    }
}

fn authorizes(secret: &Header) -> bool {
    match secret.used {
        SecretUse::Bearer | SecretUse::Basic => true,
        SecretUse::Header => secret.name.eq_ignore_ascii_case("authorization"),
        SecretUse::Query | SecretUse::Named | SecretUse::Oauth => false,
    }
}

/// Reads the answer to a token's request.
///
/// # Errors
/// Why there is no token in it, without repeating it.
pub fn read_token(status: u16, body: &[u8]) -> Result<Token, &'static str> {
    if status != 200 {
        return Err("the token was refused");
    }
    let answer = std::str::from_utf8(body).ok().and_then(|text| json_in::parse(text.trim()).ok());
    let answer = answer.ok_or("the answer is not JSON")?;
    let value = answer["access_token"].as_str().filter(|token| !token.is_empty() && sendable(token));
    let value = value.ok_or("there is no token in the answer")?.to_owned();
    if answer["token_type"].as_str().is_some_and(|kind| !kind.eq_ignore_ascii_case("bearer")) {
        return Err("the token is of another type than bearer");
    }
    let said = &answer["expires_in"];
    let seconds = said.as_u64().or_else(|| said.as_str().and_then(|text| text.trim().parse().ok())).unwrap_or(UNSAID);
    Ok(Token { value, good_for_ms: i64::try_from(seconds.min(LONGEST) * 1000).unwrap_or_default() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::secret::Secret;

    fn client(used: SecretUse) -> Header {
        Header { name: "our:id".into(), value: Secret::new("s3/cret"), used }
    }

    fn call(oauth: &Oauth, secrets: &[Header]) -> Result<TokenCall, Vec<String>> {
        let mut faults = Vec::new();
        let call = TokenCall::new(Some(oauth), secrets, &mut faults);
        call.filter(|_| faults.is_empty()).ok_or(faults)
    }

    #[test]
    fn a_client_says_who_it_is() {
        let mut oauth =
            Oauth { url: "https://id.example/token".into(), scope: Some("leads".into()), ..Oauth::default() };
        let basic = call(&oauth, &[client(SecretUse::Oauth)]).unwrap();
        let request = basic.request();
        assert_eq!(request.body, b"grant_type=client_credentials&scope=leads");
        let pair = STANDARD.encode("our%3Aid:s3%2Fcret");
        assert!(request.headers.contains(&("Authorization".into(), format!("Basic {pair}"))));
        oauth.client = ClientAuth::Body;
        let body = call(&oauth, &[client(SecretUse::Oauth)]).unwrap();
        let expected = b"grant_type=client_credentials&scope=leads&client_id=our%3Aid&client_secret=s3%2Fcret";
        assert_eq!(body.request().body, expected);
        assert_ne!(basic.id(), body.id());
        assert!(!format!("{body:?}").contains("cret"));
    }

    #[test]
    fn what_cannot_fetch_a_token_is_named() {
        let oauth = Oauth { url: "https://id.example/token".into(), ..Oauth::default() };
        assert_eq!(call(&oauth, &[]).unwrap_err().len(), 1);
        assert_eq!(call(&oauth, &[client(SecretUse::Oauth), client(SecretUse::Bearer)]).unwrap_err().len(), 1);
        assert_eq!(call(&oauth, &[client(SecretUse::Oauth), client(SecretUse::Oauth)]).unwrap_err().len(), 1);
        let strange = Oauth { url: "ftp://id.example/".into(), ..Oauth::default() };
        assert_eq!(call(&strange, &[client(SecretUse::Oauth)]).unwrap_err().len(), 1);
        let mut faults = Vec::new();
        assert_eq!(TokenCall::new(None, &[client(SecretUse::Oauth)], &mut faults), None);
        assert_eq!(faults.len(), 1);
        assert_eq!(TokenCall::new(None, &[client(SecretUse::Header)], &mut Vec::new()), None);
    }

    #[test]
    fn tokens_are_read_as_servers_write_them() {
        let read = |body: &str| read_token(200, body.as_bytes());
        let token = |ms| Ok(Token { value: "t-1".into(), good_for_ms: ms });
        assert_eq!(read(r#"{"access_token":"t-1","token_type":"Bearer","expires_in":3600}"#), token(3_600_000));
        assert_eq!(read(r#"{"access_token":"t-1","expires_in":"60"}"#), token(60_000));
        assert_eq!(read(r#"{"access_token":"t-1"}"#), token(300_000));
        assert_eq!(read(r#"{"access_token":"t-1","expires_in":99999999999}"#), token(86_400_000));
        for bad in [
            r#"{"access_token":""}"#,
            r#"{"access_token":"a\nb"}"#,
            r#"{"token":"t"}"#,
            "<html>",
            "",
            r#"{"access_token":"t","token_type":"mac"}"#,
        ] {
            assert!(read(bad).is_err(), "{bad}");
        }
        assert!(read_token(401, br#"{"access_token":"t-1"}"#).is_err());
    }
}
