//! `gavel template …`

use super::configuration;
use crate::boot::Opened;
use clap::Subcommand;
use exchange::vertical::{template, templates};
use model::document::Kind;
use serde_json::{Map, Value};

/// `gavel template`
#[derive(Debug, Subcommand)]
pub enum Template {
    /// List all templates with a sentence each
    List,
    /// Print one as JSON: its fields, filters, sample leads and words of consent
    Show {
        /// Short name of the template
        template: String,
    },
    /// Make a campaign from one
    Make {
        /// Short name of the tenant
        tenant: String,
        /// Short name of the template
        template: String,
        /// Short name of the campaign; the template's by itself
        #[arg(long)]
        slug: Option<String>,
        /// Name of the campaign; the template's by itself
        #[arg(long)]
        name: Option<String>,
        /// Where the consumer goes when nobody buys
        #[arg(long)]
        fallback_url: Option<String>,
    },
}

/// What needs no store: prints every template, or one. None for what makes a campaign.
pub fn show(command: &Template) -> Option<Result<(), String>> {
    match command {
        Template::List => {
            for template in templates() {
                println!("{}  {}: {}", template.id, template.name, template.about);
            }
            Some(Ok(()))
        }
        Template::Show { template: id } => Some(match template(id) {
            Some(template) => {
                let text = serde_json::to_string_pretty(template).map_err(|error| error.to_string());
                text.map(|text| println!("{text}"))
            }
            None => Err(unknown(id)),
        }),
        Template::Make { .. } => None,
    }
}

/// Makes a campaign from a template and prints its id.
pub async fn run(opened: &Opened, command: Template) -> Result<(), String> {
    let Template::Make { tenant, template: id, slug, name, fallback_url } = command else { return Ok(()) };
    if template(&id).is_none() {
        return Err(unknown(&id));
    }
    let (admin, actor) = configuration::admin(opened, &tenant).await?;
    let mut body = Map::from_iter([("template".to_owned(), Value::from(id))]);
    for (member, value) in [("slug", slug), ("name", name), ("fallback_url", fallback_url)] {
        body.extend(value.map(|value| (member.to_owned(), value.into())));
    }
    let made = admin.create(&actor, Kind::Campaign, body.into(), "").await.map_err(|error| error.to_string())?;
    let text = |member: &str| made.document[member].as_str().unwrap_or_default().to_owned();
    eprintln!("Made the campaign {} ({}).", text("name"), text("slug"));
    println!("{}", text("id"));
    Ok(())
}

fn unknown(id: &str) -> String {
    format!("there is no template {id}; `gavel template list` names them")
}
