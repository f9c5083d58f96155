//! A case: one piece of work and those who do it.

use std::hint::black_box;

use serde::Serialize;

/// Does its work so many times.
pub type Work = Box<dyn Fn(u32)>;

/// One piece of work, done by each contender.
pub struct Case {
    /// What is done, for example "Metadata response v12, 1,000 x 10, decode".
    pub name: String,
    /// How many bytes are read or written.
    pub bytes: usize,
    /// How many times as fast as the fastest other we want to be.
    pub target: f64,
    /// We are the first.
    pub contenders: Vec<Contender>,
    /// A part of the work that nobody can do without; not a contender.
    pub least: Option<Contender>,
}

/// Who does it.
pub struct Contender {
    /// The crate, and which of its ways.
    pub name: &'static str,
    /// The work, or why the crate cannot do it right.
    pub work: Result<Work, String>,
}

impl Contender {
    /// A contender that does `work`, unless trying it once gives an error.
    pub fn new<T>(
        name: &'static str,
        work: impl Fn() -> Result<T, String> + 'static,
        check: impl FnOnce(T) -> Result<(), String>,
    ) -> Self {
        let work = match work().and_then(check) {
            Ok(()) => Ok(repeated(work)),
            Err(error) => Err(error),
        };
        Self { name, work }
    }
}

/// The loop is compiled together with the work: a call through the box would cost small messages too much.
fn repeated<T>(work: impl Fn() -> Result<T, String> + 'static) -> Work {
    Box::new(move |times| {
        for _ in 0..times {
            black_box(work()).ok();
        }
    })
}

/// What was measured of a case.
#[derive(Serialize)]
pub struct Measured {
    /// The case's name.
    pub case: String,
    /// The case's bytes.
    pub bytes: usize,
    /// The case's target.
    pub target: f64,
    /// One for each contender, in their order.
    pub outcomes: Vec<Outcome>,
    /// Of the case's `least`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub least: Option<Outcome>,
}

/// What was measured of a contender.
#[derive(Serialize)]
pub struct Outcome {
    /// The contender's name.
    pub name: &'static str,
    /// Nanoseconds, or allocations, for one time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<f64>,
    /// Why it was not measured.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

impl Case {
    /// All that is measured: the contenders, and what is the least.
    pub fn all(&self) -> impl Iterator<Item = &Contender> {
        self.contenders.iter().chain(&self.least)
    }

    /// What was measured, from one value for each of [`all`](Self::all); none where it cannot be done.
    pub fn measured(&self, values: impl IntoIterator<Item = Option<f64>>) -> Measured {
        let mut outcomes: Vec<Outcome> = self
            .all()
            .zip(values)
            .map(|(contender, value)| Outcome {
                name: contender.name,
                value,
                error: contender.work.as_ref().err().cloned(),
            })
            .collect();
        let least = outcomes.drain(self.contenders.len()..).next();
        Measured {
            case: self.name.clone(),
            bytes: self.bytes,
            target: self.target,
            outcomes,
            least,
        }
    }
}
