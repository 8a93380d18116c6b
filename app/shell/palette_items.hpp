#pragma once
#include <vector>

#include "app/shell/command_palette.hpp"

namespace qd::app {

class MainWindow;

/// Every action, then every objective, incident and title by name.
std::vector<PaletteItem> paletteItems(MainWindow& window);

}  // namespace qd::app
