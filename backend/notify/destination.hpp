#pragma once
// Where messages go, as opsd's YAML says under `notify:`. The keys that say how a peer is reached over HTTP
// are those of http/access.hpp.
//
//   notify:
//     - name: pager
//       kind: alertmanager                     # url: its base; POST <url>/api/v2/alerts; takes alerts only
//       url: https://alertmanager.example.org
//       token_file: /etc/quarterdeck/pager.token
//       severities: [1, 2]                     # left out: all of 1 to 4
//       resend_s: 60                           # while an alert fires; 10 to 3600
//     - name: tools
//       kind: webhook                          # POST <url> with a JSON body (notify/messages.hpp)
//       url: https://tools.example.org/hooks/1
//       secret_file: /etc/quarterdeck/tools.secret  # signs the body (HMAC-SHA256)
//     - name: chat
//       kind: slack                            # a Slack-compatible incoming webhook (notify/slack.hpp)
//       url_file: /etc/quarterdeck/chat.url    # who knows the address may post; or url
//       events: [alerts, incidents, status_updates]  # left out: alerts
//       audiences: [responders]                # whose status updates; needed with status_updates
//     - name: mail
//       kind: email                            # SMTP (notify/smtp.hpp)
//       url: smtp://mail.example.org:587       # or smtps://…:465
//       starttls: required                     # of smtp://; or if_offered, or off (then without a password)
//       ca_file: /etc/quarterdeck/mail-ca.pem  # left out: the system's authorities
//       username: quarterdeck                  # with password_file; both left out: no login
//       password_file: /etc/quarterdeck/mail.password
//       from: quarterdeck@example.org
//       to: [directors@example.org]            # 1 to 50
//       timeout_s: 30                          # of one mail; 1 to 120
//       events: [incidents, status_updates]
//       audiences: [stakeholders]
//
// incidents: opened, reopened, more severe, resolved, cancelled, merged. An incident is as severe as it ever
// was: who was told of its beginning is told of its end. Whoever takes the updates of `responders` is also
// reminded of one that is overdue.

#include <algorithm>
#include <bitset>
#include <chrono>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "http/access.hpp"
#include "notify/message.hpp"

namespace qd::notify {

enum class Kind { alertmanager, webhook, slack, email };

std::string_view to_string(Kind kind);

enum class Event : std::size_t { alerts, incidents, status_updates };

enum class StartTls { required, if_offered, off };

/// How mail leaves. Secrets stay in files, which are read for each mail.
struct MailAccess {
    std::string url;  // smtp:// or smtps://
    StartTls starttls = StartTls::required;
    std::filesystem::path ca_file;
    std::string username;
    std::filesystem::path password_file;
    std::string from;
    std::vector<std::string> to;
    std::chrono::milliseconds timeout{30'000};

    bool operator==(const MailAccess&) const = default;
};

struct Destination {
    std::string name;  // 1-64 of a-z 0-9 and '-'; entries of the outbox refer to it
    Kind kind = Kind::webhook;
    http::Access access;  // of all kinds but email
    MailAccess mail;
    std::filesystem::path secret_file;  // a webhook's; empty: not signed
    std::bitset<5> severities{0b11110};
    std::bitset<3> events{0b001};
    std::vector<std::string> audiences;
    std::chrono::seconds resend{60};  // Alertmanager's; the others are told of each message once

    bool takes(int severity) const {
        return severity >= 1 && severity <= 4 && severities[std::size_t(severity)];
    }
    bool takes(Event event) const { return events[std::size_t(event)]; }
    bool serves(std::string_view audience) const {
        return takes(Event::status_updates) &&
               std::find(audiences.begin(), audiences.end(), audience) != audiences.end();
    }
    bool takes(const Message& message, int severity) const;
    bool resends() const { return kind == Kind::alertmanager; }
    bool operator==(const Destination&) const = default;
};

/// Whose destinations are reminded.
inline constexpr std::string_view reminded_audience = "responders";

/// The list under `key`, at most 50, names unique; `audiences` are those there are. `reader` keeps the first
/// error with its line.
std::vector<Destination> read_destinations(core::ConfigReader& reader, const std::string& key = "notify",
                                           std::span<const std::string_view> audiences = {});

/// One address without a display name: no control characters, spaces, brackets or commas; at most 254 bytes
/// of ASCII.
bool is_mail_address(std::string_view text);

}  // namespace qd::notify
