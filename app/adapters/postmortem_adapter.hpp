#pragma once
// Post-mortems as opsd has them: the list, and the one that is open on screen.

#include <QString>
#include <optional>
#include <vector>

#include "app/adapters/domain.hpp"
#include "app/adapters/ops_link.hpp"
#include "app/shell/actions.hpp"
#include "postmortems/requests.hpp"
#include "postmortems/view.hpp"

namespace qd::app {

/// Every incident that has something to learn from. Due dates pass without anybody's doing, so it is read
/// anew every 10 s beside being told of changes.
class PostmortemListAdapter : public Domain {
    Q_OBJECT

public:
    PostmortemListAdapter(OpsLink& link, QObject* parent = nullptr);
    /// Overdue ones first, then the latest incident first.
    const std::vector<postmortems::Listing>& listings() const { return listings_; }
    const postmortems::Listing* find(const QString& incident) const;

protected:
    void fetch() override;

private:
    OpsLink& link_;
    std::vector<postmortems::Listing> listings_;
};

/// Follows one incident's post-mortem: read anew when its journal or its draft grows.
class PostmortemAdapter : public Domain {
    Q_OBJECT

public:
    PostmortemAdapter(OpsLink& link, QObject* parent = nullptr);
    void setIncident(const QString& id);
    const QString& incident() const { return id_; }
    /// nullptr: not read yet.
    const postmortems::View* view() const { return view_ ? &*view_ : nullptr; }
    /// What a write answered with; an older one than is shown is dropped.
    void show(const postmortems::View& view);

    /// People's steps on the open document; each shows what opsd answers.
    void move(const postmortems::MoveRequest& request, Done done);
    void review(const postmortems::ReviewerRequest& request, Done done);
    void comment(const postmortems::CommentRequest& request, Done done);
    void resolve(std::uint64_t comment, const postmortems::ResolveRequest& request, Done done);
    void useTemplate(const QString& name, Done done);
    void setFactors(const std::vector<postmortems::Factor>& factors, Done done);

    /// The document with texts that are not saved yet, as exports have it. Only the newest question counts.
    void preview(const postmortems::PreviewRequest& request,
                 std::function<void(core::Result<std::string>)> done);
    void history(std::function<void(core::Result<std::vector<postmortems::HistoryEntry>>)> done);
    /// One saved version with its text. Only the newest question counts.
    void version(std::uint64_t seq, std::function<void(core::Result<postmortems::HistoryEntry>)> done);
    void templates(std::function<void(core::Result<std::vector<postmortems::Template>>)> done);
    /// The document in "md", "html" or "json".
    void read(const QString& incident, const QString& format, QObject* context,
              std::function<void(core::Result<std::string>)> done);

signals:
    void incidentChanged(const QString& id);

protected:
    void fetch() override;

private:
    /// Null without a connection, after telling `done` so.
    opsclient::Client* clientFor(const Done& done) const;
    std::function<void(core::Result<postmortems::View>)> shows(Done done);
    incidents::IncidentId id() const { return incidents::IncidentId(id_.toStdString()); }

    OpsLink& link_;
    QString id_;
    std::optional<postmortems::View> view_;
    Latest previews_;
    Latest histories_;
    Latest versions_;
};

}  // namespace qd::app
