#pragma once
// Where alerts go, as opsd's YAML says under `notify:`. The keys that say how a peer is reached are those of
// http/access.hpp.
//
//   notify:
//     - name: pager
//       kind: alertmanager                     # url: its base; POST <url>/api/v2/alerts
//       url: https://alertmanager.example.org
//       token_file: /etc/quarterdeck/pager.token
//       severities: [1, 2]                     # left out: all of 1 to 4
//       resend_s: 60                           # while an alert fires; 10 to 3600
//     - name: chat
//       kind: webhook                          # POST <url> with a JSON body (notify/messages.hpp)
//       url: https://chat.example.org/hooks/1
//       secret_file: /etc/quarterdeck/chat.secret   # signs the body (HMAC-SHA256)

#include <bitset>
#include <chrono>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "http/access.hpp"

namespace qd::notify {

enum class Kind { alertmanager, webhook };

std::string_view to_string(Kind kind);

struct Destination {
    std::string name;  // 1-64 of a-z 0-9 and '-'; entries of the outbox refer to it
    Kind kind = Kind::webhook;
    http::Access access;
    std::filesystem::path secret_file;  // a webhook's; empty: not signed
    std::bitset<5> severities{0b11110};
    std::chrono::seconds resend{60};  // Alertmanager's; a webhook is told of each phase once

    bool takes(int severity) const {
        return severity >= 1 && severity <= 4 && severities[std::size_t(severity)];
    }
    bool resends() const { return kind == Kind::alertmanager; }
    bool operator==(const Destination&) const = default;
};

/// The list under `key`, at most 50, names unique. `reader` keeps the first error with its line.
std::vector<Destination> read_destinations(core::ConfigReader& reader, const std::string& key = "notify");

}  // namespace qd::notify
