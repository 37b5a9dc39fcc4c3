//! One lead: reading it, its personal part by type, and the views that leave.
