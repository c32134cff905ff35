//! Who asks, when a proxy may stand between (threats T91).

use std::net::IpAddr;

use http::HeaderMap;

use crate::config::Cidr;

/// The peer itself, unless it is a trusted proxy: then the right-most address of X-Forwarded-For that is none. What
/// stands left of it was written by the client and is not believed.
pub(super) fn client_address(peer: IpAddr, headers: &HeaderMap, trusted: &[Cidr]) -> IpAddr {
    let is_proxy = |address: IpAddr| trusted.iter().any(|network| network.contains(address));
    let mut client = peer.to_canonical();
    if trusted.is_empty() {
        return client;
    }
    let values: Vec<&str> = headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .collect();
    for hop in values.iter().rev().flat_map(|value| value.rsplit(',')) {
        if !is_proxy(client) {
            break;
        }
        match hop.trim().parse::<IpAddr>() {
            Ok(address) => client = address.to_canonical(),
            Err(_) => break,
        }
    }
    client
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(peer: &str, forwarded: &[&str], trusted: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append("x-forwarded-for", value.parse().unwrap());
        }
        let trusted: Vec<Cidr> = trusted.iter().map(|text| Cidr::parse(text).unwrap()).collect();
        client_address(peer.parse().unwrap(), &headers, &trusted).to_string()
    }

    #[test]
    fn nobody_is_believed_by_default() {
        assert_eq!(seen("127.0.0.1", &["203.0.113.9"], &[]), "127.0.0.1");
    }

    #[test]
    fn a_trusted_proxy_names_the_right_most_stranger() {
        let trusted = &["127.0.0.1", "10.0.0.0/8"];
        assert_eq!(seen("127.0.0.1", &["203.0.113.9"], trusted), "203.0.113.9");
        assert_eq!(
            seen("127.0.0.1", &["1.1.1.1, 203.0.113.9, 10.0.0.2"], trusted),
            "203.0.113.9"
        );
        assert_eq!(
            seen("127.0.0.1", &["1.1.1.1", "203.0.113.9", "10.0.0.2"], trusted),
            "203.0.113.9"
        );
        assert_eq!(
            seen("198.51.100.7", &["203.0.113.9"], trusted),
            "198.51.100.7",
            "no proxy of ours"
        );
        assert_eq!(seen("127.0.0.1", &["nonsense"], trusted), "127.0.0.1");
        assert_eq!(seen("::ffff:127.0.0.1", &["203.0.113.9"], trusted), "203.0.113.9");
    }
}
