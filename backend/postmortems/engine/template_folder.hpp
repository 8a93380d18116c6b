#pragma once
// A team's own templates: the *.md files of a folder.

#include <filesystem>

#include "postmortems/template.hpp"

namespace qd::postmortems {

/// The built-in templates, and those of the folder behind them by name; a file that is called like a
/// built-in one takes its place. A file that is no template is listed with its problem and replaces nothing:
/// one bad file keeps nobody from writing. A folder that does not exist has none. Errc::config for a folder
/// that cannot be read.
core::Result<std::vector<Template>> load_templates(const std::filesystem::path& folder);

}  // namespace qd::postmortems
