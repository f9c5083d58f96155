//! A proxy before a Pulsar broker that refuses entries and producers in its place, or keeps from readers that they are
//! closed.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::relay::{self, Names};

/// The numbers of commands and of their fields in Pulsar's `BaseCommand`.
const PRODUCER: u64 = 5;
const SEND: u64 = 6;
const SEND_ERROR: u64 = 8;
const ERROR: u64 = 14;
const CLOSE_CONSUMER: u64 = 16;
/// Pulsar's `ServerError` of a topic that is not there yet.
const SERVICE_NOT_READY: u64 = 6;

/// Which entries are refused.
#[derive(Clone, Debug)]
pub struct Rule {
    /// They hold these bytes.
    pub text: &'static str,
    /// Pulsar's `ServerError`.
    pub error: u64,
    /// So many are.
    pub times: usize,
}

#[derive(Debug, Default)]
struct State {
    rules: Vec<Rule>,
    /// The topics of all producers that were asked for.
    producers: Vec<String>,
    refused: usize,
    is_unready: bool,
    hides_closing: bool,
    /// Readers that were not told.
    hidden: usize,
}

/// The proxy. It serves until the process ends.
#[derive(Debug)]
pub struct Refusing {
    address: String,
    state: Arc<Mutex<State>>,
}

impl Refusing {
    /// A proxy before the broker at `host:port`, as the broker calls itself. Where the broker's answers name this
    /// address, they name the proxy's, so that everything passes here.
    ///
    /// # Errors
    /// When the two addresses have different lengths: the frames have to keep theirs.
    pub fn start(broker: &str) -> anyhow::Result<Self> {
        let state = Arc::<Mutex<State>>::default();
        let shared = Arc::clone(&state);
        let address = relay::listen(broker, move |client, broker, names| {
            connect(client, broker, names, &shared)
        })?;
        Ok(Self { address, state })
    }

    /// `127.0.0.1:PORT`.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// From now on refuses what the first rule says that holds for it.
    pub fn refuse(&self, rules: &[Rule]) {
        lock(&self.state).rules = rules.to_vec();
    }

    /// How many entries were refused.
    pub fn refused(&self) -> usize {
        lock(&self.state).refused
    }

    /// Says that the broker is not ready to all who want a producer, until it closes a reader.
    pub fn is_unready_until_closed(&self) {
        lock(&self.state).is_unready = true;
    }

    /// Whether readers are not told from now on that their broker closes them.
    pub fn hide_closing(&self, hide: bool) {
        lock(&self.state).hides_closing = hide;
    }

    /// How many were not told.
    pub fn hidden(&self) -> usize {
        lock(&self.state).hidden
    }

