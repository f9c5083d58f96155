//! Where the server listens, and which address each listener tells its clients.

use std::fmt;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;
use std::sync::Arc;

use kop_service::ListenerInfo;
use kop_service::settings::{Key, List, Settings, keys};
use socket2::{Domain, Protocol, Socket, Type};
use tokio::net::TcpListener;

/// A listener as it is written: `NAME://host:port`, or `host:port` for the name `PLAINTEXT`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Endpoint {
    /// Upper-case, as Kafka compares names.
    name: String,
    /// Without the brackets of an IPv6 address; empty for every address.
    host: String,
    port: u16,
}

/// A fault in the listeners.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ListenerError {
    /// A listener that cannot be understood.
    #[error("listener {listener:?}: {reason}; a listener is written NAME://host:port")]
    Invalid {
        /// As it was written.
        listener: String,
        /// What is wrong.
        reason: &'static str,
    },
    /// A security protocol that is not served.
    #[error(
        "listener {name} has protocol {protocol}, which does not work yet: only PLAINTEXT does"
    )]
    NotYet {
        /// The listener's name.
        name: String,
        /// Its protocol.
        protocol: String,
    },
    /// A listener name that is no protocol, and has none.
    #[error(
        "listener {name} has no security protocol: add {name}:PLAINTEXT to listener.security.protocol.map"
    )]
    NoProtocol {
        /// The listener's name.
        name: String,
    },
    /// An advertised listener that does not exist.
    #[error("advertised.listeners has {name}, but listeners has not")]
    NotListening {
        /// The listener's name.
        name: String,
    },
    /// No listener at all.
    #[error("listeners is empty: nobody could connect")]
    None,
    /// The address cannot be listened on.
    #[error("cannot listen on {endpoint}: {source}")]
    Bind {
        /// The listener.
        endpoint: String,
        /// Why.
        source: io::Error,
    },
}

/// A listener that accepts connections.
#[derive(Debug)]
pub(crate) struct Listener {
    pub(crate) socket: TcpListener,
    pub(crate) address: SocketAddr,
    pub(crate) name: String,
    advertised: Advertised,
}

#[derive(Debug)]
enum Advertised {
    /// Always the same.
    Fixed(Arc<ListenerInfo>),
    /// The address that the client itself used: a listener on every address, for which nothing else was said.
    AsReached,
}

impl Listener {
    /// What a client is told that reached the server at `local`.
    pub(crate) fn info(&self, local: SocketAddr) -> Arc<ListenerInfo> {
        match &self.advertised {
            Advertised::Fixed(info) => Arc::clone(info),
            Advertised::AsReached => info(
                &self.name,
                &local.ip().to_canonical().to_string(),
                local.port(),
            ),
        }
    }
}

/// Checks the listeners of the settings and binds them.
pub(crate) async fn bind(settings: &Settings) -> Result<Vec<Listener>, ListenerError> {
    let plan = Plan::new(settings)?;
    let mut listeners = Vec::new();
    for endpoint in &plan.listeners {
        let failed = |source| ListenerError::Bind {
            endpoint: endpoint.to_string(),
            source,
        };
        for address in resolve(endpoint).await.map_err(failed)? {
            let socket = listen(address, settings).map_err(failed)?;
            let address = socket.local_addr().map_err(failed)?;
            let advertised = plan.advertised(endpoint, address);
            listeners.push(Listener {
                socket,
                address,
                name: endpoint.name.clone(),
                advertised,
            });
        }
    }
    Ok(listeners)
}

/// The listeners that the settings ask for.
struct Plan {
    listeners: Vec<Endpoint>,
    advertised: Vec<Endpoint>,
}

impl Plan {
    fn new(settings: &Settings) -> Result<Self, ListenerError> {
        let parse = |key: Key<List>| {
            settings
                .get(key)
                .iter()
                .map(Endpoint::from_str)
                .collect::<Result<Vec<_>, _>>()
        };
        let (listeners, advertised) = (parse(keys::LISTENERS)?, parse(keys::ADVERTISED_LISTENERS)?);
        if listeners.is_empty() {
            return Err(ListenerError::None);
        }
        let map = settings.get(keys::LISTENER_SECURITY_PROTOCOL_MAP);
        for Endpoint { name, .. } in &listeners {
            let pair = map.iter().filter_map(|pair| pair.split_once(':'));
            let mapped = pair
                .into_iter()
                .find(|(mapped, _)| mapped.trim().eq_ignore_ascii_case(name));
            check_protocol(name, mapped.map(|(_, protocol)| protocol.trim()))?;
        }
        for (at, told) in advertised.iter().enumerate() {
            check_advertised(told, &listeners, &advertised[..at])?;
        }
        Ok(Self {
            listeners,
            advertised,
        })
    }

