#pragma once
// What is changed on the site: told by a pipeline (deployments, configuration, flags), or seen by opsd itself
// (a version that comes up, objectives that are others than at the last run). Each is remembered as a
// possible cause, and noted in the incidents that are open.

#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "incidents/engine/incident_desk.hpp"
#include "opsd/context.hpp"
#include "opsd/intake_file.hpp"
#include "opsd/site_directory.hpp"

namespace qd::opsd {

/// {"seq","kind":"deploy|config|flag","subject","service","text","actor","at"}
nlohmann::json to_json(const SiteChange& change);
/// What a pipeline sends: kind and subject (1 to 200 bytes) must be there; service (200), text (2,000) and
/// at (not more than 30 days ago, not in the future; left out: `now`) may.
core::Result<SiteChange> site_change_from_json(const nlohmann::json& value, core::WallTime now);

/// Thread-safe, but for watch(): the ticking thread. What is passed outlives the desk.
class ChangeDesk {
public:
    ChangeDesk(Context& context, incidents::IncidentDesk& incidents, IntakeFile& file)
        : context_(context), incidents_(incidents), file_(file) {}

    /// Suspects the changes of the last hours again, and notes which objectives have changed since the last
    /// run.
    core::Result<> restore(const std::vector<slo::Objective>& objectives);
    /// With its number, saved. Errors of the file.
    core::Result<SiteChange> add(SiteChange change);
    core::Result<std::vector<SiteChange>> list(std::size_t limit, std::int64_t before) const {
        return file_.changes(limit, before);
    }
    /// Notes a version of a role that was not there when it looked before. Of canaries their rollout tells.
    void watch(const Directory& site);

private:
    using Versions = std::map<std::string, std::set<std::string>>;  // by role

    core::Result<> compare_objectives(const std::vector<slo::Objective>& objectives);
    void note(SiteChange change);

    Context& context_;
    incidents::IncidentDesk& incidents_;
    IntakeFile& file_;
    std::optional<Versions> known_;  // nothing: never looked
};

}  // namespace qd::opsd
