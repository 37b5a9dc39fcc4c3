//! Turns a lead into the bytes a buyer expects, and its answer into a bid.
