//! `kop_codec::fuzz::frame` over any bytes.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| kop_codec::fuzz::frame(data));
