//! The key file: 256 random bits that sign, and later encrypt, what must not be forged or read.
//!
//! It holds one line, `<key id>:<32 bytes in base64>`. The id is taken from the key's own digest, so a database can
//! note which key it was written with and a wrong file is noticed. Lines that begin with `#` are comments.

use std::{
    io::{self, Write},
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
};

use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey},
    hmac,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use secrecy::{ExposeSecret, SecretString};

use crate::{
    clock::{NoRandomness, Randomness},
    config::KeyFile,
    secrets::sha256,
};

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// A file the operator named is not there.
    #[error("the key file {} does not exist: put the deployment's key there, or leave key_file empty to have one made in the data folder", .0.display())]
    Missing(PathBuf),
    /// The file cannot be read or made.
    #[error("cannot {act} the key file {}: {cause}", path.display())]
    Io {
        /// `read` or `make`.
        act: &'static str,
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        cause: io::Error,
    },
    /// The file holds no key.
    #[error("{} holds no key: a line `<key id>:<32 bytes in base64>` is expected", .0.display())]
    NoKey(PathBuf),
    /// Key id and key do not belong together: the file was damaged or edited.
    #[error("the key in {} does not belong to its id: restore the file from your copy", .0.display())]
    Damaged(PathBuf),
    /// The operating system gave no random bytes.
    #[error(transparent)]
    Randomness(#[from] NoRandomness),
}

/// Where a sealed secret lies. One that is moved elsewhere does not open (threats T51).
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// The table.
    pub table: &'a str,
    /// The column.
    pub column: &'a str,
    /// The row's id.
    pub row: &'a str,
}

/// A column of secrets; each row's id makes a [`Place`] of it.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    /// The table.
    pub table: &'static str,
    /// The column.
    pub column: &'static str,
}

impl Column {
    /// The place of one row.
    pub fn at<'a>(&self, row: &'a str) -> Place<'a> {
        Place {
            table: self.table,
            column: self.column,
            row,
        }
    }
}

impl Place<'_> {
    /// Associated data: the parts with their lengths, so that two places never read the same.
    fn bound_to(&self, key_id: &str) -> Vec<u8> {
        let mut bytes = Vec::new();
        for part in [self.table, self.column, self.row, key_id] {
            bytes.extend_from_slice(&(part.len() as u64).to_be_bytes());
            bytes.extend_from_slice(part.as_bytes());
        }
        bytes
    }
}

/// A secret could not be sealed.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// The operating system gave no random bytes.
    #[error(transparent)]
    Randomness(#[from] NoRandomness),
    /// The cipher refused.
    #[error("the secret could not be encrypted")]
    Cipher,
}

/// A sealed secret does not open: another key, another place, or damage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "the secret cannot be decrypted: it was sealed with another key or for another place, or it is damaged"
)]
pub struct Unreadable;

/// Bytes of a GCM nonce.
const NONCE: usize = 12;

/// The deployment's key, ready for use.
pub struct Key {
    id: String,
    signing: hmac::Key,
    sealing: LessSafeKey,
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Key")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

impl Key {
    #[expect(clippy::expect_used, reason = "32 bytes are a key of AES-256, always")]
    fn new(bytes: &[u8; 32]) -> Self {
        let signing = hmac::Key::new(hmac::HMAC_SHA256, bytes);
        // A key of its own, so that what signs never encrypts.
        let sealing = hmac::sign(&signing, b"seal\0AES-256-GCM");
        let sealing = UnboundKey::new(&AES_256_GCM, sealing.as_ref()).expect("32 bytes");
        Self {
            id: key_id(bytes),
            signing,
            sealing: LessSafeKey::new(sealing),
        }
    }

    /// Which key this is: `key_` and eight hex digits of its digest.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// HMAC-SHA-256 of `message` for one `purpose`; two purposes never share a signature.
    pub fn sign(&self, purpose: &str, message: &[u8]) -> [u8; 32] {
        let mut context = self.context(purpose);
        context.update(message);
        let mut out = [0; 32];
        out.copy_from_slice(context.sign().as_ref());
        out
    }

    /// Whether `signature` is what [`Key::sign`] gives, compared in constant time.
    pub fn verify(&self, purpose: &str, message: &[u8], signature: &[u8]) -> bool {
        aws_lc_rs::constant_time::verify_slices_are_equal(&self.sign(purpose, message), signature).is_ok()
    }

