//! Kafka Streams: word count, joins, windows and a global table, killed and started again under load.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::ensure;
use kop_tests::librdkafka::{Reading, Sending};
use kop_tests::program::{Background, Program};
use kop_tests::target::Target;
use tempfile::TempDir;

use super::{PATIENCE, check_delivered, create, installed, judge, record, sending, target, text};

/// Lines, and orders.
const COUNT: usize = 3_000;
const CUSTOMERS: usize = 7;
const PRODUCTS: usize = 5;
/// Between two orders, in their timestamps.
const STEP_MS: i64 = 50;
const WINDOW_MS: i64 = 10_000;
const WORDS: [&str; 9] = [
    "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota",
];
const INPUTS: [&str; 5] = ["lines", "customers", "products", "orders", "payments"];
const OUTPUTS: [&str; 5] = ["counts", "named", "priced", "sums", "paid"];

macro_rules! streams {
    ($($test:ident $program:literal $guarantee:literal;)*) => {$(
        #[test]
        #[ignore = "needs a server: cargo xtask test"]
        fn $test() {
            check(stringify!($test), $program, $guarantee);
        }
    )*};
}

streams! {
    streams_3_9_at_least_once "streams-3.9.1" "at_least_once";
    streams_3_9_exactly_once "streams-3.9.1" "exactly_once_v2";
    streams_4_at_least_once "streams-4.4.0" "at_least_once";
    streams_4_exactly_once "streams-4.4.0" "exactly_once_v2";
}

fn check(test: &str, program: &str, guarantee: &'static str) {
    let Some(program) = installed(test, program) else {
        return;
    };
    let Some((mut target, name)) = target(test) else {
        return;
    };
    let result = Run::start(&target, name, program, guarantee).and_then(|mut run| {
        run.load(&mut target)?;
        run.finish()
    });
    judge(test, &target, result);
}

/// An application under load.
struct Run {
    bootstrap: String,
    name: String,
    program: Program,
    guarantee: &'static str,
    state: TempDir,
    app: Background,
    sending: Sending,
    /// When the first order was made, in milliseconds.
    base: i64,
    outputs: Vec<Output>,
    /// How many results there were when the application was last seen to work.
    seen: Vec<usize>,
    began: Instant,
}

/// The results of one topic: all values of a key in their order.
struct Output {
    topic: &'static str,
    reading: Reading,
    values: Values,
    wanted: Values,
}

type Values = BTreeMap<String, Vec<String>>;

impl Run {
    fn start(
        target: &Target,
        name: String,
        program: Program,
        guarantee: &'static str,
    ) -> anyhow::Result<Self> {
        let bootstrap = target.bootstrap();
        let topics: Vec<String> = INPUTS
            .iter()
            .chain(&OUTPUTS)
            .map(|topic| format!("{name}-{topic}"))
            .collect();
        create(&bootstrap, &topics, 2)?;
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?;
        // On a border of windows, and in the past, since all of the orders are.
        let base = (now.as_millis() as i64 - 600_000) / WINDOW_MS * WINDOW_MS;
        let sending = sending(&bootstrap)?;
        for i in 0..CUSTOMERS {
            let record = record(
                (i % 2) as i32,
                base - 1_000,
                &customer(i),
                format!("name{i}"),
            );
            sending.send(&format!("{name}-customers"), &record, i)?;
        }
        for i in 0..PRODUCTS {
            let record = record(
                (i % 2) as i32,
                base - 1_000,
                &product(i),
                format!("price{i}"),
            );
            sending.send(&format!("{name}-products"), &record, i)?;
        }
        sending.flush()?;
        let state = tempfile::Builder::new().prefix("kop-streams-").tempdir()?;
        let app = app(&program, &bootstrap, &name, guarantee, state.path())?;
        let mut outputs = Vec::new();
        for topic in OUTPUTS {
            outputs.push(Output {
                topic,
                reading: Reading::all(&bootstrap, &format!("{name}-{topic}"))?,
                values: Values::new(),
                wanted: wanted(topic, base),
            });
        }
        Ok(Self {
            bootstrap,
            name,
            program,
            guarantee,
            state,
            app,
            sending,
            base,
            seen: vec![0; outputs.len()],
            outputs,
            began: Instant::now(),
        })
    }

