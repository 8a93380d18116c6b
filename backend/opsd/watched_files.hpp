#pragma once
// Files that a team edits while opsd runs: those of some folders, and single ones, read again when they
// change.

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "core/result.hpp"

namespace qd::opsd {

class WatchedFiles {
public:
    struct Limits {
        std::vector<std::string> extensions;  // ".yaml"; of the files in folders
        std::size_t bytes = 0;                // a larger file is an error
        std::size_t files = 100;              // more are left out
    };

    /// `places` are files and folders, in the order in which they count; each may be missing, and may come
    /// later. A missing file (anything with one of the extensions) is an error, a missing folder is not.
    WatchedFiles(std::vector<std::filesystem::path> places, Limits limits)
        : places_(std::move(places)), limits_(std::move(limits)) {}

    struct File {
        std::string name;                                // "primary.yaml"
        core::Result<std::string> text = std::string();  // or why it could not be read

        /// Of the same bytes and with the same error.
        bool operator==(const File& other) const;
    };

    /// Reads what has changed. True when anything has; the first look always is one.
    bool look();
    const std::vector<File>& files() const { return files_; }
    /// What is beyond a limit, in sentences.
    const std::vector<std::string>& left_out() const { return left_out_; }

private:
    struct Known {
        std::filesystem::file_time_type changed_at{};
        std::uintmax_t bytes = 0;
        core::Result<std::string> text = std::string();
    };

    std::vector<std::filesystem::path> present() const;
    bool is_wanted(const std::filesystem::path& path) const;

    const std::vector<std::filesystem::path> places_;
    const Limits limits_;
    std::map<std::filesystem::path, Known> known_;
    std::vector<File> files_;
    std::vector<std::string> left_out_;
    bool looked_ = false;
};

}  // namespace qd::opsd