    /// Encrypts a secret for the place it will lie in: key id ‖ nonce ‖ AES-256-GCM.
    ///
    /// # Errors
    /// See [`SealError`].
    pub fn seal(
        &self,
        place: Place<'_>,
        secret: &SecretString,
        randomness: &Randomness,
    ) -> Result<Vec<u8>, SealError> {
        let nonce: [u8; NONCE] = randomness.bytes()?;
        let mut text = secret.expose_secret().as_bytes().to_vec();
        let bound = Aad::from(place.bound_to(&self.id));
        self.sealing
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), bound, &mut text)
            .map_err(|_| SealError::Cipher)?;
        Ok([self.id.as_bytes(), &nonce, &text].concat())
    }

    /// Decrypts what [`Key::seal`] made for this place.
    ///
    /// # Errors
    /// [`Unreadable`].
    pub fn open(&self, place: Place<'_>, sealed: &[u8]) -> Result<SecretString, Unreadable> {
        let rest = sealed.strip_prefix(self.id.as_bytes()).ok_or(Unreadable)?;
        let (nonce, text) = rest.split_at_checked(NONCE).ok_or(Unreadable)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| Unreadable)?;
        let (mut text, bound) = (text.to_vec(), Aad::from(place.bound_to(&self.id)));
        let opened = self
            .sealing
            .open_in_place(nonce, bound, &mut text)
            .map_err(|_| Unreadable)?;
        let opened = std::str::from_utf8(opened).map_err(|_| Unreadable)?;
        Ok(opened.to_owned().into())
    }

    fn context(&self, purpose: &str) -> hmac::Context {
        let mut context = hmac::Context::with_key(&self.signing);
        context.update(purpose.as_bytes());
        context.update(&[0]);
        context
    }
}

/// Reads the key; makes it first if it is ours to make and not there yet.
///
/// # Errors
/// See [`KeyError`].
pub fn load_or_make(file: &KeyFile, randomness: &Randomness) -> Result<Key, KeyError> {
    match (file, file.path().exists()) {
        (_, true) => load(file.path()),
        (KeyFile::Named(path), false) => Err(KeyError::Missing(path.clone())),
        (KeyFile::Own(path), false) => make(path, randomness),
    }
}

/// Reads the key.
///
/// # Errors
/// See [`KeyError`].
pub fn load(path: &Path) -> Result<Key, KeyError> {
    let text = std::fs::read_to_string(path).map_err(|cause| KeyError::Io {
        act: "read",
        path: path.into(),
        cause,
    })?;
    let line = text
        .lines()
        .map(str::trim)
        .find(|line| !line.is_empty() && !line.starts_with('#'));
    let no_key = || KeyError::NoKey(path.into());
    let (id, key) = line.and_then(|line| line.split_once(':')).ok_or_else(no_key)?;
    let bytes: [u8; 32] = STANDARD
        .decode(key.trim())
        .ok()
        .and_then(|bytes| bytes.try_into().ok())
        .ok_or_else(no_key)?;
    if key_id(&bytes) != id.trim() {
        return Err(KeyError::Damaged(path.into()));
    }
    Ok(Key::new(&bytes))
}

/// Who but the owner may touch the file, as permission bits; 0 is right.
///
/// # Errors
/// When the file cannot be looked at.
pub fn open_to_others(path: &Path) -> io::Result<u32> {
    Ok(std::fs::metadata(path)?.permissions().mode() & 0o077)
}

fn make(path: &Path, randomness: &Randomness) -> Result<Key, KeyError> {
    let bytes = randomness.bytes::<32>()?;
    let text = format!(
        "# Rollcall's key. Keep a copy apart from the database's backups.\n{}:{}\n",
        key_id(&bytes),
        STANDARD.encode(bytes)
    );
    match write_new(path, &text) {
        Ok(()) => Ok(Key::new(&bytes)),
        // Another process starting at the same moment was faster: its key counts.
        Err(cause) if cause.kind() == io::ErrorKind::AlreadyExists => load(path),
        Err(cause) => Err(KeyError::Io {
            act: "make",
            path: path.into(),
            cause,
        }),
    }
}

