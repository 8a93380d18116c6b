// What lies in a log folder, and what a file that is attached may be called and hold: read within bounds,
// never trusted.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string_view>

#include "fuzz/scratch_folder.hpp"
#include "fuzz/target.hpp"
#include "opsd/attachment_store.hpp"
#include "opsd/site_logs.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace qd;
    static const fuzz::ScratchFolder folder;
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    std::ofstream(folder.path / "a.log", std::ios::binary | std::ios::trunc) << bytes;
    const core::WallTime begin{};
    const core::WallTime end{std::chrono::hours(24 * 365 * 200)};
    const auto excerpt = opsd::read_logs(folder.path, begin, end, 3);
    if (!excerpt || excerpt->lines.size() > 3) std::abort();
    for (const opsd::LogLine& line : excerpt->lines)
        if (line.at < begin || line.at > end) std::abort();
    const std::string name = opsd::safe_file_name(bytes);
    if (name.empty() || name.size() > 200 || name == "." || name == ".." ||
        name.find_first_of(std::string_view("/\\\0\r\n", 5)) != std::string::npos)
        std::abort();
    const std::string type = opsd::sniff_media_type(bytes);
    if (type.find("html") != std::string::npos || type.find("svg") != std::string::npos) std::abort();
    return 0;
}

namespace qd::fuzz {

std::vector<std::string> seeds() {
    return {
        "{\"at\":\"2026-11-23T20:59:36.832Z\",\"level\":\"error\",\"service\":\"s\",\"instance\":\"i\","
        "\"message\":"
        "\"m\",\"status\":503}\n{\"at\":\"2026-11-23T20:59:37.832Z\",\"level\":\"warning\",\"message\":\"n\"}"
        "\n",
        "..\\..\\etc/passwd\r\n", "\x89PNG\r\n\x1a\n", "<html><svg onload=alert(1)>", "a.log\n\n\n{}\n"};
}

}  // namespace qd::fuzz
