//! The conformance suite that every implementation of kop-log runs.
