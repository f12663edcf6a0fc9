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
    lookUp @12 :LookUp;
    found @13 :Found;
    quoteRequest @14 :QuoteRequest;
    quote @15 :Quote;
    rosterRequest @16 :RosterRequest;
    roster @17 :Roster;
    dayFilePart @18 :DayFilePart;
    dayFileRequest @19 :DayFileRequest;
    dayFile @20 :DayFile;
    # Sent only to who says in its heartbeat that it can.
    scores @21 :Scores;
    scoresTaken @22 :ScoresTaken;
    thresholdsRequest @23 :ThresholdsRequest;
    thresholds @24 :Thresholds;
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
  speaks @3 :UInt16;     # 0: members 0 to 20 of the union, as releases before; 1: 21 to 24, too
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
                           # 12 exchange in 13 refund 14 reversal 15 move
  form @1 :UInt8;          # docs/formats.md, section 6
  final @2 :Bool;          # of a capture: the rest of the hold is freed
  id @3 :TransactionId;
  parent @4 :TransactionId;
  member @5 :UInt64;       # 0: that of the hold, of a partner's capture or void
  giver @6 :UInt16;        # the acquiring province, of a move the new home; 0 when a partner asks
  partner @7 :UInt16;      # 0 when a province gives the goods itself
  rate @8 :UInt32;         # of an exchange: the version of its row
  seconds @9 :UInt32;      # of a hold: how long it lasts
  points @10 :Int64;
  units @11 :Int64;
  slices @12 :List(Slice); # clearing -> home alone, of a refund: what former homes said
  request @13 :Data;       # SHA-256 of the partner's signed request; empty when no partner asks
  authorisation @14 :UInt64; # of a refund or reversal: the code that its parent's answer had
  number @15 :UInt64;      # the asker's own, given back with each answer; 0: none
}

struct Slice {
  lot @0 :UInt64;          # participant << 48 | date << 32 | number
  earnedMonth @1 :UInt16;  # months since 2000-01
  expiresOn @2 :UInt16;
  source @3 :UInt8;
  rating @4 :UInt8;
  original @5 :Int64;
  points @6 :Int64;        # of what former homes say of a refund's parent, 0 and below, too
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
  points @8 :Int64;        # of a void: those that are free again; of a move: those that leave
  detail @9 :Text;
  left @10 :Int64 = -1;    # to a partner: what can still be captured of the hold, or given back of
                           # the parent, when this is said; -1: it isn't said
  member @11 :UInt64;      # to a partner: whose points; else 0
  number @12 :UInt64;      # that of the ask
  slices @13 :List(Slice); # of a move that is done: the lots and debts that leave; from a home to
                           # the clearing, of a refund with code 25: what is left of its parent
  standing @14 :Data;      # of a move that is done, 8,192 bytes at most: what the old home's
                           # programme knows of the member; the clearing hands it on unread
}

# What follows is between the clearing house's gateway and the clearing. `number` is the asker's
# own and comes back with the answer.

struct LookUp {  # gateway -> clearing: what is known of a partner's transaction?
  number @0 :UInt64;
  id @1 :TransactionId;
}

struct Found {  # clearing -> gateway
  number @0 :UInt64;
  ask @1 :Ask;             # what was asked; absent: nothing is known
  answer @2 :Answer;       # and answered; not definite: the home has not answered yet.
                           # Without an ask only its code: 1, the id is too old to say
}

struct QuoteRequest {  # gateway -> clearing: what do the partner's prices make of an amount?
  number @0 :UInt64;
  kind @1 :UInt8;          # 6 redeem 10 exchange out 11 accrual 12 exchange in
  partner @2 :UInt16;
  date @3 :UInt16;         # whose prices count
  points @4 :Int64;        # one of these three is above 0: points,
  units @5 :Int64;         # of an exchange,
  fen @6 :Int64;           # of a redemption
}

struct Quote {  # clearing -> gateway
  number @0 :UInt64;
  code @1 :UInt8;          # 0; 16 no contract or price; 22 no amount that can be
  points @2 :Int64;
  units @3 :Int64;
  fen @4 :Int64;           # rounded half up
  rate @5 :UInt32;         # version of the price row
  num @6 :Int64;
  den @7 :Int64;
  block @8 :Int64;         # of an exchange
  min @9 :Int64;
}

