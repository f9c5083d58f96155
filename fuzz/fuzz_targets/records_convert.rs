//! `kop_records::fuzz::convert` over any bytes.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| kop_records::fuzz::convert(data));
