//! Buffers and codec contexts that each thread keeps for its next batch.
//!
//! A codec's context is tens to hundreds of kilobytes to set up, which costs more than compressing a small batch.

use std::cell::RefCell;
use std::ops::{Deref, DerefMut};
use std::thread::LocalKey;

/// Buffers larger than this are given back to the allocator instead of being kept.
pub(crate) const MAX_KEPT_BUFFER: usize = 1024 * 1024;
/// At most this many of each kind stay with a thread.
const MAX_KEPT: usize = 3;

/// The values that one thread keeps.
pub(crate) type Shelf<T> = RefCell<Vec<T>>;

/// Something that a thread keeps between uses.
pub(crate) trait Pooled: Sized + 'static {
    /// Where this thread keeps its values.
    fn shelf() -> &'static LocalKey<Shelf<Self>>;
    /// A new value, when none is kept.
    fn create() -> Self;
    /// Makes the value ready for its next user, or says that it is not worth keeping.
    fn recycle(&mut self) -> bool;
}

/// A borrowed value, returned to the thread that drops it.
pub(crate) struct Lease<T: Pooled>(Option<T>);

impl<T: Pooled> Lease<T> {
    pub(crate) fn take() -> Self {
        let kept = T::shelf()
            .try_with(|shelf| shelf.borrow_mut().pop())
            .ok()
            .flatten();
        Self(Some(kept.unwrap_or_else(T::create)))
    }

    /// A value that the thread did not keep, and will once it is dropped.
    pub(crate) fn of(value: T) -> Self {
        Self(Some(value))
    }

    /// The value, for good.
    pub(crate) fn into_inner(mut self) -> T {
        self.0.take().expect("invariant: present until dropped")
    }
}

impl<T: Pooled> Deref for Lease<T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.0.as_ref().expect("invariant: present until dropped")
    }
}

impl<T: Pooled> DerefMut for Lease<T> {
    fn deref_mut(&mut self) -> &mut T {
        self.0.as_mut().expect("invariant: present until dropped")
    }
}

impl<T: Pooled> Drop for Lease<T> {
    fn drop(&mut self) {
        let Some(mut value) = self.0.take() else {
            return;
        };
        if value.recycle() {
            // A thread that is ending has no shelf any more: the value is dropped.
            let _ = T::shelf().try_with(|shelf| {
                let mut shelf = shelf.borrow_mut();
                if shelf.len() < MAX_KEPT {
                    shelf.push(value);
                }
            });
        }
    }
}

impl<T: Pooled> std::fmt::Debug for Lease<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Lease")
    }
}

/// A byte buffer to work in.
pub(crate) type Scratch = Vec<u8>;

thread_local! {
    static SCRATCH: Shelf<Scratch> = const { RefCell::new(Vec::new()) };
}

impl Pooled for Scratch {
    fn shelf() -> &'static LocalKey<Shelf<Self>> {
        &SCRATCH
    }

    fn create() -> Self {
        Vec::new()
    }

    fn recycle(&mut self) -> bool {
        self.clear();
        self.capacity() <= MAX_KEPT_BUFFER
    }
}
