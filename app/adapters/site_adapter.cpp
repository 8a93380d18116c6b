#include "app/adapters/site_adapter.hpp"

#include <algorithm>
#include <memory>

namespace qd::app {
namespace {
constexpr int kSitePeriodMs = 2'000;
}

SiteAdapter::SiteAdapter(OpsLink& link, QObject* parent) : Domain(kSitePeriodMs, parent), link_(link) {
    connect(&link_, &OpsLink::eventArrived, this, [this](const QString& type) {
        if (type == QLatin1String("site")) touch();
    });
}

void SiteAdapter::fetch() {
    if (!link_.client()) return;
    link_.client()->site(latest().ask<opsclient::Site>(this, [this](auto result) {
        if (!result) return failed(result.error());
        site_ = std::move(*result);
        if (!site_.gateway.empty()) link_.setGateway(site_.gateway);
        arrived();
    }));
}

SeriesAdapter::SeriesAdapter(OpsLink& link, std::vector<std::string> names, QObject* parent)
    : Domain(kSitePeriodMs, parent), link_(link), names_(std::move(names)) {}

const opsclient::Series* SeriesAdapter::find(std::string_view name) const {
    const auto at = std::find_if(series_.begin(), series_.end(),
                                 [&](const opsclient::Series& s) { return s.name == name; });
    return at == series_.end() ? nullptr : &*at;
}

void SeriesAdapter::fetch() {
    if (!link_.client()) return;
    struct Gathered {
        std::size_t left;
        std::vector<opsclient::Series> series;
        std::optional<core::Error> error;
    };
    auto gathered = std::make_shared<Gathered>(Gathered{names_.size(), {}, {}});
    auto all =
        latest().ask<std::shared_ptr<Gathered>>(this, [this](core::Result<std::shared_ptr<Gathered>> result) {
            if ((*result)->error && (*result)->series.empty()) return failed(*(*result)->error);
            series_ = std::move((*result)->series);
            arrived();
        });
    const core::WallTime now = link_.clock().now();
    for (const std::string& name : names_) {
        link_.client()->series(name, now - std::chrono::seconds(kWindowS), now, kPoints,
                               [gathered, all, name](core::Result<opsclient::Series> result) {
                                   // One thread calls back, so nothing here races.
                                   if (result) {
                                       result->name = name;
                                       gathered->series.push_back(std::move(*result));
                                   } else {
                                       gathered->error = result.error();
                                   }
                                   if (--gathered->left == 0) all(gathered);
                               });
    }
}

}  // namespace qd::app
