@0xd0a9c4f26be3a117;
using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("moot::sync::generated");
# The messages between two nodes, after the handshake (docs/protocol.md, Messages). Each frame holds one Message in one segment.
# Hashes, keys and ids are Data of their exact length; anything else is refused by wire.cpp.

struct EstablishEvent {
  position @0 :UInt64;
  leaf @1 :Data;
  inclusion @2 :Data;       # hashes of 32 bytes, of `leaf` at `position` in the head's tree; empty in a Chain
  trusted @3 :Data;         # consistency proof from its trusted size to the head; empty in a Chain and for seq 0
  rival @4 :Data;           # leaf of the event that it repudiates; empty: none
}

struct ChainGet {
  organisation @0 :Data;
  fromSeq @1 :UInt32;
}
struct Chain {
  organisation @0 :Data;
  fromSeq @1 :UInt32;
  events @2 :List(EstablishEvent);
}
struct Interest {
  ids @0 :Data;             # 32 bytes each, ascending
  first @1 :Bool;           # replaces what was told before
  last @2 :Bool;
}
struct InterestDelta {
  added @0 :Data;
  removed @1 :Data;
}
struct Heads {
  entries @0 :Data;         # organisation[32] seq[4] size[8] root[32], ascending by organisation
  last @1 :Bool;
}
struct HeadGet {
  organisation @0 :Data;
  fromSize @1 :UInt64;      # newest verified head of the asker; 0 none
  held @2 :UInt64;          # entries held by the asker
  knownEvents @3 :UInt32;   # establish events known to the asker
  headOnly @4 :Bool;        # no tail wanted
  request @5 :UInt32;       # echoed by every answer, so that an answer to a fetch that was given up is told from a new one's
  newestEvent @6 :Data;     # id of event knownEvents - 1; empty when none is known
}
struct Head {
  organisation @0 :Data;
  note @1 :Text;
  fromSize @2 :UInt64;
  consistency @3 :Data;
  events @4 :List(EstablishEvent);
  tailFirst @5 :UInt64;     # the tail from the asker's `held` on, when it fits; else empty
  tailLeaves @6 :Data;
  tailBodies @7 :Data;
  request @8 :UInt32;
  fromRoot @9 :Data;        # root of the answerer's tree at fromSize; empty when it is 0 or larger than the head
}
struct NodesGet {
  organisation @0 :Data;
  size @1 :UInt64;
  firstBlock @2 :UInt32;
  count @3 :UInt32;
  request @4 :UInt32;
}
struct Nodes {
  organisation @0 :Data;
  size @1 :UInt64;
  firstBlock @2 :UInt32;
  hashes @3 :Data;
  request @4 :UInt32;
}
struct HeadersGet {
  organisation @0 :Data;
  size @1 :UInt64;
  first @2 :UInt64;         # the rest of the block that holds this entry
  request @3 :UInt32;
}
struct Headers {
  organisation @0 :Data;
  first @1 :UInt64;
  leaves @2 :Data;
  request @3 :UInt32;
}
struct BodiesGet {
  organisation @0 :Data;
  first @1 :UInt64;
  count @2 :UInt32;
  request @3 :UInt32;
}
struct Bodies {
  organisation @0 :Data;
  first @1 :UInt64;
  next @2 :UInt64;          # first entry that this answer does not cover
  bodies @3 :Data;
  request @4 :UInt32;
}
struct Announce {
  organisation @0 :Data;
  note @1 :Text;
  tailFirst @2 :UInt64;
  tailLeaves @3 :Data;      # empty: the head only
  tailBodies @4 :Data;
  seq @5 :UInt32;           # of the event under which the checkpoint is valid
}
struct Cosignature {
  organisation @0 :Data;
  size @1 :UInt64;
  line @2 :Text;            # the signature line of a C2SP note, with its line feed
}
struct Evidence {
  organisation @0 :Data;
  file @1 :Data;            # log/evidence.hpp
}
struct Refused {
  organisation @0 :Data;
  reason @1 :UInt16;
  request @2 :UInt32;
}
struct Close {
  reason @0 :UInt16;
}

struct Message {
  union {
    unknown @0 :Void;       # a message of a later version reads as this: skipped when `optional`, else the session ends
    chainGet @1 :ChainGet;
    chain @2 :Chain;
    interest @3 :Interest;
    interestDelta @4 :InterestDelta;
    heads @5 :Heads;
    headGet @6 :HeadGet;
    head @7 :Head;
    nodesGet @8 :NodesGet;
    nodes @9 :Nodes;
    headersGet @10 :HeadersGet;
    headers @11 :Headers;
    bodiesGet @12 :BodiesGet;
    bodies @13 :Bodies;
    announce @14 :Announce;
    refused @15 :Refused;
    ping @16 :Void;
    close @17 :Close;
    cosignature @19 :Cosignature;
    evidence @20 :Evidence;
  }
  optional @18 :Bool;
}
