#include "app/settle/report.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <map>

namespace ph {

namespace {

constexpr std::size_t kBarWidth = 22;

std::string thousands(std::uint64_t value) {
  std::string digits = std::to_string(value);
  for (std::size_t n = digits.size(); n > 3;) {
    n -= 3;
    digits.insert(n, ",");
  }
  return digits;
}

std::string padded(std::string text, std::size_t width) {
  return text.size() >= width ? text : std::string(width - text.size(), ' ') + text;
}

std::string padded_right(std::string text, std::size_t width) {
  text.resize(std::max(width, text.size()), ' ');
  return text;
}

std::string repeated(std::string_view piece, std::size_t count) {
  std::string out;
  for (std::size_t n = 0; n < count; ++n) {
    out += piece;
  }
  return out;
}

// A bar to the left of the axis for who pays, to the right for who receives.
std::string bar(std::int64_t net, std::int64_t most) {
  const std::int64_t magnitude = net < 0 ? -net : net;
  std::size_t width =
      most == 0 ? 0 : static_cast<std::size_t>(Int128{magnitude} * Int128{kBarWidth} / most);
  width = magnitude > 0 ? std::max<std::size_t>(width, 1) : 0;
  const std::string blank(kBarWidth, ' ');
  if (net < 0) {
    return std::string(kBarWidth - width, ' ') + repeated("█", width) + "│" + blank;
  }
  return blank + "│" + repeated("█", width) + std::string(kBarWidth - width, ' ');
}

void put_positions(std::string& out, const SettledPeriod& period, const RuleBook& rules) {
  std::int64_t most = 0;
  for (const Position& row : period.result.positions) {
    most = std::max(most, row.net < 0 ? -row.net : row.net);
  }
  out += "\n  participant        receivable          payable              net   " +
         std::string(kBarWidth - 5, ' ') + "pays ┼ receives\n";
  for (const Position& row : period.result.positions) {
    if (row.receivable == 0 && row.payable == 0 && row.carried_forward == 0) {
      continue;
    }
    out += "  " + padded_right(rules.code(row.participant), 12) + padded(yuan(row.receivable), 17) +
           padded(yuan(row.payable), 17) + padded(yuan(row.net), 17) + "   " + bar(row.net, most);
    if (row.carried_forward != 0) {
      out += " carried forward " + yuan(row.carried_forward);
    }
    out += "\n";
  }
  out += "  (yuan; the nets sum to zero)\n";
}

void put_suspense(std::string& out, const SettledPeriod& period) {
  std::map<std::uint8_t, std::pair<std::string, std::uint64_t>> counts;
  for (const SuspendedItem& item : period.result.suspended) {
    auto& [text, count] = counts[static_cast<std::uint8_t>(item.reason)];
    text = word(item.reason);
    ++count;
  }
  out += "\n  waiting in suspense: " + thousands(period.result.suspended.size()) + " items";
  std::string_view separator = " (";
  for (const auto& [number, row] : counts) {
    out += std::string(separator) + row.first + " " + thousands(row.second);
    separator = ", ";
  }
  out += counts.empty() ? "\n" : "): see suspense.csv\n";
  std::size_t copies = 0;
  for (const ReturnedLine& line : period.returned) {
    copies += line.code == ReturnCode::kCopy ? 1 : 0;
  }
  out += "  sent back: " + thousands(period.returned.size() - copies) + " rows and items, and " +
         thousands(copies) + " copies that did nothing: see returned.csv\n";
}

}  // namespace

std::string yuan(std::int64_t fen) {
  const std::uint64_t magnitude =
      fen < 0 ? static_cast<std::uint64_t>(-fen) : static_cast<std::uint64_t>(fen);
  std::string cents = std::to_string(magnitude % 100);
  return (fen < 0 ? "-" : "") + thousands(magnitude / 100) + "." +
         (cents.size() < 2 ? "0" + cents : cents);
}

ProgressLine::ProgressLine(bool quiet) : on_(!quiet && ::isatty(STDERR_FILENO) == 1) {}

void ProgressLine::show(const Progress& progress) {
  if (!on_ || progress.files == 0) {
    return;
  }
  const int percent = static_cast<int>(progress.files_done * 100 / progress.files);
  if (percent != last_percent_) {
    last_percent_ = percent;
    const auto done = static_cast<std::size_t>(percent) * 30 / 100;
    std::fprintf(stderr, "\r  taking files %s%s %3d%%  %zu of %zu ", repeated("█", done).c_str(),
                 repeated("░", 30 - done).c_str(), percent, progress.files_done, progress.files);
    std::fflush(stderr);
  }
}

void ProgressLine::done() {
  if (on_ && last_percent_ >= 0) {
    std::fprintf(stderr, "\r%70s\r", "");
    std::fflush(stderr);
  }
}

std::string settlement_report(const SettledPeriod& period, const RuleBook& rules,
                              const WrittenSettlement& written, const std::string& directory,
                              bool is_signed) {
  const PeriodResult& result = period.result;
  std::string out = "Period " + result.period.text() +
                    " is settled: " + thousands(result.legs.size()) + " items in " +
                    thousands(result.lines.size()) + " lines; close " + result.dates.close.text() +
                    ", payment " + result.dates.payment.text() + ".\n";
  put_positions(out, period, rules);
  put_suspense(out, period);
  out += "  period root: " + hex(written.root) + (is_signed ? " (signed)\n" : " (not signed)\n");
  out += "  written: " + directory + " (" + thousands(written.files) + " files, " +
         thousands(written.bytes / 1'000'000) + " MB); statements: " + directory +
         "/statements/<code>.pdf .csv .json\n";
  out += "  check it: pointhouse verify " + directory + "\n";
  return out;
}

}  // namespace ph
