#pragma once
// Small pictures of what plays, on the UI thread.

#include <QImage>
#include <QObject>
#include <QString>
#include <memory>

#include "app/adapters/ops_link.hpp"
#include "decode/thumbnails.hpp"

namespace qd::app {

/// UI thread. It asks by itself, past the shaped network: looking around must not disturb what is measured.
class ThumbnailAdapter : public QObject {
    Q_OBJECT

public:
    explicit ThumbnailAdapter(OpsLink& link, QObject* parent = nullptr);
    ~ThumbnailAdapter() override;

    /// Nothing is fetched before the first request().
    void open(const QString& url, const player::SessionOptions& options);
    void request(qint64 positionMs, int width);

signals:
    void arrived(qint64 positionMs, const QImage& picture);
    void failed(const QString& why);

private:
    OpsLink& link_;
    QString url_;
    player::SessionOptions options_;
    bool isOpen_ = false;
    std::unique_ptr<player::HttpTransport> transport_;
    std::unique_ptr<decode::Thumbnails> thumbnails_;
};

}  // namespace qd::app
