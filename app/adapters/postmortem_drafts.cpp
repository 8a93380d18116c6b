#include "app/adapters/postmortem_drafts.hpp"

#include <QUrl>

namespace qd::app {
namespace {

constexpr std::size_t kMostLeftOver = 50;  // files looked at per connection

/// The incidents that files in the folder are about.
std::vector<QString> keptIn(const std::filesystem::path& folder) {
    std::vector<QString> incidents;
    std::error_code problem;
    for (std::filesystem::directory_iterator at(folder, problem), end; !problem && at != end;
         at.increment(problem)) {
        if (at->path().extension() != ".json" || incidents.size() >= kMostLeftOver) continue;
        incidents.push_back(QUrl::fromPercentEncoding(QByteArray::fromStdString(at->path().stem().string())));
    }
    return incidents;
}

}  // namespace

PostmortemDrafts::PostmortemDrafts(OpsLink& link, PostmortemAdapter& shown, std::filesystem::path folder,
                                   QObject* parent)
    : QObject(parent), link_(link), shown_(shown), folder_(std::move(folder)) {
    connect(&shown_, &PostmortemAdapter::incidentChanged, this, &PostmortemDrafts::change);
    connect(&shown_, &Domain::changed, this, [this] {
        if (current_ && shown_.view()) current_->take(shown_.view()->draft);
    });
    connect(&link_, &OpsLink::stateChanged, this, [this] {
        if (link_.isLive()) sendLeftOver();
    });
}

std::filesystem::path PostmortemDrafts::fileOf(const QString& incident) const {
    if (folder_.empty()) return {};
    return folder_ / (QUrl::toPercentEncoding(incident, {}, ".").toStdString() + ".json");
}

void PostmortemDrafts::change(const QString& incident) {
    if (current_) {
        current_->flush();
        const QString id = current_->incident();
        if (current_->book().isUnsaved()) {
            DraftDocument* leaving = current_.get();
            connect(leaving, &DraftDocument::statusChanged, this, [this, id, leaving] {
                if (leaving->book().isUnsaved() || !left_.contains(id)) return;
                left_.extract(id).mapped().release()->deleteLater();
            });
            left_[id] = std::move(current_);
        }
        current_.reset();
    }
    if (const auto back = left_.find(incident); back != left_.end()) {
        current_ = std::move(back->second);
        left_.erase(back);
        disconnect(current_.get(), &DraftDocument::statusChanged, this, nullptr);
    } else if (!incident.isEmpty()) {
        current_ = std::make_unique<DraftDocument>(link_, incident, fileOf(incident));
        connect(current_.get(), &DraftDocument::answered, &shown_, &PostmortemAdapter::show);
    }
    emit currentChanged();
}

void PostmortemDrafts::sendLeftOver() {
    if (folder_.empty()) return;
    auto found = deliver<std::vector<QString>>(this, [this](core::Result<std::vector<QString>> incidents) {
        if (!incidents) return;
        for (const QString& incident : *incidents)
            if (!(current_ && current_->incident() == incident) && !left_.contains(incident))
                sendOne(incident);
    });
    link_.executor().post([folder = folder_, found] { found(keptIn(folder)); });
}

void PostmortemDrafts::sendOne(const QString& incident) {
    if (!link_.client()) return;
    auto made = std::make_unique<DraftDocument>(link_, incident, fileOf(incident));
    DraftDocument* document = made.get();
    left_[incident] = std::move(made);
    connect(document, &DraftDocument::answered, &shown_, &PostmortemAdapter::show);
    connect(document, &DraftDocument::statusChanged, this, [this, incident, document] {
        // What waits for a person's choice stays in its file until it is opened.
        const bool stuck = !document->book().firstBehind().empty();
        if (!document->isOpen() || (document->book().isUnsaved() && !stuck)) return;
        if (const auto at = left_.find(incident); at != left_.end() && at->second.get() == document)
            left_.extract(at).mapped().release()->deleteLater();
    });
    link_.client()->postmortem_view(
        incidents::IncidentId(incident.toStdString()),
        deliver<postmortems::View>(document, [document](core::Result<postmortems::View> view) {
            if (view) document->take(view->draft);
        }));
}

}  // namespace qd::app
