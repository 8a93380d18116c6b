#pragma once
// How entries stand in the outbox's file. For the outbox's .cpp files only.

#include <array>
#include <string_view>

#include "notify/outbox.hpp"

namespace qd::notify {

// open: the alert fires as far as we know; such an entry is kept until its end has come.
inline constexpr std::array<std::string_view, 2> outbox_migrations = {R"(
CREATE TABLE entry(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  destination TEXT NOT NULL,
  alert TEXT NOT NULL,
  phase TEXT NOT NULL,
  subject TEXT NOT NULL,
  notice TEXT NOT NULL,
  open INTEGER NOT NULL,
  state TEXT NOT NULL DEFAULT 'queued',
  attempts INTEGER NOT NULL DEFAULT 0,
  deliveries INTEGER NOT NULL DEFAULT 0,
  failures INTEGER NOT NULL DEFAULT 0,
  created_ms INTEGER NOT NULL,
  due_ms INTEGER,
  accepted_ms INTEGER,
  last_error TEXT NOT NULL DEFAULT '',
  UNIQUE(destination, alert, phase));
CREATE INDEX entry_due ON entry(destination, due_ms) WHERE due_ms IS NOT NULL;
CREATE INDEX entry_subject ON entry(destination, subject, id) WHERE state IN ('queued', 'sending');
)",
                                                                      R"(
ALTER TABLE entry RENAME COLUMN alert TO message_id;
ALTER TABLE entry RENAME COLUMN notice TO message;
ALTER TABLE entry ADD COLUMN type TEXT NOT NULL DEFAULT 'alert';
ALTER TABLE entry ADD COLUMN retried_ms INTEGER;
ALTER TABLE entry ADD COLUMN ended_ms INTEGER;
ALTER TABLE entry ADD COLUMN told INTEGER NOT NULL DEFAULT 1;
CREATE INDEX entry_untold ON entry(id) WHERE told=0;
)"};

inline constexpr std::string_view entry_columns =
    "id, destination, type, message, state, attempts, deliveries, failures, created_ms, due_ms, accepted_ms, "
    "ended_ms, last_error";

// What became of a status update is told before it is forgotten.
inline constexpr std::string_view is_finished =
    "open=0 AND told=1 AND state IN ('sent', 'failed', 'dropped')";

/// A row of entry_columns. Errc::corrupt when it makes no sense.
core::Result<Entry> read_entry(SQLite::Statement& row);

}  // namespace qd::notify
