#include "app/clearing/config.h"

#include <algorithm>

#include "core/types/id.h"

namespace ph {

namespace {

// A gateway is nobody of the rule book, and has nothing of the clearing's.
void declare_gateways(ConfigSchema& schema, ClearingSettings& clearing) {
  schema
      .texts("gateways", &clearing.gateways, {},
             "Codes under which the registry has the gateways' transport keys; none: nobody may "
             "ask for partners. A participant's code never counts as a gateway's.")
      .examples({"GATE1"});
  schema.rule("wire.gateways", [&clearing]() -> std::string {
    const bool right = std::ranges::all_of(clearing.gateways, [&](const std::string& code) {
      return valid_code(code) && code != clearing.code;
    });
    return right ? ""
                 : "gateways' codes: a capital, then capitals and digits; not " + clearing.code;
  });
}

}  // namespace

void declare(ConfigSchema& schema, ClearingConfig& config) {
  schema.section("clearing", "Who this process is, and where it keeps things.");
  schema.parsed("code", "CLR", "a participant's code", "The clearing's code in the rule book.",
                [&config](const std::string& text) {
                  config.clearing.code = text;
                  return valid_code(text);
                });
  schema.path("data", &config.data, "data", "Folder of journal and store.");
  schema.path("inbox", &config.inbox, "inbox",
              "Folder where files are dropped: called .part while under way, then renamed.");
  schema.path("periods", &config.periods, "periods",
              "Folder of the closed periods' outputs, a directory each.");
  schema.path("control", &config.control, "run/clearing.sock",
              "Unix socket for `pointhouse clearing status` and `pointhouse close`, in a folder of "
              "mode 0700.");
  schema
      .text("journal", &config.journal, "",
            "Where the journal is: empty for LMDB below `data`, or postgresql://...")
      .secret();
  schema.boolean("pdf", &config.pdf, true, "Write statements as PDF, too.");

  schema.section("batches", "What is asked of senders.");
  schema.time_of_day(
      "due_at", &config.clearing.due_after_s, 6 * 3600,
      "A province's batch is overdue from then on, the next day; what partners did live "
      "on a day without a file of theirs is sealed then.");
  schema.boolean("partner_signatures", &config.partner_signatures, true,
                 "A partner's day file has its .sig beside it (kind DAY).");

  schema.section("keys", "All made by `pointhouse keygen`; the registry is signed by the root.");
  schema.path("signing", &config.signing_key, "", "Secret key that signs receipts and periods.")
      .required()
      .example("keys/CLR-clearing.secret");
  schema.path("signing_next", &config.signing_key_next, "",
              "A second one, while keys change: the registry says which counts for a sequence.");
  schema.path("transport", &config.transport_key, "", "Secret key of the connections.")
      .required()
      .example("keys/CLR-transport.secret");
  schema.path("registry", &config.registry, "", "The registry of keys; its .sig beside it.")
      .required()
      .example("keys/registry.csv");
  schema.path("root", &config.root_key, "", "Public key of the offline root.")
      .required()
      .example("keys/CLR-root.pub");

  schema.section("wire", "Where nodes and gateways connect.");
  schema.text("endpoint", &config.endpoint, "tcp://127.0.0.1:7001", "Where it binds.");
  schema.boolean("beyond_loopback", &config.beyond_loopback, false,
                 "The endpoint may be one that other machines reach.");
  schema.integer("window_bytes", &config.clearing.exchange.window_bytes, 8U << 20U, 1U << 20U,
                 64U << 20U, "Bytes of a batch that a sender may have under way to it.");
  declare_gateways(schema, config.clearing);

  schema.section("http", "Metrics and health, for the machine's own monitoring.");
  schema.text("listen", &config.http, "", "address:port; empty for none.")
      .example("127.0.0.1:9100");

  declare_clock(schema, config.clock);
  declare_log(schema, config.log);
}

KeyFiles key_files(const ClearingConfig& config) {
  return {.participant = config.clearing.code,
          .signing = config.signing_key,
          .signing_next = config.signing_key_next,
          .transport = config.transport_key,
          .registry = config.registry,
          .root = config.root_key};
}

void look_at(const ClearingConfig& config, SettingsCheck& check) {
  check.folder("clearing.data", config.data);
  check.folder("clearing.inbox", config.inbox);
  check.folder("clearing.periods", config.periods);
  check.socket("clearing.control", config.control);
  check.keys(key_files(config), "");
  check.binds("wire.endpoint", config.endpoint, config.beyond_loopback);
  check.listens("http.listen", config.http);
}

}  // namespace ph
