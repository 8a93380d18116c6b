#include "opsd/postmortem_office.hpp"

#include "opsd/postmortem_routes.hpp"
#include "postmortems/engine/template_folder.hpp"

namespace qd::opsd {

core::Result<std::unique_ptr<PostmortemOffice>> PostmortemOffice::open(
    Context& context, incidents::IncidentDesk& desk, const std::filesystem::path& templates) {
    std::unique_ptr<PostmortemOffice> office(new PostmortemOffice(context, desk));
    auto log = storage::open_event_log(context.places().db("postmortems.sqlite"), context.clock());
    if (!log) return core::Failure(log.error());
    office->log_ = std::move(*log);
    auto loaded = postmortems::load_templates(templates);
    if (!loaded) return core::Failure(loaded.error());
    auto drafts =
        postmortems::DraftDesk::open(*office->log_, context.clock(), context.log(), std::move(*loaded));
    if (!drafts) return core::Failure(drafts.error());
    office->drafts_ = std::move(*drafts);
    auto actions = postmortems::ActionDesk::open(*office->log_, context.clock(), context.log());
    if (!actions) return core::Failure(actions.error());
    office->actions_ = std::move(*actions);
    office->figures_ = std::make_unique<postmortems::FigureStore>(*office->log_);
    office->reader_ = std::make_unique<PostmortemReader>(context, desk, *office->drafts_, *office->actions_,
                                                         *office->figures_);
    return office;
}

void PostmortemOffice::add_routes(http::Server& server) {
    add_postmortem_routes(server, context_, *reader_, *drafts_);
    add_action_routes(server, context_, desk_, *actions_);
}

}  // namespace qd::opsd
