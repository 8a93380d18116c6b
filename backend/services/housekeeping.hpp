#pragma once
// What a crash between two stores leaves, put right.

#include "services/origin.hpp"

namespace qd::services {

/// Enqueues videos that wait without a job (their upload was interrupted more than a minute ago), and removes
/// files whose video does not exist. Safe at any time and from several processes. Errors are logged.
void tidy_up(const Origin& origin);

}  // namespace qd::services
