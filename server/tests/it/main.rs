//! The whole server over HTTP: real store, real pipeline, real sandbox buyers on loopback.

mod admin;
mod api;
mod audit;
mod auth;
mod buyers_say;
mod cli;
mod compat;
mod dialects;
mod doors;
mod harness;
mod hooks;
mod imports;
mod matrix;
mod outbox;
mod people;
mod pings;
mod portal;
mod privacy;
mod replay;
mod reports;
mod returns;
mod routing;
mod selling;
