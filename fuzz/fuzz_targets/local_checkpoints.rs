//! `kop_log_local::fuzz::checkpoints` over any bytes.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| kop_log_local::fuzz::checkpoints(data));
