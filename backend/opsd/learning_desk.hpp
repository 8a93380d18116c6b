#pragma once
// Gathers what a learning report is made from: incidents and their journals, rollouts, maintenance, what
// post-mortems name as factors, and what the objectives measured meanwhile.

#include <mutex>
#include <string>
#include <unordered_map>

#include "incidents/engine/incident_desk.hpp"
#include "learning/report.hpp"
#include "opsd/context.hpp"
#include "opsd/exclusion_desk.hpp"
#include "postmortems/document.hpp"
#include "postmortems/engine/draft_desk.hpp"
#include "rollouts/controller.hpp"

namespace qd::opsd {

/// Thread-safe. What is read of an incident's journal is kept until the incident changes.
class LearningDesk {
public:
    /// Of so many incidents the cost is measured, the newest first.
    static constexpr std::size_t costs_measured = 50;
    static constexpr std::size_t most_remembered = 20'000;

    /// All that is passed outlives the desk.
    LearningDesk(const Context& context, const incidents::IncidentDesk& incidents,
                 const rollouts::Controller& rollouts, const ExclusionDesk& exclusions,
                 const postmortems::DraftDesk& drafts)
        : context_(context),
          incidents_(incidents),
          rollouts_(rollouts),
          exclusions_(exclusions),
          drafts_(drafts) {}

    learning::Report report(const learning::Query& query);

private:
    struct Remembered {
        std::uint64_t version = 0;
        std::vector<learning::EpisodeEvents> events;
    };
    struct Measured {
        std::uint64_t version = 0;
        postmortems::Figures figures;
    };

    std::vector<learning::EpisodeEvents> events_of(const incidents::Incident& incident);
    std::vector<learning::Cost> costs_of(const incidents::Incident& incident,
                                         const std::vector<slo::Status>& statuses);
    void add_costs(const learning::Query& query, const std::vector<incidents::Incident>& all,
                   const std::vector<slo::Status>& statuses, std::vector<learning::Cost>& costs,
                   learning::Material& material);
    /// The tags that people gave in post-mortems.
    std::vector<learning::TaggedFactors> factors_of(const std::vector<incidents::Incident>& all,
                                                    const learning::Query& query) const;
    /// When the first of these objectives was counted, at or after `from`.
    std::optional<core::WallTime> counted_since(const std::vector<slo::Status>& statuses,
                                                const learning::Query& query) const;

    const Context& context_;
    const incidents::IncidentDesk& incidents_;
    const rollouts::Controller& rollouts_;
    const ExclusionDesk& exclusions_;
    const postmortems::DraftDesk& drafts_;
    std::mutex mutex_;
    std::unordered_map<std::string, Remembered> remembered_;
    std::unordered_map<std::string, Measured> measured_;  // of incidents that are over
};

/// GET /learning?from=&to=&service=&severity=&format=json|csv: the last 30 days without a range, at most 400.
void add_learning_routes(http::Server& server, Context& context, LearningDesk& desk);

}  // namespace qd::opsd
