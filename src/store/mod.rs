//! One file per table family: typed rows in, typed rows out; no SQL anywhere else.

pub(crate) mod audit;
