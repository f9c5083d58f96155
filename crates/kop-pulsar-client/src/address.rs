//! Service and admin URLs.

use std::fmt;

use crate::error::Error;

/// Where something listens.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Address {
    pub(crate) tls: bool,
    /// A name or an IP address; without brackets.
    pub(crate) host: String,
    pub(crate) port: u16,
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.contains(':') {
            write!(f, "[{}]:{}", self.host, self.port)
        } else {
            write!(f, "{}:{}", self.host, self.port)
        }
    }
}

/// A scheme, whether it means TLS, and its default port.
type Scheme = (&'static str, bool, u16);

const SERVICE: [Scheme; 2] = [("pulsar://", false, 6650), ("pulsar+ssl://", true, 6651)];
const WEB: [Scheme; 2] = [("http://", false, 80), ("https://", true, 443)];

/// The addresses of `pulsar://host:port,host:port`.
pub(crate) fn service(url: &str) -> Result<Vec<Address>, Error> {
    parse(url, SERVICE)
}

/// The addresses of `http://host:port,host:port`; a path is not allowed, except for a closing slash.
pub(crate) fn web(url: &str) -> Result<Vec<Address>, Error> {
    parse(url, WEB)
}

fn parse(url: &str, schemes: [Scheme; 2]) -> Result<Vec<Address>, Error> {
    let wrong = |reason: String| Error::config(format!("URL {url:?}"), reason);
    let trimmed = url.trim();
    let Some((tls, default_port, hosts)) = schemes
        .iter()
        .find_map(|(scheme, tls, port)| Some((*tls, *port, trimmed.strip_prefix(scheme)?)))
    else {
        let [(one, ..), (other, ..)] = schemes;
        return Err(wrong(format!(
            "it begins neither with {one} nor with {other}"
        )));
    };
    let hosts = hosts.trim_end_matches('/');
    hosts
        .split(',')
        .map(|text| {
            let (host, port) = host_and_port(text.trim(), default_port)
                .ok_or_else(|| wrong(format!("{text:?} is not host:port")))?;
            Ok(Address {
                tls,
                host: host.to_owned(),
                port,
            })
        })
        .collect()
}

fn host_and_port(text: &str, default_port: u16) -> Option<(&str, u16)> {
    let (host, port) = match text.strip_prefix('[') {
        Some(rest) => {
            let (host, rest) = rest.split_once(']')?;
            (
                host,
                rest.strip_prefix(':').or(rest.is_empty().then_some(""))?,
            )
        }
        None => text.split_once(':').unwrap_or((text, "")),
    };
    let port = if port.is_empty() {
        default_port
    } else {
        port.parse().ok()?
    };
    let sound = !host.is_empty() && !host.contains(['/', '@', '?', '#', ' ']);
    sound.then_some((host, port))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_name_hosts_and_ports() {
        let shown = |url: &str| -> Vec<String> {
            let all = service(url).unwrap();
            all.iter().map(|a| format!("{} {a}", a.tls)).collect()
        };
        assert_eq!(shown("pulsar://a:1,b"), ["false a:1", "false b:6650"]);
        assert_eq!(shown("pulsar+ssl://a/"), ["true a:6651"]);
        assert_eq!(
            shown("pulsar://[::1]:7, [fe80::1]"),
            ["false [::1]:7", "false [fe80::1]:6650"]
        );
        assert_eq!(web("https://h").unwrap()[0].port, 443);
    }

    #[test]
    fn other_urls_are_refused() {
        for url in [
            "",
            "pulsar:/a",
            "http://a:1",
            "pulsar://",
            "pulsar://a:x",
            "pulsar://a:70000",
            "pulsar://[::1",
            "pulsar://u@h",
        ] {
            assert!(matches!(service(url), Err(Error::Config { .. })), "{url}");
        }
        assert!(web("http://h/admin").is_err());
    }
}
