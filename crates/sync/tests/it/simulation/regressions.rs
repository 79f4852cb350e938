//! Plans that failed once, shrunk.
