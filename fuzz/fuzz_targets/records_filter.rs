//! `kop_records::fuzz::filter` over any bytes.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| kop_records::fuzz::filter(data));
