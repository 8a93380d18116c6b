#pragma once
// The drafts that are open here: the one on screen, and those that were left before all of it was saved, by
// the person or by a console that was killed.

#include <filesystem>
#include <map>
#include <memory>

#include "app/adapters/draft_document.hpp"
#include "app/adapters/postmortem_adapter.hpp"

namespace qd::app {

/// UI thread.
class PostmortemDrafts : public QObject {
    Q_OBJECT

public:
    /// Files are kept in `folder`; empty: none.
    PostmortemDrafts(OpsLink& link, PostmortemAdapter& shown, std::filesystem::path folder,
                     QObject* parent = nullptr);

    /// Of the post-mortem on screen; nullptr while none is.
    DraftDocument* current() const { return current_.get(); }

signals:
    void currentChanged();

private:
    void change(const QString& incident);
    void sendLeftOver();
    void sendOne(const QString& incident);
    std::filesystem::path fileOf(const QString& incident) const;

    OpsLink& link_;
    PostmortemAdapter& shown_;
    std::filesystem::path folder_;
    std::unique_ptr<DraftDocument> current_;
    std::map<QString, std::unique_ptr<DraftDocument>> left_;
};

}  // namespace qd::app
