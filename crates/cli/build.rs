//! Compiles the released command again when the web files that it carries have changed. Other builds read them as they run.

fn main() {
    let released = std::env::var("PROFILE").is_ok_and(|profile| profile == "release");
    println!("cargo::rerun-if-changed={}", if released { "web" } else { "build.rs" });
}