    /// Sends everything, and kills the application, the server, and the application again, with its state deleted.
    fn load(&mut self, target: &mut Target) -> anyhow::Result<()> {
        let parts = 60;
        for part in 0..parts {
            for i in COUNT * part / parts..COUNT * (part + 1) / parts {
                self.send(i)?;
            }
            check_delivered(&self.sending)?;
            kop_tests::pause(Duration::from_millis(50));
            self.read(Duration::ZERO)?;
            match part {
                15 | 45 => {
                    self.progress()?;
                    self.app.kill()?;
                    if part == 45 {
                        std::fs::remove_dir_all(self.state.path())?;
                    }
                    self.restart()?;
                }
                30 => {
                    self.progress()?;
                    target.crash()?;
                }
                _ => {}
            }
        }
        self.sending.flush()?;
        check_delivered(&self.sending)
    }

    fn send(&self, i: usize) -> anyhow::Result<()> {
        let time = self.base + i as i64 * STEP_MS;
        let send = |topic: &str, partition: usize, key: &str, value: String| {
            let record = record((partition % 2) as i32, time, key, value);
            self.sending
                .send(&format!("{}-{topic}", self.name), &record, i)
        };
        send("lines", i, "line", words(i).join(" "))?;
        send("orders", i % CUSTOMERS, &customer(i % CUSTOMERS), order(i))?;
        if i.is_multiple_of(3) {
            send("payments", i, &i.to_string(), format!("payment{i}"))?;
        }
        Ok(())
    }

    fn restart(&mut self) -> anyhow::Result<()> {
        let state = self.state.path();
        self.app = app(
            &self.program,
            &self.bootstrap,
            &self.name,
            self.guarantee,
            state,
        )?;
        Ok(())
    }

    fn read(&mut self, wait: Duration) -> anyhow::Result<()> {
        for output in &mut self.outputs {
            for (_, record) in output.reading.poll(wait)? {
                let number = matches!(output.topic, "counts" | "sums");
                let value = match record.value.as_deref() {
                    Some(bytes) if number => i64::from_be_bytes(bytes.try_into()?).to_string(),
                    _ => text(record.value.as_ref()),
                };
                let key = text(record.key.as_ref());
                output.values.entry(key).or_default().push(value);
            }
        }
        Ok(())
    }

    /// The application works: since the last time, results have come to every topic.
    fn progress(&mut self) -> anyhow::Result<()> {
        let deadline = Instant::now() + PATIENCE;
        while self
            .outputs
            .iter()
            .zip(&self.seen)
            .any(|(now, seen)| now.count() == *seen)
        {
            ensure!(self.app.ended()?.is_none(), "the application has ended");
            let stuck: Vec<_> = self
                .outputs
                .iter()
                .map(|now| (now.topic, now.count()))
                .collect();
            ensure!(Instant::now() < deadline, "no progress beyond {stuck:?}");
            self.read(Duration::from_millis(20))?;
        }
        self.seen = self.outputs.iter().map(Output::count).collect();
        Ok(())
    }

    fn finish(&mut self) -> anyhow::Result<String> {
        let deadline = Instant::now() + PATIENCE;
        while self.outputs.iter().any(|output| !output.covered()) {
            ensure!(self.app.ended()?.is_none(), "the application has ended");
            let short = self.outputs.iter().find(|output| !output.covered());
            let short = short.map(|output| (output.topic, output.missing()));
            ensure!(Instant::now() < deadline, "results are missing: {short:?}");
            self.read(Duration::from_millis(20))?;
        }
        self.read(Duration::from_millis(500))?;
        let count: usize = self.outputs.iter().map(Output::count).sum();
        let wanted: usize = self
            .outputs
            .iter()
            .map(|output| Output::sum(&output.wanted))
            .sum();
        if self.guarantee != "at_least_once" {
            for output in &self.outputs {
                ensure!(
                    output.values == output.wanted,
                    "{}: a result too many: {:?}",
                    output.topic,
                    output.surplus()
                );
            }
        }
        self.app.stop()?;
        let time = self.began.elapsed();
        Ok(format!(
            "{count} results, {wanted} without repetitions, in {time:.0?}"
        ))
    }
}

