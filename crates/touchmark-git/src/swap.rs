//! Moving one ref while a transaction over others is prepared.

use std::io::Write as _;

use gix::lock::acquire::Fail;

use crate::repository::{Repository, reason};
use crate::transaction::{REF_LOCK_WAIT, RefEdit, TransactError, lock_error};

impl Repository {
    /// Makes one edit by itself, which may not be a deletion; its ref gets no reflog entry.
    ///
    /// Unlike a transaction it needs no lock but the ref's, and so it can happen while a [`Prepared`](crate::Prepared)
    /// one holds that of `packed-refs`, as `gix` 0.90 does for every transaction.
    ///
    /// # Errors
    ///
    /// [`TransactError`]; the ref has not moved then.
    pub fn swap(&self, edit: &RefEdit) -> Result<(), TransactError> {
        let edits = std::slice::from_ref(edit);
        self.check_edits(edits)?;
        let failed = |reason: String| TransactError::Prepare { reason };
        let Some(new) = edit.new else {
            return Err(failed(format!("{} cannot be deleted like this", edit.name)));
        };
        self.check_values(edits)?;
        self.check_nesting(edits)?;
        let mut file = gix::lock::File::acquire_to_update_resource(
            self.common_dir().join(&edit.name),
            Fail::AfterDurationWithBackoff(REF_LOCK_WAIT),
            Some(self.common_dir().join("refs")),
            // As git makes files that are not shared.
            0,
        )
        .map_err(|err| lock_error(&err, format!("{}: {}", edit.name, reason(&err))))?;
        self.check_values(edits)?;
        if edit.is_verify() {
            return Ok(());
        }
        file.write_all(format!("{new}\n").as_bytes())
            .map_err(|err| failed(format!("{}: {err}", edit.name)))?;
        file.commit()
            .map(|_| ())
            .map_err(|err| failed(format!("{}: {}", edit.name, err.error)))
    }
}
