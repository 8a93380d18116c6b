#include "opsd/watched_files.hpp"

#include <algorithm>

#include "core/files.hpp"

namespace qd::opsd {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_looked_at = 1'000;  // of a folder's entries

}  // namespace

bool WatchedFiles::File::operator==(const File& other) const {
    if (name != other.name || text.has_value() != other.text.has_value()) return false;
    return text ? *text == *other.text : text.error().message == other.text.error().message;
}

bool WatchedFiles::is_wanted(const fs::path& path) const {
    return std::ranges::find(limits_.extensions, path.extension().string()) != limits_.extensions.end();
}

std::vector<fs::path> WatchedFiles::present() const {
    std::vector<fs::path> all;
    for (const fs::path& place : places_) {
        if (is_wanted(place)) {
            all.push_back(place);
            continue;
        }
        std::vector<fs::path> inside;
        std::error_code error;
        std::size_t looked_at = 0;
        for (fs::directory_iterator at(place, error), end; !error && at != end; at.increment(error)) {
            if (++looked_at > most_looked_at) break;
            std::error_code unread;
            // A pipe would hold the reader up.
            if (is_wanted(at->path()) && fs::is_regular_file(at->path(), unread))
                inside.push_back(at->path());
        }
        std::ranges::sort(inside);
        all.insert(all.end(), inside.begin(), inside.end());
    }
    return all;
}

bool WatchedFiles::look() {
    std::vector<File> next;
    std::vector<std::string> left_out;
    std::map<fs::path, Known> known;
    for (const fs::path& path : present()) {
        if (next.size() == limits_.files) {
            left_out.push_back(fmt::format("{} is not read: there are more than {} files",
                                           path.filename().string(), limits_.files));
            continue;
        }
        std::error_code unread;
        const bool regular = fs::is_regular_file(path, unread);
        Known file;
        file.changed_at = regular ? fs::last_write_time(path, unread) : fs::file_time_type{};
        file.bytes = regular && !unread ? fs::file_size(path, unread) : 0;
        const auto before = known_.find(path);
        if (!regular)
            file.text = core::fail(core::Errc::not_found, "{} is no file", path.string());
        else if (before != known_.end() && before->second.changed_at == file.changed_at &&
                 before->second.bytes == file.bytes)
            file.text = before->second.text;
        else
            file.text = core::read_file(path, limits_.bytes);
        next.push_back({path.filename().string(), file.text});
        known.insert_or_assign(path, std::move(file));
    }
    const bool changed = !looked_ || next != files_ || left_out != left_out_;
    known_ = std::move(known);
    files_ = std::move(next);
    left_out_ = std::move(left_out);
    looked_ = true;
    return changed;
}

}  // namespace qd::opsd