    /// How often a producer of a topic with this text in its name was asked for.
    pub fn producers(&self, text: &str) -> usize {
        let state = lock(&self.state);
        let topics = state.producers.iter();
        topics.filter(|topic| topic.contains(text)).count()
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

fn connect(
    client: TcpStream,
    broker: TcpStream,
    names: &Names,
    state: &Arc<Mutex<State>>,
) -> io::Result<()> {
    // Both directions write to the client.
    let answers = Arc::new(Mutex::new(client.try_clone()?));
    let (up, down) = ((client.try_clone()?, broker.try_clone()?), (broker, client));
    let (asked, own) = (Arc::clone(state), Arc::clone(&answers));
    relay::pass(up.0, up.1, move |client, broker| {
        requests(client, broker, &own, &asked)
    });
    let (names, state) = (names.clone(), Arc::clone(state));
    relay::pass(down.0, down.1, move |broker, _| {
        pass_answers(broker, &answers, &names, &state)
    });
    Ok(())
}

/// The next frame, without its length.
fn frame(mut from: &TcpStream) -> io::Result<Vec<u8>> {
    let mut length = [0; 4];
    from.read_exact(&mut length)?;
    let mut frame = vec![0; u32::from_be_bytes(length) as usize];
    from.read_exact(&mut frame)?;
    Ok(frame)
}

fn write(mut to: &TcpStream, frame: &[u8]) -> io::Result<()> {
    let length = u32::try_from(frame.len()).map_err(io::Error::other)?;
    to.write_all(&[&length.to_be_bytes(), frame].concat())
}

fn requests(
    client: &TcpStream,
    broker: &TcpStream,
    answers: &Mutex<TcpStream>,
    state: &Mutex<State>,
) -> io::Result<()> {
    loop {
        let frame = frame(client)?;
        match look_at(&frame, state) {
            Some(answer) => {
                let to = answers.lock().unwrap_or_else(PoisonError::into_inner);
                write(&to, &answer)?;
            }
            None => write(broker, &frame)?,
        }
    }
}

/// What the client is answered in the broker's place.
fn look_at(frame: &[u8], state: &Mutex<State>) -> Option<Vec<u8>> {
    let (length, rest) = frame.split_first_chunk::<4>()?;
    let (command, entry) = rest.split_at_checked(u32::from_be_bytes(*length) as usize)?;
    let mut state = lock(state);
    if let Some(Field::Bytes(producer)) = find(command, PRODUCER)
        && let Some(Field::Bytes(topic)) = find(producer, 1)
    {
        let topic = String::from_utf8_lossy(topic).into_owned();
        state.producers.push(topic);
        if state.is_unready
            && let Some(Field::Number(request)) = find(producer, 3)
        {
            return answer(ERROR, &[(1, request), (2, SERVICE_NOT_READY)]);
        }
    }
    let Some(Field::Bytes(send)) = find(command, SEND) else {
        return None;
    };
    let holds = |rule: &&mut Rule| {
        let text = rule.text.as_bytes();
        rule.times > 0 && entry.windows(text.len()).any(|bytes| bytes == text)
    };
    let rule = state.rules.iter_mut().find(holds)?;
    rule.times -= 1;
    let error = rule.error;
    state.refused += 1;
    let (Some(Field::Number(producer)), Some(Field::Number(sequence))) =
        (find(send, 1), find(send, 2))
    else {
        return None;
    };
    answer(SEND_ERROR, &[(1, producer), (2, sequence), (3, error)])
}

/// A command with these numbers, and a text behind them.
fn answer(kind: u64, numbers: &[(u64, u64)]) -> Option<Vec<u8>> {
    let mut answer = Vec::new();
    for (field, value) in numbers {
        put(&mut answer, field << 3);
        put(&mut answer, *value);
    }
    put_bytes(&mut answer, numbers.len() as u64 + 1, b"refused by a test");
    let mut command = Vec::new();
    put(&mut command, 1 << 3);
    put(&mut command, kind);
    put_bytes(&mut command, kind, &answer);
    let length = u32::try_from(command.len()).ok()?;
    Some([&length.to_be_bytes()[..], &command].concat())
}

fn pass_answers(
    broker: &TcpStream,
    client: &Mutex<TcpStream>,
    names: &Names,
    state: &Mutex<State>,
) -> io::Result<()> {
    loop {
        let mut frame = frame(broker)?;
        if is_hidden(&frame, &mut lock(state)) {
            continue;
        }
        names.replace(&mut frame);
        let to = client.lock().unwrap_or_else(PoisonError::into_inner);
        write(&to, &frame)?;
    }
}

/// Whether the client is not to know it.
fn is_hidden(frame: &[u8], state: &mut State) -> bool {
    let command = frame
        .split_first_chunk::<4>()
        .and_then(|(length, rest)| rest.get(..u32::from_be_bytes(*length) as usize));
    let closes = command.is_some_and(|command| find(command, CLOSE_CONSUMER).is_some());
    state.is_unready &= !closes;
    let hidden = state.hides_closing && closes;
    state.hidden += usize::from(hidden);
    hidden
}

/// A field of a message.
enum Field<'a> {
    Number(u64),
    Bytes(&'a [u8]),
}

/// The first field of this number; `None` also where the message has fields of kinds that Pulsar's commands have not.
fn find(mut message: &[u8], number: u64) -> Option<Field<'_>> {
    while !message.is_empty() {
        let key = take(&mut message)?;
        let field = match key & 7 {
            0 => Field::Number(take(&mut message)?),
            2 => {
                let length = usize::try_from(take(&mut message)?).ok()?;
                let (bytes, rest) = message.split_at_checked(length)?;
                message = rest;
                Field::Bytes(bytes)
            }
            _ => return None,
        };
        if key >> 3 == number {
            return Some(field);
        }
    }
    None
}

fn take(message: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let (byte, rest) = message.split_first()?;
        *message = rest;
        number |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

fn put(out: &mut Vec<u8>, mut number: u64) {
    while number > 0x7f {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

fn put_bytes(out: &mut Vec<u8>, field: u64, bytes: &[u8]) {
    put(out, field << 3 | 2);
    put(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}
