//! kop-codec and kop-records beside other crates for the same bytes. `cargo xtask bench codec` runs the two programs:
//! one takes the time, the other counts allocations, so that counting costs no time.

mod batches;
mod case;
mod decompression;
mod inputs;
mod messages;

pub use case::{Case, Contender, Measured, Outcome};

/// The cases whose names contain `part`, with their inputs made and every contender's answer checked.
pub fn cases(part: &str) -> Vec<Case> {
    let mut cases = messages::cases();
    cases.extend(batches::cases());
    cases.retain(|case| case.name.contains(part));
    cases
}

/// Prints what was measured as one line of JSON per case.
pub fn print(measured: &Measured) {
    match serde_json::to_string(measured) {
        Ok(line) => println!("{line}"),
        Err(error) => eprintln!("{}: {error}", measured.case),
    }
}
