//! Sparse, rebuildable indexes from offset to position and from timestamp to offset.
