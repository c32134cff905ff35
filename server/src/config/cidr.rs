//! Networks written as `address/bits`.

use std::net::IpAddr;

/// A network: an address and how many of its leading bits count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cidr {
    network: u128,
    mask: u128,
    v6: bool,
}

impl Cidr {
    /// Parses `10.0.0.0/8`, `::1/128` or a bare address. `None` if it is neither.
    pub fn parse(text: &str) -> Option<Self> {
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address.parse().ok()?, Some(bits.parse::<u32>().ok()?)),
            None => (text.parse().ok()?, None),
        };
        let (value, width, v6) = bits_of(address);
        let bits = bits.unwrap_or(width);
        (bits <= width).then(|| {
            let mask = leading(bits, width);
            Self {
                network: value & mask,
                mask,
                v6,
            }
        })
    }

    /// Whether `address` lies in the network. A v4 address mapped into v6 counts as v4.
    pub fn contains(&self, address: IpAddr) -> bool {
        let (value, _, v6) = bits_of(address.to_canonical());
        v6 == self.v6 && value & self.mask == self.network
    }
}

fn bits_of(address: IpAddr) -> (u128, u32, bool) {
    match address {
        IpAddr::V4(v4) => (u128::from(u32::from(v4)), 32, false),
        IpAddr::V6(v6) => (u128::from(v6), 128, true),
    }
}

/// `bits` ones followed by zeroes, `width` wide.
fn leading(bits: u32, width: u32) -> u128 {
    let all = u128::MAX >> (128 - width);
    let rest = width - bits;
    if rest == 128 { 0 } else { (all >> rest) << rest }
}

#[cfg(test)]
mod tests {
    use super::Cidr;

    #[test]
    fn contains_what_shares_its_leading_bits() {
        for (network, inside, outside) in [
            ("10.0.0.0/8", "10.255.1.2", "11.0.0.0"),
            ("127.0.0.1", "127.0.0.1", "127.0.0.2"),
            ("2001:db8::/32", "2001:db8:1::1", "2001:db9::"),
            ("0.0.0.0/0", "203.0.113.9", "::1"),
            ("::/0", "::1", "10.0.0.1"),
        ] {
            let cidr = Cidr::parse(network).unwrap();
            assert!(cidr.contains(inside.parse().unwrap()), "{network} holds {inside}");
            assert!(
                !cidr.contains(outside.parse().unwrap()),
                "{network} does not hold {outside}"
            );
        }
    }

    #[test]
    fn a_mapped_v4_address_is_v4() {
        let cidr = Cidr::parse("10.0.0.0/8").unwrap();
        assert!(cidr.contains("::ffff:10.1.1.1".parse().unwrap()));
    }

    #[test]
    fn refuses_what_is_no_network() {
        for text in ["", "10.0.0.0/33", "::/129", "10.0.0/8", "host/8", "10.0.0.0/-1"] {
            assert_eq!(Cidr::parse(text), None, "{text:?}");
        }
    }
}
