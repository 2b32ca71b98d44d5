//! mcpgate
#![allow(missing_docs)]
