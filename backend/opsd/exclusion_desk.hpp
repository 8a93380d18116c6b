#pragma once
// Keeps the exclusions and tells the counters of them.

#include <mutex>
#include <vector>

#include "opsd/context.hpp"
#include "opsd/state_file.hpp"
#include "slo/exclusion.hpp"
#include "timeseries/store.hpp"

namespace qd::opsd {

/// Thread-safe.
class ExclusionDesk {
public:
    static constexpr std::size_t max_exclusions = 500;

    /// All that is passed outlives the desk.
    ExclusionDesk(const Context& context, timeseries::Store& store, StateFile& file)
        : context_(context), store_(store), file_(file) {}

    /// Takes up those of the last run, but for the ones that concern nothing that is still kept.
    core::Result<> restore();

    /// The earliest begin first.
    std::vector<slo::Exclusion> list() const;
    /// Errc::invalid_argument (see slo::check; wholly before what is kept, or more than a year ahead),
    /// Errc::conflict when there are too many. Answers with id, author and time of its making.
    core::Result<slo::Exclusion> add(slo::Exclusion exclusion, const std::string& author);
    /// Errc::not_found.
    core::Result<> remove(const slo::ExclusionId& id, const std::string& actor);

private:
    const Context& context_;
    timeseries::Store& store_;
    StateFile& file_;
    mutable std::mutex mutex_;
    std::vector<slo::Exclusion> exclusions_;
};

/// GET|POST /exclusions, DELETE /exclusions/{id}; writing takes role release-manager.
void add_exclusion_routes(http::Server& server, Context& context, ExclusionDesk& desk);

}  // namespace qd::opsd