/// Writes the whole file beside its place and links it there, so nobody ever reads half a key; both are synced.
fn write_new(path: &Path, text: &str) -> io::Result<()> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)?;
    let draft = path.with_extension(format!("{}.tmp", std::process::id()));
    let outcome = (|| {
        let mut file = std::fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&draft)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        std::fs::hard_link(&draft, path)?;
        std::fs::File::open(folder)?.sync_all()
    })();
    let removed = std::fs::remove_file(&draft);
    outcome.and(removed)
}

fn key_id(bytes: &[u8; 32]) -> String {
    let digest = sha256(bytes);
    format!(
        "key_{:08x}",
        u32::from_be_bytes([digest[0], digest[1], digest[2], digest[3]])
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own(folder: &tempfile::TempDir) -> KeyFile {
        KeyFile::Own(folder.path().join("data/rollcall.key"))
    }

    #[test]
    fn the_first_start_makes_a_key_only_the_owner_can_read() {
        let folder = tempfile::tempdir().unwrap();
        let file = own(&folder);
        let made = load_or_make(&file, &Randomness::System).unwrap();
        assert_eq!(open_to_others(file.path()).unwrap(), 0);
        let again = load_or_make(&file, &Randomness::System).unwrap();
        assert_eq!(made.id(), again.id());
        assert_eq!(made.sign("p", b"m"), again.sign("p", b"m"));
        assert_eq!(
            std::fs::read_dir(folder.path().join("data")).unwrap().count(),
            1,
            "no draft is left"
        );
    }

    #[test]
    fn a_key_the_operator_named_is_never_made() {
        let path = tempfile::tempdir().unwrap().path().join("k");
        let error = load_or_make(&KeyFile::Named(path.clone()), &Randomness::System).unwrap_err();
        assert!(matches!(error, KeyError::Missing(_)));
        assert!(!path.exists());
    }

    #[test]
    fn damage_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let file = own(&folder);
        load_or_make(&file, &Randomness::seeded(1)).unwrap();
        let text = std::fs::read_to_string(file.path()).unwrap();
        let (first, rest) = text.split_at(text.len() - 20);
        let changed = format!(
            "{first}{}",
            rest.replacen(|c: char| c.is_ascii_lowercase(), "A", 1)
        );
        std::fs::write(file.path(), changed).unwrap();
        assert!(matches!(load(file.path()), Err(KeyError::Damaged(_))));
        std::fs::write(file.path(), "# nothing\n").unwrap();
        assert!(matches!(load(file.path()), Err(KeyError::NoKey(_))));
    }

    #[test]
    fn a_signature_belongs_to_key_purpose_and_message() {
        let (key, other) = (Key::new(&[1; 32]), Key::new(&[2; 32]));
        let signature = key.sign("cursor", b"42");
        assert!(key.verify("cursor", b"42", &signature));
        assert!(!key.verify("cursor", b"43", &signature));
        assert!(!key.verify("curso", b"r42", &signature));
        assert!(!other.verify("cursor", b"42", &signature));
        assert!(!key.verify("cursor", b"42", &signature[..31]));
    }

    #[test]
    fn a_sealed_secret_opens_with_its_key_in_its_place_only() {
        let (key, other) = (Key::new(&[1; 32]), Key::new(&[2; 32]));
        let place = |row| Place {
            table: "apps",
            column: "client_secret",
            row,
        };
        let secret = "correct horse".to_owned().into();
        let sealed = key.seal(place("app_1"), &secret, &Randomness::seeded(1)).unwrap();
        assert!(!sealed.windows(7).any(|part| part == b"correct"));
        assert_eq!(
            key.open(place("app_1"), &sealed).unwrap().expose_secret(),
            "correct horse"
        );
        let again = key.seal(place("app_1"), &secret, &Randomness::seeded(2)).unwrap();
        assert_ne!(sealed, again, "a nonce of its own each time");
        assert!(key.open(place("app_2"), &sealed).is_err(), "another row");
        assert!(other.open(place("app_1"), &sealed).is_err(), "another key");
        for at in 0..sealed.len() {
            let mut damaged = sealed.clone();
            damaged[at] ^= 1;
            assert!(key.open(place("app_1"), &damaged).is_err(), "byte {at}");
        }
        assert!(key.open(place("app_1"), &sealed[..20]).is_err());
        assert!(key.open(place("app_1"), b"").is_err());
    }

    #[test]
    fn a_key_is_not_printed_by_debug() {
        assert_eq!(
            format!("{:?}", Key::new(&[1; 32])),
            "Key { id: \"key_72cd6e84\", .. }"
        );
    }
}
