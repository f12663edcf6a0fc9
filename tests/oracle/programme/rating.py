"""What a node sends to the clearing for a rating, and what comes back (0023 formats, 4.2)."""

import hashlib
import struct

import basics as b

HEADER = "<4sHH24sHHI32sQQII"


def histogram_bytes(province, grading, month, scale, programme_digest, histogram, revision=1):
    """The histogram as it is signed by its digest: scores strictly descending."""
    entries = sorted(((score, units) for score, units in histogram.items() if units),
                     reverse=True)
    head = struct.pack(HEADER, b"PHG1", 1, province, grading.encode(), month, 0, scale,
                       programme_digest, sum(units for _, units in entries), len(entries),
                       revision, 0)
    assert len(head) == 96
    return head + b"".join(struct.pack("<QQ", score, units) for score, units in entries)


def histogram_of(data):
    """(province, grading, month, scale, histogram) of those bytes."""
    fields = struct.unpack(HEADER, data[:96])
    b.need(fields[0] == b"PHG1" and fields[1] == 1 and fields[5] == 0, "header of a histogram")
    entries = list(struct.iter_unpack("<QQ", data[96:]))
    b.need(len(entries) == fields[9] and sum(units for _, units in entries) == fields[8],
           "counts of a histogram")
    b.need(all(one[0] > two[0] for one, two in zip(entries, entries[1:])),
           "scores descend strictly")
    return (fields[2], fields[3].rstrip(b"\0").decode(), fields[4], fields[6], dict(entries))


def thresholds_text(grading, month, programme_digest, units, scale, thresholds):
    """The clearing's line, without its line feed."""
    cuts = [f"{level}:{percent}:{rank}:{b.fraction_text(score)}:{threshold}"
            for level, percent, rank, score, threshold in thresholds]
    return ",".join(["THRESHOLDS", "1", "CLR", grading, b.month_text(month),
                     programme_digest.hex(), str(units), str(scale), *cuts])


def digest(data):
    return hashlib.sha256(data).digest()