    fn advertised(&self, endpoint: &Endpoint, bound: SocketAddr) -> Advertised {
        if let Some(told) = self
            .advertised
            .iter()
            .find(|told| told.name == endpoint.name)
        {
            let port = if told.port == 0 {
                bound.port()
            } else {
                told.port
            };
            return Advertised::Fixed(info(&told.name, &told.host, port));
        }
        if bound.ip().is_unspecified() {
            return Advertised::AsReached;
        }
        Advertised::Fixed(info(&endpoint.name, &endpoint.host, bound.port()))
    }
}

fn check_advertised(
    told: &Endpoint,
    listeners: &[Endpoint],
    before: &[Endpoint],
) -> Result<(), ListenerError> {
    let name = &told.name;
    let invalid = |reason| ListenerError::Invalid {
        listener: told.to_string(),
        reason,
    };
    if !listeners.iter().any(|listener| listener.name == *name) {
        return Err(ListenerError::NotListening { name: name.clone() });
    }
    if before.iter().any(|other| other.name == *name) {
        return Err(invalid("advertised.listeners has its name twice"));
    }
    let every = |host: &str| host.parse::<IpAddr>().is_ok_and(|ip| ip.is_unspecified());
    if told.host.is_empty() || every(&told.host) {
        return Err(invalid("clients cannot connect to \"every address\""));
    }
    Ok(())
}

fn check_protocol(name: &str, mapped: Option<&str>) -> Result<(), ListenerError> {
    let protocol = mapped.unwrap_or(name).to_ascii_uppercase();
    match protocol.as_str() {
        "PLAINTEXT" => Ok(()),
        "SSL" | "SASL_PLAINTEXT" | "SASL_SSL" => Err(ListenerError::NotYet {
            name: name.to_owned(),
            protocol,
        }),
        _ if mapped.is_none() => Err(ListenerError::NoProtocol {
            name: name.to_owned(),
        }),
        _ => Err(ListenerError::Invalid {
            listener: format!("{name}:{protocol}"),
            reason: "it has a security protocol that does not exist",
        }),
    }
}

fn info(name: &str, host: &str, port: u16) -> Arc<ListenerInfo> {
    Arc::new(ListenerInfo {
        name: name.into(),
        host: host.into(),
        port,
    })
}

/// All addresses of a host name, so that `localhost` is both 127.0.0.1 and ::1. With port 0 they would get different
/// ports, so only the first counts.
async fn resolve(endpoint: &Endpoint) -> io::Result<Vec<SocketAddr>> {
    let host = if endpoint.host.is_empty() {
        "::"
    } else {
        &endpoint.host
    };
    let mut addresses: Vec<_> = tokio::net::lookup_host((host, endpoint.port))
        .await?
        .collect();
    addresses.dedup();
    if endpoint.port == 0 {
        addresses.truncate(1);
    }
    Ok(addresses)
}

fn listen(address: SocketAddr, settings: &Settings) -> io::Result<TcpListener> {
    let socket = Socket::new(
        Domain::for_address(address),
        Type::STREAM,
        Some(Protocol::TCP),
    )?;
    if let IpAddr::V6(ip) = address.ip() {
        // `::` takes IPv4 clients too.
        socket.set_only_v6(!ip.is_unspecified())?;
    }
    socket.set_reuse_address(true)?;
    socket.set_nonblocking(true)?;
    // Connections inherit the buffers of their listener.
    for (key, set) in [
        (
            keys::SOCKET_SEND_BUFFER_BYTES,
            Socket::set_send_buffer_size as fn(&Socket, usize) -> io::Result<()>,
        ),
        (
            keys::SOCKET_RECEIVE_BUFFER_BYTES,
            Socket::set_recv_buffer_size,
        ),
    ] {
        if let Ok(bytes) = usize::try_from(settings.get(key)) {
            set(&socket, bytes)?;
        }
    }
    socket.bind(&address.into())?;
    socket.listen(settings.get(keys::SOCKET_LISTEN_BACKLOG_SIZE))?;
    TcpListener::from_std(socket.into())
}

impl FromStr for Endpoint {
    type Err = ListenerError;

