mod data;
mod platform;
fn main() {
    let _ = data::School::start();
}
