#include "node/node.hpp"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "base/limits.hpp"
#include "config/host_port.hpp"
#include "node/commands.hpp"
#include "node/control_socket.hpp"
#include "node/cosigner.hpp"
#include "node/errors.hpp"
#include "node/home.hpp"
#include "node/in_quotes.hpp"
#include "node/listener.hpp"
#include "node/outside_witnesses.hpp"
#include "node/service_manager.hpp"
#include "node/unix_time.hpp"

namespace moot::node {
namespace {

/// The lines are for a journal: their own time, a level, `event key=value …`.
void set_up_logging(const std::string& level) {
  auto logger =
      std::make_shared<spdlog::logger>("mootd", std::make_shared<spdlog::sinks::stderr_sink_mt>());
  logger->set_pattern("%Y-%m-%dT%H:%M:%S.%e%z %l %v");
  logger->set_level(spdlog::level::from_str(level));
  spdlog::set_default_logger(std::move(logger));
}

/// What others are told to dial. A node that listens everywhere has no address of its own to tell.
std::string address_of(const Home& home, const std::string& listening) {
  const std::string& where = home.config.advertise.empty() ? listening : home.config.advertise;
  const auto parsed = config::parse_host_port(where);
  if (!parsed) return {};
  return "moot://" + log::to_text(home.organisation) + "@" + config::to_text(*parsed);
}

sync::Settings settings_of(const Home& home) {
  return {.own = home.organisation,
          .node_key = home.node_key.clone(),
          .serve_followed_to_all = home.config.serve_followed_to_all,
          .cosigns = true};
}

}  // namespace

/// Members stand in the order of wiring and are destroyed in the reverse: the loop and the store
/// outlive all that posts to the one and writes to the other.
struct Node::State {
  State(Home home_given, std::vector<OutsideWitness> witnesses,
        const std::function<Machine()>& read_machine)
      : home(std::move(home_given)),
        commits(loop, *home.store),
        replicator(settings_of(home), *home.store),
        driver(loop, commits, replicator, home.organisation),
        follows(home.organisation, home.store->follows()),
        dialler(loop, driver),
        listener(loop,
                 [this](std::shared_ptr<Stream> stream, const std::string& remote) {
                   driver.add(std::move(stream), false, std::nullopt, remote);
                 }),
        cosigner(commits, driver, home.organisation, home.node_key),
        keeper({.loop = loop,
                .commits = commits,
                .driver = driver,
                .store = *home.store,
                .follows = follows,
                .paths = home.paths,
                .log_key = home.log_key.public_key().bytes(),
                .read_machine = read_machine}),
        publisher({.loop = loop,
                   .workers = workers,
                   .commits = commits,
                   .store = *home.store,
                   .driver = driver,
                   .keeper = keeper,
                   .own = home.organisation,
                   .log_key = home.log_key}),
        destruction(loop, commits, *home.store, home.config.scrub_every_ms),
        retention(loop, workers, *home.store, home.organisation, home.config.retention),
        outside(loop, commits, *home.store, home.organisation, std::move(witnesses)),
        eraser({.loop = loop,
                .workers = workers,
                .commits = commits,
                .store = *home.store,
                .driver = driver,
                .follows = follows,
                .keeper = keeper,
                .publisher = publisher,
                .destruction = destruction}),
        key_change({.commits = commits,
                    .store = *home.store,
                    .follows = follows,
                    .paths = home.paths,
                    .keeper = keeper,
                    .reopen = [this] { reopen(); }}),
        commands({.loop = loop,
                  .workers = workers,
                  .commits = commits,
                  .store = *home.store,
                  .driver = driver,
                  .dialler = dialler,
                  .follows = follows,
                  .publisher = publisher,
                  .keeper = keeper,
                  .eraser = eraser,
                  .destruction = destruction,
                  .key_change = key_change,
                  .outside = outside,
                  .retention = retention,
                  .facts = facts}),
        control(loop, workers,
                {.handle =
                     [this](control::Request request, ControlSocket::Answered answered) {
                       commands.handle(std::move(request), std::move(answered));
                     },
                 .publish =
                     [this](PreparedPublish publish, ControlSocket::Answered answered) {
                       publisher.publish(std::move(publish), std::move(answered));
                     }}),
        stop_deadline(loop, [this] {
          spdlog::warn("stop-not-clean reason=time");
          loop.stop();
        }) {}

