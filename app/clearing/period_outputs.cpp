#include "app/clearing/period_outputs.h"

#include "app/manifest.h"
#include "platform/files/read.h"

namespace ph {

namespace {

// The inputs that the period stands on, named as `settle` names them.
std::vector<UsedFile> used_by(const ClosedPeriod& period, const ClearingHouse& house,
                              BlobStore& blobs) {
  const RuleBook& rules = house.rules();
  std::vector<UsedFile> used;
  const auto add = [&](const Digest& address) {
    const auto blob = blobs.get(address, false);
    if (!blob) {
      throw Damaged("the outputs of " + period.cutoff.period.text() + " cite the blob " +
                    hex(address) + ", which is missing: bring it back from a copy");
    }
    std::vector<Fault> faults;
    const InputFile file(hex(address), blob->bytes());
    used.push_back(used_file(file, *read_header(file, faults), rules));
  };
  add(house.rules_blob());
  for (const auto& [year, address] : house.calendars()) {
    add(address);
  }
  for (const auto& [province, opened] : house.openings()) {
    add(opened.blob);
  }
  for (const auto& [month, address] : house.closed()) {
    add(address);
  }
  for (const auto& [participant, sender] : house.senders()) {
    const std::uint32_t last = period.cutoff.sequence_of(participant);
    for (std::uint32_t n = 0; n < last; ++n) {
      add(sender.batches[n].taken.blob);
    }
  }
  return used;
}

std::vector<ReturnedLine> returned_of(const ClosedPeriod& period) {
  std::vector<ReturnedLine> out;
  for (const auto& [sender, item] : period.returned) {
    out.push_back({.by_clearing = true,
                   .sender = sender,
                   .sequence = item.sequence,
                   .entry = item.entry,
                   .kind = item.action == Action::kWithdraw ? "WITHDRAW" : word(item.kind),
                   .id = item.id,
                   .code = item.code});
  }
  return out;
}

}  // namespace

Result<std::vector<LogRow>, std::string> log_before(const ClearingHouse& house,
                                                    const std::filesystem::path& folder) {
  if (house.closed().empty()) {
    return std::vector<LogRow>{};
  }
  const std::string before = house.closed().rbegin()->first.text();
  auto log = load_previous_log(folder / before);
  if (!log) {
    return Fail{"the outputs of " + before + " in " + folder.string() + ": " + log.error()};
  }
  return log;
}

void write_period(const ClosedPeriod& period, ClearingHouse& house, BlobStore& blobs,
                  const PeriodOutputOptions& options) {
  const std::filesystem::path directory = options.folder / period.cutoff.period.text();
  if (std::filesystem::exists(directory / kManifestName)) {
    return;  // Renamed into place whole, before a restart.
  }
  OutputOptions output{.directory = directory.string(),
                       .force = false,
                       .pdf = options.pdf,
                       .threads = options.threads,
                       .key = options.key};
  auto log = log_before(house, options.folder);
  if (!log) {
    throw std::runtime_error(log.error());
  }
  output.previous_log = std::move(log).value();
  const SettledPeriod settled{.result = period.result,
                              .cutoff = period.cutoff,
                              .returned = returned_of(period),
                              .used = used_by(period, house, blobs)};
  static_cast<void>(write_settlement(settled, house.settlement().books(), house.rules(), output));
}

}  // namespace ph
