//! Java's admin client lists, describes and ends transactions of others.

use super::{installed, judge, target};

#[test]
#[ignore = "needs a server: cargo xtask test"]
fn administrator() {
    for program in ["streams-3.9.1", "streams-4.4.0"] {
        let Some(program) = installed("administrator", program) else {
            return;
        };
        let Some((target, name)) = target("administrator") else {
            return;
        };
        let name = format!("{name}-{}", program.name);
        let steps = program.run("admin", &[&target.bootstrap(), &name]);
        let said = steps.map(|steps| steps.join("\n  "));
        judge(&program.name, &target, said);
    }
}