  Loop loop;
  Home home;
  NodeFacts facts;
  Commits commits;
  sync::Replicator replicator;
  Driver driver;
  Follows follows;
  Dialler dialler;
  Listener listener;
  Cosigner cosigner;
  GateKeeper keeper;
  Workers workers;
  Publisher publisher;
  Destruction destruction;
  RetentionWatch retention;
  OutsideWitnesses outside;
  Eraser eraser;
  KeyChange key_change;
  Commands commands;
  ControlSocket control;
  Timer stop_deadline;
  std::map<std::pair<log::OrganisationId, crypto::PublicKeyBytes>, store::PeerSeen> peers_seen;
  Ended ended = Ended::stopped;
  bool is_stopping = false;
  bool are_streams_ended = false;
  bool are_clients_ended = false;

  Result<Done, Error> listen(const std::string& where);
  void wire();
  void wire_driver();
  void note_peer(const sync::Authenticated& peer);
  void reopen();
  void stop();
  void stop_if_all_ended();
};

void Node::State::wire() {
  for (const store::PeerSeen& peer : home.store->peers()) {
    peers_seen[{peer.organisation, peer.node_key}] = peer;
  }
  wire_driver();
  keeper.set_on_change([this] { publisher.handle_gate_changed(); });
  cosigner.set_on_kept([this] { commands.publish_waits().look(); });
  publisher.set_on_dropped([this] { destruction.note_dropped(); });
  publisher.set_on_dequeued([this](std::uint64_t number, log::TreeSize size) {
    commands.publish_waits().handle_dequeued(number, size);
  });
}

void Node::State::wire_driver() {
  driver.set_listeners(
      {.on_authenticated =
           [this](const sync::Authenticated& peer) {
             dialler.handle_authenticated(peer.connection);
             note_peer(peer);
             commands.sync_waits().ask_again();
           },
       .on_session_ended =
           [this](sync::ConnectionId id, sync::CloseReason reason, const std::string& detail) {
             if (!is_stopping) dialler.handle_session_ended(id, reason, detail);
           },
       .on_head_moved = [this](const sync::HeadMoved&) { commands.sync_waits().look_soon(); },
       .on_own_log_ahead = [this](const sync::OwnLogAhead& ahead) { keeper.handle_ahead(ahead); },
       .on_own_head_confirmed =
           [this](const sync::OwnHeadConfirmed& confirmed) { keeper.handle_confirmed(confirmed); },
       .on_cosign = [this](const sync::Cosign& effect) { cosigner.cosign(effect.checkpoint); },
       .on_cosigned = [this](const sync::Cosigned& effect) { cosigner.keep(effect); },
       .on_published =
           [this] {
             outside.ask_soon();
             retention.look_soon();
           },
       .on_stored = [this] { destruction.look(); },
       .on_rewound = [this] { destruction.note_dropped(); }});
}

Result<Done, Error> Node::State::listen(const std::string& where) {
  const auto parsed = config::parse_host_port(where);
  if (!parsed) {
    return fail(error_of("failed", "\"" + where + "\" is no address to listen on",
                         "set node.listen in config.toml to host:port"));
  }
  auto bound = listener.listen(*parsed);
  if (!bound) return fail(std::move(bound.error()));
  facts = {.organisation = home.organisation,
           .name = home.config.name,
           .home = home.paths.home.string(),
           .listening = *bound,
           .address = address_of(home, *bound)};
  return control.listen(home.paths.control_socket);
}

/// So that its address is known after a restart; not written again for every session.
void Node::State::note_peer(const sync::Authenticated& peer) {
  store::PeerSeen& known = peers_seen[{peer.organisation, peer.node_key}];
  const std::string dialled = dialler.address_of(peer.connection);
  const std::uint64_t now_ms = unix_now_ms();
  const bool is_old = now_ms >= known.seen_ms + std::uint64_t{limits::seen_again_ms};
  if (!is_old && (dialled.empty() || dialled == known.address)) return;
  known.organisation = peer.organisation;
  known.node_key = peer.node_key;
  if (!dialled.empty()) known.address = dialled;
  known.seen_ms = now_ms;
  commits.submit(known, [](const store::JobResult& result) {
    if (!result) spdlog::warn("peer-not-noted reason={}", store::word_of(result.error()));
  });
}

void Node::State::reopen() {
  if (is_stopping) return;
  ended = Ended::reopen;
  stop();
}

void Node::State::stop() {
  if (is_stopping) {
    loop.stop();
    return;
  }
  is_stopping = true;
  spdlog::info("stopping");
  if (ended == Ended::stopped) notify_stopping();
  stop_deadline.arm(loop.now() + limits::close_ms_max * 2);
  listener.stop();
  dialler.stop();
  commands.stop();
  publisher.stop();
  destruction.stop();
  retention.stop();
  outside.stop();
  keeper.stop();
  driver.stop([this] {
    are_streams_ended = true;
    stop_if_all_ended();
  });
  control.stop([this] {
    are_clients_ended = true;
    stop_if_all_ended();
  });
}

/// What was given to the writer is durable, in any case, before the store is closed: the writer's
/// thread finishes it when Commits is destroyed.
void Node::State::stop_if_all_ended() {
  if (!are_streams_ended || !are_clients_ended) return;
  stop_deadline.cancel();
  loop.stop();
}

Node::Node(std::unique_ptr<State> state) : state_(std::move(state)) {}

Node::~Node() {
  state_->workers.join();  // their jobs speak to the rest
}

Result<std::unique_ptr<Node>, Error> Node::open(const Options& options) {
  auto home = open_home(options.paths);
  if (!home) return fail(std::move(home.error()));
  const config::Config config = home->config;
  if (options.is_new_key) {
    // The logging is there already.
  } else if (options.logs_to_stderr) {
    set_up_logging(options.log_level.empty() ? config.log_level : options.log_level);
  } else {
    spdlog::set_level(spdlog::level::off);
  }
  auto witnesses = read_outside_witnesses(config.witness_policy, home->paths.home);
  if (!witnesses) return fail(std::move(witnesses.error()));
  std::unique_ptr<Node> node(new Node(
      std::make_unique<State>(std::move(*home), std::move(*witnesses), options.read_machine)));
  State& state = *node->state_;
  state.wire();
  const auto listening = state.listen(options.listen.empty() ? config.listen : options.listen);
  if (!listening) return fail(listening.error());
  if (options.watches_signals) state.loop.watch_signals([&state] { state.stop(); });
  state.loop.post([&state, is_new_key = options.is_new_key] {
    state.keeper.start(is_new_key);
    state.commands.apply_follows();
    state.destruction.look();
    state.retention.look_soon();
    state.outside.ask_soon();
    state.publisher.handle_gate_changed();
    notify_ready();
  });
  spdlog::info("started organisation={} version={} home={} listening={} follows={}",
               log::to_text(state.home.organisation), MOOT_VERSION, in_quotes(state.facts.home),
               state.facts.listening, state.follows.all().size());
  return node;
}

Node::Ended Node::run() {
  state_->loop.run();
  spdlog::info(state_->ended == Ended::reopen ? "opening-anew" : "stopped");
  return state_->ended;
}

void Node::stop() {
  state_->loop.post([state = state_.get()] { state->stop(); });
}

const std::string& Node::listening() const { return state_->facts.listening; }
const std::string& Node::address() const { return state_->facts.address; }

void Node::ask(control::Request request, std::function<void(control::Response)> answered) {
  auto shared = std::make_shared<control::Request>(std::move(request));
  state_->loop.post([state = state_.get(), shared, answered = std::move(answered)]() mutable {
    state->commands.handle(std::move(*shared), std::move(answered));
  });
}

}  // namespace moot::node
