#include "app/adapters/flag_adapter.hpp"

#include <algorithm>

namespace qd::app {
namespace {

constexpr int kReachPeriodMs = 5'000;  // events tell of changes; this, of processes that come and go

}  // namespace

FlagAdapter::FlagAdapter(OpsLink& link, QObject* parent) : Domain(kReachPeriodMs, parent), link_(link) {
    connect(&link_, &OpsLink::eventArrived, this, [this](const QString& type) {
        if (type == QLatin1String("flag")) touch();
    });
}

const opsclient::FlagView* FlagAdapter::find(const QString& key) const {
    const auto at = std::ranges::find_if(
        list_.items, [&](const opsclient::FlagView& view) { return view.flag().key == key.toStdString(); });
    return at == list_.items.end() ? nullptr : &*at;
}

void FlagAdapter::choose(const QString& key) {
    if (key == chosen_) return;
    chosen_ = key;
    history_.clear();
    readHistory();
}

void FlagAdapter::readHistory() {
    if (chosen_.isEmpty() || !link_.client()) return;
    link_.client()->flag_history(
        chosen_.toStdString(),
        latestHistory_.ask<std::vector<opsclient::FlagChange>>(this, [this](auto result) {
            if (!result || *result == history_) return;
            history_ = std::move(*result);
            emit changed();
        }));
}

void FlagAdapter::switchTo(bool enabled, const QString& key, const QString& reason,
                           std::optional<std::uint64_t> expected, Done done) {
    if (!link_.client()) return done(notConnected());
    const auto told = deliver<opsclient::FlagView>(this, [this, done = std::move(done)](auto result) {
        if (!result) return done(core::Failure(result.error()));
        refresh();
        const opsclient::FlagView& view = *result;
        done(QVariantMap{
            {"flag", QString::fromStdString(view.flag().key)},
            {"message", QStringLiteral("Written as revision %1; each process takes it up within a moment.")
                            .arg(view.last.revision)}});
    });
    if (enabled)
        link_.client()->restore_flag(key.toStdString(), reason.toStdString(), expected, told);
    else
        link_.client()->kill_flag(key.toStdString(), reason.toStdString(), expected, told);
}

void FlagAdapter::fetch() {
    if (!link_.client()) return;
    link_.client()->flags(latest().ask<opsclient::FlagList>(this, [this](auto result) {
        if (!result) return failed(result.error());
        list_ = std::move(*result);
        const opsclient::FlagView* now = find(chosen_);
        const std::uint64_t known = history_.empty() ? 0 : history_.front().revision;
        arrived();
        if (now && now->last.revision != known) readHistory();
    }));
}

ChangeAdapter::ChangeAdapter(OpsLink& link, QObject* parent) : Domain(0, parent), link_(link) {
    connect(&link_, &OpsLink::eventArrived, this, [this](const QString& type) {
        if (type == QLatin1String("change")) touch();
    });
}

void ChangeAdapter::fetch() {
    if (!link_.client()) return;
    link_.client()->changes(latest().ask<std::vector<opsclient::Change>>(this, [this](auto result) {
        if (!result) return failed(result.error());
        changes_ = std::move(*result);
        arrived();
    }));
}

}  // namespace qd::app
