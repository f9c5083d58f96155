//! `kop_entry::fuzz::read` over any bytes.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| kop_entry::fuzz::read(data));
