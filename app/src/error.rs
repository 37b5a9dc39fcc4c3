//! What a person is told when something did not work.

use serde::{Deserialize, Serialize};
use server_fn::{
    codec::JsonEncoding,
    error::{FromServerFnError, ServerFnErrorErr},
};

/// Why a page or an action did not work. Every text is fit to be shown: no internals, no personal values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum UiError {
    /// Nobody is signed in, or the session has ended.
    #[error("Your session has ended. Sign in again.")]
    SignedOut,
    /// The company asks for a second factor that the person has not set up yet.
    #[error("Your company asks for a second factor. Set it up to go on.")]
    SecondFactor,
    /// The role does not have the right.
    #[error("Your role does not allow this. An admin of your company can change that.")]
    Forbidden,
    /// There is no such thing in this tenant.
    #[error("This does not exist, or belongs to somebody else.")]
    NotFound,
    /// The request was understood and refused; the text says why and what would be right.
    #[error("{0}")]
    Refused(String),
    /// What was entered cannot be saved: every fault, by the path of its value.
    #[error("This cannot be saved yet: {}", .0.iter().map(|fault| fault.message.as_str()).collect::<Vec<_>>().join(" "))]
    Invalid(Vec<model::FieldError>),
    /// Too many tries.
    #[error("Too many attempts. Try again in {retry_after_s} seconds.")]
    TooMany {
        /// Seconds to wait.
        retry_after_s: u32,
    },
    /// Something broke on our side.
    #[error("Something went wrong on our side. Nothing was changed.")]
    Failed {
        /// What support finds it by.
        request_id: String,
    },
}

impl UiError {
    /// The word by which the URL carries it to the next page when script is off.
    #[must_use]
    pub fn code(&self) -> String {
        match self {
            Self::SignedOut => "signed-out".to_owned(),
            Self::SecondFactor => "second-factor".to_owned(),
            Self::Forbidden => "forbidden".to_owned(),
            Self::NotFound => "not-found".to_owned(),
            Self::Refused(_) | Self::Invalid(_) => "refused".to_owned(),
            Self::TooMany { retry_after_s } => format!("wait-{retry_after_s}"),
            Self::Failed { request_id } => format!("failed-{request_id}"),
        }
    }

    /// Reads [`UiError::code`] back. Only fixed texts come out of it, so a forged link can say nothing of its own.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        match code {
            "signed-out" => Some(Self::SignedOut),
            "second-factor" => Some(Self::SecondFactor),
            "forbidden" => Some(Self::Forbidden),
            "not-found" => Some(Self::NotFound),
            "refused" => Some(Self::Refused("That was refused.".to_owned())),
            _ => {
                if let Some(seconds) = code.strip_prefix("wait-") {
                    return seconds.parse().ok().map(|retry_after_s| Self::TooMany { retry_after_s });
                }
                let id = code.strip_prefix("failed-")?;
                id.parse::<model::RequestId>().ok().map(|id| Self::Failed { request_id: id.to_string() })
            }
        }
    }
}

impl FromServerFnError for UiError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) | ServerFnErrorErr::Deserialization(_) => {
                Self::Refused("The form could not be read. Reload the page and try again.".to_owned())
            }
            _ => Self::Failed { request_id: crate::context::request_id() },
        }
    }
}
