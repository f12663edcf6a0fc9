#include "app/gateway/config.h"

#include "app/process/shell.h"
#include "core/types/id.h"

namespace ph {

namespace {

void declare_api(ConfigSchema& schema, GatewayConfig& config) {
  schema.section("api", "What partners reach, over TLS (docs/partners.md).");
  schema.text("listen", &config.listen, "127.0.0.1:8443", "address:port; an address, no name.");
  schema.boolean("beyond_loopback", &config.beyond_loopback, false,
                 "`listen` may be an address that other machines reach.");
  schema
      .path("certificate", &config.tls.certificate, "",
            "The server's certificate in PEM, then those that signed it.")
      .required()
      .example("tls/gateway.pem");
  schema
      .path("key", &config.tls.key, "",
            "Its key in PEM, without a passphrase, mode 0600. SIGHUP has both read anew.")
      .required()
      .example("tls/gateway.key");
  schema
      .texts("hosts", &config.hosts, {},
             "Names under which partners ask; beyond the loopback there has to be one.")
      .examples({"gateway.example"});
  schema.integer("connections_max", &config.limits.connections_max, 12'000U, 1U, 1'000'000U,
                 "Open at a time; the process needs as many descriptors (LimitNOFILE).");
  schema.integer("connections_of_address_max", &config.limits.address_max, 256U, 0U, 1'000'000U,
                 "Of these, from one address (IPv6: one /64); 0: no such limit.");
  schema.integer("requests_of_partner_max", &config.requests_of_partner_max, 256U, 1U, 4'096U,
                 "Of one partner under way at a time; beyond them TOO_MANY.");
  schema.rule("api.beyond_loopback", [&config]() -> std::string {
    if (!on_loopback(config.listen) && !config.beyond_loopback) {
      return "true, as api.listen is no address of the loopback";
    }
    return {};
  });
  schema.rule("api.hosts", [&config]() -> std::string {
    if (!on_loopback(config.listen) && config.hosts.empty()) {
      return "the names under which partners ask";
    }
    return {};
  });
}

}  // namespace

void declare(ConfigSchema& schema, GatewayConfig& config) {
  schema.section("gateway", "Who it is, and whose. It keeps nothing.");
  schema
      .parsed("code", "", "a code that no participant has",
              "Its own, as `wire.gateways` of the clearing's settings and the registry have it.",
              [&config](const std::string& text) {
                config.code = text;
                return valid_code(text);
              })
      .required()
      .example("GATE1");
  schema.parsed("clearing", "CLR", "a participant's code", "The clearing's code.",
                [&config](const std::string& text) {
                  config.clearing = text;
                  return valid_code(text);
                });
  schema.path("control", &config.control, "run/gateway.sock",
              "Unix socket for `pointhouse gateway status`, in a folder of mode 0700.");
  schema.rule("gateway.code", [&config]() -> std::string {
    return config.code == config.clearing ? "a code of its own, not the clearing's" : "";
  });

  schema.path("spool", &config.spool, "run/spool",
              "Folder where a day's file lies, without a name, until the clearing has it; up to "
              "512 MiB.");

  declare_api(schema, config);

  schema.section("keys",
                 "All made by `pointhouse keygen`; the registry is signed by the root. The gateway "
                 "signs nothing and holds no key that signs.");
  schema.path("transport", &config.transport_key, "", "Secret key of the connection, its own.")
      .required()
      .example("keys/GATE1-transport.secret");
  schema.path("registry", &config.registry, "", "The registry of keys; its .sig beside it.")
      .required()
      .example("keys/registry.csv");
  schema.path("root", &config.root_key, "", "Public key of the offline root.")
      .required()
      .example("keys/CLR-root.pub");

  schema.section("uplink", "The way to the clearing.");
  schema.text("endpoint", &config.endpoint, "", "The clearing's address, tcp://host:port.")
      .required()
      .example("tcp://127.0.0.1:7001");
  schema.integer("questions_max", &config.questions_max, 4'096U, 1U, 65'536U,
                 "Questions to it without an answer, of all partners; beyond them TOO_MANY.");

  schema.section("http", "Metrics and health, for the machine's own monitoring.");
  schema.text("listen", &config.http, "", "address:port; empty for none.")
      .example("127.0.0.1:9102");

  declare_clock(schema, config.clock);
  declare_log(schema, config.log);
}

KeyFiles key_files(const GatewayConfig& config) {
  return {.participant = config.code,
          .transport = config.transport_key,
          .registry = config.registry,
          .root = config.root_key};
}

void look_at(const GatewayConfig& config, SettingsCheck& check) {
  check.socket("gateway.control", config.control);
  check.folder("gateway.spool", config.spool);
  check.listens("api.listen", config.listen);
  check.certificate("api", config.tls);
  check.keys(key_files(config), config.clearing);
  check.connects("uplink.endpoint", config.endpoint);
  check.listens("http.listen", config.http);
}

}  // namespace ph
