#pragma once
// Finding incidents by what was written in them: SQLite's full text over every event, in a file of its own
// that can be made again from the journal at any time.

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "incidents/event.hpp"
#include "storage/database.hpp"

namespace qd::incidents {

/// The number of "INC-12"; 0 when the id has another form.
std::uint64_t number_of(std::string_view id);

/// The journal's row up to which everything is in the index, and its hash: whether it is this journal's.
struct SearchMark {
    std::uint64_t position = 0;
    std::string hash;
};

/// Thread-safe.
class IncidentSearch {
public:
    /// A file that cannot be read is made afresh: it holds nothing that the journal does not.
    static core::Result<std::unique_ptr<IncidentSearch>> open(const std::filesystem::path& file);

    core::Result<SearchMark> mark() const;
    /// Forgets everything.
    core::Result<> clear();

    struct Told {
        std::uint64_t number = 0;  // of the incident
        std::uint64_t seq = 0;
        std::string text;
    };
    /// What of an event can be searched for: its texts, names and subjects; of `opened` the id too.
    static Told told(std::string_view id, const Event& event);
    /// All of it, or none.
    core::Result<> add(const std::vector<Told>& all, const SearchMark& mark);

    /// The numbers of the incidents, ascending, in which every word of `text` begins a word somewhere, in
    /// upper or lower case; a number is found whole ("12" in "INC-12", not in "INC-120").
    /// Errc::invalid_argument for more than 16 words, or none.
    core::Result<std::vector<std::uint64_t>> find(std::string_view text) const;

private:
    explicit IncidentSearch(std::unique_ptr<storage::Database> database) : database_(std::move(database)) {}

    std::unique_ptr<storage::Database> database_;
};

}  // namespace qd::incidents
