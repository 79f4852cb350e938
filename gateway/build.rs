//! Makes the folder of the built app exist, so that the gateway also compiles before the app was ever
//! built, and builds it anew whenever the app has changed.

fn main() -> std::io::Result<()> {
    let dist = "../dist";
    std::fs::create_dir_all(dist)?;
    println!("cargo::rerun-if-changed={dist}");
    println!("cargo::rerun-if-changed=migrations");
    Ok(())
}
