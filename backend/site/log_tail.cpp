#include "site/log_tail.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <vector>

namespace qd::site {
namespace {

constexpr std::size_t tail_bytes = 2'000, tail_lines = 5;

}  // namespace

std::string last_lines(const std::filesystem::path& log, std::uintmax_t begin) {
    std::ifstream file(log, std::ios::binary);
    file.seekg(0, std::ios::end);
    const std::uintmax_t end = std::uintmax_t(std::max<std::streamoff>(file.tellg(), 0));
    if (!file || end <= begin) return {};
    const std::uintmax_t size = std::min<std::uintmax_t>(end - begin, tail_bytes);
    std::string text(size, '\0');
    file.seekg(std::streamoff(end - size));
    file.read(text.data(), std::streamsize(size));
    text.resize(std::size_t(file.gcount()));
    std::vector<std::string> lines;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);)
        if (!line.empty()) lines.push_back(line);
    std::string tail;
    for (std::size_t i = lines.size() - std::min(lines.size(), tail_lines); i < lines.size(); ++i)
        tail += (tail.empty() ? "" : " | ") + lines[i];
    return tail;
}

}  // namespace qd::site
