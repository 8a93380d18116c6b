#include "incidents/engine/journal_check.hpp"

#include "incidents/projection.hpp"

namespace qd::incidents {
namespace {

using core::Errc;
using core::fail;
using core::Failure;

/// Incidents as their rows come by, in any interleaving.
class Replays {
public:
    void add(std::string_view id, const core::Result<const JournalEntry*>& entry) {
        Life& life = of(id);
        if (life.error) return;
        if (!entry) {
            life.error = entry.error();
        } else if (auto added = life.replay.add((*entry)->event); !added) {
            life.error = added.error();
        }
    }

    core::Result<Incident> finish(const Journal& journal, const std::string& id) {
        Life& life = of(id);
        if (life.error) return Failure(*life.error);
        if (!life.replay.needs_all()) return life.replay.incident();
        const auto events = journal.read(IncidentId(id));
        if (!events) return Failure(events.error());
        return replay(IncidentId(id), *events);
    }

    ReplayedIncidents finish(const Journal& journal) {
        ReplayedIncidents all;
        for (auto& [id, life] : lives_) all.emplace_hint(all.end(), id, finish(journal, id));
        return all;
    }

private:
    struct Life {
        explicit Life(std::string_view id) : replay(IncidentId(std::string(id))) {}
        Replay replay;
        std::optional<core::Error> error;
    };
    Life& of(std::string_view id) {
        if (last_ != nullptr && last_->first == id) return last_->second;  // rows of one often lie together
        auto at = lives_.find(id);
        if (at == lives_.end()) at = lives_.emplace(std::string(id), Life(id)).first;
        last_ = &*at;
        return at->second;
    }

    std::map<std::string, Life, std::less<>> lives_;
    std::pair<const std::string, Life>* last_ = nullptr;
};

std::string shown(std::string_view stream) {
    return std::string(incident_of(stream).value_or(stream));
}

}  // namespace

core::Result<ReplayedIncidents> replay_all(const Journal& journal,
                                           const std::function<void(const JournalRow&)>& also) {
    Replays replays;
    auto scanned = journal.scan([&](const JournalRow& row) {
        replays.add(row.id, row.entry);
        if (also) also(row);
    });
    if (!scanned) return Failure(scanned.error());
    return replays.finish(journal);
}

core::Result<JournalReport> check_journal(const storage::EventLog& log,
                                          const std::optional<IncidentId>& only) {
    auto heads = log.known_heads();
    if (!heads) return Failure(heads.error());
    if (only) {
        const std::string stream = stream_of(*only);
        std::erase_if(*heads, [&](const auto& head) { return head.first != stream; });
    }
    storage::ChainCheck chain(*heads);
    Replays replays;
    JournalReport report;
    std::map<std::string, bool, std::less<>> sound;  // by stream
    const auto blame = [&](std::string_view stream, const core::Error& error) {
        bool& is_sound = sound.find(stream)->second;
        if (is_sound) report.faults.push_back(fmt::format("{}: {}", shown(stream), error.message));
        is_sound = false;
    };
    JournalEntry entry;
    const auto visit = [&](const storage::RowView& row) -> core::Result<> {
        if (row.seq == 1 || sound.find(row.stream) == sound.end()) sound.emplace(row.stream, true);
        if (auto linked = chain.add(row); !linked) blame(row.stream, linked.error());
        const auto id = incident_of(row.stream);
        if (!id) return {};
        if (auto decoded = decode_row(row.seq, row.body, entry); !decoded)
            replays.add(*id, fail(Errc::corrupt, "row {}: {}", row.seq, decoded.error().message));
        else
            replays.add(*id, &entry);
        return {};
    };
    auto scanned = only ? log.scan_stream(stream_of(*only), storage::Chain::read, visit)
                        : log.scan(0, storage::Chain::read, visit);
    if (!scanned) return Failure(scanned.error());
    for (const auto& [stream, head] : *heads) {
        sound.emplace(stream, true);
        if (auto ended = chain.ended(stream); !ended) blame(stream, ended.error());
    }
    if (only && sound.empty()) return fail(Errc::not_found, "there is no incident {}", only->value);
    const Journal journal(log);
    for (const auto& [stream, is_sound] : sound) {
        if (!heads->contains(stream)) report.without_head.push_back(shown(stream));
        const auto id = incident_of(stream);
        if (!id || !is_sound || chain.rows_of(stream) == 0) continue;
        if (const auto incident = replays.finish(journal, std::string(*id)); !incident)
            blame(stream, incident.error());
    }
    report.streams = sound.size();
    report.rows = chain.rows();
    return report;
}

}  // namespace qd::incidents
