//! `kop_pulsar_client::fuzz::frames` over any bytes.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| kop_pulsar_client::fuzz::frames(data));
