//! `kop_log::fuzz::files` over any bytes.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| kop_log::fuzz::files(data));
