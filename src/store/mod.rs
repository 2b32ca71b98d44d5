//! Typed rows in, typed rows out: one file per table family, and no SQL anywhere else.

pub mod audit;
pub mod config;
pub mod confirmation;
pub mod mapping;
