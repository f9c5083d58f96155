//! Credentials that expire while they are in use, and identity providers that give none.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;

use super::{Peer, broker, client_with, connected, lookup, soon};
use crate::proto::base_command::Command;
use crate::proto::command_lookup_topic_response::LookupType;
use crate::proto::{AuthData, CommandAuthChallenge, CommandError, CommandPong, ServerError};
use crate::{Authentication, Client, ClientConfig, Error, OAuth2, OAuth2Config, ProducerOptions};

/// Longer than a token counts as new.
const OLD: Duration = Duration::from_millis(1_100);

/// A server that answers each request, given as its head and body, with a status and a body; and its URL.
async fn web(answer: impl Fn(&str) -> (u16, String) + Send + Sync + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let answer = Arc::new(answer);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let answer = Arc::clone(&answer);
            tokio::spawn(async move {
                let (reader, mut writer) = stream.split();
                let mut reader = BufReader::new(reader);
                let (mut text, mut length) = (String::new(), 0);
                while reader.read_line(&mut text).await.unwrap() > 2 {
                    let line = text.lines().last().unwrap().to_lowercase();
                    if let Some(value) = line.strip_prefix("content-length: ") {
                        length = value.parse().unwrap();
                    }
                }
                let mut body = vec![0; length];
                reader.read_exact(&mut body).await.unwrap();
                text.push_str(&String::from_utf8(body).unwrap());
                let (status, said) = answer(&text);
                let head = format!(
                    "HTTP/1.1 {status} x\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
                    said.len()
                );
                writer.write_all((head + &said).as_bytes()).await.unwrap();
            });
        }
    });
    url
}

fn from_issuer(issuer_url: String) -> Authentication {
    let credentials = "eyJjbGllbnRfaWQiOiJpZCIsImNsaWVudF9zZWNyZXQiOiJzIn0=";
    Authentication::OAuth2(Arc::new(OAuth2::new(OAuth2Config {
        issuer_url,
        private_key: format!("data:application/json;base64,{credentials}"),
        audience: None,
        scope: None,
        trust_certs: None,
    })))
}

