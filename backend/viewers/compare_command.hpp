#pragma once
// `viewers compare A B`: whether two addresses show the same pictures, for a terminal or a pipeline.

#include <optional>
#include <string>
#include <vector>

#include "compare/side.hpp"
#include "compare/verdict.hpp"

namespace CLI {
class App;
}

namespace qd::viewers {

/// Of `viewers compare` when both could be compared and their pictures differ.
inline constexpr int exit_differ = 3;

struct CompareOptions {
    std::string a, b;  // addresses; b empty: that of a, through another arm
    bool json = false;
    bool pairs = false;  // a line for each pair of frames as well
    double for_s = 0;    // 0: to the end
    double at_s = 0;
    int level = -1;  // -1: the highest
    std::optional<double> offset_s;
    compare::Thresholds thresholds;
    compare::Both<std::vector<std::string>> headers;  // "Name: value"
    compare::Both<std::string> arm, name;
    std::string token_file;
};

void add_compare_command(CLI::App& app, CompareOptions& options);

/// A line for each segment as it is done, then the verdict, on stdout: text, or a JSON object a line. Exit
/// code 0: the same; exit_differ; otherwise that of the reason why nothing can be said.
int compare(const CompareOptions& options);

}  // namespace qd::viewers
