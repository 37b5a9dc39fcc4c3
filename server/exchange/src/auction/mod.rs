//! The auction as a pure machine.
