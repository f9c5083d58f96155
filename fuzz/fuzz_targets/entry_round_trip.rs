//! `kop_entry::fuzz::round_trip` over any bytes.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| kop_entry::fuzz::round_trip(data));
