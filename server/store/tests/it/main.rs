//! The contract suite: every public function of the store on both engines, in one binary. `make test` gives it a
//! throw-away PostgreSQL.

mod harness;
mod shares;
mod sharing;
mod takeouts;
mod taped;
mod texts;
mod views;
mod world;

mod adopt;
mod after;
mod alerts;
mod audit;
mod bench;
mod check;
mod claims;
mod commit;
mod configuration;
mod delivered;
mod edits;
mod endpoints;
mod figures;
mod find;
mod jobs;
mod labels;
mod leads;
mod lost;
mod migrations;
mod people;
mod races;
mod returns;
mod scores;
