#pragma once
// One Alertmanager's API v2, as opsd's YAML says under `alertmanagers:`. The keys that say how it is reached
// are those of http/access.hpp:
//
//   alertmanagers:
//     - name: production                        # 1-64 of a-z 0-9 and '-'; not "quarterdeck"
//       url: https://alertmanager.example.org   # /api/v2/… is put behind it
//       token_file: /etc/quarterdeck/alertmanager.token
//       poll_s: 15                              # how often alerts and silences are read: 1 to 300

#include <string>
#include <vector>

#include "alertmanager/codec.hpp"
#include "http/access.hpp"
#include "http/interruptible.hpp"

namespace qd::alertmanager {

struct Options {
    std::string name;
    http::Access access;
    std::chrono::seconds poll{15};

    bool operator==(const Options&) const = default;
};

/// The list under `key`, at most 20, names unique. `reader` keeps the first error with its line.
std::vector<Options> read_alertmanagers(core::ConfigReader& reader, const std::string& key = "alertmanagers");

/// Thread-safe. Every call blocks until the answer or the timeout: never on the HTTP client's thread. Errors:
/// those of codec.hpp, of the transfer, of the status with the peer's own words; Errc::cancelled once
/// stopped.
class Client {
public:
    /// `client` outlives it.
    Client(Options options, http::Client& client) : options_(std::move(options)), calls_(client) {}

    /// All that it holds: silenced and inhibited ones too.
    core::Result<std::vector<Alert>> held_alerts();
    core::Result<std::vector<silences::Silence>> held_silences();
    /// Creates one, or changes the one whose id it has. The answer's id may be another: of an active silence
    /// only the end and the comment change in place.
    core::Result<silences::SilenceId> put(const silences::Silence& silence);
    /// It ends now.
    core::Result<> expire(const silences::SilenceId& id);

    void stop() { calls_.stop(); }
    const Options& options() const { return options_; }

private:
    core::Result<std::string> ask(http::Method method, const std::string& path, std::string body = {});

    const Options options_;
    http::Interruptible calls_;
};

}  // namespace qd::alertmanager
