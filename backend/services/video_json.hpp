#pragma once
// Videos as the wire has them. Pure.

#include <string>

#include "storage/metadata_store.hpp"

namespace qd::services {

std::string to_json(const storage::Video& video);
/// {"items":[…],"next":cursor or null}
std::string to_json(const storage::VideoPage& page);

}  // namespace qd::services
