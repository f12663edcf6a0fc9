// `check`, `show`, `formats`, `faults`, `member`: looking at files.
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "app/commands.h"
#include "app/print.h"
#include "core/types/id.h"
#include "platform/files/check.h"
#include "platform/files/programme_schema.h"
#include "platform/files/read.h"
#include "platform/files/schema.h"
#include "platform/files/write.h"

namespace ph {

namespace {

// Prints a batch as CSV. The rule book, if one is given, has the codes.
int show(const std::string& batch_path, const std::string& rules_path) {
  std::vector<Fault> faults;
  std::string out;
  std::optional<RuleBook> rules;
  if (!rules_path.empty()) {
    const auto rules_file = InputFile::open(rules_path, faults);
    rules = rules_file ? load_rulebook(*rules_file, faults) : std::nullopt;
  }
  const auto batch_file = InputFile::open(batch_path, faults);
  std::optional<BatchView> batch;
  if (batch_file && faults.empty()) {
    batch = rules ? read_batch_binary(*batch_file, *rules, faults)
                  : read_batch_binary(*batch_file, faults);
  }
  if (!batch) {
    print_text({.files = {{.file = batch_path, .faults = faults}}, .with_rulebook = true}, out);
    print(out);
    return 1;
  }
  write_csv(*batch, rules ? &*rules : nullptr, out);
  print(out);
  return 0;
}

int print_member(std::uint16_t province, std::uint64_t serial) {
  std::printf("%s\n", Member::make(Participant(province), serial).text().c_str());
  return 0;
}

// A command without options that prints what `fill` appends.
void add_printer(CLI::App& app, std::function<int()>& command, const std::string& name,
                 const std::string& about, void (*fill)(std::string&)) {
  app.add_subcommand(name, about)->callback([&command, fill] {
    command = [fill] {
      std::string out;
      fill(out);
      print(out);
      return 0;
    };
  });
}

void add_formats(CLI::App& app, std::function<int()>& command) {
  const auto programme = std::make_shared<bool>(false);
  CLI::App* formats =
      app.add_subcommand("formats", "List every file type's rows and columns (docs/formats.md)");
  formats->add_flag("--programme", *programme,
                    "the programme file's sections and keys instead: section|key|type|default|"
                    "values (docs/programme-file.md)");
  formats->callback([&command, programme] {
    command = [programme] {
      std::string out;
      *programme ? programme_keys::print_programme_keys(out) : print_formats(out);
      print(out);
      return 0;
    };
  });
}

void add_check(CLI::App& app, std::function<int()>& command) {
  struct Options {
    std::vector<std::string> files;
    bool json{false};
  };
  const auto options = std::make_shared<Options>();
  CLI::App* check = app.add_subcommand("check", "Check input files offline and list every fault");
  check
      ->add_option(
          "files", options->files,
          "files of any type, programmes (.toml) too; with a RULEBOOK among them, codes are "
          "checked as well")
      ->required();
  check->add_flag("--json", options->json, "print the report as JSON");
  check->footer(
      "Each fault is named by file, line, column, value and code, with what would be right.\n"
      "Exit code: 0 no fault, 1 faults, 3 a file cannot be read. Codes: docs/formats.md, section "
      "7.");
  check->callback([&command, options] {
    command = [options] {
      std::string out;
      const int code = run_check(options->files, options->json, out);
      print(out);
      return code;
    };
  });
}

void add_show(CLI::App& app, std::function<int()>& command) {
  struct Options {
    std::string batch;
    std::string rules;
  };
  const auto options = std::make_shared<Options>();
  CLI::App* show_command = app.add_subcommand("show", "Print a sealed batch (.phb) as CSV");
  show_command->add_option("batch", options->batch, "the batch")->required();
  show_command->add_option("--rulebook", options->rules,
                           "the RULEBOOK file: participants by their codes, as `check` takes it; "
                           "without it by their numbers, for the eye alone");
  show_command->callback([&command, options] {
    command = [options] { return show(options->batch, options->rules); };
  });
}

void add_member(CLI::App& app, std::function<int()>& command) {
  struct Options {
    std::uint16_t province{};
    std::uint64_t serial{};
  };
  const auto options = std::make_shared<Options>();
  CLI::App* member = app.add_subcommand("member", "Print a valid member number");
  member->add_option("province", options->province, "number of the first home, 1 to 99")
      ->required()
      ->check(CLI::Range(1, 99));
  member->add_option("serial", options->serial, "serial, at most 11 digits")
      ->required()
      ->check(CLI::Range(std::uint64_t{0}, Member::kSerialMax));
  member->callback([&command, options] {
    command = [options] { return print_member(options->province, options->serial); };
  });
}

}  // namespace

void add_file_commands(CLI::App& app, std::function<int()>& command) {
  add_check(app, command);
  add_show(app, command);
  add_formats(app, command);
  add_printer(app, command, "faults", "List every fault code: number|NAME|meaning|remedy",
              print_faults);
  add_member(app, command);
}

}  // namespace ph
