//! The migrations, embedded. They lie in `migrations/` at the top of the tree, where people look for them.

use sqlx::{
    SqlSafeStr,
    migrate::{Migration, MigrationType, Migrator},
};

/// Number, name and text of every migration, in order.
pub const FILES: &[(i64, &str, &str)] = &[
    (1, "tenants_and_people", include_str!("../../../migrations/0001_tenants_and_people.sql")),
    (2, "configuration", include_str!("../../../migrations/0002_configuration.sql")),
    (3, "leads", include_str!("../../../migrations/0003_leads.sql")),
    (4, "caps_and_ledger", include_str!("../../../migrations/0004_caps_and_ledger.sql")),
    (5, "events_and_jobs", include_str!("../../../migrations/0005_events_and_jobs.sql")),
    (6, "audit", include_str!("../../../migrations/0006_audit.sql")),
    (7, "endpoints", include_str!("../../../migrations/0007_endpoints.sql")),
    (8, "config_history", include_str!("../../../migrations/0008_config_history.sql")),
    (9, "sharing", include_str!("../../../migrations/0009_sharing.sql")),
    (10, "pings", include_str!("../../../migrations/0010_pings.sql")),
    (11, "unfinished", include_str!("../../../migrations/0011_unfinished.sql")),
    (12, "delivered", include_str!("../../../migrations/0012_delivered.sql")),
    (14, "tapes", include_str!("../../../migrations/0014_tapes.sql")),
    (15, "returns", include_str!("../../../migrations/0015_returns.sql")),
    (16, "intake", include_str!("../../../migrations/0016_intake.sql")),
    (17, "after", include_str!("../../../migrations/0017_after.sql")),
    (20, "bench", include_str!("../../../migrations/0020_bench.sql")),
    (21, "publishable", include_str!("../../../migrations/0021_publishable.sql")),
    (22, "people", include_str!("../../../migrations/0022_people.sql")),
    (23, "alerts", include_str!("../../../migrations/0023_alerts.sql")),
    (24, "lanes", include_str!("../../../migrations/0024_lanes.sql")),
    (25, "coarse", include_str!("../../../migrations/0025_coarse.sql")),
    (26, "labels", include_str!("../../../migrations/0026_labels.sql")),
    (27, "lost", include_str!("../../../migrations/0027_lost.sql")),
    (28, "views", include_str!("../../../migrations/0028_views.sql")),
    (29, "lists", include_str!("../../../migrations/0029_lists.sql")),
    (30, "scores", include_str!("../../../migrations/0030_scores.sql")),
    (32, "texts", include_str!("../../../migrations/0032_texts.sql")),
    (33, "shares", include_str!("../../../migrations/0033_shares.sql")),
    (34, "personal_exports", include_str!("../../../migrations/0034_personal_exports.sql")),
];

pub(crate) fn migrator() -> Migrator {
    let migrations = FILES.iter().map(|&(version, name, text)| {
        Migration::new(version, name.into(), MigrationType::Simple, text.into_sql_str(), false)
    });
    Migrator::with_migrations(migrations.collect())
}
