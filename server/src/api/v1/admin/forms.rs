//! `/api/v1/admin/campaigns/{id}/form`: how consumers reach a campaign.

use super::problem;
use crate::{api::auth::Operator, problem::Problem, state::AppState};
use axum::{
    Json,
    extract::{Path, State},
};
use model::CampaignId;
use serde_json::{Value, json};

/// `GET /api/v1/admin/campaigns/{id}/form`: where our form is, whether it can be opened, and the same form as HTML for
/// somebody's own page.
///
/// # Errors
/// 401, 403, 404.
pub async fn show(
    State(app): State<AppState>,
    Operator(actor): Operator,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    let id: CampaignId = id.parse().map_err(|_| Problem::not_found("There is no such campaign."))?;
    let links = app.services.admin().form_links(&actor, id, &app.settings.public_url).await.map_err(problem)?;
    Ok(Json(json!({ "active": links.active, "url": links.url, "embed": links.snippet })))
}
