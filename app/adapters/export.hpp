#pragma once
// quarterdeck export: a document without a window.

#include "app/shell/options.hpp"

namespace qd::app {

/// Returns the exit code. Needs a QGuiApplication for PDF.
int exportDocument(const ExportOptions& options);

}  // namespace qd::app
