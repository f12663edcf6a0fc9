// `verify`, `keygen`, `registry`, `sign`, `verify-signature`: proofs and keys (docs/proof.md);
// `sign-request` (docs/partners.md).
#include <memory>

#include "app/commands.h"
#include "app/keygen.h"
#include "app/sign.h"
#include "app/sign_request.h"
#include "app/verify.h"

namespace ph {

namespace {

void add_verify(CLI::App& app, std::function<int()>& command) {
  const auto options = std::make_shared<VerifyOptions>();
  CLI::App* verify = app.add_subcommand(
      "verify", "Recompute a settlement from its files and say in words what is proven");
  verify->add_option("directory", options->directory, "what `settle` wrote")->required();
  verify->add_option("--in", options->input, "the input files: their digests are compared too")
      ->check(CLI::ExistingDirectory);
  CLI::Option* root = verify->add_option("--root", options->root, "the root's public key file");
  CLI::Option* registry = verify->add_option("--registry", options->registry,
                                             "the registry of keys, signed by the root");
  root->needs(registry);
  registry->needs(root);
  verify->add_option("--participant", options->participant,
                     "only this participant's statement, items and proof: nobody else's files are "
                     "needed");
  verify->add_option("--previous", options->previous,
                     "output directory of the month before: its log must be continued");
  verify->footer(
      "Exit code: 0 all right, 1 something is wrong (named by file, line, item), 2 usage,\n"
      "3 a file cannot be read.");
  verify->callback([&command, options] { command = [options] { return run_verify(*options); }; });
}

void add_keygen(CLI::App& app, std::function<int()>& command) {
  const auto options = std::make_shared<KeygenOptions>();
  CLI::App* keygen = app.add_subcommand(
      "keygen", "Make a key pair (Ed25519 to sign, Curve25519 for transport; random)");
  keygen
      ->add_option(
          "--role", options->role,
          "what for: root, clearing or sender sign; transport connects; api signs requests; "
          "channel asks a member service")
      ->required()
      ->check(CLI::IsMember({"root", "clearing", "sender", "transport", "api", "channel"}));
  keygen
      ->add_option("--participant", options->participant,
                   "participant code; for the root the clearing's; of all but a channel")
      ->type_name("CODE");
  keygen->add_option("--out", options->out, "directory in which only you may write; likewise");
  keygen->add_flag("--pem", options->pem, "api: write <participant>-api.pem, too, for openssl");
  keygen->add_option("--channel", options->channel, "channel: its name, a-z 0-9 -");
  keygen->add_option("--scopes", options->scopes, "channel: what it may ask, as \"balance level\"");
  keygen->add_option("--per-second", options->per_second, "channel: requests a second");
  keygen->add_option("--from-date", options->from_date, "channel: first day, YYYY-MM-DD");
  keygen->add_option("--to-date", options->to_date,
                     "channel: day after the last; open unless given");
  keygen->footer(
      "Writes <participant>-<role>.secret (mode 0600) and .pub. Nothing is overwritten. A "
      "channel's\n"
      "token is printed, once, and the line that stands for it in the file of channels.");
  keygen->callback([&command, options] { command = [options] { return run_keygen(*options); }; });
}

void add_registry(CLI::App& app, std::function<int()>& command) {
  const auto options = std::make_shared<RegistryOptions>();
  CLI::App* registry = app.add_subcommand("registry", "Keep the list of who has which key");
  registry->add_option("action", options->action, "add, end, sign or show")
      ->required()
      ->check(CLI::IsMember({"add", "end", "sign", "show"}));
  registry->add_option("file", options->file, "the registry")->required();
  registry->add_option("--key", options->key,
                       "add: a public key file; sign: the root's secret key file");
  registry->add_flag("--api", options->api,
                     "add: the key signs requests over HTTP; a PEM of openssl is taken, too");
  registry->add_option("--clearing", options->clearing,
                       "add, to a new registry: the clearing's code");
  registry->add_option("--participant", options->participant,
                       "end: whose key that signs; add --api: whose PEM");
  registry->add_option("--key-id", options->key_id, "end: which transport or API key");
  registry->add_option("--date", options->date, "add, end: the registry's new date, YYYY-MM-DD");
  registry->add_option("--from", options->from, "add: first sequence the key counts for");
  registry->add_option("--to", options->to, "add, end: first sequence it counts no more for");
  registry->add_option("--from-date", options->from_date,
                       "add a transport or API key: first day it counts on");
  registry->add_option("--to-date", options->to_date,
                       "add, end a transport or API key: first day it counts no more on");
  registry->add_option("--root", options->root,
                       "show: the root's public key file, to check the signature");
  registry->callback(
      [&command, options] { command = [options] { return run_registry(*options); }; });
}

void add_sign(CLI::App& app, std::function<int()>& command) {
  const auto options = std::make_shared<SignOptions>();
  CLI::App* sign = app.add_subcommand("sign", "Sign a file: writes FILE.sig");
  sign->add_option("file", options->file, "the file")->required();
  sign->add_option("--kind", options->kind,
                   "what it is: DAY for a daily file; MANIFEST or PERIOD for a clearing's")
      ->required();
  sign->add_option("--key", options->key, "the secret key file of a sender or the clearing")
      ->required();
  sign->add_flag("--force", options->force, "replace a signature that is there");
  sign->callback([&command, options] { command = [options] { return run_sign(*options); }; });
}

void add_sign_request(CLI::App& app, std::function<int()>& command) {
  const auto options = std::make_shared<SignRequestOptions>();
  CLI::App* sign = app.add_subcommand(
      "sign-request", "Print the headers of a signed request to the partners' gateway, for curl");
  sign->add_option("--key", options->key, "the secret key file of role api")->required();
  sign->add_option("--method", options->method, "GET, POST or PUT")->required();
  sign->add_option("--path", options->target, "/v1/..., with the query when there is one")
      ->required();
  sign->add_option("--id", options->id, "the transaction's id: Idempotency-Key");
  sign->add_option("--body", options->body, "the file that will be sent");
  sign->add_option("--created", options->created, "seconds since 1970 (default: now)");
  sign->add_option("--nonce", options->nonce, "16 to 64 of A-Z a-z 0-9 - _ (default: random)");
  sign->add_flag("--base", options->base, "print the bytes that are signed instead");
  sign->footer("pointhouse sign-request ... | curl -H @- --data-binary @body.json https://...");
  sign->callback(
      [&command, options] { command = [options] { return run_sign_request(*options); }; });
}

void add_verify_signature(CLI::App& app, std::function<int()>& command) {
  const auto options = std::make_shared<VerifySignatureOptions>();
  CLI::App* verify =
      app.add_subcommand("verify-signature", "Say whether FILE.sig is a participant's signature");
  verify->add_option("file", options->file, "the file")->required();
  verify->add_option("--kind", options->kind, "what it is: DAY for a daily file")->required();
  verify->add_option("--registry", options->registry, "the registry of keys, signed by the root")
      ->required();
  verify->add_option("--root", options->root, "the root's public key file")->required();
  verify->add_option("--participant", options->participant, "who is to have signed")->required();
  verify
      ->add_option("--sequence", options->sequence,
                   "the file's sequence; of the clearing's files their month, YYYYMM")
      ->required();
  verify->footer("Exit code: 0 it is, 1 it isn't, 2 usage, 3 a file cannot be read.");
  verify->callback(
      [&command, options] { command = [options] { return run_verify_signature(*options); }; });
}

}  // namespace

void add_proof_commands(CLI::App& app, std::function<int()>& command) {
  add_verify(app, command);
  add_keygen(app, command);
  add_registry(app, command);
  add_sign(app, command);
  add_sign_request(app, command);
  add_verify_signature(app, command);
}

}  // namespace ph
