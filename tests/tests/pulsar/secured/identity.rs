//! An identity provider as OAuth 2 has it: it gives tokens to clients that show a secret.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::hmac;
use serde_json::{Value, json};

/// A token of this role as the cluster verifies it: a JWT under its key. Without a life it is good for ever.
pub(super) fn token(key: &[u8], role: &str, life: Option<Duration>) -> String {
    let mut claims = json!({"sub": role});
    if let Some(life) = life {
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        let end = now.expect("after 1970") + life;
        claims["exp"] = json!(end.as_secs());
    }
    let part = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", part(json!({"alg": "HS256"})), part(claims));
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), signed.as_bytes());
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(tag))
}

/// What it does.
#[derive(Clone)]
pub(super) struct Rules {
    /// Signs its tokens.
    pub(super) key: Vec<u8>,
    /// The form that a client must send.
    pub(super) form: Vec<(&'static str, &'static str)>,
    /// The role of its tokens.
    pub(super) role: &'static str,
    /// How long they are good for.
    pub(super) life: Duration,
    /// How long it says that they are good for.
    pub(super) said_life: Duration,
}

/// It listens on a port of this machine until the process ends.
pub(super) struct Provider {
    pub(super) url: String,
    given: Arc<Mutex<usize>>,
}

impl Provider {
    pub(super) fn start(rules: Rules) -> Self {
        Self::at(TcpListener::bind("127.0.0.1:0").expect("a port"), rules)
    }

    pub(super) fn at(listener: TcpListener, rules: Rules) -> Self {
        let address = listener.local_addr().expect("an address");
        let url = format!("http://{address}/realm");
        let given = Arc::new(Mutex::new(0));
        let (own, counter) = (url.clone(), Arc::clone(&given));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (rules, own, counter) = (rules.clone(), own.clone(), Arc::clone(&counter));
                // A client that goes away meanwhile is none of its business.
                thread::spawn(move || answer(&stream, &rules, &own, &counter));
            }
        });
        Self { url, given }
    }

    /// How many tokens it has given.
    pub(super) fn given(&self) -> usize {
        *self.given.lock().expect("no thread panics")
    }
}

fn answer(
    stream: &TcpStream,
    rules: &Rules,
    url: &str,
    given: &Mutex<usize>,
) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream);
    let mut first = String::new();
    reader.read_line(&mut first)?;
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let lower = line.to_lowercase();
        if let Some(value) = lower.strip_prefix("content-length:") {
            length = value.trim().parse().unwrap_or(0);
        }
        if line.trim().is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let (status, said) = respond(&first, &String::from_utf8_lossy(&body), rules, url, given);
    let said = said.to_string();
    let mut stream = stream;
    write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nConnection: close\r\n\
         Content-Length: {}\r\n\r\n{said}",
        said.len()
    )
}

fn respond(
    first: &str,
    body: &str,
    rules: &Rules,
    url: &str,
    given: &Mutex<usize>,
) -> (&'static str, Value) {
    if first.starts_with("GET /realm/.well-known/openid-configuration ") {
        let endpoint = format!("{url}/oauth/token");
        return ("200 OK", json!({"issuer": url, "token_endpoint": endpoint}));
    }
    if !first.starts_with("POST /realm/oauth/token ") {
        return ("404 Not Found", json!({}));
    }
    let has = |(name, value): &(&str, &str)| {
        let wanted = format!("{name}={value}");
        body.split('&').any(|pair| pair == wanted)
    };
    if !rules.form.iter().all(has) {
        let error = json!({"error": "access_denied", "error_description": "Unauthorized"});
        return ("401 Unauthorized", error);
    }
    *given.lock().expect("no thread panics") += 1;
    let token = token(&rules.key, rules.role, Some(rules.life));
    let said = rules.said_life.as_secs();
    let answer = json!({"access_token": token, "expires_in": said, "token_type": "Bearer"});
    ("200 OK", answer)
}
