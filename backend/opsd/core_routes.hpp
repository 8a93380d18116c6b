#pragma once
// The routes that opsd answers out of itself: site, SLOs, alerts, series, faults, events.

#include "opsd/context.hpp"
#include "opsd/fault_desk.hpp"
#include "opsd/monitor.hpp"
#include "opsd/site_directory.hpp"
#include "timeseries/store.hpp"

namespace qd::opsd {

/// What GET /site answers; also the body of `site` events.
class SiteView {
public:
    /// `disk`: a folder on the site's disk.
    SiteView(const Context& context, const SiteDirectory& directory, const timeseries::Store& store,
             std::filesystem::path disk, core::WallTime started_at, std::string version)
        : context_(context),
          directory_(directory),
          store_(store),
          disk_(std::move(disk)),
          started_at_(started_at),
          version_(std::move(version)) {}

    nlohmann::json to_json() const;
    /// What of it is worth an event: processes and their states, without ages.
    std::string fingerprint() const;

private:
    const Context& context_;
    const SiteDirectory& directory_;
    const timeseries::Store& store_;
    std::filesystem::path disk_;
    core::WallTime started_at_;
    std::string version_;
};

/// GET /site, /events. Everything passed outlives the server, here and below.
void add_site_routes(http::Server& server, Context& context, http::EventHub& events, const SiteView& view);
/// GET /slos, /slos/{id}, /slos/{id}/history, /alerts, /series.
void add_slo_routes(http::Server& server, Context& context, const Monitor& monitor,
                    const timeseries::Store& store);
/// GET|POST /chaos/faults, DELETE /chaos/faults/{id}; writing takes role admin.
void add_fault_routes(http::Server& server, Context& context, FaultDesk& desk);

}  // namespace qd::opsd
