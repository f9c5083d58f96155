//! `kop_records::fuzz::produce` over any bytes.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| kop_records::fuzz::produce(data));
