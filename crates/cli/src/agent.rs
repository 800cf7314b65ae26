//! What all of the command's HTTP clients have in common.

use ureq::Agent;
use ureq::config::ConfigBuilder;
use ureq::typestate::AgentScope;

/// A client that judges statuses itself. Its proxy comes from the environment, as `HTTPS_PROXY`; none reaches an address of this machine.
pub fn config(is_loopback: bool) -> ConfigBuilder<AgentScope> {
    let config = Agent::config_builder()
        .http_status_as_error(false)
        .user_agent(concat!("exemplar/", env!("CARGO_PKG_VERSION")));
    match is_loopback {
        true => config.proxy(None),
        false => config,
    }
}
