#pragma once
// One thing of the console by name: "incident/INC-12", or the same as an address,
// "quarterdeck://incident/INC-12".

#include <QString>

#include "core/result.hpp"

namespace qd::app {

struct DeepLink {
    QString page;  // that shows such things
    QString id;

    bool operator==(const DeepLink&) const = default;
};

inline constexpr int longest_link = 300;  // characters

/// Kinds: incident, slo, rollout, postmortem, runbook, title, dashboard. Errc::invalid_argument says what is
/// wrong with anything else: it may come from a web page.
core::Result<DeepLink> parseDeepLink(const QString& text);

}  // namespace qd::app
