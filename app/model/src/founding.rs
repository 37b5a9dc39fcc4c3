//! A company that is to be on this server, and who will administrate it.

use serde::{Deserialize, Serialize};

/// What is asked to found one.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Founding {
    /// The company's name, 1 to 120 characters.
    pub name: String,
    /// Its short name: 1 to 40 lower case letters, digits and hyphens. It stands in addresses of its forms.
    pub slug: String,
    /// The IANA zone in which its days begin.
    pub zone: String,
    /// The first administrator's name.
    pub person: String,
    /// Where the invitation goes.
    pub email: String,
}