    fn from_str(text: &str) -> Result<Self, ListenerError> {
        let invalid = |reason| ListenerError::Invalid {
            listener: text.to_owned(),
            reason,
        };
        let (name, address) = text
            .trim()
            .split_once("://")
            .unwrap_or(("PLAINTEXT", text.trim()));
        if name.is_empty()
            || !name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte))
        {
            return Err(invalid(
                "its name is not made of letters, digits, '_', '-' and '.'",
            ));
        }
        let (host, port) = address
            .rsplit_once(':')
            .ok_or_else(|| invalid("it has no port"))?;
        let port = port
            .parse()
            .map_err(|_| invalid("its port is not a number up to 65535"))?;
        let host = match host.strip_prefix('[') {
            Some(inner) => inner
                .strip_suffix(']')
                .ok_or_else(|| invalid("a bracket is not closed"))?,
            None if host.contains(':') => {
                return Err(invalid("an IPv6 address needs brackets, as in [::1]:9092"));
            }
            None => host,
        };
        Ok(Self {
            name: name.to_ascii_uppercase(),
            host: host.to_owned(),
            port,
        })
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, host, port } = self;
        if host.contains(':') {
            write!(f, "{name}://[{host}]:{port}")
        } else {
            write!(f, "{name}://{host}:{port}")
        }
    }
}

#[cfg(test)]
mod tests {
    use kop_service::settings::Source;

    use super::*;

    fn settings(given: &[(&str, &str)]) -> Settings {
        Settings::parse(given.iter().map(|(key, value)| (Source::Flag, key, value))).unwrap()
    }

    fn fault(given: &[(&str, &str)]) -> String {
        Plan::new(&settings(given)).err().unwrap().to_string()
    }

    #[test]
    fn endpoints_are_read_as_kafka_writes_them() {
        for (text, name, host, port) in [
            ("PLAINTEXT://127.0.0.1:9092", "PLAINTEXT", "127.0.0.1", 9092),
            (
                "internal://kafka.example.org:1",
                "INTERNAL",
                "kafka.example.org",
                1,
            ),
            ("[::1]:9092", "PLAINTEXT", "::1", 9092),
            ("A-b_c.1://:0", "A-B_C.1", "", 0),
        ] {
            let endpoint = text.parse::<Endpoint>().unwrap();
            assert_eq!(
                (&*endpoint.name, &*endpoint.host, endpoint.port),
                (name, host, port)
            );
            assert_eq!(endpoint.to_string().parse::<Endpoint>().unwrap(), endpoint);
        }
        for text in [
            "",
            "localhost",
            "a:b",
            "a:65536",
            "a:-1",
            "://a:1",
            "a b://c:1",
            "::1:9092",
            "[::1:9092",
        ] {
            assert!(text.parse::<Endpoint>().is_err(), "{text}");
        }
    }

    #[test]
    fn only_plaintext_is_served_and_the_rest_is_named() {
        assert!(fault(&[("listeners", "SSL://a:1")]).contains("does not work yet"));
        assert!(fault(&[("listeners", "OUT://a:1")]).contains("add OUT:PLAINTEXT"));
        let mapped = ("kafkaProtocolMap", "in:PLAINTEXT, out:SASL_SSL");
        assert!(fault(&[("listeners", "IN://a:1,OUT://a:2"), mapped]).contains("SASL_SSL"));
        assert!(
            fault(&[("listeners", "IN://a:1"), ("kafkaProtocolMap", "in:PLAIN")])
                .contains("does not exist")
        );
        assert!(fault(&[("listeners", "")]).contains("empty"));
        assert!(fault(&[("advertised.listeners", "OUT://a:1")]).contains("OUT"));
        for everywhere in ["0.0.0.0:1", "[::]:1", ":1"] {
            assert!(fault(&[("advertised.listeners", everywhere)]).contains("every address"));
        }
        assert!(fault(&[("advertised.listeners", "a:1,b:1")]).contains("twice"));
        assert!(Plan::new(&settings(&[("listeners", "IN://a:1"), mapped])).is_ok());
    }

    #[tokio::test]
    async fn each_listener_tells_its_own_address() {
        let settings = settings(&[
            (
                "listeners",
                "IN://127.0.0.1:0,OUT://127.0.0.1:0,ALL://0.0.0.0:0",
            ),
            (
                "listener.security.protocol.map",
                "IN:PLAINTEXT,OUT:PLAINTEXT,ALL:PLAINTEXT",
            ),
            ("advertised.listeners", "OUT://kafka.example.org:1234"),
        ]);
        let bound = bind(&settings).await.unwrap();
        let local = "10.1.2.3:77".parse().unwrap();
        let told: Vec<_> = bound.iter().map(|listener| listener.info(local)).collect();
        assert_eq!(
            (&*told[0].host, told[0].port),
            ("127.0.0.1", bound[0].address.port())
        );
        assert_eq!((&*told[1].host, told[1].port), ("kafka.example.org", 1234));
        assert_eq!((&*told[2].host, told[2].port), ("10.1.2.3", 77));
        assert!(bound.iter().all(|listener| listener.address.port() != 0));
    }
}
