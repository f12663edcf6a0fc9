#include "app/settle/settle.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <thread>

#include "app/print.h"
#include "app/settle/outputs.h"
#include "app/settle/pipeline.h"
#include "app/settle/report.h"
#include "platform/files/check.h"

namespace ph {

namespace {

int usage(const std::string& message) {
  std::fprintf(stderr, "pointhouse settle: %s\n", message.c_str());
  return 2;
}

int refuse(const std::vector<Fault>& faults, bool json) {
  CheckReport report{.with_rulebook = true};
  for (const Fault& fault : faults) {
    const std::string file = fault.file.empty() ? "the input directory" : fault.file;
    auto it = std::ranges::find(report.files, file, &FileSummary::file);
    if (it == report.files.end()) {
      it = report.files.insert(it, {.file = file});
    }
    it->faults.push_back(fault);
    it->faults.back().file = file;
  }
  std::string out;
  if (json) {
    print_json(report, out);
  } else {
    print_text(report, out);
    out += "Nothing was settled: correct these files and settle again.\n";
  }
  print(out);
  return 1;
}

}  // namespace

int run_settle(const SettleOptions& options) {
  const auto period = Month::parse(options.period);
  if (!period) {
    return usage("--period is a month such as 2026-03, not '" + options.period + "'");
  }
  if (const std::string fault = output_directory_fault(options.out, options.force);
      !fault.empty()) {
    return usage(fault);
  }
  std::optional<SecretKey> key;
  if (!options.key.empty()) {
    auto loaded = load_secret_key(options.key);
    if (!loaded) {
      return usage(loaded.error());
    }
    key = std::move(loaded).value();
  }
  OutputOptions output{.directory = options.out, .force = options.force, .pdf = options.pdf};
  if (!options.previous.empty()) {
    auto log = load_previous_log(options.previous);
    if (!log) {
      return usage(log.error());
    }
    output.previous_log = std::move(log).value();
  }
  if (!options.seal.empty()) {
    std::filesystem::create_directories(options.seal);
  }
  output.key = key ? &*key : nullptr;
  output.threads =
      options.threads != 0 ? options.threads : std::max(1U, std::thread::hardware_concurrency());
  std::vector<Fault> faults;
  auto inputs = read_input_set(options.in, faults);
  if (!inputs) {
    return refuse(faults, options.json);
  }
  ProgressLine progress(options.quiet);
  Pipeline pipeline(std::move(*inputs), output.threads, options.seal,
                    [&progress](const Progress& at) { progress.show(at); });
  const auto settled = pipeline.run(*period, faults);
  progress.done();
  if (!settled) {
    return refuse(faults, options.json);
  }
  const WrittenSettlement written =
      write_settlement(*settled, pipeline.books(), pipeline.rules(), output);
  if (!options.quiet) {
    print(settlement_report(*settled, pipeline.rules(), written, options.out, key.has_value()));
  }
  return 0;
}

}  // namespace ph
