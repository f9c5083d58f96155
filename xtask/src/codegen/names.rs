//! Names as Rust wants them.

/// `TopicId` as `topic_id`, `ISRNodes` as `isr_nodes`; a keyword gets an underscore behind it.
pub(crate) fn field(name: &str) -> String {
    let snake = snake(name);
    match snake.as_str() {
        "type" | "match" | "ref" | "self" | "use" | "where" | "move" | "loop" | "in" | "for"
        | "fn" | "mod" => snake + "_",
        _ => snake,
    }
}

pub(crate) fn snake(name: &str) -> String {
    let characters: Vec<char> = name.chars().collect();
    let mut out = String::new();
    for (at, character) in characters.iter().enumerate() {
        let before = at.checked_sub(1).map(|at| characters[at]);
        let after = characters.get(at + 1);
        let starts_word = character.is_uppercase()
            && before.is_some_and(|before| {
                !before.is_uppercase() || after.is_some_and(|after| after.is_lowercase())
            });
        if starts_word {
            out.push('_');
        }
        out.extend(character.to_lowercase());
    }
    out
}

/// The name that Kafka's JSON has: the first letter small, the rest as it is.
pub(crate) fn json(name: &str) -> String {
    let mut characters = name.chars();
    characters.next().map_or_else(String::new, |first| {
        first.to_lowercase().chain(characters).collect()
    })
}

/// What serde makes of a snake-case name.
pub(crate) fn camel(snake: &str) -> String {
    let mut out = String::new();
    let mut words = snake.split('_');
    out.extend(words.next());
    for word in words {
        let mut characters = word.chars();
        out.extend(characters.next().map(|first| first.to_ascii_uppercase()));
        out.extend(characters);
    }
    out
}

/// Whether Rust code has this word as a variable: not as part of another, not as a field.
pub(crate) fn uses(code: &str, word: &str) -> bool {
    code.match_indices(word).any(|(at, _)| {
        let before = code[..at].chars().next_back();
        let after = code[at + word.len()..].chars().next();
        !before.is_some_and(|before| before.is_alphanumeric() || matches!(before, '_' | '.' | '"'))
            && !after.is_some_and(|after| after.is_alphanumeric() || matches!(after, '_' | ':'))
    })
}

/// The name of a parameter, with an underscore in front where the code does not use it.
pub(crate) fn parameter(code: &str, word: &str) -> String {
    if uses(code, word) {
        word.to_owned()
    } else {
        format!("_{word}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found() {
        assert_eq!(snake("TopicId"), "topic_id");
        assert_eq!(snake("ISRNodes"), "isr_nodes");
        assert_eq!(snake("KRaftVersionFeature"), "k_raft_version_feature");
        assert_eq!(field("Type"), "type_");
        assert_eq!(json("ThrottleTimeMs"), "throttleTimeMs");
        assert_eq!(
            parameter("self.version + version_value", "version"),
            "_version"
        );
        assert_eq!(parameter("if version >= 3", "version"), "version");
        assert_eq!(camel("throttle_time_ms"), "throttleTimeMs");
    }
}
