//! Reading a row by position.

use crate::StoreError;

/// A row of a result. Columns are counted from 0; a wrong type or an unexpected NULL is [`StoreError::Internal`].
pub trait Columns {
    /// Text, or `None` for NULL.
    fn maybe_text(&self, column: usize) -> Result<Option<&str>, StoreError>;
    /// A number, or `None` for NULL.
    fn maybe_int(&self, column: usize) -> Result<Option<i64>, StoreError>;
    /// A truth value.
    fn bool(&self, column: usize) -> Result<bool, StoreError>;
    /// Bytes, or `None` for NULL.
    fn maybe_blob(&self, column: usize) -> Result<Option<&[u8]>, StoreError>;

    /// Text.
    fn text(&self, column: usize) -> Result<&str, StoreError> {
        self.maybe_text(column)?.ok_or_else(|| null(column))
    }
    /// Text, copied.
    fn string(&self, column: usize) -> Result<String, StoreError> {
        self.text(column).map(str::to_owned)
    }
    /// Text, copied, or `None` for NULL.
    fn maybe_string(&self, column: usize) -> Result<Option<String>, StoreError> {
        Ok(self.maybe_text(column)?.map(str::to_owned))
    }
    /// A number.
    fn int(&self, column: usize) -> Result<i64, StoreError> {
        self.maybe_int(column)?.ok_or_else(|| null(column))
    }
    /// A SHA-256 hash.
    fn hash(&self, column: usize) -> Result<[u8; 32], StoreError> {
        self.maybe_hash(column)?.ok_or_else(|| null(column))
    }
    /// A SHA-256 hash, or `None` for NULL.
    fn maybe_hash(&self, column: usize) -> Result<Option<[u8; 32]>, StoreError> {
        let Some(bytes) = self.maybe_blob(column)? else {
            return Ok(None);
        };
        let wrong = || StoreError::Corrupt(format!("column {column} holds {} bytes, not 32", bytes.len()));
        bytes.try_into().map(Some).map_err(|_| wrong())
    }
}

fn null(column: usize) -> StoreError {
    StoreError::Internal(format!("column {column} is NULL"))
}

/// A type that is made from a row.
pub trait FromRow: Sized + Send {
    /// Reads the row's columns in the order the statement names them.
    fn from_row<C: Columns>(row: &C) -> Result<Self, StoreError>;
}

impl FromRow for i64 {
    fn from_row<C: Columns>(row: &C) -> Result<Self, StoreError> {
        row.int(0)
    }
}

impl FromRow for Option<i64> {
    fn from_row<C: Columns>(row: &C) -> Result<Self, StoreError> {
        row.maybe_int(0)
    }
}

impl FromRow for String {
    fn from_row<C: Columns>(row: &C) -> Result<Self, StoreError> {
        row.string(0)
    }
}

impl FromRow for (String, String) {
    fn from_row<C: Columns>(row: &C) -> Result<Self, StoreError> {
        Ok((row.string(0)?, row.string(1)?))
    }
}

impl FromRow for (String, i64) {
    fn from_row<C: Columns>(row: &C) -> Result<Self, StoreError> {
        Ok((row.string(0)?, row.int(1)?))
    }
}
