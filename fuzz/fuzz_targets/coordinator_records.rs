//! `kop_coordinator::fuzz::records` over any bytes.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| kop_coordinator::fuzz::records(data));
