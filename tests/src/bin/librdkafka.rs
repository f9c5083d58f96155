//! The steps of `clients/README.md` with librdkafka: `librdkafka before|after BOOTSTRAP NAME COUNT`; and
//! `librdkafka loop BOOTSTRAP NAME WHO`, until it is killed.

use std::process::ExitCode;

use kop_tests::steps::Steps;
use serde_json::json;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [verb, bootstrap, name, count] = args.as_slice() else {
        return usage();
    };
    if verb == "loop" {
        let Err(error) = kop_tests::transform::run(bootstrap, name, count);
        eprintln!("{error:#}");
        return ExitCode::FAILURE;
    }
    let (Some(names), Ok(count)) = (Steps::of(verb), count.parse()) else {
        return usage();
    };
    let mut steps = Steps::new(bootstrap, name, count);
    for step in names {
        match steps.run(step).await {
            Ok(detail) => say(step, true, &detail),
            Err(error) => {
                say(step, false, &format!("{error:#}"));
                return ExitCode::FAILURE;
            }
        }
    }
    ExitCode::SUCCESS
}

fn usage() -> ExitCode {
    eprintln!("usage: librdkafka before|after BOOTSTRAP NAME COUNT, or loop BOOTSTRAP NAME WHO");
    ExitCode::from(2)
}

#[expect(clippy::print_stdout, reason = "the harness reads stdout")]
fn say(step: &str, ok: bool, detail: &str) {
    println!("{}", json!({ "step": step, "ok": ok, "detail": detail }));
}
