//! How a contract is reached, as data: endpoints, field mappings and response rules.
//!
//! Every member that was added later has a default that means what was meant before it was there.

mod answers;
mod carried;
mod rows;

pub use answers::{AnswerFormat, Bids, Carry, Pick, Poll, PostPrice, ReasonRule, ResponseRules, Sign};
pub use carried::Carried;
pub use rows::{From, Meta, Place, Replace, Row, Scale, Span, Style, When};

use crate::secret::Secret;
use serde::{Deserialize, Serialize};

/// The method of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// With a body.
    #[default]
    Post,
    /// Without one: every row goes into the query.
    Get,
}

/// How a body is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BodyFormat {
    /// A JSON object; dotted names nest, `[0]` is a place in a list.
    #[default]
    Json,
    /// `application/x-www-form-urlencoded`; a name is written as it stands.
    Form,
    /// Every member in the query of the address, and no body.
    Query,
    /// XML: dotted names nest, the last part may be an attribute (`Lead.@id`), `[0]` repeats an element.
    Xml,
    /// XML in the body of a SOAP 1.1 envelope.
    Soap,
    /// A JSON object as the text of one form field.
    JsonField,
    /// A line for each member, for people: what goes by e-mail, and nothing else does.
    Table,
}

/// A file that goes with an e-mail, with the same members as its table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Attach {
    /// `lead.json`: one flat object.
    Json,
    /// `lead.csv`: a line of names and one of values.
    Csv,
}

/// What a body needs to know beside its members.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Envelope {
    /// XML and SOAP: the root element.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub root: Option<String>,
    /// XML and SOAP: the root element's namespace.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    /// JSON in a form: the name of the field.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// JSON: the object is the one item of a list.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub list: bool,
    /// E-mail: files that go with the table.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub attach: Vec<Attach>,
}

/// Where a secret is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SecretUse {
    /// As a header of this name.
    #[default]
    Header,
    /// As `Authorization: Bearer`; the name is ours only.
    Bearer,
    /// As `Authorization: Basic`; the name is the user's.
    Basic,
    /// As a member of the query with this name.
    Query,
    /// As the client's secret of [`Call::oauth`]; the name is the client's id.
    Oauth,
    /// Nowhere by itself: rows ask for it with `{"secret": NAME}`, addresses with `{secret:NAME}`.
    Named,
}

/// A secret of a call, sealed at rest: a header, or what else it is used for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// The name.
    pub name: String,
    /// The value. Never shown again once saved.
    pub value: Secret,
    /// Where it is sent.
    #[serde(default, rename = "as")]
    pub used: SecretUse,
}

/// How a client says who it is where it fetches a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClientAuth {
    /// With `Authorization: Basic`.
    #[default]
    Basic,
    /// As `client_id` and `client_secret` in the body.
    Body,
}

/// Where a token is fetched with the credentials of a client (RFC 6749, section 4.4). The call then carries it as
/// `Authorization: Bearer`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Oauth {
    /// Absolute `http` or `https` address.
    pub url: String,
    /// What the token is for, as the buyer calls it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// For whom the token is, where the buyer asks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audience: Option<String>,
    /// How the client says who it is.
    #[serde(default)]
    pub client: ClientAuth,
}

/// What is different for a test lead.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct TestSwitch {
    /// The buyer's address for tests.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Rows that are added; one of a name that is there already takes its place.
    pub rows: Vec<Row>,
}

/// One call to a buyer: ping or post.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Call {
    /// Absolute `http` or `https` address. Its path and query may hold templates: `/request/{ping:token}/accept`. Of a post it
    /// may be `mailto:leads@buyer.example,second@buyer.example?subject=New lead {zip}`: it goes by e-mail then.
    pub url: String,
    /// The method.
    #[serde(default)]
    pub method: Method,
    /// How the body is written.
    #[serde(default)]
    pub format: BodyFormat,
    /// What the format needs to know.
    #[serde(default)]
    pub envelope: Envelope,
    /// Extra headers, credentials among them.
    #[serde(default)]
    pub headers: Vec<Header>,
    /// Where a token is fetched that the call carries; without, there is none. Its client is the secret that is used as
    /// [`SecretUse::Oauth`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub oauth: Option<Oauth>,
    /// The body's members in order.
    pub rows: Vec<Row>,
    /// What is different for a test lead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub test: Option<TestSwitch>,
    /// Whether a ping may carry hashes of the phone number and the e-mail address. They identify a person to whoever has
    /// the same number, so the contract with the buyer has to allow it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub contact_hashes: bool,
    /// How the answer is read.
    pub response: ResponseRules,
    /// Milliseconds the buyer has to answer.
    pub timeout_ms: u32,
}

/// How a contract is reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// The ping; a direct contract has none.
    #[serde(default)]
    pub ping: Option<Call>,
    /// The post.
    pub post: Call,
}
