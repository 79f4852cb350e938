//! The school world's files, read.
