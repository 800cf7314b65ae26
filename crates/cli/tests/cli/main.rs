//! The `exemplar` binary as people run it: on real files, real pages and real servers.

mod api_failures;
mod build_items;
mod build_site;
mod config;
mod convert;
mod doctor;
mod embedding;
mod embedding_server;
mod eval_queries;
mod eval_rankings;
mod hostile_api;
mod inject;
mod inspect;
mod keys;
mod local_model;
mod output_folder;
mod outputs;
mod query_encoder;
mod rebuild;
mod scarcity;
mod search;
mod serve;
mod shards;
mod sources;
mod support;
mod watch;
