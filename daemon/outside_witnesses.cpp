#include "node/outside_witnesses.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <iterator>

#include "base/limits.hpp"
#include "config/host_port.hpp"
#include "crypto/encoding.hpp"
#include "crypto/hash.hpp"
#include "node/errors.hpp"
#include "node/http_post.hpp"
#include "node/in_quotes.hpp"

namespace moot::node {
namespace {

constexpr unsigned http_ok = 200;
constexpr unsigned http_conflict = 409;  // tlog-witness: the body is the size that it knows

Error bad_policy(const std::string& why) {
  return error_of("failed", "witness.policy: " + why,
                  "correct the file, or set witness.policy to \"\"");
}

/// http://host[:port][/prefix].
bool read_url(OutsideWitness& witness) {
  constexpr std::string_view scheme = "http://";
  if (!witness.url.starts_with(scheme)) return false;
  std::string rest = witness.url.substr(scheme.size());
  const std::size_t slash = std::min(rest.find('/'), rest.size());
  std::string place = rest.substr(0, slash);
  const bool has_port = place.rfind(':') != std::string::npos && !place.ends_with(']');
  const auto where = config::parse_host_port(has_port ? place : place + ":80");
  if (!where || where->port == 0) return false;
  witness.host = where->host;
  witness.port = where->port;
  witness.target = rest.substr(slash);
  while (witness.target.ends_with('/')) witness.target.pop_back();
  witness.target += "/add-checkpoint";
  return true;
}

/// Names of values are short, and names of witnesses are not.
std::string value_name(const std::string& witness) {
  return "outside/" + crypto::to_hex(ByteView(crypto::sha256(view_of(witness))).first(16));
}

std::optional<std::uint64_t> read_number(std::string_view text) {
  while (text.ends_with('\n') || text.ends_with('\r')) text.remove_suffix(1);
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

Result<std::vector<OutsideWitness>, Error> outside_witnesses_of(const log::WitnessPolicy& policy) {
  std::vector<OutsideWitness> witnesses;
  for (const log::WitnessPolicy::Witness& one : policy.witnesses) {
    if (one.url.empty()) continue;
    OutsideWitness witness{
        .name = one.name, .key = one.key, .url = one.url, .host = {}, .port = 80, .target = {}};
    if (!read_url(witness)) {
      return fail(bad_policy("the witness " + one.name + " is at " + one.url +
                             "; only http://host:port is spoken, so put a local proxy before one "
                             "that wants https"));
    }
    witnesses.push_back(std::move(witness));
  }
  if (witnesses.size() > limits::outside_witnesses_max) {
    return fail(bad_policy("there are more than " + std::to_string(limits::outside_witnesses_max) +
                           " witnesses in it"));
  }
  return witnesses;
}

Result<std::vector<OutsideWitness>, Error> read_outside_witnesses(
    const std::string& path, const std::filesystem::path& home) {
  if (path.empty()) return std::vector<OutsideWitness>();
  const std::filesystem::path file = home / path;  // an absolute path stays as it is
  std::ifstream in(file, std::ios::binary);
  if (!in) return fail(bad_policy("cannot read " + file.string()));
  std::string text(limits::policy_bytes_max + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  const auto policy = log::parse_witness_policy(text);
  if (policy) return outside_witnesses_of(*policy);
  return fail(bad_policy(file.string() + " line " + std::to_string(policy.error().line) + ": " +
                         policy.error().why));
}

std::string add_checkpoint_body(log::TreeSize old_size, const log::Checkpoint& newest,
                                const log::HashReader& tree) {
  std::string body = "old " + std::to_string(old_size) + "\n";
  for (const Hash& hash : log::consistency_proof(old_size, newest.head.size, tree)) {
    body += crypto::to_base64(hash) + "\n";
  }
  return body + "\n" + newest.note;
}

std::optional<std::string> cosignature_in(const std::string& answer,
                                          const log::Checkpoint& checkpoint,
                                          const OutsideWitness& witness) {
  const auto note = log::parse_note(checkpoint.note);
  if (!note) return std::nullopt;
  for (std::size_t begin = 0; begin < answer.size();) {
    const std::size_t end = std::min(answer.find('\n', begin), answer.size());
    const std::string line = answer.substr(begin, end - begin) + "\n";
    begin = end + 1;
    if (line.size() > limits::cosignature_line_bytes_max) continue;
    const auto cosigned = log::parse_note(note->text + "\n" + line);
    if (cosigned && log::cosigned_at(*cosigned, witness.key)) return line;
  }
  return std::nullopt;
}

struct OutsideWitnesses::State : std::enable_shared_from_this<State> {
  State(Loop& loop_given, Commits& commits_given, const store::Store& store_given,
        const log::OrganisationId& own_given, std::vector<OutsideWitness> witnesses_given)
      : loop(loop_given),
        commits(commits_given),
        store(store_given),
        own(own_given),
        witnesses(std::move(witnesses_given)),
        timer(loop, [this] { begin(); }) {}

  Loop& loop;
  Commits& commits;
  const store::Store& store;
  const log::OrganisationId own;
  const std::vector<OutsideWitness> witnesses;
  std::vector<View> views;
  Timer timer;
  std::optional<Instant> last_begun;
  bool is_asking = false;
  bool is_stopping = false;

  void begin();
  /// Apart, so that nothing of the store is held while it waits for an answer.
  std::string body_of(log::TreeSize old_size, const log::Checkpoint& newest) const {
    const auto tree = store.tree(own);
    return add_checkpoint_body(old_size, newest, *tree);
  }
  void keep(std::size_t place, const log::Checkpoint& checkpoint, const std::string& line);
  static asio::awaitable<void> ask_all(std::shared_ptr<State> self);
  static asio::awaitable<void> ask(std::shared_ptr<State> self, std::size_t place,
                                   log::Checkpoint newest);
};

void OutsideWitnesses::State::begin() {
  if (is_asking || is_stopping) return;
  const auto now = store.state(own);
  const bool is_any_behind = now && now->head && std::ranges::any_of(views, [&](const View& view) {
                               return view.size < now->head->head.size;
                             });
  if (!is_any_behind) return;
  is_asking = true;
  last_begun = loop.now();
  asio::co_spawn(loop.context(), ask_all(shared_from_this()), report_end);
}

asio::awaitable<void> OutsideWitnesses::State::ask_all(std::shared_ptr<State> self) {
  const auto state = self->store.state(self->own);
  const bool has_head = state && state->head;
  bool is_any_behind = false;
  for (std::size_t place = 0; has_head && place < self->witnesses.size(); ++place) {
    if (self->is_stopping) break;
    if (self->views[place].size >= state->head->head.size) continue;
    co_await ask(self, place, *state->head);
    is_any_behind = is_any_behind || self->views[place].size < state->head->head.size;
  }
  self->is_asking = false;
  if (is_any_behind && !self->is_stopping) {
    self->timer.arm_no_later_than(self->loop.now() + limits::redial_ms_max);
  }
}

/// The proof begins at the size that it last cosigned; when that is not what it knows it says so.
asio::awaitable<void> OutsideWitnesses::State::ask(std::shared_ptr<State> self, std::size_t place,
                                                   log::Checkpoint newest) {
  const OutsideWitness& witness = self->witnesses[place];
  View& view = self->views[place];
  log::TreeSize old_size = view.size;
  for (int tries = 0; tries < limits::outside_witness_tries_max; ++tries) {
    std::string body = self->body_of(old_size, newest);
    const HttpAnswer answer =
        co_await post_over_http(witness.host, witness.port, witness.target, std::move(body));
    if (self->is_stopping) co_return;
    if (answer.status == http_ok) {
      const auto line = cosignature_in(answer.body, newest, witness);
      if (line) {
        self->keep(place, newest, *line);
      } else {
        view.error = "its answer has no signature by its key";
      }
      co_return;
    }
    view.error = answer.status == 0 ? answer.body : "it answered " + std::to_string(answer.status);
    const auto known = answer.status == http_conflict ? read_number(answer.body) : std::nullopt;
    if (known && *known > newest.head.size) {
      view.error = "it knows a log of " + std::to_string(*known) +
                   " entries, more than there are here: was this home restored from a backup?";
    }
    if (!known || *known > newest.head.size || *known == old_size) break;
    old_size = *known;
  }
  spdlog::warn("outside-witness-failed name={} reason={}", in_quotes(witness.name),
               in_quotes(view.error));
}

void OutsideWitnesses::State::keep(std::size_t place, const log::Checkpoint& checkpoint,
                                   const std::string& line) {
  View& view = views[place];
  view.size = checkpoint.head.size;
  view.line = line;
  view.error.clear();
  const auto note = log::parse_note(checkpoint.note);
  const auto cosigned = log::parse_note(note->text + "\n" + line);
  view.time_s = log::cosigned_at(*cosigned, witnesses[place].key).value_or(0);
  spdlog::info("witnessed-outside name={} size={}", in_quotes(view.name), view.size);
  store::PutValue job{
      .name = value_name(view.name),
      .value = std::to_string(view.size) + " " + std::to_string(view.time_s) + " " + line};
  commits.submit(std::move(job), [](const store::JobResult& result) {
    if (!result) spdlog::warn("value-not-noted name=outside");
  });
}

OutsideWitnesses::OutsideWitnesses(Loop& loop, Commits& commits, const store::Store& store,
                                   const log::OrganisationId& own,
                                   std::vector<OutsideWitness> witnesses)
    : state_(std::make_shared<State>(loop, commits, store, own, std::move(witnesses))) {
  for (const OutsideWitness& witness : state_->witnesses) {
    View view{
        .name = witness.name, .url = witness.url, .size = 0, .time_s = 0, .line = {}, .error = {}};
    const std::string value = store.value(value_name(witness.name)).value_or(std::string());
    const std::size_t first = std::min(value.find(' '), value.size());
    const std::size_t second = std::min(value.find(' ', first + 1), value.size());
    const auto size = read_number(value.substr(0, first));
    if (size && second < value.size()) {
      view.size = *size;
      view.time_s = read_number(value.substr(first + 1, second - first - 1)).value_or(0);
      view.line = value.substr(second + 1);
    }
    state_->views.push_back(std::move(view));
  }
}

OutsideWitnesses::~OutsideWitnesses() { stop(); }

void OutsideWitnesses::ask_soon() {
  State& state = *state_;
  if (state.witnesses.empty() || state.is_stopping) return;
  const Instant now = state.loop.now();
  const auto earliest = state.last_begun ? *state.last_begun + limits::cosign_every_ms : now;
  state.timer.arm_no_later_than(std::max(now, earliest));
}

void OutsideWitnesses::stop() {
  state_->is_stopping = true;
  state_->timer.cancel();
}

const std::vector<OutsideWitnesses::View>& OutsideWitnesses::views() const { return state_->views; }

}  // namespace moot::node