struct RosterRequest {  # gateway -> clearing: who is who?
  after @0 :UInt16;        # participants with greater numbers
}

struct Roster {  # clearing -> gateway, by the rule book in force
  after @0 :UInt16;        # of the request
  participants @1 :List(Participant);  # at most 1,024, their numbers ascending
  more @2 :Bool;           # there are others behind them
}

struct Participant {
  number @0 :UInt16;
  code @1 :Text;
}

struct DayFilePart {  # gateway -> clearing: of the file that a partner brings for a day
  number @0 :UInt64;
  partner @1 :UInt16;
  date @2 :UInt16;       # the day
  size @3 :UInt64;       # of the file, 1 byte to 64 MiB
  digest @4 :Data;       # its SHA-256
  signature @5 :Text;    # the signature file's line without LF, kind DAY
  offset @6 :UInt64;
  bytes @7 :Data;        # up to 1 MiB; none: where does the clearing want it from?
}

struct DayFileRequest {  # gateway -> clearing: what became of the day's file?
  number @0 :UInt64;
  partner @1 :UInt16;
  date @2 :UInt16;
}

struct DayFile {  # clearing -> gateway
  number @0 :UInt64;
  state @1 :UInt8;       # 0 none has come 1 wanted 2 being read 3 accepted 4 refused
                         # 5 another file of this day was accepted 6 busy, ask again later
  digest @2 :Data;       # of the file that this is about; empty in 0 and 6
  sequence @3 :UInt32;   # of its batch; 0: not known
  offset @4 :UInt64;     # when it is wanted: from this byte on
  rows @5 :UInt64;       # of an accepted one; 0: not known
  why @6 :Text;          # for people
  faults @7 :List(DayFileFault);  # of a refused one, at most 1,001
}

struct DayFileFault {
  number @0 :UInt16;     # docs/formats.md, section 7
  line @1 :UInt32;       # 1: the header; 0: the file as a whole
  column @2 :Text;       # texts have 512 bytes at most
  value @3 :Text;
  expected @4 :Text;
}

# Ratings (docs/wire.md, section 8). A grading is 1 to 24 of a-z 0-9 -, a month counts from 2000-01.

struct Scores {  # node -> clearing: a part of the histogram of a province's scores
  grading @0 :Text;
  month @1 :UInt16;      # that is rated
  programme @2 :Data;    # SHA-256 of the programme's file
  revision @3 :UInt32;   # of the histogram, from 1: a greater one takes the place of a smaller one
  digest @4 :Data;       # SHA-256 of the histogram
  size @5 :UInt64;       # of the histogram, 96 to 16,000,096 bytes
  signature @6 :Text;    # the signature file's line without LF, kind SCORES
  offset @7 :UInt64;
  bytes @8 :Data;        # up to 1 MiB; none: where does the clearing want it from?
  sequence @9 :UInt32;   # whose key signed: of a batch that the province holds a receipt for
}

struct ScoresTaken {  # clearing -> node
  grading @0 :Text;
  month @1 :UInt16;
  digest @2 :Data;       # of the histogram that this is about
  offset @3 :UInt64;     # state 1: from this byte on
  state @4 :UInt8;       # 1 send from offset on 2 taken 3 not open 4 another programme
                         # 5 another one was taken 6 bytes are wrong 7 busy, send it again later
  detail @5 :Text;       # for people
}

struct ThresholdsRequest {  # node -> clearing
  grading @0 :Text;
  month @1 :UInt16;
}

struct Thresholds {  # clearing -> node
  grading @0 :Text;
  month @1 :UInt16;
  state @2 :UInt8;       # 1 published 2 waits for provinces 3 not open
  text @3 :Text;         # 1: the line of the thresholds without LF
  signature @4 :Text;    # 1: the signature file's line without LF, kind THRESHOLDS
  waiting @5 :List(UInt16);  # 2: numbers of the provinces that have not sent, ascending
}
