#include "app/journal/journal.h"

#include <algorithm>
#include <cstdio>

#include "app/print.h"
#include "platform/crypto/sha256.h"
#include "platform/journal/archive.h"

namespace ph {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::uint16_t kShard = 1;  // docs/journal.md, section 2
constexpr std::uint64_t kShownBlocks = 20;
constexpr std::size_t kShownDigits = 16;
constexpr std::size_t kShownWhole = 48;  // an id's length at most

std::string dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Json block_json(JournalOf of, const JournalBlock& block, std::size_t bytes) {
  Json out{{"block", block.sequence}, {"bytes", bytes}, {"previous", hex(block.previous)}};
  out["commands"] = Json::array();
  for (const JournalCommand& command : block.commands) {
    Json words{{"at", command.at.text()}, {"kind", command.kind}, {"version", command.version}};
    words.update(command_words(of, command));
    out["commands"].push_back(std::move(words));
  }
  return out;
}

// Digests, signatures and texts to their beginning.
std::string shown(const Json& value) {
  std::string text = value.is_string() ? value.get<std::string>() : value.dump();
  const bool whole = text.size() <= kShownWhole;
  std::ranges::replace(text, '\n', ' ');
  return whole ? text : text.substr(0, kShownDigits) + "..";
}

std::string block_text(const Json& block) {
  std::string out = "block " + block["block"].dump() + "  " + block["bytes"].dump() +
                    " bytes  after " + shown(block["previous"]) + "\n";
  for (const Json& command : block["commands"]) {
    const std::string name = command["name"];
    out += "  " + command["at"].get<std::string>() + "  " +
           (name.empty() ? "kind " + command["kind"].dump() : name);
    for (const auto& [key, value] : command.items()) {
      if (key != "at" && key != "kind" && key != "version" && key != "name") {
        out += " " + key + "=" + shown(value);
      }
    }
    out += "\n";
  }
  return out;
}

// Where a reader is: what it has seen is good.
struct Walk {
  ChainPoint point{};
  std::uint64_t first{};  // the first block that it looked at
  std::uint64_t bytes{};
};

// Without an archive: from the first block that the journal has, whose `previous` is believed. Its
// process may append meanwhile: what was there at the start must be there.
void walk_journal(Journal& journal, Walk& walk, const BlockVisit& visit) {
  walk.first = journal.first(kShard);
  const std::uint64_t last = journal.last(kShard);
  walk.point.sequence = walk.first - 1;
  journal.read(kShard, walk.first, [&](std::uint64_t, Bytes bytes) {
    if (walk.first > 1 && walk.point.sequence + 1 == walk.first) {
      JournalBlock block;
      if (decode_block(bytes, &sha256, block) == BlockFault::kNone) {
        walk.point.digest = block.previous;
      }
    }
    visit(next_in_chain(bytes, kShard, walk.point, "the journal"), bytes.size());
    return true;
  });
  if (walk.point.sequence < last) {
    throw Damaged("the journal: block " + std::to_string(walk.point.sequence + 1) +
                  " of shard 1 is missing");
  }
}

void walk_all(const JournalOptions& options, Walk& walk, const BlockVisit& visit) {
  const Storage storage = open_existing(options.url);
  const BlockVisit counted = [&](const JournalBlock& block, std::size_t bytes) {
    walk.bytes += bytes;
    visit(block, bytes);
    walk.point.sequence = block.sequence;
  };
  if (options.archive.empty()) {
    walk_journal(*storage.journal, walk, counted);
  } else {
    walk.first = 1;
    walk.point = read_history(*storage.journal, options.archive, kShard, counted);
  }
}

int say_damage(const Walk& walk, const Damaged& damaged, bool json) {
  const std::uint64_t block = walk.point.sequence + 1;
  if (json) {
    print(dump({{"good", false}, {"block", block}, {"what", damaged.what()}}) + "\n");
  } else {
    print("NOT proven: the first wrong byte lies in block " + std::to_string(block) + "\n  " +
          damaged.what() + "\n");
  }
  return 1;
}

}  // namespace

int show_journal(const JournalOptions& options) {
  Walk walk;
  std::uint64_t from = options.from;
  if (from == 0) {
    const std::uint64_t last = open_existing(options.url).journal->last(kShard);
    from = last > kShownBlocks ? last - kShownBlocks + 1 : 1;
  }
  bool any = false;
  const auto show = [&](const JournalBlock& block, std::size_t bytes) {
    if (block.sequence < from || (options.to != 0 && block.sequence > options.to)) {
      return;
    }
    const Json words = block_json(options.of, block, bytes);
    print(options.json ? (any ? ",\n" : "") + dump(words) : block_text(words));
    any = true;
  };
  print(options.json ? "{\"blocks\":[\n" : "");
  std::string damage;
  int code = 0;
  try {
    walk_all(options, walk, show);
  } catch (const Damaged& damaged) {
    damage = damaged.what();
    code = 1;
  }
  const std::string last = std::to_string(walk.point.sequence);
  if (options.json) {
    print("\n],\"last\":" + last + ",\"damage\":" + dump(damage) + "}\n");
  } else if (code != 0) {
    print("block " + std::to_string(walk.point.sequence + 1) + " is no good: " + damage + "\n");
  } else if (!any) {
    print(walk.point.sequence == 0 ? "the journal has no block yet\n"
                                   : "no block to show: the last one is " + last + "\n");
  }
  return code;
}

int verify_journal(const JournalOptions& options) {
  Walk walk;
  try {
    walk_all(options, walk, [](const JournalBlock&, std::size_t) {});
  } catch (const Damaged& damaged) {
    return say_damage(walk, damaged, options.json);
  }
  const std::uint64_t last = walk.point.sequence;
  const bool whole = walk.first == 1;
  if (options.json) {
    print(dump({{"good", true},
                {"whole", whole},
                {"first", walk.first},
                {"last", last},
                {"bytes", walk.bytes},
                {"digest", hex(walk.point.digest)}}) +
          "\n");
    return 0;
  }
  print("proven: blocks " + std::to_string(walk.first) + " to " + std::to_string(last) + ", " +
        std::to_string(walk.bytes) +
        " bytes, each follows the one before it\n  the last has digest " + hex(walk.point.digest) +
        "\n");
  if (!whole) {
    print("  the blocks before " + std::to_string(walk.first) +
          " are archived: --archive DIR proves them, too\n");
  }
  return 0;
}

int archive_of_journal(const JournalOptions& options) {
  Storage storage = open_existing(options.url);
  const ArchiveResult result =
      archive_journal(storage, options.archive, kShard, options.segment_bytes_max);
  if (options.json) {
    Json out{{"segments", Json::array()}, {"dropped", result.dropped}};
    for (const ArchiveSegment& segment : result.written) {
      out["segments"].push_back(
          {{"from", segment.from}, {"to", segment.to}, {"path", segment.path}});
    }
    out["nothing"] = result.nothing;
    print(dump(out) + "\n");
    return 0;
  }
  for (const ArchiveSegment& segment : result.written) {
    print("blocks " + std::to_string(segment.from) + " to " + std::to_string(segment.to) + ": " +
          segment.path + "\n");
  }
  print(result.nothing.empty()
            ? "the journal has dropped " + std::to_string(result.dropped) + " blocks\n"
            : "nothing to do: " + result.nothing + "\n");
  return 0;
}

}  // namespace ph
