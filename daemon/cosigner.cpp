#include "node/cosigner.hpp"

#include <spdlog/spdlog.h>

#include "log/note.hpp"
#include "node/build_date.hpp"
#include "node/unix_time.hpp"

namespace moot::node {

std::optional<std::string> cosignature_line(const log::Checkpoint& checkpoint,
                                            const std::string& name,
                                            const crypto::SigningKey& node_key,
                                            std::uint64_t time_s) {
  const auto note = log::parse_note(checkpoint.note);
  if (!note) return std::nullopt;
  return log::signature_line(log::cosign_note(note->text, name, node_key, time_s));
}

Cosigner::Cosigner(Commits& commits, Driver& driver, const log::OrganisationId& own,
                   const crypto::SigningKey& node_key)
    : commits_(commits), driver_(driver), name_(log::node_name(own)), node_key_(node_key) {}

void Cosigner::cosign(const log::Checkpoint& checkpoint) {
  const std::uint64_t now_ms = unix_now_ms();
  if (now_ms / 1000 < build_time_s()) {
    if (!is_clock_reported_) spdlog::error("not-cosigning reason=clock-before-build-date");
    is_clock_reported_ = true;
    return;
  }
  is_clock_reported_ = false;
  store::NoteCosigned job{
      .organisation = checkpoint.organisation, .size = checkpoint.head.size, .time_ms = now_ms};
  commits_.submit(job, [this, checkpoint, now_ms](const store::JobResult& result) {
    if (result) return sign(checkpoint, now_ms);
    spdlog::debug("not-cosigned organisation={} size={} reason={}",
                  log::to_text(checkpoint.organisation), checkpoint.head.size,
                  store::word_of(result.error()));
  });
}

void Cosigner::sign(const log::Checkpoint& checkpoint, std::uint64_t time_ms) {
  auto line = cosignature_line(checkpoint, name_, node_key_, time_ms / 1000);
  if (!line) return;
  spdlog::debug("cosigned organisation={} size={}", log::to_text(checkpoint.organisation),
                checkpoint.head.size);
  driver_.handle_cosigned(checkpoint, std::move(*line));
}

void Cosigner::keep(const sync::Cosigned& cosigned) {
  spdlog::info("witnessed witness={} size={}", log::to_text(cosigned.witness), cosigned.size);
  store::KeepCosignature job{.witness = cosigned.witness,
                             .size = cosigned.size,
                             .time_s = cosigned.time_s,
                             .line = cosigned.line,
                             .now_ms = unix_now_ms()};
  commits_.submit(std::move(job), [this](const store::JobResult& result) {
    if (!result && result.error() == store::Fault::witnesses_full) {
      return spdlog::debug("cosignature-not-kept reason=witnesses-full");
    }
    if (!result) {
      spdlog::warn("cosignature-not-kept reason={}", store::word_of(result.error()));
      return;
    }
    driver_.handle_note_grown();
    if (on_kept_) on_kept_();
  });
}

}  // namespace moot::node
