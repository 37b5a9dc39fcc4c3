//! Which contracts may be asked, with everything that stands against each.
