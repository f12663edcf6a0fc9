// The writers of batches. Binary is the canonical layout; CSV is for people, with the same meaning.
#pragma once

#include <string>

#include "core/batch/seal.h"
#include "core/rules/rulebook.h"

namespace ph {

// Writes the canonical bytes under a name with `.part`, makes them durable, then renames. Throws
// std::system_error when the disk fails.
void write_binary(const OwnedBatch& batch, const std::string& path);

// Appends the batch as a BATCH file in CSV. Participants are written with the codes of `book`;
// without one (nullptr) with their numbers, which is for the eye alone: no reader takes them.
void write_csv(const BatchView& batch, const RuleBook* book, std::string& out);

}  // namespace ph