impl Output {
    fn sum(values: &Values) -> usize {
        values.values().map(Vec::len).sum()
    }

    fn count(&self) -> usize {
        Self::sum(&self.values)
    }

    /// Whether the results that are wanted are there, and perhaps others: of counts and sums the last is the result.
    fn covered(&self) -> bool {
        self.missing().is_none()
    }

    fn missing(&self) -> Option<String> {
        let number = |value: &String| value.parse::<i64>().unwrap_or(-1);
        for (key, wanted) in &self.wanted {
            let values = self.values.get(key).map_or(&[][..], Vec::as_slice);
            let fine = match self.topic {
                "counts" | "sums" => values.last().map(number) >= wanted.last().map(number),
                _ => wanted.iter().all(|value| values.contains(value)),
            };
            if !fine {
                return Some(format!("{key}: {:?} of {:?}", values.last(), wanted.last()));
            }
        }
        None
    }

    fn surplus(&self) -> Option<String> {
        let wrong = |(key, values): (&String, &Vec<String>)| {
            let wanted = self.wanted.get(key).map_or(&[][..], Vec::as_slice);
            let at = (0..values.len()).find(|&i| values.get(i) != wanted.get(i))?;
            let near = &values[at.saturating_sub(2)..values.len().min(at + 3)];
            Some(format!("{key}: result {at} of {}: {near:?}", wanted.len()))
        };
        self.values.iter().find_map(wrong)
    }
}

fn app(
    program: &Program,
    bootstrap: &str,
    name: &str,
    guarantee: &str,
    state: &Path,
) -> anyhow::Result<Background> {
    let state = state.display().to_string();
    program.spawn(&["app", bootstrap, name, guarantee, &state], name)
}

fn customer(i: usize) -> String {
    format!("customer{i}")
}

fn product(i: usize) -> String {
    format!("product{i}")
}

fn words(i: usize) -> [&'static str; 3] {
    [1, 2, 5].map(|factor| WORDS[i * factor % WORDS.len()])
}

fn amount(i: usize) -> usize {
    1 + i % 100
}

fn order(i: usize) -> String {
    format!("{i} {} {}", product(i % PRODUCTS), amount(i))
}

/// Every result of a topic, with nothing counted twice.
fn wanted(topic: &str, base: i64) -> Values {
    let mut values = Values::new();
    let mut add = |key: String, value: String| values.entry(key).or_default().push(value);
    let mut sums = BTreeMap::<String, usize>::new();
    for i in 0..COUNT {
        match topic {
            "counts" => {
                for word in words(i) {
                    let count = sums.entry(word.to_owned()).or_default();
                    *count += 1;
                    add(word.to_owned(), count.to_string());
                }
            }
            "named" => add(
                customer(i % CUSTOMERS),
                format!("{} name{}", order(i), i % CUSTOMERS),
            ),
            "priced" => add(
                customer(i % CUSTOMERS),
                format!("{} price{}", order(i), i % PRODUCTS),
            ),
            "sums" => {
                let window = i as i64 * STEP_MS / WINDOW_MS * WINDOW_MS + base;
                let key = format!("{}@{window}", customer(i % CUSTOMERS));
                let sum = sums.entry(key.clone()).or_default();
                *sum += amount(i);
                add(key, sum.to_string());
            }
            _ if i.is_multiple_of(3) => add(i.to_string(), format!("{} payment{i}", order(i))),
            _ => {}
        }
    }
    values
}
