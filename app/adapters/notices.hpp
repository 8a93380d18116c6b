#pragma once
// Which alerts a desktop is told about, and when that is taken back. Pure.

#include <QSet>
#include <QString>
#include <vector>

#include "slo/alert.hpp"

namespace qd::app {

/// One notification of the desktop.
struct DesktopNotice {
    QString key;  // the alert's id; "more" for the one that counts those beyond the first
    QString slo;  // what a click opens
    QString title;
    QString text;
    bool urgent = false;

    bool operator==(const DesktopNotice&) const = default;
};

struct NoticeChanges {
    std::vector<DesktopNotice> show;
    std::vector<QString> close;
};

/// Each alert is told once, while it fires; more than three that begin together are told as a number. Not
/// thread-safe.
class NoticePlan {
public:
    static constexpr std::size_t kMostAtOnce = 3;

    NoticeChanges update(const std::vector<slo::Alert>& alerts);

private:
    QSet<QString> told_;
};

}  // namespace qd::app
