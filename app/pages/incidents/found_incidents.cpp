#include "app/pages/incidents/found_incidents.hpp"

#include <algorithm>

#include "app/shell/session.hpp"

namespace qd::app {
namespace {
constexpr int kRefreshMs = 1'000;
}

FoundIncidents::FoundIncidents(Session& session, QObject* parent) : IncidentModel(parent), session_(session) {
    soon_.setSingleShot(true);
    soon_.setInterval(kRefreshMs);
    connect(&soon_, &QTimer::timeout, this, [this] {
        if (asking_)
            soon_.start();
        else
            load(std::max(rows().size(), incidents::max_page));
    });
}

bool FoundIncidents::isNarrowed() const {
    return !query_.text.empty() || !query_.state.empty() || query_.severity || !query_.service.empty();
}

void FoundIncidents::setQuery(const incidents::IncidentQuery& query) {
    if (query == query_) return;
    query_ = query;
    load(incidents::max_page);
}

void FoundIncidents::refresh() {
    if (asking_) {
        if (!soon_.isActive()) soon_.start();
        return;
    }
    const auto& kept = session_.incidents().incidents();
    if (!isNarrowed() && rows().size() <= kept.size()) {
        // No question needed: these are pushed.
        problem_.clear();
        total_ = std::max(session_.incidents().total(), kept.size());
        return show(kept, total_ > kept.size() ? std::optional<std::string>(std::string()) : std::nullopt);
    }
    if (!soon_.isActive()) soon_.start();
}

bool FoundIncidents::canFetchMore(const QModelIndex& parent) const {
    return !parent.isValid() && next_.has_value() && !asking_;
}

void FoundIncidents::fetchMore(const QModelIndex& parent) {
    if (!canFetchMore(parent)) return;
    if (next_->empty()) return load(rows().size() + incidents::max_page);
    asking_ = true;
    readPage(std::make_shared<std::vector<incidents::Incident>>(rows()), *next_, rows().size() + 1);
}

void FoundIncidents::load(std::size_t wanted) {
    if (!session_.link().client()) return;
    if (!isNarrowed() && wanted <= incidents::max_page && session_.incidents().hasData()) {
        latest_.cancel();
        asking_ = false;
        update({});
        return refresh();
    }
    asking_ = true;
    emit answered();
    readPage(std::make_shared<std::vector<incidents::Incident>>(), {}, wanted);
}

void FoundIncidents::readPage(Rows before, std::string cursor, std::size_t wanted) {
    if (!session_.link().client()) return;
    incidents::IncidentQuery query = query_;
    query.cursor = std::move(cursor);
    auto read = [this, before, wanted](core::Result<incidents::IncidentPage> page) {
        problem_ = page ? QString() : QString::fromStdString(page.error().message);
        if (!page) {
            asking_ = false;
            next_.reset();
            return emit answered();
        }
        std::ranges::move(page->items, std::back_inserter(*before));
        if (page->next && before->size() < wanted) return readPage(before, *page->next, wanted);
        total_ = page->total;
        show(std::move(*before), page->next);
    };
    session_.link().client()->find_incidents(query,
                                             latest_.ask<incidents::IncidentPage>(this, std::move(read)));
}

void FoundIncidents::show(std::vector<incidents::Incident> rows, std::optional<std::string> next) {
    // A view may ask for more while rows are still being put in.
    asking_ = true;
    update(std::move(rows));
    asking_ = false;
    next_ = std::move(next);
    emit answered();
}

}  // namespace qd::app
