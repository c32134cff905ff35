//! Content hashes for names: FNV-1a of 128 bits, folded to 16 hex digits. They tell contents apart; they guard nothing.

const OFFSET: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;

/// A hash in the making.
pub(crate) struct Digest(u128);

impl Digest {
    pub(crate) fn new() -> Self {
        Digest(OFFSET)
    }

    /// One part. Its length counts too, so that two parts never read as one.
    pub(crate) fn part(&mut self, bytes: &[u8]) {
        self.bytes(&bytes.len().to_le_bytes());
        self.bytes(bytes);
    }

    /// 16 hex digits.
    pub(crate) fn finish(self) -> String {
        let folded = (self.0 >> 64) ^ (self.0 & u128::from(u64::MAX));
        format!("{folded:016x}")
    }

    fn bytes(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u128::from(*byte)).wrapping_mul(PRIME);
        }
    }
}

/// The hash of one file's contents.
pub(crate) fn of(bytes: &[u8]) -> String {
    let mut digest = Digest::new();
    digest.part(bytes);
    digest.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The published vectors of FNV-1a 128 (draft-eastlake-fnv, appendix C).
    #[test]
    fn is_fnv_1a() {
        let plain = |text: &str| {
            let mut digest = Digest::new();
            digest.bytes(text.as_bytes());
            digest.0
        };
        assert_eq!(plain(""), 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d);
        assert_eq!(plain("a"), 0xd228_cb69_6f1a_8caf_7891_2b70_4e4a_8964);
        assert_eq!(plain("foobar"), 0x343e_1662_793c_64bf_6f0d_3597_ba44_6f18);
    }

    #[test]
    fn parts_do_not_run_together() {
        let of_two = |left: &str, right: &str| {
            let mut digest = Digest::new();
            digest.part(left.as_bytes());
            digest.part(right.as_bytes());
            digest.finish()
        };
        assert_ne!(of_two("ab", "c"), of_two("a", "bc"));
        assert_eq!(of_two("ab", "c"), of_two("ab", "c"));
    }

    #[test]
    fn sixteen_digits_always() {
        for number in 0..200_u32 {
            assert_eq!(of(&number.to_le_bytes()).len(), 16);
        }
    }
}
