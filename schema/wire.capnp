@0xc1d7f2a90b3e4d61;
# What goes over the wire between a province's node and the clearing: docs/wire.md says what each
# message means, its limits, and who answers with what. One ZeroMQ message is one Message in Cap'n
# Proto's stream framing, unpacked. Digests never cover these bytes: they cover the batch and the
# receipt's text. Numbers of fields are never used again.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("ph::schema");

struct Message {
  version @0 :UInt16;  # 1
  union {
    heartbeat @1 :Heartbeat;
    offer @2 :Offer;
    want @3 :Want;
    chunk @4 :Chunk;
    receipt @5 :Receipt;
    refusal @6 :Refusal;
    held @7 :Held;
    adviceRequest @8 :AdviceRequest;
    advices @9 :Advices;
    ask @10 :Ask;
    answer @11 :Answer;
  }
}

struct Offer {  # node -> clearing
  sequence @0 :UInt32;   # of the batch
  date @1 :UInt16;       # its business date, days since 2000-01-01
  size @2 :UInt64;       # bytes of the .phb file
  digest @3 :Data;       # 32 bytes: the batch's digest
  signature @4 :Text;    # the signature file's line without LF, kind BATCH
}

struct Want {  # clearing -> node
  sequence @0 :UInt32;
  digest @1 :Data;
  offset @2 :UInt64;     # the next byte it lacks
  until @3 :UInt64;      # send no byte from here on
}

struct Chunk {  # node -> clearing
  sequence @0 :UInt32;
  digest @1 :Data;
  offset @2 :UInt64;
  bytes @3 :Data;        # 1 byte to 1 MiB
}

struct Receipt {  # clearing -> node
  sequence @0 :UInt32;
  text @1 :Text;         # the receipt's line without LF
  signature @2 :Text;    # the signature file's line without LF, kind RECEIPT
  returned @3 :List(Returned);  # at most 4,096
  more @4 :Bool;         # not all returned items are listed
}

struct Returned {
  entry @0 :UInt32;
  kind @1 :UInt8;
  code @2 :UInt8;
  participant @3 :UInt16;  # of the transaction's id
  date @4 :UInt16;
  reference @5 :Text;
}

struct Refusal {  # clearing -> node
  sequence @0 :UInt32;   # 0 when the message wasn't understood
  digest @1 :Data;       # of the batch it is about; empty when the message wasn't understood
  code @2 :UInt16;
  retry @3 :Bool;
  detail @4 :Text;
}

struct Held {  # clearing -> node
  sequence @0 :UInt32;
  digest @1 :Data;
  missing @2 :UInt32;    # the first that lacks before it
}

struct Heartbeat {  # both ways
  lastReceipted @0 :UInt32;
  lastAdvice @1 :UInt64;
  at @2 :Int64;          # seconds since 2000-01-01T00:00:00+08:00
}

struct AdviceRequest {  # node -> clearing
  after @0 :UInt64;
}

struct Advices {  # clearing -> node
  advices @0 :List(Advice);  # at most 256, their numbers ascending
}

struct Advice {
  number @0 :UInt64;
  home @1 :UInt16;
  sequence @2 :UInt32;
  date @3 :UInt16;
  issued @4 :Int64;
  redeemed @5 :Int64;
  expired @6 :Int64;
  forfeited @7 :Int64;
  moved @8 :Int64;
  repaid @9 :Int64;
}

struct TransactionId {
  participant @0 :UInt16;  # its number in the rule book; 0: no id
  date @1 :UInt16;
  reference @2 :Text;      # 1 to 24 of A-Z a-z 0-9 -
}

struct Ask {  # asker -> clearing -> the member's home
  kind @0 :UInt8;          # 6 redeem 7 hold 8 capture 9 void 10 exchange out 11 accrual
                           # 12 exchange in 13 refund 14 reversal
  form @1 :UInt8;          # docs/formats.md, section 6
  final @2 :Bool;          # of a capture: the rest of the hold is freed
  id @3 :TransactionId;
  parent @4 :TransactionId;
  member @5 :UInt64;
  giver @6 :UInt16;        # the acquiring province; 0 when a partner asks
  partner @7 :UInt16;      # 0 when a province gives the goods itself
  rate @8 :UInt32;         # of an exchange: the version of its row
  seconds @9 :UInt32;      # of a hold: how long it lasts
  points @10 :Int64;
  units @11 :Int64;
  slices @12 :List(Slice); # clearing -> home alone
  request @13 :Data;       # SHA-256 of the partner's signed request; empty when no partner asks
  authorisation @14 :UInt64; # of a refund or reversal: the code that its parent's answer had
}

struct Slice {
  lot @0 :UInt64;          # participant << 48 | date << 32 | number
  earnedMonth @1 :UInt16;  # months since 2000-01
  expiresOn @2 :UInt16;
  source @3 :UInt8;
  rating @4 :UInt8;
  original @5 :Int64;
  points @6 :Int64;
}

struct Answer {  # home -> clearing -> asker; or of the clearing itself
  kind @0 :UInt8;
  id @1 :TransactionId;
  definite @2 :Bool;       # not: nothing is decided, ask again
  code @3 :UInt8;          # 0 done; else docs/wire.md, section 6
  home @4 :UInt16;         # who decided; 0: the clearing
  authorisation @5 :UInt64;  # home << 48 | date << 32 | serial; 0: none
  at @6 :Int64;            # seconds since 2000-01-01T00:00:00+08:00
  ends @7 :Int64;          # of a hold: the first second when it is over; else 0
  points @8 :Int64;
  detail @9 :Text;
}
