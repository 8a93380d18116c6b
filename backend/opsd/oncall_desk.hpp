#pragma once
// The team's rotas: read again when their files change, and told to incidents that open.

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "incidents/engine/incident_desk.hpp"
#include "oncall/picture.hpp"
#include "opsd/context.hpp"
#include "opsd/watched_files.hpp"

namespace qd::opsd {

/// Thread-safe.
class OncallDesk {
public:
    static constexpr std::size_t max_rotas = 50;

    /// `places`: files and folders of rotas (oncall/rota_file.hpp).
    OncallDesk(Context& context, incidents::IncidentDesk& desk, std::vector<std::filesystem::path> places);

    /// Once a second: looks whether a file or who is on call has changed (everybody is told by an event
    /// `oncall`), and notes in the incidents that opened since who is on call for them.
    void tick();
    /// An incident opened; noted at the next tick.
    void on_opened(const incidents::Incident& incident);

    oncall::Picture picture() const;

private:
    struct Entry {
        std::string source;
        std::optional<oncall::Rota> good;  // the last version that was read
        std::string problem;
    };

    void read();
    void tell_changes();
    void note(const incidents::Incident& incident);
    void assign(const incidents::Incident& incident, const oncall::Rota& rota, const std::string& person);

    Context& context_;
    incidents::IncidentDesk& desk_;
    std::mutex look_mutex_;  // one tick at a time
    WatchedFiles files_;
    std::string told_;
    mutable std::mutex mutex_;
    std::vector<Entry> entries_;
    std::vector<std::string> left_out_;
    std::vector<incidents::Incident> opened_;
};

/// GET /oncall.
void add_oncall_routes(http::Server& server, Context& context, const OncallDesk& desk);

}  // namespace qd::opsd
