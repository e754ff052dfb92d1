@0x9f6a1c6d0b3e4a57;
# Requests and answers of the control socket (control.hpp says what each field means). Private to
# control.cpp. Long texts are Data: they are bytes as they were read, and need no end mark.
using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("moot::control::wire");

struct Request {
  union {
    publish @0 :Publish;
    follow @1 :Follow;
    unfollow @2 :Unfollow;
    sync @3 :Sync;
    query @4 :Query;
    withdraw @5 :Text;
    erase @6 :Erase;
    hide @7 :Hide;
    findText @8 :FindText;
    compact @9 :Void;
    confirm @10 :Void;
    cancel @11 :UInt64;
    publishWait @12 :PublishWait;
    apply @13 :Apply;
    eraseWithdrawn @14 :EraseWithdrawn;
  }
}

struct Publish {
  sources @0 :List(Source);
  kind @1 :Text;
  dryRun @2 :Bool;
}

struct Source {
  name @0 :Text;
  text @1 :Data;
}

struct Follow {
  target @0 :Text;
  name @1 :Text;
  headOnly @2 :Bool;
  insteadOf @3 :Text;
}

struct Unfollow {
  organisation @0 :Text;
}

struct Sync {
  organisation @0 :Text;
  wait @1 :Bool;
  timeoutMs @2 :UInt32;
}

struct Query {
  what @0 :UInt8;
  organisation @1 :Text;
  record @2 :Text;
  history @3 :Bool;
  from @4 :UInt64;
  limit @5 :UInt64;
}

struct Erase {
  record @0 :Text;
  partMask @1 :UInt8;
  reason @2 :UInt8;
  now @3 :Bool;
  dryRun @4 :Bool;
}

struct Hide {
  organisation @0 :Text;
  record @1 :Text;
  reason @2 :Text;
  takeBack @3 :Bool;
}

struct FindText {
  text @0 :Text;
  limit @1 :UInt64;
}

struct PublishWait {
  queued @0 :UInt64;
  size @1 :UInt64;
  witnesses @2 :UInt32;
  timeoutMs @3 :UInt32;
}

struct Apply {
  files @0 :List(Data);
}

struct EraseWithdrawn {
  texts @0 :List(Texts);
  reason @1 :UInt8;
}

struct Texts {
  entry @0 :UInt64;
  partMask @1 :UInt8;
}

struct Response {
  union {
    answer @0 :Answer;
    error @1 :Error;
  }
}

struct Answer {
  json @0 :Data;
  incomplete @1 :Bool;
}

struct Error {
  code @0 :Text;
  message @1 :Text;
  hint @2 :Text;
  problems @3 :List(Problem);
}

struct Problem {
  where @0 :Text;
  found @1 :Text;
  allowed @2 :Text;
  hint @3 :Text;
}
