//! End-to-end tests of `kop-server` with real clients.
