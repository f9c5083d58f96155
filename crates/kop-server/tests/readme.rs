//! The tables of the project's README are those of the code.

use std::fmt::Write;

use kop_codec::ApiKey;
use kop_service::api_table;

const README: &str = include_str!("../../../README.md");

#[test]
fn the_table_of_apis_is_that_of_the_code() {
    let mut table = "| API | versions |\n|---|---|\n".to_owned();
    for api in api_table() {
        writeln!(
            table,
            "| {} | {}–{} |",
            api.name(),
            api.min_version,
            api.max_version
        )
        .unwrap();
    }
    assert!(README.contains(&table), "README.md should have:\n{table}");
}

#[test]
fn what_does_not_work_yet_is_not_served() {
    let list = README
        .split("Not yet:")
        .nth(1)
        .expect("a list")
        .split("\n\n")
        .next()
        .unwrap();
    let names: Vec<_> = list.split('`').filter(|word| word.contains('_')).collect();
    assert!(!names.is_empty());
    for name in names {
        let key = (0..200).map(ApiKey).find(|key| key.name() == Some(name));
        assert!(key.is_some(), "{name} is no API");
        assert!(
            !api_table().iter().any(|api| api.name() == name),
            "{name} is served"
        );
    }
}
