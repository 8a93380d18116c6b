#include "app/adapters/domain.hpp"

#include <QDateTime>
#include <algorithm>

namespace qd::app {
namespace {
constexpr int kLeastGapMs = 250;  // at most 4 questions a second and domain
}

Domain::Domain(int periodMs, QObject* parent) : QObject(parent) {
    period_.setInterval(periodMs);
    connect(&period_, &QTimer::timeout, this, &Domain::refresh);
    soon_.setSingleShot(true);
    connect(&soon_, &QTimer::timeout, this, &Domain::ask);
}

void Domain::setWanted(QObject* who, bool wanted) {
    const bool before = !wantedBy_.isEmpty();
    if (wanted && !wantedBy_.contains(who)) {
        wantedBy_.insert(who);
        connect(who, &QObject::destroyed, this, [this, who] { setWanted(who, false); });
    } else if (!wanted && wantedBy_.remove(who)) {
        disconnect(who, &QObject::destroyed, this, nullptr);
    }
    const bool now = !wantedBy_.isEmpty();
    if (now == before) return;
    if (!now) {
        period_.stop();
        return;
    }
    if (period_.interval() > 0 && online_) period_.start();
    if (dirty_ || period_.interval() > 0) refresh();
}

void Domain::refresh() {
    if (!online_) return;
    if (asking_) {
        again_ = true;
        return;
    }
    const qint64 since = sinceAsked_.isValid() ? sinceAsked_.elapsed() : kLeastGapMs;
    if (!soon_.isActive()) soon_.start(int(std::max<qint64>(0, kLeastGapMs - since)));
}

void Domain::touch() {
    dirty_ = true;
    if (!wantedBy_.isEmpty()) refresh();
}

void Domain::ask() {
    if (!online_ || asking_) return;
    asking_ = true;
    again_ = false;
    dirty_ = false;
    sinceAsked_.restart();
    fetch();
}

void Domain::arrived() {
    asking_ = false;
    asOfMs_ = QDateTime::currentMSecsSinceEpoch();
    const bool recovered = !problem_.isEmpty();
    problem_.clear();
    emit changed();
    if (recovered) emit freshnessChanged();
    if (again_) refresh();
}

void Domain::failed(const core::Error& error) {
    asking_ = false;
    dirty_ = true;
    problem_ = QString::fromStdString(error.message);
    emit freshnessChanged();
}

void Domain::setOnline(bool online) {
    if (online == online_) return;
    online_ = online;
    asking_ = false;
    again_ = false;
    dirty_ = true;
    latest_.cancel();
    period_.stop();
    soon_.stop();
    problem_.clear();
    emit freshnessChanged();
    if (!online || wantedBy_.isEmpty()) return;
    if (period_.interval() > 0) period_.start();
    refresh();
}

}  // namespace qd::app
