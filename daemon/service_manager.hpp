#pragma once

namespace moot::node {

/// Tells systemd, when it started us and wants to know (sd_notify(3)).
void notify_ready();
void notify_stopping();

}  // namespace moot::node
