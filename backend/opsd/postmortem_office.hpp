#pragma once
// Everything that writing post-mortems needs, opened together: drafts, action items and kept figures share
// one log.

#include <filesystem>
#include <memory>

#include "http/server.hpp"
#include "incidents/engine/incident_desk.hpp"
#include "opsd/context.hpp"
#include "opsd/postmortem_reader.hpp"
#include "postmortems/engine/action_desk.hpp"
#include "postmortems/engine/draft_desk.hpp"
#include "postmortems/engine/figure_store.hpp"
#include "storage/event_log.hpp"

namespace qd::opsd {

/// Thread-safe as its parts are. What it is opened with outlives it; it outlives the server.
class PostmortemOffice {
public:
    /// `templates`: a folder that may be missing. Errors of the log's file.
    static core::Result<std::unique_ptr<PostmortemOffice>> open(Context& context,
                                                                incidents::IncidentDesk& desk,
                                                                const std::filesystem::path& templates);

    const postmortems::DraftDesk& drafts() const { return *drafts_; }
    /// The routes of post-mortems and of action items.
    void add_routes(http::Server& server);

private:
    PostmortemOffice(Context& context, incidents::IncidentDesk& desk) : context_(context), desk_(desk) {}

    Context& context_;
    incidents::IncidentDesk& desk_;
    std::unique_ptr<storage::EventLog> log_;
    std::unique_ptr<postmortems::DraftDesk> drafts_;
    std::unique_ptr<postmortems::ActionDesk> actions_;
    std::unique_ptr<postmortems::FigureStore> figures_;
    std::unique_ptr<PostmortemReader> reader_;
};

}  // namespace qd::opsd
