//! `kop_codec::fuzz::decode_any` over any bytes.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| kop_codec::fuzz::decode_any(data));