/// An identity provider that answers for its token endpoint like this.
async fn provider(answer: impl Fn() -> (u16, String) + Send + Sync + 'static) -> String {
    web(move |request| {
        if request.starts_with("POST /token ") {
            return answer();
        }
        let host = request.lines().find_map(|line| line.strip_prefix("host: "));
        let endpoint = format!("http://{}/token", host.unwrap());
        (200, format!(r#"{{"token_endpoint":"{endpoint}"}}"#))
    })
    .await
}

/// Gives token-1, token-2, and so on, all of which it says to be good for an hour; and how many it has given.
async fn tokens() -> (Authentication, Arc<AtomicUsize>) {
    let given = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&given);
    let issuer = provider(move || {
        let number = counted.fetch_add(1, Ordering::Relaxed) + 1;
        let token = format!(r#"{{"access_token":"token-{number}","expires_in":3600}}"#);
        (200, token)
    });
    (from_issuer(issuer.await), given)
}

/// The token in a command.
fn shown(command: Option<Command>) -> String {
    let data = match command {
        Some(Command::Connect(connect)) => connect.auth_data,
        Some(Command::AuthResponse(response)) => response.response.and_then(|it| it.auth_data),
        other => panic!("{other:?}"),
    };
    String::from_utf8(data.unwrap().to_vec()).unwrap()
}

async fn next(peer: &mut Peer) -> Option<Command> {
    peer.read().await.and_then(|frame| frame.command)
}

#[tokio::test]
async fn a_broker_that_asks_again_gets_a_new_token() {
    let url = broker(|mut peer, url| async move {
        assert_eq!(shown(next(&mut peer).await), "token-1");
        peer.write(connected()).await;
        let producer_id = peer.serve_until_open(&url).await.unwrap();
        // A silent peer would be given up.
        for _ in 0..11 {
            tokio::time::sleep(OLD / 11).await;
            peer.write(Command::Pong(CommandPong {})).await;
        }
        peer.write(Command::AuthChallenge(CommandAuthChallenge {
            challenge: Some(AuthData {
                auth_method_name: Some("token".to_owned()),
                auth_data: Some("PulsarAuthRefresh".into()),
            }),
            ..CommandAuthChallenge::default()
        }))
        .await;
        if shown(next(&mut peer).await) == "token-2" {
            peer.close_producer(producer_id).await;
        }
    })
    .await;
    let (authentication, given) = tokens().await;
    // Two connections with the same token: the one that asks first gets another for both.
    let open = async || {
        let client = client_with(&url, authentication.clone());
        client.producer("t", ProducerOptions::default()).await
    };
    let (one, other) = tokio::join!(open(), open());
    let (one, other) = (one.unwrap(), other.unwrap());
    for closed in [soon(one.closed()).await, soon(other.closed()).await] {
        let text = closed.to_string();
        assert!(text.contains("closed the producer"), "{text}");
    }
    assert_eq!(given.load(Ordering::Relaxed), 2);
}

#[tokio::test]
async fn a_token_that_is_refused_is_replaced_before_anybody_is_told() {
    let url = broker(|mut peer, url| async move {
        if shown(next(&mut peer).await) == "token-1" {
            peer.write(Command::Error(CommandError {
                request_id: u64::MAX,
                error: ServerError::AuthenticationError as i32,
                message: "expired".to_owned(),
            }))
            .await;
            return;
        }
        peer.write(connected()).await;
        while let Some(command) = next(&mut peer).await {
            if let Command::LookupTopic(request) = command {
                peer.write(lookup(LookupType::Connect, &url, request.request_id))
                    .await;
            }
        }
    })
    .await;
    let (authentication, given) = tokens().await;
    let new = soon(client_with(&url, authentication.clone()).lookup("t")).await;
    assert!(matches!(&new, Err(Error::Authentication(why)) if why == "expired"));
    assert_eq!(
        given.load(Ordering::Relaxed),
        1,
        "a new one is not replaced"
    );
    tokio::time::sleep(OLD).await;
    soon(client_with(&url, authentication).lookup("t"))
        .await
        .unwrap();
    assert_eq!(given.load(Ordering::Relaxed), 2);
}

#[tokio::test]
async fn the_admin_interface_is_asked_again_with_a_new_token() {
    let (authentication, given) = tokens().await;
    let admin = web(|request| match request.contains("Bearer token-1\r\n") {
        true => (401, r#"{"reason":"expired"}"#.to_owned()),
        false => (200, r#"["t"]"#.to_owned()),
    });
    let client = Client::new(ClientConfig {
        admin_urls: vec![admin.await],
        authentication,
        ..ClientConfig::default()
    });
    let client = client.unwrap();
    let new = soon(client.admin().clusters()).await;
    assert!(matches!(&new, Err(Error::Authentication(why)) if why == "expired"));
    tokio::time::sleep(OLD).await;
    assert_eq!(soon(client.admin().clusters()).await.unwrap(), ["t"]);
    assert_eq!(given.load(Ordering::Relaxed), 2);
}

#[tokio::test]
async fn what_an_identity_provider_says_is_told() {
    let cases = [
        (
            502,
            "<h1>Bad\n Gateway</h1>",
            true,
            "502: <h1>Bad Gateway</h1>",
        ),
        (
            400,
            r#"{"error":"invalid_scope","error_description":"unknown"}"#,
            false,
            "400: invalid_scope unknown",
        ),
        (429, "", true, "status 429"),
        (200, "welcome", false, "expected value"),
        (200, "{}", false, "missing field `access_token`"),
    ];
    let broker = broker(|_, _| async {}).await;
    for (status, body, retriable, reason) in cases {
        let issuer = provider(move || (status, body.to_owned())).await;
        let client = client_with(&broker, from_issuer(issuer.clone()));
        let error = soon(client.lookup("t")).await.unwrap_err();
        let text = error.to_string();
        assert!(text.contains(reason), "{text}");
        assert!(text.contains(&format!("{issuer}/token")), "{text}");
        assert_eq!(error.is_retriable(), retriable, "{text}");
        assert_eq!(error.is_denied(), !retriable, "{text}");
    }
}
