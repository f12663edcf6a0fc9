#include "app/node/config.h"

#include <optional>
#include <system_error>

#include "app/process/shell.h"
#include "core/types/id.h"
#include "node/member_channels.h"
#include "platform/crypto/key_files.h"

namespace ph {

namespace {

// To the clearing, for counters, and for who watches.
void declare_ways(ConfigSchema& schema, NodeConfig& config) {
  schema.section("uplink", "The way to the clearing.");
  schema.text("endpoint", &config.endpoint, "", "The clearing's address, tcp://host:port.")
      .required()
      .example("tcp://127.0.0.1:7001");
  schema.integer("in_flight_max", &config.node.uplink.in_flight_max, 16U, 1U, 64U,
                 "Batches offered without an answer.");
  schema.integer("chunk_bytes", &config.node.uplink.chunk_bytes, wire::kChunkBytesMax, 64U << 10U,
                 wire::kChunkBytesMax,
                 "Bytes of a batch sent in one message; smaller ones for a narrow line.");

  schema.section("counter", "Counters of this province: goods for points, live.");
  schema.path("socket", &config.counter, "",
              "Unix socket for them, in a folder of mode 0700; empty: counter.sock beside "
              "`control`.");

  schema.section("http", "Metrics and health, for the machine's own monitoring.");
  schema.text("listen", &config.http, "", "address:port; empty for none.")
      .example("127.0.0.1:9101");
}

void declare_members(ConfigSchema& schema, MemberDeskOptions& members) {
  schema.section(
      "member_service",
      "For the province's channels: IVR, SMS, web, counter, over TLS (docs/members.md).");
  schema.text("listen", &members.listen, "",
              "address:port, an address, no name; empty: there is no such service.");
  schema.boolean("beyond_loopback", &members.beyond_loopback, false,
                 "`listen` may be an address that other machines reach.");
  schema
      .path("certificate", &members.tls.certificate, "",
            "The service's certificate in PEM, then those that signed it.")
      .example("tls/members.pem");
  schema
      .path("key", &members.tls.key, "",
            "Its key in PEM, without a passphrase, mode 0600. SIGHUP has both read anew.")
      .example("tls/members.key");
  schema
      .texts("hosts", &members.hosts, {},
             "Names under which channels ask; beyond the loopback there has to be one.")
      .examples({"members.example"});
  schema
      .path("channels", &members.channels, "",
            "Who may ask, mode 0600: a line each, of `pointhouse keygen --role channel`. Read anew "
            "within a second.")
      .example("keys/channels");
  schema.integer("lookup_days", &members.lookup_days, 180, 1, 3'650,
                 "For so many days it is kept who looked up whom, below data/lookups.");
  schema.integer("history_months", &members.history_months, 25, 1, 1'200,
                 "So many months of a member's history are told, the open one among them; older "
                 "ones are erased from data/history.");
  const auto rule = [&schema, &members](const std::string& key, auto lacks, std::string expected) {
    schema.rule("member_service." + key, [&members, lacks, expected]() -> std::string {
      return !members.listen.empty() && lacks(members) ? expected : std::string();
    });
  };
  rule(
      "certificate", [](const auto& of) { return of.tls.certificate.empty(); },
      "a file, as member_service.listen is set");
  rule(
      "key", [](const auto& of) { return of.tls.key.empty(); },
      "a file, as member_service.listen is set");
  rule(
      "channels", [](const auto& of) { return of.channels.empty(); },
      "a file, as member_service.listen is set");
  rule(
      "beyond_loopback",
      [](const auto& of) { return !on_loopback(of.listen) && !of.beyond_loopback; },
      "true, as member_service.listen is no address of the loopback");
  rule(
      "hosts", [](const auto& of) { return !on_loopback(of.listen) && of.hosts.empty(); },
      "the names under which channels ask");
}

// Why nobody could ask by this file of channels.
std::optional<std::string> channels_fault(const std::filesystem::path& file) {
  try {
    const auto text = read_private_file(file, kChannelsBytesMax);
    if (!text) {
      return text.error();
    }
    const auto channels = Channels::parse(text.value());
    return channels ? std::nullopt : std::optional(file.string() + ": " + channels.error());
  } catch (const std::system_error& failure) {
    return failure.what();
  }
}

}  // namespace

void declare(ConfigSchema& schema, NodeConfig& config) {
  schema.section("node", "Which province this node keeps, and where.");
  schema
      .parsed("province", "", "a participant's code such as P01", "The province's code.",
              [&config](const std::string& text) {
                config.node.code = text;
                return valid_code(text);
              })
      .required()
      .example("P01");
  schema.parsed("clearing", "CLR", "a participant's code", "The clearing's code.",
                [&config](const std::string& text) {
                  config.node.clearing = text;
                  return valid_code(text);
                });
  schema.path("data", &config.data, "data", "Folder of journal, store and snapshots.");
  schema.path("inbox", &config.inbox, "inbox",
              "Folder where files are dropped: called .part while under way, then renamed.");
  schema.path("out", &config.out, "",
              "Folder where the files of runs are written; empty: `out` beside the inbox.");
  schema.path("control", &config.control, "run/node.sock",
              "Unix socket for `pointhouse node status` and the like, in a folder of mode 0700.");
  schema
      .text("journal", &config.journal, "",
            "Where the journal is: empty for LMDB below `data`, or postgresql://...")
      .secret();

  schema.section("day", "How days are posted and sealed.");
  schema.boolean("seal_empty", &config.node.seal_empty, true,
                 "Seal a day for which no file has come, empty, at `seal_empty_at`.");
  schema.time_of_day("seal_empty_at", &config.node.seal_empty_after_s, 5 * 3600,
                     "When: a time of the next day.");
  schema.integer("slice_steps", &config.node.slice_steps, 65'536U, 16U, 1U << 24U,
                 "Rows posted at once; between slices questions are answered.");

  schema.section("keys", "All made by `pointhouse keygen`; the registry is signed by the root.");
  schema.path("signing", &config.signing_key, "", "Secret key that signs batches.")
      .required()
      .example("keys/P01-sender.secret");
  schema.path("signing_next", &config.signing_key_next, "",
              "A second one, while keys change: the registry says which counts for a sequence.");
  schema.path("transport", &config.transport_key, "", "Secret key of the connection.")
      .required()
      .example("keys/P01-transport.secret");
  schema.path("registry", &config.registry, "", "The registry of keys; its .sig beside it.")
      .required()
      .example("keys/registry.csv");
  schema.path("root", &config.root_key, "", "Public key of the offline root.")
      .required()
      .example("keys/CLR-root.pub");

  declare_ways(schema, config);
  declare_members(schema, config.members);
  declare_clock(schema, config.clock);
  declare_log(schema, config.log);
}

KeyFiles key_files(const NodeConfig& config) {
  return {.participant = config.node.code,
          .signing = config.signing_key,
          .signing_next = config.signing_key_next,
          .transport = config.transport_key,
          .registry = config.registry,
          .root = config.root_key};
}

void look_at(const NodeConfig& config, SettingsCheck& check) {
  check.folder("node.data", config.data);
  check.folder("node.inbox", config.inbox);
  check.folder("node.out", out_folder(config));
  check.socket("node.control", config.control);
  check.socket("counter.socket", counter_socket(config));
  check.keys(key_files(config), config.node.clearing);
  check.connects("uplink.endpoint", config.endpoint);
  check.listens("http.listen", config.http);
  if (config.members.listen.empty()) {
    return;
  }
  check.listens("member_service.listen", config.members.listen);
  check.certificate("member_service", config.members.tls);
  // The node does its other work without.
  if (const auto fault = channels_fault(config.members.channels)) {
    check.warn("member_service.channels", *fault + "; until it is mended nobody may ask");
  }
}

std::filesystem::path look_ups_folder(const NodeConfig& config) {
  return config.data / "lookups";
}

std::filesystem::path history_folder(const NodeConfig& config) {
  return config.data / "history";
}

std::filesystem::path counter_socket(const NodeConfig& config) {
  return config.counter.empty() ? config.control.parent_path() / "counter.sock" : config.counter;
}

std::filesystem::path out_folder(const NodeConfig& config) {
  return config.out.empty() ? config.inbox.parent_path() / "out" : config.out;
}

}  // namespace ph
