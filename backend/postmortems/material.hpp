#pragma once
// What a post-mortem is rendered and checked from. References: they must outlive it.

#include <span>

#include "incidents/incident.hpp"
#include "postmortems/action.hpp"
#include "postmortems/document.hpp"
#include "postmortems/draft.hpp"
#include "postmortems/view.hpp"

namespace qd::postmortems {

struct Material {
    const Draft& draft;
    const incidents::Incident& incident;
    const Document& document;         // compiled from the journal as it is now
    std::span<const Action> actions;  // of this incident
};

/// What stands for a proposal: the same for as long as it proposes the same, whatever its durations say.
std::string proposal_key(const ActionItem& item);
/// Those nobody has accepted or declined.
std::vector<Proposal> open_proposals(const Document& document, std::span<const Action> actions);

/// One block as Markdown. `untouched` adds the questions that only people can answer: nobody has written the
/// section yet. Empty for a name that is no block.
std::string block_markdown(std::string_view name, const Material& material, bool untouched = false);
/// 16 hexadecimal digits over what the block tells of the incident; what is said of now (the budget that is
/// left) is not in it.
std::string block_digest(std::string_view name, const Material& material);
/// All blocks as they are now.
std::vector<Block> blocks_of(const Material& material);
/// The detached blocks of all sections.
std::vector<Detached> detached_of(const Material& material);

/// A draft nobody has written yet.
Draft fresh_draft(const incidents::IncidentId& incident, const Template& chosen);

}  // namespace qd::postmortems
