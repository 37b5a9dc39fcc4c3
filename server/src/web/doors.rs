//! Every route with who may use it. A route cannot be added without saying so, and tests walk the table.

use crate::state::AppState;
use axum::{Router, http::Method, routing::MethodRouter};

/// Who may use a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Auth {
    /// Everybody.
    Open,
    /// Who has an API key.
    Key,
    /// Who has an operator token.
    Operator,
    /// Who has a buyer's token.
    Buyer,
    /// Who has a key, in the place and with the answer of another platform or a tool's hook.
    Foreign,
    /// Who is signed in; the handler or the backend behind it checks and answers for that tenant only.
    Session,
}

/// One route.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Door {
    /// The method.
    pub method: Method,
    /// The path as axum writes it: `/api/v1/leads/{id}`.
    pub path: String,
    /// Who may use it.
    pub auth: Auth,
}

/// A router that keeps the table of its routes.
#[derive(Default)]
pub struct Doors {
    router: Router<AppState>,
    table: Vec<Door>,
}

impl Doors {
    /// Adds a route.
    #[must_use]
    pub fn door(self, method: Method, path: &str, auth: Auth, handler: MethodRouter<AppState>) -> Self {
        self.doors(&[method], path, auth, handler)
    }

    /// Adds a path that takes several methods.
    #[must_use]
    pub fn doors(mut self, methods: &[Method], path: &str, auth: Auth, handler: MethodRouter<AppState>) -> Self {
        self.table.extend(methods.iter().map(|method| Door { method: method.clone(), path: path.to_owned(), auth }));
        self.router = self.router.route(path, handler);
        self
    }

    /// The router and its table.
    pub fn finish(self) -> (Router<AppState>, Vec<Door>) {
        (self.router, self.table)
    }
}
