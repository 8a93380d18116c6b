#pragma once
// The titles of the site, through the gateway as any client would: list, upload, delete, posters.

#include <QHash>
#include <QImage>
#include <QString>
#include <memory>
#include <optional>
#include <vector>

#include "app/adapters/domain.hpp"
#include "app/adapters/ops_link.hpp"
#include "app/shell/actions.hpp"

namespace qd::app {

struct Rendition {
    QString name;
    int width = 0;
    int height = 0;
    double bandwidth = 0;  // bit/s
    QString codecs;

    bool operator==(const Rendition&) const = default;
};

struct Title {
    QString id;
    QString title;
    QString owner;
    QString state;  // queued | processing | playable | ready | failed
    QString error;  // why it failed
    double progress = 0;
    double durationS = 0;
    int width = 0;
    int height = 0;
    double frameRate = 0;
    bool hasAudio = false;
    std::vector<Rendition> renditions;
    QString poster;  // path below the gateway; empty when there is none yet
    qint64 createdAtMs = 0;

    bool isPlayable() const { return state == QLatin1String("playable") || state == QLatin1String("ready"); }
    bool isSettled() const { return state == QLatin1String("ready") || state == QLatin1String("failed"); }
    bool operator==(const Title&) const = default;
};

/// Bounded decoding of the gateway's list; Errc::corrupt for what makes no sense.
core::Result<std::vector<Title>> decodeTitles(const std::string& json);
/// The list's "next"; empty on the last page.
std::string nextCursor(const std::string& json);
/// The id in the answer to an upload; empty when there is none.
std::string uploadedId(const std::string& json);

struct Upload {
    quint64 id = 0;
    QString title;
    QString file;
    quint64 sentBytes = 0;
    quint64 totalBytes = 0;
    QString error;  // empty while it runs and when it is done
    bool done = false;
};

class CatalogAdapter : public Domain {
    Q_OBJECT

public:
    CatalogAdapter(OpsLink& link, QObject* parent = nullptr);

    const std::vector<Title>& titles() const { return titles_; }
    const Title* find(const QString& id) const;
    /// Null while it has not come; asks for it.
    const QImage* poster(const Title& title);

    /// `done` gets {"id": video} once the gateway took it (202). Up to 4 run at once, the others wait.
    quint64 upload(const QString& file, const QString& title, Done done);
    void cancelUpload(quint64 id);
    /// Forgets those that ended.
    void clearUploads();
    const std::vector<Upload>& uploads() const { return uploads_; }
    void remove(const QString& id, Done done);

signals:
    void uploadsChanged();
    void posterArrived(const QString& id);

protected:
    void fetch() override;

private:
    struct Job;
    void pump();
    void send(const std::shared_ptr<Job>& job);
    void finish(const std::shared_ptr<Job>& job, Outcome outcome);
    Upload* uploadOf(quint64 id);
    http::ClientRequest request(http::Method method, const std::string& path) const;
    void fetchPage(const std::string& cursor, std::shared_ptr<std::vector<Title>> sofar);

    OpsLink& link_;
    std::vector<Title> titles_;
    std::vector<Upload> uploads_;
    std::vector<std::shared_ptr<Job>> jobs_;
    QHash<QString, QImage> posters_;
    QHash<QString, bool> posterAsked_;
    quint64 nextUpload_ = 1;
};

}  // namespace qd::app
