// `settle`: its options.
#include <memory>

#include "app/commands.h"
#include "app/settle/settle.h"

namespace ph {

void add_settle_commands(CLI::App& app, std::function<int()>& command) {
  const auto options = std::make_shared<SettleOptions>();
  CLI::App* settle = app.add_subcommand("settle", "Settle a month from files");
  settle->add_option("--in", options->in, "directory of the input files (.csv, .phb)")
      ->required()
      ->check(CLI::ExistingDirectory);
  settle->add_option("--period", options->period, "the month, YYYY-MM")->required();
  settle->add_option("--out", options->out, "directory to write; must not exist")->required();
  settle->add_option("--key", options->key, "secret key file that signs (pointhouse keygen)");
  settle->add_option("--previous", options->previous,
                     "output directory of the month before: its log of period roots goes on");
  settle->add_option("--seal", options->seal,
                     "also write the sealed batches (.phb) into this directory");
  settle->add_option("--threads", options->threads, "threads; default: all processors")
      ->check(CLI::Range(1, 64));
  settle->add_flag("--force", options->force, "replace an earlier settlement in --out");
  settle->add_flag("!--no-pdf", options->pdf, "leave out the PDF statements");
  settle->add_flag("--quiet", options->quiet, "print nothing but faults");
  settle->add_flag("--json", options->json, "print faults as JSON");
  settle->footer(
      "Inputs: a RULEBOOK, CALENDARs, OPENING_LOTS, PROVINCE_DAYs, PARTNER_DAYs, BATCHes and the\n"
      "CUTOFF records of earlier months, in any order and under any names (docs/formats.md). "
      "Outputs:\n"
      "docs/outputs.md. The same files give the same bytes on any machine.\n"
      "Exit code: 0 settled, 1 the inputs have faults and nothing was written, 2 usage, 3 "
      "failure.");
  settle->callback([&command, options] { command = [options] { return run_settle(*options); }; });
}

}  // namespace ph
