#pragma once
// The player's requests and what it had to leave out, as rows. A request that failed is a row; so is a
// segment that was skipped.

#include <chrono>
#include <optional>
#include <vector>

#include "app/models/keyed_table_model.hpp"
#include "player/session.hpp"

namespace qd::app {

struct SkippedRow {
    std::uint64_t number = 0;  // from 1, in the order in which they were given up
    core::WallTime at{};
    player::SkippedSegment segment;
};

/// Either a request or, with `skipped`, a segment that was given up.
struct FetchRow {
    player::FetchRecord record;
    std::optional<SkippedRow> skipped;
    QString side = {};  // of a comparison: whose it is; empty for a player alone

    /// Rows are written once: what has the same number is the same.
    bool operator==(const FetchRow& other) const { return key() == other.key(); }
    QString key() const;
    core::WallTime at() const { return skipped ? skipped->at : record.at; }
};

/// The parts of a transfer by themselves, in seconds. NaN: it did not take place, or is not known; never 0.
struct FetchPhases {
    double dns, connect, tls;  // NaN on a reused connection
    double firstByte;          // from the request to the first byte of the answer
    double transfer;           // from there to the last
    double total;
};
FetchPhases phasesOf(const player::FetchRecord& record);

/// Both in the order in which they happened, the newest first.
std::vector<FetchRow> fetchRows(const std::vector<player::FetchRecord>& fetches,
                                const std::vector<SkippedRow>& skipped);

/// "segment 12", "key", "audio init section".
QString fetchWord(const player::FetchRecord& record);

class FetchModel : public KeyedTableModel<FetchRow> {
public:
    enum ColumnIndex : int {
        Number,
        At,
        What,
        Level,
        Status,
        Attempt,
        Served,
        Cache,
        Dns,
        Connect,
        Tls,
        FirstByte,
        Transfer,
        Size,
        Rate,
        Reused,
        Trace,
        Side,
        ColumnCount
    };
    explicit FetchModel(QObject* parent = nullptr);
};

}  // namespace qd::app
